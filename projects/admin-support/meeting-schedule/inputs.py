"""A team in seven time zones or so, the hours they offered, and twelve meetings that fit into them.

A valid schedule is drawn first and the hours are put around it, so every variant has a solution. Each trap
is a second slot ("slip") for one meeting that looks free and breaks exactly one rule.
"""
# hapi-pytest canary b19115d6-a85b-4caf-9523-9b93d05933f6

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

UTC = datetime.UTC
EUROPE = ("Berlin", "Lisbon", "Helsinki", "Madrid", "Vienna", "Warsaw", "Athens", "Copenhagen")
AMERICA = ("America/New_York", "America/Toronto", "America/Detroit", "America/Chicago")
EAST = ("Asia/Dubai", "Asia/Kolkata", "Asia/Karachi")
AFRICA = ("Africa/Nairobi", "Africa/Lagos", "Africa/Johannesburg")
TRIPS = (
    ("Europe/Lisbon", "Europe/Athens"),
    ("Europe/Dublin", "Europe/Helsinki"),
    ("Asia/Kolkata", "Asia/Dubai"),
    ("Europe/Athens", "Europe/Madrid"),
)
NAMES = {
    "europe": (
        "Åsa Lindqvist",
        "Jürgen Pohl",
        "Inês Carvalho",
        "Łukasz Wrona",
        "Zoë Vandamme",
        "Eléni Stavrou",
    ),
    "us": ("Dana Whitlock", "Marcus Oyelaran", "Renée Thibault", "Holly Brandt", "Jesús Arroyo"),
    "east": ("Anjali Deshmukh", "Omar Haddad", "Farida Rahimova", "Vikram Seshan"),
    "africa": ("Wanjiru Kamau", "Thabo Nkosi", "Chidi Okafor", "Naledi Mokoena"),
    "traveller": ("Siân Prosser", "Matteo Grünwald", "Ruxandra Pârvu", "Noor El-Amin"),
}
PLAIN = str.maketrans("ÅåüêŁłëéúâñ ", "AaueLleeuan.")
FIRMS = (
    ("Lanternfold Games", "lanternfold.example", "our second board game"),
    ("Saltmeadow Ceramics", "saltmeadow.example", "the spring tableware range"),
    ("Quietwheel Bikes", "quietwheel.example", "the new cargo trailer"),
    ("Hollin & Frost Teas", "hollinfrost.example", "a tea subscription"),
    ("Papercrane Press", "papercrane.example", "a children's atlas"),
)
REVIEWS = ("Prototype", "Budget", "Contract", "Safety", "Catalogue")
TITLES = (
    "Supplier call",
    "Packaging round",
    "Web shop texts",
    "Customs and freight",
    "Photo selection",
    "Press list",
    "Warehouse questions",
    "Returns policy",
    "Price list",
    "Trade fair booth",
    "Sample feedback",
)
CLOCKS = (
    ("Europe", datetime.date(2026, 10, 19)),
    ("North America", datetime.date(2026, 10, 26)),
    ("Europe", datetime.date(2027, 10, 25)),
    ("North America", datetime.date(2027, 11, 1)),
)
MONTHS = {10: "October", 11: "November"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True)
class Person:
    """Somebody on the team."""

    name: str
    email: str
    zone: str

    @property
    def city(self) -> str:
        """The city that the zone is named after."""
        return city_of(self.zone)


@dataclass
class Meeting:
    """A meeting with its slot in the drawn schedule, and perhaps the slot a trap leads to."""

    who: Sequence[str]
    minutes: int
    start: datetime.datetime
    slip: datetime.datetime | None = None
    id: str = ""
    title: str = ""


@dataclass
class Hours:
    """Offered hours as (role, start, end, status), in UTC."""

    draw: Draw
    rows: list[tuple[str, datetime.datetime, datetime.datetime, str]] = field(default_factory=list)

    def offer(
        self, who: Sequence[str], start: datetime.datetime, minutes: int, before: int = -1, after: int = -1
    ) -> None:
        """Offer a slot for everybody named, with a margin; a negative margin is drawn."""
        for role in who:
            early = before if before >= 0 else 30 * self.draw.integer(0, 2)
            if role in ("east", "africa"):
                early = max(early, 60)  # leaves room for the slots that a forgotten clock change suggests
            late = after if after >= 0 else 30 * self.draw.integer(0, 1)
            self.rows.append((role, plus(start, -early), plus(start, minutes + late), ""))


