"""How often intervals hold what they say: Wilson's by exact sums, those of clusters and pairs by simulation."""

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from hapi_pytest.intervals import (
    Interval,
    clopper_pearson,
    difference_interval,
    interval,
    wilson,
)
from hapi_pytest.measures import Rate

DOCUMENT = Path(__file__).parents[2] / "docs" / "measures.md"
CLAIMED = 0.93
AGREES = 2.0
"""Points by which another version of numpy may draw otherwise: two Monte-Carlo errors."""
RUNS = {12: 4000, 48: 1000, 322: 500}
"""The Monte-Carlo error, one standard error of a coverage of 95 %, is 0.3, 0.7 and 1.0 points."""
LAYOUTS = [(projects, 1, 0.0) for projects in RUNS] + [(p, 7, alike) for p in RUNS for alike in (0.0, 0.3, 0.8)]
RATES = (0.05, 0.5, 0.9)
PAIRS = ((0.15, 0.05), (0.25, 0.25), (0.02, 0.10))
"""Shares of pairs that the second side wins and that it loses."""


def exact_coverage(method: Callable[[float, float], Interval], of: int) -> tuple[float, float]:
    """Return the mean and the minimum over all shares of how often the intervals of `of` draws hold the share.

    The mean is a sum of beta integrals. Between two ends of intervals the coverage is P(a ≤ X ≤ b), which rises and
    then falls as the share grows; so its infimum is the limit at one of the ends.
    """
    counts = np.arange(of + 1)
    found = [method(float(count), float(of)) for count in counts]
    lows, highs = np.array([one.low for one in found]), np.array([one.high for one in found])
    integrals = special.betainc(counts + 1, of - counts + 1, highs) - special.betainc(counts + 1, of - counts + 1, lows)
    least = 1.0
    for end in {*lows, *highs} - {0.0, 1.0}:
        chances = stats.binom.pmf(counts, of, end)
        from_left = chances[(lows < end) & (highs >= end)].sum()
        from_right = chances[(lows <= end) & (highs > end)].sum()
        least = min(least, from_left, from_right)
    return float(integrals.sum() / (of + 1)), float(least)


def documented(heading: str) -> Iterator[list[str]]:
    """Yield the cells of the rows of the table behind a line that begins so."""
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text[text.index(heading) :].split("\n\n")[1]
    for row in table.splitlines()[2:]:
        yield [cell.strip() for cell in row.strip("|").split("|")]


def percentages(cells: list[str]) -> list[float]:
    return [float(re.findall(r"[\d.]+", cell)[0]) for cell in cells]


@pytest.mark.parametrize("of", [12, 40, 322])
def test_wilson_holds_95_of_100_on_average_and_less_at_its_worst(of):
    mean, least = exact_coverage(wilson, of)
    assert mean >= 0.95
    assert 0.83 < least < 0.86
    exact_mean, exact_least = exact_coverage(clopper_pearson, of)
    assert exact_least >= 0.95 and exact_mean > mean
    rows = {row[0]: percentages(row[1:]) for row in documented("How often they hold, exactly")}
    assert rows[str(of)] == [round(100 * value, 1) for value in (mean, least, exact_mean, exact_least)]


def test_the_exact_sums_agree_with_a_grid():
    shares = np.linspace(0, 1, 4001)[1:-1]
    found = [wilson(count, 12) for count in range(13)]
    held = np.array([[one.low <= share <= one.high for one in found] for share in shares])
    grid = (held * stats.binom.pmf(np.arange(13)[None], 12, shares[:, None])).sum(axis=1)
    mean, least = exact_coverage(wilson, 12)
    assert grid.mean() == pytest.approx(mean, abs=1e-3)
    assert least <= grid.min() <= least + 0.005


YES, NO = Rate(1, 1), Rate(0, 1)


def of_rates(run: np.ndarray) -> Interval:
    found = interval([[NO if value else YES for value in project] for project in run.tolist()])
    assert found
    return found


