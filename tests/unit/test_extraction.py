"""What an agent's own files do to whoever reads them for it stays with a process that can be missed."""

import io

import openpyxl
import pytest

from hapi_pytest import extraction
from hapi_pytest.errors import DeliverableError
from hapi_pytest.extract import readable_text
from hapi_pytest.extraction import extracted_text


def workbook(*cells: object) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(cells)
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe"), ("A.XLSX", workbook("Grüße", "=1+1", "\t"))]
)
def test_the_text_is_that_of_the_readers(name, content):
    assert extracted_text(name, content) == readable_text(name, content) != ""


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.pdf", "a.bin"])
def test_a_broken_file_is_told_in_the_readers_words(name):
    with pytest.raises(DeliverableError) as expected:
        readable_text(name, b"\xff broken")
    with pytest.raises(DeliverableError) as told:
        extracted_text(name, b"\xff broken")
    assert str(told.value) == str(expected.value)


@pytest.mark.parametrize(
    "formula", ["=MAX(B1:XFD1048575)", '=SUBSTITUTE(REPT("x",32767),"x",REPT("y",32767))'], ids=["columns", "repeats"]
)
def test_a_formula_that_ends_its_reader_ends_nothing_else(formula):
    with pytest.raises(DeliverableError, match=r"^bomb\.xlsx: "):
        extracted_text("bomb.xlsx", workbook(formula))


def test_a_file_that_takes_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(extraction, "SECONDS", 0.01)
    with pytest.raises(DeliverableError, match=r"^a\.xlsx: cannot be read within 0\.01 seconds$"):
        extracted_text("a.xlsx", workbook(1))


def test_no_key_is_handed_on(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "OPENAI_API_KEY" not in extraction.isolated.environment()
