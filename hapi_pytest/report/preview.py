"""What is shown of a handed-in file: a table, a text, an image or a web page, never all of something large."""

import base64
import csv
import io
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePath

import msgspec

from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import DeliverableError
from hapi_pytest.extraction import extracted_text
from hapi_pytest.readers import regular_file
from hapi_pytest.report import harmless
from hapi_pytest.report.conversation import Text, capped

MOST_FILES = 12
COUNTED = 50_000
"""Rows of a table that are looked at, be it only to count them."""
IMAGES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}
PAGES = (".html", ".htm")


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a file is shown: in the report, unless it is said otherwise."""

    file_bytes: int = 2 << 20
    rows: int = 30
    columns: int = 12
    cell: int = 120
    """Characters."""
    sheets: int = 4
    characters: int = 6_000
    image_bytes: int = 120_000
    page_bytes: int = 100_000
    pixels: int = 8_000_000
    """Of an image; a small file can be a huge picture."""


REPORT = Room()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet."""

    title: str
    rows: list[list[str]]
    left_out: str
    """What is not shown of it; empty for all of it."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """One file: exactly one way to show it, or a reason not to."""

    name: str
    size: int = 0
    note: str = ""
    tables: list[Table] = []
    text: Text | None = None
    image: str = ""
    """A data: URI."""
    page: str = ""

    @property
    def weight(self) -> int:
        """Characters that showing it takes, about."""
        return len(self.image) + len(self.page) + (len(self.text.shown) if self.text else 0)


class Previews:
    """Makes previews; what was read once is not read again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Preview] = {}

    def of(self, name: str, path: Path) -> tuple[Preview, str]:
        """Return a file's preview, and a digest of its content; empty for what cannot be read."""
        try:
            content = content_of(name, path)
        except DeliverableError as error:
            return Preview(name=name, note=_without(name, error)), ""
        digest = raw_digest(content)
        if (name, digest) not in self._known:
            self._known[name, digest] = preview(name, content)
        return self._known[name, digest], digest


def content_of(name: str, path: Path, room: Room = REPORT) -> bytes:
    """Return a handed-in file's bytes; raises DeliverableError for what is no file, and for too large a one."""
    # Recordings may be kept as links; what leaves a workspace never is one.
    return regular_file.content(Path(os.path.realpath(path)), name, room.file_bytes)


def preview(name: str, content: bytes, room: Room = REPORT) -> Preview:
    """Return a file's preview."""
    suffix, size = PurePath(name).suffix.lower(), len(content)
    if suffix in IMAGES:
        return _image(name, content, IMAGES[suffix], room)
    if suffix == ".svg" and size <= room.image_bytes:
        # As an image, a drawing neither runs scripts nor loads anything.
        source = capped(content.decode(errors="replace"), room.characters)
        return Preview(name=name, size=size, image=_uri("svg+xml", content), text=source)
    try:
        text = extracted_text(name, content)
    except DeliverableError as error:
        return Preview(name=name, size=size, note=_without(name, error))
    if suffix in PAGES and size <= room.page_bytes:
        page = harmless.page(text)
        note = "" if page else "It nests too deeply to be shown as a page."
        return Preview(name=name, size=size, page=page or "", note=note, text=capped(text, room.characters))
    if suffix in (".csv", ".tsv"):
        return Preview(name=name, size=size, tables=[_table("", _csv(text, suffix), room)])
    if suffix == ".xlsx":
        return Preview(name=name, size=size, tables=list(_sheets(text, room)))
    return Preview(name=name, size=size, text=capped(text, room.characters))


def _image(name: str, content: bytes, kind: str, room: Room) -> Preview:
    from PIL import Image

    note, size = "", len(content)
    if size > room.image_bytes:
        return Preview(name=name, size=size, note=f"It is larger than {room.image_bytes} bytes, so it is not shown.")
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as image:  # reads the head alone
            width, height = image.size
        if width * height > room.pixels:
            note = f"It has {width} × {height} pixels, so it is not shown."
    except Exception:  # whatever a broken image brings about, Pillow's warning of a bomb included
        note = f"It is no {kind} image that can be read."
    return Preview(name=name, size=size, note=note, image="" if note else _uri(kind, content))


def _uri(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _csv(text: str, suffix: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    separator = "\t" if suffix == ".tsv" else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield [f"(this line is no csv: {error})"]


def _sheets(text: str, room: Room) -> Iterator[Table]:
    """Take the text of a workbook apart: a line for each sheet's name, tabs between cells."""
    parts = text.removeprefix("[sheet ").split("\n\n[sheet ")
    for part in parts[: room.sheets]:
        title, _, lines = part.partition("]\n")
        yield _table(title, (line.split("\t") for line in lines.split("\n")), room)
    if len(parts) > room.sheets:
        yield Table(title="", rows=[], left_out=f"{len(parts) - room.sheets} more sheets are not shown.")


def _table(title: str, rows: Iterable[list[str]], room: Room) -> Table:
    every = list(islice(rows, COUNTED + 1))
    columns = max(map(len, every), default=0)
    shown = [
        [cell if len(cell) <= room.cell else f"{cell[: room.cell]}…" for cell in row[: room.columns]]
        for row in every[: room.rows]
    ]
    number = f"{len(every)}" if len(every) <= COUNTED else f"more than {COUNTED}"
    is_whole = len(every) <= room.rows and columns <= room.columns
    left_out = f"Shown are {len(shown)} of {number} rows, {min(columns, room.columns)} of {columns} columns."
    return Table(title=title, rows=shown, left_out="" if is_whole else left_out)


def _without(name: str, error: Exception) -> str:
    return str(error).removeprefix(f"{name}: ")
