"""The text of a file as an agent's `read_file` shows it."""

from pathlib import PurePath

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.documents import Document, pdf_pages, presentation_slides
from hapi_pytest.readers.workbooks import Workbook


def readable_text(name: str, content: bytes) -> str:
    """Return a file's text; office files and pdf by their words, others as UTF-8.

    Raises DeliverableError for a broken or binary file, saying what it is.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix == ".docx":
        return Document(name, content).text
    if suffix == ".xlsx":
        return workbook_text(Workbook(name, content))
    if suffix == ".pptx":
        return "\n\n".join(f"[slide {i}]\n{text}" for i, text in enumerate(presentation_slides(name, content), 1))
    if suffix == ".pdf":
        return "\n\n".join(f"[page {i}]\n{text}" for i, text in enumerate(pdf_pages(name, content), 1))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeliverableError(f"{name}: is a binary file of {len(content)} bytes, not text") from None


def workbook_text(workbook: Workbook) -> str:
    """Return every sheet's computed values as tab-separated lines."""
    parts = []
    for title in workbook.sheet_names:
        rows = ["\t".join(scalars.text(cell) for cell in row).rstrip("\t") for row in workbook.sheet(title).values]
        parts.append(f"[sheet {title}]\n" + "\n".join(rows))
    return "\n\n".join(parts)
