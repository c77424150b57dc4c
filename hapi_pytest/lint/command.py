"""The `hapi lint` command."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hapi_pytest.lint.linting import lint_all
from hapi_pytest.lint.problems import Problem
from hapi_pytest.projects import PROJECT, discover


def run(paths: Sequence[Path], variants: Sequence[int]) -> int:
    """Lint projects and print what is wrong; return the exit code: 0, 1 for problems, 2 where there is no project."""
    folders: list[Path] = []
    for path in paths:
        found = list(_folders(path))
        if not found:
            what = "there is no client project below it" if path.is_dir() else "there is no such folder"
            print(
                f"hapi lint: {path}: {what}\n"
                f"  allowed: a project's folder, with {PROJECT}, or a folder with CATEGORY/PROJECT below\n"
                "  fix:     name one of them, or run this where projects/ lies",
                file=sys.stderr,
            )
            return 2
        folders += found
    folders = list({folder.resolve(): folder for folder in folders}.values())
    problems = lint_all(folders, variants)
    for problem in problems:
        print(_shown(problem))
    print(_count(len(problems), len(folders), variants))
    return 1 if problems else 0


def _folders(path: Path) -> Iterator[Path]:
    """Yield the projects that a path means: itself, those of a category, or those of all categories."""
    if (path / PROJECT).exists():
        yield path
    else:
        yield from sorted(file.parent for file in path.glob(f"*/{PROJECT}"))
        yield from discover(path)


def _shown(problem: Problem) -> str:
    """Return a problem as text, with its file as seen from here."""
    file = Path(problem.file)
    if file.is_relative_to(Path.cwd()):
        problem = msgspec.structs.replace(problem, file=str(file.relative_to(Path.cwd())))
    return str(problem)


def _count(problems: int, projects: int, variants: Sequence[int]) -> str:
    def some(count: int, noun: str) -> str:
        return f"{count} {noun}{'' if count == 1 else 's'}"

    numbers = ", ".join(map(str, variants))
    return f"{some(problems, 'problem')} in {some(projects, 'project')}, variants {numbers}"
