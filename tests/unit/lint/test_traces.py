"""What files hold besides their text is found; what read_file shows is none of it."""

import io
import tarfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import PIL.ExifTags
import PIL.Image
import PIL.PngImagePlugin
import pptx
import pypdf
import pypdf.annotations
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment

from hapi_pytest.extract import readable_text
from hapi_pytest.lint.traces import traces
from hapi_pytest.writers import office_bytes, zip_bytes


def saved(document: Any, *arguments: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream, *arguments, **options)
    return stream.getvalue()


def rules(name: str, content: bytes) -> list[tuple[str, str]]:
    return sorted((trace.rule, trace.text) for trace in traces(name, content) if trace.rule)


def neutral(name: str, content: bytes) -> set[str]:
    return {trace.text for trace in traces(name, content) if not trace.rule}


def word() -> bytes:
    document = docx.Document()
    run = document.add_paragraph("Rules").add_run(" of the house")
    document.add_comment(run, text="Ask Jane", author="", initials="")
    document.core_properties.author, document.core_properties.comments = "Jane", ""
    document.core_properties.title = "The rules"
    return saved(document)


def changed(inner: str) -> Callable[[], bytes]:
    def make() -> bytes:
        document = docx.Document()
        document.add_paragraph("Now")._p.append(parse_xml(inner.replace(">", f" {nsdecls('w')}>", 1)))
        return office_bytes(document)

    return make


def sheet() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"].comment = Comment("Ask Jane", "")
    book.properties.lastModifiedBy = "Joe"
    book.properties.creator = ""
    return saved(book)


def slides() -> bytes:
    presentation = pptx.Presentation()
    presentation.core_properties.author, presentation.core_properties.last_modified_by = "Jane", ""
    return saved(presentation)


def pages() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "Jane", "/Title": "The plan", "/Creator": "Typesetter"})
    note = pypdf.annotations.Text(rect=(0, 0, 9, 9), text="Ask Joe")
    writer.add_annotation(0, note)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def photo() -> bytes:
    image, exif = PIL.Image.new("RGB", (2, 2)), PIL.Image.Exif()
    exif[PIL.ExifTags.Base.Artist], exif[PIL.ExifTags.Base.XPComment] = "Jane", "Ask Joe".encode("utf-16-le")
    exif.get_ifd(PIL.ExifTags.IFD.Exif)[PIL.ExifTags.Base.UserComment] = b"ASCII\0\0\0the answer"
    return saved(image, "JPEG", exif=exif, comment=b"a word")


def drawing() -> bytes:
    text = PIL.PngImagePlugin.PngInfo()
    text.add_text("Author", "Jane")
    text.add_text("Description", "Ask Joe")
    text.add_text("Software", "Painter")
    return saved(PIL.Image.new("RGB", (2, 2)), "PNG", pnginfo=text)


def tape() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name in ("shop/.git/HEAD", "shop/main.py"):
            archive.addfile(tarfile.TarInfo(name))
    return stream.getvalue()


MADE = {
    "a.docx": (word, [("hidden-comment", "Ask Jane"), ("personal-metadata", "Jane")]),
    "del.docx": (changed("<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"), [("tracked-change", "old")]),
    "ins.docx": (changed("<w:ins><w:r><w:t>new</w:t></w:r></w:ins>"), [("tracked-change", "new")]),
    "a.xlsx": (sheet, [("hidden-comment", "Ask Jane"), ("personal-metadata", "Joe")]),
    "a.pptx": (slides, [("hidden-comment", "generated using python-pptx"), ("personal-metadata", "Jane")]),
    "a.pdf": (pages, [("hidden-comment", "Ask Joe"), ("personal-metadata", "Jane")]),
    "a.jpg": (photo, [*(("hidden-comment", text) for text in ("Ask Joe", "a word", "the answer")),
                      ("personal-metadata", "Jane")]),
    "a.png": (drawing, [("hidden-comment", "Ask Joe"), ("personal-metadata", "Jane")]),
    "a.tar.gz": (tape, [("history-in-inputs", "a.tar.gz!shop/.git/HEAD")]),
    "x.zip": (lambda: zip_bytes({"a.xlsx": sheet()}), [("hidden-comment", "Ask Jane"), ("personal-metadata", "Joe")]),
    "shop/.git/config": (bytes, [("history-in-inputs", "shop/.git/config")]),
    "shop.git/HEAD": (bytes, [("history-in-inputs", "shop.git/HEAD")]),
    "a/.env": (bytes, [("hidden-file", "a/.env")]),
    "~$a.docx": (bytes, [("hidden-file", "~$a.docx")]),
    "a.zip": (lambda: zip_bytes({"__MACOSX/a": b""}), [("hidden-file", "a.zip!__MACOSX/a")]),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_trace_is_found(name):
    make, expected = MADE[name]
    assert rules(name, make()) == expected


def test_other_properties_and_names_are_read_too():
    assert "The rules" in neutral("a.docx", word())
    assert {"The plan", "Typesetter"} <= neutral("a.pdf", pages())
    assert "Painter" in neutral("a.png", drawing())
    assert any("total 481" in text for text in neutral("total-481.csv", b""))


@pytest.mark.parametrize("document", [docx.Document(), openpyxl.Workbook(), pptx.Presentation()])
def test_what_our_writers_save_has_no_trace(document):
    name = {"docx.document": "a.docx", "openpyxl.workbook.workbook": "a.xlsx", "pptx.presentation": "a.pptx"}
    assert rules(name[type(document).__module__], office_bytes(document)) == []


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.png", "a.zip", "a.tar.gz", "a.xml"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x1f\x8b broken", b"%PDF-1.7 broken", b"\x89PNG"])
def test_a_broken_file_has_no_trace(name, content):
    assert rules(name, content) == []


def test_hidden_sheets_rows_and_words_are_shown_by_read_file_and_hence_no_trace():
    book = openpyxl.Workbook()
    book.active.append(["in a hidden row"])
    book.active.row_dimensions[1].hidden = True
    book.create_sheet("Hidden").append(["in a hidden sheet"])
    book["Hidden"].sheet_state = "veryHidden"
    content = office_bytes(book)
    assert rules("a.xlsx", content) == []
    assert "in a hidden row" in readable_text("a.xlsx", content)
    assert "in a hidden sheet" in readable_text("a.xlsx", content)
    document = docx.Document()
    document.add_paragraph().add_run("in hidden letters").font.hidden = True
    assert "in hidden letters" in readable_text("a.docx", office_bytes(document))
