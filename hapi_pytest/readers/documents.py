"""Word documents, presentations and pdf files."""

import io
import itertools
from typing import Any

from hapi_pytest.errors import DeliverableError


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
        try:
            document = docx.Document(io.BytesIO(content))
            self.paragraphs = [Paragraph(p.text, str(p.style.name if p.style else "")) for p in document.paragraphs]
            """The body's paragraphs in order, without those inside tables."""
            self.tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
            """Tables as rows of cell text."""
        except Exception as error:  # whatever the library raises on a broken file is the file's fault
            raise DeliverableError(f"{name}: cannot be read as a Word document: {error}") from None

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


def presentation_slides(name: str, content: bytes) -> list[str]:
    """Return each slide's text, notes included, one shape a line."""
    import pptx

    def lines(slide: Any) -> list[str]:
        found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for shape in slide.shapes:
            if shape.has_table:
                found += ["\t".join(cell.text for cell in row.cells) for row in shape.table.rows]
        if slide.has_notes_slide:
            found.append("Notes: " + slide.notes_slide.notes_text_frame.text)
        return found

    try:
        return ["\n".join(lines(slide)) for slide in pptx.Presentation(io.BytesIO(content)).slides]
    except Exception as error:  # whatever the library raises on a broken file is the file's fault
        raise DeliverableError(f"{name}: cannot be read as a presentation: {error}") from None


def pdf_pages(name: str, content: bytes) -> list[str]:
    """Return each page's text."""
    import pypdf

    try:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    except Exception as error:  # whatever the library raises on a broken file is the file's fault
        raise DeliverableError(f"{name}: cannot be read as pdf: {error}") from None
