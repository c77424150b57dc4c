"""What an agent handed in, behind typed readers."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import regular_file
from hapi_pytest.readers.calendars import Event, calendar_events
from hapi_pytest.readers.documents import Document, pdf_pages, presentation_slides
from hapi_pytest.readers.drawings import Drawing
from hapi_pytest.readers.markup import Branch, Page, xml_root
from hapi_pytest.readers.messages import Message, apple_strings, po_messages
from hapi_pytest.readers.nodes import Node, json_node
from hapi_pytest.readers.solids import Solid
from hapi_pytest.readers.subtitles import Cue, subtitles
from hapi_pytest.readers.tables import Table, csv_table
from hapi_pytest.readers.workbooks import Workbook

T = TypeVar("T")


MOST_BYTES = 200 << 20
"""Of one file; what is collected from a workspace is smaller."""
SHOWN = 20
"""Names that are listed in a reason."""


class Deliverable:
    """The handed-in files, read by name.

    Every reader raises DeliverableError with the file's name when the file is missing, unreadable or malformed, and
    the criterion that asked for it fails with that reason. Reading a file twice parses it once, whatever comes of it.
    """

    def __init__(
        self,
        files: Mapping[str, Path],
        *,
        refused: Mapping[str, str] = {},  # only read
        watch: Callable[[str], None] | None = None,
    ) -> None:
        self._files = dict(sorted(files.items()))
        self._refused = dict(refused)
        self._watch = watch or (lambda name: None)
        self._reading = 0
        self._parsed: dict[tuple[str, str], Any] = {}

    def __repr__(self) -> str:
        return f"<deliverable: {', '.join(self._files) or 'empty'}>"

    @classmethod
    def written(cls, folder: Path, files: Mapping[str, bytes | str]) -> "Deliverable":
        """Write files into a folder and return them as a deliverable."""
        return cls(written(folder, files))

    @property
    def names(self) -> tuple[str, ...]:
        """The handed-in files' names, sorted, with `/` between folders."""
        return tuple(self._files)

    @property
    def files(self) -> dict[str, bytes]:
        """Every file's content by name."""
        return {name: self.read(name) for name in self._files}

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        if name in self._refused:
            raise DeliverableError(f"{name}: was not taken: {self._refused[name]}")
        if name not in self._files:
            raise DeliverableError(f"{name}: was not handed in; {self._handed_in()}")
        # Recordings may be kept as links; what leaves a workspace never is one.
        path = self._files[name]
        return self._once("bytes", name, lambda: regular_file.content(Path(os.path.realpath(path)), name, MOST_BYTES))

    def _handed_in(self) -> str:
        """Tell what there is instead of a missing file, and what may have been it."""
        told = f"there is {_listed(list(self._files)) or 'nothing'}"
        refused = _listed([f"{name} ({reason})" for name, reason in self._refused.items()])
        return f"{told}; not taken: {refused}" if refused else told

    def text(self, name: str) -> str:
        """Return a file's text, UTF-8 with or without byte-order mark, with line feeds as line ends."""
        content = self.read(name)
        return self._once("text", name, lambda: _decoded(name, content))

    def csv(self, name: str) -> Table:
        """Return a csv file as a table."""
        return self._once("csv", name, lambda: csv_table(name, self.text(name)))

    def json(self, name: str) -> Node:
        """Return a JSON document."""
        return self._once("json", name, lambda: json_node(name, self.text(name)))

    def xlsx(self, name: str) -> Workbook:
        """Return a workbook with its formulas computed."""
        return self._once("xlsx", name, lambda: Workbook(name, self.read(name), watch=self._watch))

    def docx(self, name: str) -> Document:
        """Return a Word document."""
        return self._once("docx", name, lambda: Document(name, self.read(name)))

    def html(self, name: str) -> Page:
        """Return a web page."""
        return self._once("html", name, lambda: Page(name, self.text(name)))

    def xml(self, name: str) -> Branch:
        """Return the root of an XML document, for example of an SVG drawing."""
        return self._once("xml", name, lambda: xml_root(name, self.read(name)))

    def ics(self, name: str) -> list[Event]:
        """Return a calendar's events."""
        return self._once("ics", name, lambda: calendar_events(name, self.text(name)))

    def pptx(self, name: str) -> list[str]:
        """Return each slide's text."""
        return self._once("pptx", name, lambda: presentation_slides(name, self.read(name)))

    def pdf(self, name: str) -> list[str]:
        """Return each page's text."""
        return self._once("pdf", name, lambda: pdf_pages(name, self.read(name)))

    def srt(self, name: str) -> list[Cue]:
        """Return the cues of a subtitle file."""
        return self._once("srt", name, lambda: subtitles(name, self.text(name)))

    def po(self, name: str) -> list[Message]:
        """Return the messages of a gettext catalogue."""
        return self._once("po", name, lambda: po_messages(name, self.text(name)))

    def strings(self, name: str) -> dict[str, str]:
        """Return the texts of an Apple strings file by key."""
        return self._once("strings", name, lambda: apple_strings(name, self.text(name)))

    def dxf(self, name: str) -> Drawing:
        """Return a CAD drawing."""
        return self._once("dxf", name, lambda: Drawing(name, self.read(name)))

    def stl(self, name: str) -> Solid:
        """Return a solid made of triangles."""
        return self._once("stl", name, lambda: Solid(name, self.read(name)))

    def _once(self, kind: str, name: str, parse: Callable[[], T]) -> T:
        if (kind, name) not in self._parsed:
            try:
                with self._watched(name):
                    self._parsed[kind, name] = parse()
            except DeliverableError as error:
                self._parsed[kind, name] = error
        parsed: T | DeliverableError = self._parsed[kind, name]
        if isinstance(parsed, DeliverableError):
            raise DeliverableError(str(parsed))  # a new one, since each raising adds to an error's traceback
        return parsed

    @contextlib.contextmanager
    def _watched(self, name: str) -> Iterator[None]:
        """Tell the watch which file is read, once also where reading and parsing lie inside each other."""
        self._reading += 1
        if self._reading == 1:
            self._watch(name)
        try:
            yield
        finally:
            self._reading -= 1
            if not self._reading:
                self._watch("")


def written(folder: Path, files: Mapping[str, bytes | str]) -> dict[str, Path]:
    """Write files into a folder and return where each lies."""
    paths = {name: folder / name for name in files}
    for name, content in files.items():
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_bytes(content.encode() if isinstance(content, str) else content)
    return paths


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DeliverableError(f"{name}: is not UTF-8 text: {error}") from None


def _listed(entries: list[str]) -> str:
    more = f" and {len(entries) - SHOWN} more" if len(entries) > SHOWN else ""
    return ", ".join(entries[:SHOWN]) + more
