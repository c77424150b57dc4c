"""Office files come out the same whenever and by whomever they are written."""

import datetime
import io
import zipfile

import docx
import ezdxf
import fpdf
import openpyxl
import pptx
import pytest
import time_machine

from hapi_pytest.readers.documents import pdf_pages
from hapi_pytest.readers.drawings import Drawing
from hapi_pytest.readers.tables import csv_table
from hapi_pytest.writers import csv_text, dxf_text, office_bytes, pdf_bytes, zip_bytes


def workbook(modified: datetime.datetime, creator: str) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "Invoice"
    book.properties.creator, book.properties.created, book.properties.modified = creator, modified, modified
    return office_bytes(book)


def document(author: str) -> bytes:
    made = docx.Document()
    made.add_paragraph("Terms")
    made.core_properties.author = author
    made.core_properties.modified = datetime.datetime(2000 + len(author), 1, 1)
    return office_bytes(made)


def slides(author: str) -> bytes:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "Plan"
    made.core_properties.author = author
    return office_bytes(made)


def test_workbooks_do_not_depend_on_clock_or_author():
    assert workbook(datetime.datetime(2001, 1, 1), "me") == workbook(datetime.datetime(2030, 5, 5), "you")


def test_documents_do_not_depend_on_clock_or_author():
    assert document("me") == document("somebody else")


def test_presentations_do_not_depend_on_the_author():
    assert slides("me") == slides("somebody else")


def page() -> fpdf.FPDF:
    made = fpdf.FPDF()
    made.add_page()
    made.set_font("helvetica", size=12)
    made.cell(text="Plan")
    return made


def drawing() -> ezdxf.document.Drawing:
    made = ezdxf.new("R2010", units=4)
    made.modelspace().add_circle((0, 0), 5)
    return made


def test_pdf_files_do_not_depend_on_the_clock():
    with time_machine.travel("2001-01-01"):
        first = pdf_bytes(page())
    assert first == pdf_bytes(page()) and pdf_pages("a.pdf", first) == ["Plan"]


def test_drawings_do_not_depend_on_the_clock():
    with time_machine.travel("2001-01-01"):
        first = dxf_text(drawing())
    assert first == dxf_text(drawing()) and Drawing("a.dxf", first.encode()).shapes("0", "circle")
    assert not ezdxf.options.write_fixed_meta_data_for_testing


def test_no_author_is_left_and_the_file_still_opens():
    content = document("Renate")
    assert b"Renate" not in zipfile.ZipFile(io.BytesIO(content)).read("docProps/core.xml")
    assert [p.text for p in docx.Document(io.BytesIO(content)).paragraphs] == ["Terms"]


def test_zip_members_keep_their_order_and_content():
    archive = zipfile.ZipFile(io.BytesIO(zip_bytes({"b/2": b"two", "a": b"one"})))
    assert archive.namelist() == ["b/2", "a"] and archive.read("b/2") == b"two"
    assert {entry.date_time for entry in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}


def test_csv_has_line_feeds_quotes_what_must_be_and_leaves_none_empty():
    text = csv_text(["no", "name"], [["007", 'Café "Ø", Ltd'], [None, 2.5]])
    assert text == 'no,name\n007,"Café ""Ø"", Ltd"\n,2.5\n'


@pytest.mark.parametrize("cell", ["a\rb", "\r", "a\r\nb", "a\nb"])
def test_a_line_end_in_a_cell_stays_in_its_cell(cell):
    assert [row.value("no") for row in csv_table("x", csv_text(["no", "b"], [[cell, 1]]))] == [cell]


def test_csv_takes_another_delimiter():
    assert csv_text(["a", "b"], [[1, "x;y"]], delimiter=";") == 'a;b\n1;"x;y"\n'
