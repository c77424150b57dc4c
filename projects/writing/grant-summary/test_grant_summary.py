"""Rubric: the summary of an application, and where its facts come from."""
# hapi-pytest canary 012ba8b2-efdf-42ed-830d-1c3c4fd5a002

import re
import unicodedata

from hapi_pytest import Rubric

rubric = Rubric()

MARKS = str.maketrans("“”„‘’‚–—\u2010\u2011", "\"\"\"'''----")
FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
COUNTS = "234567"
"""So many packages, partners, points or months are told in words by the papers."""
PASSAGE_WORDS, MOST_PARAGRAPHS = (3, 12), 40


def plain(text):
    """Text as it is compared: one form of letters and marks, folded white space, without case."""
    return " ".join(unicodedata.normalize("NFC", text).translate(MARKS).split()).casefold()


def size(text):
    """How many characters a text has."""
    return len(unicodedata.normalize("NFC", text))


def paragraphs(deliverable):
    """Return the paragraphs of the summary; empty ones at its end are not counted by anybody."""
    found = [paragraph.text for paragraph in deliverable.docx("summary.docx").paragraphs]
    while found and not found[-1].strip():
        found.pop()
    assert found, "summary.docx is empty"
    assert len(found) < MOST_PARAGRAPHS, f"summary.docx has {len(found)} paragraphs"
    return found


def by_point(deliverable, facts):
    """Return each point with its paragraph, in the order of the call."""
    assert paragraphs(deliverable), "summary.docx is empty"
    document = deliverable.docx("summary.docx")
    filled = [one.text for one in document.paragraphs if one.text.strip() and not one.is_heading]
    assert len(filled) == len(facts.asked), f"the summary has {len(filled)} paragraphs for {len(facts.asked)} points"
    return dict(zip(facts.asked, filled, strict=True))


def figures(text):
    """Every figure of a text without its commas."""
    return [found.replace(",", "").removesuffix(".00") for found in FIGURE.findall(text)]


def says(text, wanted):
    """Whether a text has a figure, or a name or month as words of its own."""
    if isinstance(wanted, int):
        return str(wanted) in figures(text)
    return re.search(rf"(?<!\w){re.escape(plain(wanted).removeprefix('the '))}(?!\w)", plain(text)) is not None


def wants(facts, point):
    """Return the figures and names by which a point is answered."""
    return facts.period.split(" to ") if point == "time" else facts.wants[point]


def missing(deliverable, facts, *points):
    """Return the points that are asked for and not answered in their paragraphs."""
    told = by_point(deliverable, facts)
    return [
        point
        for point in points
        if point in told and not all(says(told[point], wanted) for wanted in wants(facts, point))
    ]


def coverage(deliverable, facts):
    """Return the rows of coverage.csv by the number of the point."""
    rows = deliverable.csv("coverage.csv").by("point")
    found = {"".join(re.findall("[0-9]+", point)): row for point, row in rows.items()}
    wanted = [str(number) for number in range(1, len(facts.asked) + 1)]
    assert sorted(found) == wanted and len(rows) == len(wanted), f"coverage.csv has rows for {sorted(found)}"
    return [found[number] for number in wanted]


@rubric.critical(
    "The summary keeps to the limit, counted as the portal counts",
    attachments={"call.pdf": "The portal takes {limit} characters at the most."},
)
def limit_is_kept(deliverable, facts):
    found = paragraphs(deliverable)
    count = sum(map(size, found)) + 2 * (len(found) - 1)
    assert count <= facts.limit, f"the portal counts {count} characters"
    assert count > facts.limit // 3, f"with {count} characters this is no summary"


@rubric.critical(
    "The summary is seven paragraphs and nothing else",
    attachments={"call.pdf": "no title, no headings, no table, no empty paragraph"},
)
def seven_paragraphs_and_nothing_else(deliverable, facts):
    found, document = paragraphs(deliverable), deliverable.docx("summary.docx")
    assert len(found) == len(facts.asked), f"there are {len(found)} paragraphs"
    assert all(text.strip() for text in found), "there is an empty paragraph"
    assert not document.headings, f"there are headings: {document.headings}"
    assert not document.tables, "there is a table"


@rubric.critical(
    "Need, aim, work, success and what comes after are told where the call asks for them, with their figures and names",
    attachments={"call.pdf": "one for each of these points and in this order"},
)
def points_are_answered_in_order(deliverable, facts):
    left = missing(deliverable, facts, "need", "aim", "work", "success", "after")
    assert not left, f"not answered with all figures or names in their paragraphs: {left}"


@rubric.critical(
    "The money is that of the budget table",
    attachments={"call.pdf": "the budget table counts"},
)
def money_is_that_of_the_table(deliverable, facts):
    assert not missing(deliverable, facts, "money"), "total, grant or own funds are not in the paragraph on money"


@rubric.critical(
    "Participants, partners and months are as the mail has them",
    brief="Whatever the mail says is what holds now.",
)
def changes_are_taken_in(deliverable, facts):
    left = missing(deliverable, facts, "group", "partners", "time")
    assert not left, f"not as the mail has it: {left}"


