"""The accepted charts, worked out from the readings, and slips that people make."""
# hapi-pytest canary a447d1e5-2e3b-427e-bc4a-1d807fcae496

import json
from collections import defaultdict
from html import escape
from typing import NamedTuple

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {
    "repeats-counted": ("chart1-values", "chart2-values", "chart3-values", "chart4-values", "correction-is-used"),
    "rounded-to-whole": ("chart1-values", "chart2-values", "chart3-values", "chart4-values", "correction-is-used"),
    "solar-counted-as-bought": ("chart1-values",),
    "outlier-left-out": ("chart2-values",),
    "solar-left-in-kwh": ("chart3-values",),
    "quarters-of-both-years": ("chart4-values", "correction-is-used"),
    "power-of-both-years": ("chart4-values",),
    "correction-not-read": ("correction-is-used",),
    "gap-drawn-as-zero": ("missing-month-is-a-gap",),
    "line-drawn-across-the-gap": ("missing-month-is-a-gap",),
    "smallest-first": ("order-of-the-spec",),
    "source-after-source": ("order-of-the-spec",),
    "axis-cut-off": ("bars-show-their-numbers",),
    "falls-drawn-to-the-right": ("bars-show-their-numbers",),
    "bars-moved-by-a-transform": ("bars-show-their-numbers",),
    "each-line-on-its-own-scale": ("lines-show-their-numbers",),
    "segments-side-by-side": ("stacks-show-their-numbers",),
    "stack-from-the-top": ("stacks-show-their-numbers",),
    "years-in-each-others-colour": ("colours-of-the-spec",),
    "titles-in-own-words": ("titles-of-the-spec",),
}
EQUIVALENTS: dict[str, str] = {
    "larger-sheet": "the spec gives least lengths and no size",
    "shapes-in-groups": "the spec forbids a transform on groups, not groups",
    "capital-hex": "hex colours mean the same in capitals",
    "points-without-commas": "svg lets blanks separate the numbers of points",
    "years-as-numbers": "the brief fixes the keys of chart_data.json and no type of the series",
    "json-on-one-line": "line breaks mean nothing in JSON",
}
MWH = {"MWh": 1.0, "kWh": 0.001}
SOURCES = ("gas", "heat", "power")
Entries = list[tuple[str, str, float | None]]
"""Series, key and value."""


