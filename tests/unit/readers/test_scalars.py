"""Numbers, dates and text as people write them."""

import datetime
import decimal
import math

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.scalars import date, folded, number, text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (5, 5), (-2.5, -2.5), (0, 0), ("0", 0), ("0.00", 0), ("1234.5", 1234.5), ("1,234.50", 1234.5),
        ("1 234.50", 1234.5), ("1\u00a0234.50", 1234.5), ("1\u202f234", 1234), ("1'234'567.8", 1234567.8),
        ("$1,234.50", 1234.5), ("$ 1,234.50", 1234.5), ("1,234.50 €", 1234.5), ("1234.50EUR", 1234.5),
        ("chf 5", 5), ("-$5", -5), ("$-5", -5), ("\u22125", -5), ("+5", 5), ("($1,234.50)", -1234.5),
        ("(1,234.50)", -1234.5), ("(5) €", -5), (" 7 ", 7), (".5", 0.5), ("1e3", 1000), ("2.5E-1", 0.25),
        ("12 %", 0.12), ("57%", 0.57), ("-3.5 %", -0.035), ("100%", 1),
    ],
)  # fmt: skip
def test_a_number_is_read_as_a_person_writes_it(written, meant):
    assert number(written, "x") == meant


@pytest.mark.parametrize(
    "written",
    [
        None, "", " ", "-", "+", ".", "$", "%", "()", "n/a", "null", "None", "NaN", "nan", "inf", "-Infinity", "1e999",
        math.nan, math.inf, -math.inf, True, False, [], {}, b"5", decimal.Decimal(5), datetime.date(2026, 1, 1),
        10**400, "5 apples", "five", "1,23", "12,34,567", "1234,567", "1.2.3", "1 2", "--5", "5-", "1_000", "0x10", "²",
        "1/2", "1.234,50", "1-2", "2026-01-01", "1$50", "1€50", "1 USD234", "1USD2", "$$5", "5 % 3",
    ],
)  # fmt: skip
def test_nothing_else_is_a_number(written):
    with pytest.raises(DeliverableError, match=r"^out\.csv, row 2: .* is not a number$"):
        number(written, "out.csv, row 2")


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_cell_is_called_empty(empty):
    with pytest.raises(DeliverableError, match="x: an empty cell is not a number"):
        number(empty, "x")


def test_a_long_text_is_cut_in_the_message():
    with pytest.raises(DeliverableError) as caught:
        number("long " * 100, "x")
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "written",
    [
        datetime.date(2026, 3, 31), datetime.datetime(2026, 3, 31, 10, 5), "2026-03-31", " 2026-03-31 ",
        "2026-03-31T10:05:00", "2026-03-31 10:05", "2026-03-31T10:05:00+02:00",
    ],
)  # fmt: skip
def test_a_date_is_read_with_or_without_a_time(written):
    assert date(written, "x") == datetime.date(2026, 3, 31)


@pytest.mark.parametrize("written", [None, "", "31.03.2026", "03/31/2026", "2026-02-30", "soon", 46112, 1.5, True])
def test_nothing_else_is_a_date(written):
    with pytest.raises(DeliverableError, match=r"^x, cell B2: .* is not an ISO date \(YYYY-MM-DD\)$"):
        date(written, "x, cell B2")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (None, ""), ("", ""), ("007", "007"), (2.0, "2"), (-0.0, "0"), (2.5, "2.5"), (7, "7"), (True, "True"),
        (1e15, "1000000000000000.0"), (math.inf, "inf"), (datetime.date(2026, 3, 31), "2026-03-31"),
        (datetime.datetime(2026, 3, 31), "2026-03-31"), (datetime.datetime(2026, 3, 31, 9), "2026-03-31T09:00:00"),
    ],
)  # fmt: skip
def test_a_cell_is_shown_without_the_libraries_marks(cell, shown):
    assert text(cell) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [("Days  Late ", "days late"), ("Cafe\u0301", "CAFÉ"), ("Straße", "STRASSE"), ("a\u00a0b\tc", "A b\nC")],
)
def test_names_are_compared_without_case_space_and_composition(one, other):
    assert folded(one) == folded(other)


def test_different_names_stay_different():
    assert len({folded(name) for name in ("Due", "Due date", "Düe", "Du e")}) == 4


@pytest.mark.parametrize(("written", "meant"), [("٣", 3), ("１２", 12), ("1e99", 1e99)])
def test_digits_of_every_script_are_digits(written, meant):
    assert number(written, "x") == meant


@pytest.mark.parametrize("written", [1e100, -1e100, "1e100", "9" * 101, "½", "Ⅳ", "一", "1\0", "1\n2"])
def test_what_is_beyond_reckoning_is_no_number(written):
    with pytest.raises(DeliverableError, match="is not a number"):
        number(written, "x")


@pytest.mark.parametrize("written", ["0999-12-31", "9000-01-01", datetime.date.min, datetime.datetime.max])
def test_dates_that_leave_no_room_to_reckon_are_refused(written):
    with pytest.raises(DeliverableError, match=r"^x: .* is not a date between the years 1000 and 8999$"):
        date(written, "x")


def test_a_whole_number_of_too_many_digits_to_show_is_no_number():
    with pytest.raises(DeliverableError, match=r"^x: a whole number beyond reason is not a number$"):
        number(10**5000, "x")


def test_long_names_are_not_kept():
    before = folded("a" * 199)
    assert folded("A" * 10_000) == "a" * 10_000 and before == "a" * 199
