"""One layout that keeps to the rules, packed in rows, and slips that people make."""
# hapi-pytest canary ac077677-8379-4699-a6c5-ddcda55b1662

from typing import Any

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text, dxf_text

FLAWS: dict[str, tuple[str, ...]] = {
    "a-cabinet-too-few": ("every-piece-is-there",),
    "piece-forgotten": ("every-piece-is-there",),
    "finished-sizes-cut": ("pieces-have-their-cut-size", "list-gives-sizes-and-bands"),
    "bands-taken-off-the-wrong-way": ("pieces-have-their-cut-size", "list-gives-sizes-and-bands"),
    "centimetres-for-millimetres": ("pieces-have-their-cut-size", "list-gives-sizes-and-bands"),
    "length-before-the-note": ("pieces-have-their-cut-size", "list-gives-sizes-and-bands"),
    "drawn-a-millimetre-large": ("pieces-have-their-cut-size",),
    "shaped-parts-as-boxes": ("shaped-parts-have-their-corners",),
    "good-side-down": ("no-piece-is-mirrored",),
    "pieces-closer-than-the-tool": ("tool-fits-between-pieces",),
    "pieces-upon-each-other": ("tool-fits-between-pieces",),
    "no-margin": ("pieces-keep-the-margin",),
    "grain-of-sheet-2-overlooked": ("grain-runs-right",),
    "grain-of-the-fronts-along-their-length": ("grain-runs-right",),
    "spoilt-corner-used": ("spoilt-corner-stays-free",),
    "strip-used": ("strip-stays-whole",),
    "unit-not-told": ("sheets-are-drawn",),
    "sheet-drawn-upright": ("sheets-are-drawn",),
    "marks-on-the-cutting-layer": ("layers-hold-what-they-should",),
    "cross-in-each-piece": ("layers-hold-what-they-should",),
    "dropped-part-cut": ("nothing-else-is-cut",),
    "glass-cut-from-plywood": ("nothing-else-is-cut",),
    "places-of-the-middles": ("list-says-where-pieces-lie",),
    "zeros-of-the-numbers-lost": ("list-says-where-pieces-lie",),
    "one-row-for-each-part": ("list-says-where-pieces-lie",),
    "finished-sizes-listed": ("list-gives-sizes-and-bands",),
    "bands-along-the-cut-edges": ("list-gives-sizes-and-bands",),
}
EQUIVALENTS: dict[str, str] = {
    "sheet-2-first": "which piece lies where is up to us",
    "single-lines": "the router wants closed outlines of straight lines and does not say of which kind",
    "outlines-closed-by-a-last-corner": "an outline that ends where it began is closed as well",
    "marks-with-names": "a mark only has to begin with the number",
    "half-a-turn": "pieces may lie in any quarter turn",
    "list-in-another-order": "the brief orders neither rows nor columns, and asks for csv without a separator",
}
Corner = tuple[float, float]


