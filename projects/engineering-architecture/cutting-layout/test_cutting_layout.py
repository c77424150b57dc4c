"""Rubric: cutting layout."""
# hapi-pytest canary ac077677-8379-4699-a6c5-ddcda55b1662

import functools
import re
from collections import Counter

from hapi_pytest import Rubric

rubric = Rubric()

NEAR = 0.11
"""A tenth of a millimetre is asked for."""
SHEETS = (1, 2)
MOST = 150
"""Pieces on a sheet; the order has a fifth of that."""
NUMBER = re.compile(r"\s*(\d{3})(?!\d)")


class Piece:
    """A closed outline on a sheet and the number that is marked in it."""

    def __init__(self, sheet, corners, marks):
        self.sheet, self.corners = sheet, turning(corners)
        xs, ys = zip(*corners, strict=True)
        self.box = min(xs), min(ys), max(xs), max(ys)
        self.size = self.box[2] - self.box[0], self.box[3] - self.box[1]
        self.marks = [number for number, point in marks if is_inside(point, corners)]
        self.part = self.marks[0] if self.marks else ""

    def __str__(self):
        return f"sheet{self.sheet}.dxf: {self.part or 'a piece'} at {self.box[0]:.0f}, {self.box[1]:.0f}"


def turning(corners):
    """The corners without those on a straight line between their neighbours."""
    kept = []
    for index, (x, y) in enumerate(corners):
        (ax, ay), (bx, by) = corners[index - 1], corners[(index + 1) % len(corners)]
        if abs((x - ax) * (by - y) - (y - ay) * (bx - x)) > 0.05 * (abs(bx - ax) + abs(by - ay)):
            kept.append((x, y))
    return kept or list(corners)


def is_inside(point, corners):
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


@functools.lru_cache(maxsize=4)
def pieces_on(deliverable, sheet):
    drawing = deliverable.dxf(f"sheet{sheet}.dxf")
    texts = [shape for shape in drawing.shapes() if shape.kind in ("TEXT", "MTEXT")]
    marks = [(found[1], text.points[0]) for text in texts if (found := NUMBER.match(text.text))]
    outlines = [ring for ring in drawing.outlines("CUT") if len(ring) > 2]
    is_sane = len(outlines) <= MOST and len(marks) <= MOST and sum(map(len, outlines)) <= 20 * MOST
    assert is_sane, f"sheet{sheet}.dxf: holds more than an order does"
    return [Piece(sheet, ring, marks) for ring in outlines]


def all_pieces(deliverable):
    found = [piece for sheet in SHEETS for piece in pieces_on(deliverable, sheet)]
    assert found, "there is no piece on either sheet"
    return found


def of_part(deliverable, part):
    found = [piece for piece in all_pieces(deliverable) if piece.part == part]
    assert found, f"no piece is marked {part}"
    return found


def shapes_of(facts, part, mirror=False):
    """The corners of a shaped part in all four turns, from the lower left corner of its box."""
    corners = [(-x if mirror else x, y) for x, y in facts.shapes[part]]
    for _ in range(4):
        corners = [(-y, x) for x, y in corners]
        left, low = (min(corner[axis] for corner in corners) for axis in (0, 1))
        yield [(x - left, y - low) for x, y in corners]


def has_shape(piece, corners):
    found = [(x - piece.box[0], y - piece.box[1]) for x, y in piece.corners]
    if len(found) != len(corners):
        return False
    return all(any(abs(x - a) <= NEAR and abs(y - b) <= NEAR for a, b in found) for x, y in corners)


@rubric.critical(
    "Every part is there as often as all cabinets need it",
    brief="`count` is for one cabinet where it says `each`",
    attachments={"note.txt": "What is needed for each of them has to be there for all"},
)
def every_piece_is_there(deliverable, facts):
    found = Counter(piece.part for piece in all_pieces(deliverable))
    wrong = {part: found[part] for part, count in facts.counts.items() if found[part] != count}
    assert not wrong, f"pieces on both sheets: {wrong}"


@rubric.critical(
    "Pieces have their cut size, with bands taken off the right way",
    brief="my list of parts, finished sizes",
    attachments={"router.docx": "a band on an edge along the length takes from the width"},
)
def pieces_have_their_cut_size(deliverable, facts):
    for part, size in facts.sizes.items():
        if part in facts.shapes:
            continue
        for piece in of_part(deliverable, part):
            off = max(abs(a - b) for a, b in zip(sorted(piece.size), sorted(size), strict=True))
            assert off <= NEAR and len(piece.corners) == 4, f"{piece}: is {piece.size[0]:.1f} by {piece.size[1]:.1f}"


@rubric.important(
    "Shaped parts have all their corners",
    brief="the corners of the two parts that are no rectangles",
    attachments={"router.docx": "their corners in shapes.json are cut sizes"},
)
def shaped_parts_have_their_corners(deliverable, facts):
    for part in facts.shapes:
        wanted = [corners for mirror in (False, True) for corners in shapes_of(facts, part, mirror)]
        for piece in of_part(deliverable, part):
            assert any(has_shape(piece, corners) for corners in wanted), f"{piece}: is not of that shape"


