"""A process that has litellm loaded and forks itself for each run of pytest: loading takes longer than most runs."""

import atexit
import json
import os
import random
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


class Warm:
    """Runs pytest by orders to a process that is started with the first one, in an environment of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run pytest in a folder, as `python -m pytest` would; raises TimeoutExpired."""
        with self._lock, tempfile.TemporaryDirectory() as name:
            out, err = Path(name, "out"), Path(name, "err")
            order = {"cwd": str(folder), "env": dict(environment), "out": str(out), "err": str(err)}
            process = self._started()
            print(json.dumps(order | {"arguments": arguments}), file=process.stdin, flush=True)
            child = int(process.stdout.readline())
            late = threading.Event()
            timer = threading.Timer(seconds, lambda: (late.set(), os.kill(child, 9)))
            timer.start()
            code = int(process.stdout.readline())
            timer.cancel()
            if late.is_set():
                raise subprocess.TimeoutExpired(list(arguments), seconds, out.read_bytes(), err.read_bytes())
            return subprocess.CompletedProcess(list(arguments), code, out.read_text(), err.read_text())

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(self._end, self._process)
        return self._process

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> None:
        with process:
            process.kill()


def serve() -> None:
    """Carry out orders, one after the other."""
    import gc

    import anyio
    import litellm  # noqa: F401  # loaded for those that are forked
    import openai.resources  # noqa: F401  # which litellm's first call would load
    import pytest  # noqa: F401

    anyio.__doc__ = "PYTEST_DONT_REWRITE"  # a plugin too, and pytest warns of plugins that were loaded before it
    gc.freeze()
    replies = os.dup(1)
    for line in sys.stdin:
        order = json.loads(line)
        if child := os.fork():
            os.write(replies, b"%d\n" % child)
            _, status = os.waitpid(child, 0)
            os.write(replies, b"%d\n" % os.waitstatus_to_exitcode(status))
            continue
        os.close(replies)
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        for number, path in enumerate((os.devnull, order["out"], order["err"])):
            opened = os.open(path, os.O_RDWR | os.O_CREAT)
            os.dup2(opened, number)
            os.close(opened)
        random.seed()
        sys.path[0] = order["cwd"]
        sys.argv[1:] = order["arguments"]
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
        sys.exit()


if __name__ == "__main__":
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
    serve()
