"""A billing export, bank lines and a bookkeeper's note, with the receivables that follow from them."""
# hapi-pytest canary 40816fa8-93ac-4d33-81aa-d10cd24d0e8f

import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = [
    "Three Sieves Bakery Supply",
    "Harrow Mill Ingredients",
    "Pellmore Flour & Grain",
    "Quillon Bakehouse Supply",
]
OWNERS = ["Ines Falk", "Tomas Brandl", "Maud Kerrigan", "Joost Veldman", "Petra Lindahl"]
BOOKKEEPERS = ["Renate", "Oisín", "Marta", "Søren", "Blanka"]
CUTOFFS = [datetime.date(2026, 8, 31), datetime.date(2026, 9, 30), datetime.date(2026, 10, 31)]
NAMES = [
    "Bäckerei Ostertag", "Café Mjölk", "Crêperie du Quai", "Panificio Rosé", "Konditorei Weiß",
    "Old Toll Bakery", "Café Ølberg", "Pâtisserie Nîmoise", "Hofbäckerei Grünau", "The Crumb Works",
    "Sour & Daughter", "Rye & Barley", "Canal Street Buns", "Lock Nine Coffee", "Bread on Birch Lane",
    "Fennimore Tea Rooms", "Mill Pond Bakehouse", "Station Kiosk East", "Garden Gate Café", "Corner Oven",
    "Lantern Street Deli", "Marsh Farm Kitchen", "Saltmarket Bagels", "Upper Yard Canteen",
    "Plum Tree Cakes", "Ferry House Scones", "Boulangerie Éclair",
]  # fmt: skip
ROLES = {"plain": 5, "special": 3, "part": 2, "cutoff": 2, "credit": 2, "counter": 2, "edge": 2, "settled": 3}
ROLES |= {"own": 1, "twice": 1}
BUCKETS = ["Not due", "1-30 days", "31-60 days", "61-90 days", "Over 90 days"]
LATE = [(-26, -4), (4, 26), (35, 56), (65, 86), (97, 160)]
"""Days late for an invoice well inside each bucket."""
TO_ASCII = str.maketrans("äâéèêîíöøü", "aaeeeiioou")
AGREED = ["14 days", "45 days", "60 days for invoices dated {:%-d %B %Y} or later; older ones as everybody"]
NOTE = [
    "Our terms are 30 days from the date of the invoice. Three customers have other terms, see the table."
    " Do not trust the Due column of the billing program: it puts 30 days on everybody.",
    "A customer is a customer number. The program lets us type the name anew each time, so names wander.",
    "Web and phone orders have clear dates. The counter till prints day first, so 03/04 is the third of April.",
    "CN is a credit note. It is printed without a minus but reduces what the customer owes. A credit note"
    " has no terms: it counts as due on its own date and stays on the list until it is used. None has "
    "been used yet.",
    "The program sometimes prints a line twice. An invoice number is used only once, ever.",
    "Bank lines: the invoice number says what was paid, some customers pay in parts. Excel has eaten the "
    "leading zeros of some numbers. A line with a minus and RETURNED means that the bank took the money "
    "back, so that invoice is unpaid again. Lines without a number are not from customers.",
    "For a list as at a day, only what had happened by the end of that day counts: money that came later "
    "was still owed, and an invoice written later did not exist.",
    "{own_name} ({own_no}) is our own outlet under another name. It never goes on a debtors list.",
    "Invoice {disputed} ({disputed_name}) is in dispute and with the lawyers. It stays in the ageing, but"
    " nobody is to call about it.",
]

Invoice = dict[str, Any]
Customer = tuple[str, str]
"""Number and name."""


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    cutoff = draw.choice(CUTOFFS)
    people = _customers(draw)
    invoices = _plain(draw, people["plain"], cutoff) + _trapped(draw, people, cutoff)
    invoices += _special(draw, people["special"], cutoff) + _counter(draw, people["counter"], cutoff)
    _number(draw, invoices, people["plain"][0])
    payments = _payments(draw, invoices, cutoff)
    given = _given(draw, people, cutoff, invoices) | {"payments": payments}
    files = {
        "invoices.csv": _export(draw, invoices),
        "payments.xlsx": _bank(payments, cutoff),
        "terms.docx": _note(given),
    }
    return Inputs(files=files, given=given, gold=_gold(invoices, people, cutoff))


def _customers(draw: Draw) -> dict[str, list[Customer]]:
    """Give every role of the story its customers."""
    count = sum(ROLES.values())
    numbers = draw.sample(range(11, 990), count)
    people = list(zip((f"{n:04d}" for n in numbers), draw.sample(NAMES, count), strict=True))
    return {role: [people.pop() for _ in range(size)] for role, size in ROLES.items()}


