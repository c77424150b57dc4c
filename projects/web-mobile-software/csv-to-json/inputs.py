"""The stock export's specification with a sample, and the hidden exports that the program is run on."""
# hapi-pytest canary da36c25b-699f-4551-a8fb-cb7899d35984

import json
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

HEADINGS = {
    "sku": ("Artikel", "Art.-Nr.", "Artikelnummer"),
    "title": ("Bezeichnung", "Titel", "Name"),
    "price": ("Preis €", "Verkaufspreis", "VK brutto"),
    "stock": ("Bestand", "Lagermenge", "Menge"),
    "shown": ("Im Shop", "Sichtbar", "Online"),
    "since": ("Seit", "Erstmals am", "Aufgenommen"),
    "tags": ("Schlagwörter", "Stichworte", "Rubriken"),
    "width": ("Breite mm", "Maß quer (mm)", "Größe B"),
    "length": ("Länge mm", "Maß längs (mm)", "Größe L"),
    "shelf": ("Fach", "Regal", "Lagerplatz"),
    "note": ("Notiz", "Bemerkung", "Hinweis"),
}
TYPES = {
    "sku": "text", "title": "text", "price": "number", "stock": "integer", "shown": "flag", "since": "date",
    "tags": "list", "width": "number", "length": "integer", "shelf": "text", "note": "text",
}  # fmt: skip
REQUIRED = ("sku", "title", "price", "stock")
GOODS = (
    "Perlmuttknopf",
    "Zwirn, schwarz",
    "Gummiband",
    "Reißverschluss",
    "Nähnadel",
    "Wollgarn",
    "Schrägband",
    "Öse",
    "Haken, klein",
    "Druckknopf",
    "Kordel",
    "Spitze",
    "Filzrest",
    "Stickgarn",
    "Häkelnadel",
    "Maßband",
    "Fingerhut",
    "Bügelvlies",
)
COLOURS = ("rot", "grün", "weiß", "blau", "natur", "anthrazit", "rosé", "türkis", "senf", "flieder")
KEYWORDS = ("neu", "Öko", "Vorrat", "Sale", "Kinder", "Café", "Tracht")

Setup = dict[str, Any]
Case = dict[str, Any]
Pair = tuple[dict[str, str], dict[str, Any]]
"""One row as it stands in the export, and its record."""


def build(draw: Draw) -> Inputs:
    setup = _setup(draw)
    sample = _bad_rows(draw, setup, "sample")
    cases = {
        "plain": _plain(draw, setup),
        "quoted": _quoted(draw, setup),
        "texts": _texts(draw, setup),
        "bad": _bad_rows(draw, setup, "bad"),
        "impossible": _impossible(draw, setup),
        "empties": _empties(draw, setup),
        "piped": _case(setup, [_good(draw, setup, n) for n in range(3)]),
        "bom": _windows(draw, setup),
        "shuffled": _shuffled(draw, setup),
        "doubles": _doubles(draw, setup),
    }
    lost = draw.choice(REQUIRED[1:])
    lacking = [key for key in TYPES if key != lost]
    header = [setup["headings"][key] for key in lacking]
    raw, _ = _good(draw, setup, 0)
    headless = csv_text(header, [[raw[key] for key in lacking]], delimiter=setup["delimiter"])
    return Inputs(
        files={
            "spec.md": _spec(setup),
            "changes.txt": _changes(setup),
            "sample.csv": sample["text"],
            "expected.json": json.dumps(sample["records"], ensure_ascii=False, indent=2) + "\n",
        },
        given=setup,
        gold={"cases": cases, "headless": headless},
    )


def _setup(draw: Draw) -> Setup:
    yes, no = draw.choice((("ja", "nein"), ("an", "aus"), ("x", "o")))
    order = draw.choice(("DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"))
    headings = {key: draw.choice(options) for key, options in HEADINGS.items()}
    return {
        "delimiter": draw.choice((";", "|")),
        "separator": draw.choice(("+", "/", "&")),
        "yes": yes,
        "no": no,
        "order": order,
        "marker": draw.choice(("n/a", "--", "k.A.", "?")),
        "group": draw.choice(("size", "pack", "item")),
        "prefix": draw.choice(("KZ", "ZW", "NB")),
        "headings": headings,
        "tags_heading": headings["tags"],
        "fields": [[headings[key], key, kind, key in REQUIRED] for key, kind in TYPES.items()],
    }


