"""Recorded reviews of a project: whether they can be read, and are of criteria that exist."""

from collections.abc import Iterator

from hapi_pytest import reviews
from hapi_pytest.errors import ProjectError
from hapi_pytest.lint.places import key_line
from hapi_pytest.lint.problems import Problem, told
from hapi_pytest.projects import Project
from hapi_pytest.rubric import Rubric


def review_problems(project: Project, rubric: Rubric | None) -> Iterator[Problem]:
    """Yield every mistake in a project's recorded reviews; without a rubric none about criteria."""
    try:
        files = reviews.files(project.folder)
    except ProjectError as error:
        yield told("malformed-review", error)
        return
    known = [criterion.id for criterion in rubric.criteria] if rubric else []
    for file in files:
        try:
            review = reviews.read(file)
        except ProjectError as error:
            yield told("malformed-review", error)
            continue
        for criterion in review.marks:
            if known and criterion not in known:
                yield Problem(
                    file=str(file), line=key_line(file, f"marks.{criterion}"), rule="stray-review",
                    message=f"{review.reviewer} reviewed {criterion}, which is no criterion; there are"
                    f" {', '.join(known)}",
                    fix="correct the id, or take the mark out: the rubric has changed since",
                )  # fmt: skip