def plus(moment: datetime.datetime, minutes: int) -> datetime.datetime:
    """Move a moment by some minutes."""
    return moment + datetime.timedelta(minutes=minutes)


def at(monday: datetime.date, day: int, hour: float) -> datetime.datetime:
    """Return a moment in UTC, `day` days behind a Monday."""
    date = monday + datetime.timedelta(days=day)
    return plus(datetime.datetime(date.year, date.month, date.day, tzinfo=UTC), round(hour * 60))


def city_of(zone: str) -> str:
    """Return the city that a zone is named after."""
    return zone.partition("/")[2].replace("_", " ")


def cast(draw: Draw, domain: str, trip: tuple[str, str]) -> dict[str, Person]:
    """Draw the team: two people in the organiser's city, one more European, two Americans, three others."""
    names = {region: draw.shuffled(pool) for region, pool in NAMES.items()}
    home, second = draw.sample([zone for zone in map("Europe/{}".format, EUROPE) if zone not in trip], 2)
    us1, us2 = draw.sample(AMERICA, 2)
    places = {
        "organiser": home,
        "deputy": home,
        "second": second,
        "us1": us1,
        "us2": us2,
        "east": draw.choice([zone for zone in EAST if zone not in trip]),
        "africa": draw.choice(AFRICA),
        "traveller": trip[0],
    }
    people = {}
    for role, zone in places.items():
        name = names[{"us1": "us", "us2": "us"}.get(role, role if role in names else "europe")].pop()
        people[role] = Person(name, f"{name.translate(PLAIN).lower()}@{domain}", zone)
    return people


def first_week(draw: Draw, hours: Hours, monday: datetime.date, everybody: Sequence[str]) -> dict[str, Meeting]:
    """Place the meetings of the first week."""
    kick = Meeting(everybody, 60, at(monday, 0, draw.choice([13.5, 14])))
    kick.slip = plus(kick.start, 10)
    hours.offer(everybody, kick.start, 60, after=30)
    first = Meeting(["us1", "organiser", "east"], draw.choice([30, 60, 90]), at(monday, 2, 13))
    ends = plus(first.start, first.minutes)
    back = Meeting(["us1", "deputy"], draw.choice([30, 45, 60]), plus(ends, 30), slip=ends)
    hours.offer(first.who, first.start, first.minutes, before=0, after=0)
    hours.offer(["us1", "deputy", "second"], ends, 30 + back.minutes, before=0)
    cancelled = Meeting(["second", "east", "traveller"], 60, at(monday, 3, draw.choice([8, 8.5, 9])))
    cancelled.slip = at(monday, 1, draw.choice([8, 8.5, 9]))
    hours.offer(cancelled.who, cancelled.start, 60)
    hours.offer(["second", "traveller"], cancelled.slip, 60, before=60)
    hours.rows.append(("east", plus(cancelled.slip, -60), plus(cancelled.slip, 120), "cancelled"))
    friday = Meeting(
        ["organiser", "africa", "us2"], draw.choice([45, 60]), at(monday, 3, draw.choice([13.5, 14, 14.5]))
    )
    friday.slip = at(monday, 4, 14.5)
    hours.offer(friday.who, friday.start, friday.minutes)
    hours.offer(friday.who, friday.slip, 150, before=0, after=0)
    return {"kick-off": kick, "first": first, "back-to-back": back, "cancelled": cancelled, "friday": friday}


