"""The accepted blank, unfolded from the sketch, and slips that people make."""
# hapi-pytest canary 23d24b4d-84c0-477e-862d-ec640f3551b7

import math
from fractions import Fraction

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, dxf_text

FLAWS: dict[str, tuple[str, ...]] = {
    "sheet-before-the-telephone": ("blank-has-its-size", "bend-line-is-in-place"),
    "no-deduction": ("blank-has-its-size", "bend-line-is-in-place"),
    "width-of-the-picture": ("blank-has-its-size",),
    "middle-of-the-blank-at-zero": ("blank-has-its-size",),
    "bend-line-at-the-outside-measure": ("bend-line-is-in-place",),
    "bend-line-too-short": ("bend-line-is-in-place",),
    "not-mirrored": ("outside-is-up",),
    "outline-left-open": ("outline-is-closed-and-right",),
    "inner-corner-sharp": ("outline-is-closed-and-right",),
    "radii-halved": ("outline-is-closed-and-right",),
    "diameters-as-radii": ("clearance-holes-in-the-base",),
    "thread-for-clearance": ("clearance-holes-in-the-base",),
    "slot-length-between-middles": ("slot-in-the-leg",),
    "slot-height-from-the-bend-line": ("slot-in-the-leg",),
    "inch-of-25-mm": ("bore-and-its-circle",),
    "first-hole-at-zero": ("bore-and-its-circle",),
    "near-hole-moved": ("near-hole-is-asked-about",),
    "nothing-asked": ("near-hole-is-asked-about",),
    "centre-lines-on-layer-0": ("only-the-four-layers",),
    "unit-of-the-library": ("header-says-millimetres",),
    "hole-drawn-twice": ("every-hole-once",),
    "curves-as-short-lines": ("curves-are-arcs",),
    "zero-of-the-number-lost": ("number-is-engraved",),
    "number-through-the-bore": ("number-is-engraved",),
    "slot-length-in-the-checklist": ("checklist-has-counts-and-sizes",),
    "checklist-without-the-bore": ("checklist-has-counts-and-sizes",),
}
EQUIVALENTS: dict[str, str] = {
    "lines-and-arcs": "the brief leaves it to us how lines are built, and names single lines and arcs",
    "holes-as-polylines": "the rules take arcs of a polyline for curves",
    "bend-line-in-two-pieces": "the rules ask for a line from edge to edge, which two that meet are",
    "newer-format": "the brief takes any DXF version from 2000 on",
    "old-style-polylines": "the rules take arcs of a polyline, and POLYLINE is one",
    "checklist-in-another-order": "the brief names columns and letters, and no order",
    "number-as-a-paragraph": "the rules want text, which MTEXT is too",
}
Corner = tuple[float, float, float]
"""x, y and the bulge of what leads to the next corner."""
QUARTER = math.tan(math.pi / 8)


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Draw the blank and list what is to be measured."""
    return {"bracket.dxf": _drawing(facts, flaws), "checklist.csv": _checklist(facts, flaws)}


class Plan:
    """The drawing, into which everything goes as it is sketched."""

    def __init__(self, facts: Facts, flaws: frozenset[str]) -> None:
        import ezdxf

        self.flaws = flaws
        self.width = facts.old_width if "width-of-the-picture" in flaws else facts.width
        self.shift = self.width / 2 if "middle-of-the-blank-at-zero" in flaws else 0
        self.document = ezdxf.new("R2018" if "newer-format" in flaws else "R2000")
        self.document.header["$INSUNITS"] = 6 if "unit-of-the-library" in flaws else 4
        self.space = self.document.modelspace()
        for name in ("OUTSIDE", "INSIDE", "BEND", "ENGRAVE"):
            self.document.layers.add(name)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the sketch lies in the drawing."""
        return (x if "not-mirrored" in self.flaws else self.width - x) - self.shift, y

    def line(self, layer: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a straight line."""
        self.space.add_line(self.at(*start), self.at(*end), dxfattribs={"layer": layer})

    def circle(self, x: float, y: float, size: float) -> None:
        """Draw a hole."""
        if "holes-as-polylines" in self.flaws or "curves-as-short-lines" in self.flaws:
            self.ring("INSIDE", [(x - size / 2, y, 1.0), (x + size / 2, y, 1.0)])
        else:
            self.space.add_circle(self.at(x, y), size / 2, dxfattribs={"layer": "INSIDE"})

    def ring(self, layer: str, corners: list[Corner]) -> None:
        """Draw a closed line of straight pieces and arcs."""
        turn = 1 if "not-mirrored" in self.flaws else -1
        placed = [(*self.at(x, y), turn * bulge) for x, y, bulge in corners]
        if "curves-as-short-lines" in self.flaws:
            placed = _chords(placed)
        if "outline-left-open" in self.flaws and layer == "OUTSIDE":
            self._pieces(layer, placed, placed[1:])
        elif "lines-and-arcs" in self.flaws:
            self._pieces(layer, placed, placed[1:] + placed[:1])
        elif "old-style-polylines" in self.flaws:
            self.space.add_polyline2d(placed, format="xyb", close=True, dxfattribs={"layer": layer})
        else:
            self.space.add_lwpolyline(placed, format="xyb", close=True, dxfattribs={"layer": layer})

    def _pieces(self, layer: str, starts: list[Corner], ends: list[Corner]) -> None:
        from ezdxf.math import bulge_to_arc

        for (ax, ay, bulge), (bx, by, _) in zip(starts, ends, strict=False):
            if not bulge:
                self.space.add_line((ax, ay), (bx, by), dxfattribs={"layer": layer})
                continue
            middle, start, end, radius = bulge_to_arc((ax, ay), (bx, by), bulge)
            angles = math.degrees(start), math.degrees(end)
            self.space.add_arc(middle, radius, *angles, dxfattribs={"layer": layer})


def _chords(corners: list[Corner]) -> list[Corner]:
    """Return the ring with each arc cut into short straight pieces."""
    from ezdxf.math import bulge_to_arc

    result: list[Corner] = []
    for (ax, ay, bulge), (bx, by, _) in zip(corners, corners[1:] + corners[:1], strict=True):
        result.append((ax, ay, 0.0))
        if not bulge:
            continue
        middle, start, end, radius = bulge_to_arc((ax, ay), (bx, by), bulge)
        sweep = (end - start) % math.tau
        count = max(2, round(sweep * radius / 0.45))
        turns = [start + sweep * step / count for step in range(1, count)]
        turns = turns if bulge > 0 else turns[::-1]
        result += [(middle.x + radius * math.cos(t), middle.y + radius * math.sin(t), 0.0) for t in turns]
    return result


def _sizes(facts: Facts, flaws: frozenset[str]) -> dict[str, float]:
    inch = 25.0 if "inch-of-25-mm" in flaws else 25.4
    sizes = {
        "A": facts.clearance[facts.thread_a],
        "B": facts.b_wide,
        "C": facts.c_size,
        "D": float(sum(Fraction(part) for part in facts.d_inch.split())) * inch,
        "E": facts.clearance[facts.thread_e],
    }
    if "thread-for-clearance" in flaws:
        sizes["A"] = float(facts.thread_a[1:])
    if "diameters-as-radii" in flaws:
        sizes["A"] *= 2
    return sizes


def _drawing(facts: Facts, flaws: frozenset[str]) -> str:
    plan, sizes = Plan(facts, flaws), _sizes(facts, flaws)
    sheet = facts.old_thickness if "sheet-before-the-telephone" in flaws else facts.thickness
    deduction = 0 if "no-deduction" in flaws else facts.deductions[str(sheet)]
    top, bend = facts.base + facts.leg - deduction, facts.base - deduction / 2
    plan.ring("OUTSIDE", _outline(facts, flaws, plan.width, top))
    _in_the_base(plan, facts, sizes)
    _in_the_leg(plan, facts, sizes, top, bend)
    if "hole-drawn-twice" in flaws:
        middle = plan.at(facts.a_left, facts.a_free)
        plan.space.add_circle(middle, sizes["A"] / 2, dxfattribs={"layer": "INSIDE"})
    if "bend-line-at-the-outside-measure" in flaws:
        bend = facts.base
    stop = plan.width - (5 if "bend-line-too-short" in flaws else 0)
    ends = [0, plan.width / 3, stop] if "bend-line-in-two-pieces" in flaws else [0, stop]
    for start, end in zip(ends, ends[1:], strict=False):
        plan.line("BEND", (start, bend), (end, bend))
    if "centre-lines-on-layer-0" in flaws:
        plan.line("0", (facts.d_left - 25, top - 60), (facts.d_left + 25, top - 60))
    _engrave(plan, facts, flaws, top, bend)
    return dxf_text(plan.document)


def _outline(facts: Facts, flaws: frozenset[str], width: float, top: float) -> list[Corner]:
    """Return the corners anticlockwise, beginning left below."""
    share = 0.5 if "radii-halved" in flaws else 1
    chamfer, inner, outer = facts.chamfer, facts.inner * share, facts.outer * share
    across, deep = width - facts.notch_width, top - facts.notch_height
    notch = [(across + inner, deep, -QUARTER), (across, deep + inner, 0.0)]
    if "inner-corner-sharp" in flaws:
        notch = [(across, deep, 0.0)]
    return [
        (chamfer, 0, 0.0),
        (width - chamfer, 0, 0.0),
        (width, chamfer, 0.0),
        (width, deep, 0.0),
        *notch,
        (across, top - outer, QUARTER),
        (across - outer, top, 0.0),
        (outer, top, QUARTER),
        (0, top - outer, 0.0),
        (0, chamfer, 0.0),
    ]


def _in_the_base(plan: Plan, facts: Facts, sizes: dict[str, float]) -> None:
    for right in (0, facts.a_across):
        for up in (0, facts.a_deep):
            plan.circle(facts.a_left + right, facts.a_free + up, sizes["A"])
    moved = 6 if "near-hole-moved" in plan.flaws else 0
    plan.circle(facts.e_left, facts.e_free - moved, sizes["E"])


def _in_the_leg(plan: Plan, facts: Facts, sizes: dict[str, float], top: float, bend: float) -> None:
    """Draw slot, bore and circle of holes; heights above the table are distances from the top edge."""
    x, y, half = facts.b_left, top - (facts.leg - facts.b_height), facts.b_long / 2
    if "slot-height-from-the-bend-line" in plan.flaws:
        y = bend + facts.b_height
    radius = sizes["B"] / 2
    reach = half if "slot-length-between-middles" in plan.flaws else half - radius
    plan.ring(
        "INSIDE",
        [
            (x - reach, y - radius, 0.0),
            (x + reach, y - radius, 1.0),
            (x + reach, y + radius, 0.0),
            (x - reach, y + radius, 1.0),
        ],
    )
    x, y = facts.d_left, top - (facts.leg - facts.d_height)
    plan.circle(x, y, sizes["D"])
    first = 0 if "first-hole-at-zero" in plan.flaws else facts.c_angle
    for number in range(facts.c_count):
        turn = math.radians(first + 360 / facts.c_count * number)
        plan.circle(x + facts.c_circle / 2 * math.cos(turn), y + facts.c_circle / 2 * math.sin(turn), sizes["C"])


def _engrave(plan: Plan, facts: Facts, flaws: frozenset[str], top: float, bend: float) -> None:
    number = facts.number.lstrip("0") if "zero-of-the-number-lost" in flaws else facts.number
    place = (12 - plan.shift, bend + 9)
    if "number-through-the-bore" in flaws:
        place = plan.at(facts.d_left, top - (facts.leg - facts.d_height))
    if "number-as-a-paragraph" in flaws:
        text = plan.space.add_mtext(number, dxfattribs={"layer": "ENGRAVE", "char_height": 5})
        text.set_location(place)
    else:
        plan.space.add_text(number, height=5, dxfattribs={"layer": "ENGRAVE"}).set_placement(place)


def _checklist(facts: Facts, flaws: frozenset[str]) -> str:
    counts = {"A": 4, "B": 1, "C": facts.c_count, "D": 1, "E": 1}
    deduction = facts.deductions[str(facts.thickness)]
    gap = facts.base - deduction / 2 - facts.e_free - facts.clearance[facts.thread_e] / 2
    is_near = gap < facts.factor * facts.thickness and "nothing-asked" not in flaws
    sizes = _sizes(facts, frozenset())
    rows = [[letter, counts[letter], round(sizes[letter], 4), "ok"] for letter in counts]
    if is_near:
        rows[-1][-1] = "ask"
    if "slot-length-in-the-checklist" in flaws:
        rows[1][2] = facts.b_long
    if "checklist-without-the-bore" in flaws:
        rows = [row for row in rows if row[0] != "D"]
    header = ["feature", "count", "size_mm", "status"]
    if "checklist-in-another-order" in flaws:
        header, rows = header[::-1], [row[::-1] for row in reversed(rows)]
    return csv_text(header, rows)
