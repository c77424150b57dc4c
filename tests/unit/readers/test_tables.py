"""Tables of csv files and sheets."""

import datetime

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import tables
from hapi_pytest.readers.tables import Table, csv_table

TEXT = 'Invoice, Due Date ,Amount\n007,2026-03-31,"1,234.50"\n\n008,,\n'


@pytest.fixture
def table() -> Table:
    return csv_table("out.csv", TEXT)


def test_columns_are_found_whatever_their_case_and_space(table):
    assert table[0]["DUE  date"] == "2026-03-31" and table.header == ["Invoice", "Due Date", "Amount"]


def test_leading_zeros_are_kept(table):
    assert list(table.column("invoice")) == ["007", "008"]


def test_cells_are_read_as_what_they_are_asked_for(table):
    assert table[0].number("amount") == 1234.5 and table[0].date("due date") == datetime.date(2026, 3, 31)


def test_empty_lines_are_no_rows(table):
    assert len(table) == 2 and [row.place for row in table] == ["out.csv, row 2", "out.csv, row 4"]


def test_a_missing_number_is_no_zero(table):
    with pytest.raises(DeliverableError, match=r"^out\.csv, row 4, column 'Amount': an empty cell is not a number$"):
        table[1].number("Amount")
    with pytest.raises(DeliverableError, match="row 4"):
        table.column("Amount").sum()


def test_a_column_sums_its_numbers():
    assert csv_table("x", "a\n1\n$2.50\n(3)\n").column("A").sum() == 0.5


def test_a_column_is_a_sequence():
    column = csv_table("x", "a\n1\n2\n3\n").column("a")
    assert (column[0], column[-1], column[1:], len(column), "2" in column) == ("1", "3", ["2", "3"], 3, True)
    assert repr(column) == "['1', '2', '3']"


def test_a_missing_column_is_told_with_those_there_are(table):
    with pytest.raises(
        DeliverableError, match=r"no column 'Total'; its columns are \['Invoice', 'Due Date', 'Amount'\]"
    ):
        table.column("Total")


def test_a_missing_column_of_a_row_is_told(table):
    with pytest.raises(DeliverableError, match=r"^out\.csv, row 2: there is no column 'Total'$"):
        _ = table[0]["Total"]


def test_rows_are_found_by_key(table):
    assert table.by("Invoice")["008"].place == "out.csv, row 4"


def test_a_missing_key_is_told(table):
    with pytest.raises(DeliverableError, match=r"^out\.csv: there is no row for '009'$"):
        _ = table.by("Invoice")["009"]


def test_a_missing_key_can_be_asked_for_without_harm(table):
    assert "009" not in table.by("Invoice") and table.by("Invoice").get("009") is None


def test_a_key_that_stands_there_twice_is_told():
    with pytest.raises(DeliverableError, match=r"^x: no '1' stands there more than once$"):
        csv_table("x", "no\n1\n2\n1\n").by("no")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_the_header_uses(delimiter):
    table = csv_table("x", f"a{delimiter}b\n1{delimiter}2\n")
    assert (table[0]["a"], table[0]["b"]) == ("1", "2")


def test_a_single_column_needs_no_delimiter():
    assert csv_table("x", "name\nx\n")[0]["name"] == "x"


def test_short_rows_end_in_empty_cells():
    assert csv_table("x", "a,b\n1\n")[0]["b"] == ""


def test_long_rows_are_refused_with_their_number():
    with pytest.raises(DeliverableError, match=r"^x, row 3: has 3 fields, the header has 2$"):
        csv_table("x", "a,b\n1,2\n1,2,3\n")


def test_an_empty_file_is_refused():
    with pytest.raises(DeliverableError, match=r"^x: is empty$"):
        csv_table("x", "")


@pytest.mark.parametrize("text", ['a,b\n"1,2\n', 'a\n"1"2\n'])
def test_malformed_csv_is_refused(text):
    with pytest.raises(DeliverableError, match=r"^x: is not readable csv: "):
        csv_table("x", text)


def test_a_header_alone_is_a_table_without_rows():
    table = csv_table("x", "a,b\n")
    assert len(table) == 0 and list(table.column("b")) == [] and repr(table) == "<x: 0 rows>"


def test_rows_can_be_sliced(table):
    assert [row["Invoice"] for row in table[1:]] == ["008"]


def test_a_row_shows_its_place(table):
    assert repr(table[0]) == "<out.csv, row 2>"


def test_a_sum_of_no_rows_is_no_zero():
    with pytest.raises(DeliverableError, match=r"^x: there are no rows below 'b'$"):
        csv_table("x", "a,b\n").column("b").sum()


@pytest.mark.parametrize("cell", ["", " ", "-", "n/a", "NaN", "null", "None", "True", "Infinity", "½", "1e999", "\0"])
def test_a_column_with_one_cell_that_is_no_number_has_no_sum(cell):
    with pytest.raises(DeliverableError, match=r"^x, row 3, column 'b': .* is not a number$"):
        csv_table("x", f'a,b\n1,2\n1,"{cell}"\n').column("b").sum()


def test_a_short_row_is_no_zero():
    with pytest.raises(DeliverableError, match="an empty cell is not a number"):
        csv_table("x", "a,b\n1\n").column("b").sum()


def test_a_column_whose_name_stands_twice_cannot_be_meant():
    table = csv_table("x", "a, Net,net\n1,2,3\n")
    for use in (lambda: table[0].number("net"), lambda: table.column("Net").sum()):
        with pytest.raises(DeliverableError, match=r"^x: the column 'N?n?et' stands there more than once$"):
            use()
    assert table[0]["a"] == "1"


@pytest.mark.parametrize(
    ("cap", "text", "problem"),
    [("MOST_ROWS", "a\n" * 12, "lines"), ("MOST_ROWS", "a\r" * 12, "lines"), ("MOST_CELLS", "a,b,c\n" * 6, "fields")],
)
def test_tables_beyond_reason_are_refused(monkeypatch, cap, text, problem):
    monkeypatch.setattr(tables, cap, 11)
    with pytest.raises(DeliverableError, match=rf"^x: holds more than 11 {problem}$"):
        csv_table("x", text)


@pytest.mark.parametrize("text", ["a\n" + "x" * 200_000, 'a\n"' + "x\n" * 100_000])
def test_an_endless_field_is_refused(text):
    with pytest.raises(DeliverableError, match=r"^x: is not readable csv: field larger than field limit"):
        csv_table("x", text)


def test_of_very_many_columns_some_are_shown():
    with pytest.raises(DeliverableError) as caught:
        csv_table("x", ",".join(f"c{n}" for n in range(9_999)) + "\n1\n").column("d")
    assert len(str(caught.value)) < 600
