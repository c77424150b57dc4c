"""An offer, house rules, proofs, recipients and holidays for a sequence of five cold mails."""
# hapi-pytest canary b97e3442-f5a7-4237-9dd0-838a4e93e370

import datetime
from collections.abc import Container
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = ["Kerbside", "Ablegate", "Holmlager", "Trivette", "Ostrava & Finch", "Pallas Desk"]
CLIENTS = ["Runa Petersen", "Gilles Favre", "Edda Köhler", "Marcin Zaleski", "Tove Lindgren", "Ondřej Malý"]
PRODUCTS = [
    ["Stapelwerk", "orders packaging by itself when a shelf runs low", "counting cartons by hand"],
    ["Fadenlauf", "plans deliveries to shops around road works", "planning tours on the telephone"],
    ["Zeitkasten", "turns paper time sheets into hours for payroll", "typing up time sheets"],
    ["Prüfbuch", "keeps the dates of all machine inspections", "hunting for inspection papers"],
]
AUDIENCES = {"heads of purchasing": "purchasing", "production managers": "production", "site managers": "sites"}
VERBS = {
    "time": ["saves {n} hours a week", "is done with the paperwork {n} minutes earlier every day"],
    "mistakes": ["makes {n} percent fewer mistakes", "counts {n} complaints less in a quarter"],
    "stock": ["keeps {n} percent less in stock", "has freed {n} pallet places"],
    "people": ["trained {n} people in two afternoons", "has {n} people using it without a manual"],
    "waste": ["throws away {n} percent less", "fills {n} bins fewer in a month"],
    "suppliers": ["deals with {n} suppliers from one desk", "answers its suppliers {n} hours sooner"],
    "audits": ["passed {n} audits in a row", "prepares an audit in {n} minutes"],
}
CUSTOMERS = [
    "Aurich Lampen", "Bellaria Foods", "Cordes Yachts", "Dahlgren Optics", "Eskil & Mo", "Fontane Papier",
    "Gaspard Vins", "Hjelm Cycles", "Imker Union", "Jolly Boxes", "Kupfer Ost", "Lindauer Obst", "Marzipan Nord",
    "Nautilus Rope", "Orvieto Tiles", "Pfeffer & Kern", "Querbeet Seeds", "Ravel Keys", "Stellwerk Bikes",
    "Tulpen Export", "Uferlos Boats", "Valerian Tea", "Wiesel Tools", "Ypern Lace", "Zander Fisch",
]  # fmt: skip
FIRST = ["Anna", "Bertil", "Carla", "Dóra", "Emil", "Fatma", "Gustav", "Hilde", "Ivo", "Jana", "Kofi", "Linnéa", "Mats"]
LAST = ["Aigner", "Bruun", "Conti", "Dekker", "Eder", "Fialová", "Grande", "Huber", "Ilves", "Jäger", "Kruse", "Lehto"]
LONG = ["Oberschwäbische", "Niederrheinische", "Brandenburgische", "Mittelfränkische", "Schleswigsche"]
SHORT = ["Acker", "Birne", "Cassis", "Distel", "Erle", "Farn", "Ginster", "Hopfen", "Iris", "Kresse", "Linde", "Mohn"]
KINDS = ["Kartonagen", "Beschläge", "Werkzeuge", "Getränke", "Textil", "Lacke", "Pumpen"]
TOWNS = ["Arnsfeld", "Bruckmühl", "Cuxdorf", "Dettingen", "Eichberg", "Falkenau", "Grünhain", "Hohenau", "Ilmdorf"]
REGIONS = ["NB", "OS", "MT", "KW", "RH", "SL"]
DAYS_OFF = ["Founders' Day", "Spring Fair", "St Walburga", "River Day", "Harvest Feast", "Town Charter Day", "Bell Day"]
BANNED = [
    "touch base", "circle back", "game changer", "quick question", "hope this finds you well", "no-brainer", "synergy",
    "low-hanging fruit", "just checking in", "pick your brain", "act now", "cutting-edge", "revolutionary",
    "bumping this up", "best in class", "world-class",
]  # fmt: skip
OPT_OUT = [
    "If you would rather not hear from us, answer with the word stop and that was it.",
    "Not for you? One word from you, stop, and we take you off our list.",
    "Reply with stop and you will not get another mail from us.",
]
OFFER = """\
# {product}

## What can be said

- {product} {does}. It puts an end to {pain}.
- {firms} firms use it. None of them has more than one person looking after it.
- It is set up in {setup} days, by us.
- It costs EUR {prices[0]} a month and site; from {change_text} on it costs EUR {prices[1]}. Nothing comes on top.
- The trial is free and lasts {trial} days, for whoever signs up by {deadline_text}.
- A talk with us takes {call} minutes.

## Links

| Mail | Link |
|---|---|
{link_rows}

## For us only

- At the new price the margin is {margin} percent.
- {lost} firms have left us since January, most of them because of the old scanner.
"""
STYLE = """\
# Cold mails: house rules

## The file

The first line is `Subject: ` and the subject, the second `Preview: ` and the preview, then comes an empty line, then
the body, then a line with nothing but two dashes (`--`), then the sign-off. Plain text, no formatting.

- The subject has {limit} characters at most and the preview 90, both with the tags filled, for every single recipient.
- Mails 2 and 4 go out as replies to the mail before. Their subject is `Re: ` and the subject of mail 1 or 3, unchanged.
- The body begins with a line that greets by first name.
- No two mails have the same first three words below the greeting.
- One link, the one of offer.md, bare, alone on the last line of the body. No other link, and none in the sign-off.
- Merge tags look like {{{{company}}}}. There are {{{{first_name}}}}, {{{{company}}}} and {{{{town}}}}, nothing else.
  Where a column of recipients.csv has gaps, the tag needs words to stand in, behind a bar: {{{{town|your town}}}}.
- No exclamation marks, no brackets such as [this], and never, in any part of a file: {banned_text}.

Length of the body in words, greeting and link included. A word is whatever stands between spaces or line ends.

| Mail | Words |
|---|---|
{length_rows}

The sign-off, line by line:

{sign_off_text}

## Proofs

A proof may be used in a mail if it is cleared for cold mail, if its audience is {audience} or all, if it is valid on
the day the mail goes out (the last day counts; empty means without end), and if its remark does not take it back.

## Send days

- Working days are Monday to Friday, without the holidays of any region in which one of our recipients is. In
  holidays.csv some dates are typed day.month.year.
- The gaps between the mails are {gap_text} working days: with a gap of 1 a mail goes out on the working day after.
- We only mail on Tuesdays, Wednesdays and Thursdays that are working days. Where a gap ends on another day, the mail
  goes out on the next of these.
- The next gap runs from the day on which the mail before really goes out.
"""
DAY = datetime.timedelta(days=1)
Days = list[datetime.date]
Holiday = tuple[datetime.date, str]
"""A day and the regions that have it off, or all."""


