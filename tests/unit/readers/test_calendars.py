"""Calendar files."""

import datetime

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import calendars
from hapi_pytest.readers.calendars import calendar_events


def calendar(*lines: str) -> str:
    event = ["BEGIN:VEVENT", "UID:1@x", "SUMMARY:Kick-off", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *event, "END:VCALENDAR", ""])


UTC = ("DTSTART:20260331T080000Z", "DTEND:20260331T090000Z")


def test_times_keep_their_zone():
    zoned = ("DTSTART;TZID=Europe/Berlin:20260331T100000", "DTEND;TZID=Europe/Berlin:20260331T110000")
    (event,) = calendar_events("m.ics", calendar(*zoned))
    assert event.zone == "Europe/Berlin" and event.start.utcoffset() == datetime.timedelta(hours=2)
    assert event.start == datetime.datetime(2026, 3, 31, 8, tzinfo=datetime.UTC)
    assert event.end - event.start == datetime.timedelta(hours=1)


def test_utc_is_a_zone():
    (event,) = calendar_events("m.ics", calendar(*UTC))
    assert (event.zone, event.summary, event.uid, event.attendees) == ("UTC", "Kick-off", "1@x", [])
    assert repr(event) == "<m.ics, event 1 'Kick-off' 2026-03-31T08:00:00+00:00>"


@pytest.mark.parametrize("count", [1, 2])
def test_attendees_lose_their_mailto(count):
    attendees = ["ATTENDEE:mailto:ann@example.org", "ATTENDEE;CN=Bo:MAILTO:bo@example.org"][:count]
    (event,) = calendar_events("m.ics", calendar(*UTC, *attendees))
    assert event.attendees == ["ann@example.org", "bo@example.org"][:count]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("DTSTART:20260331T080000", "DTEND:20260331T090000"), "DTSTART has no time of day or no time zone"),
        (("DTSTART;VALUE=DATE:20260331", "DTEND;VALUE=DATE:20260401"), "DTSTART has no time of day or no time zone"),
        (("DTSTART:20260331T080000Z", "DTEND:20260331T090000"), "DTEND has no time of day or no time zone"),
        (("DTSTART:20260331T080000Z", "DURATION:PT1H"), "has no DTEND"),
        (("DTEND:20260331T080000Z",), "has no DTSTART"),
    ],
)
def test_a_time_without_zone_is_told_with_its_event(lines, problem):
    with pytest.raises(DeliverableError, match=rf"^m\.ics, event 1: {problem}$"):
        calendar_events("m.ics", calendar(*lines))


@pytest.mark.parametrize(
    "text", ["", "no calendar", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", calendar("DTSTART:soon", "DTEND:later")]
)
def test_a_broken_calendar_is_the_deliverables_fault(text):
    with pytest.raises(DeliverableError, match=r"^m\.ics"):
        calendar_events("m.ics", text)


def test_a_calendar_without_events_has_none():
    assert calendar_events("m.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n") == []


def zone(*rules: str) -> str:
    kinds = "".join(
        f"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n{rule}\r\nEND:STANDARD\r\n"
        for rule in rules
    )
    zoned = calendar("DTSTART;TZID=Ours:20260331T080000", "DTEND;TZID=Ours:20260331T090000")
    return zoned.replace("BEGIN:VEVENT", f"BEGIN:VTIMEZONE\r\nTZID:Ours\r\n{kinds}END:VTIMEZONE\r\nBEGIN:VEVENT")


YEARLY = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"


def test_a_zone_that_the_file_defines_is_used():
    (event,) = calendar_events("m.ics", zone(YEARLY))
    assert event.zone == "Ours" and event.start.utcoffset() == datetime.timedelta(hours=2)


def test_a_zone_of_one_file_is_unknown_in_the_next():
    calendar_events("m.ics", zone(YEARLY))
    with pytest.raises(DeliverableError, match=r"DTSTART has no time of day or no time zone$"):
        calendar_events("n.ics", calendar("DTSTART;TZID=Ours:20260331T080000", "DTEND;TZID=Ours:20260331T090000"))


@pytest.mark.parametrize(
    "rule",
    ["RRULE:FREQ=SECONDLY", "rrule:freq=minutely", "RRULE:FREQ=SEC\r\n ONDLY", "RRULE:FREQ=YEARLY;BYSECOND=1,2,3",
     "RRULE:INTERVAL=2;FREQ=DAILY"],
)  # fmt: skip
def test_zones_that_change_all_the_time_are_refused(rule):
    with pytest.raises(DeliverableError, match=r"^m\.ics: a time zone changes other than yearly: "):
        calendar_events("m.ics", zone(YEARLY, rule))


def test_an_endless_event_is_one_event():
    (event,) = calendar_events("m.ics", calendar(*UTC, "RRULE:FREQ=SECONDLY"))
    assert event.summary == "Kick-off"


@pytest.mark.parametrize(("cap", "problem"), [("MOST_LINES", "lines"), ("MOST_ZONE_RULES", "rules of time zones")])
def test_calendars_beyond_reason_are_refused(monkeypatch, cap, problem):
    monkeypatch.setattr(calendars, cap, 2)
    with pytest.raises(DeliverableError, match=rf"^m\.ics: holds more than 2 {problem}$"):
        calendar_events("m.ics", zone(*[YEARLY] * 3))


@pytest.mark.parametrize("line", ["SUMMARY:Other", "UID:2", "DTSTART:20260401T080000Z"])
def test_what_may_stand_once_and_stands_twice_is_refused(line):
    with pytest.raises(DeliverableError, match=rf"^m\.ics, event 1: has more than one {line.split(':')[0]}$"):
        calendar_events("m.ics", calendar(*UTC, line))


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_moments_that_no_other_zone_can_show_are_refused(year):
    times = (f"DTSTART:{year}0101T000000Z", f"DTEND:{year}0101T010000Z")
    with pytest.raises(DeliverableError, match=rf"^m\.ics, event 1: DTSTART is in the year {int(year)}$"):
        calendar_events("m.ics", calendar(*times))
