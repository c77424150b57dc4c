"""A bank export, a bank book and a note, with what pairs off and what does not."""
# hapi-pytest canary be1c91a5-30d8-413c-b873-a1632d12e4ed

import datetime
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = ["Quarter Note Hire", "Bow & Reed", "Fiddlehead Instruments", "Treble Yard", "Half-Size Strings", "Cantabile"]
OWNERS = ["Marit Solberg", "Ned Farrow", "Élise Garnier", "Anouk Peeters", "Dario Conti", "Greta Lind", "Owen Pryce"]
FAMILIES = [
    "Adebayo", "Amundsen", "Baptiste", "Björk", "Ceylan", "Czerny", "Delacroix", "Dvořák", "Eriksen", "Faßbender",
    "Gündoğan", "Haugen", "Ivanova", "Jónsdóttir", "Kılıç", "Lefèvre", "Łukasik", "Márquez", "Müller", "Nakamura",
    "Novák", "O'Leary", "Özkan", "Peñalver", "Quist", "Rasmussen", "Ørsted", "Sjöberg", "Thorne", "Ulbricht",
    "Vasić", "Weißmann", "Xanthou", "Zamora", "Bachmeier", "Colbert", "Drăgan", "Fontaine", "Grönholm",
]  # fmt: skip
SUPPLIERS = [
    "Saitenhaus Brandt",
    "Reed Import BV",
    "Lutherie Morel",
    "Van Hire Kessel",
    "Rosin & Wax Ltd",
    "Case Works",
]
SUPPLIERS += ["Print Shop Ahlers", "Piano Movers Roth", "Hall Rent Council", "Bow Repair Itō", "Polish & Felt Co"]
TO_BANK = str.maketrans("ÄÉÈÖØÜĞİŁÑŘČÇĆŌÁÓĂ", "AEEOOUGILNRCCCOAOA")
MONTHS = [datetime.date(2026, 8, 1), datetime.date(2026, 9, 1), datetime.date(2026, 10, 1)]
GOODS = ["Strings", "Rosin", "Reeds", "Music stand", "Shoulder rest", "Cleaning kit", "Metronome"]
COLUMNS = ["No", "Date", "Document", "Text", "In", "Out"]
PAGE = 18
"""Entries on the first page of the book."""
KINDS = ["deposit in transit", "uncleared cheque", "entry to make", "book error", "bank error"]
OPEN_ENTRIES = dict.fromkeys(["transit", "transit twin"], (KINDS[0], 1)) | {"stopped": (KINDS[3], -1)}
OPEN_ENTRIES |= dict.fromkeys(["cheque", "still"], (KINDS[1], 1))
OPEN_LINES = dict.fromkeys(["entry", "return", "insurance"], (KINDS[2], 1)) | {"stranger": (KINDS[4], -1)}
"""Kind by role of what does not pair off, and the sign of what corrects it."""
NOTE = """Notes on the bank book, {owner}

1. I match by number, never by the amount alone: invoice (INV), transfer (TRF), cheque (CHQ) or card batch. The bank
   drops the zeros in front. Half the families pay the same hire, so equal amounts say nothing.
2. Money in goes into the book when the family sends me its slip, card sales when the terminal prints the batch. The
   bank pays out a batch in one sum.
3. Before {month_name} began these were in the book already, but not at the bank:
{open_items}
4. Cheque {stopped_doc} (entry {stopped}) never reached {stopped_name}. I had it stopped on the {stopped_day}. It will
   not be cashed any more and must come back into the book; the new payment goes out in {next_name}.
5. The bank rang: the credit from {stranger} is not ours. They take it back in {next_name}, so nothing goes into my
   book for it.
6. Where number agrees and amount does not, the bank is right. The pair is matched all the same, and the difference is
   a book error under that entry. A payment that the bank returns is a line of its own, which my book does not have
   yet.
7. A document is booked once. Where it stands in the book twice, the later entry is a book error.
8. Entries have four digits, lines five, zeros in front included. Excel has eaten some of mine.
"""

