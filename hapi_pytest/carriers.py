"""A text in a valid file of any kind: what hands in something, but not the work."""

import html
import io
import json
from pathlib import PurePosixPath

from hapi_pytest.writers import csv_text, office_bytes


def carried(name: str, text: str) -> bytes:
    """Return a file of the kind that its name says with the text in it."""
    make = {
        ".csv": lambda: csv_text(["text"], [[line] for line in text.splitlines()]).encode(),
        ".docx": lambda: _document(text),
        ".html": lambda: f"<!doctype html><title>Work</title><pre>{html.escape(text)}</pre>".encode(),
        ".ics": lambda: _calendar(text),
        ".json": lambda: json.dumps({"text": text}).encode(),
        ".pdf": lambda: _pdf(),
        ".pptx": lambda: _slides(text),
        ".py": lambda: f"print({text!r})\n".encode(),
        ".sh": lambda: f"cat <<'THE_END'\n{text}\nTHE_END\n".encode(),
        ".svg": lambda: f'<svg xmlns="http://www.w3.org/2000/svg"><text>{html.escape(text)}</text></svg>'.encode(),
        ".xlsx": lambda: _workbook(text),
        ".xml": lambda: f"<text>{html.escape(text)}</text>".encode(),
    }
    return make.get(PurePosixPath(name).suffix.lower(), text.encode)()


def _printable(text: str) -> list[str]:
    """Return the lines without what XML cannot hold, at the length of a cell."""
    return ["".join(char for char in line if char.isprintable())[:32_000] for line in text.splitlines()]


def _document(text: str) -> bytes:
    import docx

    document = docx.Document()
    for line in _printable(text):
        document.add_paragraph(line)
    return office_bytes(document)


def _workbook(text: str) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row, line in enumerate(_printable(text), 1):
        cell = book.worksheets[0].cell(row, 1)
        cell.value = line
        cell.data_type = "s"  # nothing is a formula
    return office_bytes(book)


def _slides(text: str) -> bytes:
    import pptx

    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "\n".join(_printable(text))
    return office_bytes(presentation)


def _calendar(text: str) -> bytes:
    folded = "\\n".join(_printable(text)).replace(",", "\\,").replace(";", "\\;")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hand-in//EN",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTAMP:20260101T000000Z",
    ]
    lines += ["DTSTART:20260101T090000Z", f"SUMMARY:{folded}", "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def _pdf() -> bytes:
    """Return a blank page: none of our libraries writes text into a pdf."""
    import pypdf

    stream = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.write(stream)
    return stream.getvalue()
