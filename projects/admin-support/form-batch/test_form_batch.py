"""Rubric: form batch."""
# hapi-pytest canary 6bdd174f-07da-427d-b87b-36e810f6007f

import re

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
FORMS, UNCLEAR, GUIDE = "forms.csv", "unclear.csv", "typing-guide.md"
VERBATIM = ("surname", "first_name", "street", "town", "email", "postcode", "phone")
QUOTES = str.maketrans("’‘`´", "''''")


def short(number):
    """A form number, postcode or telephone number without the zeros before it; one criterion minds them."""
    return number.strip().lstrip("0")


def digits(text):
    return re.sub(r"\D", "", text)


def same(name, found, wanted):
    """Whether a cell says what was written; spelling of numbers and case are nobody's mistake."""
    if name in ("phone", "postcode"):
        return short(digits(found)) == short(digits(wanted)) and not re.search(r"[a-z?]", found.lower())
    return scalars.folded(found.translate(QUOTES)) == scalars.folded(wanted.translate(QUOTES))


def typed(deliverable, facts):
    """The first row of each form that was typed; which forms are there is another criterion's matter."""
    rows = {}
    for row in deliverable.csv(FORMS):
        rows.setdefault(short(row["form_no"]), row)
    found = {number: rows[short(number)] for number in facts.forms if short(number) in rows}
    assert len(found) * 2 > len(facts.forms), f"{FORMS} has {len(found)} of {len(facts.forms)} forms"
    return found


def special(facts):
    """Cells that other criteria mind: unclear ones, crossed out ones, those of the desk and of two scans."""
    cells = {(number, name) for number, name, _ in facts.unclear}
    for changed in (facts.struck, facts.desk):
        cells |= {(number, name) for number, names in changed.items() for name in names}
    cells |= {(number, name) for number, name in facts.emptied}
    return cells | {(facts.twice["form_no"], name) for name in facts.twice}


def assert_cells(deliverable, facts, cells):
    rows = typed(deliverable, facts)
    for number, name in cells:
        if number in rows:
            found = rows[number][name]
            assert same(name, found, facts.forms[number][name]), f"form {number}, {name}: {found!r}"


def listed(deliverable):
    """The rows of unclear.csv as form number without zeros, field and what was read."""
    rows = deliverable.csv(UNCLEAR)
    assert len(rows), f"{UNCLEAR} has no rows"
    return [(short(row["form_no"]), scalars.folded(row["field"]), row["as_read"]) for row in rows]


@rubric.critical(
    "Every form that counts has one row, in ascending order of form numbers",
    brief="one row for each member, ascending by form number",
    attachments={GUIDE: "One row per form, whatever number of times it went through the scanner."},
)
def every_form_has_one_row(deliverable, facts):
    found = [short(number) for number in deliverable.csv(FORMS).column("form_no")]
    assert found, "there are no rows"
    found = [number for number in found if number != short(facts.void["form_no"])]
    wanted = [short(number) for number in facts.forms]
    assert sorted(found) == sorted(wanted), f"{len(found)} rows, not one for each of {len(wanted)} forms"
    assert found == wanted, "the rows are not in the order of their form numbers"


@rubric.critical(
    "Names and addresses stand there letter for letter",
    brief="a street that somebody abbreviates stays abbreviated",
    attachments={GUIDE: "letter for letter as it stands"},
)
def names_and_addresses_as_written(deliverable, facts):
    left = special(facts)
    cells = [(number, name) for number in facts.forms for name in VERBATIM if (number, name) not in left]
    assert_cells(deliverable, facts, cells)


def assert_dates(deliverable, facts, prints):
    rows, left = typed(deliverable, facts), special(facts)
    seen = 0
    for number, row in rows.items():
        for name in ("born", "signed"):
            if facts.prints[number] in prints and (number, name) not in left:
                found = row.date(name).isoformat()
                assert found == facts.forms[number][name], f"form {number}, {name}: {found}"
                seen += 1
    assert seen, "none of these forms is there"


@rubric.critical(
    "The dates of prints A and B are typed as ISO dates, read day first",
    attachments={GUIDE: "Type YYYY-MM-DD.", "scans-a.pdf": "Date of birth (DD/MM/YYYY)"},
)
def dates_read_day_first(deliverable, facts):
    assert_dates(deliverable, facts, "AB")


@rubric.important(
    "The dates of print C are read month first, as its boxes ask for",
    attachments={
        GUIDE: "Go by what the form prints next to its boxes, our three prints differ",
        "scans-c.txt": "Born (MM/DD/YYYY)",
    },
)
def dates_of_print_c_month_first(deliverable, facts):
    assert_dates(deliverable, facts, "C")


@rubric.critical(
    "The interests are the boxes that are ticked, as codes, and newsletter follows its two boxes",
    brief="what a member asks for on the form itself is for me to answer",
    attachments={GUIDE: "[#] was ticked and then scribbled out, so it is not"},
)
def boxes_become_codes(deliverable, facts):
    for number, row in typed(deliverable, facts).items():
        codes = sorted(code.strip().upper() for code in row["interests"].split(";"))
        assert codes == facts.forms[number]["interests"], f"form {number}: interests are {row['interests']!r}"
        letter = row["newsletter"].casefold()
        assert letter == facts.forms[number]["newsletter"], f"form {number}: newsletter is {letter!r}"