@rubric.pitfall(
    "No shaped part is mirrored",
    brief="please keep all of it",
    attachments={"router.docx": "The good side is up: no piece is mirrored"},
)
def no_piece_is_mirrored(deliverable, facts):
    for part in facts.shapes:
        for piece in of_part(deliverable, part):
            is_wrong = any(has_shape(piece, corners) for corners in shapes_of(facts, part, mirror=True))
            assert not is_wrong, f"{piece}: lies with its good side down"


def distance(one, other):
    """How far two outlines are apart; 0 where they cross or one lies in the other."""
    if is_inside(one[0], other) or is_inside(other[0], one):
        return 0.0
    sides, others = (list(zip(c, c[1:] + c[:1], strict=True)) for c in (one, other))
    if any(do_cross(*side, *facing) for side in sides for facing in others):
        return 0.0
    ends = [from_side(corner, *side) for corner in one for side in others]
    return min(ends + [from_side(corner, *side) for corner in other for side in sides])


def do_cross(a, b, c, d):
    def turn(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


def from_side(point, start, end):
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy or 1)
    share = min(1, max(0, share))
    x, y = point[0] - start[0] - share * dx, point[1] - start[1] - share * dy
    return (x * x + y * y) ** 0.5


@rubric.critical(
    "Pieces do not overlap, and the tool fits between any two",
    brief="as long as it keeps to their rules",
    attachments={"router.docx": "Between two pieces {gap} mm at least"},
)
def tool_fits_between_pieces(deliverable, facts):
    gap = facts.gap - NEAR
    for sheet in SHEETS:
        pieces = sorted(pieces_on(deliverable, sheet), key=lambda piece: piece.box)
        assert pieces or all_pieces(deliverable), "nothing is cut"
        for index, one in enumerate(pieces):
            for other in pieces[index + 1 :]:
                if other.box[0] > one.box[2] + gap:
                    break
                if other.box[1] > one.box[3] + gap or one.box[1] > other.box[3] + gap:
                    continue
                assert len(one.corners) + len(other.corners) < 60, f"{one}: has too many corners"
                apart = distance(one.corners, other.corners)
                assert apart >= gap, f"{one}: is {apart:.1f} from {other.part or 'a piece'}"


@rubric.critical(
    "Pieces keep the margin to the edges of their sheet",
    brief="as long as it keeps to their rules",
    attachments={"router.docx": "To the edges of the sheet {margin} mm at least"},
)
def pieces_keep_the_margin(deliverable, facts):
    for piece in all_pieces(deliverable):
        long, short = facts.sheets[piece.sheet - 1]["size"]
        left, low, right, high = piece.box
        room = min(left, low, long - right, short - high)
        assert room >= facts.margin - NEAR, f"{piece}: is {room:.1f} from an edge"


@rubric.critical(
    "The grain runs as the list wants it, on both sheets",
    brief="which way their grain runs",
    attachments={"router.docx": "L means that the grain runs along the length of the part"},
)
def grain_runs_right(deliverable, facts):
    for part in facts.parts:
        if not part["grain"] or part["part"] not in facts.sizes:
            continue
        is_long_with_grain = (part["grain"] == "L") == (part["length"] > part["width"])
        for piece in of_part(deliverable, part["part"]):
            is_long_along_x = piece.size[0] > piece.size[1]
            is_grain_along_x = facts.sheets[piece.sheet - 1]["grain"] == "x"
            assert is_long_along_x == (is_long_with_grain == is_grain_along_x), f"{piece}: lies across the grain"


@rubric.important(
    "Nothing reaches into the spoilt corner of sheet 2",
    brief="It counts before the list",
    attachments={"note.txt": "the lower right corner, {bruise_x} mm along x and {bruise_y} mm along y, is spoilt"},
)
def spoilt_corner_stays_free(deliverable, facts):
    assert all_pieces(deliverable)
    right = facts.sheets[1]["size"][0]
    left, high = right - facts.bruise_x + NEAR, facts.bruise_y - NEAR
    for piece in pieces_on(deliverable, 2):
        is_beside = piece.box[2] <= left or piece.box[1] >= high
        assert len(piece.corners) < 60, f"{piece}: has too many corners"
        is_clear = is_beside or distance(piece.corners, [(left, 0), (right, 0), (right, high), (left, high)]) > 0
        assert is_clear, f"{piece}: reaches into the spoilt corner"


@rubric.important(
    "The strip at the end of sheet 1 stays whole",
    brief="It counts before the list",
    attachments={"note.txt": "the last {strip} mm along x, over the whole height, have to stay whole"},
)
def strip_stays_whole(deliverable, facts):
    assert all_pieces(deliverable)
    for piece in pieces_on(deliverable, 1):
        assert piece.box[2] <= facts.sheets[0]["size"][0] - facts.strip + NEAR, f"{piece}: reaches into the strip"


