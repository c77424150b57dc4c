"""A live run that is killed again and again: what it comes to beside one that nothing disturbs.

`python -m tests.benchmarks.killed` prints only that.
"""

import tempfile
from pathlib import Path

from tests.benchmarks.report import Row
from tests.live.killing import killed_runs

ENGAGEMENTS, KILLS, SEED = 60, 20, 7


def rows() -> list[Row]:
    """Kill a run at random moments, go on each time, and compare verdicts and hand-ins."""
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as name:
        undisturbed, killed = killed_runs(Path(name), orders=ENGAGEMENTS, kills=KILLS, seed=SEED)
    same = sum(undisturbed[arm] == killed.get(arm) for arm in undisturbed)
    return [
        Row(
            f"{ENGAGEMENTS} live engagements, killed {KILLS} times and resumed, nothing settled asked again",
            f"{same} verdicts and hand-ins equal",
            f"{len(undisturbed)} of a run that nothing disturbs",
            "",
            "all",
            undisturbed == killed,
        )
    ]


if __name__ == "__main__":
    print(*rows(), sep="\n")
