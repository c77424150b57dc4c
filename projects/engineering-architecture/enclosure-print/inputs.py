"""A circuit board as its layout program exports it, the rules of a print service and a note from the workshop."""
# hapi-pytest canary f486c60d-73c1-4bd0-9211-1919fb19f532

from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

FIRMS = ("Hive & Meadow", "Torrent Gauges", "Kaltluft Messtechnik", "Estuary Sensors", "Nordlys Lab", "Pebble & Pike")
OWNERS = ("Milo", "Annika", "Rasmus", "Çiğdem", "Thierry", "Dervla", "Ondřej", "Pia")
THINGS = (
    "a box that counts bees", "a logger for river levels", "a sensor for cold stores", "a meter for compost heaps",
    "a clock for tide gates", "a switch for greenhouse lamps", "a monitor for old organs", "a gauge for salt pans",
)  # fmt: skip
PLUGS = ("USB-C", "terminal 4p", "RJ45", "terminal 2p", "DC jack", "M12 stub", "SMA pair", "JST shroud")
REMARKS = ("", "", "maker: panel cutout 20.0 x 16.0", "hand soldered", "", "see order 11")
COLUMNS = ("ref", "kind", "side", "edge", "x", "y", "wide", "low", "high", "unit", "fit", "remark")
RULES = """# Cases for boards: our rules

Coordinates, for both files and for all figures: millimetres, x to the right and y up as in the export, 0, 0 the lower
left corner of the board, z = 0 the underside of the board. Case and lid lie where they are when the thing is closed.

1. **Walls** and floor are {wall_min:g} to {wall_max:g} mm thick. Walls go straight up and round without a break except
   for the openings of rule 6. The case is a plain box, open above.
2. **Gap.** Between each edge of the board and the inside of the wall: {gap_min:g} to {gap_max:g} mm, on all four sides.
3. **Posts.** Under each mounting hole a post from the floor to z = 0, {post_min:g} to {post_max:g} mm across, round or
   square. In its middle a hole for the screw, {pilot:g} mm across (0.2 more or less do no harm), open above and at
   least {pilot_deep:g} mm deep. Nothing else touches the board.
4. **Below.** Between the lowest part on the bottom side and the floor {below_min:g} to {below_max:g} mm.
5. **Above.** Between the highest part on the top side, connectors included, and the lid {above_min:g} to
   {above_max:g} mm.
6. **Openings.** In the wall in front of each connector a rectangular opening, on each of its four sides {open_min:g} to
   {open_max:g} mm larger than the connector. What makers of connectors recommend does not matter. Parts that are not
   fitted get none.
7. **Lid.** A flat plate as thick as walls may be, lying on the rim of the walls, with the same outline as the case (0.2
   mm more or less do no harm). Below it a lip that reaches {lip_min:g} to {lip_max:g} mm down into the case, along all
   four sides and 1 to 2 mm thick. Between lip and wall 0.15 to 0.4 mm. Rule 5 goes by the plate; the lip is near no
   part.
8. **Lamps and buttons** need a hole through the lid, round or square, {hole_min:g} to {hole_max:g} mm more across than
   the part.
9. **Print.** Each file is one solid: watertight, in one piece, no bodies that merely overlap. Text or binary STL.

What is in the export under `fit` as DNP is not on the board and counts nowhere.
"""
EXPORT = """How to read the export

One row for each part, all lengths of a row in its unit (1 mil = 0.0254 mm). x and y are counted from the corner of the
sheet and not of the board; the rows of kind "corner" say where the board lies on it.

mount       middle of a mounting hole, wide: its diameter
connector   edge: the side of the board it looks out of (N is up, E right), x or y: its middle along that edge,
            wide: its width there, low and high: above the top of the board (low empty: it begins at the board)
part        high: how far it stands off the board, on its side (top or bottom)
led, button x, y: its middle, wide: diameter, to be seen or pressed from above
pcb         high: thickness of the board
"""
NOTE = """{day}, for whoever draws the case

- The boards came back {thickness} mm thick, not as the export says.
- {taller}: we had to take another type. It is {taller_high} mm high above the board instead of what the export says;
  width and place are the same.
- {service} is for us alone, when the lid is off. No hole for it, please.
- {tall_dnp} would have been the highest part. It is not on the board any more, and will not be.
"""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

