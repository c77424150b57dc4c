"""Temporary folders that commands can write to."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder for a workspace, and delete it afterwards, whatever a command left in it."""
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="hapi-")))
    try:
        yield folder
    finally:
        _remove(folder)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Make one command's private folder with `tmp` and `shm` in it."""
    with temporary_folder() as folder:
        for name in ("tmp", "shm"):
            (folder / name).mkdir(mode=0o700)
        yield folder


def _remove(folder: Path) -> None:
    """Delete a folder that a command could write to, whatever modes it left there.

    Not shutil or TemporaryDirectory: before Python 3.11.8 the latter changes the mode of what a planted link points to.
    """
    with contextlib.suppress(OSError):
        for path, folders, _ in os.walk(folder):
            for name in folders:
                if not os.path.islink(os.path.join(path, name)):
                    os.chmod(os.path.join(path, name), 0o700)
        for path, folders, files in os.walk(folder, topdown=False):
            for name in files:
                os.unlink(os.path.join(path, name))
            for name in folders:
                target = os.path.join(path, name)
                (os.unlink if os.path.islink(target) else os.rmdir)(target)
        os.rmdir(folder)