def send_days(start: datetime.date, gaps: list[int], off: Container[datetime.date]) -> Days:
    """Return the days on which the mails go out: gaps in working days, then on to a Tuesday, Wednesday or Thursday."""
    days = [start]
    for gap in gaps:
        day = days[-1]
        while gap:
            day += DAY
            gap -= day.weekday() < 5 and day not in off
        while day.weekday() not in (1, 2, 3) or day in off:
            day += DAY
        days.append(day)
    return days


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    start, gaps, holidays, regions = _calendar(draw)
    days = send_days(start, gaps, [day for day, where in holidays if where in ("all", *regions)])
    numbers = draw.sample(range(32, 99), 40)
    topics = draw.sample(sorted(VERBS), 5)
    audience = draw.choice(sorted(AUDIENCES))
    proofs = _proofs(draw, topics, AUDIENCES[audience], days, numbers)
    recipients = _recipients(draw, regions)
    given = _given(draw, start, gaps, topics, days, numbers) | {"audience_text": audience, "regions": regions}
    given |= {"audience": AUDIENCES[audience], "recipients": recipients, "proofs": proofs}
    given["holidays"] = [[day, where] for day, where in holidays]
    files = {
        "offer.md": OFFER.format(**given),
        "style.md": STYLE.format(**given),
        "proofs.xlsx": _proof_book(proofs),
        "recipients.csv": csv_text(["first_name", "last_name", "company", "town", "region"], recipients),
        "holidays.csv": _holiday_table(draw, holidays),
    }
    good = {proof["topic"]: proof for proof in proofs if proof["is_good"]}
    gold = {
        "offsets": [(day - start).days for day in days],
        "wanted": [good[topic]["id"] for topic in topics],
        "price": given["prices"][days[2] >= given["change"]],
        "other_price": given["prices"][days[2] < given["change"]],
        "unnamed": [proof["customer"] for proof in proofs if not proof["is_good"]],
    }
    given["proofs"] = [{key: value for key, value in proof.items() if key != "is_good"} for proof in proofs]
    return Inputs(files=files, given=given, gold=gold)


