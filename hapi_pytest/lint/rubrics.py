"""A rubric's criteria: their number, what they quote, and the notes for them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from hapi_pytest.errors import ProjectError
from hapi_pytest.lint.places import key_line, line_of, table_line
from hapi_pytest.lint.problems import Problem, told
from hapi_pytest.projects import FEEDBACK, Project, Variant, rubric_file
from hapi_pytest.rubric import Criterion, Rubric, check_citations, check_rubric

FEWEST, MOST = 5, 20


def rubric_problems(project: Project, rubric: Rubric) -> Iterator[Problem]:
    """Yield every mistake of a rubric that needs no variant."""
    file = rubric_file(project.folder)
    if not FEWEST <= len(rubric.criteria) <= MOST:
        yield Problem(
            file=str(file), line=line_of(file, "Rubric()"), rule="rubric-size",
            message=f"the rubric has {len(rubric.criteria)} criteria",
            fix="split what asks for several things, or drop what the client can do without",
        )  # fmt: skip
    for criterion in rubric.criteria:
        if not cites(criterion):
            yield Problem(
                file=str(file), line=criterion.line, rule="uncited-criterion",
                message=f"the criterion {criterion.id} quotes nothing that asks for it",
                fix="quote the words that the client wrote, or drop the criterion",
            )  # fmt: skip
    yield from _note_problems(project, rubric)
    if not _has_test(file):
        yield Problem(
            file=str(file), line=1, rule="broken-rubric", message="no test asks for the engagement",
            fix=f"write `def {file.stem}(engagement):` with `engagement.assert_complete()` below it",
        )  # fmt: skip
    sound = Rubric()
    sound.criteria = [criterion for criterion in rubric.criteria if cites(criterion)]
    if not sound.criteria:  # told above, each of them
        return
    try:
        check_rubric(project, sound)
    except ProjectError as error:
        if not error.key.startswith("notes."):  # those are told above, all of them
            yield told("broken-rubric", error)


def citation_problems(project: Project, rubric: Rubric, variant: Variant) -> Iterator[Problem]:
    """Yield each criterion that quotes words which do not stand where it says."""
    try:
        check_citations(project, rubric, variant)
        return
    except ProjectError:
        single = Rubric()  # one by one now, for the check ends at the first
    for criterion in rubric.criteria:
        single.criteria = [criterion]
        try:
            check_citations(project, single, variant)
        except ProjectError as error:
            yield told("citation-not-found", error, criterion.line)


def cites(criterion: Criterion) -> bool:
    """Whether a criterion quotes anything."""
    spans = [*criterion.brief, *(span for _, span in criterion.attachments)]
    return bool(spans) and all(isinstance(span, str) and span.strip() for span in spans)


def _has_test(file: Path) -> bool:
    tests = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.FunctionDef)]
    return any(test.name.startswith("test") and "engagement" in {arg.arg for arg in test.args.args} for test in tests)


def _note_problems(project: Project, rubric: Rubric) -> Iterator[Problem]:
    file, notes = project.folder / FEEDBACK, project.feedback.notes
    for criterion in rubric.criteria:
        if criterion.importance.is_blocking and criterion.id not in notes:
            yield Problem(
                file=str(file), line=table_line(file, "notes"), rule="missing-note",
                message=f"the {criterion.importance} criterion {criterion.id} has no note",
                fix="write what the expert says when it fails: the place and the reason, never the value",
            )  # fmt: skip
    for key in notes.keys() - {criterion.id for criterion in rubric.criteria}:
        yield Problem(
            file=str(file), line=key_line(file, key), rule="stray-note",
            message=f"the note {key} is for a criterion that does not exist", fix="correct the id, or remove the note",
        )  # fmt: skip
