"""A case and a lid by the rules, built of boxes on a grid, and slips that people make."""
# hapi-pytest canary f486c60d-73c1-4bd0-9211-1919fb19f532

import itertools
import json
import struct
from typing import Any

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "mesh-with-a-hole": ("solids-can-be-printed",),
    "loose-crumb-in-the-case": ("solids-can-be-printed",),
    "gap-on-one-side-only": ("board-fits-on-four-sides",),
    "no-gap": ("board-fits-on-four-sides",),
    "walls-too-thin": ("walls-and-floor-have-their-thickness",),
    "floor-too-thick": ("walls-and-floor-have-their-thickness",),
    "json-of-another-case": ("walls-and-floor-have-their-thickness",),
    "mil-taken-for-a-fortieth": ("posts-carry-the-board",),
    "posts-without-screw-holes": ("posts-carry-the-board",),
    "screw-holes-as-wide-as-the-board's": ("posts-carry-the-board",),
    "posts-too-low": ("posts-carry-the-board",),
    "part-below-forgotten": ("room-below-the-board",),
    "unfitted-part-counted": ("room-above-the-board",),
    "lid-upon-the-highest-part": ("room-above-the-board",),
    "openings-without-room": ("connectors-have-openings",),
    "thickness-of-the-export": ("connectors-have-openings",),
    "connector-before-the-change": ("connectors-have-openings",),
    "openings-nearly-up-to-the-rim": ("openings-are-not-too-large",),
    "openings-as-makers-recommend": ("openings-are-not-too-large",),
    "opening-for-the-unfitted": ("nothing-for-what-is-not-fitted",),
    "lid-as-large-as-the-inside": ("lid-lies-on-the-case",),
    "lid-a-little-above-the-rim": ("lid-lies-on-the-case",),
    "lip-without-play": ("lip-goes-into-the-case",),
    "lip-on-two-sides": ("lip-goes-into-the-case",),
    "lid-seen-from-below": ("holes-for-lamp-and-button",),
    "hole-for-the-workshop-too": ("holes-for-lamp-and-button",),
    "volumes-in-cubic-millimetres": ("volumes-are-told",),
    "volume-of-the-hull": ("volumes-are-told",),
}
EQUIVALENTS: dict[str, str] = {
    "text-stl": "the rules take text or binary STL",
    "roomy": "most rules leave room, and where one lands in between is up to us",
    "thick": "walls, floor and plate may have any thickness of the range, and not all the same",
    "screw-holes-into-the-floor": "the rules ask for a least depth",
    "more-in-the-json": "the brief names what the json holds and forbids nothing else",
}
Box = tuple[float, float, float, float, float, float]
"""Ranges of x, y and z."""