Item = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    first = draw.choice(MONTHS)
    month = {"first": first, "next": (first + datetime.timedelta(days=32)).replace(day=1)}
    month["end"] = month["next"] - datetime.timedelta(days=1)
    names = {"families": draw.shuffled(FAMILIES), "suppliers": draw.shuffled(SUPPLIERS)}
    items = _plain(draw, month, names) + _twins(draw, month, names) + _batches(draw, month)
    items += _open(draw, month, names) + _odd(draw, month, names)
    old = _old(draw, month, names)
    book, bank = _numbered(draw, items, old)
    opening = draw.cents(310_000, 890_000)
    start = opening - sum(item["book"][0]["cents"] for item in old)
    pairs, rows = _answer(items + old)
    given = _given(draw, month, items, old)
    ledger = _ledger(draw, book, opening, given)
    files = {"bank.csv": _export(bank, start), "ledger.xlsx": ledger, "note.txt": NOTE.format(**given)}
    within = [line for line in bank if line["day"] <= month["end"]]
    given["lines"] = [line["line"] for line in within]
    given["later"] = [line["line"] for line in bank if line["day"] > month["end"]]
    given["entries"] = [entry["no"] for entry in book]
    given["last_balance"] = (start + sum(line["cents"] for line in bank)) / 100
    gold: dict[str, Any] = {"pairs": pairs, "rows": rows}
    gold["bank_balance"] = (start + sum(line["cents"] for line in within)) / 100
    gold["book_balance"] = (opening + sum(entry["cents"] for entry in book)) / 100
    return Inputs(files=files, given=given, gold=gold)


def _in(text: str) -> str:
    """Write a name as the bank does."""
    return text.upper().translate(TO_BANK)


def _move(day: datetime.date, text: str, cents: int, doc: str = "") -> Item:
    """Describe an entry of the book, or without a document a line of the bank."""
    return {"day": day, "text": text, "cents": cents, "doc": doc}


def _pair(role: str, entry: Item, days: int, shown: str) -> Item:
    """Describe an entry that the bank booked some days later."""
    line = _move(entry["day"] + datetime.timedelta(days=days), shown, entry["cents"])
    return {"role": role, "book": [entry], "bank": [line]}


def _day(draw: Draw, month: Item, low: int = 2, high: int = 24) -> datetime.date:
    day: datetime.date = month["first"]
    return day.replace(day=draw.integer(low, high))


def _hire(draw: Draw, names: Item, role: str, day: datetime.date, days: int, number: int, cents: int = 0) -> Item:
    """Describe a hire that was booked on a day and came to the bank some days later."""
    family = names["families"].pop()
    entry = _move(day, f"Hire {family}", cents or draw.cents(4_100, 28_900), f"INV {number:05d}")
    shown = draw.choice([f"INV {number} {_in(family)}", f"{_in(family)} RENT INV{number}", f"INV-{number} HIRE"])
    return _pair(role, entry, days, shown)


def _plain(draw: Draw, month: Item, names: Item) -> list[Item]:
    """Hires, transfers and cheques that pair one by one."""
    hires = draw.sample(range(1100, 3900), 11)
    items = [_hire(draw, names, "plain", _day(draw, month), draw.integer(0, 3), number) for number in hires]
    for doc, shown, numbers in (
        ("TRF {:05d}", "TRF {} {}", draw.sample(range(110, 480), 6)),
        ("CHQ {:06d}", "CHEQUE {}", draw.sample(range(610, 690), 3)),
    ):
        for number in numbers:
            name, cents = draw.choice(names["suppliers"]), -draw.cents(5_000, 68_000)
            entry = _move(_day(draw, month), name, cents, doc.format(number))
            items.append(_pair("plain", entry, draw.integer(0, 3), shown.format(number, _in(name))))
    return items


def _twins(draw: Draw, month: Item, names: Item) -> list[Item]:
    """Equal hires on one day: two whose invoice numbers look alike, and three of which one has not come yet."""
    tens, ones = draw.sample(range(1, 10), 2)
    head, fee, day = draw.integer(40, 58) * 100, draw.cents(2_900, 5_900, 50), _day(draw, month, 4, 20)
    swapped = ((head + tens * 10 + ones, 2), (head + ones * 10 + tens, 1))
    items = [_hire(draw, names, "twin", day, days, number, fee) for number, days in swapped]
    fee, day = fee + draw.integer(3, 9) * 150, month["end"] - datetime.timedelta(days=draw.integer(2, 4))
    late = draw.integer(0, 1)  # never the last, so that pairing from the top must go wrong
    for place, number in enumerate(draw.sample(range(6000, 7900), 3)):
        role, days = ("transit twin", (month["next"] - day).days) if place == late else ("twin", 1)
        items.append(_hire(draw, names, role, day, days, number, fee))
    return items


def _batches(draw: Draw, month: Item) -> list[Item]:
    """Card sales: two batches that were paid out in one sum each, and one that comes after the month."""
    items, number = [], draw.integer(41, 880)
    for role, count, low in (("batch", 4, 5), ("batch", 3, 15), ("transit", 2, 0)):
        number += draw.integer(1, 3)
        day = _day(draw, month, low, low + 5) if low else month["end"]
        sold = [(draw.choice(GOODS), draw.cents(1_200, 9_800)) for _ in range(count)]
        come, total = day + datetime.timedelta(days=draw.integer(1, 3)), sum(cents for _, cents in sold)
        book = [_move(day, text, cents, f"Batch {number:04d}") for text, cents in sold]
        items.append({"role": role, "book": book, "bank": [_move(come, f"TERMINAL PAYOUT BATCH {number}", total)]})
    return items