def _date(setup: Setup, year: int, month: int, day: int) -> str:
    return setup["order"].replace("YYYY", str(year)).replace("MM", f"{month:02d}").replace("DD", f"{day:02d}")


def _comma(hundredths: int) -> str:
    return f"{hundredths // 100},{hundredths % 100:02d}"


def _good(draw: Draw, setup: Setup, index: int) -> Pair:
    """Draw a row that nothing is wrong with; `index` keeps the article numbers of one export apart."""
    price, stock, width, length = (
        draw.integer(105, 89_999), draw.integer(0, 480), draw.integer(31, 899), draw.integer(12, 990),
    )  # fmt: skip
    sku = f"{setup['prefix']}-{draw.integer(100, 989) + index}{'ABCDEFGH'[index % 8]}"
    shown, tags = draw.chance(0.5), draw.sample(KEYWORDS, draw.integer(1, 3))
    year, month, day = draw.integer(2014, 2025), draw.integer(1, 12), draw.integer(1, 28)
    title = f"{draw.choice(GOODS)} {draw.choice(COLOURS)}"
    shelf = f"{draw.choice('ABCDE')}-{draw.integer(1, 40):02d}"
    note = draw.choice(("Ware aus Łódź", "nur auf Anfrage", "letzte Rolle", "Muster im Büro"))
    raw = {
        "sku": sku, "title": title, "price": _comma(price), "stock": str(stock),
        "shown": setup["yes"] if shown else setup["no"], "since": _date(setup, year, month, day),
        "tags": f" {setup['separator']} ".join(tags), "width": f"{width // 10},{width % 10}",
        "length": str(length), "shelf": shelf, "note": note,
    }  # fmt: skip
    record = {
        "sku": sku, "title": title, "price": price / 100, "stock": stock, "shown": shown,
        "since": f"{year}-{month:02d}-{day:02d}", "tags": tags,
        setup["group"]: {"width": width / 10, "length": length}, "shelf": shelf, "note": note,
    }  # fmt: skip
    return raw, record


def _with(pair: Pair, **raw: str) -> dict[str, str]:
    """Return a row with other fields, spoiled on purpose."""
    return pair[0] | raw


def _case(setup: Setup, rows: list[Any], errors: list[list[Any]] | None = None) -> Case:
    """Write an export of pairs, spoiled rows and lists of fields. An error is row, key and value."""
    lines, records = [], []
    for row in rows:
        raw = row[0] if isinstance(row, tuple) else row
        lines.append(list(raw) if isinstance(raw, list) else [raw[key] for key in TYPES])
        if isinstance(row, tuple):
            records.append(row[1])
    header = [setup["headings"][key] for key in TYPES]
    text = csv_text(header, lines, delimiter=setup["delimiter"])
    return {"text": text, "records": records, "errors": errors or []}


def _plain(draw: Draw, setup: Setup) -> Case:
    rows = [_good(draw, setup, index) for index in range(4)]
    price = draw.integer(1001, 9799) * 100 + draw.integer(11, 98)
    rows[1][0]["price"], rows[1][1]["price"] = (
        f"{price // 100_000}.{_comma(price % 100_000).zfill(6)}",
        price / 100,
    )
    rows[2][0]["stock"], rows[2][1]["stock"] = (negative := f"-{draw.integer(2, 60)}"), int(negative)
    rows[3][0]["shown"], rows[3][1]["shown"] = setup["yes"].upper(), True
    rows[3][0]["title"] = f"  {rows[3][0]['title']} "
    return _case(setup, rows)


def _quoted(draw: Draw, setup: Setup) -> Case:
    rows = [_good(draw, setup, index) for index in range(3)]
    texts = (
        f'Lieferung {draw.integer(2, 9)} Rollen\nRest folgt\n\nbitte "liegend" lagern',
        f"{draw.choice(COLOURS)}{setup['delimiter']} {draw.choice(COLOURS)}{setup['delimiter']} sortiert",
    )
    rows[0][0]["note"] = rows[0][1]["note"] = texts[0]
    rows[1][0]["title"] = rows[1][1]["title"] = texts[1]
    return _case(setup, rows)


