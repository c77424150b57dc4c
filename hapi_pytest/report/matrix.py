"""Criteria before and after feedback: the heat map's rows, and what fails most."""

from collections.abc import Mapping, Sequence

import msgspec

from hapi_pytest import measures
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Importance, Outcome, Status
from hapi_pytest.report.figures import ORDER
from hapi_pytest.results import CriterionFacts, Results

MOST_TITLED = 3_000
"""Cells that tell their criterion when a pointer rests on them; more would make the page heavy."""
MOST_FAILURES = 20


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion in one submission, over all variants and samples."""

    state: str
    """pass, fail, some, most, or none when nothing is scored."""
    is_first: bool
    """Whether it is the first of its importance."""
    title: str


class Strip(msgspec.Struct, frozen=True, kw_only=True):
    """All criteria of one project in one arm."""

    arm: Arm
    cells: list[Cell]
    passed: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One project of the heat map."""

    project: str
    category: str
    slug: str
    strips: list[Strip]
    label: str
    """All of it in words."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion, with how often it failed."""

    project: str
    name: str
    criterion: CriterionFacts
    before: Rate
    after: Rate | None


def ordered(criteria: Mapping[str, CriterionFacts]) -> dict[str, CriterionFacts]:
    """Return criteria by importance and then by id."""
    return dict(sorted(criteria.items(), key=lambda item: (ORDER.index(item[1].importance), item[0])))


def known(results: Results, project: str, outcomes: Sequence[Outcome]) -> dict[str, CriterionFacts]:
    """Return a project's criteria, also those that only its outcomes tell."""
    facts = results.projects.get(project)
    named = {name for outcome in outcomes for name in (*outcome.alone, *outcome.final)}
    told = dict(facts.criteria) if facts else {}
    return ordered({name: CriterionFacts(name, Importance.IMPORTANT) for name in named} | told)


def rows(results: Results, outcomes: Sequence[Outcome]) -> list[Row]:
    """Return the heat map of one model, project by project."""
    groups = measures.grouped(outcomes, lambda outcome: outcome.project)
    every = {project: known(results, project, group) for project, group in groups.items()}
    is_titled = 2 * sum(map(len, every.values())) <= MOST_TITLED
    return [_row(project, group, every[project], is_titled) for project, group in groups.items()]


def failures(results: Results, outcomes: Sequence[Outcome]) -> list[Failure]:
    """Return the criteria that fail most: those first that still fail after feedback."""
    found = []
    for project, group in measures.grouped(outcomes, lambda outcome: outcome.project).items():
        before, after = _before(group), _after(group)
        for name, criterion in known(results, project, group).items():
            first, last = (_failed(submissions, name) for submissions in (before, after))
            if first.count or last.count:
                second = last if after else None
                found.append(Failure(project=project, name=name, criterion=criterion, before=first, after=second))
    return sorted(found, key=lambda failure: (-(failure.after.count if failure.after else 0), -failure.before.count))


def _row(project: str, outcomes: Sequence[Outcome], criteria: Mapping[str, CriterionFacts], is_titled: bool) -> Row:
    shown = [(Arm.ALONE, _before(outcomes)), (Arm.REVIEWED, _after(outcomes))]
    strips = [_strip(arm, submissions, criteria, is_titled) for arm, submissions in shown if submissions]
    category, _, slug = project.partition("/")
    parts = [f"{strip.arm}: {strip.passed} criteria passed" for strip in strips] or ["nothing scored"]
    last = next((submissions for _, submissions in reversed(shown) if submissions), [])
    failing = [name for name in criteria if _failed(last, name).count]
    told = f"; failing at the end: {', '.join(failing)}" if failing else ""
    return Row(project=project, category=category, slug=slug, strips=strips, label=f"{'; '.join(parts)}{told}")


def _strip(
    arm: Arm, submissions: Sequence[Mapping[str, bool]], criteria: Mapping[str, CriterionFacts], is_titled: bool
) -> Strip:
    cells, before, met, of = [], None, 0, 0
    for number, (name, criterion) in enumerate(criteria.items(), 1):
        failed = _failed(submissions, name)
        is_first = before not in (None, criterion.importance)
        before = criterion.importance
        told = f"{number}. {criterion.statement}: failed {failed.count:g} of {failed.of}" if is_titled else ""
        cells.append(Cell(state=_state(failed), is_first=is_first, title=told))
        met, of = met + failed.of - int(failed.count), of + failed.of
    return Strip(arm=arm, cells=cells, passed=f"{met}/{of}")


def _state(failed: Rate) -> str:
    if failed.value is None:
        return "none"
    if failed.value in (0, 1):
        return "fail" if failed.value else "pass"
    return "most" if failed.value < 0.5 else "some"


def _failed(submissions: Sequence[Mapping[str, bool]], name: str) -> Rate:
    marks = [submission[name] for submission in submissions if name in submission]
    return Rate(sum(not passed for passed in marks), len(marks))


def _before(outcomes: Sequence[Outcome]) -> list[Mapping[str, bool]]:
    """Return what each engagement's first submission came to, whichever arm tells it."""
    found: dict[object, Mapping[str, bool]] = {}
    for outcome in outcomes:
        if outcome.alone and (outcome.arm is not Arm.ALONE or outcome.status is not Status.UNSCORED):
            found.setdefault(outcome.engagement, outcome.alone)
    return list(found.values())


def _after(outcomes: Sequence[Outcome]) -> list[Mapping[str, bool]]:
    reviewed = measures.of_arm(outcomes, Arm.REVIEWED)
    return [outcome.final for outcome in reviewed if outcome.final and outcome.status is not Status.UNSCORED]
