"""The line between a broken file and a broken check."""

import contextlib
import warnings
from collections.abc import Iterator

from hapi_pytest.errors import DeliverableError

LONGEST = 300
"""Characters that are shown of what a library says."""


@contextlib.contextmanager
def reading(name: str, what: str) -> Iterator[None]:
    """Read a file inside: raises DeliverableError for whatever a library raises on it, and keeps its warnings quiet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a library does not know
            yield
    except DeliverableError:
        raise
    except Exception as error:  # whatever the library raises on a broken file is the file's fault
        raise DeliverableError(f"{name}: cannot be read as {what}: {told(error)}") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic of a library in Rust, which is no Exception
            raise
        raise DeliverableError(f"{name}: cannot be read as {what}: {told(error)}") from None


def told(error: BaseException) -> str:
    """Return what an error says on one line, cut, in characters that can be written anywhere."""
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    said = " ".join(str(error).split()).encode(errors="replace").decode()
    return said[:LONGEST] or type(error).__name__
