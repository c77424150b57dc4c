"""Rubric: beam check."""
# hapi-pytest canary 74398fa0-f6c8-41d4-a4f7-7641d4cc9d17

import functools
from collections import Counter

from hapi_pytest import Rubric
from hapi_pytest.readers import scalars

rubric = Rubric()

COMBINATIONS = ("C1", "C2", "C3")
GRAVITY = 0.00981
YOUNG = 210_000
COLUMNS = {"kg/m": "kg", "W cm3": "w", "I cm4": "i", "fy N/mm2": "fy"}
KEYS = {"moment_knm": "Moment kNm", "bending": "Bending", "deflection_mm": "Deflection mm"}


def mark_of(text):
    return "".join(text.upper().split())


@functools.lru_cache(maxsize=3)
def rows_of(deliverable, sheet, column):
    """Rows with a mark and something in a column beside it: a line of units or a remark below is none."""
    table = deliverable.xlsx("beam.xlsx").sheet(sheet).table("Beam", column)
    rows = [row for row in table if any(map(str.isdigit, row["Beam"])) and row[column]]
    assert rows, f"{sheet} has no rows"
    return rows


def row_of(rows, mark):
    """The first row of a beam: that none stands there twice is a criterion of its own."""
    found = [row for row in rows if mark_of(row["Beam"]) == mark_of(mark)]
    assert found, f"beam {mark} is missing"
    return found[0]


def beam_row(deliverable, mark):
    return row_of(rows_of(deliverable, "Beams", "Span m"), mark)


def check_row(deliverable, mark):
    return row_of(rows_of(deliverable, "Check", "Section"), mark)


def combination_row(deliverable, mark, name):
    rows = rows_of(deliverable, "Combinations", "Combination")
    return row_of([row for row in rows if mark_of(row["Combination"]) == name], mark)


def assert_close(row, column, expected, share=0.0015, least=0.006):
    found = row.number(column)
    assert abs(found - expected) <= least + share * abs(expected), f"{row.place}: {column} is {found:.4g}"


def section_of(deliverable, facts, mark):
    """What the list says about the section that was put in."""
    name = scalars.folded(check_row(deliverable, mark)["Section"])
    found = [section for section in facts.sections if scalars.folded(section["name"]) == name]
    assert found, f"{mark}: there is no section {name!r} in the list"
    return found[0]


class Model:
    """A beam reckoned by the rules from the figures that were handed in, so that one slip costs one criterion."""

    def __init__(self, deliverable, facts, mark):
        row = beam_row(deliverable, mark)
        self.rules, self.uses, self.beam = facts.rules, facts.uses, facts.beams[mark]
        self.section = section_of(deliverable, facts, mark)
        self.span, strip = row.number("Span m"), row.number("Strip m")
        assert 0.5 < self.span < 50, f"{row.place}: no beam is {self.span:g} m long"
        self.dead = row.number("Dead kN/m2") * strip + row.number("Wall kN/m") + self.section["kg"] * GRAVITY
        self.live, self.area = row.number("Live kN/m2") * strip, strip * self.span
        self.post = row.number("Post dead kN"), row.number("Post snow kN")
        self.at = row.number("Post at m")

    def loads(self, name):
        """Even and single load under a combination."""
        rules, use = self.rules, self.beam["use"]
        live = self.live * (rules["less"] if self.area > rules["area"] and use != "STO" else 1)
        dead, snow = self.post
        if name == "C1":
            return rules["dead_alone"] * self.dead, rules["dead_alone"] * dead
        psi = (1, rules["psi_snow"]) if name == "C2" else (self.uses[use]["psi"], 1)
        both = rules["variable"]
        return rules["dead"] * self.dead + both * psi[0] * live, rules["dead"] * dead + both * psi[1] * snow

    def forces(self, name):
        """Both reactions and the largest moment under a combination."""
        (w, point), span, at = self.loads(name), self.span, self.at
        left = w * span / 2 + point * (span - at) / span
        right = w * span + point - left
        if w <= 0 or point == 0:
            return left, right, w * span**2 / 8
        if left <= w * at:
            return left, right, left * left / (2 * w)
        return left, right, right * right / (2 * w) if right <= w * (span - at) else left * at - w * at * at / 2

    def resistance(self):
        """What the section can bear in bending, in kNm."""
        return self.section["w"] * self.section["fy"] / self.rules["safety"] / 1000

    def deflection(self):
        """What it bends at mid-span under all loads, in mm."""
        span, near = self.span * 1000, min(self.at, self.span - self.at) * 1000
        bent = 5 * (self.dead + self.live) * span**4 / 384
        bent += sum(self.post) * 1000 * near * (3 * span * span - 4 * near * near) / 48
        return bent / (YOUNG * self.section["i"] * 10_000)

    def limit(self):
        """What it may bend, in mm."""
        is_brittle = self.beam["finish"] in ("stone", "tiles", "plaster")
        return self.span * 1000 / self.rules["brittle" if is_brittle else "limit"]


