"""Folders of new projects, written aside and renamed: never half there, never over what is there."""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hapi_pytest.errors import ProjectError

Files = Mapping[str, str | Path]
"""By name within the project: the text, or the file to copy."""


def place(root: Path, projects: Mapping[str, Files]) -> None:
    """Write projects below a folder by id, all of them or none.

    Raises ProjectError where something has one of their names, and OSError.
    """
    for name in projects:
        check_free(root / name)
    root.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=root, prefix=".writing-"))
    placed: list[Path] = []
    try:
        for name, files in projects.items():
            _write(aside / name, files)
        for name in projects:
            target = root / name
            target.parent.mkdir(exist_ok=True)
            target.mkdir()  # takes the name, or fails where it is taken; an empty folder can be renamed onto
            placed.append(target)
            os.rename(aside / name, target)
    except BaseException:
        for target in placed:
            shutil.rmtree(target)
        raise
    finally:
        shutil.rmtree(aside)


def check_free(folder: Path, place: str = "") -> None:
    """Raise ProjectError, told of a place, when something has a new project's name already."""
    if os.path.lexists(folder):
        raise ProjectError(
            place or folder, "there is a project of this name already", value=str(folder) if place else None,
            allowed="a name that is not taken, for nothing is overwritten",
            fix="take another name, or move away what has it",
        )  # fmt: skip


def attached(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """Return the files below a folder by their names in it, and the names of hidden ones, which are left out.

    Raises ProjectError for what is neither a file nor a folder, and for a folder without files.
    """
    files: dict[str, Path] = {}
    hidden: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not name.isprintable() or path.is_symlink() or not (path.is_dir() or path.is_file()):
            shown = str(path) if name.isprintable() else str(path).encode("unicode_escape").decode()
            raise ProjectError(
                shown, "cannot be attached", allowed="files and folders with readable names; no links",
                fix="put the file itself in this place, rename it, or take it out",
            )  # fmt: skip
        if re.search(r"(^|/)\.", name):
            hidden += [] if re.search(r"(^|/)\..*/", name) else [name]  # of a hidden folder no more than its own name
        elif path.is_file():
            files[name] = path
    if not files:
        raise ProjectError(
            folder, "there is no file to attach", allowed="a folder with the files that the client sent",
            fix="put them there, or leave the folder out",
        )  # fmt: skip
    return files, hidden


def _write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_text(content, encoding="utf-8", newline="\n")
