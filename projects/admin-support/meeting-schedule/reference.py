"""The accepted schedule, and flawed ones."""
# hapi-pytest canary b19115d6-a85b-4caf-9523-9b93d05933f6

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

UTC = datetime.UTC
HALF_HOUR = datetime.timedelta(minutes=30)
FLAWS: dict[str, tuple[str, ...]] = {
    "first-week-offsets": ("second-week-inside-offered-hours", "csv-shows-each-local-time"),
    "clock-change-overlooked": ("second-week-inside-offered-hours",),
    "cancelled-hours-used": ("first-week-inside-offered-hours",),
    "traveller-booked-by-the-home-clock": ("traveller-inside-offered-hours",),
    "traveller-read-at-home": ("traveller-inside-offered-hours", "csv-shows-each-local-time"),
    "double-booking": ("nobody-in-two-meetings",),
    "back-to-back": ("quarter-hour-between-meetings",),
    "friday-evening": ("friday-ends-by-four",),
    "sign-off-before-review": ("weeks-and-order-kept",),
    "closed-office": ("closed-office-left-alone",),
    "length-before-the-change": ("every-meeting-once-in-full",),
    "handover-missed": ("right-people-invited", "csv-has-each-attendance"),
    "organiser-invited-everywhere": ("right-people-invited",),
    "calendar-in-utc": ("calendar-in-the-organisers-zone",),
    "csv-in-the-organisers-time": ("csv-shows-each-local-time",),
    "last-meeting-not-in-csv": ("csv-has-each-attendance",),
    "starts-at-ten-past": ("starts-on-the-quarter-hour",),
}
EQUIVALENTS: dict[str, str] = {
    "another-timetable": "the brief takes any timetable that keeps the rules and says that there is more than one",
    "events-with-names-and-reminders": "the brief fixes title, zone and addresses of an event, and no order of events; "
    "names, reminders and the line ends of the calendar are free",
    "columns-in-another-order": "the brief names the columns of schedule.csv and no order",
    "rows-by-person": "the brief asks for one row per person and meeting, and for no order of the rows",
}
SLIPS = {
    "first-week-offsets": "clock",
    "clock-change-overlooked": "clock",
    "cancelled-hours-used": "cancelled",
    "traveller-booked-by-the-home-clock": "away",
    "traveller-read-at-home": "away",
    "double-booking": "double",
    "back-to-back": "back-to-back",
    "friday-evening": "friday",
    "sign-off-before-review": "sign-off",
    "closed-office": "closed",
    "starts-at-ten-past": "kick-off",
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write both files."""
    starts = dict(facts.plan)
    if "another-timetable" in flaws:
        for slip in ("kick-off", "double"):  # their people offer half an hour more than is needed
            meeting, _ = facts.slips[slip]
            starts[meeting] = (datetime.datetime.fromisoformat(starts[meeting]) + HALF_HOUR).isoformat()
    for flaw, slip in SLIPS.items():
        if flaw in flaws:
            meeting, moment = facts.slips[slip]
            starts[meeting] = moment
    minutes = dict(facts.minutes)
    if "length-before-the-change" in flaws:
        minutes[facts.longer] = 60
    people = {meeting: list(who) for meeting, who in facts.attendees.items()}
    if "handover-missed" in flaws:
        late = people[facts.handed_over]
        late[late.index(facts.successor)] = facts.replaced
    slots = []
    for meeting in sorted(starts, key=lambda meeting: starts[meeting]):
        start = datetime.datetime.fromisoformat(starts[meeting])
        slots.append((meeting, start, start + datetime.timedelta(minutes=minutes[meeting]), people[meeting]))
    return {"schedule.ics": calendar(facts, slots, flaws), "schedule.csv": table(facts, slots, flaws)}


def calendar(facts: Facts, slots: list, flaws: frozenset[str]) -> bytes:
    """Write the events in the organiser's zone."""
    import icalendar

    is_rich = "events-with-names-and-reminders" in flaws
    result = icalendar.Calendar()
    result.add("prodid", "-//meeting schedule//EN")
    result.add("version", "2.0")
    for slot in sorted(slots, key=lambda slot: slot[0]) if is_rich else slots:
        event = event_of(facts, slot, flaws)
        if is_rich:
            event.add("description", f"{len(slot[3])} people, {facts.product}")
            reminder = icalendar.Alarm()
            reminder.add("action", "DISPLAY")
            reminder.add("description", "Soon")
            reminder.add("trigger", datetime.timedelta(minutes=-10))
            event.add_component(reminder)
        result.add_component(event)
    result.add_missing_timezones(datetime.date(2026, 1, 1), datetime.date(2028, 1, 1))
    return result.to_ical().replace(b"\r\n", b"\n") if is_rich else result.to_ical()


def event_of(facts: Facts, slot: tuple, flaws: frozenset[str]) -> Any:
    """Return one event with its guests."""
    import icalendar

    meeting, start, end, people = slot
    zone = UTC if "calendar-in-utc" in flaws else ZoneInfo(facts.organiser_zone)
    event = icalendar.Event()
    event.add("uid", f"{meeting.lower()}@schedule.example")
    event.add("dtstamp", datetime.datetime(2026, 9, 28, 9, tzinfo=UTC))
    event.add("summary", f"{meeting} {facts.titles[meeting]}")
    event.add("dtstart", start.astimezone(zone))
    event.add("dtend", end.astimezone(zone))
    organiser = next(iter(facts.zones))
    if "organiser-invited-everywhere" in flaws and organiser not in people:
        people = [organiser, *people]
    for email in people:
        address = icalendar.vCalAddress(f"mailto:{email}")
        if "events-with-names-and-reminders" in flaws:
            address.params["cn"] = email.partition("@")[0].replace(".", " ").title()
            address.params["role"] = "REQ-PARTICIPANT"
        event.add("attendee", address)
    return event


def table(facts: Facts, slots: list, flaws: frozenset[str]) -> str:
    """Write one row for each person in each meeting."""
    if "last-meeting-not-in-csv" in flaws:
        slots = slots[:-1]
    header = ["meeting", "attendee", "date", "start", "end"]
    rows = []
    for meeting, start, end, people in slots:
        for email in people:
            begins, ends = (local(facts, email, moment, flaws) for moment in (start, end))
            rows.append([meeting, email, f"{begins:%Y-%m-%d}", f"{begins:%H:%M}", f"{ends:%H:%M}"])
    if "rows-by-person" in flaws:
        rows.sort(key=lambda row: row[1])
    if "columns-in-another-order" in flaws:
        header, *rows = ([row[i] for i in (1, 2, 3, 4, 0)] for row in (header, *rows))
    return csv_text(header, rows)


def local(facts: Facts, email: str, moment: datetime.datetime, flaws: frozenset[str]) -> datetime.datetime:
    """Return a moment on a person's clock, as the flaws would have it."""
    second = datetime.datetime.fromisoformat(facts.second_monday).replace(tzinfo=UTC)
    zone = ZoneInfo(facts.zones[email])
    if email == facts.traveller_email and moment >= second and "traveller-read-at-home" not in flaws:
        zone = ZoneInfo(facts.travel_zone)
    if "csv-in-the-organisers-time" in flaws:
        zone = ZoneInfo(facts.organiser_zone)
    if "first-week-offsets" in flaws:
        before = second - datetime.timedelta(days=5)
        return moment.astimezone(datetime.timezone(before.astimezone(zone).utcoffset()))
    return moment.astimezone(zone)