def failing(deliverable, facts):
    """The beam that nothing carries, unless its section is in no list, which is for other criteria."""
    name = scalars.folded(check_row(deliverable, facts.hopeless)["Section"])
    is_listed = name in [scalars.folded(section["name"]) for section in facts.sections]
    return [facts.hopeless] if is_listed else []


def assert_sections(deliverable, facts):
    """Every section that can be had is on the sheet Sections, in the units of its columns."""
    table = deliverable.xlsx("beam.xlsx").sheet("Sections").table("Section", "kg/m")
    rows = {scalars.folded(row["Section"]): row for row in table}
    for section in facts.sections:
        if section["name"] == facts.sold:
            continue
        row = rows.get(scalars.folded(section["name"]))
        assert row, f"Sections has no {section['name']}"
        for column, key in COLUMNS.items():
            assert_close(row, column, section[key], 0.0015, 0)


@rubric.critical(
    "Every steel beam of the list comes once on each sheet, and nothing else does",
    brief="each steel beam comes once, timber not at all",
)
def each_steel_beam_once(deliverable, facts):
    marks = Counter(list(facts.beams))
    for sheet, column in (("Beams", "Span m"), ("Check", "Section")):
        found = Counter(mark_of(row["Beam"]) for row in rows_of(deliverable, sheet, column))
        assert found == marks, f"{sheet} holds {dict(found)}"
    rows = rows_of(deliverable, "Combinations", "Combination")
    found = Counter((mark_of(row["Beam"]), mark_of(row["Combination"])) for row in rows)
    assert found == Counter((mark, name) for mark in marks for name in COMBINATIONS), (
        f"Combinations has {len(rows)} rows"
    )


@rubric.critical(
    "Spans run from the middle of one bearing to the middle of the other",
    brief="the sheet follows these and no others",
    attachments={"load-rules.docx": "The span runs from the middle of one bearing to the middle of the other"},
)
def spans_run_between_bearing_middles(deliverable, facts):
    for mark in (facts.plain, facts.store, facts.lintel, facts.post, facts.hopeless):
        assert_close(beam_row(deliverable, mark), "Span m", facts.spans[mark], 0, 0.0006)


@rubric.important(
    "The opening that was measured on site replaces what the list says",
    brief="where it gives a figure or says that something cannot be had, it counts",
    attachments={"site-note.txt": "{measured}: measured it myself, {measured_mm} mm clear"},
)
def measured_opening_counts(deliverable, facts):
    assert_opening(deliverable, facts, facts.measured)


def assert_opening(deliverable, facts, mark):
    """The span tells which opening it was made from, whatever was added for the bearings."""
    bearing = facts.beams[mark]["bearing"] / 1000
    opening, span = facts.spans[mark] - bearing, beam_row(deliverable, mark).number("Span m")
    assert opening - 0.001 <= span <= opening + 2 * bearing + 0.001, f"{mark} spans {span:g} m: not from its opening"


@rubric.important(
    "The beam that the list contradicts itself about has the larger opening and is asked about, and no other is",
    brief="calculate with the larger opening and tell me",
)
def contradiction_is_asked_about(deliverable, facts):
    assert_opening(deliverable, facts, facts.doubled)
    asked = [mark_of(item.text()) for item in deliverable.json("result.json")["ask"]]
    assert asked == [mark_of(facts.doubled)], f"ask holds {asked}"


@rubric.critical(
    "Area loads, strips and walls of every beam are those of the lists, in kN",
    brief="as in the list of loads, before any reduction",
    attachments={"load-rules.docx": "Kilograms become kN with 0.00981 kN/kg, everywhere"},
)
def loads_are_those_of_the_lists(deliverable, facts):
    for mark, (dead, live) in facts.loads.items():
        row, beam = beam_row(deliverable, mark), facts.beams[mark]
        wanted = {"Dead kN/m2": dead, "Live kN/m2": live, "Strip m": beam["strip"], "Wall kN/m": beam["wall"]}
        for column, value in wanted.items():
            assert_close(row, column, value, 0.0005, 0.0051 if column[0] in "DL" else 0.0006)


