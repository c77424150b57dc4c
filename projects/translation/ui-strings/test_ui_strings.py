"""Rubric: German strings of a web app."""
# hapi-pytest canary 7691e12b-d994-4c5a-be16-5fc5201c9098

import re
import unicodedata
from collections import Counter

from hapi_pytest import Rubric

rubric = Rubric()
GERMAN_MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
NOTE = "style-note.docx"
CODE = re.compile(r"\{[^{}]*\}|</?[^<>]+>")
ENGLISH = re.compile(r"\b(?:the|your?|please|and|with|this|that|are|of|to|for|has|have|been|from)\b", re.IGNORECASE)
FAMILIAR = re.compile(r"\b(?:du|dich|dir|dein(?:e[mnrs]?)?|euch|euer|eure[mnrs]?)\b", re.IGNORECASE)
ORDERS = re.compile(
    r"(?:^|[.!?:] )(?:Versuche? es|Gib|Wähle|Prüfe|Überprüfe|Klicke|Lösche|Öffne|Kontaktiere|Warte|Melde|"
    r"Verwende|Nutze|Schreibe)\b(?! Sie)"
)
MARKS = ".!?:…"


def found_in(deliverable, facts):
    """Return the strings of de.json by path, as far as they are there."""
    found = {}

    def walk(expected, node, path):
        inside = node.mapping() if isinstance(node.value, dict) else {}
        for key, value in expected.items():
            if key in inside and isinstance(value, dict):
                walk(value, inside[key], f"{path}{key}.")
            elif key in inside and isinstance(inside[key].value, str):
                found[path + key] = unicodedata.normalize("NFC", inside[key].value)

    walk(facts.tree, deliverable.json("de.json"), "")
    return {path: found[path] for path in facts.english if path in found}


def german(deliverable, facts):
    """Return the strings by path; most of them must be there and changed, or there is nothing to judge."""
    found = found_in(deliverable, facts)
    changed = sum(text.strip() != facts.english[path] for path, text in found.items())
    assert all(len(text) <= 1000 for text in found.values()), "a string is longer than 1000 characters"
    assert len(found) >= 0.9 * len(facts.english), f"only {len(found)} of {len(facts.english)} strings are there"
    assert changed >= 0.5 * len(facts.english), f"only {changed} of {len(facts.english)} strings are translated"
    return found


def ours(found, facts):
    """Return the strings that are to be translated."""
    return {path: text for path, text in found.items() if path not in facts.kept}


def assert_same_keys(expected, node):
    """Assert the same keys in the same order, and a string wherever the English has one."""
    assert node.keys() == list(expected), f"{node.place} has other keys or another order than en.json"
    for key, value in expected.items():
        if isinstance(value, dict):
            assert_same_keys(value, node[key])
        elif isinstance(value, str):
            assert node[key].text().strip(), f"{node.place}.{key} is empty"


@rubric.critical(
    "de.json has the keys of en.json in the same order, with the German locale and the same revision",
    brief=["the same keys in the same order", "set meta.locale to de-DE", "leave meta.revision alone"],
)
def same_keys_in_the_same_order(deliverable, facts):
    root = deliverable.json("de.json")
    assert_same_keys(facts.tree, root)
    assert root["meta"]["locale"].text() == "de-DE"
    assert root["meta"]["revision"].number() == facts.revision


@rubric.critical(
    "Placeholders and tags are those of the English string",
    attachments={NOTE: "Whatever stands in curly braces or in angle brackets is code"},
)
def code_unchanged(deliverable, facts):
    for path, text in german(deliverable, facts).items():
        code, wanted = Counter(CODE.findall(text)), Counter(CODE.findall(facts.english[path]))
        assert code == wanted, f"{path} has the code {sorted(code)} instead of {sorted(wanted)}"


@rubric.critical(
    "Each pair of plural forms holds the singular and the plural of the noun",
    attachments={NOTE: "in each of the two plural forms (one and other)"},
)
def plural_forms_count_right(deliverable, facts):
    found = german(deliverable, facts)
    for path, (one, many) in facts.plurals.items():
        single, several = found.get(f"{path}.one", ""), found.get(f"{path}.other", "")
        assert re.search(rf"{one}(?:e?s)?\b", single, re.IGNORECASE), f"{path}.one: {single!r} is not a singular"
        assert re.search(rf"{many}n?\b", several, re.IGNORECASE), f"{path}.other: {several!r} is not a plural"


@rubric.critical(
    "Glossary terms are translated with the glossary's words",
    attachments={NOTE: "Where an English term of glossary.csv occurs, its German word is used"},
)
def glossary_words_used(deliverable, facts):
    for path, text in ours(german(deliverable, facts), facts).items():
        wanted = list(facts.terms.get(path, ()))
        for term in facts.rivals.get(path, ()):
            if term not in facts.stale:
                wanted.append(facts.rival_forms[term][facts.current[term]])
        for form in wanted:
            assert re.search(form, CODE.sub("", text), re.IGNORECASE), (
                f"{path}: {text!r} does not use the glossary's word"
            )


@rubric.critical(
    "Terms that stand twice in the glossary are translated by the later row",
    attachments={NOTE: "the row with the later date counts"},
)
def replaced_terms_left_behind(deliverable, facts):
    found = german(deliverable, facts)
    for path, terms in facts.rivals.items():
        for term in [term for term in terms if term in facts.stale and path in found]:
            text = CODE.sub("", found[path])
            forms, now = facts.rival_forms[term], facts.current[term]
            is_new, is_old = (bool(re.search(forms[i], text, re.IGNORECASE)) for i in (now, 1 - now))
            assert is_new and not is_old, f"{path}: {text!r} does not use the later word for {term}"