def _calendar(draw: Draw) -> tuple[datetime.date, list[int], list[Holiday], list[str]]:
    """Draw until every way to misread the rules leads to other days than reading them well."""
    while True:
        start = draw.date(datetime.date(2027, 1, 12), datetime.date(2027, 5, 27))
        regions, gaps = draw.sample(REGIONS, 4), [draw.integer(3, 7) for _ in range(4)]
        ours, others = sorted(regions[:2]), regions[2:]
        spots = draw.sample(range(1, 42), 6)
        where = ["all", ours[0], ours[1], others[0], others[1], others[0]]
        holidays = [(start + spot * DAY, region) for spot, region in zip(spots, where, strict=True)]
        if start.weekday() not in (1, 2, 3) or any(day.weekday() > 4 for day, _ in holidays):
            continue
        off = [day for day, region in holidays if region in ("all", *ours)]
        right = send_days(start, gaps, off)
        misread = [send_days(start, gaps, []), send_days(start, gaps, [day for day, _ in holidays])]
        misread += [send_days(start, gaps, off[:1]), send_days(start, [gap - 1 for gap in gaps], off)]
        misread.append(any_weekday(start, gaps, off))
        if right not in misread and all((a - b).days > 3 for b, a in zip(right, right[1:], strict=False)):
            return start, gaps, holidays, ours


def any_weekday(start: datetime.date, gaps: list[int], off: Container[datetime.date]) -> Days:
    """Return the days of who counts the gaps well and then mails on any working day."""
    days = [start]
    for gap in gaps:
        day = days[-1]
        while gap:
            day += DAY
            gap -= day.weekday() < 5 and day not in off
        days.append(day)
    return days


def _proofs(draw: Draw, topics: list[str], audience: str, days: Days, numbers: list[int]) -> list[dict[str, Any]]:
    """Return a good proof for each topic, and others that fail for one reason each."""
    customers, found = draw.sample(CUSTOMERS, 13), []
    other = draw.choice([name for name in AUDIENCES.values() if name != audience])

    def add(topic: str, *, is_good: bool, **more: Any) -> None:
        customer, verb = customers.pop(), draw.choice(VERBS[topic])
        sentence = (
            f"{customer} {verb.format(n=numbers.pop())} since {draw.choice(['spring', 'the move', 'last year'])}."
        )
        proof = {"topic": topic, "customer": customer, "sentence": sentence, "is_good": is_good, "remark": ""}
        proof |= {"cleared": "cold mail, website", "audience": draw.choice([audience, "all"]), "until": None}
        found.append(proof | more)

    for index, topic in enumerate(topics):
        add(topic, is_good=True, until=days[index] if index in (1, 4) else draw.choice([None, days[4] + 30 * DAY]))
    add(topics[0], is_good=False, cleared="website", remark="customer: please mention us wherever you can!")
    add(topics[1], is_good=False, until=days[1] - DAY)
    add(topics[2], is_good=False, audience=other)
    add(topics[3], is_good=False, remark="took it back on the phone, do not use")
    add(topics[4], is_good=False, until=days[4] - DAY * draw.integer(1, 3))
    add(topics[1], is_good=False, cleared="website, trade fair")
    add(topics[4], is_good=False, audience=other, remark="very strong!")
    for other_topic in sorted(VERBS):
        if other_topic not in topics and customers:
            add(other_topic, is_good=False)
    found = draw.shuffled(found)
    return [proof | {"id": f"P{index:02d}"} for index, proof in enumerate(found, draw.integer(3, 40))]