@rubric.important(
    "The roof post stands on its beam alone, with both its loads, measured from the end of the span",
    brief="Post at m (from the left-hand end of the span)",
    attachments={"site-note.txt": "No other beam gets anything from the roof"},
)
def post_stands_where_it_was_measured(deliverable, facts):
    for mark in facts.beams:
        row, is_here = beam_row(deliverable, mark), mark == facts.post
        assert_close(row, "Post dead kN", facts.post_dead if is_here else 0, 0)
        assert_close(row, "Post snow kN", facts.post_snow if is_here else 0, 0)
    assert_close(beam_row(deliverable, facts.post), "Post at m", facts.post_at, 0, 0.0006)


@rubric.critical(
    "Reactions and moments under C1, C2 and C3 follow the rules, own weight included",
    brief="One row for each beam and each of C1, C2 and C3",
    attachments={"load-rules.docx": "The largest one anywhere along the beam counts"},
)
def combinations_follow_the_rules(deliverable, facts):
    for mark in (facts.lintel, facts.post, facts.measured, facts.doubled):
        beam = Model(deliverable, facts, mark)
        for name in COMBINATIONS:
            row = combination_row(deliverable, mark, name)
            for column, value in zip(("Left kN", "Right kN", "Moment kNm"), beam.forces(name), strict=True):
                assert_close(row, column, value)


@rubric.important(
    "The live load is reduced on the large area and not on the store's",
    brief="the sheet follows these and no others",
    attachments={"load-rules.docx": "Not for stores (STO), and not for deflection"},
)
def live_load_is_reduced_where_it_may(deliverable, facts):
    for mark in (facts.plain, facts.store, *failing(deliverable, facts)):
        moment = Model(deliverable, facts, mark).forces("C2")[2]
        assert_close(combination_row(deliverable, mark, "C2"), "Moment kNm", moment)


@rubric.critical(
    "Beams have the lightest section that passes in bending and in deflection",
    brief="Every beam gets the lightest section by kg/m that passes in bending and in deflection",
)
def lightest_section_that_passes(deliverable, facts):
    for mark, name in facts.best.items():
        if mark != facts.plain:
            found = check_row(deliverable, mark)["Section"]
            assert scalars.folded(found) == scalars.folded(name), f"{mark} has {found!r}"


@rubric.pitfall(
    "What is sold out or stands in no list is not used; the next lightest takes its place",
    brief="says that something cannot be had, it counts",
    attachments={"site-note.txt": "{sold} is sold out until spring"},
)
def only_what_can_be_had(deliverable, facts):
    found = check_row(deliverable, facts.plain)["Section"]
    assert scalars.folded(found) == scalars.folded(facts.best[facts.plain]), f"{facts.plain} has {found!r}"
    for mark in facts.beams:
        assert section_of(deliverable, facts, mark)["name"] != facts.sold, f"{mark} has what is sold out"


@rubric.important(
    "The beam that nothing carries has the stiffest section that can be had and does not pass",
    brief="If none does, put in the one with the greatest I that can be had",
)
def hopeless_beam_stays_failed(deliverable, facts):
    row = check_row(deliverable, facts.hopeless)
    assert scalars.folded(row["Section"]) == scalars.folded(facts.stiffest), f"it has {row['Section']!r}"
    assert scalars.folded(row["Passes"]) in ("no", "false"), f"Passes is {row['Passes']!r}"
    entry = json_entry(deliverable, facts.hopeless)
    assert not entry["passes"].flag(), "result.json says that it passes"


@rubric.critical(
    "Governing combination, resistance, deflection and its limit follow from the rules and the section",
    brief=["Bending (moment over resistance), Deflection mm", "in these units for every section"],
    attachments={"load-rules.docx": "dead, live and snow together, all with factor 1"},
)
def bending_and_deflection_are_right(deliverable, facts):
    assert_sections(deliverable, facts)
    for mark in (*facts.best, *failing(deliverable, facts)):
        beam, row = Model(deliverable, facts, mark), check_row(deliverable, mark)
        moments = {n: combination_row(deliverable, mark, n).number("Moment kNm") for n in COMBINATIONS}
        governing = max(moments, key=moments.get)
        assert mark_of(row["Governing"]) == governing, f"{row.place}: Governing is {row['Governing']!r}"
        assert_close(row, "Moment kNm", moments[governing], 0.0005)
        assert_close(row, "Resistance kNm", beam.resistance())
        assert_close(row, "Bending", moments[governing] / beam.resistance(), 0.0015, 0.0006)
        assert_close(row, "Deflection mm", beam.deflection())
        assert_close(row, "Limit mm", beam.limit())
        if mark == facts.hopeless:  # its verdict is a criterion of its own
            continue
        is_fine = moments[governing] <= beam.resistance() and beam.deflection() <= beam.limit()
        wanted = ("yes", "true") if is_fine else ("no", "false")
        assert scalars.folded(row["Passes"]) in wanted, f"{row.place}: Passes is {row['Passes']!r}"


