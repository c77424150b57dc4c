"""The papers of a small firm that opens a workshop, and what a release made from them has to say."""
# hapi-pytest canary b0a79118-0ede-4fad-969c-6c7dac6e5f15

import datetime
import re
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = [
    ("Tarn & Tiller", "rowing boats", "Slipway Hall", "tarntiller.example"),
    ("Möller & Finch", "cargo trailers", "Axle Yard", "moellerfinch.example"),
    ("Skep & Sons", "wooden beehives", "Orchard Hall", "skepsons.example"),
    ("Brännö Looms", "hand looms", "Shuttle House", "brannolooms.example"),
    ("Quoin & Frisket", "letterpress machines", "Platen Works", "quoinfrisket.example"),
    ("Ember & Flue", "tiled stoves", "Kiln Court", "emberflue.example"),
]
TOWNS = ["Marrowick", "Hexley Bridge", "Brindlesea", "Oxcombe", "Saltersby", "Upper Thorning"]
COORDINATORS = ["Nessa", "Gwil", "Pippa", "Aurelio", "Tamsin"]
CHIEFS = ["Zoë Ångström", "Siân Mørk", "Bríd Castellane", "Håkon Trewin", "Inês Wetherall"]
TRAINERS = ["Jörg Pemberton", "Łucja Harrow", "André Kettlewell", "Maëlle Strand", "Søren Applegarth"]
OFFICERS = [
    "Renée Oakshott",
    "Tomáš Birtle",
    "Fenella Quist",
    "Óscar Lumley",
    "Dilys Vane",
    "Märta Colebrook",
]
COUNCILLORS = ["Cllr Edwin Marsh", "Cllr Hattie Bloom", "Cllr Rufus Gale"]
CHIEF_FUNCTIONS = ["Managing Director", "Chief Executive", "Managing Partner"]
TRAINER_FUNCTIONS = [
    ("Senior Fitter", "Head of Training", "Operations Director"),
    ("Shop Floor Supervisor", "Training Manager", "Director of People"),
    ("Master Craftsman", "Head of Apprenticeships", "Works Director"),
]
"""What the second speaker was, is, and will be."""
FIRST_OPENING = datetime.date(2027, 1, 18)
HOLIDAY_WEEKS = (9, 10, 14, 15, 18, 19, 31, 32)
"""Weeks after the first one around public holidays, about which nobody is to be in doubt."""
OPENINGS = [FIRST_OPENING + datetime.timedelta(weeks=week) for week in range(42) if week not in HOLIDAY_WEEKS]
"""Mondays."""
CLOSED_FOR = ["Founders' Day", "stocktaking", "the works outing", "the town's Charter Day"]
CUSTOMERS = ["Northmere Estates", "the Calder Vale Trust", "Wexcombe Outfitters"]
SECOND_SITES = ["Dunmallet", "Fosterholm", "Little Averham"]
CHIEF_QUOTES = [
    (
        "We did not build {hall} to be bigger. We built it because in the old sheds it rained on the "
        "work, and my father would of said that nobody makes good {product} with wet feet.",
        "would of",
        "would have",
    ),
    (
        "People keep asking me is it not a risk, and I say yes, it is. But standing still was a risk as "
        "well, only you could of not noticed it till the {product} stopped selling.",
        "could of not",
        "might not have",
    ),
    (
        "For years me and the bank have talked about this hall more than about anything else. Now there "
        "is a door in it, and I mean to stand in it every morning and count who comes through.",
        "me and the bank",
        "the bank and I",
    ),
]
"""Cleared wording, the words in it that itch, and what a polisher makes of them."""
TRAINER_QUOTES = [
    "Half of what we teach is looking and the other half is looking again, and there is less people who "
    "can do that than you would think.",
    "A young person that learns here learns it on real {product}, not on a model of one, and they can see "
    "their mistake drive off or come back, which is the best teacher what there is.",
    "I tell them the first month is for sweeping, the second for asking, and then literally everything "
    "else comes by itself, if you was patient enough in the first two.",
]
COUNCIL_QUOTES = [
    "This is exactly the kind of courage that our valley has been waiting for, and the council stands behind it.",
    "When others moved away, this firm stayed and built, and the whole town will remember it for a long time.",
    "I have walked past that empty plot since I was a child, and I could not be prouder of what stands there now.",
]
BOILERPLATE = [
    "{company} makes {product} for people who mean to keep them. The firm was founded in {founded} and "
    "has its workshops in {town}, where {staff} people design, build and repair. It is owned by those who "
    "work there - all of them, from the first day - and sells to more than 20 countries.",
    "{company} is a maker of {product}. Founded in {founded}, it employs {staff} people at {town}; every "
    "one of them holds a share in it. Each piece carries the mark of who built it, and for as long as it "
    "lasts, we repair it. Customers in more than 20 countries hold us to that.",
]
DAY = datetime.timedelta(days=1)
TO_ASCII = str.maketrans("äåöøéèêëíïłáúñã", "aaooeeeeiilauna")
FIGURE = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
OLD_BOILERPLATE = (
    "{company} is one of the leading manufacturers of quality {product} in the region. Since {founded} "
    "our family has stood for tradition and innovation. With {old_staff} employees we look after "
    "customers in more than 15 countries."
)
FACTS = """# Facts for the opening

Everybody may add, nobody deletes. Dates are day first.

## Has to be in

- Opening of {hall}, our new workshop in {town}: {opening_shown} at {opening_time}
- Floor area: {area[0]:,} square metres
- Cost: GBP {invest} million
- New jobs in {town} by the end of 2028: {jobs[0]}
- Output once everything runs: {output} {product} a year
- Apprenticeships: {places} places, to be filled from next summer
- Open day for the neighbours: {open_day_shown} from {open_day_time}, no tickets needed

## Good to know

- Founded in {founded}
- Until now the work is spread over rented sheds at the edge of town; everything moves into the new building
- For the first time store, machines, benches, finishing, testing are under one roof
- The first thing to leave the hall is an order of {internal[0]} - not public until that is signed
- Solar roof with {peak} kilowatts, it covers {share} percent of our electricity
- Until now every piece goes by van from shed to shed, often more than once
- At the open day people from the benches show what they do and answer questions
- The front is made of boards from the gates of the old depot
- Heated with the warmth of the machines
- Visitors can watch the work from a gallery without getting in the way
- The plot was a bus depot once and had stood empty for years
- Every apprentice builds a piece of their own and signs it

## Internal

- A second site in {internal[1]} is being looked at for later
- What happens to the sheds is not settled

## House

- Closed on {closed_shown} ({closed_for}) and from 24/12/2026 to 01/01/2027

## Changes

- 03/11/2026: jobs {jobs[1]}, the plan has changed
- 06/11/2026: floor area is {area[1]:,}, the first figure was without the gallery
- 10/11/2026: jobs {jobs[2]} after all. Final, says {chief}
"""
RULES = """# How we send out a release

1. First line: `EMBARGOED UNTIL 06:00 GMT, WEDNESDAY 4 MARCH 2026`, in capitals, with the right day. The
   embargo lifts at 06:00 on the last working day before the event. Working days are Monday to Friday,
   without days on which we are closed.
2. Then the headline: 90 characters at most with spaces. It names us and the town. No exclamation mark.
   Nothing else stands between it and the first paragraph.
3. The first paragraph begins with the dateline: the town in capitals, the day on which the embargo
   lifts, a dash, as in `OXFORD, 4 March 2026 –`. It says who opens what, where and on which day, before
   anything else.
4. The body has 350 to 450 words, counted from behind the dateline down to the line before ENDS. Each
   quote stands beside the speaker's name and function.
5. `ENDS` on a line of its own.
6. `About {company}` on a line of its own, then the boilerplate that is in force, not a word or comma
   changed.
7. `Press contact` on a line of its own, then on a line each the Press Officer's name, the function,
   telephone and e-mail. Telephone numbers are written with +44 in front and without the zero of the
   area code.
8. Functions and contact data are those in contacts.csv on the day on which the embargo lifts. Old rows
   were never closed: where several rows of one person or one function would do, the one with the latest
   "Valid from" counts, but not one that is still to come.
9. Figures in digits as in facts.md, never in words, and no figure that is not in our papers, not even
   one that you worked out from them. Dates as in 4 March 2026.
10. release.txt is plain text without markup, UTF-8, with an empty line between paragraphs. release.docx
   has the same words in the same order as ordinary paragraphs: nothing in a header, footer, table or
   text box.
"""


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    given = _story(draw) | _figures(draw)
    opening, embargo = _days(draw, given)
    _words(draw, given)
    rows, people = _people(draw, given, opening)
    header = ["Name", "Function", "Valid from", "Valid to", "Telephone", "E-mail", "Remark"]
    papers = {
        "facts.md": FACTS.format(**given),
        "quotes.txt": _quotes(draw, given),
        "contacts.csv": csv_text(header, rows, delimiter=";"),
    }
    files: dict[str, str | bytes] = {
        **papers,
        "press-rules.md": RULES.format(**given),
        "boilerplate.docx": _boilerplate(draw, given),
    }
    given["allowed"] = _allowed([*papers.values(), given["boilerplate"]], given, embargo)
    gold = people | {
        "embargo_line": f"EMBARGOED UNTIL 06:00 GMT, {embargo:%A %-d %B %Y}".upper(),
        "dateline": f"{given['town'].upper()}, {embargo:%-d %B %Y}",
        "embargo_day": embargo,
        "opening_day": opening,
        "open_day": _saturday(opening),
        "required": [given["invest"], given["output"], given["places"]],
        "corrected": [given["jobs"][-1], given["area"][-1]],
    }
    return Inputs(files=files, given=given, gold=gold)