@rubric.important(
    "Deposits are plain numbers, 0 for a dash and empty where there is nothing",
    attachments={GUIDE: "A dash means that nothing was paid, so 0."},
)
def deposits_are_numbers(deliverable, facts):
    for number, row in typed(deliverable, facts).items():
        wanted = facts.forms[number]["deposit"]
        assert (row["deposit"] == "") == (wanted == ""), f"form {number}: deposit is {row['deposit']!r}"
        if wanted:
            found, paid = row.number("deposit"), scalars.number(wanted, "deposit")
            assert abs(found - paid) < 0.001, f"form {number}: deposit is {found:g}"
            assert re.fullmatch(r"[\d.,]+", row["deposit"]), f"form {number}: {row['deposit']!r} is no plain number"


@rubric.important(
    "Where something was crossed out, what stands in its place is typed",
    attachments={GUIDE: "What is crossed out is not there at all; what was written in its place counts."},
)
def crossed_out_is_gone(deliverable, facts):
    assert_cells(deliverable, facts, [(number, name) for number, names in facts.struck.items() for name in names])


@rubric.important(
    "What the desk wrote under Office use is typed instead of what the member wrote",
    attachments={GUIDE: "What stands there counts over what the member wrote, readable or not."},
)
def office_use_counts(deliverable, facts):
    assert_cells(deliverable, facts, [(number, name) for number, names in facts.desk.items() for name in names])


@rubric.critical(
    "Every unreadable field is in unclear.csv once, as the scan shows it",
    brief="`as_read` what the scan shows, with the [?] in it",
)
def unclear_fields_are_listed(deliverable, facts):
    rows = listed(deliverable)
    for number, name, shown in facts.unclear:
        found = [as_read for form, place, as_read in rows if (form, place) == (short(number), name)]
        assert len(found) == 1, f"form {number}, {name}: {len(found)} rows in {UNCLEAR}"
        assert scalars.folded(found[0]) == scalars.folded(shown), f"form {number}, {name}: as read {found[0]!r}"


@rubric.pitfall(
    "A field with [?] is left empty in forms.csv and nothing is worked out for it",
    attachments={GUIDE: "Do not work it out, not even where another form would tell you."},
)
def nothing_is_guessed(deliverable, facts):
    rows = typed(deliverable, facts)
    for number, name, _ in facts.unclear:
        assert number not in rows or rows[number][name] == "", f"form {number}, {name}: {rows[number][name]!r}"
    marked = [number for number, row in rows.items() if any("[?]" in row[name] for name in facts.columns)]
    assert not marked, f"[?] is still there in {marked}"


@rubric.important(
    "What one of two scans shows is typed, an empty field stays empty, and unclear.csv lists neither",
    brief="one row for each field that cannot be read and nothing else of the kind",
    attachments={GUIDE: "An empty field is not an unclear one."},
)
def only_the_unreadable_is_unclear(deliverable, facts):
    both = [(facts.twice["form_no"], name) for name in facts.twice if name != "form_no"]
    assert_cells(deliverable, facts, [*both, *map(tuple, facts.emptied)])
    wanted = {(short(number), name) for number, name, _ in facts.unclear}
    left = (short(facts.void["form_no"]), short(facts.missing))
    for form, name, _ in listed(deliverable):
        if name in facts.columns and form not in left:
            assert (form, name) in wanted, f"form {form}, {name} is in {UNCLEAR}, but can be read"


@rubric.important(
    "Form numbers, postcodes and telephone numbers keep their zeros in front",
    brief="they and the telephone numbers keep the zeros in front",
)
def zeros_are_kept(deliverable, facts):
    for number, row in typed(deliverable, facts).items():
        for name in ("form_no", "postcode", "phone"):
            wanted = number if name == "form_no" else facts.forms[number][name]
            found, wanted = (digits(text) for text in (row[name], wanted))
            assert found == wanted or short(found) != short(wanted), f"form {number}, {name}: {row[name]!r}"
    known = [*facts.forms, facts.void["form_no"], facts.missing]
    for found in deliverable.csv(UNCLEAR).column("form_no"):
        assert found in known or short(found) not in map(short, known), f"{UNCLEAR}: form {found!r}"


@rubric.important(
    "unclear.csv names the form of the slip without a scan and the scan that is not on the slip",
    brief="a form that was scanned but is not on the slip gets one with `not on slip`",
)
def slip_and_scans_are_compared(deliverable, facts):
    rows = listed(deliverable)
    for kind, number in (("no scan", facts.missing), ("not on slip", facts.not_on_slip)):
        found = [(form, as_read) for form, name, as_read in rows if name == kind]
        assert found == [(short(number), "")], f"{kind}: {found}"


@rubric.pitfall(
    "The void form is in neither of the two files",
    attachments={GUIDE: "It goes into neither of the two files."},
)
def void_form_stays_out(deliverable, facts):
    numbers = [*deliverable.csv(FORMS).column("form_no"), *deliverable.csv(UNCLEAR).column("form_no")]
    assert len(numbers) > len(facts.unclear), "hardly anything is typed"
    assert short(facts.void["form_no"]) not in map(short, numbers), "the void form was typed"


def test_form_batch(engagement):
    engagement.assert_complete()