def _open(draw: Draw, month: Item, names: Item) -> list[Item]:
    """What the book has and the bank has not: a hire that comes later, and two cheques."""
    before = month["end"] - datetime.timedelta(days=1)
    items = [_hire(draw, names, "transit", before, draw.integer(2, 4), draw.integer(8000, 9900))]
    for number in draw.sample(range(700, 740), 2):
        name, cents = draw.choice(names["suppliers"]), -draw.cents(5_000, 42_000)
        entry = _move(_day(draw, month, 15, 26), name, cents, f"CHQ {number:06d}")
        items.append({"role": "cheque", "book": [entry], "bank": []})
    return items


def _odd(draw: Draw, month: Item, names: Item) -> list[Item]:
    """Bank lines that the book lacks, a stranger's money, a wrong amount and a document booked twice."""
    number, stranger = draw.integer(9901, 9990), names["families"].pop()
    returned = _hire(draw, names, "returned", _day(draw, month), draw.integer(0, 3), number)
    back = returned["bank"][0]["day"] + datetime.timedelta(days=draw.integer(2, 4))
    lines = [
        ("return", back, f"RETURNED INV {number} NO COVER - PLEASE TREAT AS PAID", -returned["bank"][0]["cents"]),
        ("entry", month["end"], "ACCOUNT FEE", -draw.cents(790, 2_990)),
        ("entry", month["end"], "INTEREST", draw.cents(105, 890)),
        ("insurance", _day(draw, month), "DIRECT DEBIT INSTRUMENT INSURANCE", -draw.cents(6_100, 19_900)),
        ("stranger", _day(draw, month), f"{_in(stranger)} CAR RENT", draw.cents(21_000, 64_000)),
        ("later", month["next"], "CARD TERMINAL RENT", -draw.cents(1_100, 3_900)),
    ]
    items = [{"role": role, "book": [], "bank": [_move(*line)]} for role, *line in lines]
    tens, ones = draw.sample(range(1, 10), 2)
    rest = draw.integer(1, 3) * 10_000 + draw.integer(5, 95)
    cents = rest + tens * 1000 + ones * 100
    slip = _hire(draw, names, "slip", _day(draw, month), draw.integer(0, 3), draw.integer(10_000, 10_900), cents)
    slip["book"][0]["cents"] = rest + ones * 1000 + tens * 100
    twice = _hire(draw, names, "twice", _day(draw, month), draw.integer(0, 3), draw.integer(10_901, 11_900))
    again = twice["book"][0]["day"] + datetime.timedelta(days=draw.integer(2, 5))
    twice["book"].append(twice["book"][0] | {"day": again})
    return [*items, returned, slip, twice]


def _old(draw: Draw, month: Item, names: Item) -> list[Item]:
    """What was open before the month: a cheque and a deposit that came, a cheque still out, a cheque stopped."""
    items = []
    for role, number in zip(["old", "still", "stopped"], sorted(draw.sample(range(540, 600), 3)), strict=True):
        day = month["first"] - datetime.timedelta(days=draw.integer(4, 20))
        entry = _move(day, names["suppliers"].pop(), -draw.cents(8_000, 51_000), f"CHQ {number:06d}")
        item = _pair(role, entry, draw.integer(21, 27), f"CHEQUE {number}")
        items.append(item if role == "old" else item | {"bank": []})
    day = month["first"] - datetime.timedelta(days=1)
    return [*items, _hire(draw, names, "old", day, draw.integer(1, 3), draw.integer(500, 990))]


def _numbered(draw: Draw, items: list[Item], old: list[Item]) -> tuple[list[Item], list[Item]]:
    """Number the book's entries and the bank's lines by day; return the month's book and all lines."""
    before = sorted((item["book"][0] for item in old), key=lambda entry: entry["day"])
    book = sorted((entry for item in items for entry in item["book"]), key=lambda entry: entry["day"])
    for number, entry in enumerate(before + book, draw.integer(310, 880)):
        entry["no"] = f"{number:04d}"
    bank = draw.shuffled([line for item in items + old for line in item["bank"]])
    bank.sort(key=lambda line: line["day"])
    for number, line in enumerate(bank, draw.integer(1200, 8800)):
        line["line"] = f"{number:05d}"
    return book, bank


