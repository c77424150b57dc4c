"""Events, plan, thread and staff list of an A/B test, and what the plan makes of them."""
# hapi-pytest canary 468ffccd-c648-4925-b995-6f5b8bd7c3ed

import datetime
import math
from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import Any, NamedTuple

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

SHOPS = (
    ("Marrowby Teas", "a checkout on one page"),
    ("Tolland Yarn", "a basket that stays open at the side"),
    ("Pennick Seeds", "delivery dates on the product page"),
    ("Osk & Birke Papers", "a checkout without an account"),
    ("Lanthorn Candles", "a shorter address form"),
)
PEOPLE = (
    "Maëlle Okonjo",
    "Ines Çelik",
    "Tomasz Żuraw",
    "Ruth Adeyemi",
    "Björn Halvorsen",
    "Priya Nambiar",
    "Leoš Vaněk",
)
CLUBS = (("Rowan", "Juniper"), ("Heron", "Plover"), ("Cobalt", "Amber"), ("Larkspur", "Foxglove"))
DAY = datetime.timedelta(days=1)
PERIOD = 14  # days on which users enter the test

PLAN = """# Who and when
Users enter the test from {start} to {end}. All times in the export are UTC, and so are the days meant here.
A user enters with the first exposure event.

Planned split A : B = {share_a} : {share_b}.

# Data
One row is one event: exposure, basket, order or ticket. Rows whose event_id begins with W come from the web
shop, those with M from the app; the app writes dates day first and the arm in a small letter. Rows with an
event_id that was there before are repeats of the export. A user's arm is that of the exposure events; in
other rows the column is filled in afterwards and means nothing.

The club column is for the newsletter and plays no part.

# Who is counted
The unit is the user. Left out entirely are, first, our own accounts (staff-accounts.xlsx) and, second, users
with exposure events of both arms. Every user left out is counted once, under the first rule that applies;
rules that are added later come after these two.

# Primary metric
A user has converted when there is at least one order in the {conversion_days} days ({conversion_hours}
hours) after that user's first exposure. Orders before it or later do not count. Conversion rate = converted
users / counted users of the arm. The lift is absolute: rate B minus rate A.

# Statistics
Two-sided z test for two proportions with the pooled standard error, without continuity correction. alpha =
0.05: significant means a p value below alpha.

The interval of the lift is a 95 % normal interval with the unpooled standard error, whatever alpha is.

Sample ratio: chi-square test with one degree of freedom, without correction, of the counted users against
the planned split; it is fine when its p value is 0.01 or more.

# Guardrail
Users with at least one ticket in the {ticket_days} days ({ticket_hours} hours) after their first exposure,
as a share of the counted users of the arm. The guardrail is breached when the share in B is more than
{limit} percentage points above the share in A.

# Decision table
Nothing but the table below decides."""
DECISIONS = (
    ("Significant in favour of B", "Guardrail", "Decision"),
    ("yes", "kept", "ship"),
    ("yes", "breached", "hold"),
    ("no", "kept", "extend"),
    ("no", "breached", "stop"),
)
STRICT = "We have four tests running this autumn, so I would rather be strict: alpha = {alpha}?"
BOLD = "With our traffic, and for a change that is easy to undo, I would rather be bold: alpha = {alpha}?"
THREAD = """-9 {marketer}: Could we count baskets as conversions as well? There are so many more of them!
-8 {owner}: No. Baskets do not pay the rent.
-6 {analyst}: {wish}
-5 {owner}: Agreed, please take that instead of what the plan says. The interval stays as it is.
out {developer}: Payments have been down since midnight UTC and will be until tonight ({outage}).
next {analyst}: Then I propose to leave out everybody whose first exposure was on that day, in both arms, as \
a third rule after the other two. They show up as outage_day.
next {owner}: Yes, do that. Only the first exposure counts for this, whatever came later.
19 {marketer}: {club_one} members in B look fantastic! Can the report lead with them? {club_two} also do.
19 {owner}: No. The clubs are not in the plan. I want no figure by club, neither in the result nor in the \
report.
20 {marketer}: And {more_days} days for the orders? Some people are slow.
20 {owner}: We do not move the posts after the match. It stays as planned."""


class Event(NamedTuple):
    """One row of the export."""

    id: str
    user: int
    arm: str
    kind: str
    at: datetime.datetime
    club: str


class Person(NamedTuple):
    """A user to make events for; orders and tickets say when relative to the window."""

    role: str
    arm: str
    orders: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    is_double: bool = False
    is_outage: bool = False


