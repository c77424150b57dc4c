"""The accepted subtitles, and flawed ones."""
# hapi-pytest canary afa7c8d5-50d0-46a1-8f2e-8e3f42a55d20

import re
from typing import Any

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "laughter-dropped": ("cues-and-times-kept",),
    "cue-prolonged": ("cues-and-times-kept",),
    "number-given-twice": ("numbered-from-one",),
    "lines-of-forty-two": ("lines-fit-the-screen",),
    "cue-padded": ("cues-can-be-read-in-time",),
    "weak-word-at-line-end": ("first-lines-end-well",),
    "miles-kept": ("figures-the-french-way",),
    "evening-taken-for-morning": ("figures-the-french-way",),
    "decimal-point-kept": ("figures-the-french-way",),
    "persons-as-heard": ("persons-and-places-right",),
    "place-in-english": ("persons-and-places-right",),
    "sponsor-short-at-once": ("sponsor-long-then-short",),
    "sponsor-letters-turned": ("sponsor-long-then-short",),
    "own-words-for-terms": ("terms-of-the-list",),
    "sentence-runs-on": ("sentences-end-in-their-cue",),
    "plain-blanks-before-marks": ("french-signs",),
    "english-quotation-marks": ("french-signs",),
    "thanks-left-in-english": ("all-is-in-french",),
    "cue-cut-to-a-word": ("all-is-in-french",),
    "laughter-in-english": ("sounds-and-voices-marked",),
    "advertisement-translated": ("sounds-and-voices-marked",),
    "italics-lost": ("sounds-and-voices-marked",),
    "audience-is-tu": ("audience-is-vous",),
}
EQUIVALENTS: dict[str, str] = {
    "other-words": "what is said counts, and it can be said otherwise",
    "another-file": "line ends and a byte-order mark are no part of subtitles",
    "narrow-blanks": "the style sheet names both no-break spaces",
    "curled-apostrophes": "the style sheet asks for no kind of apostrophe",
    "two-lines-where-one-would-do": "the style sheet allows two lines in every cue",
    "hyphens-as-dashes": "the style sheet asks for a dash and not for its length",
}
TAG = re.compile(r"<[^<>]*>")


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write the French subtitles."""
    blocks, number = [], 0
    for place, cue in enumerate(facts.cues):
        if cue["english"] == "[laughter]" and "laughter-dropped" in flaws:
            continue
        number += 1
        shown = number - (number > 20 and "number-given-twice" in flaws)
        end = cue["end"] + (30 if place == 5 and "cue-prolonged" in flaws else 0)
        text = _laid_out(facts, cue, _text(facts, place, cue, flaws), flaws)
        blocks.append(f"{shown}\n{_clock(cue['start'])} --> {_clock(end)}\n{text}\n")
    whole = "\n".join(blocks)
    if "narrow-blanks" in flaws:
        whole = whole.replace("\u00a0", "\u202f")
    if "curled-apostrophes" in flaws:
        whole = whole.replace("'", "’")
    if "hyphens-as-dashes" in flaws:
        whole = whole.replace("– ", "- ")
    return {"talk.fr.srt": "\ufeff" + whole.replace("\n", "\r\n") if "another-file" in flaws else whole}


def _text(facts: Facts, place: int, cue: dict[str, Any], flaws: frozenset[str]) -> str:
    """Return a cue's French before it is laid out."""
    text = str(cue["french"][-1 if "other-words" in flaws else 0])
    if cue["kind"] == "speech":
        text = _spoken(facts, cue, text, flaws)
        text = _figures(facts.figures[place], cue, text, flaws)
    if "laughter-in-english" in flaws and cue["english"] == "[laughter]":
        text = cue["english"]
    if "advertisement-translated" in flaws and cue["kind"] == "advertising":
        text = "[publicité]"
    if "plain-blanks-before-marks" in flaws:
        text = re.sub("\u00a0(?=[?!:;])", " ", text)
    if "english-quotation-marks" in flaws:
        text = re.sub("«\u00a0|\u00a0»", '"', text)
    if "cue-padded" in flaws and place == _padded(facts):
        text = f"Mais en fait, {text[0].lower()}{text[1:]}"
    return text


