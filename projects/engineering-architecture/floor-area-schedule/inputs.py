"""The survey, use list and measuring rules of a converted dyeworks, drawn from the seed."""
# hapi-pytest canary f6bef040-9680-4a8c-988d-2423c7d95cc5

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text, office_bytes

RULES = """
1. Gross area. The area inside a room's outline. Outlines follow the bare wall, so nothing is added for
walls.

2. Voids. A void gets no row. Where a void lies inside a room's outline, its area comes off that room's
gross area. A void next to a room changes nothing.

3. Overlaps. Where two outlines overlap, the shared piece counts once. It stays with the room whose use has
the smaller rank number in uses.csv and comes off the gross area of the other. Both rooms report it all the
same: overlap_m2 holds the shared piece, overlap_with the number of the other room.

4. Wall linings. The lining takes off the room's perimeter times the lining thickness of its use (lining_mm,
in millimetres). Perimeter means the whole outline as surveyed; corners, voids and overlaps are not
corrected for. Write 0 where there is no lining.

5. Net area is gross area less lining.

6. Rounding. All areas in square metres with two decimals, half a hundredth upwards. Gross, lining and net
are each rounded once, from unrounded values. Totals add up the net areas as written, so that the column can
be checked with a pencil.

7. Revisions. Revisions run P1, P2, P3 and so on. Where a number was surveyed more than once, only the
latest revision counts, in the schedule and on the plan.

8. Uses. The survey may still carry an old code; the schedule shows today's code.

Note added on site: the linings of room STRIPPED were taken out in the strip-out, so no lining comes off
there, whatever the list says.
"""

Outline = list[tuple[int, int]]
"""Corners in whole centimetres, x east and y north, so that every area is exact."""

NAMES = {
    "tie_south": ("Büro Süd", "Office Hélène", "Kontor Åberg"),
    "ell": ("Atelier Søren", "Studio Ngô", "Workshop Włodarczyk"),
    "tucked": ("WC Ost", "Washroom East", "Shower & WC"),
    "splayed": ("Küche", "Café kitchen", "Servery"),
    "metric": ("Besprechung", "Meeting Žižka", "Meeting Blå"),
    "corridor": ("Corridor", "Flur", "Passage"),
    "hall": ("Färbersaal", "Hall", "Great Dyeing Hall"),
    "court": ("Foyer", "Reception", "Entrée"),
    "left": ("Office Müller & Søn", "Büro Nord", "Office Ødegård"),
    "right": ("Café", "Bistro Façade", "Tea bar"),
    "revised": ("Archive", "Lager", "Store Nord"),
    "tie_north": ("Office Peña", "Büro Ost", "Office Łuczak"),
    "terrace": ("Terrace", "Dachgarten", "Loggia"),
}
USES = {
    "tie_south": "OFF", "ell": "OFF", "tucked": "WET", "splayed": "CAT", "metric": "MTG", "corridor": "CIR",
    "hall": "EVT", "court": "EVT", "left": "OFF", "right": "CAT", "revised": "STO", "tie_north": "OFF",
    "terrace": "EXT",
}  # fmt: skip
LABELS = {
    "OFF": "Offices and studios", "MTG": "Meeting", "EVT": "Events, foyer", "CAT": "Catering, café",
    "STO": "Stores", "WET": "Washrooms", "CIR": "Circulation", "EXT": "Terraces (outside)",
}  # fmt: skip
SPECIAL = ("hall", "left", "right", "revised")
"""Rooms whose gross area needs more than their outline."""


class Plan(NamedTuple):
    """One storey: outlines by role, and what lies in them."""

    rooms: dict[str, Outline]
    older: Outline
    stairwell: Outline
    lightwell: Outline
    shared_cm2: int