class Body:
    """A solid that boxes are added to and cut from, in order."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, Box]] = []

    def add(self, *box: float) -> None:
        """Fill a box."""
        self._steps.append((1, _rounded(box)))

    def cut(self, *box: float) -> None:
        """Empty a box."""
        self._steps.append((0, _rounded(box)))

    def _cells(self) -> tuple[list[list[float]], dict[tuple[int, ...], int]]:
        """Return the planes of the grid by axis, and which of its cells are filled."""
        planes = [sorted({box[2 * axis + end] for _, box in self._steps for end in (0, 1)}) for axis in range(3)]
        index = [{value: at for at, value in enumerate(line)} for line in planes]
        cells: dict[tuple[int, ...], int] = {}
        for filled, box in self._steps:
            ranges = [range(index[axis][box[2 * axis]], index[axis][box[2 * axis + 1]]) for axis in range(3)]
            for cell in itertools.product(*ranges):
                cells[cell] = filled
        return planes, cells

    def triangles(self) -> tuple[list[tuple[tuple[float, ...], ...]], float]:
        """Return two triangles for each face between a filled and an empty cell, and the volume."""
        planes, cells = self._cells()
        found, volume = [], 0.0
        for cell, filled in cells.items():
            if not filled:
                continue
            low = [planes[axis][cell[axis]] for axis in range(3)]
            high = [planes[axis][cell[axis] + 1] for axis in range(3)]
            volume += (high[0] - low[0]) * (high[1] - low[1]) * (high[2] - low[2])
            for axis, end in itertools.product(range(3), (0, 1)):
                beside = list(cell)
                beside[axis] += 2 * end - 1
                if not cells.get(tuple(beside)):
                    found += _face(low, high, axis, end)
        return found, volume


def _rounded(box: tuple[float, ...]) -> Box:
    left, right, front, back, low, high = (round(value, 3) for value in box)
    return left, right, front, back, low, high


def _face(low: list[float], high: list[float], axis: int, end: int) -> list[tuple[tuple[float, ...], ...]]:
    """Return one face of a cell, anticlockwise seen from outside."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    corners = []
    for first, second in ((0, 0), (1, 0), (1, 1), (0, 1)):
        corner = [0.0, 0.0, 0.0]
        corner[axis] = (low, high)[end][axis]
        corner[u], corner[v] = (low, high)[first][u], (low, high)[second][v]
        corners.append(tuple(corner))
    a, b, c, d = corners if end else corners[::-1]
    return [(a, b, c), (a, c, d)]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Lay out the case within the rules, and build both solids of it."""
    plan = _plan(facts, flaws)
    case, case_volume = _case(facts, flaws, plan).triangles()
    lid, lid_volume = _lid(facts, flaws, plan).triangles()
    if "mesh-with-a-hole" in flaws:
        case = case[2:]
    if "volume-of-the-hull" in flaws:
        case_volume = (plan["out"][1] - plan["out"][0]) * (plan["out"][3] - plan["out"][2]) * 20
    volumes = {"case": case_volume, "lid": lid_volume}
    write = _text if "text-stl" in flaws else _binary
    return {"case.stl": write(case), "lid.stl": write(lid), "dimensions.json": _dimensions(flaws, plan, volumes)}


def _between(facts: Facts, flaws: frozenset[str], name: str, share: float = 0.3) -> float:
    """Return a measure within the room of a rule."""
    low, high = getattr(facts, f"{name}_min"), getattr(facts, f"{name}_max")
    return float(low + (high - low) * (0.85 if "roomy" in flaws else share))


def _plan(facts: Facts, flaws: frozenset[str]) -> dict[str, Any]:
    """Fix the faces of case and lid."""
    wide, deep = facts.board
    gap = 0.0 if "no-gap" in flaws else _between(facts, flaws, "gap")
    far = 0.05 if "gap-on-one-side-only" in flaws else gap
    inner = (-gap, wide + far, -gap, deep + far)
    wall, floor, plate = (
        _between(facts, flaws, "wall", s) for s in ((0.9, 0.5, 0.7) if "thick" in flaws else (0.3,) * 3)
    )
    wall = 1.0 if "walls-too-thin" in flaws else wall
    floor = facts.wall_max + 1 if "floor-too-thick" in flaws else floor
    bottom = -facts.under - _between(facts, flaws, "below")
    if "part-below-forgotten" in flaws:
        bottom = -2.5
    top = facts.top + (5 if "unfitted-part-counted" in flaws else 0)
    rim = top + (0.2 if "lid-upon-the-highest-part" in flaws else _between(facts, flaws, "above"))
    lid = rim + (0.25 if "lid-a-little-above-the-rim" in flaws else 0)
    play = 0.0 if "lip-without-play" in flaws else 0.25
    return {
        "inner": inner,
        "out": tuple(value + sign * wall for value, sign in zip(inner, (-1, 1, -1, 1), strict=True)),
        "bottom": bottom,
        "base": bottom - floor,
        "rim": rim,
        "lid": lid,
        "plate": plate,
        "lip": tuple(value + sign * play for value, sign in zip(inner, (1, -1, 1, -1), strict=True)),
        "lip_end": lid - _between(facts, flaws, "lip"),
    }


def _case(facts: Facts, flaws: frozenset[str], plan: dict[str, Any]) -> Body:
    body, out, bottom, rim = Body(), plan["out"], plan["bottom"], plan["rim"]
    body.add(*out, plan["base"], rim)
    body.cut(*plan["inner"], bottom, rim)
    size, top = _between(facts, flaws, "post") / 2, -0.8 if "posts-too-low" in flaws else 0.0
    end = plan["base"] + 0.6 if "screw-holes-into-the-floor" in flaws else min(bottom, -facts.pilot_deep)
    for x, y in facts.mounts:
        if "mil-taken-for-a-fortieth" in flaws:
            x, y = x / 25.4 * 25, y / 25.4 * 25
        body.add(x - size, x + size, y - size, y + size, bottom, top)
        if "posts-without-screw-holes" not in flaws:
            pilot = 1.6 if "screw-holes-as-wide-as-the-board's" in flaws else facts.pilot / 2
            body.cut(x - pilot, x + pilot, y - pilot, y + pilot, end, top)
    for ref, opening in facts.connectors.items():
        _open(body, facts, flaws, plan, opening, ref)
    if "opening-for-the-unfitted" in flaws:
        _open(body, facts, flaws, plan, facts.closed, "")
    if "loose-crumb-in-the-case" in flaws:
        x, y = facts.board[0] * 0.25, facts.board[1] * 0.5
        body.add(x, x + 2, y, y + 2, bottom + 1, bottom + 2)
    return body


def _open(body: Body, facts: Facts, flaws: frozenset[str], plan: dict[str, Any], opening: Any, ref: str) -> None:
    """Cut the opening for a connector through its wall."""
    edge, start, stop, low, high = opening
    more = _between(facts, flaws, "open")
    if "openings-without-room" in flaws:
        more = 0.0
    if "openings-as-makers-recommend" in flaws:
        more = facts.open_max + 1
    if "thickness-of-the-export" in flaws:
        more = facts.open_min + 0.05
        low, high = low - facts.thickness + facts.old, high - facts.thickness + facts.old
    if ref == facts.taller and "connector-before-the-change" in flaws:
        high -= 1.4
    if flaws & {"openings-without-room", "openings-as-makers-recommend", "thickness-of-the-export", "roomy"}:
        low, high = low - more, high + more
    else:
        low, high = _aligned(facts, low, high)
    start, stop = start - more, stop + more
    if "openings-nearly-up-to-the-rim" in flaws:
        high = plan["rim"] - 1.5
    out, inner = plan["out"], plan["inner"]
    if edge in "EW":
        across = (inner[1], out[1]) if edge == "E" else (out[0], inner[0])
        body.cut(*across, start, stop, low, high)
    else:
        across = (inner[3], out[3]) if edge == "N" else (out[2], inner[2])
        body.cut(start, stop, *across, low, high)


def _aligned(facts: Facts, low: float, high: float) -> tuple[float, float]:
    """Return sill and head of an opening, in line with its neighbours' where the rules leave room for it."""
    room = facts.open_max - 0.1
    sills = [opening[3] - facts.open_min for opening in facts.connectors.values()]
    heads = [opening[4] + facts.open_min for opening in facts.connectors.values()]
    sill = min((s for s in sills if facts.open_min - 1e-6 <= low - s <= room), default=low - facts.open_min)
    head = max((h for h in heads if facts.open_min - 1e-6 <= h - high <= room), default=high + facts.open_min)
    return sill, head


