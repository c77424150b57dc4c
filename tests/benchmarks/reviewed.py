"""How long the review app takes to answer with a hostile deliverable.

`python -m tests.benchmarks.reviewed` prints only that.
"""

import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.report import Row
from tests.benchmarks.timing import in_turns
from tests.review import hostile
from tests.review.conftest import Made, Served

ROUNDS = 5
AIM_SECONDS = 2.0
WHAT = {
    "million.csv": "a csv of 1,000,000 rows",
    "long.docx": f"a docx of {hostile.PAGES} pages",
    "broken.xlsx": "a broken xlsx",
    "bomb.png": "an image bomb",
}


def rows(rounds: int = ROUNDS) -> list[Row]:
    """Time the page of the submission, and each of its files."""
    with tempfile.TemporaryDirectory(prefix="hapi-benchmarks-") as name:
        files = hostile.files()
        made = Made(Path(name), files, None)
        paths = {"the page that holds them": "/submissions/0/"} | {
            what: f"/submissions/0/deliverable/{sorted(files).index(file)}/" for file, what in WHAT.items()
        }

        def asked(path: str) -> float:
            """Ask an app that has shown nothing yet."""
            app = Served(made.desk())
            started = time.perf_counter()
            answer = app.get(path)
            taken = time.perf_counter() - started
            app.close()
            if answer.status != 200:
                raise RuntimeError(f"{path} is answered with {answer.status}: {answer.text}")
            return taken

        taken = in_turns(rounds, {what: lambda path=path: asked(path) for what, path in paths.items()})
    medians = {what: statistics.median(each) for what, each in taken.items()}
    return [
        Row(f"review of hostile files: {what}", f"{s:.2f} s", "", "", f"under {AIM_SECONDS:g} s", s < AIM_SECONDS)
        for what, s in medians.items()
    ]


if __name__ == "__main__":
    print(*rows(), sep="\n")
