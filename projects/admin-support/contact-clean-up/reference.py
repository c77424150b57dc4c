"""The accepted list and log, and the slips of somebody who trusts a spreadsheet's own cleaning."""
# hapi-pytest canary a041277c-1922-4fb5-84b7-c6121440d823

import re
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "person-lost": ("everybody-has-one-line",),
    "mailboxes-compared-as-written": (
        "one-mailbox-is-one-person",
        "newest-value-wins",
        "log-says-where-everybody-went",
        "mail-and-dates-have-one-form",
    ),
    "mail-doubles-logged-and-left": ("one-mailbox-is-one-person",),
    "phones-not-compared": (
        "one-phone-and-name-is-one-person",
        "newest-value-wins",
        "log-says-where-everybody-went",
        "mail-and-dates-have-one-form",
    ),
    "phone-doubles-logged-and-left": ("one-phone-and-name-is-one-person",),
    "shared-mailboxes-merged": ("look-alikes-stay-apart",),
    "namesakes-merged": ("look-alikes-stay-apart", "log-says-where-everybody-went"),
    "national-numbers-left": ("phones-are-complete",),
    "italian-zero-dropped": ("odd-phones-are-right",),
    "test-entries-kept": ("erased-and-tests-are-gone",),
    "addresses-repaired": ("nothing-is-repaired",),
    "slashes-read-day-first": ("newest-value-wins", "mail-and-dates-have-one-form"),
    "newest-line-taken-whole": ("newest-value-wins",),
    "newest-answer-on-the-newsletter": ("one-no-is-a-no",),
    "only-the-erased-line-removed": ("erased-and-tests-are-gone", "log-says-where-everybody-went"),
    "erased-not-logged": ("log-says-where-everybody-went",),
    "small-words-in-the-first-name": ("names-and-countries-are-in-order",),
    "dates-with-dots": ("mail-and-dates-have-one-form",),
    "zeros-lost": ("import-takes-the-file",),
    "note-carried-over": ("import-takes-the-file",),
}
EQUIVALENTS: dict[str, str] = {
    "columns-from-the-back": "the brief takes the columns in any order",
    "semicolons": "the brief asks for csv and names no separator",
    "sorted-by-name": "the brief does not sort the list",
    "log-in-order-of-the-export": "the brief does not sort the log",
    "reason-in-the-log": "only for clean.csv the brief forbids further columns",
}
SMALL = ("van ", "von ", "de ", "der ", "la ", "di ")

