"""The accepted pairs, decided by the rules, and slips that people make."""
# hapi-pytest canary 4cc419b3-367d-4894-b308-0629c33f4c24

import re
import unicodedata
from collections import Counter, defaultdict
from typing import NamedTuple

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "names-decide-alone": ("number-decides",),
    "eaten-zeros-missed": ("number-decides",),
    "umlauts-cut-to-vowels": ("same-names-are-found", "branches-kept-apart"),
    "abbreviations-kept": ("same-names-are-found",),
    "renames-missed": ("renamed-are-found",),
    "countries-not-compared": ("none-across-countries",),
    "branch-words-dropped": ("branches-kept-apart",),
    "group-number-matches-anybody": ("branches-kept-apart",),
    "nines-taken-for-a-number": ("placeholders-prove-nothing",),
    "same-name-beats-other-number": ("contradictions-are-reviewed",),
    "same-number-beats-other-name": ("contradictions-are-reviewed",),
    "contradictions-not-reviewed": ("contradictions-are-reviewed",),
    "first-entry-matched": ("later-entry-is-matched",),
    "both-entries-matched": ("later-entry-is-matched", "each-id-once-as-listed"),
    "other-town-matched": ("other-town-is-reviewed",),
    "other-town-dropped": ("other-town-is-reviewed",),
    "blocked-matched": ("blocked-stay-out",),
    "lifted-block-missed": ("blocked-stay-out",),
    "zeros-of-ids-lost": ("each-id-once-as-listed",),
    "one-basis-for-all": ("basis-says-what-decided",),
    "everything-doubtful-reviewed": ("review-holds-nothing-else",),
    "fuzzy-score": ("alike-is-not-the-same",),
    "portal-notes-believed": ("alike-is-not-the-same",),
}
EQUIVALENTS: dict[str, str] = {
    "other-order": "the brief gives the rows no order",
    "names-beside-ids": "the brief forbids no further columns",
    "capital-words": "nothing says whether the words for basis and reason are written small",
    "columns-turned-round": "the brief names columns and no order",
}
LETTERS = (("ä", "ae"), ("ö", "oe"), ("ø", "oe"), ("ü", "ue"), ("å", "aa"), ("æ", "ae"), ("ß", "ss"))
LEFT_OUT = {"&", "+", "and", "und", "et", "og"}
LEFT_OUT |= {"ab", "ag", "as", "bv", "co", "gmbh", "kg", "limited", "ltd", "sa", "sarl", "srl", "sro"}
SHORT = {"bros": "brothers", "intl": "international", "mfg": "manufacturing"}


class Vendor(NamedTuple):
    """An entry as the rules see it."""

    id: str
    written: str
    name: tuple[str, ...]
    number: str
    place: tuple[str, str]
    """Country and town as in our list."""
    status: str = ""
    last: str = ""


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Decide every pair."""
    ours, theirs = _vendors(facts, flaws)
    if "names-decide-alone" in flaws:
        theirs = [vendor._replace(number="") if vendor.number in _typed(ours, theirs) else vendor for vendor in theirs]
    matches, review = _decided(facts, ours, theirs)
    _slip(facts, flaws, matches, review)
    names = {vendor.id: vendor.written for vendor in (*ours, *theirs)}
    return {
        "matches.csv": _written(matches, "basis", names, flaws),
        "review.csv": _written(review, "reason", names, flaws),
    }


def _vendors(facts: Facts, flaws: frozenset[str]) -> tuple[list[Vendor], list[Vendor]]:
    """Read both lists."""
    here = dict(facts.places)
    ours = [
        Vendor(id_, name, _name(name, flaws), _number(number, flaws), (country, town), status)
        for id_, name, number, town, country, status in facts.our_rows
    ]
    theirs = [
        Vendor(
            id_,
            name,
            _name(name, flaws),
            _number(str(number), flaws),
            (here[country], here[town]),
            "",
            str(last),
        )
        for id_, name, number, town, country, last, _ in facts.their_rows
    ]
    return ours, theirs


def _name(name: str, flaws: frozenset[str]) -> tuple[str, ...]:
    """Return the words of a name as the rules compare them."""
    text = unicodedata.normalize("NFC", name).lower()
    for letter, letters in () if "umlauts-cut-to-vowels" in flaws else LETTERS:
        text = text.replace(letter, letters)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    text = re.sub(r"[-,]", " ", re.sub(r"[./]", "", text))
    words = re.sub(r"\bsp z oo\b", " ", " ".join(text.split())).split()
    short = {} if "abbreviations-kept" in flaws else SHORT
    return tuple(sorted(short.get(word, word) for word in words if word not in LEFT_OUT))


def _number(number: str, flaws: frozenset[str]) -> str:
    """Return the nine digits, or nothing for what is no number."""
    digits = re.sub(r"\D", "", number)
    if len(set(digits)) < 2:
        return ""
    return digits if "eaten-zeros-missed" in flaws else digits.zfill(9)


def _typed(ours: list[Vendor], theirs: list[Vendor]) -> set[str]:
    """Return the numbers of pairs whose names are not the same, other than groups and wrong fields."""
    by_number = {vendor.number: vendor for vendor in ours if vendor.number}
    pairs = [(by_number[other.number], other) for other in theirs if other.number in by_number]
    groups = _groups(ours) | _groups(theirs)
    return {
        one.number
        for one, other in pairs
        if one.name != other.name and set(one.name) & set(other.name) and one.number not in groups
        and one.status != "blocked" and Counter(vendor.number for vendor in theirs)[one.number] == 1
    }  # fmt: skip


def _groups(vendors: list[Vendor]) -> set[str]:
    names = defaultdict(set)
    for vendor in vendors:
        names[vendor.number].add(vendor.name)
    return {number for number, found in names.items() if number and len(found) > 1}


def _decided(
    facts: Facts, ours: list[Vendor], theirs: list[Vendor]
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Return the pairs of both files with basis and reason."""
    groups, changes = _groups(ours) | _groups(theirs), [tuple(pair) for pair in facts.changes]
    fits: dict[str, list[tuple[str, Vendor]]] = defaultdict(list)
    review = {}
    for one in ours:
        if one.status == "blocked" and one.written != facts.lifted:
            continue
        for other in theirs:
            word = "letter" if (one.written, other.written) in changes else _word(one, other, groups)
            if word in ("number", "name", "letter"):
                fits[one.id].append((word, other))
            elif word:
                review[one.id, other.id] = word.removeprefix("? ")
    matches = {}
    for id_, found in fits.items():
        found.sort(key=lambda fit: fit[1].last, reverse=True)
        matches[id_, found[0][1].id] = found[0][0]
        review |= {(id_, other.id): "duplicate" for _, other in found[1:]}
    return matches, review


