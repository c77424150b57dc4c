"""Rubric: contact clean-up."""
# hapi-pytest canary a041277c-1922-4fb5-84b7-c6121440d823

import re
from collections import Counter

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
CLEAN, LOG, RULES = "clean.csv", "merged_log.csv", "rules.md"
ALIKE = ("box", "line", "name")
MERGED = ("mail", "phone", "chain", "wait", "no")


def short(number):
    """An id without zeros in front and in capitals; one criterion minds the zeros."""
    return number.strip().lstrip("0").upper()


def ids(deliverable):
    found = [short(number) for number in deliverable.csv(CLEAN).column("id")]
    assert found, f"{CLEAN} has no lines"
    return found


def clean(deliverable, facts, wanted):
    """Lines of clean.csv for people of whom something is checked; who is there is another criterion's matter."""
    rows = {}
    for row in deliverable.csv(CLEAN):
        rows.setdefault(short(row["id"]), row)
    people = [number for number, person in facts.people.items() if wanted(person)]
    found = [(rows[short(number)], facts.people[number]) for number in people if short(number) in rows]
    assert len(found) * 2 > len(people), f"{CLEAN} has {len(found)} of {len(people)} people who are looked for"
    return found


def is_odd(person):
    """Whether the phone was written in a way that has a sentence of its own in the rules."""
    return person["kind"] == "odd" or (person["kind"] == "plain" and person["is_newer"])


def assert_same(row, person, name):
    found, wanted = scalars.folded(row[name]), scalars.folded(person[name])
    if name == "phone":
        found = re.sub(r"^'", "", found)  # as spreadsheets mark text
    assert found == wanted, f"{row['id']}, {name}: {row[name]!r}"


def assert_phones(deliverable, facts, wanted):
    for row, person in clean(deliverable, facts, wanted):
        assert_same(row, person, "phone")


def assert_merged(deliverable, facts, kinds):
    """Assert that only the kept line of these people is left."""
    left = ids(deliverable)
    kept = {number for number, person in facts.people.items() if person["kind"] in kinds}
    there = [number for number, other in facts.removed.items() if other in kept and short(number) in left]
    assert not there, f"still there besides another line of the same person: {there[:6]}"
    gone = [number for number in kept if short(number) not in left]
    assert len(gone) * 2 < len(kept), f"these people are gone altogether: {sorted(gone)[:6]}"


@rubric.critical(
    "Everybody without a double has one line, and no id stands there twice",
    brief="`clean.csv`, one line per person",
    attachments={RULES: "The same id twice is one line printed twice"},
)
def everybody_has_one_line(deliverable, facts):
    found = ids(deliverable)
    assert len(found) == len(set(found)), "an id stands there twice"
    alone = ("plain", "odd", "bad")
    missing = [n for n, person in facts.people.items() if person["kind"] in alone and short(n) not in found]
    assert not missing, f"not on the list: {missing[:6]}"
    known = {short(number) for number in [*facts.people, *facts.removed]}
    invented = [number for number in found if number not in known]
    assert not invented, f"ids that nobody has: {invented[:6]}"


@rubric.critical(
    "Lines with the same mail address are one person, however it is written",
    attachments={RULES: "two lines with the same usable mail address"},
)
def one_mailbox_is_one_person(deliverable, facts):
    assert_merged(deliverable, facts, ("mail", "wait", "no"))


@rubric.critical(
    "Lines with the same phone number and last name are one person, chains included",
    attachments={RULES: "or with the same usable phone number and the same last name"},
)
def one_phone_and_name_is_one_person(deliverable, facts):
    assert_merged(deliverable, facts, ("phone", "chain"))


@rubric.pitfall(
    "People who share a firm's mailbox, a switchboard or a name stay two people",
    brief="do not leave out somebody because they look like somebody else",
    attachments={RULES: "Nothing else makes two lines one person, a name alone least of all."},
)
def look_alikes_stay_apart(deliverable, facts):
    left = ids(deliverable)
    lost = [n for n, person in facts.people.items() if person["kind"] in ALIKE and short(n) not in left]
    assert not lost, f"merged with somebody else: {lost}"


@rubric.critical(
    "Phone numbers are plus, country code and number in one go",
    attachments={RULES: "`+`, country code and number in one go"},
)
def phones_are_complete(deliverable, facts):
    assert_phones(deliverable, facts, lambda p: p["kind"] not in (*MERGED, *ALIKE, "bad") and not is_odd(p))


