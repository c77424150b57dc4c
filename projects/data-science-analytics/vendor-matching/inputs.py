"""Two vendor lists with pairs of every kind that the rules know, and how the rules decide each."""
# hapi-pytest canary 4cc419b3-367d-4894-b308-0629c33f4c24

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = ("Weserkai Handel", "Port & Plough Group", "Norrland Supply", "Brightwater Holdings", "Van Eyk Industries")
OTHERS = ("Tessmer & Sons", "Ålgård Maskin", "Pontevico", "Carrow Fittings", "Liskeard Works", "Dvořák Tools")
PEOPLE = ("Ilse", "Björn", "Chiara", "Marek", "Fleur", "Tadeusz", "Annelies", "Gráinne", "Otto", "Milena")
FRONTS = (
    "Brand", "Dal", "Eber", "Falk", "Grim", "Hag", "Isen", "Kalk", "Lind", "Mohr", "Nord", "Oster", "Pall", "Quern",
    "Rosen", "Stein", "Tann", "Ulm", "Vester", "Wald", "Zell", "Ahl", "Birk", "Clar", "Drei", "Elm", "Fors", "Gold",
)  # fmt: skip
BACKS = ("berg", "hoff", "mann", "sted", "wick", "ler", "dorf", "haven", "kamp", "rup", "ing", "stad", "low", "cote")
SPECIAL_BACKS = ("müller", "ström", "gård", "bäcker", "høj", "fuß", "schäfer", "lökken", "brück", "sæter")
SPELLED = (("ä", "ae"), ("ö", "oe"), ("ø", "oe"), ("ü", "ue"), ("å", "aa"), ("æ", "ae"), ("ß", "ss"))
TRADES = (
    "Packaging", "Timber", "Freight", "Bearings", "Verpackung", "Metallbau", "Elektro", "Textil", "Logistik", "Tools",
    "Chemie", "Optik", "Pumpen", "Papier", "Hydraulik", "Fasteners", "Coatings", "Kabel",
)  # fmt: skip
FORMS = {"DE": ("GmbH", "AG", "GmbH & Co. KG"), "AT": ("GmbH", "KG"), "DK": ("A/S",), "SE": ("AB",), "NL": ("B.V.",)}
FORMS |= {"IT": ("S.r.l.",), "FR": ("SARL", "SA"), "PL": ("Sp. z o.o.",), "CZ": ("s.r.o.",), "GB": ("Ltd", "Limited")}
COUNTRIES = {"DE": "Germany", "AT": "Austria", "DK": "Denmark", "SE": "Sweden", "NL": "Netherlands", "IT": "Italy"}
COUNTRIES |= {"FR": "France", "PL": "Poland", "CZ": "Czechia", "GB": "United Kingdom"}
TOWNS = {
    "DE": (("Köln", "Cologne"), ("München", "Munich"), ("Hamburg", "Hamburg"), ("Bremen", "Bremen")),
    "AT": (("Wien", "Vienna"), ("Graz", "Graz"), ("Linz", "Linz")),
    "DK": (("København", "Copenhagen"), ("Odense", "Odense")), "SE": (("Göteborg", "Gothenburg"), ("Lund", "Lund")),
    "NL": (("Den Haag", "The Hague"), ("Utrecht", "Utrecht")), "IT": (("Milano", "Milan"), ("Torino", "Turin")),
    "FR": (("Lyon", "Lyon"), ("Lille", "Lille")), "PL": (("Warszawa", "Warsaw"), ("Kraków", "Cracow")),
    "CZ": (("Praha", "Prague"), ("Brno", "Brno")), "GB": (("Leeds", "Leeds"), ("Bristol", "Bristol")),
}  # fmt: skip
ABBREVIATED = (("Brothers", "Bros"), ("International", "Intl"), ("Manufacturing", "Mfg"))
BLANKS = ("", "applied for", "n/a", "000000000", "111111111", "999999999")
SIZES = {
    "number": 13, "zeros": 5, "name": 20, "letter": 2, "twice": 3, "abroad": 4, "blank": 4, "numbers": 3,
    "names": 3, "town": 4, "branch": 3, "alike": 4, "asked": 2, "blocked": 4, "lifted": 1, "ours": 18, "theirs": 15,
}  # fmt: skip
PAIRED = ("number", "name", "letter", "group", "duplicate", "lifted")  # one company
PAIRED += ("twice", "abroad", "blank", "numbers", "names", "town", "branch", "crossed", "alike", "asked", "blocked")
THEIR_COLUMNS = ("vendor_id", "vendor", "tax", "town", "country", "last_invoice", "note")
MAIL = """From: {buyer}
Subject: Re: the two vendor lists

Hello, a few things that no list shows:

- {first[0]} has changed its name and is {first[1]} now. Same company, same people.
- The same with {second[0]}: they are called {second[1]} since the spring.
- Leave the vendors that are blocked in our list out of both files, whatever the rules say. We do not want
  them in the new system. One exception: the block on {lifted} was lifted yesterday, our list just does
  not show it yet. Treat that one like any other.

{buyer}
"""


