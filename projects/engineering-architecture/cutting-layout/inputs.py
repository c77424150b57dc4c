"""A list of cabinet parts, two sheets of plywood, the rules of a router and a note from the bench."""
# hapi-pytest canary ac077677-8379-4699-a6c5-ddcda55b1662

import json
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

FIRMS = (
    "Birkholz & Tochter", "Plane Street Joiners", "Snedkeriet Ask", "Menuiserie Lacroix", "Old Dock Cabinets", "Truhla",
)  # fmt: skip
OWNERS = ("Jorun", "Bastian", "Maëlle", "Hamish", "Zdenka", "Åse", "Corin", "Lieselotte")
ROOMS = (
    "a doctor's waiting room", "a village library", "a violin maker's shop", "a small pharmacy", "a music school",
    "a notary's office", "a ferry terminal kiosk", "a seed bank", "a school kitchen", "a physiotherapist's rooms",
)  # fmt: skip
NAMES = {
    "side": ("side", "Seite", "upright"), "shelf": ("shelf", "Fachboden", "fixed shelf"),
    "front": ("front", "door blank", "Klappe"), "plinth": ("plinth", "Sockel", "kick board"),
    "rail": ("rail", "Traverse", "back rail"), "bench": ("bench board", "long shelf", "Sitzbrett"),
    "hook": ("hook plate", "Winkel", "corner plate"), "gusset": ("gusset", "Knagge", "shelf support"),
    "dropped": ("towel bar plate", "cable flap", "stop block"), "back": ("back", "Rückwand", "back panel"),
    "glass": ("glass shelf", "pane", "Glasboden"),
}  # fmt: skip
SIZES: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "side": ((560, 630), (280, 306)), "shelf": ((420, 478), (250, 272)), "front": ((530, 592), (205, 238)),
    "plinth": ((90, 118), (7, 9)), "rail": ((400, 462), (84, 108)), "bench": ((1480, 1690), (150, 184)),
    "hook": ((200, 250), (140, 178)), "gusset": ((170, 208), (110, 134)), "dropped": ((240, 300), (90, 120)),
    "back": ((540, 600), (400, 470)), "glass": ((380, 430), (160, 200)),
}  # fmt: skip
"""Length and width in mm, those of the plinth in cm."""
GRAIN = {"side": "L", "shelf": "L", "front": "W", "plinth": "L", "bench": "L", "dropped": "L"}
BANDS = {
    "side": ("L1", "L1 W1", "L1 W2"), "shelf": ("L1",), "front": ("L2 W2",), "plinth": ("L1", "L1 W2"),
    "bench": ("L2 W1", "L2"), "rail": ("L1", ""), "dropped": ("L2 W2",),
}  # fmt: skip
COUNTS = {"side": (2, "each"), "shelf": (1, "each"), "front": (1, "each"), "plinth": (2, "once"), "rail": (2, "each")}
COUNTS |= {"bench": (1, "once"), "hook": (1, "each"), "gusset": (2, "each"), "dropped": (1, "each")}
COUNTS |= {"back": (1, "each"), "glass": (2, "once")}
RULES = """Router: what we need with every order

1. One DXF for each sheet, in millimetres, and said so in the header. The sheet lies with its lower left corner at 0, 0,
its long side along x.

2. Layers. SHEET: the outline of the sheet. CUT: the outlines of the pieces, each one closed, of straight lines. MARK:
one text in each piece, beginning with the number of the part; the point where the text is put lies inside the piece.
Nothing else, and nothing on other layers.

3. Between two pieces {gap} mm at least, for the tool. To the edges of the sheet {margin} mm at least.

4. Pieces lie straight or turned by quarter turns. The good side is up: no piece is mirrored.

5. Grain. In the list of parts L means that the grain runs along the length of the part, W that it runs along its width,
and an empty field that it does not matter. Which way it runs in a sheet stands with the sheets.

6. Edges. The sizes in a list of parts are finished sizes. L1 means that one of the two edges along the length gets a
band, L2 both; W1 and W2 likewise for the edges along the width. A band is {band} mm thick, and the piece is cut smaller
by that for each band: a band on an edge along the length takes from the width, and the other way round.
Shaped parts get no bands; their corners in shapes.json are cut sizes.
"""
NOTE = """Note on the order for {room}

- It is {cabinets} cabinets now, not {old_cabinets}. What is needed for each of them has to be there for all.
- Part {dropped} is not needed any more.
- Part {front}: {lower} mm less long than the list says, the ceiling is lower there.
- Sheet 2 has taken a knock: the lower right corner, {bruise_x} mm along x and {bruise_y} mm along y, is spoilt. No
  piece may reach into it.
- Of sheet 1 we need a strip for another job: the last {strip} mm along x, over the whole height, have to stay whole.
- The router people say we may forget about the grain, nobody ever sees it. They always say that.
"""

