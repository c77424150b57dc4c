"""Canaries: lines that show where a project has got to that it must not."""

import re
from collections.abc import Iterable, Iterator

from hapi_pytest.lint.places import attachment_place, key_line, line_of
from hapi_pytest.lint.problems import Problem
from hapi_pytest.lint.traces import members
from hapi_pytest.projects import BRIEF, BUILD, FEEDBACK, PROJECT, REFERENCE, Project, Variant, rubric_file
from hapi_pytest.reviews import FOLDER as REVIEWS

FORM = re.compile(r"hapi-pytest canary [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FIX = "write hapi-pytest canary and a UUID of your own, as python -m uuid prints it"


def canary_problems(project: Project) -> Iterator[Problem]:
    """Yield a problem when the canary does not look like one."""
    file, canary = project.folder / PROJECT, project.settings.canary
    if not _has_form(project):
        yield Problem(
            file=str(file), line=key_line(file, "canary"), rule="canary-form",
            message=f"{canary!r} is no canary", fix=f'{FIX}: "hapi-pytest canary 01234567-89ab-…"',
        )  # fmt: skip


def hiding_problems(project: Project) -> Iterator[Problem]:
    """Yield every file that agents must not see and that does not hold the canary."""
    if not _has_form(project):
        return
    hidden = [project.folder / name for name in (BUILD, REFERENCE, FEEDBACK)] + [rubric_file(project.folder)]
    for file in [*hidden, *sorted((project.folder / REVIEWS).glob("*.toml"))]:
        if file.is_file() and project.settings.canary not in file.read_text(encoding="utf-8", errors="replace"):
            yield Problem(
                file=str(file), line=1, rule="canary-missing", message="the canary does not stand in this file",
                fix=f"add the line # {project.settings.canary}",
            )  # fmt: skip


def shown_problems(project: Project, variant: Variant) -> Iterator[Problem]:
    """Yield brief and attachments that hold the canary, packed files included."""
    canary = project.settings.canary
    if not _has_form(project):  # told by its own rule
        return
    if canary in variant.brief:
        file = project.folder / BRIEF
        yield _shown(str(file), line_of(file, canary), "the brief")
    for name, content in variant.attachments.items():
        found = [path for path, member in members(name, content) if canary.encode() in member]
        if found:
            file, line = attachment_place(project.folder, name)
            yield _shown(str(file), line, found[-1])


def repeat_problems(projects: Iterable[Project]) -> Iterator[Problem]:
    """Yield every project whose canary is an earlier one's too."""
    first: dict[str, Project] = {}
    for project in filter(_has_form, projects):
        other = first.setdefault(project.settings.canary, project)
        if other is not project:
            file = project.folder / PROJECT
            yield Problem(
                file=str(file), line=key_line(file, "canary"), rule="canary-not-unique",
                message=f"{other.id} has the same canary", fix=FIX,
            )  # fmt: skip


def _has_form(project: Project) -> bool:
    return bool(FORM.fullmatch(project.settings.canary))


def _shown(file: str, line: int, what: str) -> Problem:
    return Problem(
        file=file, line=line, rule="canary-shown", message=f"{what} shows agents the canary", fix="take it out"
    )
