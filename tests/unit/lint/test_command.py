"""`hapi lint` prints what a compiler would, and its exit code says what it found."""

import subprocess
import sys
from pathlib import Path

import pytest

RUN = "import sys; from hapi_pytest.cli import main; sys.argv[0] = 'hapi'; main()"


def hapi_lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, "lint", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_problems_are_printed_with_their_place_and_fix(copy, tmp_path):
    copy({"feedback.toml": ("The first figure", "Not 795 is the figure")}, under="projects")
    done = hapi_lint(tmp_path, "--variant", "0")
    assert done.returncode == 1 and done.stderr == ""
    place, fix, count = done.stdout.splitlines()
    assert place == (
        "projects/admin-support/guest-list/feedback.toml:11: gold-in-note:"
        " the note nights-are-right gives a gold value away: nights: 795"
    )
    assert fix == "    fix: name the place and the reason, never the value"
    assert count == "1 problem in 1 project, variants 0"


@pytest.mark.parametrize("path", ["projects", "projects/admin-support", "projects/admin-support/guest-list", "."])
def test_a_path_is_a_project_or_a_folder_of_projects(copy, tmp_path, path):
    copy(under="projects")
    root = tmp_path / "projects" if path == "." else tmp_path
    done = hapi_lint(root, path, path, "--variant", "1..2", "--variant", "1")
    assert (done.returncode, done.stdout) == (0, "0 problems in 1 project, variants 1, 2\n")


@pytest.mark.parametrize(("path", "told"), [("nowhere", "no such folder"), ("empty", "no client project below")])
def test_a_path_without_project_is_told(tmp_path, path, told):
    (tmp_path / "empty").mkdir()
    done = hapi_lint(tmp_path, path)
    assert done.returncode == 2 and done.stdout == ""
    assert path in done.stderr and told in done.stderr and "fix:" in done.stderr and "Traceback" not in done.stderr


def test_a_variant_that_is_no_number_is_told(tmp_path):
    done = hapi_lint(tmp_path, "--variant", "one")
    assert done.returncode == 2 and "give a number such as 0, or a range such as 0..6" in done.stderr
