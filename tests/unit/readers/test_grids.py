"""Sheets that claim more than a file may hold."""

import io
import time
import zipfile

import openpyxl
import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import grids
from hapi_pytest.readers.workbooks import Workbook
from hapi_pytest.writers import zip_bytes

SHEET = "xl/worksheets/sheet1.xml"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


def parts() -> dict[str, bytes]:
    openpyxl.Workbook().save(stream := io.BytesIO())
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def book(rows: str, after: str = "", **more: bytes) -> Workbook:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return Workbook("x.xlsx", zip_bytes(parts() | {SHEET: sheet.encode()} | more))


def cell(address: str, inside: str, kind: str = "n") -> str:
    row = "".join(filter(str.isdigit, address))
    return f'<row r="{row}"><c r="{address}" t="{kind}">{inside}</c></row>'


def formula(text: str, attributes: str = "") -> str:
    return cell("A1", f"<f {attributes}>{text}</f><v>0</v>")


@pytest.mark.parametrize(
    "rows",
    [
        cell("XFD1048576", "<v>1</v>"),
        cell("XFD1048576", "<f>1+1</f><v>0</v>"),
        '<row r="99999999999"><c><v>1</v></c></row>',
        '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="100"><c r="A100"><v>1</v></c></row>',
    ],
)
def test_a_cell_far_away_is_refused_early(rows):
    started = time.thread_time()
    with pytest.raises(DeliverableError, match=r"^x\.xlsx: holds more than 1,000,000 cells, empty ones between"):
        book(rows)
    assert time.thread_time() - started < 20  # reading them all would take minutes


@pytest.mark.parametrize(
    "after",
    [
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
    ],
)
def test_areas_that_span_a_sheet_make_no_cells(after):
    assert book(ONE, after).sheet("Sheet").values == [[1]]


def test_what_the_file_claims_of_its_size_does_not_count():
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'
    content = zip_bytes(parts() | {SHEET: sheet.format('<dimension ref="A1:XFD1048576"/>', ONE).encode()})
    assert Workbook("x.xlsx", content).sheet("Sheet").values == [[1]]


def test_rows_are_equally_long_and_empty_ones_at_the_end_are_none():
    rows = f'{ONE}<row r="3"><c r="C3"><v>2</v></c></row><row r="9"/>'
    assert book(rows).sheet("Sheet").values == [[1, None, None], [None] * 3, [None, None, 2]]


@pytest.mark.parametrize("text", ["1" + "+1" * 4_096, "(" * 257 + "1" + ")" * 257, "-" * 9_000 + "1"])
def test_formulas_that_would_overflow_the_engines_stack_are_refused(text):
    with pytest.raises(
        DeliverableError, match=r"^x\.xlsx, sheet 'Sheet', cell A1: its formula is longer or deeper than"
    ):
        book(formula(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1" + "+1" * 4_000, 4_001), ("(" * 256 + "1" + ")" * 256, 1), ("SUM(" * 64 + "1" + ")" * 64, 1)],
)
def test_formulas_that_excel_allows_are_computed(text, value):
    assert book(formula(text)).sheet("Sheet").number("A1") == value


@pytest.mark.parametrize("area", ["A1:XFD1048576", "A:XFD", "1:1048576", "A1:A1000001"])
def test_array_formulas_that_fill_a_sheet_are_refused(area):
    with pytest.raises(DeliverableError, match=rf"^x\.xlsx, sheet 'Sheet', cell A1: its array formula fills {area}$"):
        book(formula("1+1", f't="array" ref="{area}"'))


def test_one_long_string_in_very_many_cells_is_refused(monkeypatch):
    monkeypatch.setattr(grids, "MOST_TEXT", 100)
    strings = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{"x" * 11}</t></is></c></row>' for n in range(1, 11)
    )
    with pytest.raises(DeliverableError, match=r"^x\.xlsx: holds more than 100 characters in its cells$"):
        book(strings)


@pytest.mark.parametrize("value", ["1e999", "-1E999"])
def test_an_endless_number_is_none(value):
    with pytest.raises(DeliverableError, match=r"sheet 'Sheet', cell A1: -?inf is not a number$"):
        book(cell("A1", f"<v>{value}</v>")).sheet("Sheet").number("A1")


@pytest.mark.parametrize(
    ("inside", "kind"),
    [("<v>NaN</v>", "n"), ("<v>99</v>", "s"), ("<v>x</v>", "b"), ("<v>soon</v>", "d"), ("<v>-</v>", "n")],
)
def test_a_cell_that_is_not_what_it_says_is_the_deliverables_fault(inside, kind):
    with pytest.raises(DeliverableError, match=r"^x\.xlsx: cannot be read as a workbook: "):
        book(cell("A1", inside, kind))


@pytest.mark.parametrize(
    ("inside", "kind"),
    [("", "n"), ("<v/>", "n"), ("<v>1</v>", "b"), ("<v>#N/A</v>", "e"), ("<f>TRUE</f>", "b"), ('<f>""</f>', "str"),
     ("<f>1/0</f>", "n"), ("<f>A1</f>", "n"), ("<is><t/></is>", "inlineStr")],
)  # fmt: skip
def test_empty_true_and_error_cells_are_no_numbers(inside, kind):
    with pytest.raises(DeliverableError, match=r"cell A1: .* is not a number$"):
        book(cell("A1", inside, kind)).sheet("Sheet").number("A1")


def test_a_number_that_is_no_date_stays_a_number():
    made = openpyxl.Workbook()
    made.active["A1"], made.active["A1"].number_format = "=10^8", "yyyy-mm-dd"
    made.save(stream := io.BytesIO())
    assert Workbook("x.xlsx", stream.getvalue()).sheet("Sheet").number("A1") == 10**8


def test_a_changed_cell_that_is_empty_or_outside_is_computed_with():
    made = openpyxl.Workbook()
    made.active.append([None, 1, "=A1+C9"])
    made.save(stream := io.BytesIO())
    changed = Workbook("x.xlsx", stream.getvalue()).changed({("Sheet", "A1"): 2, ("Sheet", "C9"): 3})
    assert changed.sheet("Sheet").values == [[2, 1, 5]]
