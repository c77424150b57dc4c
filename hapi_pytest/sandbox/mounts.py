"""What bubblewrap mounts read-only, in as few mounts as possible: each costs every command."""

import functools
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from hapi_pytest.sandbox import surroundings

IDENTITY_FILES = Path(__file__).parent / "identity"
"""Files of /etc that say who and where one is: the same everywhere, whoever runs us."""
IDENTITY_PLACE = "/run/identity"
MOST_MASKS = 3
"""A mask is two mounts, so that with more of them the parts one by one are cheaper."""


@functools.cache
def mounts() -> tuple[str, ...]:
    """Return bwrap's arguments for everything that is read-only."""
    readable, masked = _gathered(surroundings.readable())
    arguments: list[str] = []
    for path in readable:
        if os.path.islink(path) and is_below(os.path.realpath(path), readable):
            arguments += ["--symlink", os.readlink(path), path]
        else:
            arguments += ["--ro-bind", path, path]
    hidden = surroundings.hidden()
    for path in [*masked, *([hidden] if is_below(hidden, readable) else [])]:
        arguments += ["--tmpfs", path, "--remount-ro", path]
    arguments += ["--ro-bind", str(IDENTITY_FILES), IDENTITY_PLACE]
    for name in sorted(os.listdir(IDENTITY_FILES)):
        arguments += ["--symlink", f"{IDENTITY_PLACE}/{name}", f"/etc/{name}"]
    return (*arguments, "--symlink", "/usr/share/zoneinfo/UTC", "/etc/localtime")


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Tell whether the path is one of the folders or inside one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _gathered(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the same with whole prefixes in place of their parts, and the folders in them that must be masked."""
    found, masked = dict.fromkeys(paths), []
    for prefix in ("/usr/local", "/usr", sys.prefix, sys.base_prefix):
        if prefix in found or not any(path.startswith(f"{prefix}/") for path in found):
            continue
        rest = [entry for entry in os.scandir(prefix) if entry.path not in found and not entry.is_symlink()]
        folders = [entry.path for entry in rest if entry.is_dir() and os.listdir(entry)]
        if len(folders) <= MOST_MASKS and all(entry.is_dir() for entry in rest):
            found[prefix] = None
            masked += folders
    return [path for path in found if not is_below(os.path.dirname(path), found)], masked
