"""Rubric: a proofread report and the list of its corrections."""
# hapi-pytest canary 9166ed21-2e96-409e-94d3-c72903106a06

import difflib
import functools
import re
from typing import NamedTuple

from hapi_pytest import Rubric

rubric = Rubric()

MARK = re.compile(r"⟦([^|⟧]*)\|([^|⟧]*)\|([^|⟧]*)\|([^⟧]*)⟧")
MARKS = str.maketrans("“”„‟‘’‚`´\u2010\u2011", "\"\"\"\"'''''--")
PROTECTED = ("quote", "leave", "fact")
LOOKS = {"t": "title", "h": "heading", "b": "list", "c": "caption"}
"""What the name of a style has in it; running text has none of these."""
MOST_WORDS, MOST_QUERIES, MOST_ROWS = 12, 6, 300


class Region(NamedTuple):
    """A place of the report that is wrong, or that must stay for a reason of its own."""

    kind: str
    rule: str
    was: tuple[int, int]
    now: tuple[int, int]


class Read(NamedTuple):
    """One paragraph or cell of the report and what became of it."""

    was: str
    regions: list[Region]
    astray: frozenset[int]
    """Indexes of the regions that are not as they should be; -1 for the words outside them."""


def plain(text):
    """Text with straight quotes, plain hyphens and folded white space; none of these is anybody's mistake."""
    return " ".join(text.translate(MARKS).split())


def parsed(marked, handed):
    """Return the paragraph as it was, as it should be, and its regions; of two right forms the one that was taken."""
    was, now, regions, end = "", "", [], 0
    for mark in MARK.finditer(marked):
        kind, rule, wrong, rights = mark.groups()
        between = marked[end : mark.start()]
        right = next((right for right in rights.split("|") if right in handed), rights.split("|")[0])
        was, now, end = was + between, now + between, mark.end()
        regions.append(Region(kind, rule, (len(was), len(was + wrong)), (len(now), len(now + right))))
        was, now = was + wrong, now + right
    return was + marked[end:], now + marked[end:], regions


@functools.lru_cache(maxsize=1024)
def compared(marked, handed):
    """Hold a handed-in paragraph against what it should be, word by word."""
    marked, handed = plain(marked), plain(handed)
    was, now, regions = parsed(marked, handed)
    if now == handed:
        return Read(was, regions, frozenset())
    labels = []
    for word in re.finditer(r"\S+", now):
        inside = (i for i, region in enumerate(regions) if word.start() < region.now[1] and region.now[0] < word.end())
        labels.append(next(inside, -1))
    words = handed.split()
    if len(words) > 2 * len(labels) + 20:
        return Read(was, regions, frozenset(range(-1, len(regions))))
    matcher = difflib.SequenceMatcher(None, now.split(), words, autojunk=False)
    astray = set()
    for operation, start, end, first, last in matcher.get_opcodes():
        if operation == "insert":
            beside = {label for label in labels[max(start - 1, 0) : start + 1] if label >= 0}
            astray |= {min(beside)} if beside and last - first < 3 else {-1}
        elif operation != "equal":
            astray |= set(labels[start:end])
    return Read(was, regions, frozenset(astray))


def report(deliverable, facts):
    """Return every paragraph and cell of the report as it was handed in."""
    document = deliverable.docx("report_clean.docx")
    paragraphs = [p.text for p in document.paragraphs if p.text.strip()]
    wanted = [marked for _, marked in facts.paragraphs]
    assert len(paragraphs) < 2 * len(wanted), f"report_clean.docx has {len(paragraphs)} paragraphs"
    if len(paragraphs) != len(wanted):
        paragraphs = nearest(paragraphs, wanted)
    rows = document.tables[0] if document.tables else []
    cells = [[marked for _, marked in row] for row in facts.table]
    assert len(rows) < 2 * len(cells), "the table has grown beyond reason"
    read = [compared(marked, handed) for marked, handed in zip(wanted, paragraphs, strict=True)]
    for index, row in enumerate(cells):
        handed = rows[index] if index < len(rows) else []
        read += [compared(marked, handed[at] if at < len(handed) else "") for at, marked in enumerate(row)]
    lost = sum(-1 in one.astray for one in read)
    assert lost * 2 < len(read), "report_clean.docx is another text than the report"
    return read