def _invoice(who: Customer, issued: datetime.date, cents: int, role: str, **more: Any) -> Invoice:
    """Describe one invoice; `paid` is what the bank had by the cut-off, `state` tells how it was paid."""
    record = {"customer_no": who[0], "customer": who[1], "issued": issued, "cents": cents, "role": role}
    return record | {"kind": "INV", "channel": "phone", "days": 30, "paid": 0, "state": "open"} | more


def _aged(draw: Draw, who: Customer, cutoff: datetime.date, bucket: int, cents: int, role: str, **more: Any) -> Invoice:
    """Describe an invoice that lies well inside a bucket."""
    age = draw.integer(*LATE[bucket]) + more.get("days", 30)
    return _invoice(who, cutoff - datetime.timedelta(days=age), cents, role, **more)


def _small(draw: Draw) -> int:
    return draw.cents(8_000, 190_000)


def _plain(draw: Draw, people: list[Customer], cutoff: datetime.date) -> list[Invoice]:
    """Invoices without a twist; twelve are big and late, one bigger still is not due, one is in dispute."""
    *late, disputed, not_due = [270_000 + 48_000 * step + draw.cents(0, 39_000) for step in range(14)]
    found = []
    for index, cents in enumerate(draw.shuffled(late)):
        found.append(_aged(draw, people[index % len(people)], cutoff, draw.integer(1, 4), cents, "plain"))
    found.append(_aged(draw, draw.choice(people), cutoff, 2, disputed, "plain", is_disputed=True))
    found.append(_aged(draw, draw.choice(people), cutoff, 0, not_due, "plain"))
    for who in people:
        found += [_aged(draw, who, cutoff, draw.integer(0, 4), _small(draw), "plain") for _ in range(3)]
        found.append(_aged(draw, who, cutoff, draw.integer(1, 3), _small(draw), "plain", state="settled"))
    return found


def _trapped(draw: Draw, people: dict[str, list[Customer]], cutoff: datetime.date) -> list[Invoice]:
    """One small story for each trap about money, edges and rows that do not belong."""
    (part, back), (late, after), (bill, only) = (people[role] for role in ("part", "cutoff", "credit"))
    own, twice = people["own"][0], people["twice"][0]
    stories: list[tuple[Customer, int, str, dict[str, Any]]] = [
        (part, 2, "part", {"state": "once"}),
        (part, 3, "part", {"state": "instalments"}),
        (back, draw.integer(2, 4), "part", {"state": "returned"}),
        (late, 1, "cutoff", {"state": "after"}),
        (late, draw.integer(2, 3), "cutoff", {"state": "after"}),
        (after, 1, "other", {}),
        (bill, draw.integer(1, 3), "other", {}),
        (only, 2, "other", {"state": "settled"}),
        (twice, draw.integer(0, 4), "other", {}),
        (twice, draw.integer(1, 4), "other", {"is_twice": True}),
        (own, draw.integer(1, 2), "own", {}),
        (own, draw.integer(3, 4), "own", {}),
    ]
    stories += [(who, draw.integer(0, 4), "settled", {"state": "settled"}) for who in people["settled"] * 3]
    found = [_aged(draw, who, cutoff, bucket, _small(draw), role, **more) for who, bucket, role, more in stories]
    later = cutoff + datetime.timedelta(days=draw.integer(1, 5))
    found.append(_invoice(after, later, _small(draw), "later"))
    for who in (bill, only):
        cents = -draw.cents(9_000, 90_000)
        found.append(_aged(draw, who, cutoff, draw.integer(1, 4), cents, "credit", kind="CN", days=0))
    for who, ages in zip(people["edge"], ((0, 30, 31, 90), (1, 60, 61, 91)), strict=True):
        days = [cutoff - datetime.timedelta(days=30 + age) for age in ages]
        found += [_invoice(who, day, _small(draw), "edge") for day in days]
    return found


def _special(draw: Draw, people: list[Customer], cutoff: datetime.date) -> list[Invoice]:
    """Customers with agreed terms: a short one, a long one, and a long one that began during the year."""
    short, long, newer = people
    found = [_aged(draw, short, cutoff, bucket, _small(draw), "special", days=14) for bucket in (1, 2)]
    found += [_aged(draw, long, cutoff, bucket, _small(draw), "special", days=45) for bucket in (1, 3)]
    for gap, days in ((-40, 30), (-9, 30), (0, 60), (21, 60)):
        issued = _start(cutoff) + datetime.timedelta(days=gap + draw.integer(0, 6))
        found.append(_invoice(newer, issued, _small(draw), "special", days=days))
    return found


def _start(cutoff: datetime.date) -> datetime.date:
    """Return the day on which the newer terms began."""
    return datetime.date(cutoff.year, cutoff.month - 4, 1)


