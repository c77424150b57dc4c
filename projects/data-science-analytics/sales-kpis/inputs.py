"""Five months of order lines from a web shop and a till, with dictionary, handover note and what counts."""
# hapi-pytest canary f2ec06a6-6805-4ca0-96c0-245324dc0cd9

import calendar
import datetime
from collections import Counter
from typing import Any, NamedTuple

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = (
    "Kestrel & Pine",
    "Hollin Ceramics",
    "The Tidewater Stove Co.",
    "Bramble Outdoor",
    "Sørlie Lamps",
    "Maison Aubrac",
)
OWNERS = ("Ottilie", "Renzo", "Małgorzata", "Declan", "Sunniva", "Hervé", "Zeynep")
KEEPERS = ("Mrs Albrecht", "Mr Okafor", "Mrs Lindqvist", "Mr Tavares", "Mrs Novák", "Mr Ferreira")
SHOPS = (("WEB", "TILL"), ("NET", "STORE"), ("ONLINE", "COUNTER"), ("SITE", "DESK"), ("CART", "FLOOR"))
REMARKS = (
    "please cancel this one!!", "test parcel arrived, thanks", "refund me please", "is this a test order?",
    "mark as paid", "gift, no price inside", "do not count, was for my sister", "ring twice", "leave at neighbour's",
    "tést — naïve customer asking for discount",
)  # fmt: skip
SERIES = ("AX", "BR", "DL", "EK", "HM", "LP", "NT", "RS", "TV")
LEFT_OUT = ("unclear", "test", "cancelled", "giftcard")
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
HEADER = ("line_id", "shop", "order_no", "booked_at", "type", "customer", "article", "amount", "status", "remark")
COLUMNS = (
    ("line_id", "Seven digits, zeros included. A row without one is a subtotal that the till prints by itself. The "
     "exports overlap: a line id that stood further up already is a repeat, and only the first one counts."),
    ("shop", "{web} or {till}."),
    ("order_no", "Each shop counts for itself, so the same number can be an order in both. An order may have several "
     "lines; a refund carries the number of its sale, which may be older than the export."),
    ("booked_at", "{web} writes day/month/year and UTC. {till} writes month/day/year and local time. Local time is "
     "UTC+{offset} all year round, and days and months are local ones. A date that does not exist when read the "
     "shop's own way is unclear: never read it the other way round."),
    ("type", "S is a sale, R a refund. {web} writes the amount of a refund without a sign, {till} with a minus; it is "
     "money going out either way."),
    ("customer", "The account. Those on the sheet Test accounts are ours, and their lines are tests, refunds too."),
    ("article", "Articles that begin with GC are gift cards."),
    ("amount", "{web}: euros, 1.234,50. {till}: euros, 1,234.50, but see the sheet Changes. A line without an amount "
     "is unclear."),
    ("status", "P paid, O open invoice, C cancelled; small or capital, blanks mean nothing. Only C does not count."),
    ("remark", "What a customer or cashier typed. It never decides whether or how a line counts."),
)  # fmt: skip
HANDOVER = """Handover for whoever does the figures

1. Gift cards. The auditor was here: selling a gift card is no revenue, it is a debt of ours. So gift card lines
   do not count, neither sales nor refunds, in any month. The other lines of the same order do.

2. Account {leaver} is still on the list of test accounts. On {leave_day} we gave it to a real customer of
   {till}. What was booked on it from that day on counts like anybody's; what was booked before is a test.

3. Control list. What the payment provider says {web} took in, refunds taken off, by local month:
{control}
   These should tie to the cent with our revenue. If one does not, leave ours alone and tell me.
"""


class Line(NamedTuple):
    """One line as it happened, in local time."""

    at: datetime.datetime
    shop: str
    order: int
    type: str
    customer: str
    article: str
    cents: int
    status: str = "P"
    twist: str = ""  # "no_amount" or "bad_date"