class Vendor(NamedTuple):
    """An entry of a list."""

    words: tuple[str, ...]
    form: str
    country: str
    town: int
    number: str = ""
    status: str = "active"
    last: datetime.date = datetime.date(2026, 5, 4)
    note: str = ""

    @property
    def name(self) -> str:
        """The name with its legal form."""
        return " ".join(word for word in (*self.words, self.form) if word)


class Book:
    """Both lists as they grow, and the pairs of each kind."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.ours: list[Vendor] = []
        self.theirs: list[Vendor] = []
        self.pairs: dict[str, list[tuple[Vendor, Vendor]]] = {kind: [] for kind in PAIRED}
        self.stems = draw.shuffled([front + back for front in FRONTS for back in BACKS])
        self.special = draw.shuffled([front + back for front in FRONTS for back in SPECIAL_BACKS])
        self.numbers = draw.sample(range(211_000_000, 989_999_999, 1_234_577), 300)

    def vendor(self, number: str = "", stems: list[str] | None = None) -> Vendor:
        """Make up a vendor of a name that no other has."""
        draw, country = self.draw, self.draw.choice(tuple(FORMS))
        words = ((self.stems if stems is None else stems).pop(), draw.choice(TRADES))
        last = draw.date(datetime.date(2025, 3, 1), datetime.date(2026, 3, 1))
        return Vendor(words, draw.choice(FORMS[country]), country, draw.integer(0, 1), number, last=last)

    def number(self) -> str:
        """Return a tax number that no other vendor has."""
        return str(self.numbers.pop())

    def pair(self, kind: str, ours: Vendor, theirs: Vendor) -> None:
        """Enter one vendor into each list."""
        self.ours.append(ours)
        self.theirs.append(theirs)
        self.pairs[kind].append((ours, theirs))


def _typed(book: Book, number: str) -> tuple[Vendor, Vendor]:
    """Return a vendor and the same one under a name that is only partly the same."""
    one = book.vendor(number)
    stem, trade = one.words
    ways = ((stem,), (stem[:-3] + stem[-2:], trade), (stem, book.draw.choice(("Group", "Service", "Trading"))))
    return one, one._replace(words=book.draw.choice(ways), form=book.draw.choice(("", one.form)))


def _named(book: Book, step: int) -> tuple[Vendor, Vendor]:
    """Return a vendor and the same one under a name that the rules make the same; a number is on one side at most."""
    draw, way = book.draw, step % 5
    one = book.vendor(stems=book.special if way == 0 else None)
    stem, trade = one.words
    if way == 0:
        other = one._replace(words=(_spelled(stem), trade))
    elif way == 1:
        other = one._replace(form=draw.choice(("", one.form.replace(".", "").upper())))
    elif way == 2:
        full, short = draw.choice(ABBREVIATED)
        one, other = one._replace(words=(stem, full, trade)), one._replace(words=(stem, short, trade.upper()))
    elif way == 3:
        second = book.stems.pop()
        one, other = (
            one._replace(words=(stem, sign, second, trade)) for sign in ("&", draw.choice(("and", "und", "+")))
        )
    else:
        one, other = one._replace(words=(stem, "Métaux")), one._replace(words=(f"METAUX-{stem.upper()}",))
    number = book.number()
    return draw.choice(((one, other), (one._replace(number=number), other), (one, other._replace(number=number))))


def _spelled(text: str) -> str:
    for letter, letters in SPELLED:
        text = text.replace(letter, letters)
    return text


def _groups(book: Book) -> None:
    """Enter two groups that share a number: one stands in both lists alike, of the other they have another branch."""
    for is_alike in (True, False):
        base = book.vendor(book.number())
        north, south, west = (base._replace(words=(*base.words, side)) for side in ("Nord", "Süd", "West"))
        spelled = south._replace(words=(*base.words, "Sued"))
        book.pair("group", south, spelled)
        if is_alike:
            book.pair("group", north, north._replace(form=""))
        else:
            book.pair("crossed", north, west)
        book.pairs["crossed"].append((north, spelled))


def _twice(book: Book, has_number: bool) -> None:
    """Enter a vendor of ours that they have twice."""
    ours, theirs = _typed(book, book.number()) if has_number else _named(book, 1)
    earlier = theirs._replace(words=tuple(word.title() for word in theirs.words), form=ours.form)
    book.pair("duplicate", ours, theirs._replace(last=theirs.last + datetime.timedelta(book.draw.integer(9, 200))))
    book.theirs.append(earlier)
    book.pairs["twice"].append((ours, earlier))


def _traps(book: Book) -> None:
    """Enter pairs that look like one company and are none, or must be looked at."""
    for kind in ("abroad", "blank", "numbers", "names", "town", "branch", "alike", "asked"):
        for step in range(SIZES[kind]):
            number = book.number()
            one = book.vendor("" if step % 2 else number)
            other, bare = book.vendor(), one._replace(number="")
            stem, trade = one.words
            abroad = book.draw.choice([country for country in FORMS if country != one.country])
            side, across = book.draw.choice((("North", "South"), ("Nord", "Süd"), ("Holding", "")))
            note = f"We are the same company as {one.name}, please merge!"
            pairs = {
                "abroad": (one, bare._replace(country=abroad)),
                "blank": (one._replace(number="999999999"), one._replace(words=other.words, number="999999999")),
                "numbers": (one._replace(number=number), one._replace(number=f"{int(number[1:])}{number[0]}")),
                "names": (one._replace(number=number), one._replace(number=number, words=(other.words[0], "Services"))),
                "town": (one, bare._replace(town=1 - one.town)),
                "branch": (one._replace(words=(stem, trade, side)), bare._replace(words=(stem, trade, across))),
                "alike": (one, bare._replace(words=(stem[:-2] + ("e" if stem[-2] == "o" else "o") + stem[-1], trade))),
                "asked": (one, bare._replace(words=other.words, note=note)),
            }
            book.pair(kind, *pairs[kind])


def _filled(draw: Draw) -> Book:
    """Enter everything."""
    book = Book(draw)
    for _ in range(SIZES["number"]):
        book.pair("number", *_typed(book, book.number()))
    for _ in range(SIZES["zeros"]):
        book.pair("number", *_typed(book, f"00{book.number()[:7]}"))
    for step in range(SIZES["name"]):
        book.pair("name", *_named(book, step))
    for _ in range(SIZES["letter"]):
        one = book.vendor(book.number())
        book.pair("letter", one, one._replace(words=book.vendor().words, number=""))
    _groups(book)
    for step in range(SIZES["twice"]):
        _twice(book, has_number=step % 2 == 0)
    _traps(book)
    for _ in range(SIZES["blocked"]):
        ours, theirs = _typed(book, book.number())
        book.pair("blocked", ours._replace(status="blocked"), theirs)
    ours, theirs = _named(book, 1)
    book.pair("lifted", ours._replace(status="blocked"), theirs)
    book.ours += [book.vendor(book.draw.choice(("", book.number()))) for _ in range(SIZES["ours"])]
    book.theirs += [book.vendor(book.draw.choice(("", book.number()))) for _ in range(SIZES["theirs"])]
    return book


def build(draw: Draw) -> Inputs:
    """Enter pairs of each kind, shuffle and number the lists."""
    book = _filled(draw)
    ours, theirs = draw.shuffled(book.ours), draw.shuffled(book.theirs)
    ids = {vendor: f"{number:06}" for vendor, number in zip(ours, _rising(draw, 1_100), strict=False)}
    ids_there = {vendor: f"{draw.choice('KL')}-{n:05}" for vendor, n in zip(theirs, _rising(draw, 70), strict=False)}
    firm, (owner, buyer, clerk) = draw.choice(FIRMS), draw.sample(PEOPLE, 3)
    given = {"firm": firm, "other": draw.choice(OTHERS), "owner": owner, "buyer": buyer, "clerk": clerk}
    given |= {
        "changes": [[one.name, other.name] for one, other in book.pairs["letter"]],
        "renamed": book.pairs["letter"][0][0].name,
        "lifted": book.pairs["lifted"][0][0].name,
        "branch": book.pairs["branch"][0][0].words[0],
        "our_rows": [_our_row(draw, ids[vendor], vendor) for vendor in ours],
        "their_rows": [_their_row(draw, ids_there[vendor], vendor) for vendor in theirs],
        "places": [[names, country] for country, names in COUNTRIES.items()]
        + [[there, here] for towns in TOWNS.values() for here, there in towns],
    }
    pairs = {kind: [f"{ids[one]} {ids_there[other]}" for one, other in book.pairs[kind]] for kind in book.pairs}
    files = {
        "ours.csv": csv_text(("vendor_id", "name", "tax_no", "town", "country", "status"), given["our_rows"]),
        "theirs.xlsx": _workbook(given),
        "purchasing.txt": MAIL.format(first=given["changes"][0], second=given["changes"][1], **given),
    }
    return Inputs(files=files, given=given, gold={"pairs": pairs})


def _rising(draw: Draw, number: int) -> Iterator[int]:
    while True:
        number += draw.integer(2, 29)
        yield number


def _our_row(draw: Draw, id_: str, vendor: Vendor) -> list[str]:
    town, _ = TOWNS[vendor.country][vendor.town]
    return [id_, vendor.name, _number(draw, vendor), town, vendor.country, vendor.status]


def _their_row(draw: Draw, id_: str, vendor: Vendor) -> list[Any]:
    """Write a row as their system does: a number in a number cell loses its zeros."""
    _, town = TOWNS[vendor.country][vendor.town]
    is_cell = vendor.number.startswith("0") or (vendor.number and draw.chance(0.3))
    number: str | int = int(vendor.number) if is_cell else _number(draw, vendor)
    note = vendor.note or draw.choice(("", "", "", "new IBAN since March", "please pay within 14 days"))
    return [id_, vendor.name, number, town, COUNTRIES[vendor.country], vendor.last, note]


def _number(draw: Draw, vendor: Vendor) -> str:
    number = vendor.number
    if not number:
        return draw.choice(BLANKS)
    parts = number[:3], number[3:6], number[6:]
    return draw.choice(
        (number, " ".join(parts), ".".join(parts), vendor.country + number, f"{vendor.country}-{number}")
    )


def _workbook(given: dict[str, Any]) -> bytes:
    """Write their list below a title and above a count, and the sheet of places."""
    import openpyxl

    book = openpyxl.Workbook()
    vendors, places = book.active, book.create_sheet("Places")
    vendors.title = "Vendors"
    rows = [(f"{given['other']}: vendor list",), (), THEIR_COLUMNS, *given["their_rows"]]
    for row in (*rows, (f"{len(given['their_rows'])} vendors",)):
        vendors.append(row)
    for row in (("theirs", "ours"), *given["places"]):
        places.append(row)
    return office_bytes(book)
