"""Rubric: bracket drawing."""
# hapi-pytest canary 23d24b4d-84c0-477e-862d-ec640f3551b7

import functools
import math

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()

NEAR = 0.02
"""Every measure is asked for to a hundredth; curves reach us as chords."""
LAYERS = ("outside", "inside", "bend", "engrave")
SMALLEST = 3.0
"""No straight edge of the bracket is as short."""


@functools.lru_cache(maxsize=4)
def rings(deliverable, layer):
    """Closed chains of corners on a layer, measured from the corner of the blank."""
    return [moved(deliverable, ring) for ring in deliverable.dxf("bracket.dxf").outlines(layer)]


@functools.lru_cache(maxsize=2)
def frame(deliverable):
    return deliverable.dxf("bracket.dxf").bounds("OUTSIDE")


def moved(deliverable, points):
    """Points as measured from the lower left corner of the blank: where that lies is a criterion of its own."""
    left, low, _, _ = frame(deliverable)
    return [(x - left, y - low) for x, y in points]


def apart(one, other):
    return math.hypot(one[0] - other[0], one[1] - other[1])


def box(points):
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def blank(deliverable):
    """Width and length of the blank as drawn: what hangs on them is measured from there, so one slip counts once."""
    left, low, right, high = frame(deliverable)
    assert right - left > 1 and high - low > 1, "bracket.dxf: nothing has a size on OUTSIDE"
    return right - left, high - low


def mirrored(points, width):
    """The points seen from outside, and as sketched: which is right is a criterion of its own."""
    return [(width - x, y) for x, y in points], list(points)


def traced(ring):
    """Corners of a ring and the middles of its chords, which stray from a curve that is cut too coarsely."""
    middles = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)]
    return ring + middles


def is_circle(ring, middle, size):
    left, low, right, high = box(ring)
    is_round = all(abs(apart(point, middle) - size / 2) <= NEAR for point in traced(ring))
    return is_round and len(ring) > 8 and abs(right - left - size) <= 2 * NEAR and abs(high - low - size) <= 2 * NEAR


def assert_holes(deliverable, places, size, what):
    """Circles of a size at all these places, seen from one side or the other."""
    found = rings(deliverable, "INSIDE")
    width, _ = blank(deliverable)
    missing = [
        [place for place in side if not any(is_circle(ring, place, size) for ring in found)]
        for side in mirrored(places, width)
    ]
    least = min(missing, key=len)
    assert not least, f"bracket.dxf: {len(least)} of {len(places)} {what} are not there in place and size"


def in_leg(deliverable, facts, letter):
    """Places measured down from the top edge as drawn."""
    _, top = blank(deliverable)
    return [(x, top - down) for x, down in facts.from_top[letter]]


def edges(facts, width, top):
    """The outline as sketched: straight edges, and quarter circles with their middles."""
    chamfer, inner, outer = facts.chamfer, facts.inner, facts.outer
    across, deep = width - facts.notch_width, top - facts.notch_height
    quarters = [
        ((across + inner, deep + inner), inner, (across + inner, deep), (across, deep + inner)),
        ((across - outer, top - outer), outer, (across, top - outer), (across - outer, top)),
        ((outer, top - outer), outer, (outer, top), (0, top - outer)),
    ]
    corners = [(chamfer, 0), (width - chamfer, 0), (width, chamfer), (width, deep)]
    for _, _, start, end in quarters:
        corners += [start, end]
    corners.append((0, chamfer))
    pairs = list(zip(corners, corners[1:] + corners[:1], strict=True))
    curved = [(start, end) for _, _, start, end in quarters]
    return [pair for pair in pairs if pair not in curved], quarters, corners


def from_segment(point, start, end):
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / (dx * dx + dy * dy or 1)
    share = min(1, max(0, share))
    return apart(point, (start[0] + share * dx, start[1] + share * dy))


def from_quarter(point, middle, radius, start, end):
    is_beside = all(
        (point[0] - middle[0]) * (tip[0] - middle[0]) + (point[1] - middle[1]) * (tip[1] - middle[1]) >= -1e-6
        for tip in (start, end)
    )
    return abs(apart(point, middle) - radius) if is_beside else math.inf