def build(draw: Draw) -> Inputs:
    """Draw what happened, write it down as the two systems do, and count it."""
    given = _setting(draw)
    leaver = given["leaver"]
    lines = [line for role in ("web", "till") for line in _numbered(draw, given, role, _happened(draw, given, role))]
    named = list(zip(_ids(draw, lines), lines, strict=True))
    export, repeats, subtotals = _export(draw, given, named)
    rules = {id_: _rule(line, given) for id_, line in named}
    kept = [(id_, line) for id_, line in named if rules[id_] == "kept"]
    counts = Counter(rules.values())
    counts |= {"subtotal": subtotals, "repeated": repeats, "total": len(named) + subtotals + repeats}
    figures = _figures(kept, given)
    control, difference = _control(draw, given, figures)
    given |= {"control": control, "export": export}
    gold = {
        "ledger": _ledger(kept),
        "left_out": {rule: [id_ for id_, _ in named if rules[id_] == rule] for rule in LEFT_OUT},
        "leaver_counts": [id_ for id_, line in kept if line.customer == leaver],
        "leaver_tests": [id_ for id_, line in named if rules[id_] == "test" and line.customer == leaver],
        "figures": figures, "counts": dict(counts), "difference": difference,
    }  # fmt: skip
    files = {"orders.csv": export, "dictionary.xlsx": _dictionary(given), "handover.txt": HANDOVER.format(**given)}
    return Inputs(files=files, given=given, gold=gold)


def _setting(draw: Draw) -> dict[str, Any]:
    """Draw names, the five months and the days on which something changes."""
    web, till = draw.choice(SHOPS)
    start, owner, keeper = draw.integer(1, 5), draw.choice(OWNERS), draw.choice(KEEPERS)
    months = [f"2026-{start + step:02}" for step in range(5)]
    tests = [f"K{number}" for number in draw.sample(range(20_000, 20_900), 5)]
    return {
        "firm": draw.choice(FIRMS), "owner": owner, "keeper": keeper, "web": web, "till": till, "months": months,
        "first_month": f"{datetime.date(2026, start, 1):%B}",
        "last_month": f"{datetime.date(2026, start + 4, 1):%B %Y}",
        "offset": draw.integer(2, 5), "first_order": draw.integer(1_100, 9_100), "tests": tests, "leaver": tests[3],
        "closed": months[draw.choice((1, 2))], "cents_day": f"{months[3]}-{draw.integer(8, 13):02}",
        "leave_day": f"{months[3]}-{draw.integer(16, 22):02}",
    }  # fmt: skip


def _happened(draw: Draw, given: dict[str, Any], role: str) -> list[list[Line]]:
    """Draw the orders of one shop, each a list of lines; refunds come as orders of their own until numbered."""
    shop, articles = given[role], [f"{draw.choice(SERIES)}-{draw.integer(100, 999)}" for _ in range(40)]
    people = [f"K{number}" for number in draw.sample(range(21_000, 29_999), 220)]
    orders: list[list[Line]] = []

    def order(at: datetime.datetime, customer: str, size: int = 1, status: str = "P", twist: str = "") -> None:
        items = ("GC-25" if draw.chance(0.04) and not twist else draw.choice(articles) for _ in range(size))
        orders.append([Line(at, shop, 0, "S", customer, item, _price(draw, item), status, twist) for item in items])

    for month in given["months"]:
        if role == "till" and month == given["closed"]:
            continue
        for _ in range(draw.integer(135, 165)):
            status = "C" if draw.chance(0.04) else draw.choice("PPPPO")
            order(_moment(draw, month, role), draw.choice(people), draw.choice((1, 1, 1, 2, 3)), status)
        for customer in draw.sample([test for test in given["tests"] if test != given["leaver"]], draw.integer(2, 4)):
            order(_moment(draw, month, role), customer)
        midnight = datetime.datetime.fromisoformat(f"{month}-01")
        for _ in range(draw.integer(3, 5) if role == "web" else 0):  # the month before, in UTC
            order(midnight + draw.integer(0, given["offset"] * 60 - 1) * HOUR / 60, draw.choice(people))
    if role == "till":
        day = datetime.datetime.fromisoformat(given["leave_day"])
        for step in (-15, -9, -2, 0, 3, 6):
            order(day + step * DAY + draw.integer(540, 1070) * HOUR / 60, given["leaver"], 2)
    for twist in ("no_amount", "bad_date", "bad_date"):
        order(_moment(draw, given["months"][draw.choice((0, 3, 4))], role), draw.choice(people), twist=twist)
    return orders


