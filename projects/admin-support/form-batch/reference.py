"""The accepted sheet and list, and the slips of somebody who types fast."""
# hapi-pytest canary 6bdd174f-07da-427d-b87b-36e810f6007f

from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "form-lost": ("every-form-has-one-row",),
    "scanned-twice-typed-twice": ("every-form-has-one-row",),
    "in-the-order-of-the-scans": ("every-form-has-one-row",),
    "abbreviations-written-out": ("names-and-addresses-as-written",),
    "month-first-everywhere": ("dates-read-day-first",),
    "day-first-everywhere": ("dates-of-print-c-month-first",),
    "scribbled-ticks-counted": ("boxes-become-codes",),
    "every-box-on-request": ("boxes-become-codes",),
    "both-ticked-is-yes": ("boxes-become-codes",),
    "dash-left-empty": ("deposits-are-numbers",),
    "crossed-out-typed": ("crossed-out-is-gone",),
    "desk-overlooked": ("office-use-counts",),
    "read-without-marks": ("unclear-fields-are-listed",),
    "no-list-of-unclear-fields": (
        "unclear-fields-are-listed",
        "only-the-unreadable-is-unclear",
        "slip-and-scans-are-compared",
        "zeros-are-kept",
        "void-form-stays-out",
    ),
    "postcode-from-another-form": ("nothing-is-guessed",),
    "empty-fields-listed": ("only-the-unreadable-is-unclear",),
    "second-scan-overlooked": ("only-the-unreadable-is-unclear",),
    "zeros-lost": ("zeros-are-kept",),
    "slip-not-compared": ("slip-and-scans-are-compared",),
    "void-form-typed": ("void-form-stays-out",),
}
EQUIVALENTS: dict[str, str] = {
    "columns-from-the-back": "the brief names the columns and no order",
    "semicolons": "the brief asks for csv and names no separator",
    "capitals-and-spaces": "the brief does not mind capitals in names and spaces in telephone numbers",
    "codes-in-another-order": "the guide leaves the order of the codes open",
    "list-by-field": "the brief does not sort unclear.csv",
    "file-of-the-scan-added": "the brief names the columns that it needs and forbids no further one",
}
IN_FULL = {"Rd": "Road", "St.": "Street", "Ln": "Lane", "Ave": "Avenue", "Sq.": "Square", "Brigde": "Bridge"}

Row = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    rows = [_row(facts, flaws, number, typed) for number, typed in facts.forms.items()]
    if "form-lost" in flaws:
        del rows[len(rows) // 2]
    if "scanned-twice-typed-twice" in flaws:
        rows = [row for row in rows for _ in range(1 + (_padded(row) == facts.twice["form_no"]))]
    if "in-the-order-of-the-scans" in flaws:
        rows.sort(key=lambda row: (facts.prints[_padded(row)], row["surname"]))
    if "void-form-typed" in flaws:
        rows.insert(3, _row(facts, flaws, facts.void["form_no"], facts.void))
    columns = list(facts.columns)
    files: dict[str, str | bytes] = {"forms.csv": _csv(columns, rows, flaws)}
    if "no-list-of-unclear-fields" not in flaws:
        files["unclear.csv"] = _csv(["form_no", "field", "as_read"], _unclear(facts, flaws), flaws)
    return files


def _padded(row: Row) -> str:
    return f"{int(row['form_no']):06d}"


def _csv(columns: list[str], rows: list[Row], flaws: frozenset[str]) -> str:
    """Write rows as csv."""
    if "file-of-the-scan-added" in flaws:
        columns = [*columns, "scan"]
    if "columns-from-the-back" in flaws:
        columns = columns[::-1]
    delimiter = ";" if "semicolons" in flaws else ","
    return csv_text(columns, [[row.get(column, "pile 1") for column in columns] for row in rows], delimiter=delimiter)


def _row(facts: Facts, flaws: frozenset[str], number: str, typed: Row) -> Row:
    """Type one form."""
    row = {**typed, "form_no": number}
    row["interests"] = ";".join(_codes(facts, flaws, number, typed["interests"]))
    _misread(facts, flaws, number, row)
    if "both-ticked-is-yes" in flaws and number == facts.both_ticked:
        row["newsletter"] = "yes"
    if "dash-left-empty" in flaws and row["deposit"] == "0":
        row["deposit"] = ""
    _respell(facts, flaws, number, row)
    if "zeros-lost" in flaws:
        row |= {name: row[name].lstrip("0") for name in ("form_no", "postcode", "phone")}
    return row


def _codes(facts: Facts, flaws: frozenset[str], number: str, ticked: list[str]) -> list[str]:
    """Return the codes of the boxes that are taken as ticked."""
    codes = list(ticked)
    if "scribbled-ticks-counted" in flaws and number in facts.scribbled:
        codes.append(facts.scribbled[number])
    if "every-box-on-request" in flaws and number == facts.wishful:
        codes = sorted({code for typed in facts.forms.values() for code in typed["interests"]})
    return codes[::-1] if "codes-in-another-order" in flaws else codes


def _misread(facts: Facts, flaws: frozenset[str], number: str, row: Row) -> None:
    """Spoil what was corrected, cannot be read, or can be read on one scan alone."""
    if "crossed-out-typed" in flaws:
        row |= facts.struck.get(number, {})
        row["street"] = row["street"].replace("[?]", "")
    if "desk-overlooked" in flaws:
        row |= facts.desk.get(number, {})
    if "postcode-from-another-form" in flaws and number == facts.guess[0]:
        row["postcode"] = facts.guess[1]
    if "second-scan-overlooked" in flaws and number == facts.twice["form_no"]:
        row["postcode"] = ""


def _respell(facts: Facts, flaws: frozenset[str], number: str, row: Row) -> None:
    """Write dates, names and streets as somebody else would."""
    print_ = facts.prints.get(number, "A")
    is_turned = ("day-first-everywhere" if print_ == "C" else "month-first-everywhere") in flaws
    for name in ("born", "signed"):
        year, _, rest = row[name].partition("-")
        month, _, day = rest.partition("-")
        if is_turned and day and int(day) <= 12:
            row[name] = f"{year}-{day}-{month}"
    if "abbreviations-written-out" in flaws and number not in {**facts.struck, **facts.desk}:
        for short, full in IN_FULL.items():
            row["street"] = row["street"].replace(short, full)
    if "capitals-and-spaces" in flaws:
        row |= {"surname": row["surname"].upper(), "phone": row["phone"].replace(" ", "")}


def _unclear(facts: Facts, flaws: frozenset[str]) -> list[Row]:
    """List what cannot be read, and what slip and scans do not share."""
    cells = [list(cell) for cell in facts.unclear]
    if "read-without-marks" in flaws:
        cells = [[number, name, shown.replace("[?]", "")] for number, name, shown in cells]
    if "empty-fields-listed" in flaws:
        cells += [[number, name, ""] for number, name in facts.emptied]
    if "slip-not-compared" not in flaws:
        cells += [[facts.missing, "no scan", ""], [facts.not_on_slip, "not on slip", ""]]
    key = 1 if "list-by-field" in flaws else 0
    return [
        dict(zip(("form_no", "field", "as_read"), cell, strict=True)) for cell in sorted(cells, key=lambda c: c[key])
    ]
