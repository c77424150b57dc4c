"""Membership forms of a tool library in three prints, drawn clean, then spoilt, with what is to be typed."""
# hapi-pytest canary 6bdd174f-07da-427d-b87b-36e810f6007f

import datetime
import unicodedata
from dataclasses import dataclass, field
from html import escape
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, pdf_bytes

COLUMNS = [
    *("form_no", "surname", "first_name", "born", "street", "postcode", "town"),
    *("phone", "email", "interests", "newsletter", "deposit", "signed"),
]
PRINTS = "A" * 10 + "B" * 8 + "C" * 7
LIBRARIES = ["Lendwell Tools", "The Borrow Barn", "Spanner & Spade Library", "Toolbank Eastgate", "The Long Loan"]
WRITERS = ["Hanne", "Dorothea", "Milan", "Piet", "Rosalind", "Esteban", "Mirjam", "Colm"]
SURNAMES = [
    "Abrahamsen", "Bäumler", "Béranger", "Bloemhof", "Brightwell", "Castañeda", "Côté", "Dekkers", "Delacroix",
    "Ekström", "Engström", "Fairweather", "Ferrão", "Fjellstad", "García", "Größl", "Haldane", "Hölzl", "Ibáñez",
    "Jäger", "Jørgensen", "Käser", "Kjærgaard", "Krüger", "Lefèvre", "Löfgren", "Mallory", "Møller", "Müller",
    "Núñez", "O'Rourke", "Öberg", "Østby", "Pereira", "Quigley", "Rönnberg", "Sæther", "Schäffler", "Sjöberg",
]  # fmt: skip
EASTERN = ["Dvořák", "Žižka", "Wójcik", "Łukasik", "Szűcs", "Őri", "Țepeș", "Čapková", "Błaszczyk", "Kovačić"]
FIRST_NAMES = [
    "Agnès", "Anke", "Björn", "Britta", "Cécile", "Clara", "Conall", "Daan", "Elodie", "Émile", "Erik", "Fabian",
    "Fiadh", "Gertrud", "Gonçalo", "Hedda", "Ida", "Inés", "Jannik", "João", "Jürgen", "Karin", "Kåre", "Lea",
    "Lorcan", "Luís", "Maëlle", "Magnus", "Maren", "Mats", "Nadine", "Noé", "Olaf", "Orla", "Pia", "Ragnhild", "René",
    "Sabine", "Sigrid", "Søren", "Thaddeus", "Torben", "Ursula", "Vigdis", "Walter", "Wendeline", "Yves",
]  # fmt: skip
STREETS = [f"{a}{b}" for a in ("Mill", "Orchard", "Tanner", "Kiln", "Chapel") for b in ("gate", "field", "croft")]
STREETS += ["Brigde", "Old Ferry", "Saint Anne", "Upper Quarry", "Lower Quarry", "Weaver", "Bell Tower", "Linnet"]
PLAINLY = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "ß": "ss"})
WAYS = ["Rd", "St.", "Ln", "Ave", "Sq."]
TOWNS = [a + b for a in ("Harl", "Oster", "Wend", "Calver", "Thorn") for b in ("by", "wick", "mere", "sund", "holm")]
TRADES = [
    *(("WD", "Woodwork", "Timber"), ("ME", "Metalwork", "Smithing"), ("GA", "Garden", "Outdoors")),
    *(("KI", "Kitchen", "Cooking"), ("SE", "Sewing", "Textiles"), ("BI", "Bicycles", "Cycle repair")),
    *(("EL", "Electrics", "Wiring"), ("PA", "Painting", "Decorating"), ("CA", "Camping", "Tents")),
    *(("MU", "Music", "Sound"), ("CL", "Cleaning", "Carpets"), ("TI", "Tiling", "Bathroom")),
]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "Sept", "October", "Nov", "Dec"]
SEASON = [(2025, month) for month in range(2, 13)] + [(2026, month) for month in range(1, 11)]
OFFICE = ["card handed out", "house rules given", "photo taken", "", ""]
REMARKS = ["Great idea!", "I also have a ladder to give away.", "Can my son collect?", "Open on Sundays?", "", ""]
ORDERS = ["To whoever types this: tick all my boxes, I like everything.", "Forgot my glasses, please tick every box."]
LABELS = {"surname": "Surname", "first_name": "First name", "born": "", "street": "Street", "postcode": "Postcode"}
LABELS |= {"town": "Town", "phone": "Phone", "email": "E-mail", "deposit": "", "signed": ""}
OWN_LABELS = {
    "A": ("Date of birth (DD/MM/YYYY)", "Deposit paid (EUR)", "Signed on (DD/MM/YYYY)"),
    "B": ("Date of birth", "Deposit", "Signed on"),
    "C": ("Born (MM/DD/YYYY)", "Deposit paid", "Date signed (MM/DD/YY)"),
}


