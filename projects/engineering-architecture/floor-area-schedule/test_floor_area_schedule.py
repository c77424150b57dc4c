"""Rubric: floor area schedule."""
# hapi-pytest canary f6bef040-9680-4a8c-988d-2423c7d95cc5

import math
import re
import unicodedata

from hapi_pytest import Rubric

rubric = Rubric()

TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
SHAPES = ("polygon", "polyline", "path", "rect")


def key(number):
    """Room numbers without their leading zeros: only one criterion minds those."""
    return number.strip().lstrip("0")


def room_row(deliverable, number):
    rows = [row for row in deliverable.csv("schedule.csv") if key(row["room"]) == key(number)]
    assert len(rows) == 1, f"schedule.csv: room {number} has {len(rows)} rows"
    return rows[0]


def assert_area(row, column, expected, tolerance=0.011):
    assert abs(row.number(column) - expected) < tolerance, f"{row.place}: {column} is {row[column]}"


def total_row(deliverable, title):
    rows = [row for row in deliverable.csv("schedule.csv") if " ".join(row["room"].upper().split()) == title]
    assert len(rows) == 1, f"schedule.csv: there are {len(rows)} rows {title!r}"
    return rows[0]


def path_corners(branch):
    """Read a path of straight lines, absolute or relative; of several parts the largest is meant."""
    data = branch.attribute("d")
    assert not re.sub(r"[\s,]", "", TOKEN.sub("", data)), f"{branch.place}: the path cannot be read"
    command, x, y, parts, numbers = "", 0.0, 0.0, [[]], []
    for token in TOKEN.findall(data):
        if token.isalpha():
            assert token in "MmLlHhVvZz" and not numbers, f"{branch.place}: {token!r} is no straight line"
            command = token
            if command in "Zz" and parts[-1]:
                x, y = parts[-1][0]
            continue
        assert command and command not in "Zz", f"{branch.place}: {token} follows no command"
        numbers.append(float(token))
        if command in "MmLl" and len(numbers) < 2:
            continue
        base = (x, y) if command.islower() else (0.0, 0.0)
        if command in "HhVv":
            x, y = (base[0] + numbers[0], y) if command in "Hh" else (x, base[1] + numbers[0])
        else:
            x, y = base[0] + numbers[0], base[1] + numbers[1]
        if command in "Mm":
            parts.append([])
            command = "L" if command == "M" else "l"
        parts[-1].append((x, y))
        numbers = []
    assert not numbers, f"{branch.place}: a number is missing"
    return max(parts, key=area)


def corners_of(branch):
    if branch.name == "rect":
        width, height = branch.number("width"), branch.number("height")
        x, y = (branch.number(name) if name in branch.attributes else 0.0 for name in ("x", "y"))
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return path_corners(branch) if branch.name == "path" else branch.points()


def turns(corners):
    """Drop corners that stand twice or lie on a straight line."""
    kept = []
    for corner in corners:
        if not kept or max(abs(corner[0] - kept[-1][0]), abs(corner[1] - kept[-1][1])) > 0.2:
            kept.append(corner)
    while len(kept) > 1 and max(abs(kept[0][0] - kept[-1][0]), abs(kept[0][1] - kept[-1][1])) <= 0.2:
        kept.pop()
    result = []
    for index, (x, y) in enumerate(kept):
        (ax, ay), (bx, by) = kept[index - 1], kept[(index + 1) % len(kept)]
        cross = (x - ax) * (by - y) - (y - ay) * (bx - x)
        if abs(cross) > 0.3 * (abs(bx - ax) + abs(by - ay)):
            result.append((x, y))
    return result


def shape(deliverable, name):
    """Return the corners of the shape with this id, or of the only shape in a group with it."""
    root = deliverable.xml("plan.svg")
    found = [b for kind in (*SHAPES, "g") for b in root.all(kind) if b.attributes.get("id", "").strip() == name]
    if len(found) == 1 and found[0].name == "g":
        found = [inner for kind in SHAPES for inner in found[0].all(kind)]
    assert len(found) == 1, f"plan.svg: {len(found)} closed shapes have the id {name!r}"
    corners = turns(corners_of(found[0]))
    assert len(corners) >= 3, f"plan.svg: {name} has no area"
    return corners


def lengths(corners):
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return [math.hypot(ax - bx, ay - by) for (ax, ay), (bx, by) in pairs]


