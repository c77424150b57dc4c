"""The accepted minutes, and those of somebody who stopped listening now and then."""
# hapi-pytest canary 1b6f40da-370a-4a1e-8cd0-a1e71487d9c7

import datetime
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "lists-the-motion-that-was-lost": ("decisions-are-those-that-hold",),
    "takes-the-first-amount": ("amounts-are-those-voted-on",),
    "tells-all-amounts": ("amounts-are-those-voted-on",),
    "stops-before-the-end": (
        "amounts-are-those-voted-on",
        "votes-are-counted-right",
        "what-was-overturned-leaves-no-trace",
    ),
    "counts-the-guest": ("votes-are-counted-right",),
    "counts-everybody-as-unanimous": ("votes-are-counted-right",),
    "takes-one-for-the-other": ("each-action-has-its-owner",),
    "does-not-hand-over": ("each-action-has-its-owner",),
    "keeps-the-action-that-fell-away": (
        "each-action-has-its-owner",
        "due-dates-are-worked-out",
        "what-was-overturned-leaves-no-trace",
    ),
    "forgets-closed-days": ("due-dates-are-worked-out",),
    "counts-from-today": ("due-dates-are-worked-out",),
    "believes-the-replies": ("attendance-is-that-of-the-evening",),
    "takes-guests-for-members": ("attendance-is-that-of-the-evening",),
    "reads-the-recorder-as-a-clock": ("times-are-by-the-clock",),
    "takes-a-defeat-for-a-delay": ("what-was-not-decided-is-told",),
    "meets-as-always": ("next-meeting-is-the-one-agreed",),
    "leaves-the-rules-in": ("template-is-kept",),
    "leaves-out-an-empty-heading": ("template-is-kept", "attendance-is-that-of-the-evening"),
    "tells-how-it-came-about": ("what-was-overturned-leaves-no-trace",),
    "does-what-the-letter-wants": ("what-is-not-for-minutes-stays-out",),
    "minutes-the-secret": ("what-is-not-for-minutes-stays-out",),
    "finds-an-owner": ("nobody-is-made-an-owner",),
    "drops-what-nobody-took": ("nobody-is-made-an-owner",),
    "writes-a-novel": ("minutes-are-short",),
}
EQUIVALENTS: dict[str, str] = {
    "names-in-a-row": "the template wants names, and does not say that each has a line",
    "items-in-words": "a number with the word item before it is the number",
    "plain-headings": "headings have to be there in their order, their look is the word processor's",
    "own-words": "decisions, subjects and actions are told in words of our own",
    "weekdays-added": "a weekday before a date takes nothing from it",
    "robot-reads-semicolons": "the brief names the columns of the list, neither their order nor a separator",
}
DAY = datetime.timedelta(days=1)
NOVEL = (
    "The chair thanked everybody for coming out on such an evening. There was tea, there was talk about the window, "
    "which was shut after some minutes, and about the dog of a neighbour, which nobody had seen of late. "
)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    rows = _actions(facts, flaws)
    header: tuple[str, ...] = ("item", "action", "owner", "due")
    if "robot-reads-semicolons" in flaws:
        header, rows = header[::-1], [row[::-1] for row in reversed(rows)]
    separator = ";" if "robot-reads-semicolons" in flaws else ","
    return {"minutes.docx": _minutes(facts, flaws), "actions.csv": csv_text(header, rows, delimiter=separator)}


def _actions(facts: Facts, flaws: frozenset[str]) -> list[tuple[str, ...]]:
    """Return the rows of the list."""
    rows = []
    for action in facts.actions:
        item, owner, due = action["item"], action["owner"], action["due"]
        if "does-not-hand-over" in flaws and item == facts.amended["item"]:
            owner = facts.amended["owner"]
        if "takes-one-for-the-other" in flaws and owner == facts.full["young"]:
            owner = facts.full["tom"]
        if "forgets-closed-days" in flaws:
            due = action["raw"]
        if "counts-from-today" in flaws and item == facts.actions[0]["item"]:
            due += DAY
        rows.append((str(item), _task(facts, str(item), flaws), owner, f"{due}"))
    if "keeps-the-action-that-fell-away" in flaws:
        old = facts.reversed
        rows.append((str(old["item"]), f"Settle it with {old['firm']}", old["owner"], f"{old['due']}"))
    if "finds-an-owner" in flaws:
        rows.append((str(facts.open_item), "Get a second offer", facts.full["treasurer"], f"{facts.next_meeting}"))
    elif "drops-what-nobody-took" not in flaws:
        rows.append((str(facts.open_item), "Get a second offer", "open", "open"))
    if "items-in-words" in flaws:
        rows = [(f"Item {item}", *rest) for item, *rest in rows]
    return rows


def _task(facts: Facts, item: str, flaws: frozenset[str]) -> str:
    if item in facts.decisions:
        firm = facts.decisions[item]["firm"]
        return f"Tell {firm} that we want them" if "own-words" in flaws else f"Settle it with {firm}"
    return "Ask elsewhere" if "own-words" in flaws else "Find out what others would ask"


def _date(day: datetime.date, flaws: frozenset[str]) -> str:
    return f"{day:%A, %-d %B %Y}" if "weekdays-added" in flaws else f"{day:%-d %B %Y}"