class Piece:
    """A piece to lay out: number, cut size, corners and what it takes of band."""

    def __init__(self, part: dict[str, Any], size: Corner, told: tuple[float, float, float], corners: Any) -> None:
        self.part, self.size, self.told = part["part"], size, told
        self.grain, self.name = part["grain"], part["name"]
        self.corners: list[Corner] = [(float(x), float(y)) for x, y in corners]
        self.sheet, self.x, self.y, self.turn = 0, 0.0, 0.0, 0

    def box(self, turn: int) -> Corner:
        """Return the extent along x and y after quarter turns."""
        return self.size if turn % 2 == 0 else (self.size[1], self.size[0])

    def placed(self, more: int) -> list[Corner]:
        """Return the corners on the sheet."""
        corners = self.corners
        for _ in range(self.turn + more):
            corners = [(-y, x) for x, y in corners]
        left, low = (min(corner[axis] for corner in corners) for axis in (0, 1))
        return [(x - left + self.x, y - low + self.y) for x, y in corners]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Lay the pieces out, draw both sheets and list what lies there."""
    pieces = _laid_out(facts, flaws, _pieces(facts, flaws))
    files: dict[str, str | bytes] = {
        f"sheet{sheet}.dxf": _drawing(facts, flaws, sheet, [piece for piece in pieces if piece.sheet == sheet])
        for sheet in (1, 2)
    }
    return files | {"cut_list.csv": _list(flaws, pieces)}


def _pieces(facts: Facts, flaws: frozenset[str]) -> list[Piece]:
    """Return each single piece with its cut size."""
    found = []
    for part in facts.parts:
        is_extra = part["part"] == facts.dropped and "dropped-part-cut" in flaws
        is_extra |= part["part"] == facts.glass and "glass-cut-from-plywood" in flaws
        if (part["material"] != "ply 18" or part["part"] == facts.dropped) and not is_extra:
            continue
        count = part["count"] * (facts.cabinets if part["for"] == "each" else 1)
        if "a-cabinet-too-few" in flaws and part["for"] == "each":
            count -= part["count"]
        count -= part["part"] == facts.rail and "piece-forgotten" in flaws
        size, told = _sizes(facts, flaws, part)
        corners: Any = [(0, 0), (size[0], 0), size, (0, size[1])]
        if part["part"] in facts.shapes and "shaped-parts-as-boxes" not in flaws:
            corners = facts.shapes[part["part"]]
            if "good-side-down" in flaws:
                corners = [(size[0] - x, y) for x, y in corners][::-1]
        found += [Piece(part, size, told, corners) for _ in range(1 if is_extra else count)]
    return found


def _sizes(facts: Facts, flaws: frozenset[str], part: dict[str, Any]) -> tuple[Corner, tuple[float, float, float]]:
    """Return the size to cut, and length, width and band as the list has them."""
    scale = 10 if part["unit"] == "cm" and "centimetres-for-millimetres" not in flaws else 1
    length, width = part["length"] * scale, part["width"] * scale
    if part["part"] == facts.front and "length-before-the-note" not in flaws:
        length -= facts.lower
    bands = {word[0]: int(word[1]) for word in part["bands"].split()}
    along, across = bands.get("L", 0), bands.get("W", 0)
    cut = (length - across * facts.band, width - along * facts.band)
    if "bands-taken-off-the-wrong-way" in flaws:
        cut = (length - along * facts.band, width - across * facts.band)
    if "finished-sizes-cut" in flaws:
        cut = (length, width)
    edges = cut if "bands-along-the-cut-edges" in flaws else (length, width)
    listed = (length, width) if "finished-sizes-listed" in flaws else cut
    told = (*listed, along * edges[0] + across * edges[1])
    if "drawn-a-millimetre-large" in flaws and part["part"] not in facts.shapes:
        cut = (cut[0] + 1, cut[1] + 1)
    return cut, told


def _turns(facts: Facts, flaws: frozenset[str], piece: Piece, sheet: int) -> list[int]:
    """Return the turns in which a piece may lie on a sheet, the flatter first."""
    if not piece.grain:
        return sorted((0, 1), key=lambda turn: piece.box(turn)[1])
    is_along_x = facts.sheets[sheet - 1]["grain"] == "x" or "grain-of-sheet-2-overlooked" in flaws
    is_along_length = piece.grain == "L" or "grain-of-the-fronts-along-their-length" in flaws
    return [0 if is_along_x == is_along_length else 1]


def _laid_out(facts: Facts, flaws: frozenset[str], pieces: list[Piece]) -> list[Piece]:
    """Pack the pieces in rows, in the first order that works; loose ones of the slips go where nothing may lie."""
    sheets = (2, 1) if "sheet-2-first" in flaws else (1, 2)
    for key in (_longest, _highest, _largest):
        if any(_packed(facts, flaws, sorted(pieces, key=key), order) for order in (sheets, sheets[::-1])):
            break
    else:
        raise ValueError("there is no room for every piece")
    _misplace(facts, flaws, pieces)
    return pieces


def _misplace(facts: Facts, flaws: frozenset[str], pieces: list[Piece]) -> None:
    """Move what the slips put where it may not lie."""
    (first_end, _), (second_end, _) = (sheet["size"] for sheet in facts.sheets)
    one, other = [piece for piece in pieces if piece.part == facts.gusset][:2]
    if "spoilt-corner-used" in flaws:
        one.sheet, one.turn, one.x, one.y = 2, 1, second_end - facts.margin - one.box(1)[0], facts.margin
    if "strip-used" in flaws:
        other.sheet, other.turn, other.x, other.y = 1, 0, first_end - facts.margin - other.box(0)[0], facts.margin
    if "pieces-upon-each-other" in flaws:
        ends = {
            (piece.sheet, piece.y, round(piece.x + piece.box(piece.turn)[0] + _gap(facts, flaws), 3))
            for piece in pieces
        }
        neighbour = next(piece for piece in pieces if (piece.sheet, piece.y, round(piece.x, 3)) in ends)
        neighbour.x -= _gap(facts, flaws) + 4
    if "no-margin" in flaws:
        for piece in pieces:
            piece.x, piece.y = piece.x - facts.margin, piece.y - facts.margin


def _longest(piece: Piece) -> float:
    return -max(piece.size)


def _highest(piece: Piece) -> float:
    return -min(piece.size)


def _largest(piece: Piece) -> float:
    return -piece.size[0] * piece.size[1]


def _packed(facts: Facts, flaws: frozenset[str], pieces: list[Piece], order: tuple[int, ...]) -> bool:
    """Place every piece, and tell whether there was room."""
    rows: list[list[float]] = []  # each with sheet, y, height and the next free x
    heights: dict[int, float] = {1: facts.margin, 2: facts.margin}
    return all(
        _fits_in_a_row(facts, flaws, piece, rows) or _opens_a_row(facts, flaws, piece, rows, heights, order)
        for piece in pieces
    )


def _end(facts: Facts, sheet: int) -> float:
    """Return how far along x pieces may reach: short of the strip, and of the spoilt corner over the whole height."""
    long = facts.sheets[sheet - 1]["size"][0]
    return float(long - (facts.strip if sheet == 1 else facts.bruise_x + facts.gap))


def _gap(facts: Facts, flaws: frozenset[str]) -> float:
    return 2.0 if "pieces-closer-than-the-tool" in flaws else float(facts.gap)


def _fits_in_a_row(facts: Facts, flaws: frozenset[str], piece: Piece, rows: list[list[float]]) -> bool:
    for row in rows:
        sheet = int(row[0])
        for turn in _turns(facts, flaws, piece, sheet):
            wide, high = piece.box(turn)
            if high <= row[2] and row[3] + wide <= _end(facts, sheet):
                piece.sheet, piece.x, piece.y, piece.turn = sheet, row[3], row[1], turn
                row[3] += wide + _gap(facts, flaws)
                return True
    return False


def _opens_a_row(
    facts: Facts,
    flaws: frozenset[str],
    piece: Piece,
    rows: list[list[float]],
    heights: dict[int, float],
    order: tuple[int, ...],
) -> bool:
    margin = facts.margin
    for sheet in order:
        for turn in _turns(facts, flaws, piece, sheet):
            wide, high = piece.box(turn)
            is_room = heights[sheet] + high <= facts.sheets[sheet - 1]["size"][1] - margin
            if is_room and margin + wide <= _end(facts, sheet):
                rows.append([sheet, heights[sheet], high, margin])
                heights[sheet] += high + _gap(facts, flaws)
                return _fits_in_a_row(facts, flaws, piece, rows[-1:])
    return False


def _drawing(facts: Facts, flaws: frozenset[str], sheet: int, pieces: list[Piece]) -> str:
    import ezdxf

    document = ezdxf.new("R2000")
    document.header["$INSUNITS"] = 0 if "unit-not-told" in flaws else 4
    for name in ("SHEET", "CUT", "MARK"):
        document.layers.add(name)
    space = document.modelspace()
    long, short = facts.sheets[sheet - 1]["size"]
    if "sheet-drawn-upright" in flaws:
        long, short = short, long
    _outline(space, "SHEET", [(0, 0), (long, 0), (long, short), (0, short)], flaws)
    more = 2 if "half-a-turn" in flaws else 0
    for piece in pieces:
        corners = [(round(x, 3), round(y, 3)) for x, y in piece.placed(more)]
        _outline(space, "CUT", corners, flaws)
        x, y = _inside(corners)
        text = f"{piece.part} {piece.name}" if "marks-with-names" in flaws else piece.part
        layer = "CUT" if "marks-on-the-cutting-layer" in flaws else "MARK"
        space.add_text(text, height=12, dxfattribs={"layer": layer}).set_placement((x, y))
        if "cross-in-each-piece" in flaws:
            space.add_line((x - 5, y + 5), (x + 5, y + 5), dxfattribs={"layer": "CUT"})
    return dxf_text(document)


def _inside(corners: list[Corner]) -> Corner:
    """Return a point inside: beside the outer corner with the largest triangle."""
    turns = zip(corners[-1:] + corners[:-1], corners, corners[1:] + corners[:1], strict=True)
    (ax, ay), (bx, by), (cx, cy) = max(turns, key=lambda corner: _sharpness(*corner))
    return bx + (ax - bx) * 0.1 + (cx - bx) * 0.1, by + (ay - by) * 0.1 + (cy - by) * 0.1


def _sharpness(a: Corner, b: Corner, c: Corner) -> float:
    """Tell how much a corner turns to the left, as outlines that go round anticlockwise do at their outer corners."""
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def _outline(space: Any, layer: str, corners: list[Corner], flaws: frozenset[str]) -> None:
    look = {"layer": layer}
    if "single-lines" in flaws:
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            space.add_line(start, end, dxfattribs=look)
    elif "outlines-closed-by-a-last-corner" in flaws:
        space.add_lwpolyline([*corners, corners[0]], dxfattribs=look)
    else:
        space.add_lwpolyline(corners, close=True, dxfattribs=look)


def _list(flaws: frozenset[str], pieces: list[Piece]) -> str:
    header = ["part", "sheet", "x", "y", "length", "width", "band"]
    rows: list[list[Any]] = []
    for piece in pieces:
        part = piece.part.lstrip("0") if "zeros-of-the-numbers-lost" in flaws else piece.part
        x, y = piece.x, piece.y
        if "places-of-the-middles" in flaws:
            x, y = x + piece.box(piece.turn)[0] / 2, y + piece.box(piece.turn)[1] / 2
        rows.append([part, piece.sheet, *(round(value, 2) for value in (x, y, *piece.told))])
    if "one-row-for-each-part" in flaws:
        rows = list({row[0]: row for row in rows}.values())
    is_odd = "list-in-another-order" in flaws
    if is_odd:
        header, rows = header[::-1], [row[::-1] for row in reversed(rows)]
    return csv_text(header, rows, delimiter=";" if is_odd else ",")
