"""How often tests cry wolf: by simulation of sides that are alike, or worse by just the margin."""

import functools

import numpy as np
import pytest

from hapi_pytest.intervals import Interval, difference_bounds
from hapi_pytest.significance import ALPHA, sign_flip

LEVEL = 0.05
RUNS = {12: 2000, 48: 800, 322: 300}
LAYOUTS = [(projects, 1, 0.0) for projects in RUNS] + [(p, 7, alike) for p in RUNS for alike in (0.0, 0.8)]
ALIKE = (0.05, 0.20)
"""Shares of pairs that either side wins, where both are alike."""
WORSE = ((0.02, 0.10), (0.10, 0.12))
"""Shares of pairs that the second side wins and loses; the margin is their difference."""
LIBERTY = 0.03
"""Tango's test is not exact: with few projects it may be wrong in up to 8 of 100 cases instead of 5."""


def error(runs: int) -> float:
    """Return twice the Monte-Carlo standard error of a rate of 5 %."""
    return 2 * (LEVEL * (1 - LEVEL) / runs) ** 0.5


@functools.cache
def p_of(sums: tuple[int, ...]) -> float:
    return sign_flip([[1 if value > 0 else -1] * abs(value) for value in sums if value])


def alarms(runs: np.ndarray) -> float:
    """Return how often the test of a run's projects finds a difference at the level."""
    differences = np.array([1, -1, 0])[runs].sum(axis=2)
    differences *= np.where(differences.sum(axis=1, keepdims=True) < 0, -1, 1)  # p is the same
    return float(np.mean([p_of(tuple(run)) <= LEVEL for run in np.sort(differences, axis=1).tolist()]))


@pytest.mark.parametrize(("projects", "variants", "alike"), LAYOUTS)
def test_the_permutation_test_is_wrong_no_more_often_than_it_says(draw, projects, variants, alike):
    for share in ALIKE[: 1 if projects == 322 else None]:
        runs = draw(RUNS[projects], projects, variants, (share, share, 1 - 2 * share), alike)
        assert alarms(runs) <= LEVEL + error(RUNS[projects]), share


@pytest.mark.parametrize("projects", [12, 48])
def test_one_that_forgets_the_projects_is(draw, projects):
    runs = draw(RUNS[projects], projects, 7, (0.20, 0.20, 0.60), 0.8)
    assert alarms(runs.reshape(len(runs), -1, 1)) > 2 * LEVEL


def test_it_finds_what_is_there(draw):
    """A test that never alarms is never wrong."""
    assert alarms(draw(500, 48, 7, (0.4, 0.1, 0.5), 0.3)) > 0.8


def bounds(run: np.ndarray) -> Interval:
    found = difference_bounds([[(1, -1, 0)[value] for value in project] for project in run.tolist()])
    assert found
    return found


@pytest.mark.parametrize(("projects", "variants", "alike"), LAYOUTS)
def test_what_is_worse_by_the_margin_is_seldom_called_not_worse(draw, share, projects, variants, alike):
    for gains, losses in WORSE[: 1 if projects == 322 else None]:
        runs = draw(RUNS[projects], projects, variants, (gains, losses, 1 - gains - losses), alike)
        margin = losses - gains
        assert share(lambda run, margin=margin: bounds(run).low > -margin, runs) <= ALPHA + LIBERTY, (gains, losses)


@pytest.mark.parametrize(("projects", "variants", "alike"), LAYOUTS)
def test_what_is_alike_is_seldom_called_worse(draw, share, projects, variants, alike):
    for each in ALIKE[: 1 if projects == 322 else None]:
        runs = draw(RUNS[projects], projects, variants, (each, each, 1 - 2 * each), alike)
        assert share(lambda run: bounds(run).high < 0, runs) <= ALPHA + LIBERTY, each
