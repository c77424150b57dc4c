"""Office files whose bytes depend on their content alone.

Office libraries stamp the clock and an author into every file; inputs and references built from a seed must come out
the same on every machine and every day.
"""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ezdxf.document
    import fpdf

_EPOCH = (2020, 1, 1, 0, 0, 0)
_STAMPS = re.compile(
    rb"(<(dc:creator|cp:lastModifiedBy|dcterms:created|dcterms:modified|dc:description|cp:keywords)\b[^>]*>)[^<]*(</\2>)"
)
_VALUES = {b"dcterms:created": b"2020-01-01T00:00:00Z", b"dcterms:modified": b"2020-01-01T00:00:00Z"}


class Saves(Protocol):
    """A workbook, document or presentation of openpyxl, python-docx or python-pptx."""

    def save(self, stream: io.BytesIO, /) -> object:
        """Write the file."""


def office_bytes(document: Saves) -> bytes:
    """Save an openpyxl workbook, python-docx document or python-pptx presentation reproducibly, without an author."""
    stream = io.BytesIO()
    document.save(stream)
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if "docProps/core.xml" in members:
        members["docProps/core.xml"] = _STAMPS.sub(
            lambda match: match[1] + _VALUES.get(match[2], b"") + match[3], members["docProps/core.xml"]
        )
    return zip_bytes(members)


def pdf_bytes(document: "fpdf.FPDF") -> bytes:
    """Return a pdf made with fpdf2 with a fixed date."""
    document.set_creation_date(datetime.datetime(*_EPOCH, tzinfo=datetime.UTC))
    return bytes(document.output())


def dxf_text(drawing: "ezdxf.document.Drawing") -> str:
    """Return a drawing made with ezdxf as text, without clock and identifiers of its own."""
    from ezdxf._options import options  # which ezdxf shows as its own, but does not declare so

    drawing.ezdxf_metadata()["CREATED_BY_EZDXF"] = "ezdxf"  # where it notes the moment
    stream = io.StringIO()
    before = options.write_fixed_meta_data_for_testing
    options.write_fixed_meta_data_for_testing = True
    try:
        drawing.write(stream)
    finally:
        options.write_fixed_meta_data_for_testing = before
    return stream.getvalue()


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """Pack members into a zip archive in the given order with a fixed date."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return stream.getvalue()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> str:
    """Write a header and rows as csv with line feeds; None becomes an empty field."""
    stream = io.StringIO()
    plain = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    quoting = csv.writer(stream, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in (header, *rows):
        cells = ["" if value is None else value for value in row]
        is_torn = any("\r" in str(cell) for cell in cells)  # python before 3.13 leaves a carriage return unquoted
        (quoting if is_torn else plain).writerow(cells)
    return stream.getvalue()