def build(draw: Draw) -> Inputs:
    """Draw counts so that every trap has its effect, then the events that give these counts."""
    given = _setting(draw)
    sizes = _sizes(draw, given)
    people = draw.shuffled(_people(draw, sizes))
    ids = _ids(draw, len(people))
    events = _events(draw, given, list(zip(ids, people, strict=True)))
    staff = sorted(user for user, person in zip(ids, people, strict=True) if person.role == "staff")
    true = _counted(events, given, staff)
    slips = {
        "orders": _counted(events, given, staff, counts_orders=True),
        "any_order": _counted(events, given, staff, conversion_days=400, takes_early=True),
        "any_ticket": _counted(events, given, staff, ticket_days=400),
        "staff": _counted(events, given, []),
        "outage": _counted(events, {**given, "outage": ""}, staff),
    }
    files = {
        "events.csv": _export(draw, events, given),
        "plan.docx": _plan(given),
        "changes.txt": _thread(given),
        "staff-accounts.xlsx": _staff(draw, staff, given),
    }
    gap = true["tickets_B"] / true["users_B"] - true["tickets_A"] / true["users_A"]
    miscounts = {name: {key: slip[key] - true[key] for key in true} for name, slip in slips.items()}
    gold = {**true, "is_breached": gap > given["limit"] / 100, "miscounts": miscounts}
    return Inputs(files=files, given=given, gold=gold)


def _setting(draw: Draw) -> dict[str, Any]:
    shop, feature = draw.choice(SHOPS)
    owner, analyst, marketer, developer = draw.sample(PEOPLE, 4)
    clubs = draw.choice(CLUBS)
    start = draw.date(datetime.date(2026, 9, 2), datetime.date(2026, 9, 9))
    given = {"shop": shop, "feature": feature, "owner": owner, "analyst": analyst, "marketer": marketer}
    return given | {
        "developer": developer,
        "club_one": clubs[0],
        "club_two": clubs[1],
        "start": start.isoformat(),
        "end": (start + (PERIOD - 1) * DAY).isoformat(),
        "outage": (start + draw.integer(4, 9) * DAY).isoformat(),
        "alpha": draw.choice((0.01, 0.02, 0.1)),
        "share_a": draw.choice((60, 65, 40)),
        "conversion_days": draw.choice((5, 6, 7)),
        "ticket_days": draw.choice((10, 12, 14)),
        "limit": draw.choice((1.2, 1.5, 1.8)),
        "words": draw.choice((240, 260, 280)),
        "prefix": "".join(word[0] for word in shop.replace("&", "").split())[:2].upper(),
    }


def _sizes(draw: Draw, given: Mapping[str, Any]) -> dict[str, int]:
    """Draw counts so that the changed alpha decides and late tickets would turn the guardrail."""
    low, high = (given["alpha"] * 1.25, 0.046) if given["alpha"] < 0.05 else (0.054, 0.094)
    while True:
        total = draw.integer(1120, 1260)
        users_a = round(total * given["share_a"] / 100) + draw.integer(-9, 9)
        users_b = total - users_a
        orders_a = round(users_a * (0.09 + 0.04 * draw.fraction()))
        orders_b = round(users_b * (orders_a / users_a + 0.02 + 0.04 * draw.fraction()))
        pooled, unpooled = _p_values(orders_a, users_a, orders_b, users_b)
        if low < pooled < high and abs(pooled - unpooled) > 0.0005:
            break
    tickets_a = round(users_a * (0.025 + 0.01 * draw.fraction()))
    is_breached = draw.chance(0.5)
    gap, late = given["limit"] / 100, {"A": 3, "B": 3}
    tickets_b = round(users_b * (tickets_a / users_a + (gap + 0.008 if is_breached else gap - 0.008)))
    slow, size = ("A", users_a) if is_breached else ("B", users_b)
    late[slow] = round(size * 0.022)
    return {
        "users_A": users_a, "users_B": users_b, "orders_A": orders_a, "orders_B": orders_b,
        "tickets_A": tickets_a, "tickets_B": tickets_b, "late_A": late["A"], "late_B": late["B"],
    }  # fmt: skip


def _p_values(orders_a: int, users_a: int, orders_b: int, users_b: int) -> tuple[float, float]:
    a, b, both = orders_a / users_a, orders_b / users_b, (orders_a + orders_b) / (users_a + users_b)
    pooled = math.sqrt(both * (1 - both) * (1 / users_a + 1 / users_b))
    unpooled = math.sqrt(a * (1 - a) / users_a + b * (1 - b) / users_b)
    first, second = (2 * NormalDist().cdf(-abs(b - a) / error) for error in (pooled, unpooled))
    return first, second