@rubric.important(
    "Both files are in millimetres and show their sheet at 0, 0 in its size",
    brief="one for each sheet, as the router people want them",
    attachments={"router.docx": "The sheet lies with its lower left corner at 0, 0"},
)
def sheets_are_drawn(deliverable, facts):
    for sheet in SHEETS:
        drawing = deliverable.dxf(f"sheet{sheet}.dxf")
        assert drawing.units == "mm", f"sheet{sheet}.dxf: its unit is {drawing.units or 'not told'}"
        assert len(drawing.outlines("SHEET")) == 1, f"sheet{sheet}.dxf: SHEET is no closed outline"
        box, (long, short) = drawing.bounds("SHEET"), facts.sheets[sheet - 1]["size"]
        off = max(abs(a - b) for a, b in zip(box, (0, 0, long, short), strict=True))
        assert off <= NEAR, f"sheet{sheet}.dxf: the sheet is drawn {off:.1f} off"


@rubric.important(
    "Each piece is one closed outline with one mark in it, and the layers hold nothing else",
    brief="one for each sheet, as the router people want them",
    attachments={"router.docx": "Nothing else, and nothing on other layers"},
)
def layers_hold_what_they_should(deliverable):
    for piece in all_pieces(deliverable):
        assert len(piece.marks) == 1, f"{piece}: has {len(piece.marks)} marks in it"
    for sheet in SHEETS:
        drawing, pieces = deliverable.dxf(f"sheet{sheet}.dxf"), pieces_on(deliverable, sheet)
        texts = [shape for shape in drawing.shapes() if shape.kind in ("TEXT", "MTEXT")]
        assert len(texts) == len(pieces), f"sheet{sheet}.dxf: {len(texts)} texts for {len(pieces)} pieces"
        for shape in drawing.shapes():
            is_text, layer = shape.kind in ("TEXT", "MTEXT"), shape.layer.upper()
            assert layer in ("SHEET", "CUT", "MARK") and is_text == (layer == "MARK"), f"{shape.place}: is on {layer}"
        drawn = sum(map(length, (shape.path for shape in drawing.shapes("CUT"))))
        closed = sum(length([*ring, ring[0]]) for ring in drawing.outlines("CUT"))
        assert abs(drawn - closed) <= 1, f"sheet{sheet}.dxf: CUT has lines that close nothing"


def length(path):
    return sum(abs(ax - bx) + abs(ay - by) for (ax, ay), (bx, by) in zip(path, path[1:], strict=False))


@rubric.pitfall(
    "Nothing is cut that is not of this plywood or not needed any more",
    brief="Only what is `ply 18` is cut from these sheets",
    attachments={"note.txt": "Part {dropped} is not needed any more"},
)
def nothing_else_is_cut(deliverable, facts):
    extra = sorted({piece.part or "a piece without a number" for piece in all_pieces(deliverable)} - set(facts.counts))
    assert not extra, f"cut though not needed: {extra}"


@rubric.critical(
    "The cut list has one row for each piece, at the place where it is drawn",
    brief="One row for each single piece",
)
def list_says_where_pieces_lie(deliverable):
    left = list(all_pieces(deliverable))
    rows = deliverable.csv("cut_list.csv")
    assert len(rows) == len(left), f"cut_list.csv has {len(rows)} rows for {len(left)} pieces"
    for row in rows:
        sheet, x, y = (row.number(column) for column in ("sheet", "x", "y"))
        found = [
            piece
            for piece in left
            if piece.part == row["part"] and piece.sheet == sheet
            and abs(piece.box[0] - x) <= NEAR and abs(piece.box[1] - y) <= NEAR
        ]  # fmt: skip
        assert found, f"{row.place}: there is no {row['part']!r} at {x:g}, {y:g} on sheet {sheet:g}"
        left.remove(found[0])


@rubric.important(
    "The cut list gives the cut size of each piece and the band that it takes",
    brief="how many millimetres of band go onto this piece",
    attachments={"router.docx": "the piece is cut smaller by that for each band"},
)
def list_gives_sizes_and_bands(deliverable, facts):
    rows = [row for row in deliverable.csv("cut_list.csv") if known(facts, row["part"])]
    told = {known(facts, row["part"]) for row in rows}
    assert told == set(facts.sizes), f"cut_list.csv has no rows for {sorted(set(facts.sizes) - told)}"
    for row in rows:
        part = known(facts, row["part"])
        for column, wanted in zip(("length", "width", "band"), (*facts.sizes[part], facts.bands[part]), strict=True):
            assert abs(row.number(column) - wanted) <= NEAR, f"{row.place}: {column} is {row[column]}"


def known(facts, text):
    """The number of a part, also where it lost zeros: another criterion minds those."""
    return next((part for part in facts.sizes if part.lstrip("0") == text.lstrip("0")), "")


def test_cutting_layout(engagement):
    engagement.assert_complete()