@rubric.critical(
    "No string is longer than limits.csv allows",
    brief="limits.csv: how many characters fit",
    attachments={"limits.csv": "nav.*"},
)
def length_limits_kept(deliverable, facts):
    for path, text in german(deliverable, facts).items():
        for pattern, limit in facts.limits.items():
            if path == pattern or (pattern.endswith(".*") and path.startswith(pattern[:-1])):
                assert len(text) <= limit, f"{path}: {text!r} has {len(text)} characters, {limit} fit"


@rubric.important(
    "Customers are addressed as Sie throughout",
    attachments={NOTE: "We address customers formally, as Sie, never as du or ihr"},
)
def customers_addressed_formally(deliverable, facts):
    for path, text in ours(german(deliverable, facts), facts).items():
        slip = FAMILIAR.search(text) or (None if path.startswith("buttons.") else ORDERS.search(text))
        assert not slip, f"{path}: {text!r} is informal"


@rubric.important(
    "Every button ends in an infinitive", attachments={NOTE: "Everything under buttons ends in an infinitive"}
)
def buttons_end_in_an_infinitive(deliverable, facts):
    for path, text in german(deliverable, facts).items():
        if path.startswith("buttons."):
            assert re.search(r"(?:en|ern|eln)$", text.strip()), f"{path}: {text!r} does not end in an infinitive"
            assert not re.search(r"\bSie\b", text), f"{path}: {text!r} is an order"


@rubric.critical(
    "Product names, and the strings for lawyers and machines, stay as they are",
    attachments={NOTE: "are names. They stay as they are, inside German sentences too"},
)
def names_and_fixed_strings_kept(deliverable, facts):
    for path, text in german(deliverable, facts).items():
        if path in facts.kept:
            assert text == facts.english[path], f"{path} is changed: {text!r}"
        for name in facts.names:
            assert name in text or name not in facts.english[path], f"{path}: {text!r} has lost the name {name}"


@rubric.important(
    "Nothing else is left in English",
    attachments={NOTE: "Everything else is translated. Only Team, Name, Status and Version may look the same"},
)
def nothing_left_in_english(deliverable, facts):
    for path, text in ours(german(deliverable, facts), facts).items():
        assert path in facts.cognates or text.strip() != facts.english[path], f"{path} is not translated: {text!r}"
        for name in facts.names:
            text = text.replace(name, "")
        words = CODE.sub("", text)
        assert re.search(r"[^\W\d_]{2}", words), f"{path} has no words"
        assert not ENGLISH.search(words), f"{path} still holds English words: {text!r}"


def number_forms(localised):
    """Every way to write the figures and dates of some strings in German."""
    day, month, year = localised["DATE"].split(".")
    size, rows, hour = localised["SIZE"], re.escape(localised["ROWS"]), localised["TIME"].replace(":", "[:.]")
    named = rf"0?{int(month)}\.\s?|{GERMAN_MONTHS[int(month) - 1]}\s"
    return {
        "files.too_big": rf"(?<!\d){size}[\s-]?(?:GB|Gigabyte)",
        "billing.rows": rf"(?<!\d){rows}(?!\d)",
        "account.support_hours": rf"(?<!\d){hour}(?!\d)",
        "account.trial_end": rf"(?<!\d)0?{int(day)}\.\s?(?:{named}){year}",
    }


@rubric.important(
    "Dates, times and numbers are written as in German",
    attachments={NOTE: "The English is American: dates are month/day/year"},
)
def numbers_and_dates_in_german_form(deliverable, facts):
    found = german(deliverable, facts)
    for path, form in number_forms(facts.localised).items():
        text = found.get(path, "")
        assert re.search(form, text), f"{path}: {text!r} does not give the figure as in German"


@rubric.important(
    "Quotation marks are German, and each string ends with the mark of the English one",
    attachments={NOTE: "A string ends with the same mark as the English one"},
)
def punctuation_as_the_note_says(deliverable, facts):
    for path, text in ours(german(deliverable, facts), facts).items():
        english = facts.english[path]
        pairs = english.count("“")
        assert '"' not in text and "”" not in text, f"{path}: {text!r} has quotation marks that are not German"
        assert text.count("„") >= pairs <= text.count("“"), f"{path}: {text!r} lacks German quotation marks"
        marks = [last if (last := line.strip()[-1:]) in MARKS else "" for line in (english, text)]
        assert marks[0] == marks[1], f"{path}: {text!r} does not end as the English string does"


@rubric.pitfall("No string says bitte", attachments={NOTE: "We do not write bitte"})
def no_bitte(deliverable, facts):
    for path, text in german(deliverable, facts).items():
        assert not re.search(r"\bbitte\b", text, re.IGNORECASE), f"{path}: {text!r}"


@rubric.optional("Umlauts can be read in the file", brief="write ä, ö, ü and ß as letters")
def umlauts_readable_in_the_file(deliverable, facts):
    assert german(deliverable, facts)
    raw = unicodedata.normalize("NFC", deliverable.text("de.json"))
    # ä, ö, ü, ß and the capitals, or the two dots of a letter in two parts; the client minds no other code.
    assert not re.search(r"\\u(?:00(?:c4|d6|dc|df|e4|f6|fc)|0308)", raw, re.IGNORECASE), "letters are written as codes"
    assert re.search("[äöü]", raw), "there is no umlaut in the whole file"


def test_ui_strings(engagement):
    engagement.assert_complete()