def _lid(facts: Facts, flaws: frozenset[str], plan: dict[str, Any]) -> Body:
    body, under, top = Body(), plan["lid"], plan["lid"] + plan["plate"]
    body.add(*(plan["inner"] if "lid-as-large-as-the-inside" in flaws else plan["out"]), under, top)
    left, right, front, back = plan["lip"]
    sides = [(left, left + 1.4, front, back), (right - 1.4, right, front, back)]
    if "lip-on-two-sides" not in flaws:
        sides += [(left, right, front, front + 1.4), (left, right, back - 1.4, back)]
    for side in sides:
        body.add(*side, plan["lip_end"], under)
    holes = list(facts.holes.values())
    if "hole-for-the-workshop-too" in flaws:
        holes.append([*facts.no_hole, 6.0])
    for x, y, wide in holes:
        half = (wide + _between(facts, flaws, "hole")) / 2
        if "lid-seen-from-below" in flaws:
            y = facts.board[1] - y
        body.cut(x - half, x + half, y - half, y + half, under, top)
    return body


def _dimensions(flaws: frozenset[str], plan: dict[str, Any], volumes: dict[str, float]) -> str:
    scale = 1 if "volumes-in-cubic-millimetres" in flaws else 1000
    out, inner, lip = ([round(value, 3) for value in plan[name]] for name in ("out", "inner", "lip"))
    shift = 1.5 if "json-of-another-case" in flaws else 0
    told: dict[str, Any] = {
        "case": {"x": out[:2], "y": out[2:], "z": [round(plan["base"] - shift, 3), round(plan["rim"], 3)]},
        "inside": {"x": inner[:2], "y": inner[2:], "floor": round(plan["bottom"], 3)},
        "lid": {
            "z": [round(plan["lid"], 3), round(plan["lid"] + plan["plate"], 3)],
            "lip_x": lip[:2],
            "lip_y": lip[2:],
            "lip_end": round(plan["lip_end"], 3),
        },
        "volume_cm3": {name: round(volume / scale, 3) for name, volume in volumes.items()},
    }
    if "more-in-the-json" in flaws:
        told |= {"unit": "mm", "made_with": "boxes on a grid"}
    return json.dumps(told, indent=1) + "\n"


def _binary(triangles: list[Any]) -> bytes:
    rows = [struct.pack("<12fH", 0, 0, 0, *a, *b, *c, 0) for a, b, c in triangles]
    return bytes(80) + struct.pack("<I", len(rows)) + b"".join(rows)


def _text(triangles: list[Any]) -> str:
    lines = ["solid part"]
    for corners in triangles:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += [f"vertex {x:.3f} {y:.3f} {z:.3f}" for x, y, z in corners]
        lines += ["endloop", "endfacet"]
    return "\n".join([*lines, "endsolid part", ""])