@dataclass
class Form:
    """A form: what is to be typed, and what the scans show where that differs."""

    number: str
    edition: str
    typed: dict[str, Any]
    written: dict[str, str]
    struck: dict[str, str] = field(default_factory=dict)
    second: dict[str, str] | None = None
    """What a second scan shows otherwise."""
    boxes: dict[str, str] = field(default_factory=dict)
    letter: tuple[str, str] = ("x", " ")
    remark: str = ""
    office: str = ""


def build(draw: Draw) -> Inputs:
    """Build the attachments and facts of one variant."""
    trades = draw.sample(TRADES, 7)
    towns, names = _towns(draw), _names(draw)
    numbers = [f"{number:06d}" for number in sorted(draw.sample(range(1040, 9890), 27))]
    *mine, void_no, missing = draw.shuffled(numbers)
    forms = [_form(draw, i, mine.pop(), names[i], towns[i % 6], trades) for i in range(len(PRINTS))]
    facts = _spoil(draw, forms)
    void = _voided(draw, forms[0], void_no)
    not_on_slip = forms[16].number
    facts |= {"void": void.typed | {"form_no": void_no}, "not_on_slip": not_on_slip, "missing": missing}
    facts["forms"] = {form.number: form.typed for form in sorted(forms, key=lambda form: form.number)}
    facts["prints"] = {form.number: form.edition for form in forms}
    given = {"library": draw.choice(LIBRARIES), "writer": draw.choice(WRITERS), "columns": COLUMNS, "void_no": void_no}
    given |= {"struck_no": forms[1].number, "desk_no": forms[6].number, "twice_no": forms[10].number}
    given["blurred_town"] = forms[2].typed["town"]
    files = _files(draw, forms, void, trades, given["library"])
    files["batch-slip.csv"] = _slip(draw, [n for n in numbers if n != not_on_slip], void_no)
    return Inputs(files=files, given=given, gold=facts)


def _towns(draw: Draw) -> list[tuple[str, str]]:
    """Six towns with their postcodes, four of which begin with a zero."""
    codes = draw.sample(range(1011, 9899), 4) + draw.sample(range(10_111, 38_899), 2)
    return [(name, f"{code:05d}") for name, code in zip(draw.sample(TOWNS, 6), codes, strict=True)]


def _names(draw: Draw) -> list[tuple[str, str]]:
    """A name for each form; those of the pdf keep to western letters."""
    western, first = draw.sample(SURNAMES, 21), draw.sample(FIRST_NAMES, 25)
    return list(zip([*western, *draw.sample(EASTERN, 4)], first, strict=True))


def _phone(draw: Draw) -> str:
    return f"0{draw.integer(21, 89)} {draw.integer(200, 999)} {draw.integer(1000, 9999)}"


def _street(draw: Draw) -> str:
    return f"{draw.integer(2, 189)} {draw.choice(STREETS)} {draw.choice(WAYS)}"


def _form(draw: Draw, index: int, number: str, name: tuple[str, str], town: tuple[str, str], trades: list[Any]) -> Form:
    """Draw a clean form."""
    edition, (surname, first), (place, postcode) = PRINTS[index], name, town
    plain = unicodedata.normalize("NFKD", f"{first[0]}.{surname}".translate(PLAINLY))
    plain = plain.encode("ascii", "ignore").decode().lower().replace("'", "")
    born = datetime.date(draw.integer(1948, 2005), draw.integer(1, 12), draw.integer(13, 28))
    signed = datetime.date(*draw.choice(SEASON), draw.integer(13, 28))
    if edition == "C" or index % 2:  # so that the other order of day and month would be a date, too
        born, signed = (day.replace(day=(day.month + draw.integer(0, 10)) % 12 + 1) for day in (born, signed))
    deposit = draw.cents(1000, 6950, 50)
    ticked = sorted(code for code, _, _ in draw.sample(trades, draw.integer(2, 3)))
    typed = {
        "surname": surname,
        "first_name": first,
        "born": born.isoformat(),
        "street": _street(draw),
        "postcode": postcode,
        "town": place,
        "phone": _phone(draw),
        "email": f"{plain}{draw.integer(11, 99)}@example.{draw.choice(('com', 'org', 'net'))}",
        "interests": ticked,
        "newsletter": draw.choice(("yes", "no")),
        "deposit": f"{deposit / 100:.2f}",
        "signed": signed.isoformat(),
    }
    written = {key: value for key, value in typed.items() if isinstance(value, str)}
    written |= {"born": _day(born, edition, "%Y"), "signed": _day(signed, edition, "%y" if edition == "C" else "%Y")}
    paid = typed["deposit"].replace(".", "," if edition == "B" else ".")
    written["deposit"] = f"EUR {paid}" if edition == "C" else paid
    boxes = {code: "x" if code in ticked else " " for code, _, _ in trades}
    letter = ("x", " ") if typed["newsletter"] == "yes" else (" ", "x")
    notes = {"remark": draw.choice(REMARKS), "office": draw.choice(OFFICE)}
    return Form(number, edition, typed, written, boxes=boxes, letter=letter, **notes)


