"""What a project gives an agent beside the brief: fixed attachments, and what its inputs.py builds."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from hapi_pytest.authored import authored, blamed
from hapi_pytest.draw import Draw
from hapi_pytest.errors import ProjectError


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """What inputs.py builds from a seed."""

    files: Mapping[str, str | bytes]
    """Attachments by file name."""
    given: Mapping[str, Any]
    """Facts that may stand in the brief, the attachments and the notes; `{name}` there is replaced by them."""
    gold: Mapping[str, Any]
    """Derived facts: what the work must find out."""


FORM = "hapi_pytest.Inputs(files=..., given=..., gold=...)"


def attached(folder: Path) -> list[Path]:
    """Return the attachments that are the same in every variant; raises ProjectError for what can be none."""
    if folder.exists() and not folder.is_dir():
        raise ProjectError(folder, "it is no folder", fix="make it a folder of attachments, or remove it")
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise ProjectError(path, "a link is no attachment", fix="put the file itself there")
        if path.is_dir():
            continue
        if not path.is_file() or not _is_name(path.relative_to(folder).as_posix()):
            shown = str(path).encode("utf-8", "backslashreplace").decode()
            fix = "attach a plain file under another name"
            raise ProjectError(shown, "it is no file that can be attached", fix=fix)
        found.append(path)
    return found


def fixed(folder: Path) -> dict[str, bytes]:
    """Read those attachments; raises ProjectError for one that cannot be read."""
    files = {}
    for path in attached(folder):
        try:
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
        except OSError as error:
            fix = "make it a file that can be read"
            raise ProjectError(path, f"it cannot be read: {error.strerror}", fix=fix) from None
    return files


def built(file: Path, draw: Draw) -> Inputs:
    """Let inputs.py build attachments and facts; raises ProjectError for whatever goes wrong there."""
    with blamed(file, "build()"):
        inputs = authored(file, "build")(draw)
    if not isinstance(inputs, Inputs):
        raise ProjectError(
            file, "build() does not return Inputs", value=type(inputs).__name__, allowed=FORM,
            fix="return the attachments and facts as Inputs",
        )  # fmt: skip
    for part in ("files", "given", "gold"):
        found = getattr(inputs, part)
        if not isinstance(found, Mapping) or not all(isinstance(name, str) for name in found):
            raise ProjectError(
                file, f"build() returns {part} of the wrong kind", key=part, value=found, allowed="a dict by name",
                fix=f"return {part} as a dict; docs/projects.md shows one",
            )  # fmt: skip
    for name in inputs.files:
        if not _is_name(name):
            raise ProjectError(
                file, "build() returns a file under a name that it cannot have", key="files", value=name,
                allowed="a relative path with slashes", fix="name the attachment otherwise",
            )  # fmt: skip
    return inputs


def encoded(file: Path, files: object) -> dict[str, bytes]:
    """Return files that an author's build() returned, by name, as bytes; raises ProjectError for anything else."""
    if not isinstance(files, Mapping):
        raise ProjectError(
            file, "build() does not return files", value=type(files).__name__,
            allowed="a dict of names to text or bytes", fix="return each file's content by its name",
        )  # fmt: skip
    for name, content in files.items():
        if not isinstance(name, str) or not isinstance(content, str | bytes):
            raise ProjectError(
                file, f"build() returns {name!r} as {type(content).__name__}", key=str(name),
                allowed="a file name with text or bytes", fix="return the content as a str or as bytes",
            )  # fmt: skip
    return {name: content.encode() if isinstance(content, str) else content for name, content in files.items()}


def _is_name(name: str) -> bool:
    """Whether an attachment can have this name: a path below the folder, in Unicode."""
    is_unicode = not any("\ud800" <= char <= "\udfff" for char in name)
    return is_unicode and "\0" not in name and name == str(PurePosixPath("/", name))[1:] and ".." not in name.split("/")
