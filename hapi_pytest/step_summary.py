"""The summary of a run as Markdown, where GitHub Actions asks for it."""

import os
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "GITHUB_STEP_SUMMARY"
"""GitHub's name for the file that a job's page shows."""


def append(verdicts: Sequence[str], lines: Sequence[str]) -> None:
    """Add a run to the job's summary, if there is one: what the gates say first, then the scoreboard as it stands."""
    if file := os.environ.get(VARIABLE):
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(page(verdicts, lines))


def page(verdicts: Sequence[str], lines: Sequence[str]) -> str:
    """Return the Markdown of a run."""
    # A fence must be longer than any backticks behind it.
    fence = "`" * max(3, 1 + max((line.count("`") for line in lines), default=0))
    told = [f"- **{_escaped(verdict)}**" for verdict in verdicts]
    return "\n".join(["## hapi-pytest", "", *told, *([""] if told else []), f"{fence}text", *lines, fence, ""])


def _escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|~" else character for character in text)
