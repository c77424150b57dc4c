"""A webinar's attendance and questions with the CRM behind them, and who is to be followed up how."""
# hapi-pytest canary 62ab6f05-294e-4026-8f0a-852d1c3d529d

import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

TOPICS = ["Less scrap in small series", "Planning shifts without tears", "Spare parts that are there", "Quiet machines"]
CLIENTS = ["Fenja", "Luc", "Maribel", "Tadeus", "Noor", "Gwen"]
ZONES = {"Europe/Vienna": 2, "Europe/Madrid": 2, "Europe/Helsinki": 3, "Europe/Lisbon": 1, "Europe/Prague": 2}
"""Hours ahead of UTC while it is summer."""
FIRST = [
    "Anna", "Björn", "Chiara", "Dragan", "Elif", "Françoise", "Goran", "Hanne", "Ida", "Jürgen", "Katarzyna", "Lars",
    "Mónica", "Nuno", "Oda", "Pavel", "Renée", "Søren", "Tomás", "Ulla", "Vera", "Wim", "Yusuf", "Zoë",
]  # fmt: skip
LAST = [
    "Aalto", "Berger", "Cermak", "Duarte", "Engel", "Fabre", "Girard", "Holm", "Iversen", "Jansen", "Koivu", "Lopes",
    "Marek", "Novotny", "Otero", "Pires", "Quist", "Rossi", "Svoboda", "Thaler", "Urban", "Varga", "Wolff", "Ziegler",
]  # fmt: skip
FIRMS = [
    "Abenteuer", "Brandtner", "Corvo", "Delling", "Estrella", "Fjord", "Grauwerk", "Hellmut", "Istria", "Jolanda",
    "Kranz", "Lumen", "Mistral", "Nordwind", "Ostara", "Palma", "Quellgrund", "Rotunde", "Seeblick", "Tramontana",
]  # fmt: skip
TRADES = ["Metall", "Plast", "Pack", "Optik", "Textil", "Druck", "Holz", "Guss"]
ASK = [
    "Does it also work with", "What happens to our data in", "How long does it take to set up", "Can you export from",
    "What does it cost for", "Is there an interface to", "Who trains our people on", "Which reports come with",
]  # fmt: skip
ABOUT = [
    'the "old" scanners', "three shifts, two sites", "machines from before 1990", "the Nürnberg plant", "pallets; big",
    "rented machines", "a firm of 12", "Excel lists", "night shifts", "spare parts", "two languages", "the café line",
]  # fmt: skip
OWN_DOMAIN = "vorlauf-software.example"
DAY = datetime.date(2026, 10, 21)
FIRST_CALL = datetime.date(2026, 10, 23)
ONE = datetime.timedelta(days=1)
TO_ASCII = str.maketrans("åäáøöüéñçóë", "aaaooue" + "ncoe")
RULES = """\
# After the webinar

## Who is on the list

- Everybody in attendance.csv, also who registered and never came. Contacts of the CRM who did not register are not.
- A contact is found by either of the two addresses in the CRM; some registered with one and came back with the other.
  Capitals do not matter.
- Whoever is not in the CRM is new, and a prospect.

## Who stays off the list (suppressed)

- our own people: every address at {own_domain},
- contacts with the stage competitor,
- contacts with "no" under Mail ok, whatever their stage (empty is fine).

## Minutes

Somebody who left and came back has a line for each time. Add these up to the second, then cut off what is less than a
whole minute.

## Segments

Go down this ladder and take the first that fits.

1. account: the stage is customer.
2. call: has an open question, however long the person stayed. Open are those without a yes under Answered.
3. demo: {demo} minutes or more.
4. recording: {least} minutes or more.
5. missed: everybody else on the list.

## Calls

- The owner calls. Owners: {owner_text}.
- Calls begin on {first_call_text}. An owner has {slots} slots a day, at {slot_text} {city} time, and fills them from
  the first, in the order in which the people asked their first open question; then comes the owner's next day.
- No calls on Saturdays and Sundays, on {closed_text}, when we are closed, and on days off: {off_text}.
"""

Person = dict[str, Any]