def address(sheet, mark, column):
    """Where a beam's cell stands below a column's name."""
    from openpyxl.utils import get_column_letter

    at = None
    for line, cells in enumerate(sheet.values, 1):
        names = [scalars.folded(scalars.text(cell)) for cell in cells]
        if at is None and {"beam", scalars.folded(column)} <= set(names):
            at, key = names.index(scalars.folded(column)), names.index("beam")
        elif at is not None and mark_of(names[key]) == mark_of(mark):
            return f"{get_column_letter(at + 1)}{line}"
    raise AssertionError(f"{sheet.place}: beam {mark} is missing")


def figures(book, mark):
    """Moments and results of a beam as the workbook shows them."""
    lines = list(book.sheet("Combinations").table("Beam", "Combination"))
    rows = [row_of([row for row in lines if mark_of(row["Combination"]) == name], mark) for name in COMBINATIONS]
    row = row_of(book.sheet("Check").table("Beam", "Section"), mark)
    found = [row.number(name) for name in ("Moment kNm", "Resistance kNm", "Bending", "Deflection mm")]
    return [min(row.number("Moment kNm") for row in rows), *found]


@rubric.critical(
    "Another wall or another section moves own weight, moments, resistance, bending and deflection",
    brief="own weight, moments, resistance, bending and deflection have to follow",
)
def sheet_follows_wall_and_section(deliverable, facts):
    book = deliverable.xlsx("beam.xlsx")
    wall = address(book.sheet("Beams"), facts.lintel, "Wall kN/m")
    name = address(book.sheet("Check"), facts.store, "Section")
    more = book.sheet("Beams").number(wall) + 20
    changed = book.changed({("Beams", wall): more, ("Check", name): facts.stiffest})
    least, moment, resistance, bending, bent = (
        after - before
        for before, after in zip(figures(book, facts.lintel), figures(changed, facts.lintel), strict=True)
    )
    assert min(least, moment) > 1 and bending > 0.01 and bent > 0.01, f"{facts.lintel} does not follow its wall"
    assert abs(resistance) < 0.01, f"{facts.lintel} gets another resistance from another wall"
    least, moment, resistance, bending, bent = (
        after - before for before, after in zip(figures(book, facts.store), figures(changed, facts.store), strict=True)
    )
    assert resistance > 0.1 and bending < -0.001 and bent < -0.01, f"{facts.store} does not follow its section"
    assert min(least, moment) > 0.01, f"the own weight of {facts.store} does not follow its section"


def json_entry(deliverable, mark):
    entries = deliverable.json("result.json")["beams"].mapping()
    found = [entry for key, entry in entries.items() if mark_of(key) == mark_of(mark)]
    assert found, f"result.json has no beam {mark}"
    return found[0]


@rubric.important(
    "result.json says of every beam what the sheet Check says",
    brief="(the figures of `Check`, three decimals or more)",
)
def json_says_what_the_sheet_says(deliverable):
    rows = rows_of(deliverable, "Check", "Section")
    entries = deliverable.json("result.json")["beams"].keys()
    assert sorted(map(mark_of, entries)) == sorted({mark_of(row["Beam"]) for row in rows}), f"its beams are {entries}"
    for row in rows:
        entry = json_entry(deliverable, row["Beam"])
        for key, column in (("section", "Section"), ("governing", "Governing")):
            assert scalars.folded(entry[key].text()) == scalars.folded(row[column]), f"{entry.place}: {key} differs"
        for key, column in KEYS.items():
            off = abs(entry[key].number() - row.number(column))
            assert off <= 0.0006, f"{entry.place}: {key} is off by {off:.2g}"
        assert entry["passes"].flag() == (scalars.folded(row["Passes"]) in ("yes", "true")), f"{entry.place}: passes"


def test_beam_check(engagement):
    engagement.assert_complete()
