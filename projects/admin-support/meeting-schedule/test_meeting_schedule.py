"""Rubric: meeting schedule across time zones."""
# hapi-pytest canary b19115d6-a85b-4caf-9523-9b93d05933f6

import datetime
import itertools
import re
from zoneinfo import ZoneInfo

from hapi_pytest import Rubric

rubric = Rubric()
UTC = datetime.UTC
DOCX, CHANGES = "meetings.docx", "changes.md"


class Slot:
    """One event with its moments in UTC."""

    def __init__(self, meeting, event):
        for moment in (event.start, event.end):
            assert 2020 <= moment.year <= 2040, f"{meeting} lies in the year {moment.year}"
        self.meeting, self.event = meeting, event
        self.start, self.end = event.start.astimezone(UTC), event.end.astimezone(UTC)


def slots_of(deliverable, facts):
    """Return the slots of known meetings; most meetings must be there, or no rule about them is kept."""
    slots = []
    for event in deliverable.ics("schedule.ics"):
        found = re.match(r"\W*(M\d\d)(?!\d)", event.summary.upper())
        if found and found[1] in facts.plan:
            slots.append(Slot(found[1], event))
    placed = {slot.meeting for slot in slots}
    assert len(placed) * 2 > len(facts.plan), f"schedule.ics places {len(placed)} of {len(facts.plan)} meetings"
    return slots


def zone_of(facts, email, moment):
    """Return a person's zone at a moment."""
    if email == facts.traveller_email and moment.date().isoformat() >= facts.second_monday:
        return ZoneInfo(facts.travel_zone)
    return ZoneInfo(facts.zones[email])


def address(text):
    """Return an e-mail address without `mailto:`, in lower case."""
    return re.sub(r"^mailto:", "", text.strip().lower())


def assert_inside(slots, facts, people):
    """Assert that each slot lies inside the hours that each of the chosen people offered."""
    for slot in slots:
        for email in facts.attendees[slot.meeting]:
            spans = facts.windows[email] if email in people else None
            inside = spans is None or any(
                datetime.datetime.fromisoformat(opens) <= slot.start
                and slot.start <= slot.end <= datetime.datetime.fromisoformat(closes)
                for opens, closes in spans
            )
            begins = slot.start.astimezone(zone_of(facts, email, slot.start))
            assert inside, f"{slot.meeting} is at {begins:%Y-%m-%d %H:%M} for {email}, outside the offered hours"


def shared_pairs(slots, facts):
    """Yield pairs of slots in time order that need the same person."""
    for one, two in itertools.combinations(sorted(slots, key=lambda slot: slot.start), 2):
        if set(facts.attendees[one.meeting]) & set(facts.attendees[two.meeting]):
            yield one, two


@rubric.critical(
    "Every meeting stands in the calendar once, in its full length",
    brief="Every meeting has to happen once, in its full length",
    attachments={CHANGES: "{longer} needs 90 minutes, not 60"},
)
def every_meeting_once_in_full(deliverable, facts):
    slots = slots_of(deliverable, facts)
    assert sorted(slot.meeting for slot in slots) == sorted(facts.plan)
    for slot in slots:
        minutes = (slot.end - slot.start).total_seconds() / 60
        assert minutes == facts.minutes[slot.meeting], f"{slot.meeting} takes {minutes:g} minutes"


@rubric.critical(
    "Each event invites exactly the people who must be there, after the handover",
    brief="for everyone who must be there, nobody else",
    attachments={CHANGES: "{new_name} takes {handed_over} over from {old_name}"},
)
def right_people_invited(deliverable, facts):
    for slot in slots_of(deliverable, facts):
        invited = {address(attendee) for attendee in slot.event.attendees}
        assert invited == set(facts.attendees[slot.meeting]), f"{slot.meeting} invites {sorted(invited)}"


@rubric.critical(
    "Meetings of week 1 lie inside the hours that each of their people offered",
    brief="lie inside the hours that each of its people offered",
    attachments={DOCX: "A line marked cancelled does not count"},
)
def first_week_inside_offered_hours(deliverable, facts):
    slots = [slot for slot in slots_of(deliverable, facts) if facts.weeks[slot.meeting] == 1]
    assert slots, "no meeting of week 1 is placed"
    assert_inside(slots, facts, set(facts.zones))


@rubric.critical(
    "Meetings of week 2 lie inside the offered hours on the clocks as they stand after the change",
    brief=[
        "lie inside the hours that each of its people offered",
        "not every country changes them on the same weekend",
    ],
)
def second_week_inside_offered_hours(deliverable, facts):
    slots = [slot for slot in slots_of(deliverable, facts) if facts.weeks[slot.meeting] == 2]
    assert slots, "no meeting of week 2 is placed"
    assert_inside(slots, facts, set(facts.zones) - {facts.traveller_email})


@rubric.critical(
    "The traveller's hours in week 2 are read on the clock of the place of the trip",
    attachments={CHANGES: "typed the hours for that week in {travel_city} time"},
)
def traveller_inside_offered_hours(deliverable, facts):
    slots = [slot for slot in slots_of(deliverable, facts) if facts.weeks[slot.meeting] == 2]
    slots = [slot for slot in slots if facts.traveller_email in facts.attendees[slot.meeting]]
    assert slots, "the traveller's meeting is not placed"
    assert_inside(slots, facts, {facts.traveller_email})


