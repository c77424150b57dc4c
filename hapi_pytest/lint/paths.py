"""What a PATH on the command line means: a project, those of a category, or those of all categories."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hapi_pytest.errors import CommandLineError
from hapi_pytest.projects import PROJECT, discover


def project_folders(command: str, paths: Iterable[Path]) -> list[Path]:
    """Return the projects that paths mean, each once; raises CommandLineError for a path that means none."""
    folders: dict[Path, Path] = {}
    for path in paths:
        try:
            found = {folder.resolve(): folder for folder in _folders(path)}
            what = "there is no client project below it" if path.is_dir() else "there is no such folder"
        except OSError as error:
            found, what = {}, str(error.strerror)
        if not found:
            raise CommandLineError(
                f"{command}: {path}: {what}\n"
                f"  allowed: a project's folder, with {PROJECT}, or a folder with CATEGORY/PROJECT below\n"
                "  fix:     name one of them, or run this where projects/ lies"
            )
        folders |= found
    return list(folders.values())


def _folders(path: Path) -> Iterator[Path]:
    if (path / PROJECT).exists():
        yield path
    else:
        yield from sorted(file.parent for file in path.glob(f"*/{PROJECT}"))
        yield from discover(path)
