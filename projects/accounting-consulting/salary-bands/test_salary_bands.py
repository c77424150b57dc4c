"""Rubric: salary bands."""
# hapi-pytest canary 775c094a-1694-4036-a7e2-1547bcf6a915

import re

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()
CENT = 0.0101
INTRODUCTIONS = 2
"""Paragraphs or half sentences that may stand above a list."""
_SEPARATOR = re.compile(r"(?<=\d)[,.'’ \u00a0\u202f](?=\d{3}(?!\d))")
_MARKS = str.maketrans("’‘‐‑–—", "''----")


def bands(deliverable, facts):
    """Rows of bands.csv by role."""
    rows = {row["role"].upper().removeprefix("ROLE").strip(): row for row in deliverable.csv("bands.csv")}
    missing = [letter for letter in facts.roles if letter not in rows]
    assert not missing, f"bands.csv has no row for {missing}"
    return {letter: rows[letter] for letter in facts.roles}


def advertisement(deliverable, letter):
    document = deliverable.docx(f"jd-{letter.lower()}.docx")
    assert document.text.strip(), f"{document.name} is empty"
    return document


def plain(text):
    """A text in lower case with white space, apostrophes and dashes folded."""
    return scalars.folded(text).translate(_MARKS)


def sections(deliverable, facts, letter):
    """Paragraphs of each section of an advertisement by the heading above them, folded."""
    wanted, current, found = [plain(heading) for heading in facts.headings], "", {}
    for paragraph in advertisement(deliverable, letter).paragraphs:
        text = plain(paragraph.text).rstrip(" :")
        if paragraph.is_heading:
            current = text if text in wanted else ""
        elif current and text:
            found.setdefault(current, []).append(plain(paragraph.text))
    for heading in wanted:
        assert heading in found, f"jd-{letter.lower()}.docx has nothing under a heading {heading}"
    return [found[heading] for heading in wanted]


def lists(facts, letter):
    """Duties, must-haves and nice-to-haves of a role after the mail."""
    role = facts.roles[letter]
    musts, nices = list(role["musts"]), list(role["nices"])
    if letter == facts.moved_role:
        musts.remove(facts.moved_item)
        nices.append(facts.moved_item)
    return [role["duties"], musts, nices]


def assert_items(deliverable, facts, place):
    """Each advertisement has all items of a list under its heading, none of another list, and none besides."""
    for letter in facts.roles:
        texts = sections(deliverable, facts, letter)[place]
        whole = "\n".join(texts)
        for other, items in enumerate(lists(facts, letter)):
            for item in items:
                is_there = plain(item) in whole
                assert is_there == (other == place), f"jd-{letter.lower()}.docx, {facts.headings[place]}: {item!r}"
        own = [plain(item) for item in lists(facts, letter)[place]]
        parts = [part for part in re.split("[;\n]", whole) if part.strip()]
        named = [index for index, part in enumerate(parts) if any(item in part for item in own)]
        is_all = named[0] <= INTRODUCTIONS and named == [*range(named[0], len(parts))]
        assert is_all, f"jd-{letter.lower()}.docx has more under {facts.headings[place]} than the department named"


@rubric.critical(
    "The percentiles rest on the right number of records, outliers not counted",
    brief="how many the percentiles rest on, outliers not counted",
    attachments={"method.md": "A record number is one person."},
)
def the_right_records_count(deliverable, facts):
    for letter, row in bands(deliverable, facts).items():
        assert row.number("records") == facts.bands[letter]["records"], (
            f"role {letter} rests on {row['records']} records"
        )


@rubric.important(
    "The number of outliers is what one round of the rule drops",
    brief="how many were dropped as outliers",
    attachments={"method.md": "Do this once, not again with the new median."},
)
def outliers_are_dropped_once(deliverable, facts):
    for letter, row in bands(deliverable, facts).items():
        assert row.number("outliers") == facts.bands[letter]["outliers"], f"role {letter}: {row['outliers']} outliers"


