"""Rubric: review of a Spanish po file."""
# hapi-pytest canary bd82490d-d4fa-47b8-83d5-1ef303e2427e

import re
import unicodedata
from collections import Counter

from hapi_pytest import Rubric

rubric = Rubric()
LIST = "checklist.md"
CODE = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]|[{}%]")
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
ENGLISH = re.compile(
    r"\b(?:the|of|and|with|this|your?|is|are|to|for|in|at|has|have|from|we|us|every|each)\b", re.IGNORECASE
)
FRIENDLY = re.compile(
    r"\b(?:[Tt]us?|[Tt]e|[Tt]i)\b|(?:^|[.!?] |¿)(?:Elige|Escribe|Espera|Cancela|Devuelve|Paga|Inténtalo|Llámanos|"
    r"Puedes|Quieres|Has|Encontrarás)\b"
)
SWAP = str.maketrans(".,", ",.")


def texts(message):
    """Return the Spanish of a message: its plural forms in order, or its only text."""
    forms = [message.plurals[form] for form in sorted(message.plurals)] if message.plural_id else [message.text]
    return [unicodedata.normalize("NFC", text) for text in forms]


def words(text):
    """Return the words of a text in their order, placeholders left aside."""
    return re.findall(r"[^\W\d_]+", CODE.sub("", unicodedata.normalize("NFC", text)))


def pairs(deliverable, facts):
    """Return entry and message by context; most entries must be there, and some changed, or nothing is judged."""
    messages = deliverable.po("es.reviewed.po")
    assert len(messages) <= 2000, f"there are {len(messages)} entries"
    by_context = {message.context: message for message in reversed(messages)}
    found = [(entry, by_context[entry["context"]]) for entry in facts.entries if entry["context"] in by_context]
    found = [(entry, message) for entry, message in found if len(texts(message)) == len(entry["shown"])]
    assert all(len(text) <= 2000 for _, message in found for text in texts(message)), "a text has over 2000 signs"
    assert len(found) >= 0.9 * len(facts.entries), f"only {len(found)} of {len(facts.entries)} entries are there"
    changed = sum(texts(message) != entry["shown"] for entry, message in found)
    assert changed >= 0.4 * len(facts.errors), f"only {changed} entries were changed"
    return found


def translated(deliverable, facts, but=()):
    """Return entry, message and each Spanish text that is neither empty nor English; entries of some types left out."""
    return [
        (entry, message, text)
        for entry, message in pairs(deliverable, facts)
        for text in texts(message)
        if text.strip() and text != entry["english"] and not set(entry["planted"]) & set(but)
    ]


@rubric.critical(
    "Entries, order, header, comments and dead entries are those of es.po",
    attachments={LIST: "flags other than fuzzy, the order and the dead entries at the end (`#~`) stay"},
)
def everything_in_its_place(deliverable, facts):
    pairs(deliverable, facts)
    messages = deliverable.po("es.reviewed.po")
    ids = [(message.context, message.id, message.plural_id) for message in messages]
    wanted = [(entry["context"], entry["english"], entry["plural"]) for entry in facts.entries]
    assert Counter(ids) == Counter(wanted), f"lost or new: {sorted(set(ids) ^ set(wanted))[:3]}"
    assert ids == wanted, "the order of the entries is another one"
    for entry, message in zip(facts.entries, messages, strict=True):
        flags = {flag for flag in message.flags if flag != "fuzzy"}
        assert flags == ({"python-format"} if entry["plural"] else set()), f"{message.place} has the flags {flags}"
        assert folded(entry["remark"]) in folded(message.comment), f"{message.place} has lost its comment"
    lines = Counter(line.strip() for line in deliverable.text("es.reviewed.po").split("\n"))
    notes = Counter(f"#. {entry['note']}" for entry in facts.entries if entry["note"])
    kept = notes + Counter(f'#~ msgid "{text}"' for text in facts.dead)
    assert not kept - lines, f"lost: {list(kept - lines)[:3]}"
    head = re.sub(r'"\s*\n"', "", deliverable.text("es.reviewed.po").split("msgctxt", 1)[0])
    assert all(line in head for line in facts.header), "the header is another one"