def _story(draw: Draw) -> dict[str, Any]:
    """Draw who and what the release is about."""
    company, product, hall, domain = draw.choice(FIRMS)
    officers = draw.sample(OFFICERS, 3)
    return {
        "company": company,
        "product": product,
        "hall": hall,
        "domain": domain,
        "town": draw.choice(TOWNS),
        "coordinator": draw.choice(COORDINATORS),
        "chief": draw.choice(CHIEFS),
        "trainer": draw.choice(TRAINERS),
        "councillor": draw.choice(COUNCILLORS),
        "officers": officers,
        "internal": [draw.choice(CUSTOMERS), draw.choice(SECOND_SITES)],
    }


def _figures(draw: Draw) -> dict[str, Any]:
    """Draw every figure from a range of its own, so that a wrong one is never right elsewhere."""
    return {
        "jobs": draw.sample(range(41, 70), 3),
        "area": draw.sample(range(1203, 2480), 2),
        "invest": round(draw.integer(2, 6) + draw.integer(1, 9) / 10, 1),
        "output": draw.integer(461, 679),
        "places": draw.integer(33, 39),
        "share": draw.integer(71, 89),
        "peak": draw.integer(111, 189),
        "founded": draw.integer(1921, 1988),
        "staff": draw.integer(205, 289),
        "old_staff": draw.integer(90, 99),
    }


