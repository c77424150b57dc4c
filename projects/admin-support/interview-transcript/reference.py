"""The accepted transcript and quotes, and the slips of somebody who cleans with search and replace."""
# hapi-pytest canary 9494cf44-ac91-4852-baa7-b831329bab10

import re
from collections.abc import Iterator
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "sentence-dropped": ("every-sentence-is-there",),
    "a-paragraph-for-each-sentence": ("turns-are-paragraphs",),
    "listening-noises-kept": ("turns-are-paragraphs",),
    "labels-swapped-in-both-parts": ("speakers-of-part-one",),
    "swap-overlooked": ("speakers-of-part-two",),
    "grandchild-taken-for-the-guest": ("speakers-of-part-one", "speakers-of-part-two"),
    "times-rounded": ("times-run-on",),
    "second-part-from-zero": ("times-run-on", "quotes-have-their-places"),
    "fillers-kept": ("fillers-are-gone",),
    "every-you-know-removed": ("fillers-are-gone",),
    "stumbling-kept": ("stumbling-is-smoothed",),
    "numbers-as-recognised": ("numbers-are-in-style",),
    "twelve-in-figures": ("numbers-are-in-style",),
    "names-as-recognised": ("names-are-right",),
    "inaudible-filled-in": ("brackets-are-right",),
    "grammar-corrected": ("nothing-is-improved",),
    "remark-obeyed": ("nothing-is-improved",),
    "withheld-kept": ("withheld-stays-withheld",),
    "later-mention-quoted": ("quotes-are-the-right-sentences",),
    "quotes-with-times-of-their-part": ("quotes-have-their-places",),
}
EQUIVALENTS: dict[str, str] = {
    "title-on-top": "the brief allows a title",
    "curly-quotation-marks": "the brief does not mind straight or curly quotation marks",
    "fewer-commas": "the brief does not mind where a comma is set",
    "columns-from-the-back": "the brief names the columns of quotes.csv and no order",
    "semicolons": "the brief asks for csv and names no separator",
    "quotes-in-quotation-marks": "the brief does not mind quotation marks",
}
KEPT_RAW = {
    "fillers-kept": ("filler", "keyed", "again"),
    "stumbling-kept": ("stumble",),
    "numbers-as-recognised": ("number",),
    "names-as-recognised": ("name",),
}
GRAMMAR = {"We was": "We were", "Them ropes": "Those ropes", "It weren't": "It wasn't", "no more": "any more"}

Turn = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    return {"transcript.docx": _transcript(facts, flaws), "quotes.csv": _quotes(facts, flaws)}


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _transcript(facts: Facts, flaws: frozenset[str]) -> bytes:
    import docx

    document = docx.Document()
    if "title-on-top" in flaws:
        document.add_heading(f"{facts.asker} talks with {facts.guest}", 1)
    for start, speaker, text in _paragraphs(facts, flaws):
        if "curly-quotation-marks" in flaws:
            text = text.replace("'", "’")
        if "fewer-commas" in flaws:
            text = text.replace(", and", " and")
        document.add_paragraph(f"[{_clock(start)}] {facts.initials[speaker]}: {text}")
    return office_bytes(document)


def _paragraphs(facts: Facts, flaws: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Yield start, speaker and text of each paragraph."""
    listened = {piece["turn"]: piece for piece in facts.pieces if piece["tag"] == "listening"}
    for number, turn in enumerate(facts.turns):
        start, speaker = _start(facts, flaws, number, turn), _speaker(facts, flaws, number, turn)
        said = _said(flaws, turn)
        if "sentence-dropped" in flaws and number == 3:
            said.remove(next(each["clean"] for each in turn["said"][1:] if each["tag"] == "plain"))
        if "a-paragraph-for-each-sentence" in flaws:
            yield from ((start, speaker, text) for text in said)
        elif "listening-noises-kept" in flaws and number in listened:
            yield start, speaker, " ".join(said[:-1])
            yield start, "asker", listened[number]["text"]
            yield start, speaker, said[-1]
        else:
            yield start, speaker, " ".join(said)


def _start(facts: Facts, flaws: frozenset[str], number: int, turn: Turn) -> int:
    """Return the time of a turn in seconds."""
    start: int = turn["start"]
    exact = next(piece["start"] for piece in facts.pieces if piece["turn"] == number)
    if "times-rounded" in flaws and exact % 1000 >= 500 and number < facts.half:
        start += 1
    return start - facts.length if "second-part-from-zero" in flaws and number >= facts.half else start


def _speaker(facts: Facts, flaws: frozenset[str], number: int, turn: Turn) -> str:
    speaker: str = turn["speaker"]
    swap = "labels-swapped-in-both-parts" if number < facts.half else "swap-overlooked"
    if swap in flaws:
        speaker = {"asker": "guest", "guest": "asker"}.get(speaker, speaker)
    return "guest" if speaker == "third" and "grandchild-taken-for-the-guest" in flaws else speaker


def _said(flaws: frozenset[str], turn: Turn) -> list[str]:
    """Return the sentences of a turn as they are typed."""
    said = []
    for each in turn["said"]:
        text, tag = each["clean"], each["tag"]
        if any(flaw in flaws and tag in tags for flaw, tags in KEPT_RAW.items()):
            text = each["raw"]
        if tag == "knowing" and "every-you-know-removed" in flaws:
            text = re.sub(r"(?i)\b(you know|I mean) ", "", text)
        if tag == "number" and "twelve-in-figures" in flaws:
            text = text.replace("twelve", "12")
        if tag == "bracket" and "inaudible-filled-in" in flaws:
            text = text.replace("[inaudible]", "there")
        if tag == "own":
            text = _improved(text, flaws)
        if tag == "withheld" and "withheld-kept" not in flaws:
            text = "" if "[passage withheld]" in said else "[passage withheld]"
        said += [text] if text else []
    return said


def _improved(text: str, flaws: frozenset[str]) -> str:
    if text.startswith("Oh, do not put") and "remark-obeyed" in flaws:
        return ""
    for spoken, correct in GRAMMAR.items() if "grammar-corrected" in flaws else ():
        text = text.replace(spoken, correct)
    return text


def _quotes(facts: Facts, flaws: frozenset[str]) -> str:
    """Write a row for each topic."""
    header = ["topic", "time", "speaker", "quote"]
    rows = {facts.withheld_topic: [facts.withheld_topic, "", "", "withheld"]}
    for quote in facts.quotes:
        text = quote["later"] if "later-mention-quoted" in flaws else quote["text"]
        if "quotes-in-quotation-marks" in flaws:
            text = f"“{text}”"
        is_second = quote["start"] >= facts.length
        is_early = is_second and flaws & {"second-part-from-zero", "quotes-with-times-of-their-part"}
        start = quote["start"] - facts.length if is_early else quote["start"]
        rows[quote["topic"]] = [quote["topic"], _clock(start), facts.initials["guest"], text]
    table = [header, *(rows[topic] for topic in sorted(rows))]
    if "columns-from-the-back" in flaws:
        table = [row[::-1] for row in table]
    return csv_text(table[0], table[1:], delimiter=";" if "semicolons" in flaws else ",")
