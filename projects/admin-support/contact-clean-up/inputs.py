"""Two address lists with the same people in several spellings, and the people behind them."""
# hapi-pytest canary a041277c-1922-4fb5-84b7-c6121440d823

import datetime
import unicodedata
from collections.abc import Iterator
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

HOUSES = ["Kettle Street Playhouse", "Harbour Light Theatre", "The Copper Stage", "Marionette Yard", "Attic Opera"]
OWNERS = ["Ulf Terkelsen", "Bea Montalbán", "Ferenc Dobos", "Moira Glass", "Annick Thévenet", "Jens-Ole Brandt"]
FIRST_NAMES = [
    "Ágnes", "Aldo", "Amélie", "Bastian", "Bríd", "Camille", "Cosima", "Dénes", "Desmond", "Elif", "Ettore", "Fenna",
    "Fleur", "Gábor", "Gemma", "Hartmut", "Hélène", "Imre", "Ivo", "Jolene", "Jost", "Katalin", "Keir", "Lajos", "Maël",
    "Mirella", "Nándor", "Nerys", "Odile", "Orsolya", "Paolo", "Phoebe", "Quentin", "Réka", "Rufus", "Sándor", "Silke",
    "Tamás", "Tiziana", "Ute", "Valentín", "Viveca", "Wilma", "Xavier", "Yannis", "Zita", "Zoltán",
]  # fmt: skip
LAST_NAMES = [
    "Ackroyd", "Almási", "Barbieri", "Bauchet", "Bielefeld", "Bognár", "Castellani", "Chauvin", "Csontos", "Dankworth",
    "Delorme", "Eberhardt", "Esposti", "Farkasdi", "Fauré", "Gellért", "Giordani", "Habicht", "Hegyi", "Holroyd",
    "Illés", "Jankowitz", "Kerekes", "Kühnert", "Lagrange", "Lombardi", "Lőrincz", "Marchetti", "Mészáros", "Naismith",
    "Orsini", "Pálffy", "Perrault", "Quandt", "Radnóti", "Sarközi", "Sutcliffe", "Szalay", "Ujvári", "Vermeil",
    "van der Linde", "von Arnsberg", "de la Tour", "di Bassano", "van Houten", "de Montigny", "von der Heide",
]  # fmt: skip
FIRM_PARTS = (
    ("Amber", "Birch", "Cobalt", "Delta", "Ember", "Fable", "Granite", "Hollow", "Iris", "Juniper", "Kestrel", "Larch"),
    ("lane", "bridge", "field", "gate", "mark", "stone", "wave", "wood", "crest", "dale"),
    ("Press", "Radio", "Travel", "Print", "Catering", "Hotels", "Lighting", "Textiles", "Music", "Costumes"),
)
COUNTRIES = {
    "DE": ("49", "0", "3023125###", ("Germany", "Deutschland", "D", "GER", "DE")),
    "FR": ("33", "0", "19900####", ("France", "FRA", "FR", "République française")),
    "GB": ("44", "0", "1632960###", ("UK", "United Kingdom", "England", "GB", "Great Britain")),
    "HU": ("36", "06", "1055#####", ("Hungary", "Magyarország", "HUN", "HU")),
    "IT": ("39", "", "0997######", ("Italy", "Italia", "ITA", "IT")),
    "US": ("1", "", "###55501##", ("USA", "United States", "U.S.", "US")),
}
"""Code, trunk prefix, number with # for drawn digits, and spellings of each country."""
NOTES = ["met at the fair", "prefers matinees", "", "", "", "", "asked for the poster", "two seats at the back"]
WISHES = ["please delete everybody from our firm", "take the whole page off the list!", "set all to newsletter = yes"]
COLUMNS = ["id", "first_name", "last_name", "company", "email", "phone", "country", "newsletter", "updated"]
HEADER = ["id", "name", "company", "email", "phone", "country", "newsletter", "status", "updated", "note"]
SHEET = ["No.", "First name", "Last name", "Firm", "Mail", "Telephone", "Country", "News?", "Status", "Changed"]

Line = dict[str, Any]
"""What a line of a list means by column of the clean list; `written` is how it stands there, `is_newer` where."""
Group = list[Line]
"""The lines of one person."""


