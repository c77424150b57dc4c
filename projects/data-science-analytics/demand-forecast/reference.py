"""The accepted forecast and back-test, worked out from the bookings, and slips that people make."""
# hapi-pytest canary cbed8b65-8f81-44d0-b30b-7ca37d039bc7

import csv
import datetime
import math
import re
from typing import NamedTuple

from hapi_pytest import Facts
from hapi_pytest.writers import csv_text

FLAWS: dict[str, tuple[str, ...]] = {
    "cartons-ordered-as-bottles": ("forecast-beats-naive",),
    "cartons-left-in-the-back-test": ("unit-change-is-converted",),
    "last-year-copied": ("forecast-beats-naive", "festival-week-is-met", "range-holds-what-comes"),
    "growth-forgotten": ("forecast-beats-naive",),
    "festival-forgotten": ("festival-week-is-met",),
    "ended-product-goes-on": ("nothing-after-the-last-week",),
    "ninth-week": ("forecast-has-its-rows",),
    "range-too-narrow": ("range-holds-what-comes",),
    "range-below-zero": ("range-holds-what-comes",),
    "first-booking-counts": ("actuals-are-demand", "naive-is-the-rule", "unit-change-is-converted"),
    "bookings-added-up": ("actuals-are-demand", "naive-is-the-rule", "unit-change-is-converted"),
    "actuals-as-first-booked": ("actuals-are-demand",),
    "naive-is-last-week": ("naive-is-the-rule", "unit-change-is-converted"),
    "sold-out-sales-as-naive": ("naive-is-the-rule",),
    "sold-out-sales-as-actual": ("sold-out-weeks-stay-empty",),
    "zero-for-sold-out": ("sold-out-weeks-stay-empty",),
    "folds-numbered-backwards": ("folds-are-those-of-the-rules",),
    "fold-missing": ("folds-are-those-of-the-rules",),
    "one-off-order-foreseen": ("nothing-after-the-cut-off",),
    "poor-back-test": ("back-test-beats-naive",),
    "mean-of-three-ratios": ("ratios-follow",),
    "ratios-left-out": ("ratios-follow",),
    "long-text": ("method-is-short",),
}
EQUIVALENTS: dict[str, str] = {
    "single-week-of-last-year": "the brief names no method",
    "wider-range": "the brief allows a range of up to 70 percent",
    "week-by-week": "the brief gives the rows no order",
    "columns-turned-round": "the brief names columns and no order",
    "ratios-in-a-list": "a bullet or bold type does not change the lines that the brief asks for",
    "decimals": "whole bottles may be written with .0",
}
DAY = datetime.timedelta(days=1)
Demand = dict[str, list[float | None]]