def _people(draw: Draw, sizes: Mapping[str, int]) -> list[Person]:
    people = []
    for arm in "AB":
        people += _customers(draw, arm, sizes)
        for low, high, person in (
            (7, 11, Person("staff", arm, ("in",))),
            (1, 2, Person("staff", arm, is_outage=True)),
            (1, 2, Person("staff", arm, is_double=True)),
            (3, 5, Person("user", arm, ("in",), is_double=True)),
            (7, 11, Person("user", arm, is_double=True)),
            (1, 3, Person("user", arm, is_double=True, is_outage=True)),
            (11, 17, Person("user", arm, is_outage=True)),
        ):
            people += [person] * draw.integer(low, high)
    return people


def _customers(draw: Draw, arm: str, sizes: Mapping[str, int]) -> Iterable[Person]:
    """Draw the users of one arm that the plan counts."""
    places = range(sizes[f"users_{arm}"])
    buyers = set(draw.sample(places, sizes[f"orders_{arm}"]))
    asking = draw.sample(places, sizes[f"tickets_{arm}"] + sizes[f"late_{arm}"])
    late = set(asking[: sizes[f"late_{arm}"]])
    in_time = set(asking) - late
    for place in places:
        orders = ("in",) * draw.choice((1, 1, 1, 2, 3)) if place in buyers else ()
        orders += (draw.choice(("early", "late")),) if draw.chance(0.06) else ()
        tickets = ("late",) if place in late else ("in", "late")[: draw.integer(1, 2)] if place in in_time else ()
        yield Person("user", arm, orders, tickets)


def _ids(draw: Draw, count: int) -> list[int]:
    """Draw different account numbers, most of them with leading zeros when written out."""
    number, result = draw.integer(40, 400), []
    for _ in range(count):
        number += draw.integer(3, 90)
        result.append(number)
    return draw.shuffled(result)


def _events(draw: Draw, given: Mapping[str, Any], people: Iterable[tuple[int, Person]]) -> list[Event]:
    raw: list[tuple[datetime.datetime, int, str, str, str]] = []
    for user, person in people:
        first = _first(draw, given, person.is_outage)
        club = draw.choice((given["club_one"], given["club_two"], "", ""))
        seen = [first] + [first + draw.integer(2, 110) * DAY / 24 for _ in range(draw.integer(0, 2))]
        rows = [(at, person.arm, "exposure") for at in seen]
        if person.is_double:
            other = "B" if person.arm == "A" else "A"
            rows.append((first + draw.integer(20, 100) * DAY / 24, other, "exposure"))
        if draw.chance(0.35):
            rows.append((first + draw.integer(1, 90) * DAY / 30, person.arm, "basket"))
        for kind, moments, days in (
            ("order", person.orders, given["conversion_days"]),
            ("ticket", person.tickets, given["ticket_days"]),
        ):
            rows += [(_moment(draw, first, when, days), person.arm, kind) for when in moments]
        raw += [(at, user, arm, kind, club) for at, arm, kind in rows]
    result = []
    for number, (at, user, arm, kind, club) in enumerate(sorted(raw), draw.integer(20_000, 60_000)):
        result.append(Event(f"{draw.choice('WWWM')}{number}", user, arm, kind, at, club))
    return result


def _first(draw: Draw, given: Mapping[str, Any], is_outage: bool) -> datetime.datetime:
    """Draw a first exposure between 06:00 and 21:00, on the outage day or on any other."""
    start = datetime.date.fromisoformat(given["start"])
    outage = datetime.date.fromisoformat(given["outage"])
    days = [start + n * DAY for n in range(PERIOD)]
    day = outage if is_outage else draw.choice([day for day in days if day != outage])
    noon = datetime.datetime.combine(day, datetime.time(12))
    return noon + datetime.timedelta(seconds=draw.integer(-21_000, 32_000))


def _moment(draw: Draw, first: datetime.datetime, when: str, days: int) -> datetime.datetime:
    """Draw a moment inside, before or after a window, hours away from its ends."""
    hours = {
        "in": lambda: draw.integer(1, days * 24 - 3),
        "early": lambda: -draw.integer(20, 300),
        "late": lambda: draw.integer(days * 24 + 5, days * 24 + 260),
    }[when]()
    return first + datetime.timedelta(hours=hours, seconds=draw.integer(0, 3000))


