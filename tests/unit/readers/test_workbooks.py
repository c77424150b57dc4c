"""Workbooks, their formulas computed."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.workbooks import Workbook
from hapi_pytest.writers import zip_bytes


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def book() -> Workbook:
    made = openpyxl.Workbook()
    items = made.active
    items.title = "Open items"
    rows = [["Receivables"], [], ["Invoice", " Amount ", "Due"], ["007", 10, datetime.date(2026, 3, 31)]]
    for row in [*rows, ["008", 2.5, "=C4+1"]]:
        items.append(row)
    items["C5"].number_format = "yyyy-mm-dd"
    ageing = made.create_sheet("Ageing")
    ageing.append(["Total", "=SUM('Open items'!B4:B5)"])
    ageing.append(["Late", '=IF(B1>10,"yes","no")'])
    ageing.append(["Broken", "=1/0"])
    return Workbook("ageing.xlsx", saved(made))


def test_formulas_are_computed_though_the_maker_saved_no_values(book):
    ageing = book.sheet("Ageing")
    assert ageing.number("B1") == 12.5 and ageing.cell("B2") == "yes"


def test_formulas_are_kept_beside(book):
    assert book.sheet("Ageing").formulas["B1"] == "=SUM('Open items'!B4:B5)"
    assert book.sheet("Open items").formulas == {"C5": "=C4+1"}


def test_a_formula_in_a_date_cell_gives_a_date(book):
    assert book.sheet("Open items").table("Due")[1].date("Due") == datetime.date(2026, 4, 1)


WHOLE_COLUMNS = {
    "=VLOOKUP(A{row},Prices!A:C,2,FALSE)": 3,
    "=INDEX('Prices'!$B:$B,MATCH(A{row},'Prices'!$A:$A,0))": 3,
    "=SUMPRODUCT((Prices!C:C=1)*Prices!B:B)": 8,
    "=MAX(Prices!B1:B1048576)": 7,
    '=COUNTIF(Prices!A:A,"k*")&" of A:A"': "3 of A:A",
}


@pytest.mark.parametrize("formula", WHOLE_COLUMNS)
def test_whole_columns_are_read_as_far_as_anything_stands_in_them(formula):
    """Two hundred of them; one alone takes the engine up to seconds when it looks at a million cells."""
    made = openpyxl.Workbook()
    prices, orders = made.active, made.create_sheet("Orders")
    prices.title = "Prices"
    for row in (("k1", 1, 1), ("k2", 3, 0), ("k3", 7, 1)):
        prices.append(row)
    for row in range(1, 201):
        orders.append(["k2", formula.format(row=row)])
    sheet = Workbook("orders.xlsx", saved(made)).sheet("Orders")
    assert {sheet.cell(f"B{row}") for row in range(1, 201)} == {WHOLE_COLUMNS[formula]}
    assert sheet.formulas["B7"] == formula.format(row=7)


def test_an_input_below_everything_is_in_its_whole_column():
    made = openpyxl.Workbook()
    made.active.append(["=SUM(B:B)", 2])
    changed = Workbook("sum.xlsx", saved(made)).changed({("Sheet", "B90"): 40})
    assert changed.sheet("Sheet").cell("A1") == 42


def test_an_error_value_is_no_number(book):
    with pytest.raises(DeliverableError, match=r"^ageing\.xlsx, sheet 'Ageing', cell B3: '#DIV/0!' is not a number$"):
        book.sheet("Ageing").number("B3")


def test_the_header_is_the_first_row_that_holds_the_names(book):
    table = book.sheet("Open items").table("amount", "invoice")
    assert [row["Invoice"] for row in table] == ["007", "008"] and table[1].place.endswith("row 5")
    assert book.sheet("Open items").column("Amount").sum() == 12.5


def test_without_names_the_first_row_with_anything_is_the_header(book):
    assert book.sheet("Open items").table().header[0] == "Receivables"


def test_missing_names_are_told(book):
    with pytest.raises(DeliverableError, match=r"sheet 'Ageing': no row holds the column names \['Amount'\]"):
        book.sheet("Ageing").table("Amount")


def test_a_missing_sheet_is_told_with_those_there_are(book):
    with pytest.raises(DeliverableError, match=r"no sheet 'ageing'; its sheets are \['Open items', 'Ageing'\]"):
        book.sheet("ageing")


@pytest.mark.parametrize("address", ["Z1", "A99", "A2"])
def test_a_cell_outside_or_empty_is_none_and_no_zero(book, address):
    assert book.sheet("Open items").cell(address) is None
    with pytest.raises(DeliverableError, match="an empty cell is not a number"):
        book.sheet("Open items").number(address)


def test_changed_cells_move_what_depends_on_them(book):
    other = book.changed({("Open items", "B4"): 0, ("Open items", "B5"): "1"})
    assert other.sheet("Ageing").number("B1") == 1 and other.sheet("Ageing").cell("B2") == "no"
    assert other.sheet("Open items").number("B4") == 0
    assert book.sheet("Ageing").number("B1") == 12.5


def test_changing_a_sheet_that_is_not_there_names_the_file(book):
    with pytest.raises(DeliverableError, match=r"^ageing\.xlsx: there is no sheet 'Items'"):
        _ = book.changed({("Items", "A1"): 1}).sheet_names


def test_typed_in_values_do_not_move(book):
    made = openpyxl.Workbook()
    made.active.append([10, 10])
    typed = Workbook("x.xlsx", saved(made)).changed({("Sheet", "A1"): 99})
    assert typed.sheet("Sheet").values == [[99, 10]]


def test_a_function_that_the_engine_does_not_know_falls_back_to_the_saved_value():
    made = openpyxl.Workbook()
    made.active["A1"] = "=NOSUCHFUNCTION(1)"
    parts = members(saved(made))
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"<v\s*/>|<v></v>", b"<v>42</v>", parts[sheet])
    assert Workbook("x.xlsx", zip_bytes(parts)).sheet("Sheet").number("A1") == 42


def test_what_a_library_only_warns_about_is_no_fault():
    parts = members(saved(openpyxl.Workbook()))
    parts["xl/styles.xml"] = re.sub(rb"<cellStyles.*?</cellStyles>", b"", parts["xl/styles.xml"])
    assert Workbook("x.xlsx", zip_bytes(parts)).sheet_names == ["Sheet"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", zip_bytes({"a": b""}), b"No,Name\n1,x\n"])
def test_a_broken_file_is_the_deliverables_fault(content):
    with pytest.raises(DeliverableError, match=r"^x\.xlsx: cannot be read as a workbook: "):
        _ = Workbook("x.xlsx", content).sheet_names


def test_it_shows_its_sheets(book):
    assert repr(book) == "<ageing.xlsx: ['Open items', 'Ageing']>"
    assert repr(book.sheet("Ageing")) == "<ageing.xlsx, sheet 'Ageing'>"