def second_week(
    draw: Draw,
    hours: Hours,
    monday: datetime.date,
    shifting: Sequence[str],
    staying: Sequence[str],
    travel: int,
) -> dict[str, Meeting]:
    """Place the meetings behind the clock change; `travel` is the traveller's shift in minutes."""
    pair_day = draw.integer(1, 2)
    clock_day, other_day = draw.shuffled([0, 3 - pair_day])
    start = at(monday, clock_day, draw.choice([14, 14.5]))
    clock = Meeting([shifting[0], staying[0], "east"], draw.choice([45, 60]), start, slip=plus(start, -60))
    hours.offer(clock.who[:1], start, clock.minutes, before=0, after=0)
    hours.offer(clock.who[1:], start, clock.minutes, before=90, after=30)
    other = Meeting([shifting[1], staying[1]], draw.choice([45, 60]), at(monday, other_day, draw.choice([14, 14.5])))
    hours.offer(other.who[1:], other.start, other.minutes, before=0, after=0)
    hours.offer(other.who[:1], other.start, other.minutes, before=30, after=90)
    start = at(monday, pair_day, (8.5 if travel > 0 else 9.5) + draw.choice([0, 0.5, 1]))
    away = Meeting(["traveller", "africa", "second"], 60, start, slip=plus(start, travel))
    hours.offer(["traveller"], start, 60, before=0, after=0)
    hours.offer(["africa", "second"], min(start, plus(start, travel)), 60 + abs(travel), before=30, after=90)
    return {"clock": clock, "other": other, "away": away} | behind_each_other(draw, hours, monday, pair_day)


def behind_each_other(draw: Draw, hours: Hours, monday: datetime.date, pair_day: int) -> dict[str, Meeting]:
    """Place the meetings of the second week that order, overlap or a closed office hold apart."""
    closed_day = 3 - pair_day
    review = Meeting(["organiser", "africa", "deputy"], 60, at(monday, pair_day, 13))
    double = Meeting(["africa", "second", "east"], draw.choice([45, 60]), at(monday, pair_day, 14.5))
    double.slip = at(monday, pair_day, 13.5)
    hours.offer(review.who, review.start, 60, before=0)
    hours.offer(double.who, review.start, 90 + double.minutes, before=0, after=30)
    sign = Meeting(["organiser", "east", "deputy"], 90, at(monday, 3, draw.choice([12.5, 13])))
    sign.slip = at(monday, 0, draw.choice([8, 8.5, 9]))
    hours.offer(sign.who, sign.start, 90)
    hours.offer(sign.who, sign.slip, 90)
    closed = Meeting(["africa", "second", "deputy"], draw.choice([45, 60]), at(monday, 3, draw.choice([8.5, 9, 9.5])))
    closed.slip = at(monday, closed_day, draw.choice([8.5, 9, 9.5]))
    hours.offer(closed.who, closed.start, closed.minutes)
    hours.offer(closed.who, closed.slip, closed.minutes, before=60, after=60)
    return {"review": review, "double": double, "sign-off": sign, "closed": closed}


def number(draw: Draw, meetings: dict[str, Meeting]) -> None:
    """Give ids and titles; the kick-off is M01, the others stand in drawn order."""
    topic = draw.choice(REVIEWS)
    titles = draw.shuffled(TITLES)
    fixed = {"kick-off": "Kick-off", "review": f"{topic} review", "sign-off": f"{topic} sign-off"}
    for index, key in enumerate(["kick-off", *draw.shuffled([key for key in meetings if key != "kick-off"])], 1):
        meetings[key].id = f"M{index:02}"
        meetings[key].title = fixed.get(key) or titles.pop()


def availability(draw: Draw, hours: Hours, people: dict[str, Person], trip_zone: str, second: datetime.date) -> str:
    """Write the offered hours in local time, in drawn order, with duplicates and as people type them."""
    lines = []
    for role, start, end, status in hours.rows:
        zone = ZoneInfo(trip_zone if role == "traveller" and start.date() >= second else people[role].zone)
        opens, closes = start.astimezone(zone), end.astimezone(zone)
        day = draw.choice(
            [f"{opens:%Y-%m-%d}", f"{opens:%d.%m.%Y}", f"{opens.day} {MONTHS[opens.month][:3]} {opens.year}"]
        )
        colon = draw.choice([":", ":", "."])
        times = [f"{time.hour}{colon}{time:%M}".rjust(draw.choice([4, 5]), "0") for time in (opens, closes)]
        lines.append([people[role].name, day, *times, status])
    ours = [line for line in lines if not line[-1]]
    return csv_text(["who", "day", "from", "to", "status"], draw.shuffled(lines + draw.sample(ours, 4)))


