"""The accepted strings and list of changes, and flawed ones."""
# hapi-pytest canary cb117c25-f1a5-4b04-9a4f-330c75bd5790

import re
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "removed-key-left": ("keys-of-the-new-release",),
    "order-of-the-old-file": ("keys-of-the-new-release",),
    "approved-brought-into-line": ("approved-wording-to-the-byte",),
    "escapes-resolved": ("approved-wording-to-the-byte",),
    "moved-key-translated-anew": ("moved-keys-keep-their-wording",),
    "spelling-translated-anew": ("respelt-english-keeps-its-wording",),
    "memory-ignored": ("memory-used-as-it-is",),
    "older-unit-used": ("memory-used-as-it-is",),
    "rejected-unit-used": ("memory-used-as-it-is",),
    "dated-unit-used": ("term-base-words-used",),
    "own-word-for-ticket": ("term-base-words-used",),
    "old-figure-kept": ("specifiers-and-figures-kept",),
    "specifier-lost": ("specifiers-and-figures-kept",),
    "greeting-left-in-english": ("nothing-left-in-english",),
    "missing-key-left-in-english": ("nothing-left-in-english",),
    "short-ones-too-long": ("limits-kept",),
    "passengers-addressed-formally": ("passengers-are-tu",),
    "end-mark-lost": ("end-marks-as-in-english",),
    "comments-dropped": ("comments-above-their-keys",),
    "removed-keys-not-listed": ("changes-listed-exactly",),
    "kept-key-listed": ("changes-listed-exactly",),
    "moved-key-under-old-name": ("changes-listed-exactly",),
    "list-not-brought-up-to-date": ("list-and-file-agree",),
}
EQUIVALENTS: dict[str, str] = {
    "other-words": "where the memory has nothing the wording is the translator's",
    "one-line-a-string": "the guide fixes keys, order and comments, and no blanks between them",
    "accents-as-codes": "a strings file may write a letter as a code, and new wording is not under the rule of bytes",
    "line-ends-of-windows": "line ends and a byte-order mark are no part of the strings",
    "another-csv": "the guide asks for csv, and for no order of rows or columns",
}
FILE = "Localizable.strings"
NEW_KINDS = ("new", "changed", "missing")
OTHER_WORDS = {
    "Aggiungi un passeggero": "Aggiungi passeggero",
    "Vuoi il posto accanto": "Desideri il posto accanto",
    "La stazione è a": "La stazione dista",
    "Regalare questo biglietto": "Vuoi regalare questo biglietto",
    "Vai alla carrozza": "Raggiungi la carrozza",
    "Fino a": "Al massimo",
    "Puoi avere": "Puoi tenere",
    "Il tuo viaggio dura": "Il tuo viaggio durerà",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write the strings of the new release and the list of changes."""
    italian = {one["key"]: _italian(facts, one, flaws) for one in facts.strings.values() if one["kind"] != "removed"}
    entries = [(key, italian[key], note) for key, _, note in facts.new]
    if "order-of-the-old-file" in flaws:
        entries.sort()
    if "removed-key-left" in flaws:
        key, one = next(pair for pair in facts.strings.items() if pair[1]["kind"] == "removed")
        entries.append((key, one["italian"], "gone"))
    return {FILE: _file(entries, flaws), "changes.csv": _changes(facts, flaws, italian)}


def _file(entries: list[tuple[str, str, str]], flaws: frozenset[str]) -> str:
    lines = []
    for key, text, note in entries:
        comment = "" if "comments-dropped" in flaws else f"/* {note} */"
        lines.append(
            f'{comment} "{key}"="{text}";' if "one-line-a-string" in flaws else f'{comment}\n"{key}" = "{text}";\n'
        )
    whole = "\n".join(lines) + "\n"
    return "\ufeff" + whole.replace("\n", "\r\n") if "line-ends-of-windows" in flaws else whole


def _italian(facts: Facts, one: dict[str, Any], flaws: frozenset[str]) -> str:
    """Return the Italian of one string."""
    if one["kind"] not in NEW_KINDS:
        return _approved(facts, one, flaws)
    text = str(one["italian"])
    if not one["unit"]:
        for words, others in OTHER_WORDS.items() if "other-words" in flaws else ():
            text = text.replace(words, others)
    text = _from_memory(one, text, flaws)
    text = _translated(facts, one, text, flaws)
    if "accents-as-codes" in flaws:
        text = "".join(sign if ord(sign) < 128 else f"\\U{ord(sign):04X}" for sign in text)
    return text


def _approved(facts: Facts, one: dict[str, Any], flaws: frozenset[str]) -> str:
    text = str(one["italian"])
    if "approved-brought-into-line" in flaws and one["key"] in facts.tempting:
        text = text.replace("Vagone", "Carrozza").replace("Notifiche", "Avvisi").replace("account", "profilo")
    if "escapes-resolved" in flaws:
        text = text.replace("\\U00E8", "è")
    is_anew = {"renamed": "moved-key-translated-anew", "spelling": "spelling-translated-anew"}.get(one["kind"])
    return str(one["other"]) if is_anew in flaws else text


def _from_memory(one: dict[str, Any], text: str, flaws: frozenset[str]) -> str:
    """Spoil what comes from the memory."""
    wrong = {"later": "older-unit-used", "rejected": "rejected-unit-used", "dated": "dated-unit-used"}.get(one["unit"])
    if wrong in flaws:
        return str(one["other"])
    return (
        re.sub(r"[.?]?$", r" ora\g<0>", text, count=1) if one["unit"] == "plain" and "memory-ignored" in flaws else text
    )


def _translated(facts: Facts, one: dict[str, Any], text: str, flaws: frozenset[str]) -> str:
    """Spoil new wording."""
    is_own = not one["unit"]
    if "own-word-for-ticket" in flaws and is_own:
        text = re.sub("bigliett", "tagliand", text, flags=re.IGNORECASE)
    if "old-figure-kept" in flaws and one["key"] == "refund.time":
        text = re.sub(r"\d+", "14", text)
    if "specifier-lost" in flaws and one["kind"] == "changed":
        text = re.sub(r"%d|%@", "XXX", text)
    if "greeting-left-in-english" in flaws and one["kind"] == "changed" and "%" not in text:
        text = one["english"]
    if "missing-key-left-in-english" in flaws and one["kind"] == "missing":
        text = one["english"]
    if "short-ones-too-long" in flaws and one["limit"]:
        text = one["other"]
    if "passengers-addressed-formally" in flaws:
        text = text.replace("Puoi avere", "Può avere").replace("Puoi tenere", "Può tenere")
    if "end-mark-lost" in flaws and is_own:
        text = text.removesuffix(".")
    return text


def plain(text: str) -> str:
    """Resolve the escapes of a strings file."""
    text = re.sub(r"\\U([0-9A-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return text.replace("\\n", "\n").replace('\\"', '"')


def _changes(facts: Facts, flaws: frozenset[str], italian: dict[str, str]) -> str:
    """List what is new, changed, renamed and removed."""
    rows = []
    for key, one in facts.strings.items():
        change = one["change"]
        if not change or (change == "removed" and "removed-keys-not-listed" in flaws):
            continue
        shown = one["old_key"] if "moved-key-under-old-name" in flaws else key
        after = "" if change == "removed" else plain(italian[key])
        if "list-not-brought-up-to-date" in flaws and one["kind"] == "changed":
            after = plain(one["approved"])
        rows.append([shown, change, plain(one["english"]), after])
    if "kept-key-listed" in flaws:
        one = facts.strings[facts.tempting[0]]
        rows.append([one["key"], "changed", plain(one["english"]), plain(one["italian"])])
    header = ["key", "change", "english", "italian"]
    if "another-csv" in flaws:
        return csv_text(header[::-1], [row[::-1] for row in rows[::-1]], delimiter=";")
    return csv_text(header, rows)
