"""The accepted schedule and plan, worked out from the survey alone, and slips that people make."""
# hapi-pytest canary f6bef040-9680-4a8c-988d-2423c7d95cc5

import math
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from itertools import starmap
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

SCHEDULE = (
    "one-row-per-room", "gross-areas-from-outlines", "latest-revision-measured", "voids-taken-off",
    "overlap-counted-once", "overlap-reported", "linings-deducted", "stripped-room-exempt", "rounded-half-up",
    "totals-add-up",
)  # fmt: skip
FLAWS: dict[str, tuple[str, ...]] = {
    "leading-zeros-lost": ("one-row-per-room",),
    "voids-listed-as-rooms": ("one-row-per-room",),
    "bounding-boxes": ("gross-areas-from-outlines",),
    "revisions-sorted-as-text": ("latest-revision-measured", "plan-outlines"),
    "older-revision-in-the-schedule": ("latest-revision-measured",),
    "stairwell-counted-as-floor": ("voids-taken-off",),
    "overlap-counted-twice": ("overlap-counted-once",),
    "overlap-not-reported": ("overlap-reported",),
    "decimal-comma-dropped": ("linings-deducted",),
    "note-on-linings-missed": ("stripped-room-exempt",),
    "python-round": ("rounded-half-up",),
    "totals-of-unrounded-areas": ("totals-add-up",),
    "old-code-kept": ("totals-add-up",),
    "plan-of-boxes": ("plan-outlines",),
    "plan-upside-down": ("plan-north-up",),
    "labels-in-the-box-centre": ("labels-inside",),
    "no-north-arrow": ("north-arrow",),
    "schedule-under-another-name": SCHEDULE,
}
EQUIVALENTS: dict[str, str] = {
    "columns-in-another-order": "the brief names the columns of the schedule and no order",
    "rooms-as-surveyed": "the brief wants the totals below the rooms and gives the rooms no order; the rules say to "
    "write 0 where there is no lining",
    "paths-and-rects": "the brief allows polygon, path or rect, and a path may have relative coordinates",
    "elsewhere-on-the-sheet": "the brief says that it is up to us where on the sheet the plan sits",
    "labels-of-two-lines": "the brief wants a text with the number and lets us put more into it; which is drawn first, "
    "shapes or texts, is open",
}
HEADER = ("room", "name", "use", "gross_m2", "lining_m2", "net_m2", "overlap_m2", "overlap_with")
Outline = list[tuple[int, int]]
"""Corners in whole centimetres."""


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Measure the survey and draw it."""
    rooms, voids = _spaces(facts.survey, flaws)
    measured = rooms
    if "older-revision-in-the-schedule" in flaws:
        measured, _ = _spaces(facts.survey, flaws | {"revisions-sorted-as-text"})
    schedule = "area-schedule.csv" if "schedule-under-another-name" in flaws else "schedule.csv"
    return {schedule: _schedule(facts, measured, voids, flaws), "plan.svg": _plan(facts, rooms, voids, flaws)}


def _spaces(survey: dict[str, Any], flaws: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the rooms in their latest revision and the voids, by number, outlines in centimetres."""

    def age(space: dict[str, Any]) -> Any:
        return space["rev"] if "revisions-sorted-as-text" in flaws else int(space["rev"][1:])

    rooms: dict[str, Any] = {}
    voids: dict[str, Any] = {}
    for space in survey["spaces"]:
        per_unit = 0.1 if space.get("unit") == "mm" else 100
        corners = [(round(x * per_unit), round(y * per_unit)) for x, y in space["outline"]]
        space = space | {"outline": corners[:-1] if corners[0] == corners[-1] else corners}
        if space["kind"] == "void":
            voids[space["id"]] = space
        elif space["id"] not in rooms or age(space) > age(rooms[space["id"]]):
            rooms[space["id"]] = space
    return rooms if "rooms-as-surveyed" in flaws else dict(sorted(rooms.items())), voids