class Crowd:
    """The people of one variant."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.names = draw.sample([(first, last) for first in FIRST for last in LAST], 150)
        self.firms = draw.sample([f"{firm} {trade}" for firm in FIRMS for trade in TRADES], 150)
        self.numbers = draw.sample(range(107, 9_900), 180)
        self.questions = draw.sample([f"{ask} {about}?" for ask in ASK for about in ABOUT], 60)
        self.owners = draw.sample([first for first in FIRST if first.isascii()], 3)
        self.length = draw.integer(58, 75)
        self.least, self.demo = draw.integer(5, 8), draw.integer(36, 44)
        self.people: list[Person] = []

    def add(self, minutes: int | None, stage: str = "prospect", role: str = "", **more: Any) -> Person:
        """Add somebody who was there for some minutes, or not at all."""
        draw, (first, last), firm = self.draw, self.names.pop(), self.firms.pop()
        domain = firm.lower().replace(" ", "-") + ".example"
        email = f"{first}.{last}@{domain}".lower().translate(TO_ASCII)
        person: Person = {"name": f"{first} {last}", "email": email, "company": firm, "stage": stage, "role": role}
        person |= {"id": f"{self.numbers.pop():05d}", "owner": self.owners[len(self.people) % 3], "mail_ok": "yes"}
        person |= {"other": "", "used": [email], "questions": [], "sessions": []}
        if minutes is not None:
            start = draw.integer(0, 60 * (self.length - minutes) - 60)
            person["sessions"] = [[start, start + 60 * minutes + draw.integer(5, 25)]]
        self.people.append(person)
        person |= more
        return person

    def ask(self, person: Person, *, is_answered: bool, at: int | None = None) -> None:
        """Let somebody ask something."""
        moment = self.draw.integer(300, 60 * self.length - 900) if at is None else at
        person["questions"].append([moment, self.questions.pop(), is_answered])

    def some(self) -> int:
        """Draw minutes that are enough for a recording and too few for a demo."""
        return self.draw.integer(self.least + 3, self.demo - 4)

    def many(self) -> int:
        """Draw minutes that are enough for a demo."""
        return self.draw.integer(self.demo + 3, self.length - 5)


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    crowd = Crowd(draw)
    _ordinary(crowd)
    _askers(crowd)
    _returners(crowd)
    _identities(crowd)
    _suppressed(crowd)
    given = _given(draw, crowd)
    files = {
        "attendance.csv": _attendance(draw, crowd, given["start"]),
        "questions.csv": _questions(crowd, given["start"]),
        "crm.xlsx": _crm(draw, crowd),
        "rules.md": RULES.format(**given),
    }
    return Inputs(files=files, given=given, gold=_gold(crowd, given))


def _ordinary(crowd: Crowd) -> None:
    draw = crowd.draw
    for _ in range(draw.integer(7, 12)):
        crowd.add(crowd.many())
    for _ in range(draw.integer(9, 14)):
        crowd.add(crowd.some())
    for _ in range(3):
        crowd.add(draw.integer(1, crowd.least - 2))
    for index in range(draw.integer(11, 19)):
        crowd.add(None, stage="customer" if index < 2 else "prospect")
    for index in range(6):
        crowd.add([crowd.some(), crowd.many(), None][index % 3], id="", owner="", stage="")
    for _ in range(3):
        crowd.add(crowd.many(), owner="")
    crowd.add(crowd.demo)["sessions"] = [[600, 600 + 60 * crowd.demo]]
    crowd.add(crowd.least)["sessions"] = [[900, 900 + 60 * crowd.least]]


def _askers(crowd: Crowd) -> None:
    """People with open questions and with answered ones."""
    draw, seconds = crowd.draw, crowd.draw.integer(2, 8)
    for index, slot in enumerate(draw.shuffled(range(360, 360 + 14 * 120, 120))):
        person = crowd.add([crowd.many(), crowd.some(), 1][index % 3], owner=crowd.owners[index % 3])
        asked, (came, left), end = slot + draw.integer(0, 100), person["sessions"][0], 60 * crowd.length
        stay = left - came
        came = min(asked - 40, end - stay)  # nobody asks before coming in or after leaving
        person["sessions"] = [[came, came + stay]]
        if index in (5, 8):
            person |= {"id": "", "stage": "", "owner": ""}
        crowd.ask(person, is_answered=False, at=asked)
        if index < seconds:
            crowd.ask(person, is_answered=False, at=end - draw.integer(100, 500))
        if index in (4, 9):
            crowd.ask(person, is_answered=True, at=draw.integer(60, 300))
    for _ in range(draw.integer(4, 8)):
        crowd.ask(crowd.add(crowd.some()), is_answered=True)
    for owner in crowd.owners[draw.integer(0, 1) :]:
        customer = crowd.add(crowd.many(), stage="customer", owner=owner)
        crowd.ask(customer, is_answered=False, at=draw.integer(60, 300))


def _returners(crowd: Crowd) -> None:
    """People who left and came back: together at the limit of a demo, or some odd seconds below a minute."""
    draw, end = crowd.draw, 60 * crowd.length
    for stage in ("customer", "prospect"):
        for extra in (draw.integer(2, 20), draw.integer(36, 50) - 60 * draw.integer(4, 9)):
            first = 60 * (crowd.demo // 2 - draw.integer(5, 9)) + 55
            second = 60 * crowd.demo + extra - first
            person, late = crowd.add(None, stage=stage, role="rejoin"), end - draw.integer(60, 120)
            person["sessions"] = [[60, 60 + first], [late - second, late]]


def _identities(crowd: Crowd) -> None:
    """Customers who came under their other address, and other addresses that nobody used."""
    for index in range(5):
        person = crowd.add(crowd.many(), stage="customer", role="alias")
        name = person["email"].split("@")[0]
        person["other"] = f"{name.replace('.', '-')}@{crowd.draw.choice(['quickpost', 'mailbarn'])}.example"
        person["used"] = [person["other"]]
        if index > 2:
            person["used"] = [person["email"].title(), person["other"]]
            person["sessions"] = [[300, 1_200], [1_500, 2_405]]
    for person in crowd.people[:4]:
        person["other"] = person["email"].split("@")[0].replace(".", "_") + "@mailbarn.example"


def _suppressed(crowd: Crowd) -> None:
    for _ in range(3):
        person = crowd.add(crowd.many(), role="off", id="", stage="", owner="", company="Vorlauf Software")
        person["email"] = person["email"].split("@")[0] + "@" + OWN_DOMAIN
        person["used"] = [person["email"]]
    for _ in range(crowd.draw.integer(2, 6)):
        crowd.add(crowd.some(), role="off", stage="competitor")
    for index in range(crowd.draw.integer(3, 7)):
        person = crowd.add(crowd.many(), role="off", stage="customer" if index == 2 else "prospect", mail_ok="no")
        if index == 0:
            crowd.ask(person, is_answered=False, at=60 * crowd.length - 30)


def _given(draw: Draw, crowd: Crowd) -> dict[str, Any]:
    zone = draw.choice(sorted(ZONES))
    start = datetime.datetime.combine(DAY, datetime.time(draw.integer(11, 15), draw.choice([0, 30])))
    closed = datetime.date(2026, 10, draw.choice([26, 27]))
    free = [FIRST_CALL.replace(day=draw.choice([day for day in (26, 27, 28) if day != closed.day])), FIRST_CALL]
    slots = draw.choice([["9:00", "9:30", "10:00"], ["10:00", "10:30", "11:00"], ["13:30", "14:00", "14:30"]])
    owners = [[owner, f"{owner.lower()}@{OWN_DOMAIN}"] for owner in crowd.owners]
    roles = {"alias_name": "alias", "rejoin_name": "rejoin"}
    named = {key: next(p["name"] for p in crowd.people if p["role"] == role) for key, role in roles.items()}
    off = dict(zip(crowd.owners, free, strict=False))
    named |= {"default": crowd.owners[0], "owner_name": crowd.owners[0], "own_domain": OWN_DOMAIN}
    named["webinar_text"] = f"{DAY:%-d %B}"
    return named | {
        "topic": draw.choice(TOPICS),
        "client": draw.choice(CLIENTS),
        "zone": zone,
        "city": zone.split("/")[1],
        "start": start.isoformat(),
        "start_text": f"{start:%-H:%M}",
        "end_text": f"{start + datetime.timedelta(minutes=crowd.length):%-H:%M}",
        "offset": ZONES[zone],
        "owners": owners,
        "owner_text": ", ".join(f"{name} ({email})" for name, email in owners),
        "least": crowd.least,
        "demo": crowd.demo,
        "call_minutes": draw.choice([15, 20, 25]),
        "slots": len(slots),
        "slot_times": slots,
        "slot_text": ", ".join(slots[:-1]) + " and " + slots[-1],
        "first_call": FIRST_CALL,
        "first_call_text": f"{FIRST_CALL:%A, %-d %B}",
        "closed": closed,
        "closed_text": f"{closed:%A, %-d %B}",
        "free": off,
        "off_text": ", ".join(f"{owner} on {day:%-d %B}" for owner, day in off.items()),
        "people": [dict(p) for p in crowd.people],
    }


def _attendance(draw: Draw, crowd: Crowd, start: str) -> str:
    """Print a line for each time that somebody came in, and one without times for who never came."""
    rows = []
    for person in crowd.people:
        for index, session in enumerate(person["sessions"] or [[]]):
            used = person["used"][min(index, len(person["used"]) - 1)]
            times = [f"{clock(start, seconds):%Y-%m-%d %H:%M:%S}" for seconds in session] or ["", ""]
            rows.append([person["name"], used, typed(person), *times])
    return csv_text(["Name", "E-mail", "Company", "Joined", "Left"], draw.shuffled(rows))


def clock(start: str, seconds: int) -> datetime.datetime:
    """Return the time on the city's clocks, some seconds into the webinar."""
    return datetime.datetime.fromisoformat(start) + datetime.timedelta(seconds=seconds)


