"""The accepted check sheet, reckoned from the attachments' content, and slips that people make."""
# hapi-pytest canary 74398fa0-f6c8-41d4-a4f7-7641d4cc9d17

import json
from typing import Any

from hapi_pytest import Facts
from hapi_pytest.readers.workbooks import Workbook
from hapi_pytest.writers import office_bytes

FLAWS: dict[str, tuple[str, ...]] = {
    "timber-kept": ("each-steel-beam-once",),
    "repeated-row-kept": ("each-steel-beam-once",),
    "clear-openings": ("spans-run-between-bearing-middles",),
    "listed-opening-kept": ("measured-opening-counts",),
    "smaller-opening-taken": ("contradiction-is-asked-about",),
    "contradiction-not-mentioned": ("contradiction-is-asked-about",),
    "settled-beam-asked-about": ("contradiction-is-asked-about",),
    "hundred-kilograms-to-the-kilonewton": ("loads-are-those-of-the-lists",),
    "post-measured-from-the-wall": ("post-stands-where-it-was-measured",),
    "post-snow-forgotten": ("post-stands-where-it-was-measured",),
    "live-factor-on-dead-loads": ("combinations-follow-the-rules", "live-load-is-reduced-where-it-may"),
    "own-weight-forgotten": (
        "combinations-follow-the-rules",
        "live-load-is-reduced-where-it-may",
        "sheet-follows-wall-and-section",
    ),
    "live-in-full-beside-snow": ("combinations-follow-the-rules",),
    "both-reactions-alike": ("combinations-follow-the-rules",),
    "moments-at-mid-span": ("combinations-follow-the-rules",),
    "reduction-forgotten": ("live-load-is-reduced-where-it-may",),
    "store-reduced-too": ("live-load-is-reduced-where-it-may",),
    "one-size-up": ("lightest-section-that-passes",),
    "chosen-by-bending-alone": ("lightest-section-that-passes",),
    "sold-out-section-taken": ("only-what-can-be-had",),
    "profile-from-another-list": ("only-what-can-be-had", "hopeless-beam-stays-failed"),
    "hopeless-beam-waved-through": ("hopeless-beam-stays-failed",),
    "strength-not-divided": ("bending-and-deflection-are-right",),
    "second-series-in-the-wrong-unit": ("bending-and-deflection-are-right",),
    "one-limit-for-all": ("bending-and-deflection-are-right",),
    "deflection-under-factored-loads": ("bending-and-deflection-are-right",),
    "values-pasted": ("sheet-follows-wall-and-section",),
    "own-weight-typed-in": ("sheet-follows-wall-and-section",),
    "json-of-the-second-combination": ("json-says-what-the-sheet-says",),
    "json-with-one-decimal": ("json-says-what-the-sheet-says",),
}
EQUIVALENTS: dict[str, str] = {
    "columns-in-another-order": "the brief names the columns of each sheet and no order",
    "titles-and-units": "the brief forbids neither a title above a sheet's columns nor a line of units below them",
    "sums-instead-of-lookups": "the brief asks for formulas and leaves open which",
    "spans-as-formulas": "the brief wants formulas for what is calculated, and a span may be taken for that",
    "beams-upside-down": "the brief gives the beams no order",
    "json-in-three-decimals": "the brief asks for three decimals or more",
}
COLUMNS = {
    "Beams": [
        "Beam", "Span m", "Strip m", "Dead kN/m2", "Live kN/m2", "Wall kN/m", "Post dead kN", "Post snow kN",
        "Post at m", "Opening mm", "Bearing mm",
    ],
    "Sections": ["Section", "kg/m", "W cm3", "I cm4", "fy N/mm2"],
    "Combinations": ["Beam", "Combination", "Load kN/m", "Post kN", "Left kN", "Right kN", "Moment kNm"],
    "Check": [
        "Beam", "Section", "Governing", "Moment kNm", "Resistance kNm", "Bending", "Deflection mm", "Limit mm",
        "Passes",
    ],
}  # fmt: skip
MEASURES = ("Span m", "Strip m", "Live kN/m2", "Post dead kN", "Post snow kN", "Post at m")
FOREIGN = {"Section": "HX 450", "kg/m": 99.7, "W cm3": 3550.0, "I cm4": 79890.0, "fy N/mm2": 355}
GRAVITY = 0.00981