Values = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw cabinets whose parts fill somewhat more than one of two sheets."""
    ids = dict(zip(NAMES, (f"{number:03d}" for number in draw.sample(range(2, 90), len(NAMES))), strict=True))
    cabinets, band = 3, draw.choice((0.6, 0.8, 1.3, 1.5, 1.8, 2.2))
    parts = {role: _part(draw, role, ids[role]) for role in NAMES}
    lower = draw.integer(14, 38)
    given = {
        **ids, "firm": draw.choice(FIRMS), "owner": draw.choice(OWNERS), "room": draw.choice(ROOMS),
        "cabinets": cabinets, "old_cabinets": draw.choice((2, 4)), "lower": lower, "band": band,
        "gap": draw.choice((6, 7, 8)), "margin": draw.choice((10, 12, 15)), "strip": draw.integer(26, 34) * 10,
        "bruise_x": draw.integer(16, 26) * 10, "bruise_y": draw.integer(18, 40) * 10, "sheets": _sheets(draw),
        "parts": list(parts.values()), "shapes": _shapes(parts),
    }  # fmt: skip
    kept = {role: part for role, part in parts.items() if role not in ("dropped", "back", "glass")}
    gold = {
        "counts": {p["part"]: p["count"] * (cabinets if p["for"] == "each" else 1) for p in kept.values()},
        "sizes": {p["part"]: _cut(p, role, lower, band) for role, p in kept.items()},
        "bands": {p["part"]: _bands(p, role, lower) for role, p in kept.items()},
    }
    return Inputs(files=_files(given), given=given, gold=gold)


def _part(draw: Draw, role: str, number: str) -> Values:
    """Draw a part as the list has it."""
    is_rough = role == "plinth"
    parts = 10 if is_rough else 1 if role in ("hook", "gusset") else 2
    length, width = (draw.integer(parts * low, parts * high) / parts for low, high in SIZES[role])
    count, each = COUNTS[role]
    return {
        "part": number,
        "name": draw.choice(NAMES[role]),
        "material": {"back": "ply 9", "glass": "glass 6"}.get(role, "ply 18"),
        "count": count,
        "for": each,
        "length": int(length) if length.is_integer() else length,
        "width": int(width) if width.is_integer() else width,
        "unit": "cm" if is_rough else "mm",
        "grain": GRAIN.get(role, ""),
        "bands": draw.choice(BANDS.get(role, ("",))),
    }


def _sheets(draw: Draw) -> list[Values]:
    """The whole sheet and the rest of another one, which was cut across."""
    first = [draw.integer(250, 255) * 10, draw.integer(124, 127) * 10]
    second = [draw.integer(196, 208) * 10, draw.integer(122, 126) * 10]
    return [{"size": first, "grain": "x"}, {"size": second, "grain": "y"}]


def _shapes(parts: dict[str, Values]) -> dict[str, list[list[int]]]:
    """Return the corners of the two shaped parts, neither of which is its own mirror image."""
    hook, gusset = parts["hook"], parts["gusset"]
    long, deep, arm = hook["length"], hook["width"], hook["width"] * 2 // 5
    wide, high = gusset["length"], gusset["width"]
    return {
        hook["part"]: [[0, 0], [long, 0], [long, arm], [arm - 12, arm], [arm - 12, deep], [0, deep]],
        gusset["part"]: [[0, 0], [wide, 0], [wide, high // 3], [60, high], [0, high]],
    }


def _finished(part: Values, role: str, lower: int) -> tuple[float, float]:
    scale = 10 if part["unit"] == "cm" else 1
    return part["length"] * scale - (lower if role == "front" else 0), part["width"] * scale


def _banded(part: Values) -> tuple[int, int]:
    """Return how many edges along the length and along the width get a band."""
    told = {word[0]: word[1] for word in part["bands"].split()}
    return int(told.get("L", 0)), int(told.get("W", 0))


def _cut(part: Values, role: str, lower: int, band: float) -> list[float]:
    (length, width), (along, across) = _finished(part, role, lower), _banded(part)
    return [round(length - across * band, 3), round(width - along * band, 3)]


def _bands(part: Values, role: str, lower: int) -> float:
    """Return how much band a piece takes, along its finished edges."""
    (length, width), (along, across) = _finished(part, role, lower), _banded(part)
    return round(along * length + across * width, 3)


def _files(given: Values) -> dict[str, str | bytes]:
    columns = ("part", "name", "material", "count", "for", "length", "width", "unit", "grain", "bands")
    rows = [[part[column] for column in columns] for part in sorted(given["parts"], key=lambda part: str(part["part"]))]
    sheets = [
        {"sheet": number, "long_side": sheet["size"][0], "short_side": sheet["size"][1], "grain_along": sides}
        for number, sheet, sides in zip((1, 2), given["sheets"], ("long side", "short side"), strict=True)
    ]
    shapes = {part: {"unit": "mm", "corners": corners} for part, corners in given["shapes"].items()}
    return {
        "parts.csv": csv_text(columns, rows, delimiter=";"),
        "shapes.json": json.dumps({"seen": "good side up", "shapes": shapes}, indent=1) + "\n",
        "sheets.csv": csv_text(tuple(sheets[0]), [tuple(sheet.values()) for sheet in sheets]),
        "router.docx": _document(RULES.format(**given)),
        "note.txt": NOTE.format(**given),
    }


def _document(text: str) -> bytes:
    import docx

    document = docx.Document()
    for paragraph in text.strip().split("\n\n"):
        document.add_paragraph(" ".join(paragraph.split()))
    return office_bytes(document)