def _counted(
    events: Iterable[Event], given: Mapping[str, Any], staff: Iterable[int], *, counts_orders: bool = False,
    conversion_days: int = 0, ticket_days: int = 0, takes_early: bool = False,
) -> dict[str, int]:  # fmt: skip
    """Count by the plan; the switches are ways to miscount."""
    order_window = (conversion_days or given["conversion_days"]) * DAY
    ticket_window = (ticket_days or given["ticket_days"]) * DAY
    own: dict[int, list[Event]] = {}
    for event in events:
        own.setdefault(event.user, []).append(event)
    keys = [f"{name}_{arm}" for name in ("users", "converted", "tickets") for arm in "AB"]
    result = dict.fromkeys([*keys, "staff", "both_arms", "outage_day"], 0)
    for user, mine in own.items():
        shown = [event for event in mine if event.kind == "exposure"]
        first, arm = min(event.at for event in shown), shown[0].arm
        if user in staff:
            result["staff"] += 1
        elif len({event.arm for event in shown}) > 1:
            result["both_arms"] += 1
        elif first.date().isoformat() == given["outage"]:
            result["outage_day"] += 1
        else:
            orders = sum(
                e.kind == "order" and e.at - first <= order_window and (takes_early or e.at >= first) for e in mine
            )
            tickets = [e for e in mine if e.kind == "ticket" and first <= e.at <= first + ticket_window]
            result[f"users_{arm}"] += 1
            result[f"converted_{arm}"] += orders if counts_orders else orders > 0
            result[f"tickets_{arm}"] += bool(tickets)
    return result


def _export(draw: Draw, events: list[Event], given: Mapping[str, Any]) -> str:
    """Write web rows, a stretch of them repeated, then app rows in the app's own spelling."""
    web = [event for event in events if event.id.startswith("W")]
    cut = draw.integer(len(web) // 3, len(web) // 2)
    rows = [_row(event, given) for event in [*web[:cut], *web[cut - draw.integer(60, 90) :]]]
    rows += [_row(event, given) for event in events if event.id.startswith("M")]
    return csv_text(("event_id", "user_id", "arm", "event", "at_utc", "club"), rows)


def _row(event: Event, given: Mapping[str, Any]) -> tuple[str, ...]:
    is_app = event.id.startswith("M")
    at = event.at.strftime("%d/%m/%Y %H:%M:%S" if is_app else "%Y-%m-%d %H:%M:%S")
    arm = event.arm.lower() if is_app else event.arm
    return event.id, f"{given['prefix']}-{event.user:06d}", arm, event.kind, at, event.club


def _staff(draw: Draw, staff: list[int], given: Mapping[str, Any]) -> bytes:
    """List accounts as people keep them: no prefix, no zeros, some as text, one twice, two never used."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Accounts"
    sheet.append([f"Our own accounts at {given['shop']}, kept by {given['developer']}"])
    sheet.append(["number", "whose", "since"])
    unused = [max(staff) + 1 + n for n in range(2)]
    for index, user in enumerate(draw.shuffled([*staff, staff[0], *unused])):
        number = f"{given['prefix']}-{user:06d}" if index % 5 == 4 else user
        since = datetime.date(2022 + index % 4, 1 + index % 12, 1 + index % 28)
        sheet.append([number, draw.choice(PEOPLE), since])
    book.create_sheet("How to").append(
        [f"The shop writes account 512 as {given['prefix']}-000512; Excel keeps dropping that, sorry."]
    )
    return office_bytes(book)


def _plan(given: Mapping[str, Any]) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(f"Test plan: {given['feature']}", 0)
    hours = {f"{name}_hours": given[f"{name}_days"] * 24 for name in ("conversion", "ticket")}
    text = PLAN.format(**given, **hours, share_b=100 - given["share_a"])
    for block in text.split("\n\n"):
        if block.startswith("# "):
            heading, _, block = block.partition("\n")
            document.add_heading(heading.removeprefix("# "), 1)
        document.add_paragraph(" ".join(block.split()))
    table = document.add_table(rows=0, cols=3)
    for row in DECISIONS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return office_bytes(document)


def _thread(given: Mapping[str, Any]) -> str:
    start, outage = (datetime.date.fromisoformat(given[key]) for key in ("start", "outage"))
    wish = (STRICT if given["alpha"] < 0.05 else BOLD).format(**given)
    lines = THREAD.format(**given, wish=wish, more_days=given["conversion_days"] * 2).splitlines()
    result = []
    for line in lines:
        when, _, text = line.partition(" ")
        day = {"out": outage, "next": outage + DAY}.get(when) or start + int(when) * DAY
        result.append(f"[{day.isoformat()}] {text}\n")
    return "".join(result)