def nearest(paragraphs, wanted):
    """Find for each paragraph of the report the handed-in one with most words in common."""
    bags = [frozenset(plain(text).split()) for text in paragraphs] or [frozenset()]
    texts = paragraphs or [""]
    found = []
    for marked in wanted:
        words = frozenset(MARK.sub(" ", plain(marked)).split())
        found.append(texts[max(range(len(bags)), key=lambda at: len(bags[at] & words) - len(bags[at] ^ words) / 99)])
    return found


def left(deliverable, facts, *kinds):
    """Return the places of some kinds that are not as they should be, as they were."""
    return [
        one.was[slice(*region.was)]
        for one in report(deliverable, facts)
        for index, region in enumerate(one.regions)
        if region.kind in kinds and index in one.astray
    ]


class Listed(NamedTuple):
    """A row of the list: how often its words stand in the report, and the regions that they touch."""

    place: str
    before: str
    after: str
    rule: str
    count: int
    touched: tuple[tuple[int, int], ...]

    @property
    def is_query(self):
        """Whether the row asks instead of correcting."""
        return "query" in self.rule.casefold()


def listed(deliverable, facts):
    """Read changes.csv and find each row's words in the report."""
    table = deliverable.csv("changes.csv")
    assert 0 < len(table) <= MOST_ROWS, f"changes.csv has {len(table)} rows"
    places, offset, texts = [], 0, report(deliverable, facts)
    for i, one in enumerate(texts):
        places += [(offset + region.was[0], offset + region.was[1], i, at) for at, region in enumerate(one.regions)]
        offset += len(one.was) + 1
    whole = "\n".join(one.was for one in texts)
    rows = []
    for row in table:
        before = plain(row["before"])
        count = whole.count(before) if before else 0
        start = whole.find(before) if count == 1 else offset
        touched = [(i, at) for first, last, i, at in places if start < last and first < start + len(before)]
        rows.append(Listed(row.place, before, plain(row["after"]), row["rule"], count, tuple(touched)))
    return rows


@rubric.critical(
    "Every misspelling, word typed twice and wrong word is put right",
    brief="misspellings, words typed twice, wrong words",
)
def spelling_is_right(deliverable, facts):
    wrong = left(deliverable, facts, "spell")
    assert not wrong, f"not put right, or not as it should be: {wrong}"


@rubric.critical("Grammar and punctuation are put right", brief="grammar, punctuation")
def grammar_and_punctuation_are_right(deliverable, facts):
    wrong = left(deliverable, facts, "gram")
    assert not wrong, f"not put right, or not as it should be: {wrong}"


@rubric.critical("The text keeps to the style sheet", brief="whatever goes against the style sheet")
def style_sheet_is_kept(deliverable, facts):
    wrong = left(deliverable, facts, "style")
    assert not wrong, f"against the style sheet: {wrong}"


@rubric.critical(
    "The rule that the chair's mail overturns is followed as the mail has it",
    brief="where it says something else, the mail counts",
    attachments={"chair.eml": "Rule {later_rule} is no longer right: {later}."},
)
def the_mail_counts(deliverable, facts):
    wrong = left(deliverable, facts, "later")
    assert not wrong, f"not as the mail has it: {wrong}"


@rubric.important("The table and its caption are put right as well", brief="headings and table included")
def table_is_right(deliverable, facts):
    wrong = left(deliverable, facts, "table")
    assert not wrong, f"not put right in the table or above it: {wrong}"


@rubric.important(
    "Names are spelled as on the list",
    attachments={"style.md": "Names are spelled as on the list below, and the list is right."},
)
def names_are_as_on_the_list(deliverable, facts):
    wrong = left(deliverable, facts, "name")
    assert not wrong, f"a name is not as on the list: {wrong}"


@rubric.important(
    "Sections are numbered through, and references give the right number",
    attachments={"style.md": "Sections are numbered through from 1. Where the text names a section, it gives that"},
)
def section_numbers_are_right(deliverable, facts):
    wrong = left(deliverable, facts, "secno")
    assert not wrong, f"a number of a section is wrong: {wrong}"


