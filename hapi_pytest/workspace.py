"""The folder that an agent works in: laid out, confined, collected, stored and restored."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from hapi_pytest.errors import DeliverableError

INPUTS, DELIVERABLE = "inputs", "deliverable"


class Caps(msgspec.Struct, frozen=True, kw_only=True):
    """How much is taken out of a workspace."""

    files: int = 500
    file_bytes: int = 50 << 20
    total_bytes: int = 200 << 20


class Taken(msgspec.Struct, kw_only=True):
    """Regular files of a folder, and what was not taken."""

    files: dict[str, Path]
    refused: dict[str, str]
    is_cut: bool = False
    """Whether the caps left something out."""


class Workspace:
    """One attempt's folder: attachments in `inputs/`, the hand-in in `deliverable/`, anything else beside them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def lay_out(self, attachments: Mapping[str, bytes]) -> None:
        """Create the folders and write the attachments."""
        (self.root / INPUTS).mkdir(parents=True, exist_ok=True)
        (self.root / DELIVERABLE).mkdir(exist_ok=True)
        for name, content in attachments.items():
            self.write(f"{INPUTS}/{name}", content)

    def path(self, name: str) -> Path:
        """Return where a relative path leads; raises DeliverableError when that is outside the workspace."""
        if "\0" in name or len(name) > 1000 or any("\ud800" <= char <= "\udfff" for char in name):
            raise DeliverableError(f"{name[:80]!r}: is not a path")
        target = Path(os.path.realpath(self.root / name))
        if not target.is_relative_to(os.path.realpath(self.root)):
            raise DeliverableError(f"{name}: lies outside the workspace")
        return target

    def read(self, name: str, most: int = Caps().file_bytes) -> bytes:
        """Return a regular file's bytes; raises DeliverableError for anything else."""
        target = self.path(name)
        try:
            status = target.stat()
            if not stat.S_ISREG(status.st_mode):
                raise DeliverableError(f"{name}: is not a file")
            if status.st_size > most:
                raise DeliverableError(f"{name}: is larger than {most} bytes")
            return target.read_bytes()
        except OSError as error:
            raise DeliverableError(f"{name}: {error.strerror}") from None

    def write(self, name: str, content: bytes, is_executable: bool = False) -> None:
        """Write a file and the folders above it; raises DeliverableError when that cannot be."""
        target = self.path(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and not target.is_file():
                raise DeliverableError(f"{name}: is not a file")
            target.write_bytes(content)
            if is_executable:
                target.chmod(0o755)
        except OSError as error:
            raise DeliverableError(f"{name}: {error.strerror}") from None

    def deliverable(self, caps: Caps = Caps()) -> Taken:  # noqa: B008  # frozen
        """Collect the hand-in: regular files within the caps; links, devices and pipes are refused."""
        return _collected(self.root / DELIVERABLE, caps)

    def everything(self, caps: Caps = Caps()) -> Taken:  # noqa: B008  # frozen
        """Collect every file, inputs and hand-in included."""
        return _collected(self.root, caps)


def _collected(folder: Path, caps: Caps) -> Taken:
    taken = Taken(files={}, refused={})
    total = 0
    for path in _walk(folder):
        name = os.fsencode(path.relative_to(folder)).decode(errors="replace")
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            taken.refused[name] = "is no regular file (link, pipe, socket or device)"
        elif "\ufffd" in name:
            taken.refused[name] = "has a name that is not UTF-8"
        elif status.st_size > caps.file_bytes:
            taken.refused[name], taken.is_cut = f"is larger than {caps.file_bytes} bytes", True
        elif len(taken.files) >= caps.files or total + status.st_size > caps.total_bytes:
            taken.refused["…"], taken.is_cut = f"more than {caps.files} files or {caps.total_bytes} bytes", True
            return taken
        else:
            taken.files[name] = path
            total += status.st_size
    return taken


def _walk(folder: Path) -> Iterator[Path]:
    """Yield everything but folders, sorted, without following links."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for base, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links)
        yield from (Path(base) / name for name in sorted([*names, *links]))
