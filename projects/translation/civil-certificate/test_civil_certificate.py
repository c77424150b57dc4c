"""Rubric: English translation of a birth record."""
# hapi-pytest canary 5db56fea-6652-4ec7-a2de-42bb1e9fa78f

import functools
import re
import unicodedata

from hapi_pytest import Rubric

rubric = Rubric()
RULES = "house-rules.md"
MARKS = str.maketrans("“”„«»‘’‚–—‑−º°", '"""""' + "'''" + "----" + "oo")


@functools.lru_cache(maxsize=4096)
def plain(text):
    """Text in one form of letters, with straight quotes, plain dashes and folded white space."""
    return " ".join(unicodedata.normalize("NFC", text).translate(MARKS).replace("…", "...").split())


def has(text, words):
    """Whether a text holds words or a number as words or a number of their own; capitals do not matter."""
    pattern = rf"(?<![\w$]){re.escape(plain(words).casefold())}(?!\w|[.,:$][0-9])"
    return re.search(pattern, plain(text).casefold()) is not None


def entries(deliverable, facts):
    """Return what stands beside each field; most fields must be there and filled in, or nothing is judged."""
    found = {}
    for table in deliverable.docx("record.en.docx").tables:
        for row in table:
            if len(row) > 1 and plain(row[0]).rstrip(":") in facts.fields:
                found.setdefault(plain(row[0]).rstrip(":"), plain(row[1]))
    filled = [label for label, entry in found.items() if entry]
    assert len(filled) >= 0.8 * len(facts.fields), f"only {len(filled)} fields are filled in"
    return found


def rows_below(deliverable, *header):
    """Return the rows of the table with this header, without empty ones."""
    for table in deliverable.docx("record.en.docx").tables:
        if table and [plain(cell).casefold() for cell in table[0]] == [name.casefold() for name in header]:
            rows = [[plain(cell) for cell in row] for row in table[1:] if any(cell.strip() for cell in row)]
            assert rows and len(rows) <= 100, f"the table {header} has {len(rows)} rows"
            return rows
    raise AssertionError(f"there is no table with the header {header}")


@rubric.critical(
    "Headings and fields are those of the form, in its order, and every field is filled in",
    attachments={RULES: "its headings, the names of its fields and their order. Every field is filled in."},
)
def form_as_it_was(deliverable, facts):
    found = entries(deliverable, facts)
    assert list(found) == list(facts.fields), "fields are lost, renamed or moved"
    empty = [label for label, entry in found.items() if not entry.strip("_ ")]
    assert not empty, f"nothing is beside {empty}"
    headings = [plain(heading) for heading in deliverable.docx("record.en.docx").headings]
    assert [one for one in headings if one in facts.headings] == list(facts.headings), f"the headings are {headings}"


@rubric.critical(
    "Registration and birth have the right days, the one taken back left out",
    attachments={RULES: "Where the writer takes something back (digo), what he says afterwards counts."},
)
def dates_of_the_entry(deliverable, facts):
    found = entries(deliverable, facts)
    for label, day in facts.dates.items():
        assert has(found.get(label, day), day), f"{label}: {found[label]!r}"
    assert not has(found.get("Date of birth", ""), facts.taken_back), "the day that was taken back is there too"


@rubric.important(
    "The time of birth and the ages are given in figures",
    attachments={RULES: "Times as in 09:05 and 21:05. Ages in figures."},
)
def hour_and_ages_in_figures(deliverable, facts):
    found = entries(deliverable, facts)
    for label, figure in facts.figures.items():
        assert has(found.get(label, figure), figure), f"{label}: {found[label]!r}"


@rubric.critical(
    "Persons and the child's first name stand in their fields, letter for letter",
    attachments={RULES: "stay as they are spelt in the record, with all accents"},
)
def persons_as_written(deliverable, facts):
    found = entries(deliverable, facts)
    for label, names in facts.names.items():
        for name in names:
            assert plain(name) in found.get(label, plain(name)), f"{label}: {found[label]!r}"


@rubric.pitfall(
    "What cannot be read is marked, and nobody's guess is used",
    attachments={RULES: "we do not use them, not even when they are right"},
)
def unread_stays_unread(deliverable, facts):
    found = entries(deliverable, facts)
    for label in ("Mother: place of birth", "Witness 2: name"):
        assert "[illegible]" in found.get(label, "[illegible]").casefold(), f"{label}: {found[label]!r}"
    assert not has(deliverable.docx("record.en.docx").text, facts.guess), "the typist's guess is in the form"


