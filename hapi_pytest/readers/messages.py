"""Catalogues of a program's messages: gettext's po and Apple's strings."""

import re
from collections.abc import Iterator
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import reading

MOST_LINES = 200_000
_TOKEN = re.compile(
    r"""(?P<gap>\s+|//[^\n]*|/\*.*?\*/)|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[\w.$-]+)|(?P<mark>[=;])""", re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:U([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class Message:
    """One entry of a po file."""

    def __init__(self, place: str, entry: Any) -> None:
        self.place = place
        self.id = str(entry.msgid)
        self.plural_id = str(entry.msgid_plural or "")
        self.context = str(entry.msgctxt or "")
        self.text = str(entry.msgstr)
        """The translation; empty where there are plural forms."""
        self.plurals: dict[int, str] = dict(entry.msgstr_plural)
        """Translations by the number of the plural form."""
        self.flags: list[str] = list(entry.flags)
        """Such as fuzzy or python-format."""
        self.comment = str(entry.tcomment)
        """What translators remark."""

    def __repr__(self) -> str:
        return f"<{self.place}: {self.id[:60]!r}>"


def po_messages(name: str, text: str) -> list[Message]:
    """Return the entries of a po file in the file's order, without its header and without obsolete ones."""
    import polib

    Allowance(name, MOST_LINES, "lines").take(text.count("\n"))
    with reading(name, "a po file"):
        # The library opens what could be a path; with a comment on a line of its own, text is none.
        catalogue = polib.pofile("#\n" + text)
    found = [entry for entry in catalogue if not entry.obsolete]
    if not found:
        raise DeliverableError(f"{name}: holds no message")
    return [Message(f"{name}, message {number}", entry) for number, entry in enumerate(found, 1)]


def apple_strings(name: str, text: str) -> dict[str, str]:
    """Return the texts of a strings file by key; a key that stands there twice is a DeliverableError."""
    Allowance(name, MOST_LINES, "lines").take(text.count("\n"))
    found: dict[str, str] = {}
    tokens = _tokens(name, text)
    for key, _ in tokens:
        signs = [next(tokens, ("", "its end")) for _ in range(3)]
        if [sign for _, sign in signs] != ["=", "", ";"]:
            raise DeliverableError(f'{name}: after the key {key!r} must come = "text";')
        if key in found:
            raise DeliverableError(f"{name}: has the key {key!r} twice")
        found[key] = signs[1][0]
    return found


def _tokens(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield each word with an empty mark, and each mark with an empty word; comments and white space are left out."""
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            line = text.count("\n", 0, place) + 1
            raise DeliverableError(f"{name}, line {line}: is not of a strings file: {text[place : place + 40]!r}")
        place = match.end()
        if match["gap"] is None:
            word = match["bare"] if match["quoted"] is None else _unescaped(match["quoted"])
            yield (word or "", match["mark"] or "")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2], found[2]), text)