def _spoken(facts: Facts, cue: dict[str, Any], text: str, flaws: frozenset[str]) -> str:
    """Spoil words of a spoken cue."""
    for heard, name in zip(cue["heard"], cue["names"], strict=True):
        is_person = [heard, name] in facts.persons
        if ("persons-as-heard" if is_person else "place-in-english") in flaws:
            text = text.replace(name, heard)
    _, long, letters = facts.sponsor
    if cue["sponsor"] == 1 and "sponsor-short-at-once" in flaws:
        text = text.replace(f"{long} ({letters})", f"la {letters}")
    if cue["sponsor"] == 2 and "sponsor-letters-turned" in flaws:
        text = text.replace(letters, letters[::-1])
    for term in cue["terms"] if "own-words-for-terms" in flaws else ():
        right, wrong = facts.terms[term]
        text = re.sub(right, wrong, text, flags=re.IGNORECASE)
    if "audience-is-tu" in flaws:
        text = text.replace("Vous me direz", "Tu me diras")
    if "italics-lost" in flaws:
        text = TAG.sub("", text)
    if cue["english"] == "Thank you very much.":
        text = cue["english"] if "thanks-left-in-english" in flaws else text
    if cue["english"].startswith("You will tell me") and "cue-cut-to-a-word" in flaws:
        numbers = re.findall(r"\d+", text)
        text = " ".join(["Vous,", *numbers]) + "."
    is_followed = not (cue["names"] or cue["terms"] or cue["sponsor"])
    return text.removesuffix(".") if "sentence-runs-on" in flaws and is_followed else text


def _figures(forms: list[str], cue: dict[str, Any], text: str, flaws: frozenset[str]) -> str:
    """Spoil figures of a cue."""
    if "miles-kept" in flaws:
        miles = re.search(r"(\d+) miles", cue["english"])
        text = re.sub(r"\d+\u00a0km", f"{miles[1]}\u00a0mi", text) if miles else text
    if "evening-taken-for-morning" in flaws and "p.m." in cue["english"]:
        for form in forms:
            hour, *rest = form.split(" h ")
            if rest and int(hour) > 12:
                text = text.replace(f"{hour}\u00a0h", f"{int(hour) - 12}\u00a0h")
    if "decimal-point-kept" in flaws:
        text = re.sub(r"(\d),(\d)", r"\1.\2", text)
    return text


def _size(text: str) -> int:
    return len(TAG.sub("", text))


def _padded(facts: Facts) -> int:
    """Return the number of a cue that has room for more on the screen and none in time."""
    for place, cue in enumerate(facts.cues):
        text = max(cue["french"], key=len)
        size = _size(text) + 14
        is_plain = not (cue["names"] or cue["terms"] or cue["sponsor"] or facts.figures[place]) and text[0].isalpha()
        fits = size <= facts.width + 14 and size * 1000 > facts.speed * (cue["end"] - cue["start"])
        if cue["kind"] == "speech" and is_plain and fits and "Vous me direz" not in text and "\n" not in text:
            return place
    raise ValueError("every cue could be longer")


def _laid_out(facts: Facts, cue: dict[str, Any], text: str, flaws: frozenset[str]) -> str:
    """Break a text into two lines where it must be, neither too long nor the first one ending in a weak word."""
    wanted = _broken(facts, text, facts.width, is_short="two-lines-where-one-would-do" in flaws)
    if "\n" in text or cue["kind"] != "speech":
        return text
    if "lines-of-forty-two" in flaws:
        return _broken(facts, text, 42)
    weak = [cut for cut in _cuts(text, facts.width) if _last(text[:cut]) in facts.weak]
    if weak and "weak-word-at-line-end" in flaws:
        return f"{text[: weak[0]]}\n{text[weak[0] + 1 :]}"
    return wanted


def _broken(facts: Facts, text: str, width: int, *, is_short: bool = False) -> str:
    good = [cut for cut in _cuts(text, width) if _last(text[:cut]) not in facts.weak]
    if (_size(text) <= width and not is_short) or not good:
        return text
    best = min(good, key=lambda cut: abs(_size(text[:cut]) - _size(text[cut:])))
    return f"{text[:best]}\n{text[best + 1 :]}"


def _cuts(text: str, width: int) -> list[int]:
    """Return the blanks at which two lines of at most this width come about."""
    blanks = [place for place, sign in enumerate(text) if sign == " "]
    return [cut for cut in blanks if max(_size(text[:cut]), _size(text[cut + 1 :])) <= width]


def _last(text: str) -> str:
    return re.sub(r"\W+$", "", text).split(" ")[-1].casefold()


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"
