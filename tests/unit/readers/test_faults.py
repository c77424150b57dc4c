"""Whatever a library raises on a file is the file's fault."""

import warnings

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.faults import reading, told


class PanicException(BaseException):
    """As libraries in Rust raise it."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no\n  good"), "no good"),
        (RecursionError(), "RecursionError"),
        (MemoryError(), "it needs more memory than there is"),
        (PanicException("called `unwrap()`"), "called `unwrap()`"),
        (ValueError("half \ud800"), "half ?"),
    ],
)
def test_errors_become_one_line_that_names_the_file(error, said):
    with pytest.raises(DeliverableError) as caught, reading("a.xlsx", "a workbook"):
        raise error
    assert str(caught.value) == f"a.xlsx: cannot be read as a workbook: {said}"


def test_a_reason_that_is_there_already_is_kept():
    with pytest.raises(DeliverableError, match=r"^mine$"), reading("a", "b"):
        raise DeliverableError("mine")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_stays_one(error):
    with pytest.raises(error), reading("a", "b"):
        raise error


def test_warnings_are_quiet_inside_alone():
    with reading("a", "b"):
        warnings.warn("style", stacklevel=1)
    with pytest.warns(UserWarning, match="style"):
        warnings.warn("style", stacklevel=1)


def test_what_is_said_at_length_is_cut():
    assert len(told(ValueError("long " * 1000))) == 300
