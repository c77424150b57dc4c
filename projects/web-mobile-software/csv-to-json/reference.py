"""The accepted program, and slips that a hasty programmer makes in it."""
# hapi-pytest canary da36c25b-699f-4551-a8fb-cb7899d35984

from typing import Any

from hapi_pytest import Facts

EVERYTHING = (
    "typed-records", "line-breaks-in-fields", "texts-stay-texts", "bad-rows-set-aside", "errors-listed",
    "impossible-values-refused", "empty-fields", "repeated-articles-refused", "columns-by-heading",
    "spreadsheet-export-read", "stdin-and-stdout", "unusable-input-refused", "standard-library-only",
    "help-text",
)  # fmt: skip
FLAWS: dict[str, tuple[str, ...]] = {
    "thousands-dots-unknown": ("typed-records",),
    "lines-split-before-parsing": ("line-breaks-in-fields",),
    "types-guessed": ("texts-stay-texts",),
    "exit-code-always-zero": ("bad-rows-set-aside",),
    "short-rows-padded": ("bad-rows-set-aside", "errors-listed"),
    "lines-counted-instead-of-records": ("errors-listed",),
    "dots-dropped-from-numbers": ("impossible-values-refused",),
    "int-does-the-checking": ("impossible-values-refused",),
    "days-up-to-31": ("impossible-values-refused",),
    "mail-on-empty-lists-missed": ("empty-fields",),
    "object-of-nulls": ("empty-fields",),
    "case-minded-in-article-numbers": ("repeated-articles-refused",),
    "columns-by-position": ("columns-by-heading",),
    "byte-order-mark-kept": ("spreadsheet-export-read",),
    "dash-opened-as-a-file": ("stdin-and-stdout",),
    "missing-column-makes-rows-bad": ("unusable-input-refused",),
    "optional-import": ("standard-library-only",),
    "no-help": ("help-text",),
    "other-file-name": EVERYTHING,
}
EQUIVALENTS: dict[str, str] = {
    "function-for-each-type": "the brief asks for one file and the standard library, and for no structure inside",
    "json-on-one-line": "the brief leaves the formatting of the JSON to us: line breaks, escapes, order of keys",
    "errors-quoted": "the specification names columns and separator of the list of bad rows, no quotes or line ends",
    "saved-on-windows": "Python reads a program with Windows line ends and a byte-order mark like any other",
}
EDITS: dict[str, tuple[str, str]] = {
    "thousands-dots-unknown": (r'GROUPED = r"\d{1,3}(?:\.\d{3})+"', r'GROUPED = r"\d+"'),
    "lines-split-before-parsing": ('io.StringIO(text, newline="")', "text.splitlines()"),
    "types-guessed": (
        "    return text  # text",
        "    return json.loads(text) if LITERAL.fullmatch(text) else text",
    ),
    "exit-code-always-zero": ("return 1 if errors else 0", "return 0"),
    "short-rows-padded": (
        "if len(fields) != len(headings):",
        'fields += [""] * (len(headings) - len(fields))\n        if len(fields) > len(headings):',
    ),
    "lines-counted-instead-of-records": ("number += 1", "number = reader.line_num - 1"),
    "dots-dropped-from-numbers": (r'PLAIN = r"\d+"', r'PLAIN = r"[\d.]+"'),
    "int-does-the-checking": ('if not re.fullmatch(r"-?[0-9]+", text):', "if not text:"),
    "days-up-to-31": (
        "return datetime.datetime.strptime(text, DATE).date().isoformat()",
        "return ISO.format(*(int(text[at : at + n]) for at, n in PARTS))",
    ),
    "mail-on-empty-lists-missed": ('return [] if kind == "list" else None', "return None"),
    "object-of-nulls": ("if all(value is None for value in inner.values()):", "if not inner:"),
    "case-minded-in-article-numbers": ("known = key.casefold()", "known = key"),
    "columns-by-position": ("headings.index(heading)", "[field[0] for field in FIELDS].index(heading)"),
    "byte-order-mark-kept": ('decode("utf-8-sig")', 'decode("utf-8")'),
    "dash-opened-as-a-file": ('if name == "-":', "if not name:"),
    "missing-column-makes-rows-bad": (
        "        fail(f\"missing column: {', '.join(missing)}\")",
        "        headings = [*headings, *missing]",
    ),
    "optional-import": (
        "import sys\n",
        "import sys\n\ntry:\n    import orjson\nexcept ImportError:\n    orjson = None\n",
    ),
    "no-help": ("ArgumentParser(", "ArgumentParser(add_help=False, "),
    "json-on-one-line": (r'ensure_ascii=False, indent=2) + "\n"', "sort_keys=True)"),
    "errors-quoted": (r'csv.writer(lines, lineterminator="\n")', "csv.writer(lines, quoting=csv.QUOTE_ALL)"),
}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Write the program for the columns of the specification."""
    directives = {"DD": "%d", "MM": "%m", "YYYY": "%Y"}
    date = facts.order
    for part, directive in directives.items():
        date = date.replace(part, directive)
    fields = "".join(
        f"    ({heading!r}, {key!r}, {kind!r}, {needed}),\n" for heading, key, kind, needed in facts.fields
    )
    settings: dict[str, Any] = {
        "@fields@": fields,
        "@settings@": "\n".join(
            f"{name} = {value!r}"
            for name, value in (
                ("DELIMITER", facts.delimiter), ("SEPARATOR", facts.separator), ("GROUP", facts.group),
                ("GROUPED_KEYS", ("width", "length")), ("FLAGS", {facts.yes: True, facts.no: False}),
                ("EMPTY", ("", facts.marker)), ("DATE", date),
                ("PARTS", [(facts.order.index(part), len(part)) for part in ("YYYY", "MM", "DD")]),
            )
        ),
    }  # fmt: skip
    program = HEAD + (OTHER_VALUES if "function-for-each-type" in flaws else VALUES) + TAIL
    for mark, text in settings.items():
        program = program.replace(mark, text)
    for flaw in sorted(flaws & EDITS.keys()):
        right, wrong = EDITS[flaw]
        assert right in program, flaw
        program = program.replace(right, wrong)
    if "saved-on-windows" in flaws:
        program = "\ufeff" + program.replace("\n", "\r\n")
    return {"converter.py" if "other-file-name" in flaws else "convert.py": program}


HEAD = r'''"""Convert the stock export (csv) to the shop's JSON."""