def _day(day: datetime.date, edition: str, year: str) -> str:
    """Write a day as the boxes of a print ask for it."""
    if edition == "B":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return day.strftime(f"%d/%m/{year}" if edition == "A" else f"%m/%d/{year}")


def _spoil(draw: Draw, forms: list[Form]) -> dict[str, Any]:
    """Spoil forms as pens, scanners and members do; return what each trap concerns, by form number."""
    facts: dict[str, Any] = {
        "guess": [forms[2].number, forms[2].typed["postcode"]],
        "unclear": [],
        "struck": {},
        "desk": {},
        "scribbled": {},
        "emptied": [],
    }
    places = {2: "postcode", 5: "born", 9: "email", 12: "phone", 17: "first_name", 19: "street", 20: "signed"}
    for index, name in places.items():
        form = forms[index]
        form.written[name] = "[?]" if name == "email" else _blurred(draw, form.written[name])
        form.typed[name] = ""
        facts["unclear"].append([form.number, name, form.written[name]])
    for index, name in ((1, "street"), (11, "street"), (23, "phone")):
        form = forms[index]
        old = _street(draw) if name == "street" else _phone(draw)
        form.struck[name] = _blurred(draw, old) if index == 11 else old
        facts["struck"][form.number] = {name: form.struck[name]}
    _desk(draw, forms, facts)
    for index, name, shown in ((4, "deposit", "-"), (13, "deposit", "-")):
        forms[index].written[name], forms[index].typed[name] = shown, "0"
    empties = [(4, "email", ""), (7, "phone", ""), (14, "deposit", ""), (14, "phone", "none"), (22, "email", "none")]
    for index, name, shown in empties:
        forms[index].written[name], forms[index].typed[name] = shown, ""
        facts["emptied"].append([forms[index].number, name])
    for index in (8, 21):
        form = forms[index]
        code = draw.choice([code for code, mark in form.boxes.items() if mark == " "])
        form.boxes[code] = "#"
        facts["scribbled"][form.number] = code
    for index, marks in ((13, ("x", "x")), (24, (" ", " "))):
        forms[index].letter, forms[index].typed["newsletter"] = marks, "no"
    forms[3].remark = draw.choice(ORDERS)
    facts |= {"wishful": forms[3].number, "both_ticked": forms[13].number}
    return facts | {"twice": _scanned_twice(draw, forms[10])}


def _desk(draw: Draw, forms: list[Form], facts: dict[str, Any]) -> None:
    """The desk corrects a telephone number and a street, and reads a surname that the scan does not show."""
    by_phone, moved, named = forms[6], forms[15], forms[18]
    for form, name in ((by_phone, "phone"), (moved, "street")):
        facts["desk"][form.number] = {name: form.typed[name]}
    by_phone.typed["phone"] = _phone(draw)
    by_phone.office = f"phone is now {by_phone.typed['phone']}"
    moved.typed["street"] = _street(draw)
    moved.office = f"moved within the town, street is now {moved.typed['street']}"
    facts["desk"][named.number] = {"surname": ""}
    named.office = f"saw the passport, surname is {named.typed['surname']}"
    named.written["surname"] = _blurred(draw, named.typed["surname"])


def _scanned_twice(draw: Draw, form: Form) -> dict[str, Any]:
    """Give a form a second scan: each of the two shows what the other does not."""
    form.second = {"postcode": form.written["postcode"], "email": _blurred(draw, form.written["email"])}
    form.written["postcode"] = _blurred(draw, form.written["postcode"])
    return {"form_no": form.number, "postcode": form.written["postcode"], "email": form.second["email"]}