def halfway(middle, radius, start, end):
    x, y = (start[0] + end[0]) / 2 - middle[0], (start[1] + end[1]) / 2 - middle[1]
    length = math.hypot(x, y)
    return middle[0] + x / length * radius, middle[1] + y / length * radius


def is_outline(ring, facts, width, top):
    """Every point drawn lies on the sketched outline, and every corner and curve of that is drawn."""
    straight, quarters, corners = edges(facts, width, top)
    for point in traced(ring):
        distances = [from_segment(point, *pair) for pair in straight]
        distances += [from_quarter(point, *quarter) for quarter in quarters]
        if min(distances) > NEAR:
            return False
    sides = list(zip(ring, ring[1:] + ring[:1], strict=True))
    wanted = corners + [halfway(*quarter) for quarter in quarters]
    return all(min(from_segment(point, *side) for side in sides) <= NEAR for point in wanted)


@rubric.critical(
    "The blank has the unfolded size and its lower left corner at 0, 0",
    brief="with every measure to a hundredth",
    attachments={"layer-rules.md": "Unfolded length = base + leg - deduction"},
)
def blank_has_its_size(deliverable, facts):
    found = frame(deliverable)
    for name, value, wanted in zip(
        ("left", "low", "right", "high"), found, (0, 0, facts.width, facts.length), strict=True
    ):
        assert abs(value - wanted) <= NEAR, f"bracket.dxf: the {name} end of the blank is at {value:.2f}"


@rubric.critical(
    "The outline is one closed ring with chamfers, notch and radii",
    brief="single lines and arcs whose ends meet, or polylines",
    attachments={"sketch.txt": "all other corners sharp", "layer-rules.md": "`OUTSIDE` the outline, one closed ring"},
)
def outline_is_closed_and_right(deliverable, facts):
    width, top = blank(deliverable)
    found = rings(deliverable, "OUTSIDE")
    assert len(found) == 1, f"bracket.dxf: OUTSIDE has {len(found)} closed rings"
    assert len(found[0]) <= 2000, "bracket.dxf: the outline has more corners than a bracket"
    sides = mirrored(found[0], width)
    assert any(is_outline(side, facts, width, top) for side in sides), (
        "bracket.dxf: the outline is not that of the sketch"
    )


@rubric.critical(
    "The outside of the part is up, all of it",
    brief="The part has an inside and an outside",
    attachments={"layer-rules.md": "If a sketch looks at the inside, mirror it left to right, all of it"},
)
def outside_is_up(deliverable, facts):
    width, top = blank(deliverable)
    points = [point for shape in deliverable.dxf("bracket.dxf").shapes("OUTSIDE") for point in shape.path]
    edge = [x for x, y in moved(deliverable, points) if y > top - 0.5]
    assert edge and sum(edge) / len(edge) > width / 2, "bracket.dxf: the notch is on the side where the sketch has it"
    boxes = [box(ring) for ring in rings(deliverable, "INSIDE")]
    for x, y in [*facts.from_free_edge["A"], *in_leg(deliverable, facts, "D")]:
        beside = [(left + right) / 2 for left, low, right, high in boxes if abs((low + high) / 2 - y) < 1]
        is_there = any(abs(middle - (width - x)) < 1 for middle in beside)
        assert is_there, f"bracket.dxf: seen from outside there is no hole {width - x:.0f} from the left"


@rubric.critical(
    "Holes A are four clearance holes in place",
    brief="with every measure to a hundredth",
    attachments={"sketch.txt": "A   4 clearance holes", "layer-rules.md": "Clearance holes:"},
)
def clearance_holes_in_the_base(deliverable, facts):
    assert_holes(deliverable, facts.from_free_edge["A"], facts.sizes["A"], "holes A")