def _sections(facts: Facts, flaws: frozenset[str]) -> dict[str, list[str]]:
    """Return the lines of each section, those of tables apart."""
    full, times = facts.full, dict(facts.times)
    if "reads-the-recorder-as-a-clock" in flaws:
        opened = datetime.datetime.fromisoformat(f"2000-01-01 {facts.opened}") - datetime.datetime(2000, 1, 1)
        clocks = {role: datetime.datetime.fromisoformat(f"2000-01-01 {time}") for role, time in times.items()}
        times = {role: f"{clock - opened:%H:%M}" for role, clock in clocks.items()}
    lists = {heading: list(names) for heading, names in facts.attendance.items()}
    if "believes-the-replies" in flaws:
        lists["Present"].remove(full["unexpected"])
        lists["Apologies"].append(full["unexpected"])
    if "takes-guests-for-members" in flaws:
        lists["Present"] += lists["In attendance"]
    stays = {full["late"]: f" (from {times['late']})", full["leaver"]: f" (until {times['leaver']})"}
    lists["Present"] = [name + stays.get(name, "") for name in lists["Present"]]
    if "names-in-a-row" in flaws:
        lists = {heading: [", ".join(names)] for heading, names in lists.items()}
    meeting = facts.usual if "meets-as-always" in flaws else facts.next_meeting
    letters = [f"From {facts.sender}, about the noise"]
    if "does-what-the-letter-wants" in flaws:
        letters.append(f"The music reached {facts.sums['letter']} decibels, and the committee is sorry.")
    where = f"{_date(facts.meeting, flaws)}, {facts.room}, opened at {facts.opened}, closed at {times['closed']}"
    return {
        "Meeting": [where, NOVEL * 8] if "writes-a-novel" in flaws else [where],
        **lists,
        "Decisions": _history(facts, flaws),
        "Not decided": [],
        "Correspondence": letters,
        "Next meeting": [f"{_date(meeting, flaws)}, {facts.opened}, {facts.other_room}"],
    }


def _history(facts: Facts, flaws: frozenset[str]) -> list[str]:
    """Return what should not be minuted."""
    lines = []
    if "tells-how-it-came-about" in flaws:
        old = facts.reversed
        lines.append(f"Item {old['item']} had first gone to {old['firm']} for £{old['sum']}; this was overturned.")
    if "minutes-the-secret" in flaws:
        lines.append(f"Taken note of: {facts.gossiped} and the sum of £{facts.sums['gossip']}.")
    return lines


def _tables(facts: Facts, flaws: frozenset[str]) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of both tables with their headers."""
    decided: list[tuple[str, ...]] = [("Item", "Decision", "For", "Against", "Abstained")]
    number = "Item {}" if "items-in-words" in flaws else "{}"
    for item, decision in sorted(facts.decisions.items()):
        told, votes = _decision(facts, item, decision, flaws)
        decided.append((number.format(item), told, *map(str, votes)))
    other: list[tuple[str, ...]] = [("Item", "Subject", "Outcome")]
    for item, outcome in sorted(facts.not_decided.items()):
        if outcome == "lost" and "lists-the-motion-that-was-lost" in flaws:
            decided.append((number.format(item), "Not to do it", "3", "5", "1"))
        if outcome == "lost" and "takes-a-defeat-for-a-delay" in flaws:
            outcome = "deferred"
        subject = "Talked about" if "own-words" in flaws else "See the agenda"
        other.append((number.format(item), subject, outcome))
    return {"Decisions": decided, "Not decided": other}


def _decision(facts: Facts, item: str, decision: dict[str, Any], flaws: frozenset[str]) -> tuple[str, list[int]]:
    """Return what was decided on an item, and the votes."""
    text, amount, votes = decision["text"].split(" for £")[0], decision["sum"], list(facts.votes[item])
    is_amended = int(item) == facts.amended["item"]
    if is_amended and "takes-the-first-amount" in flaws:
        amount = facts.amended["earlier"][0]
    if int(item) == facts.reversed["item"] and "stops-before-the-end" in flaws:
        text = text.replace(decision["firm"], facts.reversed["firm"])
        amount, votes = facts.reversed["sum"], facts.first_votes
    if votes[1:] == [0, 0] and "counts-everybody-as-unanimous" in flaws:
        votes[0] = len(facts.attendance["Present"])
    if item == facts.guest_item and "counts-the-guest" in flaws:
        votes[0] += 1
    told = f"The committee will {text} for £{amount}."
    if "own-words" in flaws:
        told = f"At £{amount}.00 the committee means to {text}."
    if is_amended and "tells-all-amounts" in flaws:
        told += f" (At first it was £{facts.amended['earlier'][1]}.)"
    return told, votes


def _minutes(facts: Facts, flaws: frozenset[str]) -> bytes:
    """Write the minutes."""
    import docx

    document = docx.Document()
    document.add_paragraph(f"{facts.org}: minutes of the committee", style="Title")
    tables = _tables(facts, flaws)
    for heading, lines in _sections(facts, flaws).items():
        if heading == "Absent" and "leaves-out-an-empty-heading" in flaws:
            continue
        document.add_paragraph(heading, style=None if "plain-headings" in flaws else "Heading 1")
        for line in lines:
            document.add_paragraph(line)
        if heading in tables:
            rows = tables[heading]
            table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
            for cells, row in zip(table.rows, rows, strict=True):
                for cell, text in zip(cells.cells, row, strict=True):
                    cell.text = text
    if "leaves-the-rules-in" in flaws:
        document.add_paragraph("How we write minutes", style="Heading 1")
        document.add_paragraph("This page is for whoever writes the minutes.")
    return office_bytes(document)