@rubric.pitfall(
    "Entries without a mistake are as they were, and mended ones keep the rest of the sentence",
    brief="An entry that is right stays\nexactly as it is.",
    attachments={LIST: "Mend what is wrong and leave the rest of the sentence."},
)
def sound_entries_untouched(deliverable, facts):
    for entry, message in pairs(deliverable, facts):
        assert entry["planted"] or texts(message) == entry["shown"], f"{entry['context']}: {texts(message)}"
        # Figures, placeholders and marks are mended without touching a word; other mistakes leave a choice.
        is_wordless = entry["planted"] and not set(entry["planted"]) - {"number", "placeholder", "punctuation"}
        codes = [Counter(CODE.findall(text)) for text in (entry["english"], message.text)]
        if is_wordless and codes[0] == codes[1] and message.text:
            assert words(message.text) == words(entry["spanish"]), f"{entry['context']} was rewritten: {message.text!r}"
        if set(entry["planted"]) & {"term", "address"}:
            old, new = words(entry["shown"][0]), words(message.text)
            kept = sum((Counter(old) & Counter(new)).values())
            assert len(old) < 3 or 3 * kept >= len(old), f"{entry['context']} was rewritten: {message.text!r}"


@rubric.critical(
    "Placeholders are those of the English in every entry",
    attachments={LIST: "What stands in braces, or like %(count)d, is not the same as in the English."},
)
def placeholders_mended(deliverable, facts):
    for entry, message, _ in translated(deliverable, facts):
        wanted = Counter(CODE.findall(entry["plural"] or entry["english"]))
        found = [Counter(CODE.findall(text)) for text in texts(message)]
        assert found[-1] == wanted, f"{entry['context']}: {texts(message)[-1]!r}"
        assert found[0] in (wanted, Counter()) or not entry["plural"], f"{entry['context']}: {texts(message)[0]!r}"


@rubric.critical(
    "Figures are those of the English, written the Spanish way",
    attachments={LIST: "A figure is another one, or not written as here"},
)
def numbers_mended(deliverable, facts):
    for entry, _, text in translated(deliverable, facts, but=["fuzzy"]):
        wanted = Counter(figure.translate(SWAP) for figure in FIGURE.findall(entry["english"]))
        assert Counter(FIGURE.findall(text)) == wanted, f"{entry['context']}: {text!r}"


def assert_terms(deliverable, facts, is_replaced):
    """Assert the words of the term base in every entry, for the replaced term or for all others."""
    for entry, _, text in translated(deliverable, facts, but=["fuzzy"]):
        for term, (english, spanish) in facts.terms.items():
            if (term == facts.basket) == is_replaced and entry["context"] != facts.hotel:
                is_said = re.search(rf"\b{english}\b", CODE.sub("", entry["english"]), re.IGNORECASE)
                is_right = re.search(spanish, text, re.IGNORECASE)
                assert not is_said or is_right, f"{entry['context']}: {text!r} has another word for {term}"


@rubric.critical(
    "Words of the term base are translated with its words",
    attachments={LIST: "A word of termbase.csv is translated with another word than there."},
)
def terms_mended(deliverable, facts):
    assert_terms(deliverable, facts, is_replaced=False)


@rubric.critical(
    "The word that was replaced is gone everywhere", brief="where a word stands there twice, the later day counts"
)
def replaced_term_mended(deliverable, facts):
    assert_terms(deliverable, facts, is_replaced=True)


@rubric.important(
    "Each plural form has the number that it is for",
    attachments={LIST: "A plural form does not have the number that it is for."},
)
def plurals_mended(deliverable, facts):
    for entry, message in pairs(deliverable, facts):
        for noun, text in zip(entry["nouns"], texts(message), strict=False):
            assert re.search(rf"\b{noun}\b", text, re.IGNORECASE), f"{entry['context']}: {text!r}"


@rubric.critical(
    "Nothing is empty or in English any more",
    attachments={LIST: "The Spanish is empty or still English; the entry then has no other mistake."},
)
def untranslated_translated(deliverable, facts):
    for entry, message in pairs(deliverable, facts):
        for text in texts(message) if "untranslated" in entry["planted"] else ():
            bare = CODE.sub("", text)
            assert text != entry["english"] and re.search(r"[^\W\d]{2}", bare), f"{entry['context']} is not translated"
            assert not ENGLISH.search(bare), f"{entry['context']} holds English words: {text!r}"