import argparse
import csv
import datetime
import io
import json
import re
import sys

# Heading, JSON key, type, required.
FIELDS = [
@fields@]
@settings@
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


'''
VALUES = r'''def value_of(text, kind):
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
        text = fields[headings.index(heading)].strip() if heading in headings else ""
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


'''
OTHER_VALUES = r"""def integer(text):
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def number(text):
    if match := NUMBER.fullmatch(text):
        return float(match[0].replace(".", "").replace(",", "."))
    raise ValueError(text)


def date(text):
    return datetime.datetime.strptime(text, DATE).date().isoformat()


def words(text):
    return text  # text


READERS = {"integer": integer, "number": number, "date": date, "text": words}
READERS["flag"] = lambda text: FLAGS[text.lower()]
READERS["list"] = lambda text: list(filter(None, map(str.strip, text.split(SEPARATOR))))


def value_of(text, kind):
    if text not in EMPTY:
        return READERS[kind](text)
    return [] if kind == "list" else None


def record_of(fields, headings):
    row = {field[0]: "" for field in FIELDS}
    for heading in row.keys() & set(headings):
        row[heading] = fields[headings.index(heading)].strip()
    record = {}
    for heading, key, kind, required in FIELDS:
        try:
            record[key] = value_of(row[heading], kind)
        except (KeyError, ValueError) as error:
            raise BadRow(heading, row[heading]) from error
        if required and record[key] is None:
            raise BadRow(heading, row[heading])
    inner = {key: record.pop(key) for key in GROUPED_KEYS}
    if all(value is None for value in inner.values()):
        inner = None
    return {**record, GROUP: inner}


"""
TAIL = r'''def convert(text):
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
'''
