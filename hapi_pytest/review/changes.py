"""What is otherwise in a file than in the same file of the submission before."""

import difflib
import sys
from enum import StrEnum

import msgspec

from hapi_pytest import isolated
from hapi_pytest.errors import DeliverableError
from hapi_pytest.extraction import extracted_text
from hapi_pytest.review.bounded import answered

SECONDS = 4.0
MOST_LINES, LINE = 5_000, 500
"""Of each text, and characters of a line."""
CONTEXT, MOST_SHOWN = 2, 600
"""Lines around a change, and lines that are shown."""


class State(StrEnum):
    """How a file stands to the one before."""

    NEW = "new in this submission"
    SAME = "the same as in the submission before"
    CHANGED = "changed since the submission before"


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """A file against the one before."""

    state: State
    lines: list[tuple[str, str]] = []
    """Added (+), removed (-), left as it was (a space) or skipped (@), with the text."""
    note: str = ""
    """Why lines are missing."""


class _Pair(msgspec.Struct, frozen=True):
    before: str
    after: str


def changes(name: str, before: bytes | None, after: bytes) -> Changes:
    """Compare a file with the one before."""
    if before is None:
        return Changes(state=State.NEW)
    if before == after:
        return Changes(state=State.SAME)
    try:
        pair = _Pair(extracted_text(name, before), extracted_text(name, after))
    except DeliverableError:
        return Changes(state=State.CHANGED, note="There is no text to compare.")
    if pair.before == pair.after:
        return Changes(state=State.CHANGED, note="Its text is the same.")
    answer = answered(__name__, given=msgspec.json.encode(pair), seconds=SECONDS)
    if answer is None:
        return Changes(state=State.CHANGED, note="The texts are too different to be compared in time.")
    lines = msgspec.json.decode(answer, type=list[tuple[str, str]])
    note = f"Only the first {MOST_SHOWN} lines of the differences are shown." if len(lines) > MOST_SHOWN else ""
    if max(pair.before.count("\n"), pair.after.count("\n")) >= MOST_LINES:
        note = f"Only the first {MOST_LINES} lines of the texts are compared."
    return Changes(state=State.CHANGED, lines=lines[:MOST_SHOWN], note=note)


def main() -> None:
    """Read two texts from standard input, and answer with the lines that differ."""
    isolated.limit()
    pair = msgspec.json.decode(sys.stdin.buffer.read(), type=_Pair)
    before, after = ([line[:LINE] for line in text.splitlines()[:MOST_LINES]] for text in (pair.before, pair.after))
    differing = list(difflib.unified_diff(before, after, lineterm="", n=CONTEXT))[2:]  # without two file names
    found = [(line[:1], "" if line[:1] == "@" else line[1:]) for line in differing[: MOST_SHOWN + 1]]
    sys.stdout.buffer.write(msgspec.json.encode(found))
