"""Turn the shop's log into a table: python3 parse.py LOG CSV."""

import csv
import datetime
import re
import sys
from decimal import Decimal

DATES = '%Y-%m-%d %H:%M:%S'
OPENED, CLOSED = re.escape('<'), re.escape('>')
COLUMNS = ("time", "id", "method", "path", "status", "bytes", "ms", "agent", "error", "trace")
MILLISECONDS = {"us": Decimal("0.001"), "ms": 1, "s": 1000}
ENTRY = re.compile(
    rf'(\S+ \S+) {OPENED}(\S+?){CLOSED} "(\S+) ([^\s"]+) HTTP/1\.1" (\d\d\d) (\d+|-) (\d+(?:\.\d+)?) "((?:[^"]|"")*)"'
)
TRACE = re.compile(re.escape('  | ') + rf"{OPENED}(\S+?){CLOSED} (.*)")


def unescaped(text):
    return text.replace('""', '"')


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
        if entry["path"] != '/ready':
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