def _counter(draw: Draw, people: list[Customer], cutoff: datetime.date) -> list[Invoice]:
    """Counter sales: three dates that a month-first reader takes for another past day, one clear."""
    found = []
    for who in people:
        for day in draw.sample(range(2, cutoff.month - 1), 3):
            month = draw.choice([m for m in range(3, cutoff.month - 1) if m != day])
            issued = datetime.date(cutoff.year, month, day)
            found.append(_invoice(who, issued, _small(draw), "counter", channel="counter"))
        clear = datetime.date(cutoff.year, cutoff.month - 2, draw.integer(14, 28))
        found.append(_invoice(who, clear, _small(draw), "counter", channel="counter"))
    return found


def _number(draw: Draw, invoices: list[Invoice], split: Customer) -> None:
    """Sort by date of issue and number through with gaps; fix what was paid and how the name is typed."""
    invoices.sort(key=lambda i: (i["issued"], i["customer_no"], i["cents"]))
    number, seen = draw.integer(2100, 4700), 0
    for invoice in invoices:
        number += draw.integer(1, 4)
        seen += invoice["customer_no"] == split[0]
        is_retyped = invoice["customer_no"] == split[0] and seen % 3 == 2
        invoice["number"] = f"{number:06d}"
        invoice["typed"] = split[1].translate(TO_ASCII).upper() + " Ltd" if is_retyped else invoice["customer"]
        if invoice["state"] == "settled":
            invoice["paid"] = invoice["cents"]
        if invoice["state"] in ("once", "instalments"):
            invoice["paid"] = invoice["cents"] * draw.integer(30, 60) // 100


