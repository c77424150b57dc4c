"""Linting client projects: every rule, over every variant that is asked for."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hapi_pytest.errors import ProjectError
from hapi_pytest.lint.attachments import gold_problems, naming_problems, trace_problems
from hapi_pytest.lint.canaries import canary_problems, hiding_problems, repeat_problems, shown_problems
from hapi_pytest.lint.gold import Gold
from hapi_pytest.lint.graders import grader_problems
from hapi_pytest.lint.problems import Problem, told
from hapi_pytest.lint.references import reference_problems
from hapi_pytest.lint.reviews import review_problems
from hapi_pytest.lint.rubrics import citation_problems, cites, rubric_problems
from hapi_pytest.lint.splits import split_problems
from hapi_pytest.lint.steadiness import Comparison, formless_problems
from hapi_pytest.projects import Project, Variant, load
from hapi_pytest.rubric import Rubric, check_rubric, imported_rubric

VARIANTS = (0, 1, 2)


def lint(folder: Path, variants: Sequence[int] = VARIANTS) -> list[Problem]:
    """Return every problem of one project folder, by file and line; no mistake of an author is raised."""
    return lint_all([folder], variants)


def lint_all(folders: Iterable[Path], variants: Sequence[int] = VARIANTS) -> list[Problem]:
    """Return every problem of several project folders, by file and line; no mistake of an author is raised.

    A module of a project that this process has imported before is not imported anew.
    """
    problems: list[Problem] = []
    projects: list[Project] = []
    for folder in folders:
        try:
            projects.append(load(folder.resolve()))
        except (ProjectError, OSError) as error:
            problems.append(_refused("malformed-project", folder, error))
    problems += [*repeat_problems(projects), *split_problems(projects)]
    with Comparison(projects, variants) as elsewhere:
        built: list[Project] = []
        for project in projects:
            found, is_built = _project_problems(project, variants)
            problems += found
            built += [project] if is_built else []
        problems += elsewhere.problems(built)
    return sorted(_once(problems))


def _project_problems(project: Project, variants: Sequence[int]) -> tuple[list[Problem], bool]:
    """Return a project's problems but those of comparing, and whether every variant can be built."""
    rubric, problems = _rubric(project)
    problems += itertools.chain(
        rubric_problems(project, rubric) if rubric else (),
        grader_problems(project),
        reference_problems(project, rubric),
        review_problems(project, rubric),
        canary_problems(project),
        hiding_problems(project),
    )
    for number in variants:
        try:
            variant = project.variant(number)
        except (ProjectError, OSError) as error:
            problems.append(_refused("crashing-build", project.folder, error))
            return problems, False
        problems += _variant_problems(project, rubric, variant)
    return problems, True


def _variant_problems(project: Project, rubric: Rubric | None, variant: Variant) -> Iterator[Problem]:
    if rubric:
        cited = Rubric()
        cited.criteria = list(filter(cites, rubric.criteria))
        yield from citation_problems(project, cited, variant)
    gold = Gold(variant)
    yield from gold_problems(project, variant, gold)
    yield from trace_problems(project, variant, gold)
    yield from naming_problems(project, variant)
    yield from shown_problems(project, variant)
    yield from formless_problems(project, variant)


def _rubric(project: Project) -> tuple[Rubric | None, list[Problem]]:
    try:
        rubric = imported_rubric(project)
        is_sound = isinstance(rubric, Rubric) and rubric.criteria
        return rubric if is_sound and isinstance(rubric, Rubric) else check_rubric(project, rubric), []
    except ProjectError as error:
        return None, [told("broken-rubric", error)]


def _refused(rule: str, folder: Path, error: ProjectError | OSError) -> Problem:
    if isinstance(error, ProjectError):
        return told(rule, error)
    file = str(error.filename or folder)
    return Problem(file=file, line=1, rule=rule, message=str(error), fix="make it a file that can be read")


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield what several variants have in common only as the first of them has it."""
    seen = set()
    for problem in problems:
        message = re.split(r"; allowed: | away: ", problem.message)[0]
        if (key := (problem.file, problem.line, problem.rule, message)) not in seen:
            seen.add(key)
            yield problem
