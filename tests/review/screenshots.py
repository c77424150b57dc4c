"""The pictures of docs/reviewing.md, taken of the stand-in's run.

`python -m tests.review.screenshots` takes them anew.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from hapi_pytest.results import found
from hapi_pytest.review.desk import Desk
from tests.review.conftest import Served

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs/images"
MOST_BYTES = 150_000
COLOURS = 96
SIZE = {"width": 1360, "height": 820}
FINISHED, BEGUN = "engineering-architecture/floor-area-schedule", "data-science-analytics/ab-test-readout"


def main() -> None:
    """Run the suite in a folder of its own, review a little, and take the pictures."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="hapi-pictures-") as name, sync_playwright() as driver:
        folder = replayed(Path(name))
        app = Served(Desk(found(str(folder)), folder, "Ada Expert", is_blind=False))
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(viewport=SIZE)
        finish(page, address(app, FINISHED))
        begin(page, address(app, BEGUN))
        picture(page, "review-submission.png")
        page.goto(f"{app.address}/")
        page.set_viewport_size(SIZE | {"height": 520})
        picture(page, "review-queue.png")
        browser.close()
        app.close()


def replayed(root: Path) -> Path:
    """Replay the shipped recordings in a copy of the suite; returns the run's folder."""
    for name in ("projects", "cassettes"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "reviews"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=root, check=False)
    [folder] = (root / ".hapi/runs").iterdir()
    return folder


def finish(page: Page, address: str) -> None:
    """Finish a review."""
    page.goto(address)
    for field in page.locator("fieldset").all():
        field.get_by_label("pass", exact=True).check()
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("Finished: ").wait_for()


def begin(page: Page, address: str) -> None:
    """Enter a part of a review."""
    page.goto(address)
    fields = page.locator("fieldset").all()
    fields[0].get_by_label("pass", exact=True).check()
    fields[1].get_by_label("fail", exact=True).check()
    fields[1].get_by_label("Note").fill("Orders after the window has closed are counted too; see plan.docx, “Metric”.")
    page.locator("#handed-in pre").last.wait_for()
    page.locator("#asked table").first.wait_for()
    page.wait_for_timeout(4000)


def address(app: Served, project: str) -> str:
    """Return where a project's first submission is reviewed."""
    number = [one.project.id for one in app.desk.queue.submissions].index(project)
    return f"{app.address}/submissions/{number}/"


def picture(page: Page, name: str) -> None:
    """Take a picture; raises ValueError for one that is too large to be committed."""
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.querySelectorAll('.pane').forEach(pane => pane.scrollTo(0, 0))")
    IMAGES.mkdir(exist_ok=True)
    taken = Image.open(io.BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(COLOURS).save(IMAGES / name, optimize=True)
    if (size := (IMAGES / name).stat().st_size) >= MOST_BYTES:
        raise ValueError(f"{name} has {size} bytes")


if __name__ == "__main__":
    main()
