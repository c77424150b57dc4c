"""Every shipped project proves its own rubric, by the checks of `pytest --selfcheck` and a few beside them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest.grader import GradingProcess
from hapi_pytest.lint import lint_all
from hapi_pytest.projects import CATEGORIES, Project, discover, load
from hapi_pytest.rubric import load_rubric
from hapi_pytest.runs import Run
from hapi_pytest.selfcheck import CHECKS, Prover

ROOT = Path(__file__).parents[2]
FOLDERS = discover(ROOT / "projects")
VARIANTS = (0, int(os.environ["HAPI_CHANGING_VARIANT"]))
"""The shipped one, and another every day; `pytest --selfcheck --variant 0..6` checks as many as one likes."""

every_project = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
every_variant = pytest.mark.parametrize("number", VARIANTS)


@pytest.fixture(scope="session")
def prover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    grader = GradingProcess(ROOT, "auto")
    run = Run(tmp_path_factory.mktemp("run"), "selfcheck")
    prover = Prover(root=ROOT, projects=ROOT / "projects", cassettes=ROOT / "cassettes", run=run, grader=grader)
    yield prover
    prover.close()
    grader.close()
    run.close()


@every_project
@every_variant
@pytest.mark.parametrize("check", [check for check in CHECKS if check != "lint"])
def test_selfcheck_holds(prover, folder, number, check):
    project = load(folder)
    finding = prover.finding(project, load_rubric(project), check, number)
    assert "\n".join(finding.problems) == ""
    if check in ("reference", "equivalents", "flaws"):
        assert finding.passed == finding.of > 2
    assert finding.haul == 0


@pytest.mark.parametrize("category", CATEGORIES)
def test_lint_finds_nothing(category):
    folders = [folder for folder in FOLDERS if folder.parent.name == category]
    assert "\n".join(map(str, lint_all(folders, VARIANTS))) == ""


def test_no_canary_stands_in_two_projects():
    canaries = [load(folder).settings.canary for folder in FOLDERS]
    assert len(set(canaries)) == len(canaries) >= 48


@every_project
@every_variant
def test_inputs_are_the_same_bytes_each_time_and_other_in_each_variant(folder, number):
    first, again = Project(folder).variant(number), Project(folder).variant(number)
    assert first.attachments == again.attachments and first.brief == again.brief
    other = load(folder).variant(number + 1)
    assert first.gold != other.gold and first.attachments != other.attachments


@every_project
def test_the_day_of_publication_is_told(folder):
    assert load(folder).settings.published


@every_project
def test_rubric_is_of_the_asked_size(folder):
    project = load(folder)
    assert 8 <= len(load_rubric(project).criteria) <= 14
    assert len(project.variant(0).attachments) >= 2