@rubric.important(
    "Numbers with an odd zero, a foreign code or without Excel's zero are right",
    attachments={RULES: "its zero is part of the number and stays"},
)
def odd_phones_are_right(deliverable, facts):
    assert_phones(deliverable, facts, is_odd)


@rubric.pitfall(
    "Addresses and numbers that cannot be used are emptied, not repaired",
    attachments={RULES: "An unusable address is emptied, never repaired: we do not guess."},
)
def nothing_is_repaired(deliverable, facts):
    for row, person in clean(deliverable, facts, lambda p: p["kind"] == "bad"):
        assert_same(row, person, "email")
        assert_same(row, person, "phone")


@rubric.critical(
    "Of each column of a merged person the newest value that is not empty is kept",
    attachments={RULES: "Of each column the newest line that has something in it wins"},
)
def newest_value_wins(deliverable, facts):
    for row, person in clean(deliverable, facts, lambda p: p["kind"] in MERGED):
        for name in ("company", "email", "phone"):
            assert_same(row, person, name)


@rubric.important(
    "Whoever said no to the newsletter in any line gets none",
    attachments={RULES: 'one "no" anywhere is a "no", however old'},
)
def one_no_is_a_no(deliverable, facts):
    for row, person in clean(deliverable, facts, lambda p: p["kind"] not in ALIKE):
        assert_same(row, person, "newsletter")


@rubric.pitfall(
    "People who asked to be forgotten are gone with all their lines, and so are the test entries",
    attachments={RULES: "All lines of that person leave the list, the ones without the word too."},
)
def erased_and_tests_are_gone(deliverable, facts):
    left = ids(deliverable)
    there = [number for number, kept in facts.removed.items() if not kept and short(number) in left]
    assert not there, f"should have left the list: {there}"


@rubric.critical(
    "The log has one line for each id that left, with the id under which the person goes on",
    brief="one line for each id that is in one of the two files and no longer in clean.csv",
)
def log_says_where_everybody_went(deliverable, facts):
    rows = [(short(row["removed_id"]), short(row["kept_id"])) for row in deliverable.csv(LOG)]
    wanted = {short(number): short(kept) for number, kept in facts.removed.items()}
    gone = [number for number, _ in rows]
    twice = sorted(number for number, times in Counter(gone).items() if times > 1)
    assert not twice, f"more than once in the log: {twice[:6]}"
    forgotten, extra = ([n for n in a if n not in b] for a, b in ((wanted, gone), (gone, wanted)))
    assert not forgotten, f"not in the log: {forgotten[:6]}"
    assert not extra, f"did not leave the list: {extra[:6]}"
    other = [number for number, kept in rows if wanted[number] != kept]
    assert not other, f"went to another id: {other[:6]}"


@rubric.important(
    "Names are split without titles, small words with the last name, beside their firm and two letters of the country",
    attachments={RULES: "Without a comma the last word is the last name"},
)
def names_and_countries_are_in_order(deliverable, facts):
    for row, person in clean(deliverable, facts, lambda p: p["kind"] not in ALIKE):
        firm = () if person["kind"] in MERGED else ("company",)
        for name in ("first_name", "last_name", "country", *firm):
            assert_same(row, person, name)


@rubric.important(
    "Mail addresses are lower case, and the newest date stands there as YYYY-MM-DD",
    attachments={RULES: "In the clean list always YYYY-MM-DD."},
)
def mail_and_dates_have_one_form(deliverable, facts):
    for row, person in clean(deliverable, facts, lambda p: p["kind"] not in ALIKE):
        assert row.date("updated").isoformat() == person["updated"], f"{row['id']}: {row['updated']}"
        assert re.search(r"[A-Z]|mailto", row["email"]) is None, f"{row['id']}: {row['email']!r}"
        if person["kind"] not in (*MERGED, "bad"):
            assert_same(row, person, "email")


@rubric.important(
    "clean.csv has the asked columns and no others, and ids keep their zeros in both files",
    brief=["The mailing service refuses a file with any other column", "The ids keep their zeros in front."],
)
def import_takes_the_file(deliverable, facts):
    table = deliverable.csv(CLEAN)
    assert sorted(map(scalars.folded, table.header)) == sorted(facts.columns), f"the columns are {table.header}"
    known = {short(number): number for number in [*facts.people, *facts.removed]}
    found = [*table.column("id"), *(row[name] for row in deliverable.csv(LOG) for name in ("removed_id", "kept_id"))]
    cut = [text for text in found if text and known.get(short(text), text) != text.upper()]
    assert found and not cut, f"without their zeros: {cut[:6]}"


def test_contact_clean_up(engagement):
    engagement.assert_complete()
