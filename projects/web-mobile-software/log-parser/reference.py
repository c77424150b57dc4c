"""The accepted program and table, and slips that a hasty programmer makes."""
# hapi-pytest canary 6ea2c349-e433-4c0e-a2dc-6b1bce18064f

from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

OUT = (
    "entries-have-rows", "what-is-no-entry-has-no-row", "times-in-utc", "requests-as-in-the-log",
    "durations-in-milliseconds", "agents-are-whole", "traces-at-their-entries",
)  # fmt: skip
NEXT = (
    "next-log-has-its-rows", "next-log-has-its-times", "next-log-has-its-agents", "next-log-has-its-traces",
    "counts-in-one-line", "windows-log-is-read",
)  # fmt: skip
FLAWS: dict[str, tuple[str, ...]] = {
    "table-in-the-order-of-the-log": ("entries-have-rows",),
    "ids-through-a-spreadsheet": ("entries-have-rows", "what-is-no-entry-has-no-row"),
    "watchdog-in-the-table": ("what-is-no-entry-has-no-row",),
    "first-offset-for-all": ("times-in-utc",),
    "query-kept": ("requests-as-in-the-log",),
    "dash-for-nothing-sent": ("requests-as-in-the-log",),
    "unit-change-missed": ("durations-in-milliseconds",),
    "agent-cut-at-a-quote": ("agents-are-whole",),
    "trace-to-the-entry-before": ("traces-at-their-entries",),
    "first-error-called-the-root": ("traces-at-their-entries",),
    "not-sorted": ("next-log-has-its-rows",),
    "repetitions-kept": ("next-log-has-its-rows", "counts-in-one-line", "windows-log-is-read"),
    "offset-added": ("next-log-has-its-rows", "next-log-has-its-times", "windows-log-is-read"),
    "seconds-taken-for-milliseconds": ("next-log-has-its-times",),
    "escapes-left-in": ("next-log-has-its-agents",),
    "agents-stripped-of-marks": ("next-log-has-its-agents",),
    "trace-ends-at-the-next-entry": ("next-log-has-its-traces",),
    "suppressed-taken-for-a-cause": ("next-log-has-its-traces",),
    "stray-traces-not-malformed": ("counts-in-one-line",),
    "progress-on-standard-output": ("counts-in-one-line",),
    "byte-order-mark-kept": ("windows-log-is-read",),
    "only-the-table": NEXT,
    "only-the-program": OUT,
}
EQUIVALENTS: dict[str, str] = {
    "other-program": "the brief asks for a script and for the standard library, and for nothing inside",
    "columns-in-another-order": "the brief names the columns of the table and no order of them",
    "numbers-spelled-otherwise": "the brief itself takes both 0.25 and 250.000 for a duration",
    "offset-for-a-z": "+00:00 is UTC as well as Z is",
    "table-written-on-windows": "csv with Windows line ends and a byte-order mark reads the same",
}
COLUMNS = ("time", "id", "method", "path", "status", "bytes", "ms", "agent", "error", "trace")
EDITS: dict[str, tuple[str, str]] = {
    "not-sorted": ('rows.sort(key=lambda row: row["time"])', "pass"),
    "repetitions-kept": ('if entry["id"] in seen:', "if False:"),
    "offset-added": ("local - offset", "local + offset"),
    "seconds-taken-for-milliseconds": ('"s": 1000', '"s": 1'),
    "escapes-left-in": ("unescaped(fields[7])", "fields[7]"),
    "agents-stripped-of-marks": ("unescaped(fields[7])", "unescaped(fields[7]).strip('\"')"),
    "trace-ends-at-the-next-entry": ("if entry is not None:", 'if entry and (entry is last or not entry["trace"]):'),
    "suppressed-taken-for-a-cause": ('if text.startswith("Caused by: "):', 'if "Caused by: " in text:'),
    "stray-traces-not-malformed": ("malformed += entry is None", "malformed += 0"),
    "progress-on-standard-output": (
        "    rows, malformed = parse(text)",
        '    print("reading")\n    rows, malformed = parse(text)',
    ),
    "byte-order-mark-kept": ("utf-8-sig", "utf-8"),
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build parse.py and out.csv; slips in one of them are not in the other."""
    files = {"parse.py": _program(facts, flaws), "out.csv": _table(facts, flaws)}
    if "only-the-table" in flaws:
        del files["parse.py"]
    if "only-the-program" in flaws:
        del files["out.csv"]
    return files


def _table(facts: Facts, flaws: frozenset[str]) -> str:
    rows = [dict(row) for row in facts.first["rows"]]
    slips = facts.first["slips"]
    for row in rows:
        row["bytes"] = ("-" if "dash-for-nothing-sent" in flaws else "") if row["bytes"] is None else row["bytes"]
        row |= {name: value for flaw, name in SLIPS.items() if flaw in flaws for value in [slips[row["id"]][name]]}
        if "offset-for-a-z" in flaws:
            row["time"] = row["time"].replace("Z", "+00:00")
        if "numbers-spelled-otherwise" in flaws:
            row |= {"ms": f"{row['ms']:.3f}", "status": f"{row['status']}.0"}
    if "watchdog-in-the-table" in flaws:
        rows.append(rows[0] | {"id": facts.first["left_out"][0]})
    if "table-in-the-order-of-the-log" in flaws:
        rows.sort(key=lambda row: facts.first["order"].index(row["id"]) if row["id"] in facts.first["order"] else 0)
    if "first-error-called-the-root" in flaws or "trace-to-the-entry-before" in flaws:
        _mistraced(facts, flaws, rows)
    if "ids-through-a-spreadsheet" in flaws:
        for row in rows:
            row["id"] = f"{float(row['id']):.2E}" if "e" in row["id"] else row["id"]
    columns = COLUMNS[::-1] if "columns-in-another-order" in flaws else COLUMNS
    text = csv_text(columns, [[row[name] for name in columns] for row in rows])
    return "\ufeff" + text.replace("\n", "\r\n") if "table-written-on-windows" in flaws else text


SLIPS = {
    "first-offset-for-all": "time",
    "query-kept": "path",
    "unit-change-missed": "ms",
    "agent-cut-at-a-quote": "agent",
}


def _mistraced(facts: Facts, flaws: frozenset[str], rows: list[dict[str, Any]]) -> None:
    for row, after in zip(rows, rows[1:], strict=False):
        if "first-error-called-the-root" in flaws and row["trace"]:
            row["error"] = facts.first["slips"][row["id"]]["error"] if row["id"] in facts.first["slips"] else ""
        if "trace-to-the-entry-before" in flaws and after["trace"]:
            row["trace"], after["trace"] = row["trace"] + 2, after["trace"] - 2
            break


def _program(facts: Facts, flaws: frozenset[str]) -> str:
    opened, closed = facts.brackets
    settings = {
        "@DATES@": facts.dates,
        "@OPENED@": opened,
        "@CLOSED@": closed,
        "@LEAD@": facts.lead,
        "@PROBE@": f"/{facts.probe}",
    }
    program = PROGRAM
    if "other-program" in flaws:
        for old, new in OTHER.items():
            assert old in program, old
            program = program.replace(old, new)
    program = program.replace("@UNESCAPED@", DOUBLED if facts.is_doubled else ESCAPED)
    program = program.replace("@INSIDE@", r'[^"]|""' if facts.is_doubled else r'[^"\\]|\\.')
    for mark, text in settings.items():
        program = program.replace(mark, repr(text))
    for flaw in sorted(flaws & EDITS.keys()):
        right, wrong = EDITS[flaw]
        assert right in program, flaw
        program = program.replace(right, wrong)
    return program


DOUBLED = """text.replace('""', '"')"""
ESCAPED = r"""re.sub(r"\\(.)", r"\1", text)"""
OTHER = {
    'newline="", encoding="utf-8"': 'encoding="utf-8-sig"',
    "csv.DictWriter(file, COLUMNS)": 'csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\\n")',
    'print(f"entries={len(rows)} errors={errors} malformed={malformed}")': (
        "sys.stdout.write('entries=%d errors=%d malformed=%d' % (len(rows), errors, malformed))"
    ),
}
PROGRAM = r'''"""Turn the shop's log into a table: python3 parse.py LOG CSV."""

import csv
import datetime
import re
import sys
from decimal import Decimal

DATES = @DATES@
OPENED, CLOSED = re.escape(@OPENED@), re.escape(@CLOSED@)
COLUMNS = ("time", "id", "method", "path", "status", "bytes", "ms", "agent", "error", "trace")
MILLISECONDS = {"us": Decimal("0.001"), "ms": 1, "s": 1000}
ENTRY = re.compile(
    rf'(\S+ \S+) {OPENED}(\S+?){CLOSED} "(\S+) ([^\s"]+) HTTP/1\.1" (\d\d\d) (\d+|-) (\d+(?:\.\d+)?) "((?:@INSIDE@)*)"'
)
TRACE = re.compile(re.escape(@LEAD@) + rf"{OPENED}(\S+?){CLOSED} (.*)")


def unescaped(text):
    return @UNESCAPED@


def read_entry(line, offset, unit):
    """Return the row of an entry, or None when the line is none."""
    found = ENTRY.fullmatch(line)
    if not found:
        return None
    try:
        local = datetime.datetime.strptime(found[1], DATES)
    except ValueError:
        return None
    fields = found.groups()
    agent = unescaped(fields[7])
    return {
        "time": (local - offset).strftime("%Y-%m-%dT%H:%M:%SZ"), "id": fields[1], "method": fields[2],
        "path": fields[3].partition("?")[0], "status": fields[4], "bytes": fields[5].strip("-"),
        "ms": Decimal(fields[6]) * MILLISECONDS[unit], "agent": "" if agent == "-" else agent, "error": "", "trace": 0,
    }


def read_offset(text):
    hours, minutes = text[1:].split(":")
    shift = datetime.timedelta(hours=int(hours), minutes=int(minutes))
    return -shift if text[0] == "-" else shift


def parse(text):
    """Return the rows, and how many lines are malformed."""
    rows, seen, malformed, last = [], {}, 0, None
    offset = unit = None
    for line in text.split("\n"):
        if line.startswith("#"):
            words = line[1:].split()
            if words[:1] == ["offset"]:
                offset = read_offset(words[1])
            if words[:1] == ["unit"]:
                unit = words[1]
            continue
        trace = TRACE.fullmatch(line)
        if trace:
            entry = seen.get(trace[1])
            malformed += entry is None
            if entry is not None:
                add_trace(entry, trace[2])
            continue
        if not line.strip():
            continue
        entry = read_entry(line, offset, unit)
        if entry is None:
            malformed += 1
            continue
        if entry["id"] in seen:
            continue
        seen[entry["id"]] = last = entry
        if entry["path"] != @PROBE@:
            rows.append(entry)
    rows.sort(key=lambda row: row["time"])
    return rows, malformed


def add_trace(entry, text):
    entry["trace"] += 1
    name = text if entry["trace"] == 1 else ""
    if text.startswith("Caused by: "):
        name = text.split("Caused by: ", 1)[1]
    if name:
        entry["error"] = name.partition(":")[0]


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8-sig") as file:
        text = file.read()
    rows, malformed = parse(text)
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    errors = sum(row["trace"] > 0 for row in rows)
    print(f"entries={len(rows)} errors={errors} malformed={malformed}")


main()
'''