@rubric.critical(
    "Numbers of entry, book and folio stand as in the record",
    attachments={RULES: "as they stand, zeros included; a folio as in 12 verso"},
)
def numbers_as_they_stand(deliverable, facts):
    found = entries(deliverable, facts)
    for label, number in facts.numbers.items():
        assert has(found.get(label, number), number), f"{label}: {found[label]!r}"


@rubric.important(
    "Occupations are the glossary's words, and sex and filiation are told",
    attachments={RULES: "Sex is male or female. Occupations and offices by glossary.csv."},
)
def occupations_by_the_glossary(deliverable, facts):
    found = entries(deliverable, facts)
    for label, trade in {**facts.trades, "Sex": facts.sex, "Filiation": "legitimate"}.items():
        assert has(found.get(label, trade), trade), f"{label}: {found[label]!r}"


@rubric.important(
    "Places are parish and municipality by name, and streets stay Portuguese",
    attachments={RULES: "A residence is the street and the number, then the town."},
)
def places_told_to_a_stranger(deliverable, facts):
    found = entries(deliverable, facts)
    for label, parts in facts.places.items():
        for kind, name in parts:
            entry = found.get(label, f"{kind} {name}")
            assert has(entry, name) and kind in entry.casefold(), f"{label}: {entry!r}"


@rubric.pitfall(
    "Fields on which the record is silent say so",
    attachments={RULES: "does not say is `[not stated]`, however obvious it may seem"},
)
def nothing_invented(deliverable, facts):
    found = entries(deliverable, facts)
    for label in facts.not_stated:
        entry = found.get(label, "[not stated]")
        assert entry.casefold().strip(" .") == "[not stated]", f"{label}: {entry!r}"


@rubric.critical(
    "Each marginal note has a row with its date and all it tells",
    attachments={RULES: "one row each with its number, the date of what it tells, and the whole of it in English"},
)
def marginal_notes_in_full(deliverable, facts):
    entries(deliverable, facts)
    rows = rows_below(deliverable, "No.", "Date", "Text")
    assert len(rows) == len(facts.margin), f"there are {len(rows)} marginal notes"
    for number, (row, (day, *parts)) in enumerate(zip(rows, facts.margin, strict=True), 1):
        assert has(row[0], str(number)), f"marginal note {number} has the number {row[0]!r}"
        assert has(row[1], day), f"marginal note {number} has the date {row[1]!r}"
        for part in parts:
            assert plain(part).casefold() in row[2].casefold(), f"marginal note {number}: {part!r} is not told"


@rubric.important(
    "Stamps and signatures stand in brackets in the record's order",
    attachments={RULES: "one row each, in the order in which the record has them from top to bottom"},
)
def stamps_and_signatures_in_order(deliverable, facts):
    entries(deliverable, facts)
    marks = [row[-1].casefold().replace(" ]", "]") for row in rows_below(deliverable, "No.", "Mark")]
    assert len(marks) == len(facts.marks), f"there are {len(marks)} rows"
    for mark, wanted in zip(marks, facts.marks, strict=True):
        assert mark == plain(wanted).casefold(), f"{mark!r} stands where another mark should"


def notes(deliverable):
    """Return the rows of notes.csv."""
    table = deliverable.csv("notes.csv")
    assert 1 <= len(table) <= 200, f"notes.csv has {len(table)} rows"
    return table


@rubric.critical(
    "notes.csv has one row for each note that the rules ask for, and no others",
    attachments={RULES: "One row for each note that these rules ask for, and no others."},
)
def notes_that_the_rules_ask_for(deliverable, facts):
    found = sorted((plain(row["place"]).casefold(), row["type"].casefold()) for row in notes(deliverable))
    wanted = sorted((place.casefold(), kind) for place, kind, _ in facts.notes)
    assert found == wanted, (
        f"missing {[n for n in wanted if n not in found]}, other {[n for n in found if n not in wanted]}"
    )


@rubric.important(
    "Each note quotes the record word for word and has a remark, and the statement counts them",
    brief="only their number goes into the statement at the end",
    attachments={RULES: "`source` is what stands in the record there, word for word in Portuguese."},
)
def notes_quote_the_record(deliverable, facts):
    record = plain(facts.record).casefold()
    for row in notes(deliverable):
        source = plain(row["source"]).strip('"{} ').casefold()
        assert len(source) > 2 and source in record, f"{row.place}: {row['source'][:80]!r} is not in the record"
        assert re.search(r"\w{3}", row["remark"]), f"{row.place}: there is no remark"
    said = re.findall(r"comes with ([0-9]{1,3}) notes?\b", plain(deliverable.docx("record.en.docx").text).casefold())
    assert said == [str(len(notes(deliverable)))], f"the statement says {said}"


def test_civil_certificate(engagement):
    engagement.assert_complete()
