"""Rubric: enclosure print."""
# hapi-pytest canary f486c60d-73c1-4bd0-9211-1919fb19f532

from hapi_pytest import Rubric

rubric = Rubric()

NEAR = 0.05
"""How far figures and solids may disagree: printers do worse."""
LARGEST = 1000
"""No case for this board is as large, in mm."""
STEP = 0.12
"""How far from a face it is asked whether there is material."""


def span(deliverable, *keys):
    """A range in dimensions.json."""
    node = deliverable.json("dimensions.json")
    for key in keys:
        node = node[key]
    low, high = node[0].number(), node[1].number()
    assert len(node) == 2 and -LARGEST < low < high < LARGEST, f"{node.place}: is no range of a case"
    return low, high


def height(deliverable, *keys):
    node = deliverable.json("dimensions.json")
    for key in keys:
        node = node[key]
    value = node.number()
    assert abs(value) < LARGEST**2, f"{node.place}: is beyond reason"
    return value


def within(value, low, high, what):
    assert low - NEAR <= value <= high + NEAR, f"{what} is {value:.2f}"


def assert_full(solid, points, what):
    for point in points:
        assert solid.holds(point), f"{solid.name}: {what}: there is no material at {shown(point)}"


def assert_free(solid, points, what):
    for point in points:
        assert not solid.holds(point), f"{solid.name}: {what}: there is material at {shown(point)}"


def shown(point):
    return ", ".join(f"{value:.1f}" for value in point)


def inside(deliverable):
    (left, right), (front, back) = (span(deliverable, "inside", axis) for axis in "xy")
    return left, right, front, back, height(deliverable, "inside", "floor")


def sides(left, right, front, back, z, out, share=0.5):
    """A point beside each of four faces, so far outwards."""
    x, y = left + share * (right - left), front + share * (back - front)
    return [(left - out, y, z), (right + out, y, z), (x, front - out, z), (x, back + out, z)]


def wall_point(deliverable, edge, along, z):
    """A point in the middle of a wall."""
    (left, right), (front, back) = (span(deliverable, "case", axis) for axis in "xy")
    inner = inside(deliverable)
    middle = {
        "W": (left + inner[0]) / 2,
        "E": (right + inner[1]) / 2,
        "S": (front + inner[2]) / 2,
        "N": (back + inner[3]) / 2,
    }[edge]
    return (middle, along, z) if edge in "EW" else (along, middle, z)


@rubric.critical(
    "Case and lid are watertight solids in one piece",
    brief="the case has to keep every one of them",
    attachments={"print-rules.md": "watertight, in one piece, no bodies that merely overlap"},
)
def solids_can_be_printed(deliverable):
    for name in ("case.stl", "lid.stl"):
        solid = deliverable.stl(name)
        assert solid.is_watertight, f"{name}: is not watertight"
        assert solid.bodies == 1, f"{name}: is made of {solid.bodies} bodies"
        assert solid.volume > 1, f"{name}: holds no material"


@rubric.critical(
    "The board goes in with the asked gap on all four sides",
    brief="both around the board",
    attachments={"print-rules.md": "on all four sides"},
)
def board_fits_on_four_sides(deliverable, facts):
    left, right, front, back, _ = inside(deliverable)
    wide, deep = facts.board
    for name, gap in (("left", -left), ("right", right - wide), ("front", -front), ("back", back - deep)):
        within(gap, facts.gap_min, facts.gap_max, f"the gap on the {name}")
    case, z = deliverable.stl("case.stl"), facts.thickness / 2
    assert_free(case, sides(left, right, front, back, z, -STEP), "inside the walls")
    assert_free(case, [(x, y, z) for x in (0.4, wide - 0.4) for y in (0.4, deep - 0.4)], "where the board is")


@rubric.critical(
    "Walls and floor have their thickness, and the case is as large as dimensions.json says",
    brief="What the json says has to be what the solids are",
    attachments={"print-rules.md": "**Walls** and floor are"},
)
def walls_and_floor_have_their_thickness(deliverable, facts):
    case, floor = deliverable.stl("case.stl"), height(deliverable, "inside", "floor")
    low, high = case.bounds
    for axis, name in enumerate("xyz"):
        start, end = span(deliverable, "case", name)
        is_same = abs(low[axis] - start) <= NEAR and abs(high[axis] - end) <= NEAR
        assert is_same, f"case.stl: {name} runs from {low[axis]:.2f} to {high[axis]:.2f}"
        if name != "z":
            inner = span(deliverable, "inside", name)
            within(inner[0] - start, facts.wall_min, facts.wall_max, f"a wall across {name}")
            within(end - inner[1], facts.wall_min, facts.wall_max, f"a wall across {name}")
    within(floor - low[2], facts.wall_min, facts.wall_max, "the floor")
    faces = inside(deliverable)[:4]
    assert_full(case, sides(*faces, high[2] - 0.5, STEP), "the wall below the rim")
    assert_full(case, sides(*faces, floor + 0.5, STEP), "walls above the floor")
    middle = (facts.under_at[0], facts.under_at[1])
    assert_full(case, [(*middle, floor - STEP)], "the floor")


