"""A bracket as a written sketch, a rough picture of it and the rules of the laser shop."""
# hapi-pytest canary 23d24b4d-84c0-477e-862d-ec640f3551b7

import math
from fractions import Fraction
from typing import Any

from hapi_pytest import Draw, Inputs

FIRMS = ("Ludwig & Moor", "Odense Cykelværk", "Harbottle Restorations", "Pump House Joinery", "Atelier Ruš")
OWNERS = ("Henrike", "Tomáš", "Wilf", "Solveig", "Aurélie", "Dag", "Bronagh", "Mirja")
PURPOSES = (
    "carry the shafts of an old ropeway", "hold the bellows of a fairground organ", "fix the rails of a boat slip",
    "carry the drums of a printing press", "hold the gear of a lock gate", "fix the pump of a fountain",
    "carry the bell frame of a small church", "hold the rollers of a bakery line",
)  # fmt: skip
BORES = ("7/8", "15/16", "1", "1 1/16", "1 1/8", "1 3/16", "1 1/4")
"""In inches, as people write them."""
SKETCH = """ANGLE BRACKET {number}                                   {pieces} pieces, sheet {old_thickness} mm

Drawn looking at its INSIDE, unfolded in the head: base below, leg above, bend across.
mm unless it says otherwise. "Left" is left as you look at the inside.

width, all over ......... {width}
base .................... {base}    outside of the leg to free edge, after bending
leg ..................... {leg}    table to top edge, after bending (table = underside of the base)

corners of the base, both .............. chamfer {chamfer} x 45 deg
notch, top right corner of the leg ..... {notch_width} wide, {notch_height} high, R{inner} in its inner corner
top edge, both ends of what is left .... R{outer}
all other corners sharp

A   4 clearance holes {thread_a}, in the base. First {a_left} from left and {a_free} from the free edge,
    the others {a_across} further across and {a_deep} further in
B   slot lying across, in the leg: {b_wide:g} wide, {b_long} long over all.
    Middle {b_left} from left, {b_height} above the table
C   {c_count} holes dia {c_size}, equally spaced on a circle of dia {c_circle} around D.
    First at {c_angle} deg: from three o'clock, counter-clockwise
D   bore dia {d_inch} inch, in the leg. {d_left} from left, {d_height} above the table
E   1 clearance hole {thread_e}, in the base: {e_left} from left, {e_free} from the free edge

engrave {number} on the leg, anywhere but through a hole

telephone, {owner}: {old_thickness} mm is out of stock, it will be {thickness} mm. Outside measures stay.
"""
RULES = """# How we want drawings (laser and press brake)

- DXF in millimetres, and the file says so in its header (`$INSUNITS`). The lower left corner of the blank's box is at
  0, 0, and the free edge of the base lies along y = 0.
- The outside of the part is up. If a sketch looks at the inside, mirror it left to right, all of it; text stays
  readable.
- Layers: `OUTSIDE` the outline, one closed ring. `INSIDE` holes and slots, each one closed. `BEND` the bend line, from
  edge to edge. `ENGRAVE` what is to be engraved, as text. No other layer has anything on it, not even a centre line, no
  text stands elsewhere, and nothing is drawn twice.
- Curves are arcs and circles (ARC, CIRCLE, or arcs of a polyline). No splines, no ellipses, no short straight pieces in
  place of a curve: the head stutters.
- Unfolded length = base + leg - deduction. The bend line lies base - deduction / 2 from the free edge of the base.

| sheet | deduction |
|---|---|
{deductions}

- What is measured from the free edge of the base stays there. What is measured above the table keeps its distance from
  the top edge of the leg.
- Clearance holes: {clearances}. 1 inch is 25.4 mm.
- Between the bend line and the edge of a hole or slot we need {factor:g} times the sheet. Where it is less, draw it as
  it was sketched and ask.
"""