@rubric.critical(
    "Outside the corrections every word, paragraph, style and the table are as they were",
    brief="every other word and comma stays as it is, each paragraph stays a paragraph in its own place",
)
def nothing_else_is_touched(deliverable, facts):
    touched = [one.was[:60] for one in report(deliverable, facts) if -1 in one.astray]
    assert not touched, f"words outside the slips were changed in: {touched}"
    document = deliverable.docx("report_clean.docx")
    paragraphs = [p for p in document.paragraphs if p.text.strip()]
    assert len(paragraphs) == len(facts.paragraphs), f"{len(paragraphs)} paragraphs, not as many as before"
    restyled = [
        f"{p.text[:60]} ({p.style})"
        for p, (kind, _) in zip(paragraphs, facts.paragraphs, strict=True)
        if look(p.style) != LOOKS.get(kind, "")
    ]
    assert not restyled, f"has another style than before: {restyled}"
    sizes = [[len(row) for row in table] for table in document.tables]
    assert sizes == [[len(row) for row in facts.table]], "the table has other rows or columns"


def look(style):
    """Return what kind of paragraph a style is for, however a word processor spells its name."""
    return next((name for name in LOOKS.values() if name in style.casefold()), "")


@rubric.pitfall("Quotations are left as they are", brief="Quotations stay as they are, whatever they say")
def quotations_are_left_alone(deliverable, facts):
    touched = left(deliverable, facts, "quote")
    assert not touched, f"a quotation was changed: {touched}"


@rubric.pitfall(
    "The names of firms and the exhibition's title are left as they are",
    brief="and so do the names of firms and the title of the exhibition",
)
def odd_names_are_left_alone(deliverable, facts):
    touched = left(deliverable, facts, "leave")
    assert not touched, f"was right as it stood: {touched}"


@rubric.critical("Every correction that was made has its row", brief="and one row for each correction")
def every_correction_is_listed(deliverable, facts):
    texts, rows = report(deliverable, facts), [row for row in listed(deliverable, facts) if not row.is_query]
    made = {
        (i, number)
        for i, one in enumerate(texts)
        for number, region in enumerate(one.regions)
        if region.kind not in PROTECTED and number not in one.astray
    }
    assert len(made) > 10, "hardly anything was corrected"
    missing = made - {place for row in rows for place in row.touched}
    shown = [texts[i].was[slice(*texts[i].regions[number].was)] for i, number in sorted(missing)]
    assert not missing, f"has no row, or none whose words can be found: {shown}"
    assert sum(bool(row.touched) for row in rows) >= len(made), "there are fewer rows than corrections"


@rubric.important(
    "Each row's words stand in the report exactly once, and what follows stands in the clean version",
    brief=["so they have to be there exactly once", "the same passage as it stands in your clean version"],
)
def rows_can_be_looked_up(deliverable, facts):
    rows = listed(deliverable, facts)
    document = deliverable.docx("report_clean.docx")
    clean = plain(document.text)
    assert any(not row.is_query for row in rows), "no correction is listed"
    for row in rows:
        assert row.count == 1, f"{row.place}: stands {row.count} times in the report: {row.before[:80]!r}"
        assert len(row.before.split()) <= MOST_WORDS, f"{row.place}: more than {MOST_WORDS} words"
        if not row.is_query:
            assert row.after and row.after in clean, f"{row.place}: is not in the clean version: {row.after[:80]!r}"
            assert row.after != row.before, f"{row.place}: nothing was changed"


@rubric.important(
    "Each row has the number of its rule, and none for plain mistakes",
    brief="the number of the rule of the style sheet that the correction rests on",
)
def rules_are_named(deliverable, facts):
    texts = report(deliverable, facts)
    rows = [row for row in listed(deliverable, facts) if not row.is_query and row.touched]
    assert rows, "no row can be held against a place in the report"
    for row in rows:
        touched = [texts[i].regions[number] for i, number in row.touched]
        wanted = {region.rule for region in touched if region.kind not in PROTECTED}
        assert not wanted or "".join(re.findall("[0-9]", row.rule)) in wanted, f"{row.place}: the rule is {row.rule!r}"


@rubric.critical(
    "Both contradictions are queried, and their figures left alone",
    brief="If two places contradict each other, leave both alone and put a query into the list",
)
def contradictions_are_queried(deliverable, facts):
    changed = left(deliverable, facts, "fact")
    assert not changed, f"a fact was changed: {changed}"
    texts, queries = report(deliverable, facts), [row for row in listed(deliverable, facts) if row.is_query]
    assert len(queries) <= MOST_QUERIES, f"there are {len(queries)} queries"
    asked = {texts[i].regions[number].rule for row in queries for i, number in row.touched}
    assert {"a", "b"} <= asked, "a contradiction between two places of the report is not queried"


def test_report_proofread(engagement):
    engagement.assert_complete()
