"""A reference's flaws and equivalent forms against the rubric's criteria."""

from collections.abc import Iterator

from hapi_pytest.authored import authored
from hapi_pytest.errors import ProjectError
from hapi_pytest.lint.places import line_of
from hapi_pytest.lint.problems import Problem, told
from hapi_pytest.projects import REFERENCE, Project
from hapi_pytest.rubric import Rubric

FEWEST_EQUIVALENTS = 2


def reference_problems(project: Project, rubric: Rubric | None) -> Iterator[Problem]:
    """Yield every mistake in what the reference can be built as; without a rubric none about criteria."""
    flaws: dict[str, tuple[str, ...]] = {}
    try:
        flaws = {name: tuple(map(str, criteria)) for name, criteria in project.flaws.items()}
        yield from _equivalent_problems(project, flaws, project.equivalents if _has_equivalents(project) else {})
        authored(project.folder / REFERENCE, "build")
    except ProjectError as error:
        yield told("broken-reference", error)
    if rubric and flaws:
        yield from _flaw_problems(project, flaws, {criterion.id: criterion.line for criterion in rubric.criteria})


def _equivalent_problems(
    project: Project, flaws: dict[str, tuple[str, ...]], equivalents: dict[str, str]
) -> Iterator[Problem]:
    if len(equivalents) < FEWEST_EQUIVALENTS:
        yield _problem(
            project, "few-equivalents", ("EQUIVALENTS",), f"there are {len(equivalents)} equivalent forms",
            "build the accepted deliverable in another way that the brief allows, and name it in EQUIVALENTS",
        )  # fmt: skip
    for name in equivalents.keys() & flaws.keys():
        yield _problem(
            project, "flaw-and-equivalent", (f'"{name}"', f"'{name}'", name),
            f"{name} is a flaw and an equivalent form", "rename one of the two",
        )  # fmt: skip


def _flaw_problems(project: Project, flaws: dict[str, tuple[str, ...]], lines: dict[str, int]) -> Iterator[Problem]:
    for name, criteria in flaws.items():
        for criterion in criteria:
            if criterion not in lines:
                yield _problem(
                    project, "unknown-criterion", (f'"{criterion}"', f"'{criterion}'", name),
                    f"the flaw {name} names {criterion}, which is no criterion", "correct the id, or remove it",
                )  # fmt: skip
    failed = {criterion for criteria in flaws.values() for criterion in criteria}
    for criterion in lines.keys() - failed:
        yield _problem(
            project, "unfailed-criterion", ("FLAWS",), f"no flaw fails the criterion {criterion}",
            "add a flaw that a hurried freelancer would make there",
        )  # fmt: skip


def _has_equivalents(project: Project) -> bool:
    return "EQUIVALENTS" in (project.folder / REFERENCE).read_text(encoding="utf-8", errors="replace")


def _problem(project: Project, rule: str, texts: tuple[str, ...], message: str, fix: str) -> Problem:
    file = project.folder / REFERENCE
    return Problem(file=str(file), line=line_of(file, *texts), rule=rule, message=message, fix=fix)
