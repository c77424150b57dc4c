"""Regular files, opened so that nothing else is ever waited for or followed."""

import os
import stat
from pathlib import Path

from hapi_pytest.errors import DeliverableError

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def opened(path: Path, name: str) -> tuple[int, os.stat_result]:
    """Open a regular file and return its descriptor and status; raises DeliverableError for anything else.

    What a link, a pipe or a device leads to is never touched: it is looked at before it is opened, and the flags hold
    when it was changed in between.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise DeliverableError(f"{name}: is not a file")
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise DeliverableError(f"{name}: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise DeliverableError(f"{name}: is not a file")
    return descriptor, status


def content(path: Path, name: str, most: int) -> bytes:
    """Return a regular file's bytes; raises DeliverableError for anything else, and for more than `most` bytes."""
    descriptor, status = opened(path, name)
    with open(descriptor, "rb") as file:
        if status.st_size > most:
            raise DeliverableError(f"{name}: is larger than {most} bytes")
        try:
            found = file.read(most + 1)
        except OSError as error:
            raise DeliverableError(f"{name}: {error.strerror}") from None
    if len(found) > most:  # it grew, or its file system does not tell sizes
        raise DeliverableError(f"{name}: is larger than {most} bytes")
    return found