@rubric.critical(
    "No entry is marked fuzzy, and those that were say what the English says now",
    attachments={LIST: "put the Spanish right where it no longer says the same, and take the mark off"},
)
def fuzzy_entries_settled(deliverable, facts):
    for entry, message in pairs(deliverable, facts):
        assert "fuzzy" not in message.flags, f"{entry['context']} is still marked"
        if "fuzzy" in entry["planted"]:
            (text,) = texts(message)
            wanted = Counter(figure.translate(SWAP) for figure in FIGURE.findall(entry["english"]))
            assert Counter(FIGURE.findall(text)) == wanted, f"{entry['context']}: {text!r}"
            if entry["words"]:
                now, before = (re.search(word, text, re.IGNORECASE) for word in entry["words"])
                assert now and not before, f"{entry['context']}: {text!r}"
            elif entry["shown"] == [entry["spanish"]]:
                assert text == entry["spanish"], f"{entry['context']} was right as it was"


@rubric.important(
    "Spanish questions and exclamations open, and every text ends with the mark of the English",
    attachments={LIST: "or the text does not end with the mark that ends the English"},
)
def punctuation_mended(deliverable, facts):
    for entry, message, text in translated(deliverable, facts):
        assert text.count("¿") == text.count("?") and text.count("¡") == text.count("!"), (
            f"{entry['context']}: {text!r}"
        )
        ends = [mark if (mark := one.strip()[-1:]) in tuple(".?!") else "" for one in (entry["english"], text)]
        assert ends[0] == ends[1], f"{entry['context']}: {text!r} does not end like the English"
        assert not message.plural_id or "\n" not in text, f"{entry['context']} has a line feed"


@rubric.important("Readers are addressed as usted", attachments={LIST: "The reader is addressed as tú. We say usted."})
def readers_addressed_as_usted(deliverable, facts):
    for entry, _, text in translated(deliverable, facts, but=["length"]):  # a short label may be a noun
        assert not FRIENDLY.search(text), f"{entry['context']}: {text!r}"


@rubric.important(
    "No text is longer than the developers' comment allows",
    attachments={LIST: "The text is longer than the developers' comment allows."},
)
def texts_fit(deliverable, facts):
    for entry, _, text in translated(deliverable, facts):
        assert not entry["limit"] or len(text) <= entry["limit"], f"{entry['context']}: {text!r}"


def review(deliverable):
    """Return the rows of review.csv; a few at least and not without end."""
    table = deliverable.csv("review.csv")
    assert 5 <= len(table) <= 500, f"review.csv has {len(table)} rows"
    return table


@rubric.critical(
    "review.csv has exactly one row for each mistake, with its type",
    brief="one row for each mistake, as the checklist says",
    attachments={LIST: "An entry can have two mistakes; it then has a row for each."},
)
def review_lists_the_mistakes(deliverable, facts):
    found = Counter((row["context"], row["type"].casefold()) for row in review(deliverable))
    wanted = Counter((context, kind) for context, kind in facts.errors)
    assert found == wanted, f"missing {sorted(wanted - found)[:4]}, too many {sorted(found - wanted)[:4]}"


@rubric.important(
    "Each row quotes the Spanish as it was and as it is now",
    attachments={LIST: "`was` and `now` the whole Spanish text before and after"},
)
def review_quotes_both_texts(deliverable, facts):
    now = {message.context: {folded(text) for text in texts(message)} for _, message in pairs(deliverable, facts)}
    was = {entry["context"]: {folded(text) for text in entry["shown"]} for entry in facts.entries}
    for row in review(deliverable):
        context = row["context"]
        assert context in was, f"{row.place}: there is no entry {context!r}"
        assert folded(row["was"]) in was[context], f"{row.place}: {row['was']!r} was not the text of {context}"
        assert folded(row["now"]) in now.get(context, ()), f"{row.place}: {row['now']!r} is not the text of {context}"


def folded(text):
    """Text on one line; a line feed may be written as in a po file."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\\n", "\n").split())


def test_po_review(engagement):
    engagement.assert_complete()