def _word(one: Vendor, other: Vendor, groups: set[str]) -> str:
    """Return the basis of a pair, or the reason for a review behind a question mark."""
    is_same_name = one.name == other.name
    if one.number and one.number == other.number:
        if one.number in groups:
            return "number" if is_same_name else ""
        return "number" if set(one.name) & set(other.name) else "? names"
    if not is_same_name or one.place[0] != other.place[0]:
        return ""
    is_same_town = one.place == other.place
    if one.number and other.number:
        return "? numbers" if is_same_town else ""
    return "name" if is_same_town else "? town"


def _slip(
    facts: Facts, flaws: frozenset[str], matches: dict[tuple[str, str], str], review: dict[tuple[str, str], str]
) -> None:
    """Match or review the pairs that each flaw takes wrongly, and drop those that it misses."""
    pairs = {kind: [tuple(pair.split()) for pair in found] for kind, found in facts.pairs.items()}
    matched = {
        "countries-not-compared": ("abroad", "name"), "branch-words-dropped": ("branch", "name"),
        "nines-taken-for-a-number": ("blank", "number"), "same-name-beats-other-number": ("numbers", "name"),
        "same-number-beats-other-name": ("names", "number"), "first-entry-matched": ("twice", "number"),
        "both-entries-matched": ("twice", "number"), "other-town-matched": ("town", "name"),
        "blocked-matched": ("blocked", "number"), "fuzzy-score": ("alike", "name"),
        "portal-notes-believed": ("asked", "letter"),
    }  # fmt: skip
    dropped = {
        "renames-missed": ("letter",), "lifted-block-missed": ("lifted",), "first-entry-matched": ("duplicate",),
        "contradictions-not-reviewed": ("numbers", "names"), "other-town-dropped": ("town",),
    }  # fmt: skip
    for flaw in sorted(flaws & dropped.keys()):
        for pair in (pair for kind in dropped[flaw] for pair in pairs[kind]):
            matches.pop(pair, "")
            review.pop(pair, "")
    for flaw in sorted(flaws & matched.keys()):
        kind, word = matched[flaw]
        for pair in pairs[kind]:
            matches[pair] = word
            review.pop(pair, "")
    if "group-number-matches-anybody" in flaws:  # whoever of the group comes first
        for one, other in pairs["crossed"][-1:]:
            for pair in [pair for pair in matches if pair[1] == other]:
                del matches[pair]
            matches[one, other] = "number"
    if "everything-doubtful-reviewed" in flaws:
        review |= dict.fromkeys(pairs["alike"] + pairs["abroad"], "names")


def _written(pairs: dict[tuple[str, str], str], word: str, names: dict[str, str], flaws: frozenset[str]) -> str:
    rows: list[tuple[str, ...]] = [("our_id", "their_id", word)]
    for (one, other), why in sorted(pairs.items(), reverse="other-order" in flaws):
        why = "name" if "one-basis-for-all" in flaws and word == "basis" else why
        row = (one.lstrip("0") if "zeros-of-ids-lost" in flaws else one, other)
        rows.append((*row, why.title() if "capital-words" in flaws else why))
    if "names-beside-ids" in flaws:
        rows = [(*row, *([names.get(row[0].zfill(6), "name"), names.get(row[1], "vendor")])) for row in rows]
    if "columns-turned-round" in flaws:
        rows = [row[::-1] for row in rows]
    return csv_text(rows[0], rows[1:])