def _payments(draw: Draw, invoices: list[Invoice], cutoff: datetime.date) -> list[list[Any]]:
    """The bank lines: date, invoice, payer, cents, remark."""
    lines: list[list[Any]] = []
    eaten = 0
    for invoice in invoices:
        number, cents, paid, state = (invoice[key] for key in ("number", "cents", "paid", "state"))
        payer = invoice["customer"].lower().translate(TO_ASCII).replace("ß", "ss").upper()
        day = min(invoice["issued"] + datetime.timedelta(days=draw.integer(9, 44)), cutoff)
        if state == "settled":
            eaten += invoice["role"] == "settled"
            is_eaten = invoice["role"] == "settled" and eaten % 2 == 1
            lines.append([day, int(number) if is_eaten else number, payer, cents, ""])
        elif state == "once":
            lines.append([day, number, payer, paid, "on account"])
        elif state == "instalments":
            last = cutoff - datetime.timedelta(days=draw.integer(1, 9))
            lines.append([day, number, payer, paid * 2 // 5, "1st part"])
            lines.append([last, number, payer, paid - paid * 2 // 5, "2nd part"])
        elif state == "returned":
            lines.append([day - datetime.timedelta(days=8), number, payer, cents, ""])
            lines.append([day, number, payer, -cents, "RETURNED - no cover"])
        elif state == "after":
            lines.append([cutoff + datetime.timedelta(days=draw.integer(1, 7)), number, payer, cents, ""])
    for month in range(cutoff.month - 5, cutoff.month + 1):
        fee = -draw.cents(1_200, 2_900)
        lines.append([datetime.date(cutoff.year, month, 28), None, "ACCOUNT FEE", fee, ""])
    savings = draw.cents(100_000, 300_000, 10_000)
    lines.append([cutoff - datetime.timedelta(days=12), None, "OWN TRANSFER", savings, "from savings"])
    return sorted(lines, key=lambda line: (line[0], str(line[1]), line[3]))


def _export(draw: Draw, invoices: list[Invoice]) -> str:
    """The billing export: dates and amounts as each channel writes them, thirty days for everyone."""
    rows = []
    for invoice in invoices:
        channel = draw.choice(["phone", "web"]) if invoice["channel"] == "phone" else invoice["channel"]
        style = {"web": "%Y-%m-%d", "phone": "%d.%m.%Y", "counter": "%d/%m/%Y"}[channel]
        days = [invoice["issued"], invoice["issued"] + datetime.timedelta(days=30)]
        amount = f"{abs(invoice['cents']) / 100:,.2f}"
        amount = amount if channel == "phone" else amount.replace(",", "")
        row = [invoice["number"], invoice["kind"], channel, invoice["customer_no"], invoice["typed"]]
        row += [day.strftime(style) for day in days] + [amount]
        rows += [row] * (2 if invoice.get("is_twice") else 1)
    return csv_text(["Invoice", "Type", "Channel", "Customer no", "Customer", "Date", "Due", "Amount"], rows)


def _bank(payments: list[list[Any]], cutoff: datetime.date) -> bytes:
    """The bank lines as the bookkeeper keeps them, below a title."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Bank"
    sheet.append(["Current account, incoming and returned"])
    sheet.append([f"Printed {cutoff + datetime.timedelta(days=8):%d.%m.%Y}"])
    sheet.append([])
    sheet.append(["Date", "Invoice", "Payer", "Amount", "Remark"])
    for day, number, payer, cents, remark in payments:
        sheet.append([day, number, payer, cents / 100, remark])
    return office_bytes(book)


def _note(given: dict[str, Any]) -> bytes:
    """The bookkeeper's note on how to read the two lists."""
    import docx

    document = docx.Document()
    document.add_heading("Debtors: how to read the lists", level=1)
    document.add_paragraph(NOTE[0])
    table = document.add_table(rows=0, cols=3)
    for cells in [["Customer no", "Customer", "Agreed terms"], *given["agreed"]]:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    for text in [*NOTE[1:], "{bookkeeper}"]:
        document.add_paragraph(text.format(**given))
    return office_bytes(document)


def _given(
    draw: Draw, people: dict[str, list[Customer]], cutoff: datetime.date, invoices: list[Invoice]
) -> dict[str, Any]:
    disputed = next(i for i in invoices if i.get("is_disputed"))
    shown = ("number", "kind", "channel", "customer_no", "customer", "typed", "issued", "is_twice")
    named = {
        "special": 2,
        "part": 0,
        "cutoff": 0,
        "credit": 1,
        "edge": 0,
        "counter": 0,
        "twice": 0,
        "settled": 0,
    }
    names = {f"{role}_name": people[role][index][1] for role, index in named.items()}
    return names | {
        "firm": draw.choice(FIRMS),
        "owner": draw.choice(OWNERS),
        "bookkeeper": draw.choice(BOOKKEEPERS),
        "cutoff": cutoff,
        "cutoff_text": f"{cutoff:%-d %B %Y}",
        "buckets": BUCKETS,
        "agreed": [[*who, text.format(_start(cutoff))] for who, text in zip(people["special"], AGREED, strict=True)],
        "newer_from": _start(cutoff),
        "own_no": people["own"][0][0],
        "own_name": people["own"][0][1],
        "disputed": disputed["number"],
        "disputed_name": disputed["customer"],
        "split_name": people["plain"][0][1],
        "returned_name": people["part"][1][1],
        "later_name": people["cutoff"][1][1],
        "invoices": [{key: i.get(key) for key in shown} | {"cents": abs(i["cents"])} for i in invoices],
    }


def _gold(invoices: list[Invoice], people: dict[str, list[Customer]], cutoff: datetime.date) -> dict[str, Any]:
    """Work out who owed what, from the story itself rather than from the attachments."""
    rows = [i for i in invoices if i["role"] not in ("later", "own") and i["paid"] != i["cents"]]
    for row in rows:
        row["left"] = row["cents"] - row["paid"]
        row["due"] = row["issued"] + datetime.timedelta(days=row["days"])
        row["late"] = (cutoff - row["due"]).days
    to_call = [r for r in rows if r["kind"] == "INV" and r["late"] > 0 and not r.get("is_disputed")]
    top = sorted(to_call, key=lambda r: -r["left"])[:10]
    probe = next(r for r in rows if r["role"] == "plain" and r["late"] > 0)

    def of(role: str, key: str) -> dict[str, Any]:
        return {r["number"]: r[key] / 100 if key == "left" else r[key] for r in rows if r["role"] == role}

    def buckets(role: str) -> dict[str, list[float]]:
        return {no: _buckets([r for r in rows if r["customer_no"] == no]) for no, _ in people[role]}

    return {
        "plain_rows": buckets("plain"),
        "edge_rows": buckets("edge"),
        "grand_total": sum(r["left"] for r in rows) / 100,
        "special_due": of("special", "due"),
        "counter_due": of("counter", "due"),
        "part_open": of("part", "left"),
        "paid_after": of("cutoff", "left"),
        "written_later": [i["number"] for i in invoices if i["role"] == "later"],
        "credits": of("credit", "left"),
        "credit_ages": of("credit", "late"),
        "settled": [i["number"] for i in invoices if i["state"] == "settled"],
        "settled_customers": [no for no, _ in people["settled"]],
        "open_invoices": [r["number"] for r in rows],
        "customers": sorted({r["customer_no"] for r in rows}),
        "top": [[r["number"], r["customer_no"], r["left"] / 100, r["late"]] for r in top],
        "probe": [probe["number"], probe["customer_no"]],
    }


def _buckets(rows: list[Invoice]) -> list[float]:
    """Sum what is open by bucket."""
    sums = [0] * len(BUCKETS)
    for row in rows:
        sums[sum(row["late"] > edge for edge in (0, 30, 60, 90))] += row["left"]
    return [cents / 100 for cents in sums]
