"""Calendar files."""

import datetime

from hapi_pytest.errors import DeliverableError


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

    try:
        components = list(icalendar.Calendar.from_ical(text).walk("VEVENT"))
        return [_event(f"{name}, event {index}", component) for index, component in enumerate(components, 1)]
    except DeliverableError:
        raise
    except Exception as error:  # whatever the library raises on a broken file is the file's fault
        raise DeliverableError(f"{name}: cannot be read as a calendar: {error}") from None


def _event(place: str, component: object) -> Event:
    get = component.get  # type: ignore[attr-defined]  # a mapping of upper-case names
    moments = []
    for key in ("DTSTART", "DTEND"):
        if get(key) is None:
            raise DeliverableError(f"{place}: has no {key}")
        moment = get(key).dt
        if not isinstance(moment, datetime.datetime) or moment.tzinfo is None:
            raise DeliverableError(f"{place}: {key} has no time of day or no time zone")
        moments.append(moment)
    zone = str(get("DTSTART").params.get("TZID", "UTC"))
    event = Event(place, str(get("SUMMARY", "")), str(get("UID", "")), moments[0], moments[1], zone)
    attendees = get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        event.attendees.append(str(attendee).removeprefix("mailto:").removeprefix("MAILTO:"))
    return event
