"""Where the Python that runs us lies, and how a sandboxed command finds that very one."""

import functools
import os
import site
import sys
from pathlib import Path

PARTS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share", "include")
"""What is read of a prefix: a checkout may lie in the rest of it."""


def folder() -> str:
    """Return the folder of the interpreter, a virtual environment's own one."""
    return os.path.dirname(os.path.abspath(sys.executable))


@functools.cache
def readable() -> tuple[str, ...]:
    """Return the files and folders that the interpreter needs, wherever it lies, and no folder around them."""
    found: dict[str, None] = {}
    prefixes = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    for hop in _hops(os.path.abspath(sys.executable)):
        if os.path.basename(os.path.dirname(hop)) == "bin":
            prefixes.append(os.path.dirname(os.path.dirname(hop)))
        else:
            found[hop] = None
    for prefix in [*prefixes, *(os.path.realpath(prefix) for prefix in prefixes)]:
        for name in (*PARTS, "pyvenv.cfg"):
            found[os.path.join(prefix, name)] = None
    for store in ("/nix/store", "/gnu/store"):
        if os.path.realpath(sys.base_prefix).startswith(store):
            found[store] = None
    if (user := _user_site()) is not None:
        found[user] = None
    return tuple(path for path in found if os.path.exists(path))


def variables() -> dict[str, str]:
    """Return the environment variables that let it find packages that were installed with `pip install --user`."""
    return {"PYTHONUSERBASE": str(site.getuserbase())} if _user_site() is not None else {}


def missing_names() -> tuple[str, ...]:
    """Return those of `python3` and `python` that do not start this interpreter from its folder."""
    real = os.path.realpath(sys.executable)
    return tuple(n for n in ("python3", "python") if os.path.realpath(os.path.join(folder(), n)) != real)


def write_missing_names(target: Path) -> None:
    """Write a script for each missing name; a link would lose the virtual environment."""
    target.mkdir()
    for name in missing_names():
        script = target / name
        script.write_text(f'#!/bin/sh\nexec "{os.path.abspath(sys.executable)}" "$@"\n')
        script.chmod(0o755)


def _user_site() -> str | None:
    path = site.getusersitepackages() if site.ENABLE_USER_SITE else None
    return path if path is not None and path in sys.path and os.path.isdir(path) else None


def _hops(path: str) -> list[str]:
    """Return the path and every link's target on the way to the real file."""
    hops = [path]
    while os.path.islink(hops[-1]) and len(hops) < 40:
        hops.append(os.path.normpath(os.path.join(os.path.dirname(hops[-1]), os.readlink(hops[-1]))))
    return [*hops, os.path.realpath(path)]