def _days(draw: Draw, given: dict[str, Any]) -> tuple[datetime.date, datetime.date]:
    """Return the opening and the embargo day; a weekend and a closed day always lie between them."""
    monday = draw.choice(OPENINGS)
    if draw.chance(0.5):
        opening, closed, embargo = monday, monday - 3 * DAY, monday - 4 * DAY
    else:
        opening, closed, embargo = monday + DAY, monday, monday - 3 * DAY
    given["opening_shown"] = f"{opening:%d/%m/%Y}"
    given["open_day_shown"] = f"{_saturday(opening):%d/%m/%Y}"
    given["closed_shown"] = f"{closed:%d/%m/%Y}"
    given["closed"] = closed
    given["closed_for"] = draw.choice(CLOSED_FOR)
    given["opening_time"] = draw.choice(["10:30", "11:00", "11:30"])
    given["open_day_time"] = draw.choice(["13:00", "14:00"])
    return opening, embargo


def _saturday(day: datetime.date) -> datetime.date:
    """Return the Saturday of a day's week."""
    return day + (5 - day.weekday()) * DAY


def _words(draw: Draw, given: dict[str, Any]) -> None:
    """Draw quotes and boilerplate."""
    chief_quote, itch, polished = draw.choice(CHIEF_QUOTES)
    given["itch"], given["polished"] = itch, polished
    given["chief_quote"] = chief_quote.format(**given)
    given["trainer_quote"] = draw.choice(TRAINER_QUOTES).format(**given)
    given["council_quote"] = draw.choice(COUNCIL_QUOTES)
    given["boilerplate"] = draw.choice(BOILERPLATE).format(**given)
    given["old_boilerplate"] = OLD_BOILERPLATE.format(**given)