Flaws = frozenset[str]
Row = dict[str, Any]


class Layout:
    """Where each sheet's columns and lines stand, and what stands in them."""

    def __init__(self, facts: Facts, flaws: Flaws) -> None:
        self.facts, self.flaws = facts, flaws
        self.beams, self.sections = _beams(facts, flaws), _sections(facts, flaws)
        turn = -1 if "columns-in-another-order" in flaws else 1
        self.columns = {sheet: names[::turn] for sheet, names in COLUMNS.items()}
        self.first = 5 if "titles-and-units" in flaws else 2

    def cell(self, sheet: str, column: str, index: int) -> str:
        """Return a cell's address by the row's index."""
        return f"{sheet}!${'ABCDEFGHIJK'[self.columns[sheet].index(column)]}${self.first + index}"

    def measures(self, index: int) -> list[str]:
        """Return the addresses of a beam's measures."""
        return [self.cell("Beams", name, index) for name in MEASURES]

    def looked_up(self, column: str, index: int) -> str:
        """Return the formula for a property of a beam's section."""
        last = len(self.sections) - 1
        names, values = (
            f"{self.cell('Sections', name, 0)}:{self.cell('Sections', name, last).split('!')[1]}"
            for name in ("Section", column)
        )
        wanted = self.cell("Check", "Section", index)
        if "sums-instead-of-lookups" in self.flaws:
            return f"SUMIFS({values},{names},{wanted})"
        return f"INDEX({values},MATCH({wanted},{names},0))"

    def dead(self, index: int) -> str:
        """Return the formula for a beam's dead load without its own weight."""
        dead, strip, wall = (self.cell("Beams", name, index) for name in ("Dead kN/m2", "Strip m", "Wall kN/m"))
        return f"{dead}*{strip}+{wall}"

    def own_weight(self, index: int) -> str:
        """Return the formula for a beam's own weight."""
        if "own-weight-typed-in" in self.flaws:
            mass = next(row["kg/m"] for row in self.sections if row["Section"] == self.beams[index]["section"])
            return f"{mass * GRAVITY}"
        return f"{self.looked_up('kg/m', index)}*{GRAVITY}"


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the workbook, and the summary from what the workbook computes."""
    layout = Layout(facts, flaws)
    count = range(len(layout.beams))
    rows = {
        "Beams": [_inputs(layout, index) for index in count],
        "Sections": layout.sections,
        "Combinations": [_combination(layout, index, name) for index in count for name in ("C1", "C2", "C3")],
        "Check": [_check(layout, index) for index in count],
    }
    content = _workbook(layout, rows)
    computed = Workbook("beam.xlsx", content)
    if "values-pasted" in flaws:
        content = _workbook(layout, {sheet: _pasted(computed, layout, sheet, rows[sheet]) for sheet in rows})
    return {"beam.xlsx": content, "result.json": _summary(facts, flaws, computed)}


def _beams(facts: Facts, flaws: Flaws) -> list[Row]:
    """Return each steel beam with its loads in kN, its lengths in m and its section."""
    beams = []
    for mark in facts.listed:
        beam = _loaded(facts, flaws, mark)
        # Of the flaws only those about the choice change the section.
        beams.append(beam | {"section": _chosen(facts, flaws, _loaded(facts, frozenset(), mark))})
    if "timber-kept" in flaws:
        beams.append(dict(beams[2], mark=facts.timber))
    if "repeated-row-kept" in flaws:
        beams.append(dict(next(b for b in beams if b["mark"] == facts.store), mark=facts.store.lower()))
    return beams[::-1] if "beams-upside-down" in flaws else beams


def _loaded(facts: Facts, flaws: Flaws, mark: str) -> Row:
    """Return a beam with its loads and lengths."""
    listed = facts.listed[mark]
    beam = dict(facts.beams[mark], mark=mark, opening=max(listed), at=0.0, post_dead=0.0, post_snow=0.0)
    if mark == facts.measured and "listed-opening-kept" not in flaws:
        beam["opening"] = int(facts.measured_mm.replace(" ", ""))
    if mark == facts.doubled and "smaller-opening-taken" in flaws:
        beam["opening"] = min(listed)
    if mark == facts.post:
        end = 0 if "post-measured-from-the-wall" in flaws else beam["bearing"] / 2
        beam |= {"at": (int(facts.at_mm.replace(" ", "")) + end) / 1000, "post_dead": facts.post_dead}
        beam["post_snow"] = 0 if "post-snow-forgotten" in flaws else facts.post_snow
    beam["span"] = (beam["opening"] + (0 if "clear-openings" in flaws else beam["bearing"])) / 1000
    use = facts.uses[beam["use"]]
    scale = 1 if use["unit"] != "kg/m2" else 0.01 if "hundred-kilograms-to-the-kilonewton" in flaws else GRAVITY
    return beam | dict(zip(("dead", "live"), (value * scale for value in use["listed"]), strict=True))


def _sections(facts: Facts, flaws: Flaws) -> list[Row]:
    rows = []
    for section in facts.sections:
        is_wrong = section["is_second"] and "second-series-in-the-wrong-unit" in flaws
        row = {"Section": section["name"], "kg/m": section["kg"], "W cm3": section["w"], "fy N/mm2": section["fy"]}
        rows.append(row | {"I cm4": section["i"] / 100 if is_wrong else section["i"]})
    return rows + ([FOREIGN] if "profile-from-another-list" in flaws else [])


def _chosen(facts: Facts, flaws: Flaws, beam: Row) -> str:
    """Return the lightest section that passes, or the stiffest of all."""
    mark = beam["mark"]
    if mark == facts.hopeless and "profile-from-another-list" in flaws:
        return str(FOREIGN["Section"])
    is_by_strength = "chosen-by-bending-alone" in flaws and mark != facts.plain
    is_any = "sold-out-section-taken" in flaws and mark == facts.plain
    listed = [section for section in facts.sections if is_any or section["name"] != facts.sold]
    passing = []
    for section in sorted(listed, key=lambda section: section["kg"]):
        bending, deflection = _degrees(facts, beam, section)
        if (bending if is_by_strength else max(bending, deflection)) <= 1:
            passing.append(section["name"])
    if not passing:
        return str(max(listed, key=lambda section: section["i"])["name"])
    return str(passing["one-size-up" in flaws and mark == facts.lintel])


def _degrees(facts: Facts, beam: Row, section: Row) -> tuple[float, float]:
    """Return moment over resistance and deflection over limit, for the choice."""
    rules, span, at, psi = facts.rules, beam["span"], beam["at"], facts.uses[beam["use"]]["psi"]
    dead = beam["dead"] * beam["strip"] + beam["wall"] + section["kg"] * GRAVITY
    full = beam["live"] * beam["strip"]
    live = full * (rules["less"] if span * beam["strip"] > rules["area"] and beam["use"] != "STO" else 1)
    worst = 0.0
    for on_dead, on_live, on_snow in (
        (rules["dead_alone"], 0, 0),
        (rules["dead"], rules["variable"], rules["variable"] * rules["psi_snow"]),
        (rules["dead"], rules["variable"] * psi, rules["variable"]),
    ):
        w, point = on_dead * dead + on_live * live, on_dead * beam["post_dead"] + on_snow * beam["post_snow"]
        left = w * span / 2 + point * (span - at) / span
        places = [x for x in (at, left / w, (left - point) / w) if 0 <= x <= span]
        worst = max(worst, *(left * x - w * x * x / 2 - point * max(0, x - at) for x in places))
    near = min(at, span - at)
    bent = 5 * (dead + full) * span**4 / 384
    bent += (beam["post_dead"] + beam["post_snow"]) * near * (3 * span**2 - 4 * near**2) / 48
    sag = bent / (2.1e8 * section["i"] * 1e-8)
    limit = span / rules["brittle" if beam["finish"] in ("stone", "tiles", "plaster") else "limit"]
    return worst / (section["w"] * section["fy"] / rules["safety"] / 1000), sag / limit


def _inputs(layout: Layout, index: int) -> Row:
    beam, flaws = layout.beams[index], layout.flaws
    added = 0 if "clear-openings" in flaws else 1
    opening, bearing = (layout.cell("Beams", name, index) for name in ("Opening mm", "Bearing mm"))
    return {
        "Beam": beam["mark"],
        "Span m": f"=({opening}+{added}*{bearing})/1000" if "spans-as-formulas" in flaws else beam["span"],
        "Strip m": beam["strip"],
        "Dead kN/m2": beam["dead"],
        "Live kN/m2": beam["live"],
        "Wall kN/m": beam["wall"],
        "Post dead kN": beam["post_dead"],
        "Post snow kN": beam["post_snow"],
        "Post at m": beam["at"],
        "Opening mm": beam["opening"],
        "Bearing mm": beam["bearing"],
    }


def _factors(layout: Layout, use: str, name: str) -> tuple[Any, Any, Any]:
    """Return what dead, live and snow are multiplied by under a combination."""
    rules, flaws = layout.facts.rules, layout.flaws
    both, psi = rules["variable"], 1 if "live-in-full-beside-snow" in flaws else layout.facts.uses[use]["psi"]
    dead, alone = (both, both) if "live-factor-on-dead-loads" in flaws else (rules["dead"], rules["dead_alone"])
    by_name = {
        "C1": (alone, 0, 0),
        "C2": (dead, both, f"{both}*{rules['psi_snow']}"),
        "C3": (dead, f"{both}*{psi}", both),
    }
    return by_name[name]


def _combination(layout: Layout, index: int, name: str) -> Row:
    """Return one line of Combinations as formulas."""
    rules, flaws, use = layout.facts.rules, layout.flaws, layout.beams[index]["use"]
    on_dead, on_live, on_snow = _factors(layout, use, name)
    line = 3 * index + int(name[1]) - 1
    span, strip, live, post_dead, post_snow, at = layout.measures(index)
    w, point, left, right = (
        layout.cell("Combinations", column, line) for column in ("Load kN/m", "Post kN", "Left kN", "Right kN")
    )
    own = "" if "own-weight-forgotten" in flaws else f"+{layout.own_weight(index)}"
    is_whole = ("store-reduced-too" not in flaws and use == "STO") or "reduction-forgotten" in flaws
    less = "1" if is_whole else f"IF({strip}*{span}>{rules['area']},{rules['less']},1)"
    moment = f"IF({left}<={w}*{at},{left}^2/(2*{w}),IF({right}<={w}*({span}-{at}),{right}^2/(2*{w}),"
    moment += f"{left}*{at}-{w}*{at}^2/2))"
    if "moments-at-mid-span" in flaws:
        moment = f"{w}*{span}^2/8+{point}*MIN({at},{span}-{at})/2"
    arm = f"{span}/2" if "both-reactions-alike" in flaws else f"({span}-{at})"
    return {
        "Beam": layout.beams[index]["mark"],
        "Combination": name,
        "Load kN/m": f"={on_dead}*({layout.dead(index)}{own})+{on_live}*{live}*{strip}*{less}",
        "Post kN": f"={on_dead}*{post_dead}+{on_snow}*{post_snow}",
        "Left kN": f"={w}*{span}/2+{point}*{arm}/{span}",
        "Right kN": f"={w}*{span}+{point}-{left}",
        "Moment kNm": f"={moment}",
    }


def _check(layout: Layout, index: int) -> Row:
    """Return one line of Check as formulas on the other sheets."""
    rules, flaws, beam = layout.facts.rules, layout.flaws, layout.beams[index]
    c1, c2, c3 = (layout.cell("Combinations", "Moment kNm", 3 * index + n) for n in range(3))
    moment, resistance, bending, bent, limit = (layout.cell("Check", name, index) for name in COLUMNS["Check"][3:8])
    span, strip, live, post_dead, post_snow, at = layout.measures(index)
    w, fy, i = (layout.looked_up(column, index) for column in ("W cm3", "fy N/mm2", "I cm4"))
    near, own = f"MIN({at},{span}-{at})", layout.own_weight(index)
    factor = rules["variable"] if "deflection-under-factored-loads" in flaws else 1
    even = f"5*{factor}*({layout.dead(index)}+{own}+{live}*{strip})*{span}^4/384"
    single = f"({post_dead}+{post_snow})*{near}*(3*{span}^2-4*{near}^2)/48"
    is_brittle = beam["finish"] in ("stone", "tiles", "plaster") and "one-limit-for-all" not in flaws
    safety = 1 if "strength-not-divided" in flaws else rules["safety"]
    is_waved = "hopeless-beam-waved-through" in flaws and beam["mark"] == layout.facts.hopeless
    return {
        "Beam": beam["mark"],
        "Section": beam["section"],
        "Governing": f'=IF({c1}={moment},"C1",IF({c2}={moment},"C2","C3"))',
        "Moment kNm": f"=MAX({c1},{c2},{c3})",
        "Resistance kNm": f"={w}*{fy}/{safety}/1000",
        "Bending": f"={moment}/{resistance}",
        "Deflection mm": f"=({even}+{single})/(2.1*{i})*1000",
        "Limit mm": f"={span}*1000/{rules['brittle' if is_brittle else 'limit']}",
        "Passes": "yes" if is_waved else f'=IF(AND({bending}<=1,{bent}<={limit}),"yes","no")',
    }


def _pasted(computed: Workbook, layout: Layout, sheet: str, rows: list[Row]) -> list[Row]:
    """Return the rows of a sheet with values instead of formulas."""

    def value(name: str, index: int) -> object:
        return computed.sheet(sheet).cell(layout.cell(sheet, name, index).split("!")[1].replace("$", ""))

    return [{name: value(name, index) for name in row} for index, row in enumerate(rows)]


def _workbook(layout: Layout, rows: dict[str, list[Row]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, columns in layout.columns.items():
        sheet = book.create_sheet(name)
        if "titles-and-units" in layout.flaws:
            sheet.append([f"{name} of the check sheet"])
            sheet.append([])
        sheet.append(columns)
        if "titles-and-units" in layout.flaws:
            sheet.append([column.split()[-1] if " " in column else "-" for column in columns])
        for row in rows[name]:
            sheet.append([row[column] for column in columns])
    return office_bytes(book)


def _summary(facts: Facts, flaws: Flaws, computed: Workbook) -> str:
    """Write what the sheet Check computes."""
    places = 1 if "json-with-one-decimal" in flaws else 3 if "json-in-three-decimals" in flaws else 9
    beams = {}
    for row in computed.sheet("Check").table("Beam", "Section"):
        if not row["Section"][-1].isdigit():
            continue
        moment = row.number("Moment kNm")
        if "json-of-the-second-combination" in flaws:
            lines = computed.sheet("Combinations").table("Beam", "Combination")
            same = [line for line in lines if (line["Beam"], line["Combination"]) == (row["Beam"], "C2")]
            moment = same[0].number("Moment kNm")
        beams[row["Beam"].upper()] = {
            "section": row["Section"],
            "governing": row["Governing"],
            "moment_knm": round(moment, places),
            "bending": round(row.number("Bending"), places),
            "deflection_mm": round(row.number("Deflection mm"), places),
            "passes": row["Passes"] == "yes",
        }
    asked = [] if "contradiction-not-mentioned" in flaws else [facts.doubled]
    if "settled-beam-asked-about" in flaws:
        asked.append(facts.measured)
    return json.dumps({"beams": beams, "ask": asked}, indent=1, ensure_ascii=False) + "\n"
