"""The report of a run: one HTML file that holds everything, asks no network and needs no script to be read."""

from pathlib import Path

from hapi_pytest.recordings import write_whole
from hapi_pytest.report import page
from hapi_pytest.results import Results, written

FILE = "index.html"


def run(name: str, folder: Path) -> int:
    """Write the report of a run, or of a file of results, and print where; returns 2 for a wrong name or folder."""
    return written("report", name, folder, lambda results, run: [write(results, run, folder)])


def write(results: Results, run: Path | None, folder: Path) -> Path:
    """Write the report into a folder, whole or not at all, and return its path.

    `run` is the run's folder: it leads to the recordings, and holds what is recorded nowhere. Without it, or where
    these have gone, the report has figures and marks alone. Raises OSError where nothing can be written.
    """
    path = folder / FILE
    write_whole(path, page.rendered(results, run).encode(errors="replace"))
    return path
