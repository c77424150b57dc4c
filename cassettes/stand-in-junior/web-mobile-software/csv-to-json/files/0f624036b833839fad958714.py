"""Convert the stock export (csv) to the shop's JSON."""

import argparse
import csv
import datetime
import io
import json
import re
import sys

# Heading, JSON key, type, required.
FIELDS = [
    ('Art.-Nr.', 'sku', 'text', True),
    ('Titel', 'title', 'text', True),
    ('Verkaufspreis', 'price', 'number', True),
    ('Bestand', 'stock', 'integer', True),
    ('Im Shop', 'shown', 'flag', False),
    ('Erstmals am', 'since', 'date', False),
    ('Rubriken', 'tags', 'list', False),
    ('Breite mm', 'width', 'number', False),
    ('Maß längs (mm)', 'length', 'integer', False),
    ('Lagerplatz', 'shelf', 'text', False),
    ('Hinweis', 'note', 'text', False),
]
DELIMITER = '|'
SEPARATOR = '+'
GROUP = 'pack'
GROUPED_KEYS = ('width', 'length')
FLAGS = {'ja': True, 'nein': False}
EMPTY = ('', '?')
DATE = '%d/%m/%Y'
PARTS = [(6, 4), (3, 2), (0, 2)]
GROUPED = r"\d{1,3}(?:\.\d{3})+"
PLAIN = r"\d+"
NUMBER = re.compile(rf"-?(?:{GROUPED}|{PLAIN})(?:,\d+)?")
LITERAL = re.compile(r"[1-9]\d*(\.\d+)?([eE]\d+)?|true|false|null|NaN")
ISO = "{:04d}-{:02d}-{:02d}"


class BadRow(Exception):
    """A row that is left out, with the heading of its first bad field and that field."""


def fail(message):
    print(f"convert.py: {message}", file=sys.stderr)
    sys.exit(2)


def read(name):
    try:
        if name == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        with open(name, "rb") as file:
            return file.read().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"cannot read {name}: {error}")


def write(name, text):
    if name == "-":
        sys.stdout.buffer.write(text.encode())
        return
    with open(name, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def value_of(text, kind):
    """Return a field's value; ValueError when it does not fit its type."""
    if text in EMPTY:
        return [] if kind == "list" else None
    if kind == "integer":
        if not re.fullmatch(r"-?[0-9]+", text):
            raise ValueError(text)
        return int(text)
    if kind == "number":
        if not NUMBER.fullmatch(text):
            raise ValueError(text)
        return float(text.replace(".", "").replace(",", "."))
    if kind == "flag":
        if text.lower() not in FLAGS:
            raise ValueError(text)
        return FLAGS[text.lower()]
    if kind == "date":
        return datetime.datetime.strptime(text, DATE).date().isoformat()
    if kind == "list":
        return [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    return text  # text


def record_of(fields, headings):
    record, inner = {}, {}
    for heading, key, kind, required in FIELDS:
        text = fields[[field[0] for field in FIELDS].index(heading)].strip() if heading in headings else ""
        try:
            value = value_of(text, kind)
        except ValueError:
            raise BadRow(heading, text) from None
        if required and value is None:
            raise BadRow(heading, text)
        (inner if key in GROUPED_KEYS else record)[key] = value
    if all(value is None for value in inner.values()):
        inner = None
    record[GROUP] = inner
    return record


def convert(text):
    """Return the records, and row, heading and field of every bad row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITER)
    headings = [heading.strip() for heading in next(reader, [])]
    missing = [heading for heading, _, _, required in FIELDS if required and heading not in headings]
    if missing:
        fail(f"missing column: {', '.join(missing)}")
    records, errors, seen, number = [], [], set(), 0
    for fields in reader:
        if not fields:
            continue
        number += 1
        if len(fields) != len(headings):
            errors.append((number, "*", ""))
            continue
        try:
            record = record_of(fields, headings)
            key = record[FIELDS[0][1]]
            known = key.casefold()
            if known in seen:
                raise BadRow(FIELDS[0][0], key)
        except BadRow as error:
            errors.append((number, *error.args))
            continue
        seen.add(known)
        records.append(record)
    return records, errors


def main():
    parser = argparse.ArgumentParser(description="Convert the stock export (csv) to the shop's JSON.")
    parser.add_argument("input", help="csv file, or - for standard input")
    parser.add_argument("output", help="JSON file, or - for standard output")
    parser.add_argument("--errors", metavar="FILE", help="csv file to list bad rows in")
    options = parser.parse_args()
    records, errors = convert(read(options.input))
    write(options.output, json.dumps(records, ensure_ascii=False, indent=2) + "\n")
    if options.errors:
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([("row", "column", "value"), *errors])
        write(options.errors, lines.getvalue())
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
