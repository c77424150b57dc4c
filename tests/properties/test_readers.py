"""Equivalent spellings are equal, nothing that is no number ever equals one, and no bytes crash a reader."""

import contextlib
import datetime
import io
import json
import math
import re
import struct
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapi_pytest.errors import DeliverableError
from hapi_pytest.extract import readable_text
from hapi_pytest.readers.calendars import calendar_events
from hapi_pytest.readers.documents import Document, pdf_pages, presentation_slides
from hapi_pytest.readers.drawings import Drawing
from hapi_pytest.readers.markup import Page, xml_root
from hapi_pytest.readers.messages import apple_strings, po_messages
from hapi_pytest.readers.nodes import Node, json_node
from hapi_pytest.readers.scalars import date, folded, number, text
from hapi_pytest.readers.solids import Solid
from hapi_pytest.readers.subtitles import subtitles
from hapi_pytest.readers.tables import Row, Table, csv_table
from hapi_pytest.readers.workbooks import Sheet, Workbook
from hapi_pytest.writers import csv_text, zip_bytes

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


@given(st.floats(-1e99, 1e99))
def test_a_float_comes_back_from_its_own_spelling(value):
    assert number(repr(value), "x") == value == number(value, "x")


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_comes_back_from_its_spellings(value):
    assert number(value, "x") == number(str(value), "x") == number(f"{value:,}", "x") == value


@given(st.integers(-(10**6), 10**6), SPACE)
def test_percent_divides_by_a_hundred(value, space):
    assert number(f"{value}{space}%", "x") == value / 100


DAYS = st.dates(datetime.date(1000, 1, 1), datetime.date(8999, 12, 31))
MOMENTS = st.datetimes(datetime.datetime(1000, 1, 1), datetime.datetime(8999, 12, 31))
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


@given(DAYS)
def test_a_date_comes_back_from_its_text(value):
    assert date(text(value), "x") == date(value.isoformat(), "x") == date(value, "x") == value


@given(MOMENTS)
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


@given(NOTHING.filter(lambda value: not isinstance(value, str)), st.text(max_size=3))
def test_no_way_to_ask_for_a_number_finds_one_where_there_is_none(value, text):
    sheet = Sheet("x", [["a", "b"], [text, value]], {})
    asked: list[Callable[[], object]] = [
        lambda: Node("x", value).number(),
        lambda: Node("x", [value])[0].number(),
        lambda: Row("x", 2, {"a": 0}, [value]).number("a"),
        lambda: Row("x", 2, {"a": 0}, []).number("a"),
        lambda: Table("x", ["a", "b"], [["1", value]]).column("b").sum(),
        lambda: Table("x", ["a", "b"], [["1", value]]).column("b").numbers(),
        lambda: Table("x", ["a", "b"], []).column("b").sum(),
        lambda: sheet.number("B2"),
        lambda: sheet.number("Z99"),
    ]
    for ask in asked:
        with pytest.raises(DeliverableError):
            ask()


@given(st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.lists(st.integers(), max_size=3)))
def test_a_json_value_is_a_number_only_when_it_is_one(value):
    node = json_node("x", json.dumps(value, ensure_ascii=False))
    is_number = isinstance(value, float) and abs(value) < 1e100
    with contextlib.nullcontext() if is_number else pytest.raises(DeliverableError):
        assert node.number() == value


def measured(name: str, content: bytes) -> object:
    """Ask a solid everything."""
    solid = Solid(name, content)
    return solid.is_watertight, solid.bodies, solid.volume, solid.size, solid.holds((0, 0, 0))


READERS: dict[str, Callable[[str, bytes], object]] = {
    "csv": lambda name, content: list(csv_table(name, content.decode()).header),
    "json": lambda name, content: repr(json_node(name, content.decode())),
    "html": lambda name, content: Page(name, content.decode()).text,
    "xml": lambda name, content: [branch.text for branch in xml_root(name, content).all("a")],
    "ics": lambda name, content: repr(calendar_events(name, content.decode())),
    "xlsx": lambda name, content: Workbook(name, content).sheet_names,
    "docx": lambda name, content: Document(name, content).text,
    "pptx": presentation_slides,
    "pdf": pdf_pages,
    "srt": lambda name, content: repr(subtitles(name, content.decode())),
    "po": lambda name, content: repr(po_messages(name, content.decode())),
    "strings": lambda name, content: repr(apple_strings(name, content.decode())),
    "dxf": lambda name, content: repr([shape.path for shape in Drawing(name, content).shapes()]),
    "stl": measured,
    "extract": readable_text,
}