def _people(draw: Draw, given: dict[str, Any], opening: datetime.date) -> tuple[list[list[str]], dict[str, Any]]:
    """Return the directory's rows, and which of them hold on the day of the embargo."""
    was, now, next_ = draw.choice(TRAINER_FUNCTIONS)
    chief, (former, officer, later) = draw.choice(CHIEF_FUNCTIONS), given["officers"]
    others = [name for name in CHIEFS + TRAINERS if name not in (given["chief"], given["trainer"])]
    sales, buyer = draw.sample(others, 2)
    lines = draw.sample(range(101, 999), 10)
    phones = [f"1632 960{line}" for line in lines]
    soon = opening + draw.integer(9, 20) * DAY
    stories = [
        (given["chief"], chief, "01/04/2019", "0" + phones[0], ""),
        (given["trainer"], was, "2021-02-01", "0" + phones[1], ""),
        (given["trainer"], now, "01/09/2026", "0" + phones[1], ""),
        (given["trainer"], next_, soon.isoformat(), "0" + phones[1], "decided, please congratulate"),
        (former, "Press Officer", "01/03/2020", "0" + phones[4], ""),
        (officer, "Press Officer", "1 Sep 2026", "0" + phones[5], ""),
        (officer, "Press Officer", "02/11/2026", phones[6].replace(" ", ""), "moved upstairs, new number"),
        (later, "Press Officer", soon.isoformat(), "0" + phones[7], "maternity cover"),
        (sales, "Sales", "2017-06-01", phones[8].replace(" ", ""), ""),
        (buyer, "Purchasing", "15/01/2024", "0" + phones[9], ""),
    ]
    rows = []
    for name, function, start, phone, remark in draw.shuffled(stories):
        rows.append([name, function, start, "", phone, _email(name, given), remark])
    return rows, {
        "chief_function": chief,
        "trainer_function": now,
        "other_functions": [was, next_],
        "contact_name": officer,
        "former_phone": "44" + phones[5].replace(" ", ""),
        "contact_phone": "44" + phones[6].replace(" ", ""),
        "contact_email": _email(officer, given),
    }


def _email(name: str, given: dict[str, Any]) -> str:
    return f"{name.split()[-1].lower().translate(TO_ASCII)}@{given['domain']}"


def _quotes(draw: Draw, given: dict[str, Any]) -> str:
    """The collected quotes, one of which may not be used."""
    blocks = [
        '{chief} - CLEARED by mail, 5 November\n"{chief_quote}"',
        '{trainer} - cleared on the phone, 9 November\n"{trainer_quote}"',
        '{councillor} - asked 4 November, NOT CLEARED, the town hall wants to see it\n"{council_quote}"',
    ]
    parts = ["Quotes for the opening", *(block.format(**given) for block in draw.shuffled(blocks))]
    return "\n\n".join(parts) + "\n"


def _boilerplate(draw: Draw, given: dict[str, Any]) -> bytes:
    """Both versions of the paragraph about the firm."""
    import docx

    versions = [
        ("In force since 1 October 2026", "boilerplate"),
        ("2022 to September 2026", "old_boilerplate"),
    ]
    document = docx.Document()
    document.add_heading("Boilerplate", level=1)
    for heading, key in draw.shuffled(versions):
        document.add_heading(heading, level=2)
        document.add_paragraph(given[key])
    return office_bytes(document)


def _allowed(papers: list[str], given: dict[str, Any], embargo: datetime.date) -> list[float]:
    """Return every figure of the papers, and the same ones as others may spell them."""
    found = {float(text.replace(",", "")) for text in FIGURE.findall("\n".join(papers))}
    found |= {round(given["invest"] * 1_000_000), embargo.day, embargo.year, 6.0, 0.0}
    for time in (given["opening_time"], given["open_day_time"]):
        hour, minute = time.split(":")
        found |= {float(f"{hour}.{minute}"), int(hour) % 12, float(f"{int(hour) % 12}.{minute}")}
    return sorted(float(value) for value in found)