def _texts(draw: Draw, setup: Setup) -> Case:
    """Texts that look like something else."""
    rows = [_good(draw, setup, index) for index in range(3)]
    number = f"00{draw.integer(100, 999)}"
    for index, key, text in (
        (0, "sku", number), (0, "shelf", f"0{draw.integer(1, 9)}"), (1, "shelf", "NaN"),
        (1, "title", draw.choice(("1e5", "3e2"))), (2, "title", draw.choice(("true", "null"))),
        (2, "note", f"{draw.integer(1, 9)},50"),
    ):  # fmt: skip
        rows[index][0][key] = rows[index][1][key] = text
    return _case(setup, rows)


def _bad_rows(draw: Draw, setup: Setup, purpose: str) -> Case:
    good = [_good(draw, setup, index) for index in range(5)]
    if purpose == "sample":
        return _case(setup, [*good[:4], _with(good[4], stock="viel"), _good(draw, setup, 5)])
    # A line break before the bad rows sets records and lines apart.
    good[0][0]["note"] = good[0][1]["note"] = "erste Zeile\nzweite Zeile"
    words, spoiled = (
        draw.sample(("drei", "ca. 12", "zwei Stk"), 2),
        [_good(draw, setup, index) for index in (5, 6, 7)],
    )
    short = [spoiled[2][0][key] for key in TYPES][: draw.integer(6, 9)]
    doubt = draw.choice(("vielleicht", "fast", "bald"))
    rows = [
        good[0], _with(spoiled[0], stock=words[0]), good[1], short, good[2],
        _with(spoiled[1], title="", stock=words[1]), good[3], _with(good[4], shown=doubt),
    ]  # fmt: skip
    errors = [[2, "stock", words[0]], [4, "*", ""], [6, "title", ""], [8, "shown", doubt]]
    return _case(setup, rows, errors)


def _impossible(draw: Draw, setup: Setup) -> Case:
    """Values that lenient conversions let through."""
    good = [_good(draw, setup, index) for index in range(7)]
    day = _date(setup, draw.integer(2019, 2025), *draw.choice(((2, 30), (4, 31), (6, 31), (11, 31))))
    spoiled = [
        _with(good[1], since=day),
        _with(good[3], price=f"{draw.integer(11, 98)}.{draw.integer(1, 9)}"),
        _with(good[5], stock=f"{draw.integer(1, 9)}_000"),
    ]
    return _case(setup, [good[0], spoiled[0], good[2], spoiled[1], good[4], spoiled[2], good[6]])


def _empties(draw: Draw, setup: Setup) -> Case:
    rows = [_good(draw, setup, index) for index in range(4)]
    optional = [key for key in TYPES if key not in REQUIRED]
    for row, empty in ((rows[0], ""), (rows[1], setup["marker"])):
        row[0].update(dict.fromkeys(optional, empty))
        row[1].update(dict.fromkeys(("shown", "since", "shelf", "note", setup["group"])), tags=[])
    half = draw.choice(("width", "length"))
    rows[2][0][half], rows[2][1][setup["group"]][half] = "", None
    return _case(setup, [*rows[:3], _with(rows[3], stock=setup["marker"]), _good(draw, setup, 5)])


def _windows(draw: Draw, setup: Setup) -> Case:
    case = _case(setup, [_good(draw, setup, index) for index in range(3)])
    return case | {"text": "\ufeff" + case["text"].replace("\n", "\r\n")}


def _shuffled(draw: Draw, setup: Setup) -> Case:
    """Other column order, and a column that nobody asked for."""
    pairs = [_good(draw, setup, index) for index in range(3)]
    keys = draw.shuffled(tuple(TYPES))
    while keys[0] == "sku" or keys == list(TYPES):
        keys = draw.shuffled(tuple(TYPES))
    keys.insert(draw.integer(1, 9), "extra")
    header = [setup["headings"].get(key, "Lieferant") for key in keys]
    lines = [[raw.get(key, "Weberei Süd") for key in keys] for raw, _ in pairs]
    text = csv_text(header, lines, delimiter=setup["delimiter"])
    return {"text": text, "records": [record for _, record in pairs], "errors": []}


