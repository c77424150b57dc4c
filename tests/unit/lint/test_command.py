"""`hapi lint` prints what a compiler would, and its exit code says what it found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hapi_pytest.lint import Problem
from hapi_pytest.lint.formats import FORMATS

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


def told_as(form: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return hapi_lint(folder, "projects", "--variant", "0", "--format", form)


def test_json_is_one_array_and_nothing_else(copy, tmp_path):
    folder = copy({"feedback.toml": ("The first figure", "Not 795 is the figure")}, under="projects")
    inputs = (folder / "inputs.py").read_text(encoding="utf-8")
    (folder / "inputs.py").write_text(inputs.replace("    return", "    print('noise')\n    return"), encoding="utf-8")
    done = told_as("json", tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "file": "projects/admin-support/guest-list/feedback.toml",
            "line": 11,
            "rule": "gold-in-note",
            "message": "the note nights-are-right gives a gold value away: nights: 795",
            "fix": "name the place and the reason, never the value",
        }
    ]


def test_json_of_a_sound_project_is_an_empty_array(copy, tmp_path):
    copy(under="projects")
    done = told_as("json", tmp_path)
    assert (done.returncode, done.stdout) == (0, "[]\n")


def test_github_is_told_in_workflow_commands(copy, tmp_path):
    copy({"feedback.toml": ("The first figure", "Not 795 is the figure")}, under="projects")
    done = told_as("github", tmp_path)
    assert done.returncode == 1 and done.stdout.splitlines() == [
        "::error file=projects/admin-support/guest-list/feedback.toml,line=11,title=gold-in-note::the note"
        " nights-are-right gives a gold value away: nights: 795%0Afix: name the place and the reason, never the value",
        "1 problem in 1 project, variants 0",
    ]


def test_what_would_end_a_workflow_command_is_escaped():
    problem = Problem(file="a,b:c%/d.toml", line=3, rule="stray-note", message="50 %: a,\r\n::b", fix="no")
    assert FORMATS["github"]([problem], "").splitlines()[0] == (
        "::error file=a%2Cb%3Ac%25/d.toml,line=3,title=stray-note::50 %25: a,%0D%0A::b%0Afix: no"
    )


def test_every_format_can_be_asked_for(tmp_path):
    done = told_as("html", tmp_path)
    assert done.returncode == 2 and "invalid choice: 'html'" in done.stderr
    assert all(f"'{form}'" in done.stderr for form in FORMATS) and "Traceback" not in done.stderr


def test_a_file_elsewhere_keeps_its_whole_path(copy, tmp_path):
    folder = copy({"feedback.toml": ("The first figure", "Not 795 is the figure")}, under="projects")
    (tmp_path / "other").mkdir()
    done = hapi_lint(tmp_path / "other", str(folder), "--variant", "0")
    assert done.stdout.startswith(f"{folder}/feedback.toml:11: gold-in-note: ")


def test_outside_of_a_suite_it_is_told_where_to_go(tmp_path):
    done = hapi_lint(tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("hapi lint: projects: there is no such folder\n  allowed: ") and "fix:" in done.stderr


@pytest.mark.parametrize(("path", "told"), [("nowhere", "no such folder"), ("empty", "no client project below")])
def test_a_path_without_project_is_told(tmp_path, path, told):
    (tmp_path / "empty").mkdir()
    done = hapi_lint(tmp_path, path)
    assert done.returncode == 2 and done.stdout == ""
    assert path in done.stderr and told in done.stderr and "fix:" in done.stderr and "Traceback" not in done.stderr


def test_a_variant_that_is_no_number_is_told(tmp_path):
    done = hapi_lint(tmp_path, "--variant", "one")
    assert done.returncode == 2 and "give a number such as 0, a range such as 0..6, or held-out" in done.stderr
    done = hapi_lint(tmp_path, "--variant", "2..1")
    assert done.returncode == 2 and "'2..1': give the lower number first, as in 0..6" in done.stderr
