"""Numbers and tables: equivalent spellings are equal, and nothing that is no number ever equals one."""

import contextlib
import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.scalars import date, folded, number, text
from hapi_pytest.readers.tables import csv_table
from hapi_pytest.writers import csv_text

AMOUNTS = st.integers(-(10**12), 10**12).map(lambda cents: cents / 100)
GROUPS = st.sampled_from(["", ",", " ", "\u00a0", "\u202f", "'"])
CURRENCIES = st.sampled_from(["", "$", "€", "£", "USD", "eur", "Chf", "GBP "])
SPACE = st.sampled_from(["", " ", "  ", "\t", "\u00a0"])


@st.composite
def spellings(draw, amount: float) -> str:
    """One of the ways in which people write an amount."""
    digits = f"{abs(amount):,.2f}".replace(",", draw(GROUPS))
    if draw(st.booleans()) and digits.endswith(".00"):
        digits = digits[:-3]
    currency = draw(CURRENCIES)
    before = draw(st.booleans())
    marked = f"{currency}{digits}" if before else f"{digits} {currency}"
    if amount < 0:
        minus = draw(st.sampled_from(["-", "\u2212", "()"]))
        marked = f"({marked.strip()})" if minus == "()" else f"{minus}{marked}"
    elif draw(st.booleans()) and not currency:
        marked = f"+{marked}"
    return draw(SPACE) + marked + draw(SPACE)


@given(st.data(), AMOUNTS)
def test_every_spelling_of_an_amount_is_that_amount(data, amount):
    assert number(data.draw(spellings(amount)), "x") == pytest.approx(amount, abs=1e-9)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_from_its_own_spelling(value):
    assert number(repr(value), "x") == value == number(value, "x")


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_comes_back_from_its_spellings(value):
    assert number(value, "x") == number(str(value), "x") == number(f"{value:,}", "x") == value


@given(st.integers(-(10**6), 10**6), SPACE)
def test_percent_divides_by_a_hundred(value, space):
    assert number(f"{value}{space}%", "x") == value / 100


NO_DIGITS = st.text(alphabet=st.characters(exclude_categories=["Nd", "No", "Nl", "Cs"]))
NOTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [math.nan, math.inf, -math.inf, "NaN", "inf", "-Infinity", "null", "None", "n/a", "-", "", "\u00a0"]
    ),
    NO_DIGITS,
    st.lists(st.integers()),
    st.binary(),
    st.dates(),
    st.tuples(st.text(alphabet="abcxyz", min_size=1), st.integers()).map(lambda pair: f"{pair[1]} {pair[0]}"),
    st.tuples(st.integers(0, 9999), st.sampled_from("$€£"), st.integers(0, 9999)).map(lambda t: f"{t[0]}{t[1]}{t[2]}"),
)


@given(NOTHING)
def test_missing_empty_nan_and_text_are_never_a_number(value):
    with pytest.raises(DeliverableError, match=r"^here: "):
        number(value, "here")


@given(st.one_of(st.text(), st.none(), st.floats(), st.integers(), st.binary()))
def test_any_value_is_a_finite_number_or_the_deliverables_fault(value):
    with contextlib.suppress(DeliverableError):
        assert math.isfinite(number(value, "here"))


@given(st.dates())
def test_a_date_comes_back_from_its_text(value):
    assert date(text(value), "x") == date(value.isoformat(), "x") == date(value, "x") == value


@given(st.datetimes())
def test_a_moment_is_on_its_day(value):
    assert date(value, "x") == date(text(value), "x") == value.date()


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.datetimes(), st.booleans()))
def test_any_value_is_a_date_or_the_deliverables_fault(value):
    with contextlib.suppress(DeliverableError):
        assert isinstance(date(value, "x"), datetime.date)


@given(st.text())
def test_folding_twice_changes_nothing_for_the_eye(value):
    assert folded(f"  {value}\t") == folded(value) and folded(folded(value)) == folded(value)


NAMES = st.lists(st.text(alphabet="abcdefgh ÄÖéß_-0123456789", min_size=1, max_size=12), min_size=1, max_size=6).filter(
    lambda names: len({folded(name) for name in names}) == len(names) and all(name.strip() for name in names)
)
CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


@st.composite
def tables(draw) -> tuple[list[str], list[list[str]]]:
    header = draw(NAMES)
    row = st.lists(CELLS, min_size=len(header), max_size=len(header)).filter(any)
    return header, draw(st.lists(row, max_size=6))


@given(tables(), st.sampled_from(",;\t"))
def test_a_table_comes_back_from_csv(table, delimiter):
    header, rows = table
    used = delimiter if len(header) > 1 else ","  # without a second column nothing tells the delimiter
    read = csv_table("x", csv_text(header, rows, delimiter=used))
    assert read.header == [name.strip() for name in header]
    assert [[row.value(name) for name in header] for row in read] == rows


@given(st.data(), tables())
def test_the_order_of_columns_and_the_case_of_names_do_not_count(data, table):
    header, rows = table
    order = data.draw(st.permutations(range(len(header))))
    turned = csv_text([f" {header[i].upper()} " for i in order], [[row[i] for i in order] for row in rows])
    plain, other = csv_table("x", csv_text(header, rows)), csv_table("x", turned)
    for name in header:
        assert list(plain.column(name)) == list(other.column(name))


@given(st.lists(st.integers(0, 10**9), unique=True, min_size=1, max_size=20), st.data())
def test_rows_are_found_by_key_in_any_order(keys, data):
    rows = [[key, key * 2] for key in data.draw(st.permutations(keys))]
    by = csv_table("x", csv_text(["No", "Twice"], rows)).by("no")
    assert all(by[str(key)].number("twice") == key * 2 for key in keys)