def _doubles(draw: Draw, setup: Setup) -> Case:
    """The same number in other case, and once after a row that was refused."""
    good = [_good(draw, setup, index) for index in range(6)]
    refused = _with(good[2], stock="??")
    first = good[0][1]["sku"]
    return _case(
        setup,
        [good[0], refused, good[1], _with(good[3], sku=first.lower()), good[2], _with(good[4], sku=first)],
    )


def _spec(setup: Setup) -> str:
    rows = "\n".join(
        f"| {heading} | {setup['group'] + '.' if key in ('width', 'length') else ''}{key} | {kind} "
        f"| {'yes' if required else 'no'} |"
        for heading, key, kind, required in setup["fields"]
    )
    delimiter = {";": "semicolon", "|": "vertical bar"}[setup["delimiter"]]
    return SPEC.format(rows=rows, delimiter_name=delimiter, **setup)


def _changes(setup: Setup) -> str:
    return CHANGES.format(**setup)


SPEC = """# Stock export to shop JSON

## Calling it

    python3 convert.py INPUT OUTPUT [--errors FILE]

INPUT `-` reads standard input, OUTPUT `-` writes to standard output (then nothing else is printed
there). `--help` explains the call.

## Reading

UTF-8, with or without a byte-order mark; line ends from any system. Fields are separated by a
{delimiter_name} (`{delimiter}`). A field in double quotes may hold separators, line breaks and doubled
quotes. The first record holds the headings. Columns are found by heading, in whatever order they come;
unknown columns are ignored, and an optional column that is not there counts as empty. Empty lines are
skipped and not counted. Spaces around a value are dropped.

## Columns

| heading | JSON | type | required |
|---|---|---|---|
{rows}

A dot in the JSON column means an object inside the record.

- text: stays text, character by character, whatever it looks like.
- integer: digits, with a minus sign before them if negative; nothing else.
- number: decimal comma, digits before it and, if there is a comma, behind it. A minus sign may stand in
  front.
- flag: `{yes}` is true, `{no}` is false, in any case.
- date: {order} in the file, YYYY-MM-DD in the JSON; it must exist in the calendar.
- list: values separated by `{separator}`, spaces around each dropped; a JSON array of texts.

An empty field that is not required is null, lists too. Where all fields of an inner object are empty,
the object itself is null.

## Writing

One JSON array of records in the order of the file, UTF-8. Every record has all the keys.

## Bad rows

A row is bad when a required field is empty, a field does not fit its type, or it has more or fewer
fields than the headings. So is an otherwise good row whose article number (the first column of the
table above) was used by an earlier accepted row, upper or lower case alike. Bad rows are left out of
the JSON; the rest is converted.

With `--errors FILE` they are listed in a comma-separated file with the columns `row`, `column`,
`value`: the record's number (the first after the headings is 1; a record with line breaks counts once),
the heading of the first bad field in the order of the table above, and the field as it stood. For a
wrong count of fields `column` is `*` and `value` is empty.

## Exit codes

- 0: everything converted.
- 1: converted, but there were bad rows.
- 2: the input cannot be opened or a required column is missing. A message goes to standard error and
  OUTPUT is not written.
"""

CHANGES = """From: Łucja (warehouse)
To: Theo
Subject: Re: Re: export, three things that are not in your spec

Hi Theo,

the spec is from before the stocktake. Please have whoever writes the program mind this, it wins over
the old text:

1. People now type {marker} where there is nothing to say. That counts as an empty field, in every
   column.
2. The new till writes large amounts with dots: 1.234,50 is one thousand two hundred and so on. Dots
   stand between groups of three digits only. Anything else with a dot in a number, such as 12.5, is a
   typing error and makes the row bad; do not guess what was meant.
3. An empty "{tags_heading}" must come out as an empty list []. With null the shop's filter falls over.

Łucja
"""