Line = dict[str, Any]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build both files."""
    groups = _groups(facts, flaws)
    rows, log = [], []
    for group in groups:
        kept = min((line["id"] for line in group), key=lambda number: (number.startswith("N"), number))
        is_gone = any(line["status"] == "erase" or line["kind"] == "test" for line in group)
        if not is_gone:
            rows.append(_person(group, flaws) | {"id": kept})
        if not (is_gone and "erased-not-logged" in flaws and group[0]["kind"] == "gone"):
            log += [(line["id"], "" if is_gone else kept) for line in group if is_gone or line["id"] != kept]
    rows += _left_over(facts, flaws)
    if "person-lost" in flaws:
        rows.remove(next(row for row in rows[7:] if row["kind"] == "plain"))
    return {"clean.csv": _clean(facts, rows, flaws), "merged_log.csv": _log(log, flaws)}


def _groups(facts: Facts, flaws: frozenset[str]) -> list[list[Line]]:
    """Put together what counts as one person."""
    groups: list[list[Line]] = []
    for group in facts.lines:
        kind = group[0]["kind"]
        apart = ("mailboxes-compared-as-written" in flaws and kind in ("mail", "wait")) or (
            "phones-not-compared" in flaws and kind == "phone"
        )
        apart = apart or (kind == "gone" and "only-the-erased-line-removed" in flaws)
        if kind == "name" and "namesakes-merged" in flaws and groups[-1][0]["kind"] == kind and len(groups[-1]) == 1:
            groups[-1] = [*groups[-1], *group]
        elif apart:
            groups += [[line] for line in group]
        else:
            groups.append(group)
    if "shared-mailboxes-merged" in flaws:
        first = next(group for group in groups if group[0]["kind"] == "box")
        groups.remove(first)
    return groups


def _left_over(facts: Facts, flaws: frozenset[str]) -> list[Line]:
    """Lines that stay on the list although the log has them elsewhere."""
    kinds = {"mail-doubles-logged-and-left": "mail", "phone-doubles-logged-and-left": "phone"}
    kinds["test-entries-kept"] = "test"
    wanted = [kind for flaw, kind in kinds.items() if flaw in flaws]
    gone = [line for group in facts.lines for line in group if line["id"] in facts.removed and line["kind"] in wanted]
    return [_person([line], flaws) | {"id": line["id"]} for line in gone]


def _person(group: list[Line], flaws: frozenset[str]) -> Line:
    """Merge lines by the rules."""
    read = [_read(line, flaws) for line in group]
    ordered = sorted(read, key=lambda line: line["updated"], reverse=True)
    person = dict(ordered[0])
    if "newest-line-taken-whole" not in flaws:
        for line in ordered[1:]:
            person |= {key: value for key, value in line.items() if not person[key]}
    answers = [line["newsletter"] for line in ordered]
    person["newsletter"] = "no" if "no" in answers else next(filter(None, answers), "")
    if "newest-answer-on-the-newsletter" in flaws:
        person["newsletter"] = next(filter(None, answers), "")
    return person


def _read(line: Line, flaws: frozenset[str]) -> Line:
    """Put one line in order."""
    read, written = dict(line), line["written"]
    style, day = line["style"], re.fullmatch(r"(\d+)/(\d+)/(\d+)", written["day"])
    if "slashes-read-day-first" in flaws and day and int(day[2]) <= 12 and not line["is_newer"]:
        read["updated"] = f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}"
    if "national-numbers-left" in flaws and line["kind"] == "plain" and not line["is_newer"]:
        read["phone"] = re.sub(r"\D", "", str(written["phone"]))
    if "italian-zero-dropped" in flaws and style == "ital":
        read["phone"] = line["phone"].replace("+390", "+39")
    if "addresses-repaired" in flaws and line["kind"] == "bad" and not line["email"]:
        read["email"] = written["email"].replace("@@", "@").replace(",", ".").strip().lower()
    return read


def _clean(facts: Facts, rows: list[Line], flaws: frozenset[str]) -> str:
    """Write the list."""
    columns = [*facts.columns, *(["note"] if "note-carried-over" in flaws else [])]
    if "columns-from-the-back" in flaws:
        columns.reverse()
    key = "last_name" if "sorted-by-name" in flaws else "id"
    table = []
    for row in sorted(rows, key=lambda row: row[key]):
        row = row | {"note": "see export"}
        if "zeros-lost" in flaws:
            row["id"] = row["id"].lstrip("0")
        if "dates-with-dots" in flaws:
            row["updated"] = ".".join(row["updated"].split("-")[::-1])
        while "small-words-in-the-first-name" in flaws and row["last_name"].startswith(SMALL):
            word, _, row["last_name"] = row["last_name"].partition(" ")
            row["first_name"] += f" {word}"
        table.append([row[column] for column in columns])
    return csv_text(columns, table, delimiter=";" if "semicolons" in flaws else ",")


def _log(log: list[tuple[str, str]], flaws: frozenset[str]) -> str:
    """Write where everybody went."""
    header = ["removed_id", "kept_id"]
    rows = [list(row) for row in (log if "log-in-order-of-the-export" in flaws else sorted(log))]
    if "reason-in-the-log" in flaws:
        header, rows = [*header, "reason"], [[*row, "same person" if row[1] else "left"] for row in rows]
    return csv_text(header, rows, delimiter=";" if "semicolons" in flaws else ",")