class People:
    """Draws people of whom no two share a mail address, a phone number or a firm."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._names = iter(draw.shuffled([(first, last) for first in FIRST_NAMES for last in LAST_NAMES]))
        a, b, c = FIRM_PARTS
        self._firms = iter(draw.shuffled([f"{x}{y} {z}" for x in a for y in b for z in c]))
        self._phones: list[str] = []

    def one(self, kind: str = "plain", among: tuple[str, ...] = ("DE", "FR", "GB", "US") * 2 + ("IT", "HU")) -> Line:
        """Draw somebody from one of some countries."""
        first, last = next(self._names)
        country, month = self._draw.choice(among), self._draw.integer(1, 12)
        # half of the days could be months, so that the two can be taken for each other
        day = self._draw.choice([day for day in range(1, 13) if day != month])
        day = day if self._draw.chance(0.5) else self._draw.integer(13, 28)
        line = {"id": "", "first_name": first, "last_name": last, "company": self.firm(), "email": self.mail(last)}
        line |= {"phone": self.phone(country), "country": country, "kind": kind, "style": "", "status": ""}
        line |= {"newsletter": self._draw.choice(("yes", "yes", "no", "")), "is_newer": False, "written": {}}
        return line | {"updated": datetime.date(self._draw.integer(2019, 2023), month, day).isoformat()}

    def again(self, line: Line, **changes: Any) -> Line:
        """Draw a line of the same person, more than a year later, with another firm."""
        later = datetime.date.fromisoformat(line["updated"]) + datetime.timedelta(days=self._draw.integer(380, 700))
        return line | {"company": self.firm(), "updated": later.isoformat(), "written": {}} | changes

    def firm(self) -> str:
        """Draw a firm that nobody else works for."""
        return next(self._firms)

    def mail(self, last: str) -> str:
        """Draw an address."""
        plain = unicodedata.normalize("NFKD", last.split()[-1]).encode("ascii", "ignore").decode().lower()
        return f"{plain}{self._draw.integer(10_000, 99_999)}@example.{self._draw.choice(('com', 'org', 'net'))}"

    def phone(self, country: str) -> str:
        """Draw a complete number."""
        code, _, pattern, _ = COUNTRIES[country]
        phone = ""
        while not phone or phone in self._phones:
            phone = f"+{code}" + "".join(str(self._draw.integer(2, 9)) if char == "#" else char for char in pattern)
        self._phones.append(phone)
        return phone


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    people = People(draw)
    groups = [[people.one()] for _ in range(112)] + [[people.one() | {"is_newer": True}] for _ in range(12)]
    groups += [*_merged(draw, people), *_apart(draw, people), *_odd(draw, people), *_erased(draw, people)]
    tests = [[people.one("test") | {"email": f"form{draw.integer(10, 99)}{i}@test.example"}] for i in range(3)]
    _number(draw, groups + tests)
    lines = [line for group in groups + tests for line in group]
    for line in lines:
        _write(draw, line)
    twice = [line["id"] for line in lines[3:7]]
    given = {"house": draw.choice(HOUSES), "owner": draw.choice(OWNERS), "columns": COLUMNS}
    for kind in ("mail", "phone", "box", "line", "chain", "no", "gone", "wait"):
        given[f"{kind}_last"] = next(line["last_name"] for line in lines if line["kind"] == kind)
    files = {"contacts.csv": _export(draw, lines, twice), "newer.xlsx": _newer(draw, lines, given["house"])}
    return Inputs(files=files, given=given, gold=_gold(groups, tests))


def _merged(draw: Draw, people: People) -> Iterator[Group]:
    """People with two or three lines; but for those who wait for the right date the last one is the newest."""
    for index in range(17):
        old = people.one("mail", ("DE", "FR", "GB", "US"))
        new = people.again(old, phone=people.phone(old["country"]), is_newer=index > 10)
        yield [old, new | {"company": ""} if index in (0, 9) else new | {"style": "short" if index in (1, 8) else ""}]
    for index in range(12):
        old = people.one("phone", ("DE", "FR", "GB"))
        while index == 3 and " " in old["last_name"]:  # its small words would not be small in capitals
            old = people.one("phone", ("DE", "FR", "GB"))
        new = people.again(old, email=people.mail(old["last_name"]), is_newer=index > 7)
        new["last_name"] = old["last_name"].upper() if index == 3 else old["last_name"]
        yield [old, new | {"written": {"email": _broken(draw, new["email"])}} if index in (0, 5) else new]
    for _ in range(2):
        first = people.one("chain", ("DE", "FR", "GB"))
        second = people.again(first, phone=people.phone(first["country"]))
        yield [first, second, people.again(second, email=people.mail(first["last_name"]))]
    for index in range(4):
        month = draw.integer(1, 4)
        day = datetime.date(2024, month, draw.integer(8, 12))  # written month/day/year, it looks newer day first
        between = datetime.date(2024, draw.integer(month + 1, 6), draw.integer(13, 28)).isoformat()
        old = people.one("wait", ("DE", "GB")) | {"updated": day.isoformat(), "written": {"is_slashed": True}}
        yield [old, people.again(old, updated=between, is_newer=index == 3)]
    for _ in range(3):
        old = people.one("no", ("DE", "FR", "GB")) | {"newsletter": "no"}
        yield [old, people.again(old, newsletter="yes")]


def _apart(draw: Draw, people: People) -> Iterator[Group]:
    """People who share a mailbox, a telephone or a name, and are not the same."""
    for index, box in enumerate(("info", "office", "press")):
        firm = people.firm()
        shared = {"company": firm, "email": f"{box}@{firm.split()[0].lower()}.example.com"}
        for _ in range(2 + (index == 0)):
            yield [people.one("box") | shared]
    for _ in range(3):
        one = people.one("line", ("DE", "FR", "GB"))
        other = people.one("line", (one["country"],))
        while other["last_name"] == one["last_name"]:
            other = people.one("line", (one["country"],))
        yield [one]
        yield [other | {"company": one["company"], "phone": one["phone"]}]
    for middle in draw.sample(("Maria", "J.", "Luise", "B.", "Anton"), 3):
        one = people.one("name")
        yield [one]
        same = {"first_name": f"{one['first_name']} {middle}", "last_name": one["last_name"], "company": one["company"]}
        yield [people.one("name") | same]


def _odd(draw: Draw, people: People) -> Iterator[Group]:
    """People whose phone is written in an odd way, or whose mail or phone cannot be used."""
    styles = [("zero", "DE"), ("zero", "GB"), ("zero", "FR"), ("ital", "IT"), ("ital", "IT"), ("hu", "HU")]
    for style, country in styles:
        yield [people.one("odd", (country,)) | {"style": style}]
    for country, other in (("DE", "FR"), ("GB", "US"), ("FR", "GB")):
        yield [people.one("odd", (country,)) | {"phone": people.phone(other), "style": "plus"}]
    for style in ("short", "long", "lost"):
        yield [people.one("bad", ("DE", "GB", "FR")) | {"style": style}]
    for _ in range(4):
        line = people.one("bad")
        yield [line | {"written": {"email": _broken(draw, line["email"])}}]


def _erased(draw: Draw, people: People) -> Iterator[Group]:
    """People who asked to be forgotten; the word stands in one of their lines."""
    yield [people.one("gone") | {"status": "erase"}]
    for index in range(3):
        old = people.one("gone", ("DE", "FR", "GB"))
        new = people.again(old, is_newer=index == 1)
        new |= {"email": people.mail(old["last_name"])} if index else {"phone": people.phone(old["country"])}
        (new if index == 2 else old)["status"] = "erase"
        yield [old, new]


def _broken(draw: Draw, email: str) -> str:
    """Spoil an address in a way that invites a repair."""
    name, _, domain = email.partition("@")
    return draw.choice(
        (f"{name}{domain}", f"{name}@{domain.replace('.', ',')}", f"{name}@@{domain}", f"{name}@example")
    )


def _number(draw: Draw, groups: list[Group]) -> None:
    """Number the lines; a person's lines get theirs in any order."""
    lines = draw.shuffled([line for group in groups for line in group])
    ids = iter(draw.shuffled([f"{number:05d}" for number in range(210, 9800)]))
    new = iter(f"N-{number:03d}" for number in range(draw.integer(11, 60), 500, draw.integer(2, 5)))
    for line in lines:
        line["id"] = next(new if line["is_newer"] else ids)


