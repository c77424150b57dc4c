"""The accepted review, and flawed ones."""
# hapi-pytest canary bd82490d-d4fa-47b8-83d5-1ef303e2427e

import re
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "entry-lost": ("everything-in-its-place",),
    "dead-entries-dropped": ("everything-in-its-place",),
    "comments-dropped": ("everything-in-its-place",),
    "hotel-called-sala": ("sound-entries-untouched",),
    "sound-entry-polished": ("sound-entries-untouched",),
    "sentence-rewritten": ("sound-entries-untouched",),
    "blank-in-braces-left": ("placeholders-mended",),
    "decimal-point-left": ("numbers-mended",),
    "second-mistake-left": ("numbers-mended",),
    "rival-word-left": ("terms-mended",),
    "replaced-word-left": ("replaced-term-mended",),
    "plural-left": ("plurals-mended",),
    "empty-entry-left": ("untranslated-translated",),
    "marks-taken-off-only": ("fuzzy-entries-settled",),
    "sound-entry-left-fuzzy": ("fuzzy-entries-settled",),
    "question-mark-left": ("punctuation-mended",),
    "tu-left": ("readers-addressed-as-usted",),
    "long-text-left": ("texts-fit",),
    "one-row-per-entry": ("review-lists-the-mistakes",),
    "preference-listed": ("review-lists-the-mistakes",),
    "fuzzy-called-number": ("review-lists-the-mistakes",),
    "review-quotes-english": ("review-quotes-both-texts",),
}
EQUIVALENTS: dict[str, str] = {
    "lines-wrapped": "a po file may break long texts into lines; the texts are the same",
    "old-english-dropped": "the lines with the former English belong to the fuzzy mark",
    "another-csv": "the checklist asks for csv, and for no order of rows or columns",
    "line-ends-of-windows": "line ends are no part of the entries",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Mend the file and list the mistakes."""
    import polib

    catalogue = polib.pofile(facts.po, wrapwidth=40 if "lines-wrapped" in flaws else 0)
    known = {entry["context"]: entry for entry in facts.entries}
    for message in catalogue:
        if not message.obsolete:
            _mend(facts, message, known[message.msgctxt], flaws)
    if "entry-lost" in flaws:
        catalogue.remove(next(message for message in catalogue if not known[message.msgctxt]["planted"]))
    if "dead-entries-dropped" in flaws:
        for message in catalogue.obsolete_entries():
            catalogue.remove(message)
    text = str(catalogue)
    if "comments-dropped" in flaws:
        text = re.sub(r"(?m)^#\. .*\n", "", text)
    if "line-ends-of-windows" in flaws:
        text = text.replace("\n", "\r\n")
    now = {message.msgctxt: _forms(message) for message in catalogue}
    return {"es.reviewed.po": text, "review.csv": _review(facts, flaws, now)}


def _forms(message: Any) -> list[str]:
    return [message.msgstr_plural[form] for form in sorted(message.msgstr_plural)] or [message.msgstr]


def _mend(facts: Facts, message: Any, entry: dict[str, Any], flaws: frozenset[str]) -> None:
    """Put one entry right."""
    texts = _mended(facts, entry, flaws)
    if entry["forms"]:
        message.msgstr_plural = dict(enumerate(texts))
    else:
        message.msgstr = texts[0]
    is_sound = entry["planted"] == ["fuzzy"] and entry["shown"] == [entry["spanish"]]
    if "fuzzy" in message.flags and not (is_sound and "sound-entry-left-fuzzy" in flaws):
        message.flags = [flag for flag in message.flags if flag != "fuzzy"]
        if "old-english-dropped" in flaws:
            message.previous_msgid = None


def _mended(facts: Facts, entry: dict[str, Any], flaws: frozenset[str]) -> list[str]:
    """Return the Spanish of an entry as it should be, or as a hasty worker leaves it."""
    right, shown, planted = list(entry["forms"]) or [entry["spanish"]], list(entry["shown"]), entry["planted"]
    if entry["context"] == facts.hotel and "hotel-called-sala" in flaws:
        return [entry["spanish"].replace("Habitaciones", "Salas")]
    if entry["context"] == facts.hotel and "sound-entry-polished" in flaws:
        return [entry["spanish"].replace("cerca", "cercanas")]
    if planted == ["number"] and "sentence-rewritten" in flaws:
        right[0] = f"Atención: {right[0]}"
    if planted == ["number", "term"] and "second-mistake-left" in flaws:
        return [re.sub(r"\d+", re.findall(r"\d+", shown[0])[0], right[0])]
    left = {
        "placeholder": "blank-in-braces-left" in flaws and "{ " in shown[0],
        "number": "decimal-point-left" in flaws and bool(re.search(r"\d[.,]\d", shown[0])),
        "term": ("replaced-word-left" if facts.basket in entry["english"] else "rival-word-left") in flaws,
        "plural": "plural-left" in flaws,
        "untranslated": "empty-entry-left" in flaws and not shown[0],
        "fuzzy": "marks-taken-off-only" in flaws,
        "punctuation": "question-mark-left" in flaws and entry["english"].endswith("?"),
        "address": "tu-left" in flaws,
        "length": "long-text-left" in flaws,
    }
    return shown if len(planted) == 1 and left[planted[0]] else right


def _review(facts: Facts, flaws: frozenset[str], now: dict[str, list[str]]) -> str:
    """List every mistake with the text before and after."""
    rows = []
    for entry in facts.entries:
        mended = now.get(entry["context"], entry["shown"])
        pairs = [pair for pair in zip(entry["shown"], mended, strict=True) if pair[0] != pair[1]]
        was, new = (pairs or [(entry["shown"][0], mended[0])])[0]
        planted = entry["planted"][:1] if "one-row-per-entry" in flaws else entry["planted"]
        for kind in planted:
            is_turned = kind == "fuzzy" and was != new and "fuzzy-called-number" in flaws
            rows.append([entry["context"], "number" if is_turned else kind, was, new])
            if "review-quotes-english" in flaws and kind == "term":
                rows[-1][2] = entry["english"]
    if "preference-listed" in flaws:
        text = next(entry["spanish"] for entry in facts.entries if entry["context"] == facts.hotel)
        rows.append([facts.hotel, "term", text, text])
    header = ("context", "type", "was", "now")
    if "another-csv" in flaws:
        return csv_text(header[::-1], [row[::-1] for row in rows[::-1]], delimiter=";")
    return csv_text(header, rows)