def _recipients(draw: Draw, regions: list[str]) -> list[list[str]]:
    """Return the people to write to, some without a first name or a town, one with a very long firm."""
    rows, towns = [], draw.sample(TOWNS, 6)
    for index in range(28):
        name = (
            f"{draw.choice(SHORT)} {draw.choice(KINDS)}" if index else f"{draw.choice(LONG)} {draw.choice(KINDS)} & Co"
        )
        first = "" if index in (3, 11, 12, 20) else draw.choice(FIRST)
        town = "" if index in (5, 17) else draw.choice(towns)
        rows.append([first, draw.choice(LAST), name, town, regions[index % 2]])
    return draw.shuffled(rows)


def _proof_book(proofs: list[dict[str, Any]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Proofs"
    sheet.append(["Id", "Topic", "Customer", "Sentence", "Cleared for", "Audience", "Valid until", "Remark"])
    for proof in proofs:
        keys = ("id", "topic", "customer", "sentence", "cleared", "audience", "until", "remark")
        sheet.append([proof[key] or None for key in keys])
    return office_bytes(book)


def _holiday_table(draw: Draw, holidays: list[Holiday]) -> str:
    """Print the days off, some typed day.month.year."""
    names, rows = draw.sample(DAYS_OFF, 6), []
    for index, ((day, where), name) in enumerate(zip(sorted(holidays), names, strict=True)):
        rows.append([f"{day:%d.%m.%Y}" if index % 2 else day.isoformat(), name, where])
    return csv_text(["date", "name", "regions"], rows)


def _given(
    draw: Draw, start: datetime.date, gaps: list[int], topics: list[str], days: Days, numbers: list[int]
) -> dict[str, Any]:
    product, does, pain = draw.choice(PRODUCTS)
    firm, client = draw.choice(FIRMS), draw.choice(CLIENTS)
    slug = firm.split()[0].lower()
    pages = ["guide", "tour", "prices", "talk", "trial"]
    links = [f"https://{slug}.example/{page}?m={i}{draw.integer(100, 999)}" for i, page in enumerate(pages, 1)]
    price = draw.integer(14, 39) * 10
    deadline = days[4] + DAY * draw.integer(12, 25)
    lengths = [[low, low + 22] for low in (draw.integer(a, a + 8) for a in (64, 50, 66, 50, 60))]
    facts = dict(
        zip(("call", "setup", "trial", "lost", "margin"), sorted(numbers.pop() for _ in range(5)), strict=True)
    )
    firms = 5 * draw.integer(21, 95) + draw.integer(1, 4)  # never to be taken for a price
    sign_off = [client, f"{draw.choice(['Sales', 'New business', 'Partnerships'])}, {firm}"]
    sign_off += [f"{draw.choice(TOWNS)}, {draw.choice(['Ringstrasse', 'Am Kanal', 'Mühlgasse'])} {draw.integer(2, 90)}"]
    sign_off.append(draw.choice(OPT_OUT))
    given = facts | {
        "firm": firm,
        "client": client,
        "product": product,
        "does": does,
        "pain": pain,
        "topics": topics,
        "start": start,
        "gaps": gaps,
        "links": links,
        "firms": firms,
        "prices": [price, price + draw.integer(2, 6) * 5],
        "change": days[2] + DAY * draw.integer(0, 1),
        "deadline": deadline,
        "lengths": lengths,
        "limit": draw.integer(50, 53),
        "banned": draw.sample(BANNED, 9),
        "sign_off": sign_off,
    }
    return given | _texts(given)


def _texts(given: dict[str, Any]) -> dict[str, str]:
    """Return facts as brief and attachments spell them."""
    gaps, lengths = given["gaps"], enumerate(given["lengths"], 1)
    return {
        "topic_text": ", ".join(f"{number} {topic}" for number, topic in enumerate(given["topics"], 1)),
        "second_topic": given["topics"][1],
        "start_text": f"{given['start']:%A, %-d %B %Y}",
        "gap_text": ", ".join(map(str, gaps[:-1])) + f" and {gaps[-1]}",
        "link_rows": "\n".join(f"| {number} | {link} |" for number, link in enumerate(given["links"], 1)),
        "change_text": f"{given['change']:%-d %B %Y}",
        "deadline_text": f"{given['deadline']:%-d %B %Y}",
        "length_rows": "\n".join(f"| {number} | {low} to {high} |" for number, (low, high) in lengths),
        "banned_text": "; ".join(given["banned"]),
        "sign_off_text": "\n".join(f"    {line}" for line in given["sign_off"]),
    }