def typed(person: Person) -> str:
    """Return a company as somebody types it into a form."""
    company = str(person["company"])
    return company if not person["id"] else company.lower() if len(company) % 2 else company.split()[0]


def _questions(crowd: Crowd, start: str) -> str:
    """Print the questions, newest first."""
    asked = [(at, p["used"][0], text, done) for p in crowd.people for at, text, done in p["questions"]]
    rows = []
    for at, email, text, is_answered in sorted(asked, reverse=True):
        rows.append([f"{clock(start, at):%H:%M:%S}", email, text, "yes" if is_answered else ""])
    return csv_text(["Time", "E-mail", "Question", "Answered"], rows)


def _crm(draw: Draw, crowd: Crowd) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Contacts"
    sheet.append([f"Contacts, printed {DAY:%-d %B %Y}"])
    sheet.append(["Contact", "E-mail", "Other e-mail", "Name", "Company", "Owner", "Stage", "Mail ok"])
    people = [p for p in crowd.people if p["id"]]
    listed = list(crowd.people)
    for _ in range(24):
        people.append(crowd.add(None, stage=draw.choice(["customer", "prospect", "competitor"])))
    crowd.people = listed
    rows = []
    for p in people:
        mail_ok = "" if p["mail_ok"] == "yes" and draw.chance(0.3) else p["mail_ok"]
        rows.append([p["id"], p["email"], p["other"], p["name"], p["company"], p["owner"], p["stage"], mail_ok])
    for row in draw.shuffled(rows):
        sheet.append([cell or None for cell in row])
    return office_bytes(book)