def build(draw: Draw) -> Inputs:
    """Draw storeys until rounding bites in the rooms and in the sums that are meant to show it."""
    numbers = [f"{number:03d}" for number in draw.sample(range(1, 40), len(USES))]
    ids = dict(zip(USES, numbers, strict=True))
    linings, ranks, lettable = _linings(draw), _ranks(draw), _lettable(draw)
    while True:
        plan = _plan(draw)
        areas = _areas(plan, ranks, linings)
        if _rounding_bites(plan, areas):
            break
    names = {role: draw.choice(options) for role, options in NAMES.items()}
    survey = _survey(draw, plan, ids, names)
    uses = [
        [code, LABELS[code], "yes" if lettable[code] else "no", ranks[code], _comma(linings[code]),
         "KIT" if code == "CAT" else None]
        for code in draw.shuffled(tuple(LABELS))
    ]  # fmt: skip
    scale = draw.choice((25, 40, 50))
    header = ["code", "label", "lettable", "rank", "lining_mm", "old_code"]
    given = {role: ids[role] for role in ("ell", "court", "hall", "left", "right", "revised")} | {
        "scale": scale,
        "survey": survey,
        "uses": [dict(zip(header, row, strict=True)) for row in uses],
        "stripped": ids["metric"],
        "recoded": ids["right"],
        "names": {ids[role]: name for role, name in names.items()},
        "outlines": {ids[role]: outline for role, outline in plan.rooms.items()},
        "voids": {"V1": plan.stairwell, "V2": plan.lightwell},
    }
    return Inputs(
        files={
            "rooms.json": _export(survey),
            "uses.csv": csv_text(header, uses, delimiter=";"),
            "measuring-rules.docx": _rules(ids["metric"]),
        },
        given=given,
        gold=_gold(ids, areas, lettable, plan),
    )


def _linings(draw: Draw) -> dict[str, Decimal]:
    """Draw thicknesses in mm; some stand with a decimal comma in the list."""
    zero = dict.fromkeys(LABELS, Decimal(0))
    meeting = Decimal(draw.choice((40, 45, 50, 60)))
    events = Decimal(draw.choice((125, 175, 225))) / 10
    wet = Decimal(draw.choice((185, 215, 235))) / 10
    return zero | {"MTG": meeting, "EVT": events, "WET": wet, "CAT": Decimal(draw.choice((14, 15, 18)))}


def _ranks(draw: Draw) -> dict[str, int]:
    return {code: rank for rank, code in enumerate(draw.shuffled(tuple(LABELS)), 1)}


def _lettable(draw: Draw) -> dict[str, bool]:
    return {code: code not in ("WET", "CIR", "EXT") and (code != "STO" or draw.chance(0.5)) for code in LABELS}


def _comma(value: Decimal) -> str:
    return str(value).replace(".", ",")


def _box(x: int, y: int, width: int, height: int) -> Outline:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _between(draw: Draw, low: int, high: int) -> int:
    return draw.cents(low, high, step=5)


def _plan(draw: Draw) -> Plan:
    """Lay out two rows of rooms along a corridor, and a terrace, with walls of one thickness between."""
    wall = draw.choice((15, 20, 25))
    west, south = _between(draw, -900, 900), _between(draw, 300, 1500)
    rooms, east = _south_row(draw, west, south, wall, deep := _between(draw, 520, 640))
    corridor = south + deep + wall
    north = corridor + (across := _between(draw, 170, 230)) + wall
    row, older, stairwell, lightwell, shared, far = _north_row(draw, west, north, wall)
    length = max(east, far) - west
    # A corner in the middle of the corridor's long side, as surveys have them at door jambs.
    rooms["corridor"] = [(west, corridor), (west + 300, corridor), *_box(west, corridor, length, across)[1:]]
    rooms |= row
    rooms["terrace"] = _box(west + length + wall, south, _between(draw, 250, 420), _between(draw, 400, 700))
    return Plan({role: rooms[role] for role in USES}, older, stairwell, lightwell, shared)


