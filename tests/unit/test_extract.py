"""Files as `read_file` shows them."""

import io

import docx
import openpyxl
import pptx
import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.extract import readable_text


def saved(made) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_workbooks_show_every_sheets_computed_values():
    book = openpyxl.Workbook()
    book.active.title = "Items"
    for row in ([None, None], ["No", "Amount"], ["007", 2.0], ["008", "=B3*2.25"]):
        book.active.append(row)
    book.create_sheet("Empty")
    assert readable_text("x.XLSX", saved(book)) == "[sheet Items]\n\nNo\tAmount\n007\t2\n008\t4.5\n\n[sheet Empty]\n"


def test_documents_show_paragraphs_then_tables():
    made = docx.Document()
    made.add_paragraph("Terms are 30 days.")
    made.add_table(rows=1, cols=2).rows[0].cells[1].text = "45 days"
    assert readable_text("x.docx", saved(made)) == "Terms are 30 days.\n\t45 days"


def test_presentations_are_numbered_by_slide():
    made = pptx.Presentation()
    for title in ("One", "Two"):
        made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = title
    assert readable_text("x.pptx", saved(made)) == "[slide 1]\nOne\n\n[slide 2]\nTwo"


def test_text_is_shown_without_byte_order_mark():
    assert readable_text("notes.md", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe") == "Grüße"


def test_a_file_without_suffix_is_text():
    assert readable_text("inputs/README", b"x") == "x"


def test_binary_files_are_named_with_their_size():
    with pytest.raises(DeliverableError, match=r"^photo\.png: is a binary file of 3 bytes, not text$"):
        readable_text("photo.png", b"\x89P\xff")


@pytest.mark.parametrize("name", ["x.docx", "x.xlsx", "x.pptx", "x.pdf"])
def test_broken_office_files_are_named(name):
    with pytest.raises(DeliverableError, match=r"^x\.\w+: cannot be read as"):
        readable_text(name, b"not an office file")
