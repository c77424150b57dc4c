"""Rubric: demand of the next eight weeks."""
# hapi-pytest canary cbed8b65-8f81-44d0-b30b-7ca37d039bc7

import functools
import re

from hapi_pytest import Rubric

rubric = Rubric()


@functools.lru_cache(maxsize=8)
def truth(text):
    """Return the rows of a fact that is written as csv."""
    return [line.split(",") for line in text.splitlines()[1:]]


def forecasts(deliverable, facts):
    """Return low, mid and high of each product and coming week; further rows are another criterion's business."""
    found = {(row["product"].casefold(), row["week"][:10]): row for row in deliverable.csv("forecast.csv")}
    result = {}
    for product, week, _, _ in truth(facts.hidden):
        assert (product.casefold(), week) in found, f"forecast.csv: there is no row for {product}, {week}"
        row = found[product.casefold(), week]
        result[product, week] = tuple(row.number(name) for name in ("low", "mid", "high"))
    return result


def coming(deliverable, facts):
    """Return product, week, what left, naive, low, mid and high where anything is sold."""
    found = forecasts(deliverable, facts)
    return [
        (product, week, int(units), int(naive), *found[product, week])
        for product, week, units, naive in truth(facts.hidden)
        if int(units)
    ]


def back_test(deliverable, facts):
    """Yield row, product, week, true actual (or None) and naive of each row of the folds, whatever their number."""
    found = {(row["product"].casefold(), row["week"][:10]): row for row in deliverable.csv("backtest.csv")}
    rows = [
        (found.get((product.casefold(), week)), product, week, int(actual) if actual else None, int(naive))
        for _, product, week, actual, naive in truth(facts.folds)
    ]
    kept = [row for row in rows if row[0] is not None]
    assert 2 * len(kept) > len(rows), "backtest.csv lacks most rows of the folds"
    return kept


def ratio(rows):
    """Return the ratio of handed-in rows as the rules define it."""
    known = [row for row in rows if row["actual"] != ""]
    errors = [abs(row.number("forecast") - row.number("actual")) for row in known]
    naive = [abs(row.number("naive") - row.number("actual")) for row in known]
    assert sum(naive) > 0, "backtest.csv: the naive forecast has no errors"
    return sum(errors) / sum(naive)


@rubric.critical(
    "forecast.csv has one row for each product and coming week, with whole bottles, and no others",
    brief="for each of our four products and the eight weeks from {first} to {last}",
)
def forecast_has_its_rows(deliverable, facts):
    found = forecasts(deliverable, facts)
    broken = [place for place, values in found.items() if any(value != int(value) for value in values)]
    assert not broken, f"forecast.csv: no whole bottles for {broken[0]}"
    rows = len(deliverable.csv("forecast.csv"))
    assert rows == len(found), f"forecast.csv has {rows} rows for {len(found)} products and weeks"


@rubric.critical(
    "The forecast of each product beats the seasonal-naive one on what really left, by as much as was asked for",
    brief="your absolute errors may be at most {bar} of those of the seasonal-naive forecast",
)
def forecast_beats_naive(deliverable, facts):
    rows = [row for row in coming(deliverable, facts) if row[1] != facts.festivals[-1]]
    for product in facts.products:
        errors = sum(abs(mid - units) for one, _, units, _, _, mid, _ in rows if one == product)
        reached = errors / sum(abs(naive - units) for one, _, units, naive, *_ in rows if one == product)
        assert reached <= float(facts.bar), f"the errors for {product} are {reached:.2f} of the naive ones"


@rubric.important(
    "The week of the {festival} is met for {product}",
    brief="In the week of the {festival} you should not be off by more than a quarter for {product}",
)
def festival_week_is_met(deliverable, facts):
    for product, week, units, _, _, mid, _ in coming(deliverable, facts):
        if product == facts.product and week == facts.festivals[-1]:
            assert abs(mid - units) <= 0.25 * units, f"{product} in {week} is off by {abs(mid - units) / units:.0%}"


@rubric.important(
    "Ranges are in order, never negative, narrow enough, and hold at least half of the weeks",
    brief=["They are never negative and never out of order", "At least half of the weeks have to fall inside."],
)
def range_holds_what_comes(deliverable, facts):
    for place, (low, mid, high) in forecasts(deliverable, facts).items():
        assert 0 <= low <= mid <= high, f"forecast.csv: {place} has {low:g}, {mid:g}, {high:g}"
    rows = [(low, units, mid, high) for _, _, units, _, low, mid, high in coming(deliverable, facts)]
    assert all(mid > 0 for _, _, mid, _ in rows), "forecast.csv: nothing is expected where something is sold"
    width = sum((high - low) / mid for low, _, mid, high in rows) / len(rows)
    assert width <= 0.7, f"high minus low is {width:.0%} of mid on average"
    inside = sum(low <= units <= high for low, units, _, high in rows)
    assert 2 * inside >= len(rows), f"{inside} of {len(rows)} weeks are inside their range"


@rubric.pitfall(
    "Nothing is forecast of the product that ends once it has ended",
    brief="What it says counts, whatever else the files look like.",
    attachments={"note.txt": "after that there is none"},
)
def nothing_after_the_last_week(deliverable, facts):
    found = forecasts(deliverable, facts)
    left = [
        week
        for (product, week), values in found.items()
        if product == facts.ended and week > facts.last_ended and any(values)
    ]
    assert not left, f"forecast.csv has {facts.ended} in {left}"


