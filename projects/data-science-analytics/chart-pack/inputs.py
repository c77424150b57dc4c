"""Meter readings of two years in two units, a chart spec and the caretaker's corrections."""
# hapi-pytest canary a447d1e5-2e3b-427e-bc4a-1d807fcae496

import math
from collections import defaultdict
from typing import Any

from hapi_pytest import Draw, Inputs
from hapi_pytest.writers import csv_text

COOPS = ("Lindenhof", "Seven Bridges", "Am Alten Gaswerk", "Harbour Terraces", "Les Tilleuls", "Kvarnholmen")
PEOPLE = ("Amira", "Jörn", "Bettina", "Cătălin", "Oona", "Rafał", "Séverine", "Tilde", "Wanjiru", "Emeka")
STREETS = (
    "Mill Lane", "Weir Road", "Kastanienallee", "Rue Verlaine", "Quai Sud", "Ölbergstraße", "Tanner Row", "Østergade",
    "Foundry Street", "Gasse am Tor", "Orchard Close", "Piazza Nuova", "Lock Side", "Wiesengrund", "Impasse Noël",
    "Saddler Yard", "Kiln Hill", "Nordufer", "Chapel Rise", "Färberweg",
)  # fmt: skip
PALETTE = (
    "#1b6ca8", "#c0392b", "#2e8b57", "#d98e04", "#6b4fa0", "#0e8f8f", "#8a5a2b", "#4d4d4d", "#a83279", "#3f7d20",
    "#245a9c", "#b5541c",
)  # fmt: skip
SOURCES = ("gas", "heat", "power")
UNITS = {"gas": "MWh", "heat": "MWh", "power": "kWh", "solar": "kWh"}
TITLES = (
    (
        "Bought energy by building in {year}",
        "What each building bought in {year}",
        "Energy bought, house by house, {year}",
    ),
    ("Change against {prior}", "More or less than in {prior}", "Bought energy compared with {prior}"),
    ("Solar yield by month", "What our roofs gave, month by month", "Solar yield, {prior} and {year}"),
    ("Bought energy by quarter in {year}", "Gas, heat and power in {year}", "The quarters of {year}"),
)
AXES = (("Building", "MWh"), ("Change in percent", "Building"), ("Month", "MWh"), ("Quarter", "MWh"))
SPEC = """# Charts of the annual report {year}

## Numbers

- readings.csv has one row per building, source and month. Sources are gas, heat and power, which we buy, and solar,
  which we make.
- The portal sends some rows twice, alike in every column. Such a row counts once.
- Everything is shown in MWh. The column unit says how a reading is written; 1 MWh is 1000 kWh.
- Add up the readings as they are and round to one decimal at the end.

## Charts

1. Upright bars: bought energy (gas, heat and power together) in {year} by building. Key: the building's name as in
   readings.csv. From the largest on the left to the smallest on the right.
2. Lying bars: by how many percent of the {prior} amount each building's bought energy has changed in {year}. Key: the
   building's name. From the most negative change at the top to the most positive one at the bottom. Falls reach to the
   left of the zero line, rises to the right.
3. Lines: solar yield of all buildings together by month, series `{prior}` and `{year}` on the same scale. Key: the
   month, such as `{year}-03`. First the older series, each from January to December. A month without a reading is no
   zero: its value is null and the line is interrupted.
4. Stacked upright bars: bought energy of all buildings in {year} by quarter. Key: `Q1` to `Q4`, series from the bottom
   up `gas`, `heat`, `power`. In chart_data.json quarter by quarter, in each quarter from the bottom up.

| chart | title | x axis | y axis |
|---|---|---|---|
{titles}

## Drawing

- Bars and segments are `rect` elements with `x`, `y`, `width`, `height`, lines are `polyline` elements with `points`.
  Coordinates are written into these shapes: no `transform` on them or on a group around them.
- Each of these shapes has the attribute `data-key` (bars, segments) and `data-series` (segments, lines), with key and
  series as in chart_data.json. Nothing else in the file has these attributes. An interrupted line is two polylines of
  the same series, with one point for each month.
- Bars of a chart have the same thickness. Lengths are proportional to the values, the longest bar (in chart 4: the
  highest stack) at least 200 units. Bars start at one common zero line; segments stand on each other without gaps.
- In chart 3 months are spaced evenly, and between the lowest and the highest value of the chart there are at least 100
  units of height.
- Colours are written as hex into the attribute `fill` of the rect or `stroke` of the polyline: chart 1 {bars_colour},
  chart 2 falls {falls} and rises {rises}, chart 3 {prior} {old} and {year} {new}, chart 4 gas {gas}, heat {heat} and
  power {power}.
- The title and both axis names stand in each picture as texts of their own, exactly as in the table.
"""
CORRECTIONS = """Corrections to the readings, {caretaker}

1. {wrong}, gas in {wrong_month}: whoever typed this lost the decimal point, the amount is ten times too large.
   Divide it by ten.
2. The inverters sent nothing in {gap_month}, so the solar rows of that month are empty. There is no way to find out
   what they made.
"""