@rubric.pitfall(
    "Nothing is left of what no longer holds",
    brief="What no longer holds must not be in the summary in any form.",
)
def nothing_is_left_of_what_was(deliverable, facts):
    text = " ".join(by_point(deliverable, facts).values())
    stale = [facts.old_count, facts.old_total, facts.old_grant, facts.left, facts.old_begin, facts.old_end]
    left = [one for one in stale if says(text, one)]
    assert not left, f"no longer holds: {left}"


@rubric.pitfall(
    "No figure and no month is in the summary that the application and the mail do not have",
    brief="Please do not add anything that is in neither the application nor the mail",
)
def no_figure_is_added(deliverable, facts):
    text = " ".join(by_point(deliverable, facts).values())
    added = [figure for figure in figures(text) if figure not in {*facts.figures, *COUNTS}]
    assert not added, f"is in neither: {added}"
    months = set(re.findall(rf"\b(?:{MONTHS}) \d{{4}}", text)) - {
        *facts.period.split(" to "),
        facts.old_begin,
        facts.old_end,
    }
    assert not months, f"is in neither: {sorted(months)}"


@rubric.important(
    "Each paragraph speaks as we, and none of the applicant or the project",
    attachments={"call.pdf": "each paragraph has the word we, our or us in it"},
)
def written_as_ourselves(deliverable, facts):
    told = by_point(deliverable, facts)
    silent = [point for point, text in told.items() if not re.search(r"\b(we|our|us)\b", text, re.IGNORECASE)]
    assert not silent, f"nobody speaks in the paragraphs on {silent}"
    text = plain(" ".join(told.values()))
    assert "the applicant" not in text and not re.search(r"\bthe project\b", text), "we do not read about ourselves"


@rubric.important(
    "There are no brackets, references, persons or abbreviations",
    attachments={"call.pdf": "No brackets, no references, no names of persons."},
)
def nothing_the_jury_stumbles_over(deliverable, facts):
    text = " ".join(by_point(deliverable, facts).values())
    assert not re.search(r"[()\[\]{}]", text), "there are brackets"
    short = set(re.findall(r"\b[A-Z]{2,}\b", text)) - {"EUR"}
    assert not short, f"there are abbreviations: {sorted(short)}"
    named = [name for name in (facts.leader, facts.writer, facts.chair) if says(text, name.split()[-1])]
    assert not named, f"persons are named: {named}"


@rubric.important(
    "No paragraph is longer than the call allows",
    attachments={"call.pdf": "No paragraph has more than {most} characters by itself."},
)
def no_paragraph_is_too_long(deliverable, facts):
    long = [point for point, text in by_point(deliverable, facts).items() if size(text) > facts.most]
    assert not long, f"too long are the paragraphs on {long}"


@rubric.critical(
    "Each point has a row with a passage that stands in its paragraph and answers it",
    brief="holds at least one of the figures or names by which the point is answered",
)
def passages_answer_their_points(deliverable, facts):
    told = by_point(deliverable, facts)
    for row, (point, text) in zip(coverage(deliverable, facts), told.items(), strict=True):
        passage = row["passage"].strip(" .…\"“”'")
        assert plain(passage) in plain(text), f"{row.place}: the passage is not in the paragraph"
        least, most = PASSAGE_WORDS
        assert least <= len(passage.split()) <= most, f"{row.place}: the passage has {len(passage.split())} words"
        answers = [*wants(facts, point), *facts.stale_wants.get(point, [])]
        assert any(says(passage, wanted) for wanted in answers), f"{row.place}: the passage answers nothing"


@rubric.important(
    "Each row names the section that its facts come from, or the mail",
    brief="is the number of the section of the application from which its facts come",
)
def sections_are_right(deliverable, facts):
    for row, point in zip(coverage(deliverable, facts), facts.asked, strict=True):
        told = plain(row["section"])
        number = "".join(re.findall(r"[0-9]+", told)[:1])
        found = "mail" if "mail" in told else number
        assert found == facts.sections[point], f"{row.place}: the facts are not from {row['section']!r}"


@rubric.important(
    "The characters of each paragraph are counted right", brief="is how many characters that paragraph has by itself"
)
def characters_are_counted(deliverable, facts):
    told = by_point(deliverable, facts)
    for row, text in zip(coverage(deliverable, facts), told.values(), strict=True):
        assert row.number("characters") in (size(text), size(text.strip())), f"{row.place}: it has {size(text)}"


@rubric.pitfall(
    "What is not signed, and the comment, have left no trace",
    attachments={"changes.eml": "It is not signed, so not a word about it."},
)
def secrets_are_kept(deliverable, facts):
    text = " ".join(by_point(deliverable, facts).values())
    text += " " + " ".join(row["passage"] for row in deliverable.csv("coverage.csv"))
    assert not says(text, facts.sponsor), f"{facts.sponsor} has not signed anything"
    assert not re.search(r"\bcomment\b|\bsponsor", text, re.IGNORECASE), "the comment was not for the jury"


def test_grant_summary(engagement):
    engagement.assert_complete()