def _schedule(facts: Facts, rooms: dict[str, Any], voids: dict[str, Any], flaws: frozenset[str]) -> str:
    known = {use["code"]: use for use in facts.uses}
    today = known | {use["old_code"]: use for use in facts.uses if use["old_code"]}
    uses = {number: today[room["use"].strip().upper()] for number, room in rooms.items()}
    shared = _overlaps(rooms)
    rows, nets, written = [], {}, {}
    for number, room in rooms.items():
        gross = _gross(number, room, uses, shared, voids, flaws)
        lining = _lining(number, room, uses[number], facts.stripped, flaws)
        nets[number] = gross - lining
        written[number] = _rounded(nets[number], flaws)
        other, piece = shared.get(number, ("", 0))
        if not piece or "overlap-not-reported" in flaws:
            report: list[object] = [None, None]
        else:
            report = [_rounded(Decimal(piece) / 10_000, flaws), other]
        code = uses[number]["code"]
        if room["use"] in (use["old_code"] for use in facts.uses) and "old-code-kept" in flaws:
            code = room["use"]
        shown = number.lstrip("0") if "leading-zeros-lost" in flaws else number
        rows.append(
            [
                shown,
                room["name"],
                code,
                _rounded(gross, flaws),
                _rounded(lining, flaws) if lining or "rooms-as-surveyed" not in flaws else 0,
                written[number],
                *report,
            ]
        )
    if "voids-listed-as-rooms" in flaws:
        rows += [[n, void["name"], "", _rounded(_m2(void["outline"]), flaws)] + [None] * 4 for n, void in voids.items()]
    addends = nets if "totals-of-unrounded-areas" in flaws else written
    lines = [list(HEADER), *rows, *_totals(rows[: len(rooms)], addends, uses, list(known), flaws)]
    header, *body = (
        [*line[5:2:-1], *line[:3], *line[6:]] if "columns-in-another-order" in flaws else line for line in lines
    )
    return csv_text(header, body)


def _totals(
    rows: list[list[Any]],
    addends: dict[str, Decimal],
    uses: dict[str, Any],
    codes: list[str],
    flaws: frozenset[str],
) -> list[list[object]]:
    shown = dict(zip(addends, (row[2] for row in rows), strict=True))
    sums = {
        code: sum(addends[n] for n, use in shown.items() if use == code) for code in sorted({*codes, *shown.values()})
    }
    lettable = sum(area for number, area in addends.items() if uses[number]["lettable"] == "yes")
    lines = [(f"TOTAL {code}", total) for code, total in sums.items()] + [("LETTABLE", lettable)]
    return [[title, None, None, None, None, _rounded(Decimal(total), flaws), None, None] for title, total in lines]


def _gross(
    number: str,
    room: dict[str, Any],
    uses: dict[str, Any],
    shared: dict[str, tuple[str, int]],
    voids: dict[str, Any],
    flaws: frozenset[str],
) -> Decimal:
    outline = room["outline"]
    area = _m2(_box(outline) if "bounding-boxes" in flaws else outline)
    if "stairwell-counted-as-floor" not in flaws:
        area -= Decimal(sum(_common_cm2(outline, void["outline"]) for void in voids.values())) / 10_000
    other, piece = shared.get(number, (number, 0))
    if uses[number]["rank"] > uses[other]["rank"] and "overlap-counted-twice" not in flaws:
        area -= Decimal(piece) / 10_000
    return area


def _lining(number: str, room: dict[str, Any], use: dict[str, Any], stripped: str, flaws: frozenset[str]) -> Decimal:
    if number == stripped and "note-on-linings-missed" not in flaws:
        return Decimal(0)
    point = "" if "decimal-comma-dropped" in flaws else "."
    corners = room["outline"]
    perimeter = sum(round(math.dist(a, b)) for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    return Decimal(perimeter) / 100 * Decimal(use["lining_mm"].replace(",", point)) / 1000


def _rounded(value: Decimal, flaws: frozenset[str]) -> Decimal:
    if "python-round" in flaws:
        return Decimal(f"{round(float(value), 2):.2f}")
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _m2(outline: Outline) -> Decimal:
    pairs = zip(outline, outline[1:] + outline[:1], strict=True)
    return Decimal(abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs))) / 20_000


def _box(outline: Outline) -> Outline:
    xs, ys = zip(*outline, strict=True)
    return [(min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))]


