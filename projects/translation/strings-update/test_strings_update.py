"""Rubric: Italian strings brought up to a new release."""
# hapi-pytest canary cb117c25-f1a5-4b04-9a4f-330c75bd5790

import re
import unicodedata
from collections import Counter

from hapi_pytest import Rubric

rubric = Rubric()
FILE = "Localizable.strings"
GUIDE = "guide.md"
SPECIFIER = re.compile(r"%(?:\d\$)?[@dsf]")
ENGLISH = re.compile(r"\b(?:the|your?|this|for|of|with|and|to|is|are|my|at)\b", re.IGNORECASE)
FORMAL = re.compile(
    r"\b(?:Lei|Suo|Sua|Suoi|Sue)\b|(?:^|[.?!] )(?:Tocchi|Scelga|Vada|Aggiunga|Chieda|Cerchi|Salti|Prema|Parli|Usi|"
    r"Salvi|Silenzi|Attenda|Trovi|Richieda)\b"
)
FORMAL_TO_YOU = re.compile(r"\b(?:suo|sua|suoi|sue)\b|(?:^|[.?!] )(?:Può|Vuole|Desidera)\b")
MARKS = tuple(".?!…")


def plain(text):
    """Text of a strings file or of the list, escapes resolved, on one line and with straight apostrophes."""
    text = re.sub(r"\\U([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), text)
    text = text.replace("\\n", "\n").replace('\\"', '"').replace("’", "'")
    return " ".join(unicodedata.normalize("NFC", text).split())


def strings(deliverable, facts):
    """Return the Italian by key; most keys must be there and translated, or nothing is judged."""
    found = deliverable.strings(FILE)
    assert len(found) <= 2000, f"there are {len(found)} keys"
    assert all(len(text) <= 2000 for text in found.values()), "a text has over 2000 signs"
    english = {key: text for key, text, _ in facts.new}
    there = {key: text for key, text in found.items() if key in english}
    assert len(there) >= 0.85 * len(english), f"only {len(there)} of {len(english)} keys are there"
    changed = sum(plain(text) != plain(english[key]) and bool(text.strip()) for key, text in there.items())
    assert changed >= 0.7 * len(english), f"only {changed} texts are in Italian"
    return there


def fresh(deliverable, facts):
    """Return the strings that are new, changed or never got any Italian, with their Italian."""
    found = strings(deliverable, facts)
    kinds = ("new", "changed", "missing")
    ours = [one for one in facts.strings.values() if one["kind"] in kinds and one["key"] in found]
    return [(one, plain(one["english"]), plain(found[one["key"]])) for one in ours]


def assert_kept(deliverable, facts, kind):
    """Assert that the strings of a kind have their approved Italian as it is written in the old file."""
    found, text = strings(deliverable, facts), deliverable.text(FILE)
    assert len(text) <= 500_000, "the file is too long"
    for key, one in facts.strings.items():
        if one["kind"] == kind and key in found:
            written = re.compile(rf'"{re.escape(key)}"\s*=\s*"{re.escape(one["italian"])}"\s*;')
            assert written.search(text), f"{key} does not have its approved wording: {found[key]!r}"


@rubric.critical(
    "The file has the keys of the new release in their order, and no others",
    attachments={GUIDE: "has the keys of `en_new.strings`, in that order"},
)
def keys_of_the_new_release(deliverable, facts):
    strings(deliverable, facts)
    keys, wanted = list(deliverable.strings(FILE)), [key for key, _, _ in facts.new]
    assert sorted(keys) == sorted(wanted), f"lost or left: {sorted(set(keys) ^ set(wanted))[:5]}"
    assert keys == wanted, "the order of the keys is another one"


@rubric.critical(
    "Where the English is the same, the approved Italian stands as it was, byte for byte",
    brief="without anything\napproved being touched",
    attachments={GUIDE: "byte for byte: spaces, escapes and old words included"},
)
def approved_wording_to_the_byte(deliverable, facts):
    assert_kept(deliverable, facts, "kept")


@rubric.pitfall(
    "Renamed keys keep the approved wording of their old key",
    attachments={GUIDE: "the key was renamed. The approved Italian moves with it, byte for byte."},
)
def moved_keys_keep_their_wording(deliverable, facts):
    assert_kept(deliverable, facts, "renamed")


@rubric.pitfall(
    "Where only the spelling of the English was put right, the approved Italian stays",
    attachments={GUIDE: "the English was put right and means what it meant"},
)
def respelt_english_keeps_its_wording(deliverable, facts):
    assert_kept(deliverable, facts, "spelling")


@rubric.critical(
    "Strings that the memory holds exactly have the Italian of the unit that counts",
    attachments={GUIDE: "A unit with exactly the English of the string is used as it is"},
)
def memory_used_as_it_is(deliverable, facts):
    for one, _, text in fresh(deliverable, facts):
        if one["unit"] in ("plain", "later", "rejected"):
            assert text == plain(one["italian"]), f"{one['key']}: {text!r} is not what the memory has for it"


@rubric.critical(
    "New wording uses the words of the term base",
    attachments={GUIDE: "The words of `termbase.csv` are used, in whatever form the sentence needs."},
)
def term_base_words_used(deliverable, facts):
    for one, english, text in fresh(deliverable, facts):
        for term, (word, form) in facts.terms.items():
            if re.search(rf"\b{word}\b", english, re.IGNORECASE) and text != english:
                assert re.search(form, text, re.IGNORECASE), f"{one['key']}: {text!r} has another word for {term}"


@rubric.critical(
    "Specifiers, line feeds and figures of new wording are those of the English",
    attachments={GUIDE: "and figures are those of the English"},
)
def specifiers_and_figures_kept(deliverable, facts):
    for one, english, text in fresh(deliverable, facts):
        codes = [Counter(SPECIFIER.findall(part)) for part in (english, text)]
        assert codes[0] == codes[1], f"{one['key']}: {text!r} has the specifiers {sorted(codes[1])}"
        figures = [Counter(re.findall(r"\d+", SPECIFIER.sub("", part))) for part in (english, text)]
        assert figures[0] == figures[1], f"{one['key']}: {text!r} does not have the figures of the English"


@rubric.critical(
    "Nothing is empty or left in English, keys that never got any Italian included",
    attachments={GUIDE: "keys that were there before but never got any Italian, which count as new"},
)
def nothing_left_in_english(deliverable, facts):
    for one, english, text in fresh(deliverable, facts):
        words = SPECIFIER.sub("", text)
        assert text != english and re.search(r"[^\W\d_]{2}", words), f"{one['key']} is not translated: {text!r}"
        assert not ENGLISH.search(words), f"{one['key']} holds English words: {text!r}"


@rubric.important(
    "Strings with a limit fit into it", attachments={GUIDE: "Where a comment says `at most` so many characters"}
)
def limits_kept(deliverable, facts):
    for one, _, text in fresh(deliverable, facts):
        assert not one["limit"] or len(text) <= one["limit"], f"{one['key']}: {text!r} has {len(text)} characters"


@rubric.important("New wording says tu to passengers", attachments={GUIDE: "We say tu to our passengers."})
def passengers_are_tu(deliverable, facts):
    for one, english, text in fresh(deliverable, facts):
        is_to_you = re.search(r"\byour?\b", english, re.IGNORECASE)
        slip = FORMAL.search(text) or (is_to_you and FORMAL_TO_YOU.search(text))
        assert not slip, f"{one['key']}: {text!r}"


@rubric.important(
    "New wording ends with the mark that ends the English",
    attachments={GUIDE: "A string ends with the mark that ends the English one, or with none."},
)
def end_marks_as_in_english(deliverable, facts):
    for one, english, text in fresh(deliverable, facts):
        ends = [part[-1:] if part[-1:] in MARKS else "" for part in (english, text)]
        assert ends[0] == ends[1], f"{one['key']}: {text!r} does not end like the English"


@rubric.important(
    "The comments of the new English stand above their keys",
    attachments={GUIDE: "with the comments of that file above them"},
)
def comments_above_their_keys(deliverable, facts):
    strings(deliverable, facts)
    above = {}
    for part in deliverable.text(FILE).split("/*")[1:]:
        comment, _, rest = part.partition("*/")
        key = re.match(r'\s*"([^"\\]{1,80})"', rest)
        if key:
            above.setdefault(key[1], " ".join(comment.split()))
    lost = [key for key, _, note in facts.new if above.get(key) != note]
    assert not lost, f"another comment or none above {lost[:5]}"


def listed(deliverable):
    """Return the rows of changes.csv; a few at least and not without end."""
    table = deliverable.csv("changes.csv")
    assert 5 <= len(table) <= 500, f"changes.csv has {len(table)} rows"
    return table


@rubric.critical(
    "changes.csv lists each new, changed, renamed and removed key once, and nothing else",
    attachments={GUIDE: "one row for each key that is `new`, `changed`, `renamed` (under its new key) or `removed`"},
)
def changes_listed_exactly(deliverable, facts):
    found = Counter((row["key"], row["change"].casefold()) for row in listed(deliverable))
    wanted = Counter(facts.changes.items())
    assert found == wanted, f"missing {sorted(wanted - found)[:4]}, too many {sorted(found - wanted)[:4]}"


@rubric.important(
    "Each row has the English and the Italian of the files",
    attachments={
        GUIDE: "with the text of both files as they are now; for a removed key the old English and no Italian"
    },
)
def list_and_file_agree(deliverable, facts):
    found = strings(deliverable, facts)
    english = {key: text for key, text, _ in facts.new} | facts.removed
    for row in listed(deliverable):
        key = row["key"]
        assert plain(row["english"]) == plain(english.get(key, row["english"])), (
            f"{row.place}: another English of {key}"
        )
        wanted = "" if key in facts.removed else plain(found.get(key, row["italian"]))
        assert plain(row["italian"]) == wanted, f"{row.place}: {row['italian']!r} is not the Italian of {key}"


def test_strings_update(engagement):
    engagement.assert_complete()
