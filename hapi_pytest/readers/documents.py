"""Word documents, presentations and pdf files."""

import io
import itertools
import logging
from collections.abc import Iterator
from typing import Any

from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.archives import repacked
from hapi_pytest.readers.faults import reading

MOST_PAGES = 2_000
"""Pages of a pdf file, or slides of a presentation."""
MOST_PARAGRAPHS = 100_000
MOST_CELLS = 200_000
MOST_TEXT = 20_000_000
"""Characters."""


class Paragraph:
    """A paragraph's text and the name of its style."""

    def __init__(self, text: str, style: str) -> None:
        self.text = text
        self.style = style

    def __repr__(self) -> str:
        return f"<{self.style}: {self.text[:60]!r}>"

    @property
    def is_heading(self) -> bool:
        """Whether the style is a title or a heading."""
        return self.style == "Title" or self.style.startswith("Heading")


class Document:
    """A docx file."""

    def __init__(self, name: str, content: bytes) -> None:
        import docx

        self.name = name
        cells, text = Allowance(name, MOST_CELLS, "table cells"), Allowance(name, MOST_TEXT, "characters in tables")
        with reading(name, "a Word document"):
            document = docx.Document(repacked(name, content))
            paragraphs = document.paragraphs
            Allowance(name, MOST_PARAGRAPHS, "paragraphs").take(len(paragraphs))
            styles: dict[str | None, str] = {}
            for p in paragraphs:
                if p._p.style not in styles:  # python-docx looks each up anew, which takes longer than all the text
                    styles[p._p.style] = str(p.style.name if p.style else "")
            self.paragraphs = [Paragraph(p.text, styles[p._p.style]) for p in paragraphs]
            """The body's paragraphs in order, without those inside tables."""
            self.tables = [_rows(table, cells, text) for table in document.tables]
            """Tables as rows of cell text."""

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self.paragraphs)} paragraphs>"

    @property
    def text(self) -> str:
        """All paragraphs with text, then all table rows with tabs, one a line."""
        rows = ("\t".join(row) for table in self.tables for row in table)
        return "\n".join(itertools.chain((p.text for p in self.paragraphs if p.text.strip()), rows))

    @property
    def headings(self) -> list[str]:
        """The text of every title and heading in order."""
        return [p.text.strip() for p in self.paragraphs if p.is_heading]


def _rows(table: Any, cells: Allowance, text: Allowance) -> list[list[str]]:
    """Return a table's text; a merged cell stands in every place that it covers.

    python-docx's own `row.cells` climbs through merged rows one by one and repeats a cell as often as the file claims.
    """
    from docx.table import _Cell

    rows: list[list[str]] = []
    above: dict[int, str] = {}
    for tr in table._tbl.tr_lst:
        line: list[str] = []
        row: dict[int, str] = {}
        place = tr.grid_before
        for tc in tr.tc_lst:
            shown = above.get(place, "") if tc.vMerge == "continue" else _Cell(tc, table).text
            cells.take(max(tc.grid_span, 1))
            text.take(len(shown) * tc.grid_span)
            line += [shown] * tc.grid_span
            row[place] = shown
            place += tc.grid_span
        rows.append(line)
        above = row
    return rows


def presentation_slides(name: str, content: bytes) -> list[str]:
    """Return each slide's text, notes included, one shape a line."""
    import pptx

    with reading(name, "a presentation"):
        slides = pptx.Presentation(repacked(name, content)).slides
        Allowance(name, MOST_PAGES, "slides").take(len(slides))
        return ["\n".join(_lines(slide)) for slide in slides]


def _lines(slide: Any) -> list[str]:
    shapes = list(_ungrouped(slide.shapes))
    found = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    for shape in shapes:
        if shape.has_table:
            found += ["\t".join(cell.text for cell in row.cells) for row in shape.table.rows]
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None:
        found.append("Notes: " + notes.text)
    return found


def _ungrouped(shapes: Any) -> Iterator[Any]:
    """Yield every shape in its order, also those inside groups, however deep."""
    left = list(shapes)[::-1]
    while left:
        shape = left.pop()
        if hasattr(shape, "shapes"):
            left += list(shape.shapes)[::-1]
        else:
            yield shape


def pdf_pages(name: str, content: bytes) -> list[str]:
    """Return each page's text."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # it logs what it finds wrong, as often as a file likes
    text = Allowance(name, MOST_TEXT, "characters")
    pages = []
    with reading(name, "pdf"):
        reader = pypdf.PdfReader(io.BytesIO(content))
        Allowance(name, MOST_PAGES, "pages").take(len(reader.pages))
        for page in reader.pages:
            # A font can map a letter to half a character, which no report could write.
            pages.append(page.extract_text().encode(errors="replace").decode())
            text.take(len(pages[-1]))
    return pages