TEXTS = ("csv", "json", "html", "ics", "srt", "po", "strings")


def saved(made) -> bytes:
    made.save(stream := io.BytesIO())
    return stream.getvalue()


def samples() -> dict[str, bytes]:
    """One small file of each kind."""
    book, document, slides, pdf = openpyxl.Workbook(), docx.Document(), pptx.Presentation(), pypdf.PdfWriter()
    book.active.append(["a", 1, True, datetime.date(2026, 1, 1), "=B1+1"])
    document.add_heading("Title")
    document.add_table(2, 2)
    slides.slides.add_slide(slides.slide_layouts[5]).shapes.title.text = "Title"
    pdf.add_blank_page(9, 9)
    pdf.write(stream := io.BytesIO())
    event = b"BEGIN:VEVENT\r\nDTSTART:20260331T080000Z\r\nDTEND:20260331T090000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
    return {
        "csv": b'a;b\n1;"2"\n',
        "json": b'{"a": [1, 2.5e3, null, "x\\ud83d\\ude00"], "b": {}}',
        "html": b"<!doctype html><table><tr><td id=a>1</table><svg><path d='M0'/></svg><p>x",
        "xml": b"<?xml version='1.0'?><svg xmlns='urn:x'><a b='1'>x</a></svg>",
        "ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n%bEND:VCALENDAR\r\n" % event,
        "xlsx": saved(book),
        "docx": saved(document),
        "pptx": saved(slides),
        "pdf": stream.getvalue(),
        "srt": b"1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nyou\n",
        "po": b'msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n',
        "strings": b'/* x */\n"a" = "b\\n";\n',
        "dxf": b"0\nSECTION\n2\nENTITIES\n0\nCIRCLE\n8\n0\n10\n1\n20\n2\n40\n3\n0\nENDSEC\n0\nEOF\n",
        "stl": bytes(80) + struct.pack("<I12fH", 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0),
    }


SAMPLES = samples()
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"\0", b"<", b">", b'"', b"\xff", b"-1", b"9" * 30, b"1e999", b"NaN", b"<!DOCTYPE a>", b"&x;", b"[" * 300]
    ),
)


@st.composite
def broken(draw, content: bytes) -> bytes:
    """The bytes with a few pieces cut out, put in or put in the place of others."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        content = content[:start] + draw(PIECES) + content[end:]
    return content


def read(kind: str, content: bytes) -> None:
    """Read a file; anything but a DeliverableError that names it fails the test."""
    if kind in TEXTS:
        content = content.decode(errors="replace").encode()  # a Deliverable lets them read text alone
    reason = f"x.{kind}"
    try:
        READERS[kind](f"x.{kind}", content)
    except DeliverableError as error:
        reason = str(error)
    assert re.match(rf"x\.{kind}\b", reason) and reason.encode()


@given(
    st.sampled_from(sorted(READERS)),
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<?xml "]),
)
def test_no_bytes_crash_a_reader(kind, content, start):
    read(kind, start + content)


@given(st.sampled_from(TEXTS), st.text(max_size=100))
def test_no_text_crashes_a_reader(kind, text):
    read(kind, text.encode())


@pytest.mark.parametrize("kind", sorted(SAMPLES))
@given(st.data())
def test_no_broken_file_crashes_a_reader(kind, data):
    read(kind, data.draw(broken(SAMPLES[kind])))


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pptx"])
@settings(max_examples=60)
@given(st.data())
def test_no_broken_part_of_an_office_file_crashes_a_reader(kind, data):
    with zipfile.ZipFile(io.BytesIO(SAMPLES[kind])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    part = data.draw(st.sampled_from(sorted(members)))
    read(kind, zip_bytes(members | {part: data.draw(broken(members[part]))}))