@rubric.critical(
    "Under each mounting hole stands a post up to the board with a hole for the screw",
    brief="the case has to keep every one of them",
    attachments={"print-rules.md": "Under each mounting hole a post from the floor to z = 0"},
)
def posts_carry_the_board(deliverable, facts):
    case = deliverable.stl("case.stl")
    ring = (facts.pilot + 0.2 + facts.post_min) / 4
    # Round things are many-cornered ones in a mesh, hence less than the least radius.
    least, most, thin = 0.9 * (facts.pilot / 2 - 0.1), facts.pilot / 2 + 0.15, 0.9 * facts.post_min / 2
    for x, y in facts.mounts:
        place = f"{x:.1f}, {y:.1f}"
        assert_full(case, [(x, y - ring, -0.2), (x + thin, y, -1)], f"post at {place}")
        assert_full(case, [(x, y + most, -1)], f"beside the screw hole at {place}")
        assert_free(case, [(x, y, 0.1 - facts.pilot_deep), (x - least, y, -1)], f"screw hole at {place}")
        far = facts.post_max / 2 + 0.15
        assert_free(case, [(x + far, y, -0.2), (x - ring, y, 0.2)], f"beside and above the post at {place}")


@rubric.important(
    "The lowest part has its room above the floor",
    brief="Most rules leave some room",
    attachments={"print-rules.md": "Between the lowest part on the bottom side and the floor"},
)
def room_below_the_board(deliverable, facts):
    floor, (x, y) = height(deliverable, "inside", "floor"), facts.under_at
    within(-facts.under - floor, facts.below_min, facts.below_max, "the room below")
    free = [(x + dx, y, z) for dx, z in ((0, floor + STEP), (5, floor + STEP), (-5, -0.3))]
    assert_free(deliverable.stl("case.stl"), free, "below the board")


@rubric.critical(
    "The lid clears the highest part on the board, and not by more than asked",
    brief="Where it says something else than the export, it is right",
    attachments={"print-rules.md": "Between the highest part on the top side, connectors included, and the lid"},
)
def room_above_the_board(deliverable, facts):
    under, _ = span(deliverable, "lid", "z")
    within(under - facts.top, facts.above_min, facts.above_max, "the room above")
    wide, deep = facts.board
    lid, points = deliverable.stl("lid.stl"), [(wide * share, deep * 0.5) for share in (0.35, 0.6)]
    assert_free(lid, [(x, y, under - STEP) for x, y in points], "below the plate")
    assert_full(lid, [(x, y, under + STEP) for x, y in points], "the plate")


def openings(facts):
    """Edge, range along it and range upwards of each connector."""
    return [(ref, edge, (a, b), (low, high)) for ref, (edge, a, b, low, high) in facts.connectors.items()]


@rubric.critical(
    "Each connector has its opening with room on all four sides",
    brief="the case has to keep every one of them",
    attachments={"print-rules.md": "In the wall in front of each connector a rectangular opening"},
)
def connectors_have_openings(deliverable, facts):
    case, more = deliverable.stl("case.stl"), facts.open_min - NEAR
    for ref, edge, (a, b), (low, high) in openings(facts):
        for along, z in ((a - more, low - more), (b + more, high + more)):
            assert_free(case, [wall_point(deliverable, edge, along, z)], f"opening for {ref}")


@rubric.important(
    "No opening is larger than asked",
    brief="Most rules leave some room",
    attachments={"print-rules.md": "rectangular opening, on each of its four sides"},
)
def openings_are_not_too_large(deliverable, facts):
    case, more = deliverable.stl("case.stl"), facts.open_max + STEP
    for ref, edge, (a, b), (low, high) in openings(facts):
        middle, half = (a + b) / 2, (low + high) / 2
        for along, z in ((a - more, half), (b + more, half), (middle, high + more), (middle, low - more)):
            assert_full(case, [wall_point(deliverable, edge, along, z)], f"beside the opening for {ref}")


