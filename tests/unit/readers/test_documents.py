"""Word documents, presentations and pdf files."""

import io

import docx
import pptx
import pypdf
import pytest
from pptx.util import Inches

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.documents import Document, pdf_pages, presentation_slides


def saved(made) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def letter() -> Document:
    made = docx.Document()
    made.add_heading("Terms of payment", 0)
    made.add_heading(" Agreed ", 2)
    made.add_paragraph("")
    made.add_paragraph("Thirty days.")
    table = made.add_table(rows=2, cols=2)
    for index, text in enumerate(("Customer", "Days", "0042", "14")):
        table.rows[index // 2].cells[index % 2].text = text
    return Document("terms.docx", saved(made))


def test_headings_are_told_by_style(letter):
    assert letter.headings == ["Terms of payment", "Agreed"]
    assert [p.style for p in letter.paragraphs] == ["Title", "Heading 2", "Normal", "Normal"]


def test_tables_are_rows_of_cells(letter):
    assert letter.tables == [[["Customer", "Days"], ["0042", "14"]]]


def test_text_holds_paragraphs_and_tables(letter):
    assert letter.text == "Terms of payment\n Agreed \nThirty days.\nCustomer\tDays\n0042\t14"


def test_they_show_what_they_are(letter):
    assert repr(letter) == "<terms.docx: 4 paragraphs>" and repr(letter.paragraphs[3]) == "<Normal: 'Thirty days.'>"


def test_slides_hold_shapes_tables_and_notes():
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Plan"
    grid = slide.shapes.add_table(1, 2, 0, 0, Inches(2), Inches(1)).table
    grid.cell(0, 0).text, grid.cell(0, 1).text = "Q1", "12"
    slide.notes_slide.notes_text_frame.text = "Say hello"
    made.slides.add_slide(made.slide_layouts[6])
    assert presentation_slides("x.pptx", saved(made)) == ["Plan\nQ1\t12\nNotes: Say hello", ""]


def test_pdf_pages_are_told_apart():
    writer, stream = pypdf.PdfWriter(), io.BytesIO()
    for _ in range(2):
        writer.add_blank_page(100, 100)
    writer.write(stream)
    assert pdf_pages("x.pdf", stream.getvalue()) == ["", ""]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4\n", b"<html>"])
def test_broken_files_are_the_deliverables_fault(content):
    for read, what in ((Document, "a Word document"), (presentation_slides, "a presentation"), (pdf_pages, "pdf")):
        with pytest.raises(DeliverableError, match=rf"^x: cannot be read as {what}: "):
            read("x", content)
