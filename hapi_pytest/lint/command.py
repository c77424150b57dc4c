"""The `hapi lint` command."""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from hapi_pytest.errors import CommandLineError
from hapi_pytest.lint.formats import FORMATS
from hapi_pytest.lint.linting import lint_all
from hapi_pytest.lint.paths import project_folders


def run(paths: Sequence[Path], variants: Sequence[int], form: str = "text") -> int:
    """Lint projects and print what is wrong; return the exit code: 0, 1 for problems, 2 where there is no project."""
    try:
        folders = project_folders("hapi lint", paths)
    except CommandLineError as error:
        print(error, file=sys.stderr)
        return 2
    with contextlib.redirect_stdout(sys.stderr):  # for what authors' modules print
        problems = [problem.from_here() for problem in lint_all(folders, variants)]
    print(FORMATS[form](problems, _count(len(problems), len(folders), variants)))
    return 1 if problems else 0


def _count(problems: int, projects: int, variants: Sequence[int]) -> str:
    def some(count: int, noun: str) -> str:
        return f"{count} {noun}{'' if count == 1 else 's'}"

    numbers = ", ".join(map(str, variants))
    return f"{some(problems, 'problem')} in {some(projects, 'project')}, variants {numbers}"