@rubric.critical("Nobody sits in two meetings at once", attachments={DOCX: "Nobody sits in two meetings at once"})
def nobody_in_two_meetings(deliverable, facts):
    for one, two in shared_pairs(slots_of(deliverable, facts), facts):
        assert two.start >= one.end, f"{one.meeting} and {two.meeting} overlap and need the same person"


@rubric.important(
    "Everybody gets 15 minutes between two meetings",
    attachments={DOCX: "everybody gets at least 15 minutes between two meetings"},
)
def quarter_hour_between_meetings(deliverable, facts):
    for one, two in shared_pairs(slots_of(deliverable, facts), facts):
        gap = (two.start - one.end).total_seconds() / 60
        # an overlap is another criterion's matter
        assert gap < 0 or gap >= 15, f"{two.meeting} starts {gap:g} minutes after {one.meeting} ends"


@rubric.important(
    "No meeting ends after 16:00 on a Friday on anyone's clock",
    attachments={DOCX: "On a Friday no meeting ends after 16:00 on the clock of anyone who sits in it"},
)
def friday_ends_by_four(deliverable, facts):
    for slot in slots_of(deliverable, facts):
        for email in facts.attendees[slot.meeting]:
            zone = zone_of(facts, email, slot.start)
            begins, ends = slot.start.astimezone(zone), slot.end.astimezone(zone)
            if begins.weekday() == 4:
                late = ends.date() != begins.date() or ends.time() > datetime.time(16)
                assert not late, f"{slot.meeting} ends on Friday at {ends:%H:%M} for {email}"


@rubric.important(
    "Each meeting lies in its week, the kick-off first, and the sign-off behind its review",
    brief="its own week",
    attachments={DOCX: "The kick-off comes before every other meeting"},
)
def weeks_and_order_kept(deliverable, facts):
    slots = slots_of(deliverable, facts)
    for slot in slots:
        monday = datetime.date.fromisoformat(facts.mondays[facts.weeks[slot.meeting] - 1])
        for email in facts.attendees[slot.meeting]:
            day = slot.start.astimezone(zone_of(facts, email, slot.start)).date()
            assert 0 <= (day - monday).days <= 4, f"{slot.meeting} is on {day} for {email}, not in its week"
    starts = [(slot.meeting, slot.start) for slot in slots]
    for early in slots:
        later = [start for meeting, start in starts if meeting != "M01"] if early.meeting == "M01" else []
        if early.meeting == facts.review:
            later = [start for meeting, start in starts if meeting == facts.longer]
        assert all(start >= early.end for start in later), (
            f"a meeting that comes after {early.meeting} starts too early"
        )


@rubric.important(
    "The events are written in the organiser's time zone",
    brief="written in my zone (TZID={organiser_zone}, not as UTC times)",
)
def calendar_in_the_organisers_zone(deliverable, facts):
    for slot in slots_of(deliverable, facts):
        assert slot.event.zone == facts.organiser_zone, f"{slot.meeting} is written in {slot.event.zone}"


@rubric.critical("The csv has one row for each person in each meeting", brief="One row for each person in each meeting")
def csv_has_each_attendance(deliverable, facts):
    rows = [(row["meeting"].upper(), address(row["attendee"])) for row in deliverable.csv("schedule.csv")]
    wanted = [(meeting, email) for meeting, people in facts.attendees.items() for email in people]
    assert sorted(rows) == sorted(wanted)


@rubric.critical(
    "The csv shows each person's own local date and times, and the same meeting times as the calendar",
    brief=["that person's own local date and times", "The two files have to say the same"],
)
def csv_shows_each_local_time(deliverable, facts):
    slots = slots_of(deliverable, facts)
    rows = deliverable.csv("schedule.csv").rows
    assert len(rows) >= len(facts.plan), f"schedule.csv has {len(rows)} rows"
    for row in rows:
        meeting, email = row["meeting"].upper(), address(row["attendee"])
        assert email in facts.zones, f"{email} is not on the team"
        shown = (row.date("date"), minute(row["start"]), minute(row["end"]))
        clocks = [
            [moment.astimezone(zone_of(facts, email, slot.start)) for moment in (slot.start, slot.end)]
            for slot in slots
            if slot.meeting == meeting
        ]
        true = [
            (begins.date(), *(clock.hour * 60 + clock.minute for clock in (begins, ends))) for begins, ends in clocks
        ]
        assert shown in true, f"{meeting} is shown to {email} on {shown[0]} at {row['start']}, not as in schedule.ics"


@rubric.pitfall(
    "Nobody from the closed office has a meeting on the closed day",
    attachments={CHANGES: "Nobody from there takes calls that day, whatever the sheet says"},
)
def closed_office_left_alone(deliverable, facts):
    for slot in slots_of(deliverable, facts):
        if facts.closed_email in facts.attendees[slot.meeting]:
            zone = ZoneInfo(facts.zones[facts.closed_email])
            days = {moment.astimezone(zone).date().isoformat() for moment in (slot.start, slot.end)}
            assert facts.closed_date not in days, f"{slot.meeting} needs somebody from a closed office"


@rubric.optional("Meetings start on a quarter hour", brief="starts on a quarter hour")
def starts_on_the_quarter_hour(deliverable, facts):
    for slot in slots_of(deliverable, facts):
        assert slot.start.minute % 15 == 0 and slot.start.second == 0, (
            f"{slot.meeting} starts at {slot.start:%H:%M} UTC"
        )


def minute(text):
    """Return a time of day in minutes."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::00)?", text)
    assert found, f"{text!r} is not a time as HH:MM"
    return int(found[1]) * 60 + int(found[2])


def test_meeting_schedule(engagement):
    engagement.assert_complete()