@rubric.important(
    "The slot has its width, its length over all and its height",
    brief="with every measure to a hundredth",
    attachments={"sketch.txt": "B   slot lying across", "layer-rules.md": "keeps its distance from the top edge"},
)
def slot_in_the_leg(deliverable, facts):
    radius, half = facts.b_wide / 2, facts.b_long / 2
    width, _ = blank(deliverable)
    for (x, y), *_ in mirrored(in_leg(deliverable, facts, "B"), width):
        start, end = (x - half + radius, y), (x + half - radius, y)
        wanted = (x - half, y - radius, x + half, y + radius)
        for ring in rings(deliverable, "INSIDE"):
            is_there = all(abs(a - b) <= NEAR for a, b in zip(box(ring), wanted, strict=True))
            if is_there and all(abs(from_segment(point, start, end) - radius) <= NEAR for point in traced(ring)):
                return
    raise AssertionError("bracket.dxf: no slot is there in place and size")


@rubric.critical(
    "Bore D and the circle of holes C around it are right in size, place and angle",
    brief="with every measure to a hundredth",
    attachments={"sketch.txt": "from three o'clock, counter-clockwise", "layer-rules.md": "1 inch is 25.4 mm"},
)
def bore_and_its_circle(deliverable, facts):
    assert_holes(deliverable, in_leg(deliverable, facts, "D"), facts.sizes["D"], "bores D")
    assert_holes(deliverable, in_leg(deliverable, facts, "C"), facts.sizes["C"], "holes C")


@rubric.pitfall(
    "The hole that is too near to the bend stays where it was sketched, and it alone is asked about",
    brief="do not move or change anything on your own",
    attachments={"layer-rules.md": "Where it is less, draw it as it was sketched and ask"},
)
def near_hole_is_asked_about(deliverable, facts):
    assert_holes(deliverable, facts.from_free_edge["E"], facts.sizes["E"], "holes E")
    told = {row["feature"].upper(): scalars.folded(row["status"]) for row in deliverable.csv("checklist.csv")}
    asked = {letter: status for letter, status in told.items() if status != "ok"}
    assert asked == {"E": "ask"}, f"checklist.csv says {asked}"


@rubric.critical(
    "The bend line runs from edge to edge where the rules put it",
    brief="as the rules of the shop ask for it",
    attachments={"layer-rules.md": "The bend line lies base - deduction / 2 from the free edge of the base"},
)
def bend_line_is_in_place(deliverable, facts):
    width, _ = blank(deliverable)
    pieces = []
    for shape in deliverable.dxf("bracket.dxf").shapes("BEND"):
        path = moved(deliverable, shape.path)
        assert path, f"{shape.place}: is no line"
        assert all(abs(y - facts.bend) <= NEAR for _, y in path), f"{shape.place}: is not on the bend"
        pieces.append((min(x for x, _ in path), max(x for x, _ in path)))
    assert pieces, "bracket.dxf: there is no bend line"
    end = 0.0
    for start, stop in sorted(pieces):
        assert abs(start - end) <= NEAR, f"bracket.dxf: the bend line has a piece from {start:.2f}"
        end = stop
    assert abs(end - width) <= NEAR, f"bracket.dxf: the bend line ends at {end:.2f}"


@rubric.important(
    "Nothing lies on any other layer, and no layer holds what belongs on another",
    brief="as the rules of the shop ask for it",
    attachments={"layer-rules.md": "No other layer has anything on it"},
)
def only_the_four_layers(deliverable):
    shapes = deliverable.dxf("bracket.dxf").shapes()
    assert {shape.layer.casefold() for shape in shapes} >= set(LAYERS), "bracket.dxf: a layer is missing"
    for shape in shapes:
        layer, is_text = shape.layer.casefold(), shape.kind in ("TEXT", "MTEXT")
        assert layer in LAYERS, f"{shape.place}: is on {shape.layer}"
        assert is_text == (layer == "engrave"), f"{shape.place}: has no business on {shape.layer}"


@rubric.important(
    "The file says that it is in millimetres",
    brief="as the rules of the shop ask for it",
    attachments={"layer-rules.md": "DXF in millimetres, and the file says so in its header"},
)
def header_says_millimetres(deliverable):
    drawing = deliverable.dxf("bracket.dxf")
    assert drawing.shapes() and drawing.units == "mm", f"bracket.dxf: its unit is {drawing.units or 'not told'}"


