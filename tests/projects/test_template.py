"""The project that `hapi new` begins with is one to learn from: it proves its own rubric as the shipped ones do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import hapi_pytest
from hapi_pytest.grader import GradingProcess
from hapi_pytest.lint import lint_all
from hapi_pytest.projects import discover, load
from hapi_pytest.rubric import load_rubric
from hapi_pytest.runs import Run
from hapi_pytest.selfcheck import CHECKS, Prover

ROOT = Path(__file__).parents[2]
TEMPLATE = Path(hapi_pytest.__file__).parent / "template"
VARIANTS = (0, 1, 2)


@pytest.fixture(scope="module")
def prover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    grader = GradingProcess(ROOT, "auto")
    run = Run(tmp_path_factory.mktemp("run"), "selfcheck")
    prover = Prover(root=ROOT, projects=TEMPLATE, cassettes=ROOT / "cassettes", run=run, grader=grader)
    yield prover
    prover.close()
    grader.close()
    run.close()


def test_lint_finds_nothing():
    assert "\n".join(map(str, lint_all(discover(TEMPLATE), VARIANTS))) == ""


@pytest.mark.parametrize("check", [check for check in CHECKS if check != "lint"])
def test_selfcheck_holds(prover, check):
    (folder,) = discover(TEMPLATE)
    for number in VARIANTS:
        finding = prover.finding(load(folder), load_rubric(load(folder)), check, number)
        assert "\n".join(finding.problems) == ""
        assert finding.haul == 0


def test_it_shows_what_a_project_is_made_of():
    (folder,) = discover(TEMPLATE)
    project = load(folder)
    rubric = load_rubric(project)
    compares = [criterion for criterion in rubric.criteria if "facts" in criterion.arguments]
    assert len(compares) >= 5 and len(project.variant(0).attachments) == 2
    assert {criterion.importance for criterion in rubric.criteria} == {"critical", "important", "optional", "pitfall"}
    alone = {named[0] for named in project.flaws.values() if len(named) == 1}
    assert alone == {criterion.id for criterion in rubric.criteria}