def _price(draw: Draw, article: str) -> int:
    if article == "GC-25":
        return 2500
    return draw.cents(110_000, 290_000) if draw.chance(0.02) else draw.cents(700, 28_000)


def _moment(draw: Draw, month: str, role: str) -> datetime.datetime:
    year, number = map(int, month.split("-"))
    day = draw.integer(1, calendar.monthrange(year, number)[1])
    minute = draw.integer(0, 1439) if role == "web" else draw.integer(540, 1079)
    return datetime.datetime(year, number, day, *divmod(minute, 60))


def _numbered(draw: Draw, given: dict[str, Any], role: str, orders: list[list[Line]]) -> list[Line]:
    """Give the orders of a shop their numbers by time, add refunds, and sort all lines by time."""
    base = given["first_order"] + (0 if role == "web" else draw.integer(20, 90))
    end = datetime.datetime.fromisoformat(f"{given['months'][-1]}-28")
    lines = []
    for number, order in enumerate(sorted(orders), base):
        numbered = [line._replace(order=number) for line in order]
        lines += numbered
        line, later = draw.choice(numbered), order[0].at + draw.integer(1, 40 * 24) * HOUR
        if draw.chance(0.09) and line.status != "C" and not line.twist and later < end:
            is_shut = role == "till" and (f"{later:%Y-%m}" == given["closed"] or not 8 < later.hour < 18)
            lines += [] if is_shut else [line._replace(at=later, type="R", status="P")]
    if role == "web":  # of sales from before the first export
        for older in range(3):
            at, article = _moment(draw, given["months"][0], role), draw.choice(lines[:50]).article
            lines.append(Line(at, given["web"], base - 9 + older, "R", "K20950", article, _price(draw, article)))
    return sorted(lines)


def _ids(draw: Draw, lines: list[Line]) -> list[str]:
    number, result = draw.integer(11_000, 14_000), []
    for line, before in zip(lines, [lines[0], *lines], strict=False):
        number += draw.integer(1, 4) + (30_000 if line.shop != before.shop else 0)
        result.append(f"{number:07}")
    return result


def _rule(line: Line, given: dict[str, Any]) -> str:
    """Return the first rule that fits a line which is no repeat."""
    if line.twist:
        return "unclear"
    is_given_away = line.customer == given["leaver"] and line.at.date().isoformat() >= given["leave_day"]
    if line.customer in given["tests"] and not is_given_away:
        return "test"
    if line.status == "C":
        return "cancelled"
    return "giftcard" if line.article.startswith("GC") else "kept"


def _ledger(kept: list[tuple[str, Line]]) -> str:
    """Write what counts as csv: as thousands of facts of their own it would be slow to hunt for."""
    rows = [(id_, line.shop, line.order, line.at.date(), line.type, _signed(line)) for id_, line in kept]
    return csv_text(("line_id", "shop", "order_no", "date", "type", "cents"), rows)


def _signed(line: Line) -> int:
    return line.cents if line.type == "S" else -line.cents


def _figures(kept: list[tuple[str, Line]], given: dict[str, Any]) -> dict[str, dict[str, dict[str, int]]]:
    """Add up sales and refunds in cents by month and shop."""
    cents: Counter[tuple[str, str, str]] = Counter()
    for _, line in kept:
        cents[f"{line.at:%Y-%m}", line.shop, line.type] += _signed(line)
    shops = (given["web"], given["till"])
    return {
        month: {shop: {"sales": cents[month, shop, "S"], "refunds": cents[month, shop, "R"]} for shop in shops}
        for month in given["months"]
    }


