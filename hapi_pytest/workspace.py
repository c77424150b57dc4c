"""The folder that an agent works in: laid out, confined, collected, stored and restored."""

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import regular_file

INPUTS, DELIVERABLE = "inputs", "deliverable"
NO_FILE = "is no regular file (link, pipe, socket or device)"
LONGEST_SHOWN = 200
"""Characters of a refused name."""


class Caps(msgspec.Struct, frozen=True, kw_only=True):
    """How much is taken out of a workspace."""

    files: int = 500
    file_bytes: int = 50 << 20
    total_bytes: int = 200 << 20
    folders: int = 2_000
    name_bytes: int = 1_000
    """Of a name with all folders above it; paths beyond 4096 bytes cannot be opened at all."""


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
        return regular_file.content(self.path(name), name, most)

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
        """Collect the hand-in: regular files within the caps; links, devices and pipes are refused.

        To be called when the agent has stopped: nothing may change between this and the reading of what is taken.
        """
        folder = self.root / DELIVERABLE
        if folder.is_symlink():
            return Taken(files={}, refused={DELIVERABLE: NO_FILE})
        return _Collection(folder, caps).taken

    def everything(self, caps: Caps = Caps()) -> Taken:  # noqa: B008  # frozen
        """Collect every file, inputs and hand-in included."""
        return _Collection(self.root, caps).taken


class _FullError(Exception):
    """The caps are reached; what is left is not looked at."""


class _Collection:
    """Walks a folder by name, without following a link or opening anything but regular files and folders.

    A file with two names inside is taken twice. A hard link to a file outside can only be made where the agent could
    read and write that file anyway: the sandbox keeps others on other mounts, or from being linked.
    """

    def __init__(self, root: Path, caps: Caps) -> None:
        self._root, self._caps = root, caps
        self._folders = self._bytes = 0
        self.taken = Taken(files={}, refused={})
        try:
            if root.is_dir():
                self._walk("")
        except _FullError:
            pass

    def _walk(self, base: str) -> None:
        """Collect a folder's files by name, then its folders; `base` ends in a slash or is empty."""
        try:
            with os.scandir(self._root / base) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(base.rstrip("/"), f"is a folder that cannot be read: {error.strerror}")
            return
        inner = []
        for entry in entries:
            name = base + entry.name
            if reason := self._fault_of(name):
                self._refuse(name, reason)
            elif entry.is_dir(follow_symlinks=False):
                inner.append(name)
            else:
                self._take(name, entry)
        for name in inner:
            self._folders += 1
            if self._folders > self._caps.folders:
                self._cut(f"more than {self._caps.folders} folders")
            self._walk(name + "/")

    def _fault_of(self, name: str) -> str:
        if len(os.fsencode(name)) > self._caps.name_bytes:
            return f"has a name of more than {self._caps.name_bytes} bytes, its folders included"
        if any(unicodedata.category(char) == "Cs" for char in name):
            return "has a name that is not UTF-8"
        if any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in name):
            return "has a name with control characters"
        return ""

    def _take(self, name: str, entry: os.DirEntry[str]) -> None:
        caps = self._caps
        if not entry.is_file(follow_symlinks=False):
            self._refuse(name, NO_FILE)
            return
        if len(self.taken.files) >= caps.files:
            self._cut(self._too_much())
        try:
            descriptor, status = regular_file.opened(Path(entry.path), name)
        except DeliverableError as error:
            self._refuse(name, f"cannot be read: {str(error).removeprefix(f'{name}: ')}")
            return
        os.close(descriptor)
        if status.st_size > caps.file_bytes:
            self._refuse(name, f"is larger than {caps.file_bytes} bytes")
            self.taken.is_cut = True
            return
        if self._bytes + status.st_size > caps.total_bytes:
            self._cut(self._too_much())
        self.taken.files[name] = Path(entry.path)
        self._bytes += status.st_size

    def _refuse(self, name: str, reason: str) -> None:
        if len(self.taken.refused) >= self._caps.files:
            self._cut(f"more than {self._caps.files} entries that are refused")
        self.taken.refused[_shown(name)] = reason

    def _cut(self, reason: str) -> None:
        self.taken.refused["…"], self.taken.is_cut = reason, True
        raise _FullError

    def _too_much(self) -> str:
        return f"more than {self._caps.files} files or {self._caps.total_bytes} bytes"


def _shown(name: str) -> str:
    """Return a name that can be written on one line anywhere."""
    whole = os.fsencode(name).decode(errors="backslashreplace")
    cut = whole if len(whole) <= LONGEST_SHOWN else f"{whole[:LONGEST_SHOWN]}…"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in cut)