class Sheet(NamedTuple):
    """Where things are drawn."""

    scale: float

    @property
    def foot(self) -> float:
        """The y of the zero line."""
        return 60 + 300 * self.scale


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Add the readings up and draw them."""
    charts = _charts(facts, _amounts(facts, flaws), flaws)
    data = {}
    for number, entries in charts.items():
        plain = [{"key": key, "value": value} for _, key, value in entries]
        full = [
            {"series": int(series) if "years-as-numbers" in flaws and number == 3 else series, **entry}
            for (series, _, _), entry in zip(entries, plain, strict=True)
        ]
        data[f"chart{number}"] = plain if number < 3 else full
    files: dict[str, str | bytes] = {
        f"chart{number}.svg": _svg(facts, number, entries, flaws) for number, entries in charts.items()
    }
    indent = None if "json-on-one-line" in flaws else 1
    return files | {"chart_data.json": json.dumps(data, ensure_ascii=False, indent=indent) + "\n"}


def _amounts(facts: Facts, flaws: frozenset[str]) -> dict[tuple[str, str, str], float | None]:
    """Return the readings in MWh by building, source and month."""
    amounts: dict[tuple[str, str, str], float | None] = {}
    for house, source, month, text, unit in facts.rows:
        place = house, source, month
        if not text:
            amounts[place] = None
            continue
        factor = MWH[unit]
        if place == (facts.wrong, "gas", facts.wrong_month) and "correction-not-read" not in flaws:
            factor /= 10
        again = amounts.get(place) if "repeats-counted" in flaws else None
        amounts[place] = float(text) * factor + (again or 0)
    return amounts


def _charts(
    facts: Facts, amounts: dict[tuple[str, str, str], float | None], flaws: frozenset[str]
) -> dict[int, Entries]:
    """Return the entries of each chart in their order, rounded."""
    bought: dict[tuple[str, str], float] = defaultdict(float)
    solar: dict[str, float | None] = {}
    stacks: dict[tuple[str, str], float] = defaultdict(float)
    roofs: dict[str, float] = defaultdict(float)
    for (house, source, month), amount in amounts.items():
        if source == "solar":
            roofs[house] += (amount or 0) if month[:4] == str(facts.year) else 0
            solar[month] = None if amount is None else (solar.get(month) or 0) + amount
            continue
        bought[house, month[:4]] += amount or 0
        is_added = "quarters-of-both-years" in flaws or ("power-of-both-years" in flaws and source == "power")
        if month[:4] == str(facts.year) or is_added:
            stacks[f"Q{(int(month[-2:]) + 2) // 3}", source] += amount or 0
    if "solar-left-in-kwh" in flaws:
        solar = {month: amount and amount * 1000 for month, amount in solar.items()}
    if "gap-drawn-as-zero" in flaws:
        solar = {month: amount or 0.0 for month, amount in solar.items()}
    charts: dict[int, Entries] = {
        1: _bars(facts, bought, roofs, flaws),
        2: _changes(facts, bought, flaws),
        3: [(month[:4], month, solar[month]) for month in sorted(solar)],
        4: [(source, f"Q{quarter}", stacks[f"Q{quarter}", source]) for quarter in range(1, 5) for source in SOURCES],
    }
    if "source-after-source" in flaws:
        charts[4].sort(key=lambda entry: SOURCES.index(entry[0]))
    places = 0 if "rounded-to-whole" in flaws else 1
    return {
        number: [(series, key, None if value is None else round(value, places)) for series, key, value in entries]
        for number, entries in charts.items()
    }


def _bars(
    facts: Facts, bought: dict[tuple[str, str], float], roofs: dict[str, float], flaws: frozenset[str]
) -> Entries:
    """Return the entries of chart 1."""
    amounts = {house: bought[house, str(facts.year)] for house in facts.houses}
    if "solar-counted-as-bought" in flaws:
        amounts = {house: amount + roofs[house] for house, amount in amounts.items()}
    bars: Entries = [("", house, amount) for house, amount in amounts.items()]
    return sorted(bars, key=_value, reverse="smallest-first" not in flaws)


def _changes(facts: Facts, bought: dict[tuple[str, str], float], flaws: frozenset[str]) -> Entries:
    """Return the entries of chart 2."""
    changes: Entries = [
        ("", house, (bought[house, str(facts.year)] / bought[house, str(facts.prior)] - 1) * 100)
        for house in facts.houses
    ]
    if "outlier-left-out" in flaws:
        changes.remove(max(changes, key=lambda entry: abs(_value(entry))))
    return sorted(changes, key=_value)


def _value(entry: tuple[str, str, float | None]) -> float:
    return entry[2] or 0.0


def _svg(facts: Facts, number: int, entries: Entries, flaws: frozenset[str]) -> str:
    """Draw one chart with its texts."""
    sheet = Sheet(1.7 if "larger-sheet" in flaws else 1.0)
    draw = {1: _upright, 2: _lying, 3: _lines, 4: _stacks}[number]
    shapes = draw(facts, entries, sheet, flaws)
    if "shapes-in-groups" in flaws:
        shapes = ['<g class="data">', *shapes, "</g>"]
    if number == 1 and "bars-moved-by-a-transform" in flaws:
        shapes = ['<g transform="translate(4 0)">', *shapes, "</g>"]
    title, (x_axis, y_axis) = facts.title_list[number - 1], facts.axes[number - 1]
    title = f"{title} (overview)" if "titles-in-own-words" in flaws else title
    box = f"0 0 {900 * sheet.scale:g} {520 * sheet.scale:g}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">',
        f'<text x="20" y="30" font-size="20">{escape(title)}</text>',
        f'<text x="{420 * sheet.scale:g}" y="{sheet.foot + 140:g}">{x_axis}</text>',
        f'<text transform="rotate(-90)" x="-200" y="16">{y_axis}</text>',
        *shapes,
        *(
            f'<text x="4" y="{60 + 8 * n}" font-size="7">{escape(f"{s} {k}: {v}")}</text>'
            for n, (s, k, v) in enumerate(entries)
        ),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rect(x: float, y: float, width: float, height: float, fill: str, names: str, flaws: frozenset[str]) -> str:
    fill = fill.upper() if "capital-hex" in flaws else fill
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}" {names}/>'


def _upright(facts: Facts, entries: Entries, sheet: Sheet, flaws: frozenset[str]) -> list[str]:
    start = min(_value(entry) for entry in entries) * 0.8 if "axis-cut-off" in flaws else 0.0
    unit = 300 * sheet.scale / (max(_value(entry) for entry in entries) - start)
    shapes = []
    for place, (_, key, value) in enumerate(entries):
        height = ((value or 0) - start) * unit
        shapes.append(
            _rect(
                150 + 60 * place, sheet.foot - height, 44, height, facts.bars_colour, f'data-key="{escape(key)}"', flaws
            )
        )
    return shapes


def _lying(facts: Facts, entries: Entries, sheet: Sheet, flaws: frozenset[str]) -> list[str]:
    unit = 260 * sheet.scale / max(abs(_value(entry)) for entry in entries)
    zero, shapes = 160 + 270 * sheet.scale, []
    for place, (_, key, value) in enumerate(entries):
        width = abs(value or 0) * unit
        left = zero - width if (value or 0) < 0 and "falls-drawn-to-the-right" not in flaws else zero
        fill = facts.falls if (value or 0) < 0 else facts.rises
        shapes.append(_rect(left, 70 + 30 * place, width, 22, fill, f'data-key="{escape(key)}"', flaws))
    return shapes


def _lines(facts: Facts, entries: Entries, sheet: Sheet, flaws: frozenset[str]) -> list[str]:
    """Draw the polylines of both years, interrupted where there is no value."""
    shapes = []
    for series in (str(facts.prior), str(facts.year)):
        values = [value for one, _, value in entries if one == series]
        low, high = (pick(value for _, _, value in entries if value is not None) for pick in (min, max))
        if "each-line-on-its-own-scale" in flaws and series == str(facts.year):
            high *= 1.25  # headroom on the one axis alone
        runs: list[list[str]] = [[]]
        for month, value in enumerate(values):
            if value is None:
                runs += [] if "line-drawn-across-the-gap" in flaws else [[]]
                continue
            y = sheet.foot - (value - low) / (high - low) * 280 * sheet.scale
            runs[-1].append(f"{160 + 50 * month}{' ' if 'points-without-commas' in flaws else ','}{y:.2f}")
        is_old = (series == str(facts.prior)) is not ("years-in-each-others-colour" in flaws)
        stroke = facts.old if is_old else facts.new
        stroke = stroke.upper() if "capital-hex" in flaws else stroke
        shapes += [
            f'<polyline points="{" ".join(run)}" fill="none" stroke="{stroke}" data-series="{series}"/>'
            for run in runs
            if run
        ]
    return shapes


def _stacks(facts: Facts, entries: Entries, sheet: Sheet, flaws: frozenset[str]) -> list[str]:
    """Draw the segments of each quarter upon each other."""
    heights: dict[str, float] = defaultdict(float)
    for _, key, value in entries:
        heights[key] += value or 0
    unit, shapes = 300 * sheet.scale / max(heights.values()), []
    tops = {key: height * unit if "stack-from-the-top" in flaws else 0.0 for key, height in heights.items()}
    for series, key, value in entries:
        height, left = (value or 0) * unit, 40 + 130 * int(key[1:])
        if "segments-side-by-side" in flaws:
            left, tops[key] = left + 35 * SOURCES.index(series), 0.0
        base = tops[key] - height if "stack-from-the-top" in flaws else tops[key]
        tops[key] = base if "stack-from-the-top" in flaws else base + height
        names = f'data-series="{series}" data-key="{key}"'
        shapes.append(_rect(left, sheet.foot - base - height, 34, height, getattr(facts, series), names, flaws))
    return shapes