class Odd(NamedTuple):
    """Weeks of the calendar by number."""

    festivals: list[int]
    one_off: tuple[str, int]


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Work out demand, forecast and back-test."""
    days = [datetime.date.fromisoformat(facts.first) + (week - 156) * 7 * DAY for week in range(164)]
    numbers = {day.isoformat(): week for week, day in enumerate(days)}
    odd = Odd([numbers[day] for day in facts.festivals], (facts.one_off[0][0], numbers[facts.one_off[0][1]]))
    sold = _sold(facts, numbers, flaws)
    demand = _known(facts, sold, numbers)
    ahead = {product: _ahead(product, units, 156, odd, flaws) for product, units in demand.items()}
    rows = _back_test(facts, numbers, demand, sold, odd, flaws)
    return {
        "forecast.csv": _forecast(facts, ahead, days, flaws),
        "backtest.csv": _table(("fold", "product", "week", "actual", "forecast", "naive"), _written(rows, days), flaws),
        "method.md": _method(facts, rows, flaws),
    }


def _sold(facts: Facts, numbers: dict[str, int], flaws: frozenset[str]) -> dict[str, list[float]]:
    """Return what was sold in bottles by product and week, corrections applied."""
    bookings: dict[tuple[str, str, int], list[tuple[str, float]]] = {}
    for depot, product, label, units, booked, _ in csv.reader(facts.sales.splitlines()[1:]):
        if "W" in label:
            year, number = label.split("-W")
            label = datetime.date.fromisocalendar(int(year), int(number), 1).isoformat()
        week, amount = numbers[label], float(units)
        if product == facts.carton and week < facts.carton_weeks:
            amount *= facts.size
        bookings.setdefault((depot, product, week), []).append((booked, amount))
    sold = {product: [0.0] * 156 for product in facts.products}
    for (_, product, week), found in bookings.items():
        found.sort()
        amount = found[0][1] if "first-booking-counts" in flaws else found[-1][1]
        sold[product][week] += sum(part for _, part in found) if "bookings-added-up" in flaws else amount
    return sold


def _known(facts: Facts, sold: dict[str, list[float]], numbers: dict[str, int]) -> Demand:
    """Return the demand, with nothing where a product was sold out."""
    demand: Demand = {product: list(units) for product, units in sold.items()}
    for product, day in facts.sold_out:
        demand[product][numbers[day]] = None
    return demand


def _around(units: list[float | None], week: int) -> float:
    return ((units[week - 1] or 0) + (units[week + 1] or 0)) / 2


def _naive(units: list[float | None], week: int) -> float:
    found = units[week - 52]
    return math.floor(_around(units, week - 52) + 0.5) if found is None else found


def _ahead(product: str, units: list[float | None], start: int, odd: Odd, flaws: frozenset[str]) -> list[float]:
    """Forecast eight weeks from what was known before `start`: last year's weeks times the growth since then."""
    past = [
        _around(units, week) if value is None and week + 1 < start else value
        for week, value in enumerate(units[:start])
    ]
    known = [value or 0.0 for value in past]
    festivals = [week for week in odd.festivals if week < start]
    lifts = [4 * known[week] / (sum(known[week - 2 : week + 3]) - known[week]) for week in festivals]
    lift = sum(lifts) / len(lifts)
    lift = lift if lift > 1.1 else 1.0
    level = list(known)
    for week in festivals:
        level[week] /= lift
    if product == odd.one_off[0] and odd.one_off[1] < start:
        level[odd.one_off[1]] = (level[odd.one_off[1] - 1] + level[odd.one_off[1] + 1]) / 2
    growth = sum(level[start - 26 : start]) / sum(level[start - 78 : start - 52])
    result = []
    for week in range(start, start + 8):
        span = 0 if "single-week-of-last-year" in flaws else 1
        base = sum(level[week - 52 - span : week - 51 + span]) / (1 + 2 * span)
        result.append(base * growth * (lift if week in odd.festivals else 1))
    if start == 156:
        _slip(result, level, units, lift, growth, odd, flaws)
    return result


def _slip(
    result: list[float], level: list[float], units: list[float | None], lift: float, growth: float, odd: Odd,
    flaws: frozenset[str],
) -> None:  # fmt: skip
    """Spoil the forecast of the coming weeks."""
    place = odd.festivals[-1] - 156
    if "growth-forgotten" in flaws:
        result[:] = [value / (1 if week == place else growth) for week, value in enumerate(result)]
    if "festival-forgotten" in flaws:
        result[place] /= lift
    if "last-year-copied" in flaws:
        result[:] = [_naive(units, week) for week in range(156, 164)]


def _forecast(facts: Facts, ahead: dict[str, list[float]], days: list[datetime.date], flaws: frozenset[str]) -> str:
    """Write the table of the coming weeks."""
    width = 0.006 if "range-too-narrow" in flaws else 0.25 if "wider-range" in flaws else 0.12
    width = 0.34 if "growth-forgotten" in flaws else width
    rows = []
    for product, values in ahead.items():
        ended = 164 if "ended-product-goes-on" in flaws or product != facts.ended else facts.ended_weeks
        for week, value in enumerate([*values, *values[-1:]] if "ninth-week" in flaws else values, 156):
            mid = value if week < ended else 0.0
            mid /= facts.size if product == facts.carton and "cartons-ordered-as-bottles" in flaws else 1
            low, high = mid * (1 - width), mid * (1 + width)
            low = -20.0 if "range-below-zero" in flaws and week == 156 else low
            day = days[155] + (week - 155) * 7 * DAY
            rows.append((product, day.isoformat(), *(_bottles(part, flaws) for part in (low, mid, high))))
    return _table(("product", "week", "low", "mid", "high"), rows, flaws)


