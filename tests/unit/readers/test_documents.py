"""Word documents, presentations and pdf files."""

import io
import re
import zipfile
import zlib

import docx
import pptx
import pypdf
import pytest
from pptx.util import Inches

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import documents
from hapi_pytest.readers.documents import Document, pdf_pages, presentation_slides
from hapi_pytest.writers import zip_bytes


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
    outer = made.slides.add_slide(made.slide_layouts[6]).shapes.add_group_shape().shapes
    outer.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "first"
    outer.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "inner"
    outer.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "last"
    assert presentation_slides("x.pptx", saved(made)) == ["Plan\nQ1\t12\nNotes: Say hello", "first\ninner\nlast"]


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


def document(body: str) -> bytes:
    docx.Document().save(stream := io.BytesIO())
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = f'<w:document xmlns:w="{space}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    return zip_bytes(members | {"word/document.xml": text.encode()})


def row(*cells: tuple[str, str]) -> str:
    inside = (f"<w:tc><w:tcPr>{how}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for how, text in cells)
    return f"<w:tr>{''.join(inside)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblGrid/>{''.join(rows)}</w:tbl>"


SPAN, START, GOES_ON = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_a_merged_cell_stands_in_every_place_that_it_covers():
    rows = [row((SPAN, "a"), (START, "b")), row(("", "c"), ("", "d"), (GOES_ON, "")), row(("", "e"), (SPAN, "f"))]
    assert Document("x.docx", document(table(*rows))).tables == [[["a", "a", "b"], ["c", "d", "b"], ["e", "f", "f"]]]


def test_a_cell_can_be_merged_over_more_rows_than_python_recurses():
    made = Document("x.docx", document(table(row((START, "a")), *[row((GOES_ON, ""))] * 1_500)))
    assert made.tables == [[["a"]] * 1_501]


def test_a_span_beyond_reason_is_refused():
    with pytest.raises(DeliverableError, match=r"^x\.docx: holds more than 200,000 table cells$"):
        Document("x.docx", document(table(row(('<w:gridSpan w:val="1000000000"/>', "a")))))


def test_text_that_merging_repeats_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MOST_TEXT", 1_000)
    with pytest.raises(DeliverableError, match=r"^x\.docx: holds more than 1,000 characters in tables$"):
        Document("x.docx", document(table(row((START, "a" * 100)), *[row((GOES_ON, ""))] * 10)))


def test_a_document_of_too_many_paragraphs_is_refused(monkeypatch):
    monkeypatch.setattr(documents, "MOST_PARAGRAPHS", 10)
    with pytest.raises(DeliverableError, match=r"^x\.docx: holds more than 10 paragraphs$"):
        Document("x.docx", document("<w:p/>" * 11))


def test_a_document_nested_beyond_reason_is_refused():
    with pytest.raises(DeliverableError, match=r"^x\.docx: cannot be read as a Word document: Excessive depth"):
        Document("x.docx", document("<w:tbl><w:tr><w:tc>" * 999 + "</w:tc></w:tr></w:tbl>" * 999))


def test_one_slide_that_is_shown_without_end_is_refused():
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[6])
    with zipfile.ZipFile(io.BytesIO(saved(made))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    part = "ppt/presentation.xml"
    members[part] = re.sub(rb"<p:sldId [^>]*/>", lambda found: found[0] * 2_001, members[part])
    with pytest.raises(DeliverableError, match=r"^x\.pptx: holds more than 2,000 slides$"):
        presentation_slides("x.pptx", zip_bytes(members))


def test_notes_without_a_place_for_text_are_no_fault():
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    for shape in list(slide.notes_slide.placeholders):
        shape.element.getparent().remove(shape.element)
    assert presentation_slides("x.pptx", saved(made)) == [""]


def pdf(objects: dict[int, bytes]) -> bytes:
    """Write a pdf file by hand: object 1 is the catalog."""
    content, places = b"%PDF-1.7\n", {}
    for number, inside in objects.items():
        places[number] = len(content)
        content += b"%d 0 obj\n%b\nendobj\n" % (number, inside)
    lines = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(places))
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return content + end % (len(places) + 1, lines, len(places) + 1, len(content))


def stream(inside: bytes) -> bytes:
    packed = zlib.compress(inside)
    return b"<</Length %d /Filter /FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed)


CATALOG, PAGE = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%b>>"
FONT = b"/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>"


def pages(kids: bytes) -> bytes:
    return b"<</Type/Pages/Count 1/Kids[%b]>>" % kids


@pytest.mark.parametrize(
    "objects",
    [
        {1: CATALOG, 2: pages(b"2 0 R")},
        {1: CATALOG, 2: pages(b"3 0 R " * 2_001), 3: PAGE % b""},
        {1: CATALOG} | {n: pages(b"%d 0 R " % (n + 1) * 10) for n in range(2, 10)} | {10: PAGE % b""},
        {1: CATALOG, 2: pages(b"3 0 R"), 3: PAGE % FONT, 4: stream(bytes(80_000_000)), 5: b"<<>>"},
    ],
    ids=["loop", "one page often", "tree of trees", "stream"],
)
def test_pdf_files_without_end_are_refused(objects):
    with pytest.raises(DeliverableError, match=r"^x\.pdf: "):
        pdf_pages("x.pdf", pdf(objects))


def pdf_text(text: bytes, letters: bytes = b"") -> bytes:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica%b>>" % (b"/ToUnicode 6 0 R" if letters else b"")
    objects = {1: CATALOG, 2: pages(b"3 0 R"), 3: PAGE % FONT, 4: stream(b"BT /F 9 Tf (%b) Tj ET" % text), 5: font}
    table = b"begincmap 1 begincodespacerange <00><ff> endcodespacerange 1 beginbfchar %b endbfchar endcmap"
    return pdf(objects | ({6: stream(table % letters)} if letters else {}))


def test_pdf_text_can_be_written_anywhere():
    assert pdf_pages("x.pdf", pdf_text(b"x", b"<78> <D800>")) == ["?"]


def test_pdf_text_beyond_reason_is_refused(monkeypatch):
    assert pdf_pages("x.pdf", pdf_text(b"Hello")) == ["Hello"]
    monkeypatch.setattr(documents, "MOST_TEXT", 4)
    with pytest.raises(DeliverableError, match=r"^x\.pdf: holds more than 4 characters$"):
        pdf_pages("x.pdf", pdf_text(b"Hello"))


def test_what_is_wrong_with_a_pdf_file_fills_no_log(caplog):
    with pytest.raises(DeliverableError):
        pdf_pages("x.pdf", pdf_text(b"Hello").replace(b"/Root 1 0 R", b"/Root 9 0 R").replace(b"Catalog", b"Nothing"))
    assert not caplog.records
