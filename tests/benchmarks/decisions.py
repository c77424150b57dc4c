"""How long a decision takes on the results of a large run: reading, comparing, and the report, opened in a browser.

`python -m tests.benchmarks.decisions` prints only that.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hapi_pytest import report
from hapi_pytest.compare import Question, lines, verdict_line
from hapi_pytest.comparison import compare
from hapi_pytest.model import Arm
from hapi_pytest.results import Results, found, write
from tests.benchmarks.report import Row
from tests.report.conftest import facts, outcome, results

PROJECTS, CRITERIA, ROUNDS = 322, 12, 5
AIM_SECONDS = 2.0
SHOWN = {"transcripts": ("a transcript",), "handed_in": "a hand-in"}
BEFORE, AFTER = "ABCDefghIJKl", "ABCDEFGhIJKl"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def large() -> Results:
    """Return the results of two models in three arms."""
    projects = {f"category-{n % 8}/project-{n}": facts(CRITERIA) for n in range(PROJECTS)}
    every = [
        outcome(
            project,
            arm,
            marks.upper() if number % (5 if model == "one" else 4) == 0 else marks,
            BEFORE,
            model=model,
            **SHOWN,
        )
        for model in ("one", "two")
        for number, project in enumerate(projects)
        for arm, marks in ((Arm.ALONE, BEFORE), (Arm.RETRY, BEFORE), (Arm.REVIEWED, AFTER))
    ]
    return results(every, projects)


def timed(action: Callable[[], object]) -> float:
    """Return the median of several times, after one that does not count."""
    seconds = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])


def compared(path: Path) -> None:
    """Do what `hapi compare` does."""
    whole = found(str(path))
    comparison = compare(whole.of("one"), whole.of("two"), Arm.ALONE, 0.02)
    assert [*lines(comparison), verdict_line(comparison, Question(margin=0.02))]


def opened(page: Path) -> float | None:
    """Return how long Chromium takes to load the page; None where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        return None
    from playwright import sync_api

    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        tab = browser.new_page()
        seconds = timed(lambda: tab.goto(page.as_uri()))
        browser.close()
    return seconds


def rows() -> list[Row]:
    """Measure each step."""
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as name:
        folder = Path(name)
        whole = large()
        write(whole, folder / "results.json")
        steps = {
            "results written": timed(lambda: write(whole, folder / "again.json")),
            "results read and compared": timed(lambda: compared(folder / "results.json")),
            "report written": timed(lambda: report.write(whole, None, folder)),
            "report opened in Chromium": opened(folder / "index.html"),
        }
        megabytes = (folder / "index.html").stat().st_size / 1e6
    what = f"{PROJECTS} projects, three arms, two models"
    return [
        *(
            Row(f"{what}: {step}", f"{s:.2f} s", "", "", f"under {AIM_SECONDS:g} s", s < AIM_SECONDS)
            for step, s in steps.items()
            if s is not None
        ),
        Row(f"{what}: the report's size", f"{megabytes:.1f} MB", "", "", "under 5 MB", megabytes < 5),
    ]


if __name__ == "__main__":
    print(*rows(), sep="\n")