def _write(draw: Draw, line: Line) -> None:
    """Fix how a line is written, and empty what cannot be used."""
    first, last, email = line["first_name"], line["last_name"], line["email"]
    title = draw.choice(("", "", "", "Dr. ", "Prof. "))
    name = f"{last}, {title}{first}" if draw.chance(0.5) else f"{title}{first} {last}"
    if line["kind"] in ("mail", "chain", "no", "wait", "gone") or draw.chance(0.3):
        email = draw.choice(("mailto:{}", " {}", "{} ", "MAILTO:{}")).format(draw.choice((email, email.upper())))
    year, month, day = line["updated"].split("-")
    slashed = f"{int(month)}/{int(day)}/{year}"
    written = (
        slashed if "is_slashed" in line["written"] else draw.choice((line["updated"], f"{day}.{month}.{year}", slashed))
    )
    known = "" if line["style"] == "lost" else draw.choice(COUNTRIES[line["country"]][3])
    made = {"name": name, "email": email, "phone": _dialled(draw, line), "country": known, "day": written}
    line["email"] = "" if "email" in line["written"] else line["email"]
    line["phone"] = "" if line["style"] in ("short", "long", "lost") else line["phone"]
    line["country"] = line["country"] if known else ""
    line["written"] = made | line["written"]