def move_days(draw: Draw, hours: Hours, meetings: Iterable[Meeting], monday: datetime.date) -> None:
    """Move all of a day by up to three quarters of an hour, and change the inner days of week 1 round."""
    inner = draw.shuffled([1, 2, 3])
    moved = {}
    for day in range(14):
        other = inner[day - 1] if 1 <= day <= 3 else day
        days = datetime.timedelta(days=other - day, minutes=15 * draw.integer(0 if day == 4 else -3, 3))
        moved[monday + datetime.timedelta(days=day)] = days
    hours.rows = [
        (role, start + moved[start.date()], end + moved[start.date()], status)
        for role, start, end, status in hours.rows
    ]
    for meeting in meetings:
        meeting.start += moved[meeting.start.date()]
        meeting.slip = meeting.slip and meeting.slip + moved[meeting.slip.date()]


def spare_hours(draw: Draw, hours: Hours, mondays: Sequence[datetime.date]) -> None:
    """Offer hours that fit nobody else, as people do."""
    usual = {"us1": (19.5, 120), "us2": (20, 90), "organiser": (16.5, 60), "second": (16, 60)}
    for monday in mondays:
        for role, (hour, minutes) in usual.items():
            for day in sorted(draw.sample(range(5), 2)):
                hours.offer([role], at(monday, day, hour), minutes, before=0, after=0)


def windows(hours: Hours, people: dict[str, Person]) -> dict[str, list[list[str]]]:
    """Return each person's usable hours in UTC, touching ones joined."""
    joined: dict[str, list[list[str]]] = {person.email: [] for person in people.values()}
    for role, start, end, status in sorted(hours.rows):
        spans = joined[people[role].email]
        if status:
            continue
        if spans and start.isoformat() <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], end.isoformat())
        else:
            spans.append([start.isoformat(), end.isoformat()])
    return joined


def meetings_docx(people: dict[str, Person], rows: list[list[str]]) -> bytes:
    """Write the house rules, the team and the meetings."""
    import docx

    document = docx.Document()
    document.add_heading("House rules", 2)
    for rule in RULES:
        document.add_paragraph(rule, style="List Bullet")
    team = [[p.name, p.email, p.city, p.zone] for p in people.values()]
    tables = {
        "Team": [["Name", "E-mail", "City", "Time zone"], *team],
        "Meetings": [["Id", "Title", "Minutes", "Week", "Who must be there", "Remark"], *rows],
    }
    for title, lines in tables.items():
        document.add_heading(title, 2)
        table = document.add_table(rows=0, cols=len(lines[0]))
        for line in lines:
            for cell, text in zip(table.add_row().cells, line, strict=True):
                cell.text = text
    return office_bytes(document)


RULES = (
    "Nobody sits in two meetings at once, and everybody gets at least 15 minutes between two meetings.",
    "On a Friday no meeting ends after 16:00 on the clock of anyone who sits in it.",
    "The kick-off comes before every other meeting. Where the remark says after, that one has to be over.",
    "Week 1 and week 2 are the two weeks named in the job post, Monday to Friday.",
    "In availability.csv the hours are on the clock of the place where the person is that day.",
    "Dates with dots are day.month.year. A line marked cancelled does not count, a line that stands twice is "
    "one offer, and hours that touch may be joined.",
)


def table_rows(meetings: dict[str, Meeting], people: dict[str, Person], weeks: dict[str, int]) -> list[list[str]]:
    """Return the meetings as first listed: before the late changes."""
    rows = []
    for key, meeting in meetings.items():
        who = ["second" if key == "back-to-back" and role == "deputy" else role for role in meeting.who]
        remark = {"kick-off": "before all others", "sign-off": f"after {meetings['review'].id}"}.get(key, "")
        minutes = 60 if key == "sign-off" else meeting.minutes
        names = "; ".join(people[role].name for role in who)
        rows.append([meeting.id, meeting.title, str(minutes), str(weeks[meeting.id]), names, remark])
    return sorted(rows)