def _overlaps(rooms: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Return the other room and the shared area in cm² of every room that overlaps one."""
    found = {}
    for one in rooms:
        for two in rooms:
            if one != two and (piece := _common_cm2(rooms[one]["outline"], rooms[two]["outline"])):
                found[one] = (two, piece)
    return found


def _common_cm2(one: Outline, two: Outline) -> int:
    """Add up the grid cells that lie in both; exact where walls run along the axes."""
    (west, south), _, (east, north), _ = _box(one)
    (left, low), _, (right, high), _ = _box(two)
    if max(west, left) >= min(east, right) or max(south, low) >= min(north, high):
        return 0
    xs, ys = (sorted({corner[axis] for corner in (*one, *two)}) for axis in (0, 1))
    total = 0
    for x, next_x in zip(xs, xs[1:], strict=False):
        for y, next_y in zip(ys, ys[1:], strict=False):
            middle = ((x + next_x) / 2, (y + next_y) / 2)
            if _is_inside(middle, one) and _is_inside(middle, two):
                total += (next_x - x) * (next_y - y)
    return total


def _is_inside(point: tuple[float, float], outline: Outline) -> bool:
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _spot(outline: Outline, voids: list[Outline]) -> tuple[float, float]:
    """Return the middle of the largest grid cell inside a room and outside its voids."""
    corners = [*outline, *(corner for void in voids for corner in void)]
    xs, ys = (sorted({corner[axis] for corner in corners}) for axis in (0, 1))
    cells = [(a, b, c, d) for a, b in zip(xs, xs[1:], strict=False) for c, d in zip(ys, ys[1:], strict=False)]
    cells.sort(key=lambda cell: (cell[1] - cell[0]) * (cell[3] - cell[2]), reverse=True)
    spots = [((a + b) / 2, (c + d) / 2) for a, b, c, d in cells]
    return next(s for s in spots if _is_inside(s, outline) and not any(_is_inside(s, void) for void in voids))


def _plan(facts: Facts, rooms: dict[str, Any], voids: dict[str, Any], flaws: frozenset[str]) -> str:
    outlines = {n: _box(r["outline"]) if "plan-of-boxes" in flaws else r["outline"] for n, r in rooms.items()}
    holes = {number: void["outline"] for number, void in voids.items()}
    (west, south), _, (east, north), _ = _box([corner for outline in outlines.values() for corner in outline])

    left, top = (815, 1330) if "elsewhere-on-the-sheet" in flaws else (100, 200)

    def at(x: float, y: float) -> tuple[float, float]:
        down = y - south if "plan-upside-down" in flaws else north - y
        return round((x - west + left) * facts.scale / 100, 2), round((down + top) * facts.scale / 100, 2)

    right, bottom = at(east + 100, south - 100 if "plan-upside-down" not in flaws else north + 100)
    shapes = [_shape(f"room-{n}", list(starmap(at, outline)), "#f4efe6", flaws) for n, outline in outlines.items()]
    shapes += [_shape(f"void-{n}", list(starmap(at, outline)), "#bbb", flaws) for n, outline in holes.items()]
    labels = []
    for number, outline in outlines.items():
        spot = _spot(rooms[number]["outline"], list(holes.values()))
        if "labels-in-the-box-centre" in flaws:
            (x0, y0), _, (x1, y1), _ = _box(outline)
            spot = (x0 + x1) / 2, (y0 + y1) / 2
        labels.append(_label(number, escape(rooms[number]["name"]), *at(*spot), flaws))
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:g} {bottom:g}">']
    lines += [*labels, *shapes] if "labels-of-two-lines" in flaws else [*shapes, *labels]
    if "no-north-arrow" not in flaws:
        x, y = at(west, north + 100)
        lines.append(f'  <path id="north-arrow" d="M{x:g} {y:g}v-30l-6 12m6 -12l6 12" fill="none" stroke="#333"/>')
    return "\n".join([*lines, "</svg>", ""])


def _shape(name: str, corners: list[tuple[float, float]], fill: str, flaws: frozenset[str]) -> str:
    look = f'fill="{fill}" stroke="#333"/>'
    if "paths-and-rects" not in flaws:
        points = " ".join(f"{x:g},{y:g}" for x, y in corners)
        return f'  <polygon id="{name}" points="{points}" {look}'
    xs, ys = (sorted({corner[axis] for corner in corners}) for axis in (0, 1))
    if len(corners) == 4 and len(xs) == len(ys) == 2:
        size = f'width="{xs[1] - xs[0]:.2f}" height="{ys[1] - ys[0]:.2f}"'
        return f'  <rect id="{name}" x="{xs[0]}" y="{ys[0]}" {size} {look}'
    (x, y), steps = corners[0], zip(corners, corners[1:], strict=False)
    lines = "".join(f"l{bx - ax:.2f} {by - ay:.2f}" for (ax, ay), (bx, by) in steps)
    return f'  <path id="{name}" d="M{x} {y}{lines}z" {look}'


def _label(number: str, name: str, x: float, y: float, flaws: frozenset[str]) -> str:
    if "labels-of-two-lines" in flaws:
        lines = f'<tspan>{number}</tspan><tspan x="{x:g}" dy="14">{name}</tspan>'
        return f'  <text x="{x:g}" y="{y:g}" text-anchor="middle">{lines}</text>'
    return f'  <text x="{x:g}" y="{y:g}" font-size="12">{number} {name}</text>'
