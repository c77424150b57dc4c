"""Calendar files."""

import datetime
import re

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import reading

MOST_LINES = 100_000
MOST_ZONE_RULES = 200
_ZONES = re.compile(r"BEGIN:VTIMEZONE(.*?)(?:END:VTIMEZONE|\Z)", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r"^RRULE\b.*", re.MULTILINE | re.IGNORECASE)
_DENSE = re.compile(r"FREQ=(?!YEARLY)|BY(?:HOUR|MINUTE|SECOND)=", re.IGNORECASE)


class Event:
    """One VEVENT."""

    def __init__(
        self, place: str, summary: str, uid: str, start: datetime.datetime, end: datetime.datetime, zone: str
    ) -> None:
        self.place = place
        self.summary = summary
        self.uid = uid
        self.start = start
        """With time zone."""
        self.end = end
        """With time zone."""
        self.zone = zone
        """The TZID of the start, or "UTC"."""
        self.attendees: list[str] = []
        """Attendees as written, without `mailto:`."""

    def __repr__(self) -> str:
        return f"<{self.place} {self.summary!r} {self.start.isoformat()}>"


def calendar_events(name: str, text: str) -> list[Event]:
    """Return the events of an ics file; a start or end without time zone is a DeliverableError."""
    import icalendar

    Allowance(name, MOST_LINES, "lines").take(max(map(text.count, "\n\r")))
    _inspect_zones(name, text)
    with reading(name, "a calendar"):
        icalendar.use_zoneinfo()  # type: ignore[no-untyped-call]  # which also forgets the zones that an earlier calendar defined
        components = icalendar.Calendar.from_ical(text).walk("VEVENT")
        return [_event(f"{name}, event {index}", component) for index, component in enumerate(components, 1)]


def _inspect_zones(name: str, text: str) -> None:
    """Refuse zones whose clock changes more often than any real one's: the library lists every change up to 2038."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    rules = [rule for zone in _ZONES.findall(unfolded) for rule in _RULE.findall(zone)]
    Allowance(name, MOST_ZONE_RULES, "rules of time zones").take(len(rules))
    for rule in rules:
        if _DENSE.search(rule):
            raise DeliverableError(f"{name}: a time zone changes other than yearly: {rule[:80]!r}")


def _event(place: str, component: object) -> Event:
    get = component.get  # type: ignore[attr-defined]  # a mapping of upper-case names
    for key in ("DTSTART", "DTEND", "SUMMARY", "UID"):
        if isinstance(get(key), list):
            raise DeliverableError(f"{place}: has more than one {key}")
    start, end = (_moment(place, key, get(key)) for key in ("DTSTART", "DTEND"))
    zone = str(get("DTSTART").params.get("TZID", "UTC"))
    event = Event(place, str(get("SUMMARY", "")), str(get("UID", "")), start, end, zone)
    attendees = get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        event.attendees.append(str(attendee).removeprefix("mailto:").removeprefix("MAILTO:"))
    return event


def _moment(place: str, key: str, value: object) -> datetime.datetime:
    if value is None:
        raise DeliverableError(f"{place}: has no {key}")
    moment = value.dt  # type: ignore[attr-defined]  # a date, a moment, a duration or a period
    # Asked for here because the offset of a zone that the file defines may raise.
    if not isinstance(moment, datetime.datetime) or moment.utcoffset() is None:
        raise DeliverableError(f"{place}: {key} has no time of day or no time zone")
    if not 1000 <= moment.year < 9000:  # else another zone's clock may not be able to show it
        raise DeliverableError(f"{place}: {key} is in the year {moment.year}")
    return moment