def area(corners):
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def centre(corners):
    xs, ys = zip(*corners, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def is_same_shape(found, wanted):
    """Compare side by side from any corner and in either direction: a mirrored plan is another matter."""
    if len(found) != len(wanted) or abs(area(found) - area(wanted)) > 0.6 * sum(lengths(wanted)):
        return False
    sides, goal = lengths(found), lengths(wanted)
    starts = [line[at:] + line[:at] for line in (sides, sides[::-1]) for at in range(len(sides))]
    return any(all(abs(a - b) <= 1.1 for a, b in zip(start, goal, strict=True)) for start in starts)


def is_inside(point, corners):
    (x, y), inside = point, False
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def anchor(text):
    """Return where a text or its first placed tspan stands; tspans may share the text's x or y."""
    for branch in (text, *text.all("tspan")):
        x, y = ((branch if name in branch.attributes else text) for name in ("x", "y"))
        if "x" in x.attributes and "y" in y.attributes:
            return x.number("x"), y.number("y")
    return None


def labels(deliverable, number):
    """Return the anchors of all texts with a room's number, alone or before other words."""
    found = []
    for text in deliverable.xml("plan.svg").all("text"):
        words = [branch.text for branch in (text, *text.all("tspan"))]
        if any(re.search(rf"(?<!\d){number}", word) for word in words) and (point := anchor(text)):
            found.append(point)
    return found


@rubric.critical(
    "Every room has one row with its number and name as surveyed, and voids have none",
    brief=["One row for every room on the floor", "007 must not turn into 7"],
    attachments={"measuring-rules.docx": "A void gets no row"},
)
def one_row_per_room(deliverable, facts):
    rows = {}
    for row in deliverable.csv("schedule.csv"):
        if re.fullmatch(r"\d+|[Vv]\d+", row["room"]):
            assert row["room"] not in rows, f"room {row['room']} stands there twice"
            rows[row["room"]] = " ".join(unicodedata.normalize("NFC", row["name"]).split())
    assert sorted(rows) == sorted(facts.names), f"the rows are {sorted(rows)}"
    wrong = sorted(number for number, name in facts.names.items() if rows[number] != name)
    assert not wrong, f"other names than in the survey: {wrong}"


@rubric.critical(
    "Gross areas follow the outlines, of rooms with corners and slopes too",
    brief="every space with its corner points",
    attachments={"measuring-rules.docx": "The area inside a room's outline"},
)
def gross_areas_from_outlines(deliverable, facts):
    for number in facts.plain:
        assert_area(room_row(deliverable, number), "gross_m2", facts.gross[number])


@rubric.important(
    "The room surveyed twice is measured from its latest revision",
    brief="he measured some parts twice",
    attachments={"measuring-rules.docx": "only the latest revision counts"},
)
def latest_revision_measured(deliverable, facts):
    assert_area(room_row(deliverable, facts.revised), "gross_m2", facts.gross[facts.revised])


@rubric.critical(
    "A void inside a room comes off its gross area",
    brief="please keep to it",
    attachments={"measuring-rules.docx": "its area comes off that room's gross area"},
)
def voids_taken_off(deliverable, facts):
    assert_area(room_row(deliverable, facts.hall), "gross_m2", facts.gross[facts.hall])


@rubric.pitfall(
    "The piece that two outlines share is counted once, for the room whose use ranks first",
    brief="please keep to it",
    attachments={"measuring-rules.docx": "the shared piece counts once. It stays with the room whose use has"},
)
def overlap_counted_once(deliverable, facts):
    for number in (facts.left, facts.right):
        assert_area(room_row(deliverable, number), "gross_m2", facts.gross[number])


@rubric.important(
    "Both overlapping rooms report the shared piece and each other",
    brief="`overlap_with`",
    attachments={
        "measuring-rules.docx": "overlap_m2 holds the shared piece, overlap_with the number of the other room"
    },
)
def overlap_reported(deliverable, facts):
    for number, other in ((facts.left, facts.right), (facts.right, facts.left)):
        row = room_row(deliverable, number)
        assert_area(row, "overlap_m2", facts.shared)
        assert key(row["overlap_with"]) == key(other), f"{row.place}: overlap_with is {row['overlap_with']!r}"


@rubric.critical(
    "Linings are perimeter times thickness by use, and net is gross less lining",
    brief="our use codes with lining thicknesses",
    attachments={"measuring-rules.docx": "the room's perimeter times the lining thickness of its use"},
)
def linings_deducted(deliverable, facts):
    for number in facts.names:
        row = room_row(deliverable, number)
        if number != facts.stripped:
            assert_area(row, "lining_m2", facts.less[number])
        assert_area(row, "net_m2", row.number("gross_m2") - row.number("lining_m2"), 0.016)


@rubric.important(
    "The room without linings loses nothing",
    brief="the note at the end included",
    attachments={"measuring-rules.docx": "the linings of room {stripped} were taken out in the strip-out"},
)
def stripped_room_exempt(deliverable, facts):
    row = room_row(deliverable, facts.stripped)
    assert_area(row, "lining_m2", 0, 0.001)
    assert_area(row, "net_m2", row.number("gross_m2"), 0.001)


@rubric.important(
    "Half a hundredth is rounded upwards",
    brief="an honest two decimals",
    attachments={"measuring-rules.docx": "with two decimals, half a hundredth upwards"},
)
def rounded_half_up(deliverable, facts):
    for number in facts.halves:
        row = room_row(deliverable, number)
        assert_area(row, "gross_m2", facts.gross[number], 0.001)
        assert_area(row, "net_m2", facts.net[number], 0.001)


@rubric.critical(
    "Totals add up the net areas as written, by today's use codes, and the lettable ones",
    brief=["one row per use code", "the net area of all rooms whose use is lettable"],
    attachments={"measuring-rules.docx": "Totals add up the net areas as written"},
)
def totals_add_up(deliverable, facts):
    written = {number: room_row(deliverable, number).number("net_m2") for number in facts.names}
    for code in facts.codes:
        rooms = [number for number, use in facts.use_of.items() if use == code]
        total = sum(written[number] for number in rooms)
        assert_area(total_row(deliverable, f"TOTAL {code}"), "net_m2", total, 0.001)
        for row in (room_row(deliverable, number) for number in rooms):
            assert row["use"].upper() == code, f"{row.place}: use is {row['use']!r}"
    assert_area(total_row(deliverable, "LETTABLE"), "net_m2", sum(written[n] for n in facts.lettable_rooms), 0.001)


@rubric.critical(
    "The plan shows every room and void with its id, its own outline and its distance, to scale",
    brief=["drawn at {scale} units to the metre", "following its outline"],
)
def plan_outlines(deliverable, facts):
    factor = facts.scale / 100
    wanted = {f"room-{number}": outline for number, outline in facts.outlines.items()}
    wanted |= {f"void-{number}": outline for number, outline in facts.voids.items()}
    first = None
    for name, outline in wanted.items():
        goal = turns([(x * factor, y * factor) for x, y in outline])
        found = shape(deliverable, name)
        assert is_same_shape(found, goal), f"plan.svg: {name} is not the surveyed outline to scale"
        places = (*centre(found), *centre(goal))
        first = first or places
        across, down = abs(places[0] - first[0]), abs(places[1] - first[1])
        right, up = abs(places[2] - first[2]), abs(places[3] - first[3])
        assert abs(across - right) <= 1.1 and abs(down - up) <= 1.1, f"plan.svg: {name} is in another place"


@rubric.important(
    "North is at the top and east to the right",
    brief="north at the top (the survey's y runs north, SVG's runs down)",
)
def plan_north_up(deliverable, facts):
    centres = {number: centre(shape(deliverable, f"room-{number}")) for number in facts.outlines}
    for one, (east, north) in ((number, centre(outline)) for number, outline in facts.outlines.items()):
        for two, (other_east, other_north) in ((n, centre(outline)) for n, outline in facts.outlines.items()):
            if other_east - east > 150:
                assert centres[two][0] > centres[one][0], f"plan.svg: {two} is not east of {one}"
            if other_north - north > 150:
                assert centres[two][1] < centres[one][1], f"plan.svg: {two} is not north of {one}"


@rubric.important(
    "Every room's number stands inside its own outline and in no void",
    brief="the text's x and y lie inside that room",
)
def labels_inside(deliverable, facts):
    voids = [shape(deliverable, f"void-{number}") for number in facts.voids]
    for number in facts.outlines:
        outline, points = shape(deliverable, f"room-{number}"), labels(deliverable, number)
        assert points, f"plan.svg: no text with x and y holds {number}"
        inside = [p for p in points if is_inside(p, outline) and not any(is_inside(p, void) for void in voids)]
        assert inside, f"plan.svg: the text {number} stands outside its room"


@rubric.optional("The plan has a north arrow", brief="A north arrow with the id `north-arrow` would be nice")
def north_arrow(deliverable):
    ids = [
        b.attributes.get("id")
        for kind in (*SHAPES, "g", "line", "text", "use")
        for b in deliverable.xml("plan.svg").all(kind)
    ]
    assert "north-arrow" in ids, "plan.svg: nothing has the id north-arrow"


def test_floor_area_schedule(engagement):
    engagement.assert_complete()
