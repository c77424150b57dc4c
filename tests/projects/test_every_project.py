"""Every shipped project proves its own rubric: the reference completes, each flaw fails exactly what it names."""

import importlib.util
from pathlib import Path

import pytest

from hapi_pytest.deliverable import Deliverable
from hapi_pytest.grading import grade
from hapi_pytest.projects import Project, attachment_texts, discover, load, rubric_file
from hapi_pytest.rubric import Rubric

ROOT = Path(__file__).parents[2] / "projects"
FOLDERS = discover(ROOT)
VARIANTS = (0, 1, 2)

every_project = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
every_variant = pytest.mark.parametrize("number", VARIANTS)


def rubric_of(project: Project) -> Rubric:
    spec = importlib.util.spec_from_file_location(f"rubric_{project.slug}", rubric_file(project.folder))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.rubric


@every_project
@every_variant
def test_the_reference_completes(folder, number, tmp_path, sandbox):
    project = load(folder)
    variant = project.variant(number)
    deliverable = Deliverable.written(tmp_path, project.reference(variant))
    assert set(project.settings.deliverables) <= set(deliverable.names)
    verdict = grade(rubric_of(project), deliverable, variant.facts, sandbox)
    assert [(mark.criterion, mark.reason) for mark in verdict.failed] == []


@every_project
@every_variant
def test_each_flaw_fails_exactly_the_criteria_it_names(folder, number, tmp_path, sandbox):
    project = load(folder)
    variant = project.variant(number)
    for flaw, criteria in project.flaws.items():
        deliverable = Deliverable.written(tmp_path / flaw, project.reference(variant, [flaw]))
        verdict = grade(rubric_of(project), deliverable, variant.facts, sandbox)
        assert {mark.criterion for mark in verdict.failed} == set(criteria), (flaw, verdict.failed)


@every_project
def test_each_criterion_is_failed_by_a_flaw(folder):
    project = load(folder)
    named = {criterion for criteria in project.flaws.values() for criterion in criteria}
    assert {criterion.id for criterion in rubric_of(project).criteria} - named == set()
    assert len(project.flaws) >= 3


@every_project
def test_any_set_of_flaws_can_be_built_and_fails(folder, tmp_path, sandbox):
    project = load(folder)
    variant = project.variant(0)
    deliverable = Deliverable.written(tmp_path, project.reference(variant, project.flaws))
    assert not grade(rubric_of(project), deliverable, variant.facts, sandbox).is_complete


@every_project
@every_variant
def test_an_empty_hand_in_passes_nothing_that_counts(folder, number, sandbox):
    project = load(folder)
    verdict = grade(rubric_of(project), Deliverable({}), project.variant(number).facts, sandbox)
    assert [mark.criterion for mark in verdict.marks if mark.passed] == []


@every_project
@every_variant
def test_inputs_are_the_same_bytes_each_time_and_other_in_each_variant(folder, number):
    first, again = Project(folder).variant(number), Project(folder).variant(number)
    assert first.attachments == again.attachments and first.brief == again.brief
    other = load(folder).variant(number + 1)
    assert first.gold != other.gold and first.attachments != other.attachments


@every_project
@every_variant
def test_citations_stand_where_they_say(folder, number):
    project = load(folder)
    variant = project.variant(number)
    texts = {name: " ".join(text.split()) for name, text in attachment_texts(variant).items()}
    brief = " ".join(variant.brief.split())
    for criterion in rubric_of(project).criteria:
        assert criterion.brief or criterion.attachments, criterion.id
        for span in criterion.brief:
            assert " ".join(project.filled(span, variant).split()) in brief, (criterion.id, span)
        for name, span in criterion.attachments:
            assert " ".join(project.filled(span, variant).split()) in texts[name], (criterion.id, span)


@every_project
def test_rubric_is_of_the_asked_size_and_every_blocking_criterion_has_a_note(folder):
    project = load(folder)
    criteria = rubric_of(project).criteria
    assert 8 <= len(criteria) <= 14
    assert len({criterion.id for criterion in criteria}) == len(criteria)
    assert set(project.feedback.notes) == {c.id for c in criteria if c.importance.is_blocking}
    assert len(project.variant(0).attachments) >= 2
    for name in project.settings.deliverables:
        assert name in project.variant(0).brief
