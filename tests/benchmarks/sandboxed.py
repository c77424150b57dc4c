"""What a sandboxed `true` costs over a bare one; `python -m tests.benchmarks.sandboxed` prints only that."""

import functools
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import Sandbox, choose
from tests.benchmarks.report import Row
from tests.benchmarks.timing import in_turns

TIMES = 200
AIM = 30
"""Milliseconds over the bare command."""


def milliseconds(run: Callable[[], object]) -> float:
    """Return how long a call takes."""
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


def sandboxed(sandbox: Sandbox, workspace: Path) -> None:
    """Run `true` in a sandbox; raises RuntimeError when it fails."""
    done = sandbox.run(workspace, ["true"])
    if done.exit_code:
        raise RuntimeError(done.stderr.decode(errors="replace"))


def held(rungs: tuple[str, ...] = ("bwrap", "landlock")) -> list[Sandbox]:
    """Return the rungs that hold on this host."""
    found = []
    for rung in rungs:
        try:
            found.append(choose(rung))
        except SandboxError:
            continue
    return found


def rows(times: int = TIMES) -> list[Row]:
    """Measure each rung that holds here, in turns with the bare command."""
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as folder:
        runs: dict[str, Callable[[], object]] = {"bare": functools.partial(subprocess.run, ["true"], check=True)}
        runs |= {sandbox.rung: functools.partial(sandboxed, sandbox, Path(folder)) for sandbox in held()}
        taken = in_turns(times, {name: functools.partial(milliseconds, run) for name, run in runs.items()})
    bare = taken.pop("bare")
    return [row(rung, each, bare) for rung, each in taken.items()]


def row(rung: str, ours: list[float], bare: list[float]) -> Row:
    """Return the row of one rung: the difference is the median over turns, as are the two figures."""
    more = statistics.median(a - b for a, b in zip(ours, bare, strict=True))
    base = statistics.median(bare)
    return Row(
        f"sandboxed `true`, {rung}, median of {len(ours)}",
        f"{more:+.1f} ms ({statistics.median(ours):.1f} ms)",
        f"bare `true` {base:.1f} ms",
        f"{statistics.median(ours) / base:.1f}",
        f"at most {AIM} ms more",
        more <= AIM,
    )


if __name__ == "__main__":
    print(*rows(), sep="\n")
