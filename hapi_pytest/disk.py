"""A disk without room, told as what it is: nothing that a run does from then on could be kept."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from hapi_pytest.errors import StoppedError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def stops_when_full() -> Iterator[None]:
    """Raise StoppedError where the block finds no room on the disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        place = f"{error.filename}: " if error.filename else ""
        raise StoppedError(
            f"{place}no space is left on the disk, so nothing more can be recorded\n"
            "  fix:     free some space, then go on with --resume"
        ) from error