def _south_row(draw: Draw, west: int, y: int, wall: int, deep: int) -> tuple[dict[str, Outline], int]:
    rooms = {"tie_south": _box(west, y, width := _between(draw, 320, 480), _between(draw, 380, 500))}
    x = west + width + wall
    width, arm = _between(draw, 620, 760), _between(draw, 110, 140)
    rooms["ell"] = [
        (x, y), (x + width, y), (x + width, y + arm), (x + arm, y + arm), (x + arm, y + deep), (x, y + deep),
    ]  # fmt: skip
    inner = arm + wall
    rooms["tucked"] = _box(x + inner, y + inner, width - inner, deep - inner)
    x += width + wall
    width, cut = _between(draw, 420, 560), draw.choice((20, 25, 30))
    # Three by four along the walls, so that the slope is a whole five.
    rooms["splayed"] = [
        (x, y), (x + width - 3 * cut, y), (x + width, y + 4 * cut), (x + width, y + deep), (x, y + deep),
    ]  # fmt: skip
    x += width + wall
    rooms["metric"] = _box(x, y, width := _between(draw, 350, 520), _between(draw, 400, 515))
    return rooms, x + width


def _north_row(
    draw: Draw, west: int, y: int, wall: int
) -> tuple[dict[str, Outline], Outline, Outline, Outline, int, int]:
    deep = _between(draw, 560, 680)
    rooms = {"hall": _box(west, y, width := 10 * draw.integer(83, 101), tall := 10 * (deep // 10))}
    wide, high = 10 * draw.integer(16, 24), 10 * draw.integer(12, 20)
    stairwell = _box(west + (width - wide) // 2, y + (tall - high) // 2, wide, high)
    x = west + width + wall
    width, side, down = _between(draw, 640, 760), _between(draw, 150, 190), _between(draw, 360, 450)
    inside, outside = x + side, x + width - side
    rooms["court"] = [
        (x, y), (x + width, y), (x + width, y + deep), (outside, y + deep), (outside, y + deep - down),
        (inside, y + deep - down), (inside, y + deep), (x, y + deep),
    ]  # fmt: skip
    lightwell = _box(inside + wall, y + deep - down + wall, outside - inside - 2 * wall, down - wall)
    x += width + wall
    rooms["left"] = _box(x, y, width := _between(draw, 380, 460), deep)
    x += width - (lap := _between(draw, 35, 70))
    rooms["right"] = _box(x, y, width := _between(draw, 460, 600), high := _between(draw, 400, 520))
    x += width + wall
    rooms["revised"] = _box(x, y, width := _between(draw, 300, 380), deep)
    older = _box(x, y, width - _between(draw, 40, 80), deep)
    x += width + wall
    rooms["tie_north"] = _box(x, y, width := _between(draw, 300, 450), _between(draw, 380, 520))
    return rooms, older, stairwell, lightwell, lap * high, x + width


def _area_cm2(outline: Outline) -> int:
    pairs = zip(outline, outline[1:] + outline[:1], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) // 2


def _perimeter_cm(outline: Outline) -> int:
    pairs = zip(outline, outline[1:] + outline[:1], strict=True)
    return sum(round(((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5) for (ax, ay), (bx, by) in pairs)


def _areas(
    plan: Plan, ranks: dict[str, int], linings: dict[str, Decimal]
) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Return gross, lining and net of every room in m², not rounded."""
    loser = "left" if ranks[USES["left"]] > ranks[USES["right"]] else "right"
    less = {"hall": _area_cm2(plan.stairwell), loser: plan.shared_cm2}
    areas = {}
    for role, outline in plan.rooms.items():
        gross = Decimal(_area_cm2(outline) - less.get(role, 0)) / 10_000
        thickness = Decimal(0) if role == "metric" else linings[USES[role]]
        lining = Decimal(_perimeter_cm(outline)) / 100 * thickness / 1000
        areas[role] = (gross, lining, gross - lining)
    return areas


def _half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _rounding_bites(plan: Plan, areas: dict[str, tuple[Decimal, Decimal, Decimal]]) -> bool:
    """Tell whether both offices meant for it end on half a hundredth, and offices do not add up unrounded."""
    for role in ("tie_south", "tie_north"):
        net = areas[role][2]
        # Half to even and binary floats must both go wrong here.
        if net * 1000 % 20 != 5 or round(float(net), 2) == float(_half_up(net)):
            return False
    offices = [areas[role][2] for role in USES if USES[role] == "OFF"]
    return _half_up(sum(offices, Decimal(0))) != sum(map(_half_up, offices), Decimal(0))


def _survey(draw: Draw, plan: Plan, ids: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    newest, previous = draw.choice((("P10", "P9"), ("P11", "P8"), ("P12", "P9")))
    revisions = {role: f"P{draw.integer(3, 12)}" for role in USES} | {"revised": newest}
    spaces = []
    for role in draw.shuffled(tuple(USES)):
        code = {"right": "KIT", "tie_north": "off "}.get(role, USES[role])
        unit = "mm" if role == "metric" else "m"
        spaces.append(_space(draw, ids[role], names[role], code, revisions[role], plan.rooms[role], unit))
    spaces.insert(draw.integer(2, 6), _void("V1", "Stairwell opening", plan.stairwell))
    spaces.insert(draw.integer(7, 11), _void("V2", "Light well", plan.lightwell))
    # The superseded outline comes last, where a program that keeps the last entry picks it up.
    spaces.append(_space(draw, ids["revised"], names["revised"], "STO", previous, plan.older, "m"))
    return {
        "building": "Alte Färberei",
        "level": "ground floor",
        "unit": "m",
        "axes": "x east, y north",
        "spaces": spaces,
    }


def _space(draw: Draw, number: str, name: str, use: str, rev: str, outline: Outline, unit: str) -> dict[str, Any]:
    corners = outline[::-1] if draw.chance(0.5) else list(outline)
    if draw.chance(0.4):
        corners = [*corners, corners[0]]
    space: dict[str, Any] = {"id": number, "kind": "room", "name": name, "use": use, "rev": rev}
    if unit == "mm":
        return space | {"unit": "mm", "outline": [[x * 10, y * 10] for x, y in corners]}
    return space | {"outline": [[x / 100, y / 100] for x, y in corners]}


def _void(number: str, name: str, outline: Outline) -> dict[str, Any]:
    return {"id": number, "kind": "void", "name": name, "outline": [[x / 100, y / 100] for x, y in outline]}


def _export(survey: dict[str, Any]) -> str:
    """Write the survey with one space on each line."""
    lines = [json.dumps(space, ensure_ascii=False) for space in survey["spaces"]]
    head = json.dumps({key: value for key, value in survey.items() if key != "spaces"}, ensure_ascii=False)
    return f'{head[:-1]},\n "spaces": [\n  ' + ",\n  ".join(lines) + "\n ]}\n"


def _rules(stripped: str) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Measuring rules, Alte Färberei", level=1)
    for paragraph in RULES.replace("STRIPPED", stripped).strip().split("\n\n"):
        document.add_paragraph(" ".join(paragraph.split()))
    return office_bytes(document)


def _gold(
    ids: dict[str, str],
    areas: dict[str, tuple[Decimal, Decimal, Decimal]],
    lettable: dict[str, bool],
    plan: Plan,
) -> dict[str, Any]:
    def column(index: int) -> dict[str, float]:
        return {ids[role]: float(_half_up(area[index])) for role, area in areas.items()}

    plain = [ids[role] for role in USES if role not in SPECIAL]
    return {
        "use_of": {ids[role]: code for role, code in USES.items()},
        "lettable_rooms": [ids[role] for role, code in USES.items() if lettable[code]],
        "plain": plain,
        "halves": [ids["tie_south"], ids["tie_north"]],
        "gross": column(0),
        "less": column(1),
        "net": column(2),
        "shared": float(_half_up(Decimal(plan.shared_cm2) / 10_000)),
        "codes": list(LABELS),
    }