def _bottles(value: float, flaws: frozenset[str]) -> str:
    return f"{round(value)}.0" if "decimals" in flaws else str(round(value))


class Row(NamedTuple):
    """A row of the back-test."""

    fold: int
    product: str
    week: int
    actual: float | None
    forecast: float
    naive: float


def _back_test(
    facts: Facts, numbers: dict[str, int], demand: Demand, sold: dict[str, list[float]], odd: Odd, flaws: frozenset[str]
) -> list[Row]:
    """Forecast each fold at its cut-off."""
    rows, first = [], _sold(facts, numbers, frozenset(("first-booking-counts",)))
    for fold, start in ((1, 132), (2, 140), (3, 148)):
        for product, units in demand.items():
            ahead = _ahead(product, units, start, odd, flaws)
            for week, value in enumerate(ahead, start):
                naive, actual = _naive(units, week), units[week]
                if "naive-is-last-week" in flaws:
                    naive = sold[product][start - 1]
                if "sold-out-sales-as-naive" in flaws and product != facts.carton:
                    naive = sold[product][week - 52]
                if "actuals-as-first-booked" in flaws and actual is not None:
                    actual = first[product][week]
                if actual is None and {"sold-out-sales-as-actual", "zero-for-sold-out"} & flaws:
                    actual = sold[product][week] if "sold-out-sales-as-actual" in flaws else 0.0
                if "one-off-order-foreseen" in flaws and (product, week) == odd.one_off:
                    value = 0.9 * sold[product][week]
                if "poor-back-test" in flaws:
                    value = naive + 0.05 * (value - naive)
                if "cartons-left-in-the-back-test" in flaws and product == facts.carton:
                    naive /= facts.size
                rows.append(Row(fold, product, week, actual, round(value), naive))
    if "fold-missing" in flaws:
        rows = [row for row in rows if row.fold > 1]
    if "folds-numbered-backwards" in flaws:
        rows = [row._replace(fold=4 - row.fold) for row in rows]
    return rows


def _written(rows: list[Row], days: list[datetime.date]) -> list[tuple[str, ...]]:
    return [
        (str(row.fold), row.product, days[row.week].isoformat(), "" if row.actual is None else f"{row.actual:.0f}",
         f"{row.forecast:.0f}", f"{row.naive:.0f}")
        for row in rows
    ]  # fmt: skip


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]], flaws: frozenset[str]) -> str:
    table = [
        header,
        *(sorted(rows, key=lambda row: re.findall(r"\d{4}-\S+", " ".join(row))) if "week-by-week" in flaws else rows),
    ]
    if "columns-turned-round" in flaws:
        table = [row[::-1] for row in table]
    return csv_text(table[0], table[1:])


def _ratio(rows: list[Row]) -> float:
    known = [row for row in rows if row.actual is not None]
    naive = sum(abs(row.naive - (row.actual or 0)) for row in known)
    return sum(abs(row.forecast - (row.actual or 0)) for row in known) / (naive or 1)


def _method(facts: Facts, rows: list[Row], flaws: frozenset[str]) -> str:
    """Write what was done and the ratios."""
    folds = {fold: _ratio([row for row in rows if row.fold == fold]) for fold in (1, 2, 3)}
    total = _ratio(rows)
    if "mean-of-three-ratios" in flaws:  # never the true one by chance
        total = max(total + 0.02, sum(folds.values()) / 3)
    line = "- **{}**: {:.2f}" if "ratios-in-a-list" in flaws else "{}: {:.2f}"
    ratios = [line.format(f"Fold {fold}", ratio) for fold, ratio in folds.items()] + [line.format("All", total)]
    text = [
        "Each week is last year's week (the mean of it and its neighbours) times the growth of the last half year.",
        f"The {facts.festival} is taken out of last year and put where it is this year. Weeks that were sold out are",
        "replaced by the mean of their neighbours before anything is computed. Ranges come from the back-test.",
        "",
        *([] if "ratios-left-out" in flaws else ratios),
    ]
    return "\n".join(text + ["", "We looked at this from every side."] * (50 if "long-text" in flaws else 0)) + "\n"
