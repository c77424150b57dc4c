"""The accepted follow-up, and the same with a slip in it."""
# hapi-pytest canary 62ab6f05-294e-4026-8f0a-852d1c3d529d

import datetime
import json
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

ROWS, MINUTES, SEGMENTS = "everybody-has-one-row", "minutes-are-added-up", "segments-follow-the-ladder"
CALLS, COUNTS = "every-call-has-its-event", "counts-of-the-rules-are-right"
FLAWS: dict[str, tuple[str, ...]] = {
    "who-never-came-left-out": (ROWS,),
    "other-addresses-not-found": (ROWS, MINUTES),
    "last-line-counted": (MINUTES, SEGMENTS),
    "lines-cut-before-adding": (MINUTES, SEGMENTS),
    "minutes-rounded": (MINUTES,),
    "limits-left-out": (SEGMENTS,),
    "customers-called": (SEGMENTS, CALLS, "calls-are-on-the-right-day", "calls-are-at-the-right-hour"),
    "newest-question-taken": ("question-stands-word-for-word",),
    "owner-left-empty": ("owner-and-company-are-the-crms",),
    "answered-questions-counted": (COUNTS,),
    "average-over-everybody": ("counts-tie-with-the-list",),
    "owners-not-invited": (CALLS,),
    "closed-day-used": ("calls-are-on-the-right-day",),
    "summer-time-kept": ("calls-are-at-the-right-hour",),
    "mail-column-not-read": ("suppressed-people-are-nowhere", COUNTS),
    "suppressed-listed-as-none": ("suppressed-people-are-nowhere",),
    "zeros-of-ids-lost": ("ids-keep-five-digits",),
}
EQUIVALENTS: dict[str, str] = {
    "for-a-spreadsheet": "the post asks for csv and fixes neither separator nor line ends nor byte-order mark",
    "columns-in-another-order": "the post names the columns of segments.csv and no order",
    "times-in-utc": "a time in UTC has a time zone, and a calendar shows it at the same hour",
    "zone-described": "a calendar may describe the zone that it names",
    "addresses-in-capitals": "capitals do not matter in addresses, nor in the names of segments",
    "sorted-by-segment": "the post asks for no order of the rows",
}
NAMES = ["account", "call", "demo", "recording", "missed"]
HEADER = ["contact_id", "email", "company", "owner", "minutes", "segment", "question"]
DAY = datetime.timedelta(days=1)