Values = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw a bracket whose hole E comes too near to the bend."""
    sketch, tables = _sketch(draw), _tables(draw)
    deduction = tables["deductions"][str(sketch["thickness"])]
    number = f"{draw.integer(11, 989):04d}-{draw.choice('BCDFHKM')}"
    given = sketch | tables | {"number": number, "firm": draw.choice(FIRMS), "owner": draw.choice(OWNERS)}
    given |= {"purpose": draw.choice(PURPOSES), "pieces": draw.integer(6, 40), "factor": 2.5}
    given["old_width"] = sketch["width"] + draw.choice((-8, -6, -5, 5, 7, 8))
    inch = float(sum(Fraction(part) for part in sketch["d_inch"].split()))
    gold = {
        "length": round(sketch["base"] + sketch["leg"] - deduction, 3),
        "bend": round(sketch["base"] - deduction / 2, 3),
        "sizes": {
            "A": tables["clearance"][sketch["thread_a"]],
            "B": sketch["b_wide"],
            "C": sketch["c_size"],
            "D": round(inch * 25.4, 4),
            "E": tables["clearance"][sketch["thread_e"]],
        },
        "counts": {"A": 4, "B": 1, "C": sketch["c_count"], "D": 1, "E": 1},
        "from_free_edge": _in_the_base(sketch),
        "from_top": _in_the_leg(sketch),
    }
    files = {"sketch.txt": SKETCH.format(**given), "sketch.svg": _picture(given), "layer-rules.md": _shop_rules(given)}
    return Inputs(files=files, given=given, gold=gold)


def _half(draw: Draw, low: int, high: int) -> float:
    """Draw a measure in half millimetres."""
    value = draw.integer(2 * low, 2 * high) / 2
    return int(value) if value.is_integer() else value


def _sketch(draw: Draw) -> Values:
    old = draw.choice((2, 3, 4))
    base, thickness = _half(draw, 80, 100), draw.choice([t for t in (3, 4, 5) if t != old])
    sketch: Values = {
        "old_thickness": old, "thickness": thickness, "width": _half(draw, 180, 235), "base": base,
        "leg": _half(draw, 154, 190), "chamfer": draw.integer(6, 12), "notch_width": _half(draw, 40, 54),
        "notch_height": _half(draw, 34, 48), "inner": draw.integer(4, 8), "outer": draw.integer(9, 16),
    }  # fmt: skip
    sketch |= {
        "thread_a": draw.choice(("M8", "M10")), "a_left": _half(draw, 18, 26), "a_free": _half(draw, 16, 20),
        "a_across": _half(draw, 90, 112), "a_deep": _half(draw, 24, 31), "b_wide": draw.integer(20, 28) / 2,
        "b_long": _half(draw, 36, 50), "b_left": _half(draw, 50, 72), "b_height": _half(draw, 36, 42),
    }  # fmt: skip
    sketch |= {
        "c_count": draw.choice((5, 6, 8)), "c_size": draw.integer(58, 76) / 10, "c_circle": _half(draw, 56, 66),
        "c_angle": draw.integer(6, 13), "d_inch": draw.choice(BORES), "d_left": _half(draw, 62, 76),
        "d_height": _half(draw, 97, 108), "thread_e": draw.choice(("M5", "M6")),
    }  # fmt: skip
    middle = sketch["a_left"] + sketch["a_across"] / 2
    sketch["e_left"] = math.floor(middle) + draw.choice((-1, 1)) * draw.integer(6, 18)
    sketch["e_free"] = base - draw.integer(11, 12)
    return sketch


def _tables(draw: Draw) -> Values:
    """Draw the shop's table of deductions and its clearance holes."""
    low = {2: 30, 3: 47, 4: 66, 5: 85}
    holes = {"M5": (53, 58), "M6": (63, 70), "M8": (84, 96), "M10": (105, 118)}
    return {
        "deductions": {str(sheet): draw.integer(least, least + 8) / 10 for sheet, least in low.items()},
        "clearance": {thread: draw.integer(*sizes) / 10 for thread, sizes in holes.items()},
    }


def _in_the_base(sketch: Values) -> dict[str, list[list[float]]]:
    """Return middles as from left and from the free edge."""
    lefts = (sketch["a_left"], sketch["a_left"] + sketch["a_across"])
    edges = (sketch["a_free"], sketch["a_free"] + sketch["a_deep"])
    return {"A": [[x, y] for y in edges for x in lefts], "E": [[sketch["e_left"], sketch["e_free"]]]}


def _in_the_leg(sketch: Values) -> dict[str, list[list[float]]]:
    """Return middles as from left and down from the top edge."""
    leg, x, y = sketch["leg"], sketch["d_left"], sketch["leg"] - sketch["d_height"]
    turns = [math.radians(sketch["c_angle"] + 360 * n / sketch["c_count"]) for n in range(sketch["c_count"])]
    radius = sketch["c_circle"] / 2
    circle = [[round(x + radius * math.cos(t), 4), round(y - radius * math.sin(t), 4)] for t in turns]
    return {"B": [[sketch["b_left"], leg - sketch["b_height"]]], "C": circle, "D": [[x, y]]}


def _shop_rules(given: Values) -> str:
    rows = [f"| {sheet} mm | {value:g} mm |" for sheet, value in given["deductions"].items()]
    holes = ", ".join(f"{thread} {size:g} mm" for thread, size in given["clearance"].items())
    return RULES.format(deductions="\n".join(rows), clearances=holes, factor=given["factor"])


def _picture(given: Values) -> str:
    """The rough picture: right in kind, wrong in size, and with an older width."""
    circles = [(70, 470), (210, 470), (70, 520), (212, 519), (150, 430), (110, 190)]
    circles += [(round(110 + 52 * math.cos(n)), round(190 + 52 * math.sin(n))) for n in (0.2, 1.3, 2.3, 3.4, 4.4, 5.5)]
    sizes = [7, 7, 7, 7, 5, 24] + [6] * 6
    holes = "\n".join(f'  <circle cx="{x}" cy="{y}" r="{r}"/>' for (x, y), r in zip(circles, sizes, strict=True))
    words = (
        (120, 40, f"approx. {given['old_width']}"), (250, 140, "notch"), (96, 192, "D"), (172, 150, "C"),
        (70, 330, "B"), (40, 466, "A"), (160, 428, "E"), (262, 400, "bend"), (20, 560, "not to scale! H."),
        (20, 585, "lasers: take all measures off this picture with the rule, print 1:1"),
    )  # fmt: skip
    texts = "\n".join(f'  <text x="{x}" y="{y}" stroke="none" fill="#333">{word}</text>' for x, y, word in words)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 600" fill="none" stroke="#333">\n'
        '  <path d="M42 541 L30 528 L31 62 L44 51 L211 52 L212 120 L270 121 L269 529 L257 540 Z"/>\n'
        '  <path d="M30 402 L270 400" stroke-dasharray="6 4"/>\n'
        '  <rect x="84" y="316" width="60" height="18" rx="9"/>\n'
        f"{holes}\n{texts}\n</svg>\n"
    )