Row = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw a board with four connectors in use and one that is not."""
    rules = _rules(draw)
    wide, deep = draw.integer(8800, 11500) / 100, draw.integer(5600, 7800) / 100
    old, new = draw.choice(((1.6, 1.0), (1.6, 2.4), (1.0, 1.6), (2.0, 1.2), (0.8, 1.6)))
    corner = (draw.integer(60, 180) / 2, draw.integer(60, 180) / 2)
    rows = _rows(draw, wide, deep) | _parts(draw, wide, deep)
    names = {key: row["ref"] for key, row in rows.items()}
    taller = round(rows["south_a"]["high"] + draw.integer(14, 26) / 10, 1)
    export = [_row("PCB", "corner", *corner), _row("PCB", "corner", corner[0] + wide, corner[1] + deep)]
    export.append(_row("PCB", "pcb", *corner, high=old))
    export += [_placed(row, corner) for row in draw.shuffled(list(rows.values()))]
    rows["south_a"]["high"] = taller
    highest = max(r["high"] for r in rows.values() if r["side"] == "top" and not r["dnp"] and r["kind"] != "mount")
    given = rules | {
        "firm": draw.choice(FIRMS), "owner": draw.choice(OWNERS), "thing": draw.choice(THINGS),
        "day": draw.choice(DAYS), "thickness": new, "taller": names["south_a"], "taller_high": taller,
        "service": names["service"], "tall_dnp": names["tall_dnp"], "unfitted": names["unfitted"],
        "bottom": names["bottom"], "mount": names["mount_a"], "east": names["east"], "lamp": names["led"], "old": old,
    }  # fmt: skip
    mounts = [[rows[f"mount_{letter}"][axis] for axis in "xy"] for letter in "abcd"]
    connectors = {rows[key]["ref"]: _opening(rows[key], new) for key in ("south_a", "south_b", "east", "north")}
    gold = {
        "board": [wide, deep],
        "mounts": mounts,
        "connectors": connectors,
        "closed": _opening(rows["unfitted"], new),
        "under": rows["bottom"]["high"],
        "under_at": [rows["bottom"]["x"], rows["bottom"]["y"]],
        "top": round(new + highest, 4),
        "holes": {rows[key]["ref"]: [rows[key][name] for name in ("x", "y", "wide")] for key in ("led", "button")},
        "no_hole": [rows["service"]["x"], rows["service"]["y"]],
    }
    files = {"board.csv": _export(export), "export-format.txt": EXPORT}
    files |= {"print-rules.md": RULES.format(**given), "note.txt": NOTE.format(**given)}
    return Inputs(files=files, given=given, gold=gold)


def _rules(draw: Draw) -> dict[str, float]:
    """Draw the rules; every one leaves room."""
    low = {
        "wall": draw.integer(18, 22) / 10, "gap": draw.integer(5, 8) / 10, "post": draw.integer(60, 66) / 10,
        "below": draw.integer(10, 16) / 10, "above": draw.integer(15, 26) / 10, "open": draw.integer(4, 7) / 10,
        "lip": draw.integer(20, 26) / 10, "hole": draw.integer(4, 7) / 10,
    }  # fmt: skip
    room = {"wall": 1.2, "gap": 1.0, "post": 2.0, "below": 1.5, "above": 2.0, "open": 1.0, "lip": 1.4, "hole": 1.0}
    rules = {f"{name}_min": value for name, value in low.items()}
    rules |= {f"{name}_max": round(value + room[name], 1) for name, value in low.items()}
    return rules | {"pilot": draw.integer(22, 28) / 10, "pilot_deep": draw.integer(36, 42) / 10}


def _mm(mils: int) -> float:
    return round(mils * 0.0254, 4)


def _row(ref: str, kind: str, x: float, y: float, **more: Any) -> Row:
    """Describe a part from the corner of the board, in mm; `unit` is what the export shows it in."""
    row: Row = {"ref": ref, "kind": kind, "side": "top", "edge": "", "x": x, "y": y, "wide": 0.0, "low": 0.0}
    return row | {"high": 0.0, "unit": "mm", "dnp": False, "remark": ""} | more


def _rows(draw: Draw, wide: float, deep: float) -> dict[str, Row]:
    """Draw mounts and connectors; mounts and one connector are exported in mil."""
    refs = [f"J{n}" for n in draw.sample(range(1, 12), 5)]
    lefts = [_mm(draw.integer(170, 210)), _mm(round((wide - draw.integer(45, 54) / 10) / 0.0254))]
    lows = [_mm(draw.integer(170, 210)), _mm(round((deep - draw.integer(45, 54) / 10) / 0.0254))]
    corners = [(x, y) for y in lows for x in lefts]
    rows = {
        f"mount_{letter}": _row(f"H{number}", "mount", x, y, wide=_mm(126), unit="mil")
        for letter, number, (x, y) in zip("abcd", draw.sample(range(1, 9), 4), corners, strict=True)
    }
    lines = (
        ("south_a", "S", 0.31, False, "mm"), ("south_b", "S", 0.7, False, "mil"), ("east", "E", 0.52, False, "mm"),
        ("north", "N", 0.68, False, "mm"), ("unfitted", "N", 0.3, True, "mm"),
    )  # fmt: skip
    usual = draw.integer(58, 76) / 10
    for ref, kind, (key, edge, share, is_dnp, unit) in zip(refs, draw.sample(PLUGS, 5), lines, strict=True):
        length = wide if edge in "NS" else deep
        along = round(length * share + draw.integer(-20, 20) / 10, 1)
        size, low, high = draw.integer(80, 150) / 10, draw.integer(0, 8) / 10, usual + draw.integer(0, 8) / 10
        if unit == "mil":
            along, size, low, high = (_mm(round(value / 0.0254)) for value in (along, size, low, high))
        x, y = {"S": (along, 0.0), "N": (along, deep), "E": (wide, along)}[edge]
        more = {"edge": edge, "wide": size, "low": low, "high": high, "dnp": is_dnp, "unit": unit}
        rows[key] = _row(ref, "connector", x, y, remark=f"{kind}; {draw.choice(REMARKS)}".rstrip("; "), **more)
    return rows


def _parts(draw: Draw, wide: float, deep: float) -> dict[str, Row]:
    """Draw what stands up from the board or hangs from it, well away from its edges."""
    refs = [f"C{n}" for n in draw.sample(range(1, 40), 3)] + [f"U{n}" for n in draw.sample(range(1, 15), 2)]
    highest = draw.integer(152, 188) / 10

    def at(x: float, y: float) -> tuple[float, float]:
        return round(x + draw.integer(-150, 150) / 100, 2), round(y + draw.integer(-150, 150) / 100, 2)

    return {
        "tall": _row(refs[0], "part", *at(wide * 0.5, deep * 0.4), wide=10.0, high=highest),
        "tall_dnp": _row(refs[1], "part", *at(wide * 0.5, deep * 0.6), wide=12.5, high=highest + 4.5, dnp=True),
        "low": _row(refs[2], "part", *at(wide * 0.25, deep * 0.5), wide=6.3, high=draw.integer(50, 90) / 10),
        "bottom": _row(
            refs[3], "part", *at(wide * 0.45, deep * 0.5), side="bottom", wide=14.0, high=draw.integer(34, 52) / 10
        ),
        "chip": _row(refs[4], "part", *at(wide * 0.7, deep * 0.5), wide=12.0, high=2.4),
        "led": _row(f"D{draw.integer(1, 9)}", "led", *at(wide * 0.2, deep - 16.5), wide=draw.choice((3.0, 5.0))),
        "button": _row(
            "SW1", "button", *at(wide - 19.5, 17), wide=draw.integer(58, 80) / 10, high=draw.integer(60, 90) / 10
        ),
        "service": _row("SW2", "button", *at(wide - 34.5, deep - 17), wide=6.0, high=5.0),
    }


def _opening(row: Row, thickness: float) -> list[Any]:
    """Return the edge, and the connector's box along that edge and upwards."""
    along = row["y"] if row["edge"] in "EW" else row["x"]
    sides = [along - row["wide"] / 2, along + row["wide"] / 2, thickness + row["low"], thickness + row["high"]]
    return [row["edge"], *(round(value, 4) for value in sides)]


def _placed(row: Row, corner: tuple[float, float]) -> Row:
    """Return a row as it lies on the sheet, in its own unit."""
    placed = row | {"x": row["x"] + corner[0], "y": row["y"] + corner[1]}
    if row["unit"] == "mil":
        placed |= {name: round(placed[name] / 0.0254, 2) for name in ("x", "y", "wide", "low", "high")}
    return placed


def _export(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        figures = [f"{row[name]:.2f}" for name in ("x", "y")]
        figures += [f"{row[name]:g}" if row[name] else "" for name in ("wide", "low", "high")]
        line = [row["ref"], row["kind"], row["side"], row["edge"], *figures, row["unit"]]
        lines.append([*line, "DNP" if row["dnp"] else "yes", row["remark"]])
    return csv_text(COLUMNS, lines, delimiter=";")