def _answer(items: list[Item]) -> tuple[dict[str, list[list[Any]]], dict[str, list[list[Any]]]]:
    """Return the pairs by role and the open rows by kind: line, entry, amount."""
    pairs: dict[str, list[list[Any]]] = {role: [] for role in ("plain", "twin", "batch", "old", "slip")}
    rows: dict[str, list[list[Any]]] = {kind: [] for kind in KINDS}
    for item in items:
        role, entries, lines = item["role"], item["book"], item["bank"]
        if role in OPEN_ENTRIES:
            kind, sign = OPEN_ENTRIES[role]
            rows[kind] += [["", entry["no"], sign * entry["cents"] / 100] for entry in entries]
        elif role in OPEN_LINES:
            kind, sign = OPEN_LINES[role]
            rows[kind].append([lines[0]["line"], "", sign * lines[0]["cents"] / 100])
        elif role == "batch":
            pairs[role] += [[lines[0]["line"], entry["no"], entry["cents"] / 100] for entry in entries]
        elif role != "later":
            line, entry = lines[0], entries[0]
            pairs[role if role in pairs else "plain"].append([line["line"], entry["no"], line["cents"] / 100])
        if role in ("slip", "twice"):
            wrong = lines[0]["cents"] - sum(entry["cents"] for entry in entries)
            rows[KINDS[3]].append(["", entries[-1]["no"], wrong / 100])
    return pairs, rows


def _given(draw: Draw, month: Item, items: list[Item], old: list[Item]) -> dict[str, Any]:
    by_role = {item["role"]: item for item in items[::-1] + old}
    stopped, before = by_role["stopped"]["book"][0], [item["book"][0] for item in old]
    listed = "   {no}   {day:%d.%m.%Y}   {doc:<10}   {amount:>8.2f}   {text}"
    return {
        "firm": draw.choice(FIRMS),
        "owner": draw.choice(OWNERS),
        "month_name": f"{month['first']:%B %Y}",
        "next_name": f"{month['next']:%B}",
        "end_name": f"{month['end']:%-d %B %Y}",
        "twin_day": f"{by_role['twin']['book'][0]['day']:%-d %B}",
        "stranger": by_role["stranger"]["bank"][0]["text"].split(" CAR")[0],
        "stopped": stopped["no"],
        "stopped_doc": stopped["doc"],
        "stopped_name": stopped["text"],
        "stopped_day": f"{draw.integer(5, 19)}th",
        "open_items": "\n".join(
            listed.format(**entry, amount=entry["cents"] / 100) for entry in sorted(before, key=lambda e: e["no"])
        ),
        "kinds": KINDS,
        "old": [entry["no"] for entry in before],
        "waiting": by_role["transit twin"]["book"][0]["no"],
        "last_sales": [entry["no"] for item in items for entry in item["book"] if entry["day"] == month["end"]],
        "copied": by_role["twice"]["book"][1]["no"],
        "insurance": by_role["insurance"]["bank"][0]["line"],
        "returned": by_role["return"]["bank"][0]["line"],
        "returned_entry": by_role["returned"]["book"][0]["no"],
    }


def _export(bank: list[Item], balance: int) -> str:
    """The bank's list, newest line first, with decimal commas."""
    commas, rows = str.maketrans(",.", ".,"), []
    for line in bank:
        balance += line["cents"]
        amount, left = (f"{cents / 100:,.2f}".translate(commas) for cents in (abs(line["cents"]), balance))
        sides = ["", amount] if line["cents"] > 0 else [amount, ""]
        rows.append([line["line"], f"{line['day']:%d.%m.%y}", line["text"], *sides, left])
    return csv_text(["Line", "Booked", "Text", "Debit", "Credit", "Balance"], rows[::-1], delimiter=";")


def _ledger(draw: Draw, book: list[Item], opening: int, given: dict[str, Any]) -> bytes:
    """The bank book with a title, the balance brought forward, and page sums between the entries."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in ([f"{given['firm']}, bank book {given['month_name']}"], [], COLUMNS):
        sheet.append(row)
    sheet.append([None, None, None, "Brought forward", opening / 100, None])
    eaten = draw.sample(range(len(book)), 3)
    for place, entry in enumerate(book):
        sides = [entry["cents"] / 100, None] if entry["cents"] > 0 else [None, -entry["cents"] / 100]
        number = int(entry["no"]) if place in eaten else entry["no"]
        sheet.append([number, entry["day"], entry["doc"], entry["text"], *sides])
        if (place + 1) % PAGE == 0:
            sums = [sum(e["cents"] for e in book[: place + 1] if (e["cents"] > 0) == is_in) for is_in in (True, False)]
            sheet.append([None, None, None, "Carried over", sums[0] / 100, -sums[1] / 100])
    return office_bytes(workbook)