@rubric.critical(
    "backtest.csv has one row for each fold, product and week of the rules",
    brief="one row for each fold, product and week of the rules",
    attachments={"backtest-rules.md": "together the last 24 weeks of the data: fold 1 is the earliest"},
)
def folds_are_those_of_the_rules(deliverable, facts):
    places = [
        (row.number("fold"), row["product"].casefold(), row["week"][:10]) for row in deliverable.csv("backtest.csv")
    ]
    wanted = [(float(fold), product.casefold(), week) for fold, product, week, _, _ in truth(facts.folds)]
    other = sorted(set(wanted) ^ set(places))
    assert not other, f"backtest.csv: missing or not in the rules are {other[:4]}"
    assert len(places) == len(wanted), "backtest.csv: a row stands there twice"


@rubric.critical(
    "Actuals are the demand: both depots, with corrections in place of what they correct",
    attachments={"backtest-rules.md": "the one with the later\n  date in the column booked replaces the other"},
)
def actuals_are_demand(deliverable, facts):
    for row, product, week, actual, _ in back_test(deliverable, facts):
        if actual is not None:
            assert row.number("actual") == actual, f"{row.place}: the actual of {product} in {week} is {row['actual']}"


@rubric.critical(
    "Naive values are the demand 52 weeks before, or the mean of its neighbours",
    attachments={"backtest-rules.md": "The naive forecast of a week is the demand 52 weeks before."},
)
def naive_is_the_rule(deliverable, facts):
    for row, product, week, _, naive in back_test(deliverable, facts):
        if product != facts.carton:
            assert row.number("naive") == naive, f"{row.place}: the naive of {product} in {week} is {row['naive']}"


@rubric.important(
    "The naive values of the product once booked in cartons are bottles",
    brief="amounts are whole bottles of both depots together",
    attachments={"note.txt": "was booked in cartons of {size}"},
)
def unit_change_is_converted(deliverable, facts):
    for row, product, week, _, naive in back_test(deliverable, facts):
        if product == facts.carton:
            assert row.number("naive") == naive, f"{row.place}: the naive of {product} in {week} is {row['naive']}"


@rubric.important(
    "Where demand is unknown the actual is empty and the row still there",
    attachments={"backtest-rules.md": "it stays empty where demand is unknown"},
)
def sold_out_weeks_stay_empty(deliverable, facts):
    rows = [row for row, _, _, actual, _ in back_test(deliverable, facts) if actual is None]
    assert rows, "backtest.csv has no row for the weeks that were sold out"
    for row in rows:
        assert row["actual"] == "", f"{row.place}: the actual is {row['actual']}"
        assert row.number("forecast") >= 0 and row.number("naive") >= 0


@rubric.pitfall(
    "No forecast of a fold knows of the order that nobody could have foreseen",
    brief="A forecast of a fold knows nothing that happened after its cut-off.",
    attachments={"backtest-rules.md": "Nobody knew of it\n  before."},
)
def nothing_after_the_cut_off(deliverable, facts):
    product, week = facts.one_off[0]
    rows = [row for row in back_test(deliverable, facts) if row[1:3] == (product, week)]
    assert rows, f"backtest.csv has no row for {product} in {week}"
    row, _, _, ordered, _ = rows[0]
    value = row.number("forecast")
    assert 0 < value < 0.65 * ordered, f"{row.place}: a forecast made before the order cannot be {value:g}"


@rubric.important(
    "The back-test's own ratio is as good as was asked for",
    brief="Over all folds your ratio has to be 0.9 or less.",
)
def back_test_beats_naive(deliverable, facts):
    reached = ratio([row for row, *_ in back_test(deliverable, facts)])
    assert reached <= 0.9, f"the ratio over all folds is {reached:.2f}"


@rubric.important(
    "method.md gives the ratio of each fold and of all together as they follow from backtest.csv",
    brief="exactly as the rules define them and as they follow from backtest.csv",
    attachments={"backtest-rules.md": "is not the mean of three ratios"},
)
def ratios_follow(deliverable, facts):
    lines = [
        re.sub(r"[^\w:.,]+", " ", line[:200]).strip().casefold() for line in deliverable.text("method.md").splitlines()
    ]
    told = {}
    for line in lines:
        found = re.match(r"(fold [123]|all)[ :]{1,3}(\d{1,3}[.,]\d{1,9})", line)
        if found:
            told.setdefault(found[1], float(found[2].replace(",", ".")))
    rows = list(deliverable.csv("backtest.csv"))
    wanted = {"all": ratio(rows)}
    for fold in sorted({row.number("fold") for row in rows}):
        wanted[f"fold {fold:g}"] = ratio([row for row in rows if row.number("fold") == fold])
    wrong = [name for name, value in wanted.items() if abs(told.get(name, 99) - value) > 0.0061]
    assert not wrong, f"method.md: missing or wrong are {wrong}"


@rubric.optional("method.md keeps to its length", brief="`method.md`, {words} words at most")
def method_is_short(deliverable, facts):
    words = [word for word in deliverable.text("method.md").split() if any(char.isalnum() for char in word)]
    assert 0 < len(words) <= facts.words, f"method.md has {len(words)} words"


def test_demand_forecast(engagement):
    engagement.assert_complete()