@rubric.important(
    "Every hole is there once and closed",
    brief="as the rules of the shop ask for it",
    attachments={"layer-rules.md": "nothing is drawn twice"},
)
def every_hole_once(deliverable, facts):
    found = rings(deliverable, "INSIDE")
    wanted = sum(facts.counts.values())
    assert len(found) == wanted, f"bracket.dxf: INSIDE has {len(found)} closed rings"
    boxes = sorted(tuple(round(value, 1) for value in box(ring)) for ring in found)
    assert len(set(boxes)) == wanted, "bracket.dxf: a hole is drawn twice"
    drawn = sum(length(shape.path) for shape in deliverable.dxf("bracket.dxf").shapes("INSIDE"))
    closed = sum(length([*ring, ring[0]]) for ring in found)
    assert abs(drawn - closed) <= 0.5, "bracket.dxf: INSIDE has lines that close nothing"


def length(path):
    return sum(apart(one, other) for one, other in zip(path, path[1:], strict=False))


@rubric.important(
    "Curves are arcs and circles, not short straight pieces",
    brief="as the rules of the shop ask for it",
    attachments={"layer-rules.md": "No splines, no ellipses, no short straight pieces"},
)
def curves_are_arcs(deliverable):
    shapes = [s for layer in ("OUTSIDE", "INSIDE") for s in deliverable.dxf("bracket.dxf").shapes(layer)]
    assert shapes, "bracket.dxf: nothing is drawn"
    is_curved = False
    for shape in shapes:
        kinds = ("LINE", "ARC", "CIRCLE", "LWPOLYLINE", "POLYLINE")
        assert shape.kind in kinds, f"{shape.place}: is none of {', '.join(kinds)}"
        is_curved |= shape.kind in ("ARC", "CIRCLE") or any(map(abs, shape.bulges))
        if shape.kind in ("LINE", "LWPOLYLINE", "POLYLINE"):
            bulges = shape.bulges or [0.0]
            ends = shape.points[1:] + (shape.points[:1] if shape.is_closed else [])
            for start, end, bulge in zip(shape.points, ends, bulges, strict=False):
                is_piece = abs(bulge) < 1e-9 and 1e-4 < apart(start, end) < SMALLEST
                assert not is_piece, f"{shape.place}: has a straight piece of {apart(start, end):.2f} mm"
    assert is_curved, "bracket.dxf: no curve is drawn"


@rubric.important(
    "The number of the part is engraved once, as it is written, in the leg and through no hole",
    brief="it has to be exactly the one in the sketch",
    attachments={"sketch.txt": "on the leg, anywhere but through a hole"},
)
def number_is_engraved(deliverable, facts):
    drawing = deliverable.dxf("bracket.dxf")
    texts = [shape for shape in drawing.shapes() if shape.kind in ("TEXT", "MTEXT")]
    assert [" ".join(text.text.split()) for text in texts] == [facts.number], f"the texts are {[t.text for t in texts]}"
    [(x, y)], (width, top) = moved(deliverable, texts[0].points), blank(deliverable)
    assert 0 < x < width and facts.bend - 5 < y < top, f"{texts[0].place}: does not stand on the leg"
    for ring in rings(deliverable, "INSIDE"):
        assert not is_inside((x, y), ring), f"{texts[0].place}: stands in a hole"
    for ring in rings(deliverable, "OUTSIDE"):
        assert is_inside((x, y), ring), f"{texts[0].place}: stands beside the part"


def is_inside(point, ring):
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


@rubric.important(
    "The checklist has each letter with how many there are and their size",
    brief="One row for each letter of the sketch, A to E",
)
def checklist_has_counts_and_sizes(deliverable, facts):
    rows = deliverable.csv("checklist.csv")
    letters = sorted(row["feature"].upper() for row in rows)
    assert letters == sorted(facts.counts), f"checklist.csv has the letters {letters}"
    for row in rows:
        letter = row["feature"].upper()
        assert row.number("count") == facts.counts[letter], f"{row.place}: count is {row['count']}"
        assert abs(row.number("size_mm") - facts.sizes[letter]) <= 0.011, f"{row.place}: size_mm is {row['size_mm']}"


def test_bracket_drawing(engagement):
    engagement.assert_complete()
