"""A process that has litellm loaded and forks itself in the place of a new Python: loading takes longer than most runs.

`WARM.python` is a program that tests can start like Python. What is started through it ends when that program is
ended, but gets none of its signals; so tests that send signals start a Python of their own.
"""

import atexit
import json
import os
import random
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "hapi-compiled")}
"""Modules are compiled once, wherever a suite lies."""
CLIENT = """#!{python} -IS
import json, os, socket, struct, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    order = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [struct.pack("!I", len(order))], [0, 1, 2])
    server.sendall(order)
    for number in range(3):
        os.close(number)
    answer = server.recv(4)
os._exit(struct.unpack("!i", answer)[0] if len(answer) == 4 else 70)
"""


class Warm:
    """A server that is started with the first use, and the program that asks it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None

    @property
    def python(self) -> str:
        """The path of a program that takes Python's place."""
        with self._lock:
            if self._folder is None:
                self._folder = self._started()
            return str(self._folder / "python")

    def _started(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="hapi-warm-"))
        client = folder / "python"
        client.write_text(CLIENT.format(python=sys.executable, address=str(folder / "socket")))
        client.chmod(0o755)
        environment = (
            os.environ
            | COMPILED
            | {
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
            }
        )
        server = subprocess.Popen(
            [sys.executable, __file__, str(folder)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        atexit.register(self._end, server, folder)
        assert server.stdout and server.stdout.readline() == b"ready\n"
        return folder

    @staticmethod
    def _end(server: subprocess.Popen[bytes], folder: Path) -> None:
        with server:
            server.kill()
        for name in ("python", "socket"):
            (folder / name).unlink()
        folder.rmdir()


WARM = Warm()
"""Of this process; a worker of xdist has its own."""


def serve(folder: Path) -> None:
    """Fork for every program that asks."""
    import gc

    import anyio
    import execnet.gateway_io
    import litellm  # noqa: F401  # loaded for those that are forked
    import openai.resources  # noqa: F401  # which litellm's first call would load
    import pytest  # noqa: F401

    anyio.__doc__ = "PYTEST_DONT_REWRITE"  # a plugin too, and pytest warns of plugins that were loaded before it
    plain = execnet.gateway_io.popen_args
    execnet.gateway_io.popen_args = lambda spec: [str(folder / "python"), *plain(spec)[1:]]
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(64)
        os.write(1, b"ready\n")
        while True:
            asked, _ = listener.accept()
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listener.close()
                break
            asked.close()
    answer(asked)


def answer(asked: socket.socket) -> None:
    """Be what was asked for in a fork, and tell how it ended; it ends with the one who asked."""
    head, streams, _, _ = socket.recv_fds(asked, 4, 3)
    length = struct.unpack("!I", head)[0]
    order = b""
    while len(order) < length:
        order += asked.recv(length - len(order))
    child = os.fork()
    if not child:
        asked.close()
        become(*json.loads(order), streams)
        return
    for stream in streams:
        os.close(stream)
    over = os.pidfd_open(child)
    if over not in select.select([over, asked], [], [])[0]:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    try:
        asked.sendall(struct.pack("!i", code if code >= 0 else 128 - code))
    finally:
        os._exit(0)


def become(arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> None:
    """Do what Python would with these arguments."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    random.seed()
    is_unbuffered = "-u" in arguments[:2]
    rest = [argument for argument in arguments[:2] if argument not in ("-u", "-B")] + arguments[2:]
    sys.dont_write_bytecode = "-B" in arguments[:2] or "PYTHONDONTWRITEBYTECODE" in environment
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115  # for as long as the process lives
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1 if os.isatty(1) else -1)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, errors="backslashreplace")  # noqa: SIM115
    if is_unbuffered:
        sys.stdout.reconfigure(write_through=True)
    if rest[0] == "-m":
        sys.path[0] = folder
        sys.argv[1:] = rest[2:]
        runpy.run_module(rest[1], run_name="__main__", alter_sys=True)
    elif rest[0] == "-c":
        sys.path[0] = ""
        sys.argv[:] = ["-c", *rest[2:]]
        module: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        exec(compile(rest[1], "<string>", "exec"), module)
    else:
        os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
