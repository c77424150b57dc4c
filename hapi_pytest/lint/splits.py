"""The public split and the held-out one: projects that have been published, and projects that must not be."""

from collections.abc import Iterable, Iterator

from hapi_pytest.lint.places import key_line
from hapi_pytest.lint.problems import Problem
from hapi_pytest.projects import PROJECT, Project


def split_problems(projects: Iterable[Project]) -> Iterator[Problem]:
    """Yield every project without a date of publication that lies among published ones."""
    folders: dict[str, list[Project]] = {}
    for project in projects:
        folders.setdefault(str(project.folder.parents[1]), []).append(project)
    for group in folders.values():
        if any(project.settings.published for project in group):
            for project in group:
                if not project.settings.published:
                    file = project.folder / PROJECT
                    yield Problem(
                        file=str(file), line=key_line(file, "posted"), rule="held-out-among-published",
                        message="the project says of no day on which it was published, and lies among published ones",
                        fix="move it into a suite of its own, or write published = and the day",
                    )  # fmt: skip