def of_pairs(run: np.ndarray) -> Interval:
    found = difference_interval([[(1, -1, 0)[value] for value in project] for project in run.tolist()])
    assert found
    return found


def holds(method: Callable[[np.ndarray], Interval], truth: float) -> Callable[[np.ndarray], bool]:
    """Return whether the interval of a run holds the truth."""

    def decided(run: np.ndarray) -> bool:
        found = method(run)
        return found.low <= truth <= found.high

    return decided


def told(projects: int, variants: int, alike: float) -> list[float]:
    """Return what the document says of a layout; – for what it does not say is left out."""
    name = [f"{projects}", f"{variants}", f"{alike:g}" if variants > 1 else "–"]
    row = next(row for row in documented("How often they hold, simulated") if row[:3] == name)
    return percentages([cell for cell in row[3:] if cell != "–"])


@pytest.mark.parametrize(("projects", "variants", "alike"), LAYOUTS)
def test_intervals_of_completion_hold(draw, share, projects, variants, alike):
    held = {
        rate: share(holds(of_rates, rate), draw(RUNS[projects], projects, variants, (rate, 1 - rate), alike))
        for rate in RATES[: 1 if projects == 322 else None]
    }
    assert min(held.values()) >= CLAIMED, held
    assert told(projects, variants, alike)[0] == pytest.approx(100 * min(held.values()), abs=AGREES)


def cells(pair: tuple[float, float]) -> tuple[float, float, float]:
    return (*pair, 1 - sum(pair))


@pytest.mark.parametrize(("projects", "variants", "alike"), LAYOUTS)
def test_intervals_of_paired_differences_hold(draw, share, projects, variants, alike):
    held = {
        pair: share(holds(of_pairs, pair[0] - pair[1]), draw(RUNS[projects], projects, variants, cells(pair), alike))
        for pair in PAIRS[: 1 if projects == 322 else None]
    }
    assert min(held.values()) >= CLAIMED, held
    assert told(projects, variants, alike)[1] == pytest.approx(100 * min(held.values()), abs=AGREES)


@pytest.mark.parametrize("projects", [12, 48])
@pytest.mark.parametrize("alike", [0.3, 0.8])
def test_intervals_that_forget_the_projects_do_not_hold(draw, share, projects, alike):
    held = {}
    for pair in PAIRS:
        runs = draw(250, projects, 7, cells(pair), alike)
        held[pair] = share(holds(of_pairs, pair[0] - pair[1]), runs.reshape(len(runs), -1, 1))
    assert max(held.values()) < CLAIMED, held
    assert told(projects, 7, alike)[2] == pytest.approx(100 * min(held.values()), abs=2 * AGREES)
    for rate in RATES:
        runs = draw(250, projects, 7, (rate, 1 - rate), alike)
        assert share(holds(of_rates, rate), runs.reshape(len(runs), -1, 1)) < CLAIMED, rate


def test_a_t_interval_of_project_means_does_not_hold(draw):
    gains, losses = PAIRS[2]
    means = np.array([1, -1, 0])[draw(10_000, 12, 7, cells(PAIRS[2]), 0.8)].mean(axis=2)
    reach = stats.t.ppf(0.975, 11) * means.std(axis=1, ddof=1) / math.sqrt(12)
    held = np.mean(abs(means.mean(axis=1) - (gains - losses)) <= reach)
    assert held == pytest.approx(0.80, abs=0.02)


@pytest.mark.parametrize(("variants", "alike"), [(1, 0.0), (7, 0.8)])
def test_intervals_are_not_merely_wide(draw, variants, alike):
    """One that is always wide would hold always: the mean width is that of a normal interval of known spread."""
    spread = 0.5 * (alike + (1 - alike) / variants)
    found = [of_pairs(run) for run in draw(500, 48, variants, (0.25, 0.25, 0.5), alike)]
    width = np.mean([one.high - one.low for one in found])
    assert width == pytest.approx(2 * 1.96 * math.sqrt(spread / 48), rel=0.06)
