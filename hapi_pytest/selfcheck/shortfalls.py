"""What does not hold of a project, told as compilers tell it: with its place and what to do."""

from enum import StrEnum
from pathlib import Path

from hapi_pytest.lint.places import from_here, line_of
from hapi_pytest.projects import REFERENCE, Project, rubric_file
from hapi_pytest.rubric import Rubric


class Fix(StrEnum):
    """What to do about what does not hold."""

    REFERENCE = "mend the check or the reference: the accepted deliverable passes every criterion"
    NAMES = "let build() return it, or take it out of the deliverables in project.toml"
    FORMS = "let the check take every form that the brief allows, or drop the form from EQUIVALENTS"
    BLIND_CHECK = "make the check notice the flaw, or let the flaw go further"
    FLAW = "name the criterion with the flaw in FLAWS, or let the flaw touch less"
    ALL_FLAWS = "let build() take several flaws at once"
    MISSING_FLAW = "add to FLAWS what a hurried freelancer would get wrong there"
    IDLE = "let the check read what it asks for before it asserts: reading a missing file fails it"
    CHEAT = "add a criterion that such a hand-in cannot pass"
    UNSCORED = "mend what the reason names; a check fails with an assertion or in a reader, and never crashes"
    PLANTED = "let no check import or run what was handed in but through `sandbox`"
    HAUL = "run with another --sandbox; docs/sandbox.md says what each holds"


class Shortfalls:
    """The words of one check of a project."""

    def __init__(self, project: Project, rubric: Rubric, check: str) -> None:
        self._check = check
        self._rubric, self._reference = rubric_file(project.folder), project.folder / REFERENCE
        self._lines = {criterion.id: criterion.line for criterion in rubric.criteria}

    def criterion(self, criterion: str, message: str, fix: Fix) -> str:
        """Tell of a criterion, at its check."""
        return self._told(self._rubric, self._lines.get(criterion, 1), f"{criterion}: {message}", fix)

    def rubric(self, message: str, fix: Fix) -> str:
        """Tell of all criteria together."""
        return self._told(self._rubric, line_of(self._rubric, "Rubric()"), message, fix)

    def reference(self, name: str, message: str, fix: Fix) -> str:
        """Tell of the reference, where it names a flaw or form."""
        return self._told(self._reference, line_of(self._reference, f'"{name}"', f"'{name}'", name), message, fix)

    def _told(self, file: Path, line: int, message: str, fix: Fix) -> str:
        return f"{from_here(str(file))}:{line}: {self._check}: {message}\n    fix: {fix}"
