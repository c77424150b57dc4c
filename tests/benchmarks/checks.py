"""How long the shipped projects' checks take, and what share of their replay that is.

`python -m tests.benchmarks.checks` prints a line for each project too.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from hapi_pytest.deliverable import Deliverable
from hapi_pytest.grading import given, mark
from hapi_pytest.projects import Project, discover, load
from hapi_pytest.rubric import load_rubric
from hapi_pytest.sandbox import choose
from tests.benchmarks.report import Row
from tests.benchmarks.timing import checked

ROOT = Path(__file__).parents[2]
ROUNDS = 5
AIM_MS = 50.0
REPLAY = """
import json, sys, time
from collections import Counter
import pytest
from hapi_pytest.engagement import Engagement
from hapi_pytest.grader import GradingProcess

spent = Counter()

def timed(kind, name):
    plain = getattr(kind, name)

    def call(*arguments, **named):
        started = time.perf_counter()
        try:
            return plain(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - started

    setattr(kind, name, call)

timed(GradingProcess, "grade")
timed(Engagement, "result")
pytest.main(["-q", "-p", "no:cacheprovider", "projects"])
print()
print(json.dumps(spent))
"""
"""Replays the shipped recordings in one process; the last line tells what its parts took."""


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks of one project took on the accepted hand-in, in milliseconds."""

    project: str
    median: float
    """Of its checks."""
    together: float
    """All of them, one after the other, with reading the files."""


def measured(project: Project) -> Checks:
    """Decide every criterion on the accepted hand-in, in this process."""
    criteria, variant = load_rubric(project).criteria, project.variant(0)
    files = project.reference(variant)
    rounds: list[list[float]] = []
    for _ in range(ROUNDS + 1):
        with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as folder:
            available = given(Deliverable.written(Path(folder), files), variant.facts, lambda: choose("auto"))
            taken = []
            for criterion in criteria:
                started = time.perf_counter()
                mark(criterion, available)
                taken.append((time.perf_counter() - started) * 1000)
        rounds.append(taken)
    del rounds[0]  # in which libraries are imported
    return Checks(
        project=project.id,
        median=statistics.median(statistics.median(taken) for taken in rounds),
        together=statistics.median(map(sum, rounds)),
    )


def every() -> list[Checks]:
    """Measure all shipped projects, the slowest first."""
    found = [measured(load(folder)) for folder in discover(ROOT / "projects")]
    return sorted(found, key=lambda checks: -checks.together)


def rows() -> list[Row]:
    """Return the rows of the page."""
    told = checked([sys.executable, "-c", REPLAY], ROOT).splitlines()[-1]
    spent = json.loads(told)
    found = every()
    slow = max(found, key=lambda checks: checks.median)
    together = [checks.together for checks in found]
    dear = [checks.project.partition("/")[2] for checks in found if checks.together > AIM_MS]
    share = spent["grade"] / spent["result"]
    return [
        Row(
            f"replay of {len(found)} projects in three arms: share of it that is grading",
            f"{spent['grade']:.1f} s",
            f"engagements {spent['result']:.1f} s",
            f"{share:.2f}",
            "above 0.5",
            share > 0.5,
        ),
        Row(
            f"median of a project's checks, the slowest of {len(found)}: {slow.project.partition('/')[2]}",
            f"{slow.median:.1f} ms",
            "",
            "",
            f"at most {AIM_MS:g} ms",
            slow.median <= AIM_MS,
        ),
        Row(
            "a project's checks all together, median of the projects",
            f"{statistics.median(together):.0f} ms",
            f"above {AIM_MS:g} ms: {', '.join(dear) or 'none'}",
            "",
            f"at most {AIM_MS:g} ms",
            statistics.median(together) <= AIM_MS,
        ),
    ]


if __name__ == "__main__":
    for checks in every():
        print(f"{checks.project:55} median {checks.median:6.2f} ms  together {checks.together:6.1f} ms")
    print(*rows(), sep="\n")