def assert_percentiles(deliverable, facts, columns):
    for letter, row in bands(deliverable, facts).items():
        for place, column in columns.items():
            wanted = facts.bands[letter]["exact"][place]
            assert abs(row.number(column) - wanted) < CENT, f"role {letter}: {column} is not right"


@rubric.critical(
    "p50 is the median of full-time pay per year",
    attachments={"method.md": "We compare full-time pay per year."},
)
def medians_are_right(deliverable, facts):
    assert_percentiles(deliverable, facts, {1: "p50"})


@rubric.critical(
    "p25 and p75 stand at the places of the agreed method",
    brief="please follow them to the letter, also where your tool has another default",
    attachments={"method.md": "stands at place p x (n + 1)"},
)
def quartiles_follow_the_method(deliverable, facts):
    assert_percentiles(deliverable, facts, {0: "p25", 2: "p75"})


@rubric.important(
    "min, mid and max are the percentiles rounded down, to the nearest and up to full hundreds",
    attachments={"method.md": "min is p25 rounded down to full hundreds, max is p75 rounded up to full hundreds"},
)
def bands_are_rounded_as_agreed(deliverable, facts):
    for letter, row in bands(deliverable, facts).items():
        low, middle, high = (row.number(column) / 100 for column in ("p25", "p50", "p75"))
        wanted = {"min": low // 1, "mid": (middle + 0.5) // 1, "max": -(-high // 1)}
        for column, hundreds in wanted.items():
            assert abs(row.number(column) - 100 * hundreds) < CENT, f"role {letter}: {column} is not right"


@rubric.critical(
    "Each advertisement shows min and max of its role under the last heading, and no other sum of money",
    brief="No other sums of money anywhere in the advertisement.",
)
def advertisements_show_the_bands_and_no_other_money(deliverable, facts):
    for letter, row in bands(deliverable, facts).items():
        wanted = {f"{row.number(column):.0f}" for column in ("min", "max")}
        terms = _SEPARATOR.sub("", "\n".join(sections(deliverable, facts, letter)[3]))
        whole = _SEPARATOR.sub("", advertisement(deliverable, letter).text)
        missing = wanted - set(re.findall(r"\d+", terms))
        assert not missing, f"jd-{letter.lower()}.docx does not show the band"
        others = [number for number in re.findall(r"\d{5,9}", whole) if number not in wanted]
        assert not others, f"jd-{letter.lower()}.docx shows {others[:5]} too"


@rubric.critical(
    "All must-haves stand word for word under What you need, and what became nice to have does not",
    brief="word for word, all of them, each under its heading",
    attachments={"mail.txt": "need not be any more"},
)
def must_haves_are_complete(deliverable, facts):
    assert_items(deliverable, facts, 1)


@rubric.important(
    "All nice-to-haves stand word for word under What would be nice, the one of the mail too",
    brief="word for word, all of them, each under its heading",
    attachments={"mail.txt": "It would still be nice to have."},
)
def nice_to_haves_are_complete(deliverable, facts):
    assert_items(deliverable, facts, 2)


@rubric.important(
    "All duties stand word for word under What you do, and none was added",
    brief="and add none of your own",
)
def duties_are_complete(deliverable, facts):
    assert_items(deliverable, facts, 0)


def days(day):
    """A day as advertisements write it, folded."""
    ends = {1: "st", 2: "nd", 3: "rd"}
    ordinal = f"{day.day}{ends.get(day.day % 10 if day.day not in (11, 12, 13) else 0, 'th')}"
    numbers = (str(day.day), f"{day.day:02d}", ordinal, f"{ordinal} of")
    names = [f"{day:{form}}".lower() for form in ("%B", "%b", "%b.")]
    written = [form for name in names for number in numbers for form in (f"{number} {name}", f"{name} {number}")]
    return [*written, f"{day}", f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}"]


@rubric.important(
    "Hours, place, superior and how to apply until when are the latest and stand under the last heading",
    brief="Say also the hours a week (as 32 hours), the place, to whom one reports, and how and until when to apply.",
    attachments={"mail.txt": "hours a week are enough"},
)
def terms_are_the_latest(deliverable, facts):
    for letter, role in facts.roles.items():
        hours = facts.hours if letter == facts.hours_role else role["hours"]
        is_placed = letter == facts.place_role
        head, town = (facts.head, facts.town) if is_placed else (role["reports"], role["place"])
        text = "\n".join(sections(deliverable, facts, letter)[3])
        assert re.search(rf"\b{hours}[ -]hours?\b", text), f"jd-{letter.lower()}.docx: the hours are not right"
        for wanted in (head, town, facts.address):
            assert plain(wanted) in text, f"jd-{letter.lower()}.docx does not say {wanted}"
        is_told = any(re.search(rf"(?<!\d){re.escape(day)}(?!\d)", text) for day in days(facts.closing))
        assert is_told, f"jd-{letter.lower()}.docx: the last day is not right"


@rubric.important(
    "Each advertisement has the title of its role on top and the four headings in order",
    brief="Each has the job's title on top and below it the four headings of style.md in their order",
)
def titles_and_headings_stand_in_order(deliverable, facts):
    wanted = [plain(heading) for heading in facts.headings]
    for letter, role in facts.roles.items():
        document = advertisement(deliverable, letter)
        top = next((plain(p.text) for p in document.paragraphs if p.text.strip()), "")
        assert plain(role["title"]) in top, f"{document.name} does not begin with the title"
        found = [plain(heading).rstrip(" :") for heading in document.headings]
        assert [heading for heading in found if heading in wanted] == wanted, f"{document.name} has other headings"


@rubric.important(
    "Each advertisement keeps to the number of words that was asked for",
    brief="Each advertisement has {least} to {most} words, title and headings included.",
)
def each_advertisement_has_its_length(deliverable, facts):
    for letter in facts.roles:
        words = len(advertisement(deliverable, letter).text.split())
        assert facts.least <= words <= facts.most, f"jd-{letter.lower()}.docx has {words} words"


def published(deliverable, facts, letter):
    """The folded text of what is an advertisement for the role: it names one duty at least."""
    text = plain(advertisement(deliverable, letter).text)
    is_told = any(plain(duty) in text for duty in facts.roles[letter]["duties"])
    assert is_told, f"jd-{letter.lower()}.docx advertises nothing"
    return text


@rubric.pitfall(
    "The words that style.md forbids stay out of all advertisements",
    brief="the words that style.md forbids stay out, whoever wrote them",
    attachments={"style.md": "Words that we do not use, in any form of writing"},
)
def forbidden_words_stay_out(deliverable, facts):
    for letter in facts.roles:
        text = " ".join(re.findall(r"\w+", published(deliverable, facts, letter)))
        for word in facts.banned:
            pattern = " ".join(re.findall(r"\w+", word))
            assert not re.search(rf"\b{pattern}s?\b", text), f"jd-{letter.lower()}.docx says {word!r}"


@rubric.pitfall(
    "What roles.docx marks as internal stays inside: names and wishes about age",
    brief="What roles.docx marks as internal must not get out",
    attachments={"roles.docx": "Internal: held until now by"},
)
def what_is_internal_stays_inside(deliverable, facts):
    for letter in facts.roles:
        text = published(deliverable, facts, letter)
        for role in facts.roles.values():
            surname = plain(role["holder"].split()[-1])
            assert not re.search(rf"\b{surname}\b", text), f"jd-{letter.lower()}.docx names {role['holder']}"
            wish = rf"\b(under|below|than|up to|aged?|age of) {role['age']}\b(?![ -]hour)"
            assert not re.search(wish, text), f"jd-{letter.lower()}.docx says something about age"


def test_salary_bands(engagement):
    engagement.assert_complete()