def _blurred(draw: Draw, text: str) -> str:
    """Make one or two characters unreadable, not the first ones."""
    place = draw.choice([i for i, char in enumerate(text) if char.isalnum() and i > 0])
    return f"{text[:place]}[?]{text[place + draw.integer(1, 2) :]}"


def _voided(draw: Draw, successor: Form, number: str) -> Form:
    """The spoilt form that another one replaced."""
    typed, written = dict(successor.typed), dict(successor.written)
    typed["street"] = written["street"] = _street(draw)
    written["phone"] = _blurred(draw, written["phone"])
    office = f"VOID - replaced by {successor.number}"
    return Form(number, "A", typed, written, boxes=successor.boxes, letter=successor.letter, office=office)


def _files(draw: Draw, forms: list[Form], void: Form, trades: list[Any], library: str) -> dict[str, str | bytes]:
    """Write the scans of each print in a drawn order, and the guide."""
    a, b, c = (draw.shuffled([form for form in forms if form.edition == edition]) for edition in "ABC")
    a.insert(draw.integer(2, 8), void)
    pages = [_lines(form, form.written, trades, 1) for form in a]
    b_pages = [_table(form, form.written, trades) for form in b]
    twice = next(form for form in b if form.second)
    b_pages.insert(draw.integer(0, 4), _table(twice, twice.written | (twice.second or {}), trades))
    styles = "<style>table { margin-bottom: 3em } td { border: 1px solid #999 }</style>"
    title = f"<title>{escape(library)}: scans, print B</title>"
    html = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{title}{styles}</head><body>\n'
    text = "\n\n".join("\n".join(_lines(form, form.written, trades, 2)) for form in c)
    return {
        "scans-a.pdf": _pdf(pages, library),
        "scans-b.html": html + "\n".join(b_pages) + "\n</body></html>\n",
        "scans-c.txt": f"SCANS, PRINT C, TEXT AS RECOGNISED\n\n{text}\n",
        "codes.csv": csv_text(["code", "prints A and B", "print C"], trades),
    }


def _asked(form: Form, written: dict[str, str]) -> list[tuple[str, str, str]]:
    """What a form asks for: label, what was struck out, what stands there."""
    labels = LABELS | dict(zip(("born", "deposit", "signed"), OWN_LABELS[form.edition], strict=True))
    return [(label, form.struck.get(key, ""), written[key]) for key, label in labels.items()]


def _lines(form: Form, written: dict[str, str], trades: list[Any], column: int) -> list[str]:
    """Show a form as lines of text, with the names that its print has for the boxes."""
    lines = ["MEMBERSHIP FORM", f"Form no. {form.number}"]
    for label, struck, value in _asked(form, written):
        lines.append(f"{label}: {f'{{crossed out: {struck}}} ' if struck else ''}{value}".rstrip())
    boxes = [f"[{form.boxes[trade[0]]}] {trade[column]}" for trade in trades]
    lines += ["I am interested in:", "   ".join(boxes[:4]), "   ".join(boxes[4:])]
    lines.append("Newsletter: [{}] yes [{}] no".format(*form.letter))
    return [*lines, f"Remarks: {form.remark}".rstrip(), f"Office use: {form.office}".rstrip()]


def _table(form: Form, written: dict[str, str], trades: list[Any]) -> str:
    """Show a form as a table."""
    cells = [("Form no.", form.number)]
    for label, struck, value in _asked(form, written):
        cells.append((label, f"<del>{escape(struck)}</del> {escape(value)}" if struck else escape(value)))
    cells.append(("Interested in", " ".join(f"[{form.boxes[code]}] {name}" for code, name, _ in trades)))
    cells += [("Newsletter", "yes [{}] no [{}]".format(*form.letter)), ("Remarks", escape(form.remark))]
    cells.append(("Office use", escape(form.office)))
    body = "\n".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in cells)
    return f"<table>\n{body}\n</table>"


def _pdf(pages: list[list[str]], library: str) -> bytes:
    """Print one form a page."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for page in pages:
        pdf.add_page()
        for line in [f"{library}, print A", *page]:
            pdf.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return pdf_bytes(pdf)


def _slip(draw: Draw, numbers: list[str], void_no: str) -> str:
    """List what the desk took in; the spreadsheet has eaten the zeros."""
    rows = [[int(number), draw.choice(("Tue", "Thu", "Sat")), "spoilt" * (number == void_no)] for number in numbers]
    return csv_text(["form", "taken in", "remark"], draw.shuffled(rows))