@rubric.pitfall(
    "The wall is closed in front of the connector that is not fitted",
    brief="the case has to keep every one of them",
    attachments={"print-rules.md": "is not on the board and counts nowhere"},
)
def nothing_for_what_is_not_fitted(deliverable, facts):
    edge, a, b, low, high = facts.closed
    point = wall_point(deliverable, edge, (a + b) / 2, (low + high) / 2)
    assert_full(deliverable.stl("case.stl"), [point], f"in front of {facts.unfitted}")


@rubric.critical(
    "The lid lies on the rim with the outline of the case, as thick as walls may be",
    brief="the lid has to sit on the case",
    attachments={"print-rules.md": "with the same outline as the case"},
)
def lid_lies_on_the_case(deliverable, facts):
    lid, (under, top) = deliverable.stl("lid.stl"), span(deliverable, "lid", "z")
    low, high = lid.bounds
    for axis, name in enumerate("xy"):
        start, end = span(deliverable, "case", name)
        is_same = abs(low[axis] - start) <= 0.2 + NEAR and abs(high[axis] - end) <= 0.2 + NEAR
        assert is_same, f"lid.stl: {name} runs from {low[axis]:.2f} to {high[axis]:.2f}"
    assert abs(under - span(deliverable, "case", "z")[1]) <= NEAR, "the lid does not lie on the rim"
    assert abs(high[2] - top) <= NEAR, f"lid.stl: its top is at {high[2]:.2f}"
    within(top - under, facts.wall_min, facts.wall_max, "the plate of the lid")


@rubric.important(
    "A lip goes into the case along all four sides with the asked play",
    brief="the case has to keep every one of them",
    attachments={"print-rules.md": "Between lip and wall 0.15 to 0.4 mm"},
)
def lip_goes_into_the_case(deliverable, facts):
    lid, (under, _), end = (
        deliverable.stl("lid.stl"),
        span(deliverable, "lid", "z"),
        height(deliverable, "lid", "lip_end"),
    )
    within(under - end, facts.lip_min, facts.lip_max, "the lip")
    assert abs(lid.bounds[0][2] - end) <= NEAR, f"lid.stl: its lip ends at {lid.bounds[0][2]:.2f}"
    faces = []
    for axis in "xy":
        (low, high), (start, stop) = span(deliverable, "inside", axis), span(deliverable, "lid", f"lip_{axis}")
        for play in (start - low, high - stop):
            assert 0.14 <= play <= 0.41, f"the play of the lip across {axis} is {play:.2f}"
        faces += [start, stop]
    assert_full(lid, sides(*faces, end + 0.3, -0.5, 0.2), "the lip")
    assert_free(lid, sides(*faces, end + 0.3, 0.1), "beside the lip")


@rubric.important(
    "Lamp and button have their holes through the lid, and what is for the workshop alone has none",
    brief="Where it says something else than the export, it is right",
    attachments={"print-rules.md": "need a hole through the lid", "note.txt": "No hole for it, please"},
)
def holes_for_lamp_and_button(deliverable, facts):
    lid, (under, top) = deliverable.stl("lid.stl"), span(deliverable, "lid", "z")
    z = (under + top) / 2
    for ref, (x, y, wide) in facts.holes.items():
        free, full = (wide + facts.hole_min) / 2 - NEAR, (wide + facts.hole_max) / 2 + STEP
        turns = ((1, 0), (0, -1))
        assert_free(lid, [(x, y, z), *((x + free * u, y + free * v, z) for u, v in turns)], f"hole for {ref}")
        assert_full(lid, [(x + full * u, y + full * v, z) for u, v in turns], f"beside the hole for {ref}")
    assert_full(lid, [(*facts.no_hole, z)], f"above {facts.service}")


@rubric.important(
    "dimensions.json gives both volumes in cubic centimetres",
    brief="the volume of material in cubic centimetres, within a percent",
)
def volumes_are_told(deliverable):
    for name in ("case", "lid"):
        told, found = height(deliverable, "volume_cm3", name), deliverable.stl(f"{name}.stl").volume / 1000
        assert abs(told - found) <= 0.012 * found, f"dimensions.json: the volume of the {name} is {told:g}"
        assert found > 0.5, f"{name}.stl: holds next to nothing"


def test_enclosure_print(engagement):
    engagement.assert_complete()