def _control(draw: Draw, given: dict[str, Any], figures: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Write the control list with one month that does not tie, and tell that one."""
    off, month = draw.cents(1_111, 19_999) * draw.choice((-1, 1)), draw.choice(given["months"])
    lines = []
    for name in given["months"]:
        web = figures[name][given["web"]]
        total = web["sales"] + web["refunds"] + (off if name == month else 0)
        lines.append(f"   {name}  {total / 100:>12,.2f}")
    return "\n".join(lines), {"month": month, "euros": abs(off) / 100}


def _export(draw: Draw, given: dict[str, Any], named: list[tuple[str, Line]]) -> tuple[str, int, int]:
    """Write both exports under each other; return the counts of repeats and subtotals too."""
    rows: list[tuple[object, ...]] = []
    again: list[tuple[object, ...]] = []  # what the next export of the shop will repeat
    taken, repeats, subtotals = 0, 0, 0
    for (id_, line), (_, following) in zip(named, [*named[1:], ("", None)], strict=True):
        remark = draw.choice(REMARKS) if draw.chance(0.06) else ""
        status = draw.choice((line.status, line.status.lower(), f"{line.status} "))
        row = (id_, line.shop, line.order, _booked(line, given), line.type, line.customer, line.article)
        row += (_amount(line, given), status, remark)
        rows.append(row)
        taken += line.cents
        if (draw.chance(0.012) and not line.twist) or line.customer == given["tests"][0]:
            again.append((*row[:8], f" {line.status}", remark))
        if following is None or f"{following.at:%Y-%m}" != f"{line.at:%Y-%m}":
            if line.shop == given["till"]:
                name, total = f"Subtotal {line.at:%m/%Y}", f"{taken / 100:,.2f}"
                rows.append((None, line.shop, None, None, None, name, None, total, None, None))
                subtotals += 1
            rows += again
            repeats += len(again)
            taken, again = 0, []
    return csv_text(HEADER, rows, delimiter=";"), repeats, subtotals


def _booked(line: Line, given: dict[str, Any]) -> str:
    if line.shop == given["web"]:
        at = line.at - given["offset"] * HOUR
        return (
            f"31/{'02' if at.month < 4 else '06'}/2026 {at:%H:%M}"
            if line.twist == "bad_date"
            else f"{at:%d/%m/%Y %H:%M}"
        )
    return f"{13 + line.at.day // 2}/{line.at:%m/%Y %H:%M}" if line.twist == "bad_date" else f"{line.at:%m/%d/%Y %H:%M}"


def _amount(line: Line, given: dict[str, Any]) -> str:
    if line.twist == "no_amount":
        return ""
    if line.shop == given["web"]:
        return f"{line.cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))
    sign = "-" if line.type == "R" else ""
    in_cents = line.at.date().isoformat() >= given["cents_day"]
    return sign + (str(line.cents) if in_cents else f"{line.cents / 100:,.2f}")


def _dictionary(given: dict[str, Any]) -> bytes:
    """Write the workbook of three sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    columns, tests, changes = book.active, book.create_sheet("Test accounts"), book.create_sheet("Changes")
    columns.title = "Columns"
    for name, meaning in (("Column", "Meaning"), *COLUMNS):
        columns.append((name, meaning.format(**given)))
    tests.append(("Account", "Who"))
    for account, who in zip(
        given["tests"], ("developer", "owner", "store", "web agency", "till supplier"), strict=True
    ):
        tests.append((account, who))
    changes.append(("From", "What"))
    words = (
        "{till} writes amounts in whole cents, without a point, in lines booked on this day or later (4590 is 45.90)."
    )
    changes.append((given["cents_day"], words.format(**given)))
    return office_bytes(book)
