"""Running commands in turns, so that whatever else the machine does hits all of them alike."""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Cost(NamedTuple):
    """What a command took."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor time, children included."""


def checked(argv: Sequence[str], folder: Path, codes: Collection[int] = (0,)) -> str:
    """Run a command and return what it prints; raises RuntimeError when it exits otherwise than expected."""
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise RuntimeError(f"{argv} ended with {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def cost(argv: Sequence[str], folder: Path, codes: Collection[int] = (0,)) -> Cost:
    """Run a command and return what it took."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    checked(argv, folder, codes)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def in_turns(rounds: int, runs: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Call each run once per round, after a round that is not counted."""
    results: dict[str, list[T]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            result = run()
            if number:
                results[name].append(result)
    return results


def median(costs: Iterable[Cost]) -> Cost:
    """Return the medians of wall and processor time."""
    walls, cpus = zip(*costs, strict=True)
    return Cost(statistics.median(walls), statistics.median(cpus))


def prepare_environment(folder: Path) -> None:
    """Let commands keep compiled modules, in a folder of their own, and litellm ask nobody for prices."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