def build(draw: Draw) -> Inputs:
    """Draw readings of which each rule has something to do, and add them up."""
    given = _setting(draw)
    readings = _readings(draw, given)
    given |= {"rows": _rows(draw, given, readings)}
    gold = _charts(given, readings)
    header = ("building", "source", "month", "amount", "unit")
    files = {
        "readings.csv": csv_text(header, given["rows"]),
        "spec.md": SPEC.format(**given),
        "corrections.txt": CORRECTIONS.format(**given),
    }
    return Inputs(files=files, given=given, gold=gold)


def _setting(draw: Draw) -> dict[str, Any]:
    """Draw names, colours, titles and what is odd in this variant."""
    year = draw.integer(2022, 2025)
    houses = [f"{street} {draw.integer(2, 89)}" for street in draw.sample(STREETS, 7)]
    owner, caretaker = draw.sample(PEOPLE, 2)
    colours = dict(
        zip(
            ("bars_colour", "falls", "rises", "old", "new", "gas", "heat", "power"),
            draw.sample(PALETTE, 8),
            strict=True,
        )
    )
    titles = [draw.choice(options).format(year=year, prior=year - 1) for options in TITLES]
    lines = [f"| {n} | {title} | {x} | {y} |" for n, (title, (x, y)) in enumerate(zip(titles, AXES, strict=True), 1)]
    wrong, gap = draw.integer(1, 12), draw.integer(4, 9)
    return {
        "coop": draw.choice(COOPS), "owner": owner, "caretaker": caretaker, "year": year, "prior": year - 1, **colours,
        "houses": houses, "wrong": houses[1], "wrong_month": f"{year}-{wrong:02}",
        "gap_month": f"{year}-{gap:02}", "titles": "\n".join(lines), "title_list": titles,
        "axes": [list(pair) for pair in AXES], "segment_colours": {source: colours[source] for source in SOURCES},
    }  # fmt: skip


def _readings(draw: Draw, given: dict[str, Any]) -> dict[tuple[str, str, str], str]:
    """Draw amounts as they are written down, by building, source and month."""
    readings = {}
    signs = draw.shuffled((-1, 1, -1, 1, -1, 1, 1))
    for place, (house, sign) in enumerate(zip(given["houses"], signs, strict=True)):
        size = 0.4 + 0.3 * place + 0.2 * draw.fraction()
        trend = 1 + sign * (0.06 + 0.02 * place + 0.015 * draw.fraction())
        roof = draw.fraction() + 0.4 if place in (0, 2, 3, 6) else 0
        for year in (given["prior"], given["year"]):
            for number in range(1, 13):
                month = f"{year}-{number:02}"
                winter = 1 + 0.7 * math.cos((number - 1) * math.pi / 6)
                grown = size * (trend if year == given["year"] else 1)
                for source, share in (("gas", 9 * winter), ("heat", 7 * winter), ("power", 4.4)):
                    amount = share * grown * (0.9 + 0.2 * draw.fraction())
                    readings[house, source, month] = _written(amount, source)
                if roof:
                    amount = roof * (2.2 - winter) * (1.1 + 0.8 * draw.fraction())
                    readings[house, "solar", month] = _written(amount, "solar") if month != given["gap_month"] else ""
    return readings


def _written(amount: float, source: str) -> str:
    return f"{amount * 1000:.0f}" if UNITS[source] == "kWh" else f"{amount:.2f}"


def _rows(draw: Draw, given: dict[str, Any], readings: dict[tuple[str, str, str], str]) -> list[list[str]]:
    """Write the rows of the portal, one of them without its decimal point, with repeats below."""
    rows, again = [], []
    repeated = {
        (house, source, f"{year}-{draw.integer(5, 12):02}")
        for house in given["houses"] for source in ("gas", "solar") for year in (given["prior"], given["year"])
    }  # fmt: skip
    for (house, source, month), amount in readings.items():
        if (house, source, month) == (given["wrong"], "gas", given["wrong_month"]):
            amount = f"{float(amount) * 10:.1f}"
        rows.append([house, source, month, amount, UNITS[source]])
        if (house, source, month) in repeated:
            again.append(rows[-1])
    return rows + draw.shuffled(again)


def _charts(given: dict[str, Any], readings: dict[tuple[str, str, str], str]) -> dict[str, Any]:
    """Add up what each chart shows, without rounding."""
    bought: dict[tuple[str, int], float] = defaultdict(float)
    stacks: dict[str, dict[str, float]] = {f"Q{quarter}": dict.fromkeys(SOURCES, 0.0) for quarter in range(1, 5)}
    solar: dict[str, float] = defaultdict(float)
    for (house, source, month), written in readings.items():
        if not written:
            continue
        amount = float(written) / (1000 if UNITS[source] == "kWh" else 1)
        year, number = map(int, month.split("-"))
        if source == "solar":
            solar[month] += amount
            continue
        bought[house, year] += amount
        if year == given["year"]:
            stacks[f"Q{(number + 2) // 3}"][source] += amount
    bars = {house: bought[house, given["year"]] for house in given["houses"]}
    changes = {house: (amount / bought[house, given["prior"]] - 1) * 100 for house, amount in bars.items()}
    return {
        "bars": bars, "changes": changes, "solar": dict(solar), "stacks": stacks,
        "wrong_quarter": f"Q{(int(given['wrong_month'][-2:]) + 2) // 3}",
        "gap_index": int(given["gap_month"][-2:]) - 1,
    }  # fmt: skip
