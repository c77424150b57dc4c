"""What an agent handed in, behind typed readers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.calendars import Event, calendar_events
from hapi_pytest.readers.documents import Document, pdf_pages, presentation_slides
from hapi_pytest.readers.markup import Branch, Page, xml_root
from hapi_pytest.readers.nodes import Node, json_node
from hapi_pytest.readers.tables import Table, csv_table
from hapi_pytest.readers.workbooks import Workbook

T = TypeVar("T")


class Deliverable:
    """The handed-in files, read by name.

    Every reader raises DeliverableError with the file's name when the file is missing, unreadable or malformed, and
    the criterion that asked for it fails with that reason. Reading a file twice parses it once.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(sorted(files.items()))
        self._parsed: dict[tuple[str, str], Any] = {}

    def __repr__(self) -> str:
        return f"<deliverable: {', '.join(self._files) or 'empty'}>"

    @classmethod
    def written(cls, folder: Path, files: Mapping[str, bytes | str]) -> "Deliverable":
        """Write files into a folder and return them as a deliverable."""
        paths = {}
        for name, content in files.items():
            paths[name] = folder / name
            paths[name].parent.mkdir(parents=True, exist_ok=True)
            paths[name].write_bytes(content.encode() if isinstance(content, str) else content)
        return cls(paths)

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
        if name not in self._files:
            raise DeliverableError(f"{name}: was not handed in; there is {', '.join(self._files) or 'nothing'}")
        return self._files[name].read_bytes()

    def text(self, name: str) -> str:
        """Return a file's text, UTF-8 with or without byte-order mark, with line feeds as line ends."""
        try:
            return self.read(name).decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise DeliverableError(f"{name}: is not UTF-8 text: {error}") from None

    def csv(self, name: str) -> Table:
        """Return a csv file as a table."""
        return self._once("csv", name, lambda: csv_table(name, self.text(name)))

    def json(self, name: str) -> Node:
        """Return a JSON document."""
        return self._once("json", name, lambda: json_node(name, self.text(name)))

    def xlsx(self, name: str) -> Workbook:
        """Return a workbook with its formulas computed."""
        return self._once("xlsx", name, lambda: Workbook(name, self.read(name)))

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

    def _once(self, kind: str, name: str, parse: Callable[[], T]) -> T:
        if (kind, name) not in self._parsed:
            self._parsed[kind, name] = parse()
        parsed: T = self._parsed[kind, name]
        return parsed
