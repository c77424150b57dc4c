"""The kernel's Landlock rulesets, by raw system calls: which folders may be read and which written."""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable

CREATE, ADD = 444, 445
"""Call numbers, the same on every machine."""
GET_VERSION, PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
ALL_OF_ABI_1 = (1 << 13) - 1
REFER, TRUNCATE, IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
BIND_TCP, CONNECT_TCP = 1, 2
ABSTRACT_SOCKETS, SIGNALS = 1, 2

_c = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """Return the kernel's Landlock version; raises OSError when it has none."""
    return _call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(GET_VERSION))


class Ruleset:
    """A ruleset under construction; holds everything that the kernel's version can hold."""

    def __init__(self) -> None:
        version = abi()
        self._handled = ALL_OF_ABI_1 | _from(version, 2, REFER) | _from(version, 3, TRUNCATE)
        self._handled |= _from(version, 5, IOCTL_DEVICE)
        network = _from(version, 4, BIND_TCP | CONNECT_TCP)
        scopes = _from(version, 6, ABSTRACT_SOCKETS | SIGNALS)
        attributes = struct.pack("<QQQ", self._handled, network, scopes)
        size = 8 if version < 4 else 16 if version < 6 else 24
        self.descriptor = _call(CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))

    def read(self, paths: Iterable[str]) -> None:
        """Let everything at and below these be read and executed."""
        for path in paths:
            self._add(path, EXECUTE | READ_FILE | READ_DIR)

    def list(self, paths: Iterable[str]) -> None:
        """Let the names in these and below be listed."""
        for path in paths:
            self._add(path, READ_DIR)

    def write(self, paths: Iterable[str]) -> None:
        """Let everything be done at and below these but making devices."""
        for path in paths:
            self._add(path, self._handled & ~(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEVICE))

    def use(self, devices: Iterable[str]) -> None:
        """Let these files be read and written, and nothing else."""
        for path in devices:
            self._add(path, READ_FILE | WRITE_FILE)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)

    def _add(self, path: str, rights: int) -> None:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            allowed = rights & self._handled
            if not os.path.isdir(path):
                allowed &= FOR_FILES
            attributes = struct.pack("<Qi", allowed, place)
            _call(ADD, ctypes.c_int(self.descriptor), ctypes.c_int(PATH_BENEATH), attributes, ctypes.c_uint32(0))
        finally:
            os.close(place)


def split_around(paths: Iterable[str], hidden: str) -> tuple[list[str], list[str]]:
    """Return what to read and what only to list so that all of the paths but `hidden` can be read.

    Landlock only ever adds rights, so that a folder with a hidden one in it is granted entry by entry.
    """
    whole: list[str] = []
    listed: list[str] = []
    pending = [os.path.realpath(path) for path in paths]
    while pending:
        path = pending.pop()
        if path == hidden or path.startswith(f"{hidden}/"):
            continue
        if hidden.startswith(f"{path}/"):
            listed.append(path)
            with contextlib.suppress(OSError):
                pending += [entry.path for entry in os.scandir(path) if not entry.is_symlink()]
        else:
            whole.append(path)
    return sorted(set(whole)), sorted(set(listed))


def _from(version: int, first: int, rights: int) -> int:
    return rights if version >= first else 0


def _call(number: int, *arguments: object) -> int:
    result = int(_c.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