Person = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Put everybody into a segment, and write the three files."""
    rows, off = [], 0
    for person in _people(facts, flaws):
        row = _row(person, facts, flaws)
        if _is_off(person, facts, flaws):
            off += 1
            row |= {"segment": "none", "question": ""}
        if row["segment"] != "none" or "suppressed-listed-as-none" in flaws:
            rows.append(row)
    if "sorted-by-segment" in flaws:
        rows.sort(key=lambda row: str(row["segment"]))
    callers = sorted((row for row in rows if row["segment"] == "call"), key=lambda row: row["open"][0])
    files: dict[str, str | bytes] = {"segments.csv": _table(rows, flaws)}
    files["counts.json"] = json.dumps(_counts(rows, off, facts, flaws), indent=1)
    files["follow_up.ics"] = _calendar(callers, facts, flaws)
    return files


def _people(facts: Facts, flaws: frozenset[str]) -> list[Person]:
    """Return everybody as found by the address; who is not found there is taken for somebody new."""
    found = []
    for person in facts.people:
        if "who-never-came-left-out" in flaws and not person["sessions"]:
            continue
        if "other-addresses-not-found" not in flaws or person["other"] not in person["used"]:
            found.append(person)
            continue
        known = person["sessions"][: len(person["used"]) - 1]
        found += [person | {"sessions": known}] if known else []
        stranger = {"email": person["other"], "id": "", "stage": "", "owner": ""}
        found.append(person | stranger | {"sessions": person["sessions"][len(known) :]})
    return found


def _is_off(person: Person, facts: Facts, flaws: frozenset[str]) -> bool:
    """Whether the rules keep somebody off the list."""
    is_refused = person["mail_ok"] == "no" and "mail-column-not-read" not in flaws
    return is_refused or person["stage"] == "competitor" or person["email"].endswith("@" + facts.own_domain)


def _row(person: Person, facts: Facts, flaws: frozenset[str]) -> Person:
    minutes, opened = _minutes(person, flaws), sorted(asked for asked in person["questions"] if not asked[2])
    low, high = facts.least, facts.demo
    if "limits-left-out" in flaws:
        low, high = low + 1, high + 1
    is_customer = person["stage"] == "customer" and not (opened and "customers-called" in flaws)
    ladder = [is_customer, bool(opened), minutes >= high, minutes >= low, True]
    segment = NAMES[ladder.index(True)]
    place = -1 if "newest-question-taken" in flaws else 0
    question = opened[place][1] if segment == "call" else ""
    company, owner = person["company"], person["owner"] or ("" if "owner-left-empty" in flaws else facts.default)
    row = {"contact_id": person["id"], "email": person["email"], "company": company, "owner": owner}
    row |= {"minutes": minutes, "segment": segment, "question": question}
    return row | {"open": opened, "asked": person["questions"]}


def _minutes(person: Person, flaws: frozenset[str]) -> int:
    """Return the whole minutes that somebody was there."""
    times = [left - came for came, left in person["sessions"]]
    if "last-line-counted" in flaws:
        times = times[-1:]
    if "lines-cut-before-adding" in flaws:
        return sum(seconds // 60 for seconds in times)
    return (sum(times) + (30 if "minutes-rounded" in flaws else 0)) // 60


def _table(rows: list[Person], flaws: frozenset[str]) -> str:
    lines = []
    for row in rows:
        cells = dict(row)
        if "zeros-of-ids-lost" in flaws:
            cells["contact_id"] = row["contact_id"].lstrip("0")
        if "addresses-in-capitals" in flaws:
            cells |= {"email": row["email"].upper(), "segment": row["segment"].title()}
        lines.append(cells)
    header = HEADER[::-1] if "columns-in-another-order" in flaws else HEADER
    is_local = "for-a-spreadsheet" in flaws
    text = csv_text(header, [[row[name] for name in header] for row in lines], delimiter=";" if is_local else ",")
    return "\ufeff" + text.replace("\n", "\r\n") if is_local else text


def _counts(rows: list[Person], off: int, facts: Facts, flaws: frozenset[str]) -> dict[str, Any]:
    there = [row["minutes"] for row in rows if row["minutes"] >= facts.least]
    over = [row["minutes"] for row in rows] if "average-over-everybody" in flaws else there
    counted = "asked" if "answered-questions-counted" in flaws else "open"
    segments = {name: sum(row["segment"] == name for row in rows) for name in NAMES}
    return {
        "people": len(rows),
        "attended": len(there),
        "average_minutes": round(sum(over) / max(1, len(over)), 1),
        "suppressed": off,
        "open_questions": sum(len(row[counted]) for row in rows if row["segment"] != "none"),
        "segments": segments,
    }


def _calendar(callers: list[Person], facts: Facts, flaws: frozenset[str]) -> str:
    """Write an event for each call into its owner's next slot."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//follow-up//EN"]
    if "zone-described" in flaws:
        lines += _zone(facts)
    addresses, queues = dict(facts.owners), dict.fromkeys(dict(facts.owners), 0)
    for row in callers:
        owner = row["owner"] or facts.default
        place, queues[owner] = queues[owner], queues[owner] + 1
        start = _moment(owner, place, facts, flaws)
        lines += ["BEGIN:VEVENT", f"UID:{row['email']}", "DTSTAMP:20261021T180000Z", f"SUMMARY:Call {row['email']}"]
        lines += [_stamp(name, moment, facts, flaws) for name, moment in _span(start, facts.call_minutes)]
        lines += [] if "owners-not-invited" in flaws else [f"ATTENDEE:mailto:{addresses[owner]}"]
        lines.append("END:VEVENT")
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _moment(owner: str, place: int, facts: Facts, flaws: frozenset[str]) -> datetime.datetime:
    """Return when an owner's call of a place in the queue begins, by the clock on the wall."""
    closed = None if "closed-day-used" in flaws else facts.closed
    days = [facts.first_call + DAY * step for step in range(14)]
    days = [day for day in days if day.weekday() < 5 and day not in (closed, facts.free.get(owner))]
    hour, minute = facts.slot_times[place % facts.slots].split(":")
    return datetime.datetime.combine(days[place // facts.slots], datetime.time(int(hour), int(minute)))


def _span(start: datetime.datetime, minutes: int) -> list[tuple[str, datetime.datetime]]:
    return [("DTSTART", start), ("DTEND", start + datetime.timedelta(minutes=minutes))]


def _stamp(name: str, moment: datetime.datetime, facts: Facts, flaws: frozenset[str]) -> str:
    if "times-in-utc" not in flaws and "summer-time-kept" not in flaws:
        return f"{name};TZID={facts.zone}:{moment:%Y%m%dT%H%M%S}"
    is_summer = moment < datetime.datetime(2026, 10, 25) or "summer-time-kept" in flaws
    utc = moment - datetime.timedelta(hours=facts.offset - (not is_summer))
    return f"{name}:{utc:%Y%m%dT%H%M%SZ}"


def _zone(facts: Facts) -> list[str]:
    """Describe the zone's two clocks."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{facts.zone}"]
    for kind, month, before, after in (("DAYLIGHT", 3, -1, 0), ("STANDARD", 10, 0, -1)):
        offsets = [f"{facts.offset + step:+03d}00" for step in (before, after)]
        hour = facts.offset + before + 1
        lines += [f"BEGIN:{kind}", f"DTSTART:1996{month:02d}{31 if month == 3 else 27}T{hour:02d}0000"]
        lines += [f"TZOFFSETFROM:{offsets[0]}", f"TZOFFSETTO:{offsets[1]}"]
        lines += [f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU", f"END:{kind}"]
    return [*lines, "END:VTIMEZONE"]