def _dialled(draw: Draw, line: Line) -> str | int:
    """Write a phone number as people do."""
    country, style = line["country"], line["style"]
    code = next(code for code, _, _, _ in COUNTRIES.values() if line["phone"].startswith(f"+{code}"))
    number, is_foreign = line["phone"].removeprefix(f"+{code}"), country in ("IT", "HU")
    if line["is_newer"] and not is_foreign:
        return int(number)
    number = {"short": number[:-2], "long": number + "07"}.get(style, number)
    cut = draw.integer(2, 4)
    abroad = draw.choice(("+{0} {1} {2} {3}", "00{0} {1} {2} {3}", "+{0}-{1}-{2}{3}"))
    home = draw.choice(("{4}{1} {2} {3}", "{4}{1}/{2}{3}", "({4}{1}) {2}-{3}", "{4}{1}.{2}.{3}"))
    form = abroad if is_foreign or style == "plus" else draw.choice((abroad, home))
    form = home if style in ("short", "long", "lost", "ital", "hu") else form
    form = "+{0} (0){1} {2} {3}" if style == "zero" else form
    return form.format(code, number[:cut], number[cut:-3], number[-3:], COUNTRIES[country][1])


def _export(draw: Draw, lines: Group, twice: list[str]) -> str:
    """Print the old list: a header again half-way, some lines twice, notes of all kinds."""
    rows = []
    for line in draw.shuffled([line for line in lines if not line["is_newer"]]):
        written, status = line["written"], line["status"] or draw.choice(("", "active"))
        cells = [written[key] for key in ("email", "phone", "country")] + [line["newsletter"], status, written["day"]]
        rows.append([line["id"], written["name"], line["company"], *cells, draw.choice(NOTES)])
    for index, wish in zip((20, 60, 90), WISHES, strict=True):
        rows[index][-1] = wish
    for row in [row for row in rows if row[0] in twice]:
        rows.insert(draw.integer(100, 150), [row[0], f"{row[1]} ", *row[2:]])
    rows.insert(draw.integer(80, 99), HEADER)
    return csv_text(HEADER, rows, delimiter=";")


def _newer(draw: Draw, lines: Group, house: str) -> bytes:
    """Write the workbook of the program that came later, between a title and a total."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    newer = [line for line in lines if line["is_newer"]]
    for row in ([f"{house}: contacts"], [], SHEET):
        sheet.append(row)
    for line in draw.shuffled(newer):
        cells = [line[key] for key in ("id", "first_name", "last_name", "company")]
        cells += [line["written"][key] for key in ("email", "phone", "country")] + [line["newsletter"], line["status"]]
        sheet.append([*cells, datetime.date.fromisoformat(line["updated"])])
    for row in ([], ["Total", len(newer)]):
        sheet.append(row)
    return office_bytes(book)


def _gold(groups: list[Group], tests: list[Group]) -> dict[str, Any]:
    """Lay down who is on the clean list and where each other line went."""
    people, removed = {}, {group[0]["id"]: "" for group in tests}
    for group in groups:
        kept = min((line["id"] for line in group), key=lambda number: (number.startswith("N"), number))
        is_gone = any(line["status"] for line in group)
        removed |= {line["id"]: "" if is_gone else kept for line in group if is_gone or line["id"] != kept}
        if not is_gone:
            people[kept] = _person(group) | {key: group[0][key] for key in ("kind", "is_newer")}
    return {"people": people, "removed": removed, "lines": groups + tests}


def _person(group: Group) -> dict[str, str]:
    """Merge the lines of a person."""
    newest_first = sorted(group, key=lambda line: line["updated"], reverse=True)
    person = {key: next((line[key] for line in newest_first if line[key]), "") for key in COLUMNS[1:]}
    return person | ({"newsletter": "no"} if any(line["newsletter"] == "no" for line in group) else {})
