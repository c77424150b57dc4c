"""The table of docs/live-runs.md, as tests read it."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/live-runs.md"


class Row(NamedTuple):
    """One row of the table."""

    what: str
    shown: str
    asked_again: str
    ends: str
    scored: str
    run: str
    says: str


def rows() -> list[Row]:
    """Read the table; its cells are split at bars with blanks around them."""
    text = DOCUMENT.read_text(encoding="utf-8").split("\n## What ends how\n")[1].split("\n## ")[0]
    table = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [Row(*(cell.strip().replace("`", "") for cell in cells)) for cells in table[2:]]


def row_of(test: str) -> Row:
    """Return the row that names a test of its own."""
    (found,) = (row for row in rows() if row.shown.endswith(f"::{test}"))
    return found


def says(text: str, words: str) -> bool:
    """Tell whether a text has these words, in this order."""
    return re.search(".*".join(map(re.escape, words.split(" … "))), text, re.DOTALL) is not None