def _gold(crowd: Crowd, given: dict[str, Any]) -> dict[str, Any]:
    listed = [p for p in crowd.people if p["role"] != "off"]
    minutes = {p["email"]: sum(left - came for came, left in p["sessions"]) // 60 for p in listed}
    opened = {p["email"]: sorted(question for question in p["questions"] if not question[2]) for p in listed}
    segments = {}
    for p in listed:
        stayed, email = minutes[p["email"]], p["email"]
        ladder = [p["stage"] == "customer", bool(opened[email]), stayed >= crowd.demo, stayed >= crowd.least, True]
        segments[email] = ["account", "call", "demo", "recording", "missed"][ladder.index(True)]
    callers = [p for p in listed if segments[p["email"]] == "call"]
    return {
        "minutes": minutes,
        "segments": segments,
        "asked": {p["email"]: opened[p["email"]][0][1] for p in callers},
        "calls": _calls(sorted(callers, key=lambda p: opened[p["email"]][0]), given),
        "records": {p["email"]: [p["id"], p["company"], p["owner"] or given["default"]] for p in listed},
        "off": [p["email"] for p in crowd.people if p["role"] == "off"],
        "open_questions": sum(len(questions) for questions in opened.values()),
    }


def _calls(callers: list[Person], given: dict[str, Any]) -> dict[str, list[Any]]:
    """Return owner, days after the first call day and slot of each call."""
    calls, queues = {}, {owner: 0 for owner, _ in given["owners"]}
    for p in callers:
        owner = p["owner"] or given["default"]
        place, queues[owner] = queues[owner], queues[owner] + 1
        off = {given["closed"], given["free"].get(owner)}
        days = [day for day in range(14) if (date := given["first_call"] + day * ONE).weekday() < 5 and date not in off]
        calls[p["email"]] = [owner, days[place // given["slots"]], place % given["slots"]]
    return calls
