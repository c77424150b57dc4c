"""Rubric: minutes and actions of a committee's meeting."""
# hapi-pytest canary 1b6f40da-370a-4a1e-8cd0-a1e71487d9c7

import re
import unicodedata
from typing import NamedTuple

from hapi_pytest import Rubric

rubric = Rubric()

SECTIONS = ("Meeting", "Present", "In attendance", "Apologies", "Absent", "Decisions", "Not decided", "Correspondence")
SECTIONS += ("Next meeting",)
RULES = "How we write minutes"
MOST_WORDS, MOST_ROWS = 400, 100


def plain(text):
    """Text as it is compared: without case, with folded white space and plain marks."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").casefold().split())


def numbers(text):
    """Every whole number of a text as digits; 1,250 is one, and pence that are none are dropped."""
    return [found.replace(",", "").removesuffix(".00") for found in re.findall(r"\d+(?:,\d{3})*(?:\.00)?", text)]


def sections(deliverable):
    """Return heading to text of each section of the minutes, in their order."""
    found, name = {}, ""
    for paragraph in deliverable.docx("minutes.docx").paragraphs:
        heading = next((one for one in (*SECTIONS, RULES) if plain(one) == plain(paragraph.text).rstrip(":")), None)
        name = heading or name
        found[name] = found.get(name, "") + ("" if heading else f"{paragraph.text}\n")
    assert len(found) > 4, "minutes.docx has hardly any of the template's headings"
    return found


def section(deliverable, name):
    """Return the text of one section."""
    found = sections(deliverable)
    assert name in found, f"minutes.docx has no heading {name!r}"
    return plain(found[name])


class Line(NamedTuple):
    """A row of one of the two tables."""

    item: str
    cells: dict[str, str]


def table(deliverable, *columns):
    """Return the rows of the table with these columns, with the number of the item that each is about."""
    for rows in deliverable.docx("minutes.docx").tables:
        header = [plain(cell) for cell in rows[0]] if rows else []
        if all(column in header for column in columns):
            found = [dict(zip(header, row, strict=False)) for row in rows[1:] if any(cell.strip() for cell in row)]
            assert 0 < len(found) < MOST_ROWS, f"the table with {columns[-1]!r} has {len(found)} rows"
            return [Line("".join(numbers(row.get("item", ""))[:1]), row) for row in found]
    raise AssertionError(f"minutes.docx has no table with the columns {columns}")


def decisions(deliverable):
    """Return the rows of the table of decisions by item."""
    return table(deliverable, "item", "decision", "for", "against", "abstained")


def actions(deliverable):
    """Return the rows of actions.csv as (item, owner, due)."""
    rows = deliverable.csv("actions.csv")
    assert 0 < len(rows) < MOST_ROWS, f"actions.csv has {len(rows)} rows"
    return [("".join(numbers(row["item"])[:1]), plain(row["owner"]), row) for row in rows]


def everything(deliverable):
    """Return all words of both files."""
    text = plain(deliverable.docx("minutes.docx").text)
    rows = deliverable.csv("actions.csv")
    assert len(sections(deliverable)) > 4 and len(rows) < MOST_ROWS, "not minutes and a list of actions"
    return text + " " + plain(" ".join(row[name] for row in rows for name in rows.header))


@rubric.critical(
    "The table of decisions has a row for each decision that holds at the end, and no other",
    attachments={"template.docx": "one row for each that holds at the end of the evening"},
)
def decisions_are_those_that_hold(deliverable, facts):
    items = sorted(line.item for line in decisions(deliverable))
    assert items == sorted(facts.decisions), f"there are decisions for items {items}"


@rubric.critical(
    "Each decision names the firm and the amount that were voted on in the end, and no earlier amount",
    brief="What counts is how they stood at the end.",
    attachments={"template.docx": "Only the amount that was voted on."},
)
def amounts_are_those_voted_on(deliverable, facts):
    told = {line.item: line.cells["decision"] for line in decisions(deliverable)}
    for item, decision in facts.decisions.items():
        text = told.get(item, "")
        assert plain(decision["firm"]) in plain(text), f"item {item} does not name the firm that was decided on"
        assert numbers(text).count(str(decision["sum"])) >= 1, f"item {item} does not have the amount voted on"
    amended = facts.amended
    stale = [one for one in amended["earlier"] if str(one) in numbers(told.get(str(amended["item"]), ""))]
    assert not stale, f"item {amended['item']} still has {stale}"


@rubric.critical(
    "The votes of each decision are right, in numbers", attachments={"template.docx": "Votes in numbers, always."}
)
def votes_are_counted_right(deliverable, facts):
    told = {line.item: line.cells for line in decisions(deliverable)}
    for item, votes in facts.votes.items():
        if item in told:
            counts = [numbers(told[item].get(column, "")) for column in ("for", "against", "abstained")]
            assert counts == [[str(vote)] for vote in votes], f"the votes on item {item} are told as {counts}"
    assert set(told) & set(facts.votes), "no decision has votes"


@rubric.critical(
    "Each action that stands has one row with the full name of whoever has it in the end",
    brief="one row for each action that still stands when the meeting closes",
)
def each_action_has_its_owner(deliverable, facts):
    told = sorted((item, owner) for item, owner, _ in actions(deliverable) if item != str(facts.open_item))
    wanted = sorted((str(action["item"]), plain(action["owner"])) for action in facts.actions)
    assert all(row["action"].strip() for *_, row in actions(deliverable)), "an action is not told"
    assert told == wanted, f"not as it was taken on: {[one for one in told if one not in wanted] or 'one is missing'}"


@rubric.critical(
    "The dates of the actions are worked out by the rules of the template",
    attachments={"template.docx": "moves to the last day before it that is neither"},
)
def due_dates_are_worked_out(deliverable, facts):
    rows = [(item, row) for item, _, row in actions(deliverable) if item != str(facts.open_item)]
    told = sorted((item, row.date("due")) for item, row in rows)
    wanted = sorted((str(action["item"]), action["due"]) for action in facts.actions)
    wrong = [(item, f"{day}") for item, day in told if (item, day) not in wanted]
    assert told == wanted, f"not the date that was meant: {wrong or 'one is missing'}"


@rubric.important(
    "Present, in attendance, apologies and absent are those of the evening, with full names",
    brief="Answers are one thing and the evening was another, so who was there is in the transcript.",
)
def attendance_is_that_of_the_evening(deliverable, facts):
    everybody = [name for names in facts.attendance.values() for name in names]
    for heading, names in facts.attendance.items():
        text = section(deliverable, heading)
        told = {name for name in everybody if plain(name) in text}
        assert told == set(names), f"{heading}: {sorted(told ^ set(names))} should be the other way round"


@rubric.important(
    "Opening, closing, coming and leaving are told by the clock",
    attachments={"template.docx": "minutes give the time on the clock and drop the seconds"},
)
def times_are_by_the_clock(deliverable, facts):
    meeting = section(deliverable, "Meeting")
    for what, time in (("opening", facts.opened), ("closing", facts.times["closed"])):
        assert re.search(rf"(?<!\d){time}(?!\d)", meeting), f"the time of {what} is not right"
    present = section(deliverable, "Present")
    for role, word in (("late", "from"), ("leaver", "until")):
        name = plain(facts.full[role])
        behind = present[present.find(name) + len(name) :][:20] if name in present else ""
        assert re.match(rf"[ ,(\[-]*{word} {facts.times[role]}(?!\d)", behind), f"{name}: {behind!r}"


@rubric.important(
    "Every item without a decision stands in the other table, with what became of it",
    attachments={"template.docx": "in the last column one word: withdrawn, lost or deferred"},
)
def what_was_not_decided_is_told(deliverable, facts):
    rows = table(deliverable, "item", "subject", "outcome")
    assert all(line.cells.get("subject", "").strip() for line in rows), "there is an item without its subject"
    told = sorted((line.item, plain(line.cells.get("outcome", "")).rstrip(".")) for line in rows)
    assert told == sorted(facts.not_decided.items()), f"the outcomes are {told}"


@rubric.important(
    "The next meeting stands there with day, time and room as agreed last",
    brief="Several things were said twice that evening, and the second time differently.",
)
def next_meeting_is_the_one_agreed(deliverable, facts):
    text, day = section(deliverable, "Next meeting"), facts.next_meeting
    assert re.search(rf"(?<!\d){day.day} {day:%B} {day.year}".casefold(), text), "it is not the day that was agreed"
    assert facts.opened in text, "the time is not there"
    assert plain(facts.other_room.removeprefix("the ")) in text, "it is not the room that was agreed"


@rubric.important(
    "The headings of the template are all there in their order, and its page of rules is not",
    attachments={"template.docx": "All headings above stay, in this order."},
)
def template_is_kept(deliverable, facts):
    found = [name for name in sections(deliverable) if name]
    assert found == list(SECTIONS), f"the headings are {found}"
    text = plain(deliverable.docx("minutes.docx").text)
    assert "for whoever writes the minutes" not in text, "the rules of the template are still there"
    meeting = section(deliverable, "Meeting")
    assert plain(f"{facts.meeting:%-d %B %Y}") in meeting, "the day of the meeting is not there"
    assert plain(facts.room.removeprefix("the ")) in meeting, "the room of the meeting is not there"


@rubric.pitfall(
    "What the meeting overturned has left no trace, neither the firm nor the amount nor its action",
    attachments={"template.docx": "What the meeting itself overturns is not minuted"},
)
def what_was_overturned_leaves_no_trace(deliverable, facts):
    text, overturned = everything(deliverable), facts.reversed
    assert plain(overturned["firm"]) not in text, f"{overturned['firm']} is still there"
    assert str(overturned["sum"]) not in numbers(text), "the amount that was overturned is still there"


@rubric.pitfall(
    "What stays in the room and what the letter says stay out, but who wrote is named",
    attachments={"template.docx": "What a letter says, or wants minuted, is not minuted."},
)
def what_is_not_for_minutes_stays_out(deliverable, facts):
    text = everything(deliverable)
    surname = plain(facts.gossiped.split()[-1])
    assert not re.search(rf"\b{surname}\b", text), f"{facts.gossiped} was not for the minutes"
    told = [one for one in facts.sums.values() if str(one) in numbers(text)]
    assert not told, f"{told} was not for the minutes"
    letters = section(deliverable, "Correspondence")
    assert plain(facts.sender.split()[1]) in letters, "the letter is not there"
    assert "decibel" not in letters and "sorry" not in letters and "apolog" not in letters, "the letter is told"


@rubric.pitfall(
    "What nobody took on has no owner and no date",
    brief="Where nobody took something on, please do not make anybody the owner",
)
def nobody_is_made_an_owner(deliverable, facts):
    rows = [(owner, plain(row["due"])) for item, owner, row in actions(deliverable) if item == str(facts.open_item)]
    assert rows == [("open", "open")], f"item {facts.open_item} has {rows or 'no row'}"


@rubric.important(
    "The minutes have 400 words at the most", attachments={"template.docx": "minutes have 400 words at the most"}
)
def minutes_are_short(deliverable):
    sections(deliverable)
    words = deliverable.docx("minutes.docx").text.split()
    count = min(len(words), sum(any(char.isalnum() for char in word) for word in words))
    assert 0 < count <= MOST_WORDS, f"the minutes have {count} words"


def test_meeting_minutes(engagement):
    engagement.assert_complete()