def changes_md(given: dict[str, object]) -> str:
    """Write the late changes."""
    return f"""# Changes since the meeting list was made

These win over meetings.docx and over the sheet.

- {given["new_name"]} takes {given["handed_over"]} over from {given["old_name"]}, who need not be there.
- {given["longer"]} needs 90 minutes, not 60: the lawyers want to go through it page by page.
- {given["traveller"]} spends all of week 2 in {given["travel_city"]} (time zone {given["travel_zone"]})
  and has typed the hours for that week in {given["travel_city"]} time. Week 1 is at home as usual.
- The {given["closed_city"]} office is closed on {given["closed_day"]} for a local holiday. Nobody from there
  takes calls that day, whatever the sheet says.
"""


def build(draw: Draw) -> Inputs:
    """Build the attachments and the facts."""
    trip = draw.choice(TRIPS)
    firm, domain, product = draw.choice(FIRMS)
    continent, monday = draw.choice(CLOCKS)
    second = monday + datetime.timedelta(days=7)
    people = cast(draw, domain, trip)
    europe, america = draw.shuffled(["organiser", "second"]), draw.shuffled(["us1", "us2"])
    shifting, staying = (europe, america) if continent == "Europe" else (america, europe)
    home, away = (at(second, 0, 12).astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) for zone in trip)
    hours = Hours(draw)
    one = first_week(draw, hours, monday, list(people))
    two = second_week(draw, hours, second, shifting, staying, round((away - home).total_seconds() / 60))
    spare_hours(draw, hours, (monday, second))
    meetings = one | two
    move_days(draw, hours, meetings.values(), monday)
    number(draw, meetings)
    weeks = {meeting.id: 1 if key in one else 2 for key, meeting in meetings.items()}
    given = named(people, meetings) | {
        "firm": firm,
        "product": product,
        "continent": continent,
        "week_one": span(monday),
        "week_two": span(second),
        "mondays": [monday.isoformat(), second.isoformat()],
        "second_monday": second.isoformat(),
        "weeks": weeks,
        "travel_zone": trip[1],
        "travel_city": city_of(trip[1]),
        "windows": windows(hours, people),
    }
    gold = {
        "plan": {meeting.id: meeting.start.isoformat() for meeting in meetings.values()},
        "slips": {key: [m.id, m.slip.isoformat()] for key, m in meetings.items() if m.slip},
        "minutes": {meeting.id: meeting.minutes for meeting in meetings.values()},
        "attendees": {m.id: [people[role].email for role in m.who] for m in meetings.values()},
        "replaced": people["second"].email,
        "successor": people["deputy"].email,
    }
    files = {
        "availability.csv": availability(draw, hours, people, trip[1], second),
        "meetings.docx": meetings_docx(people, table_rows(meetings, people, weeks)),
        "changes.md": changes_md(given),
    }
    return Inputs(files=files, given=given, gold=gold)


def named(people: dict[str, Person], meetings: dict[str, Meeting]) -> dict[str, object]:
    """Return the facts that name people, places and meetings."""
    organiser, traveller, africa = (people[role] for role in ("organiser", "traveller", "africa"))
    closed = meetings["closed"].slip or meetings["closed"].start
    return {
        "organiser": organiser.name,
        "organiser_city": organiser.city,
        "organiser_zone": organiser.zone,
        "traveller": traveller.name,
        "traveller_email": traveller.email,
        "new_name": people["deputy"].name,
        "old_name": people["second"].name,
        "handed_over": meetings["back-to-back"].id,
        "longer": meetings["sign-off"].id,
        "review": meetings["review"].id,
        "clock_meeting": meetings["clock"].id,
        "friday_meeting": meetings["friday"].id,
        "closed_city": africa.city,
        "closed_email": africa.email,
        "closed_date": closed.date().isoformat(),
        "closed_day": f"{DAYS[closed.weekday()]} {closed.day} {MONTHS[closed.month]}",
        "zones": {person.email: person.zone for person in people.values()},
        "titles": {meeting.id: meeting.title for meeting in meetings.values()},
    }


def span(monday: datetime.date) -> str:
    """Write Monday to Friday as people do."""
    friday = monday + datetime.timedelta(days=4)
    return f"{monday.day} {MONTHS[monday.month]} to {friday.day} {MONTHS[friday.month]} {friday.year}"
