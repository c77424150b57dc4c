"""Intervals against tables, by hand, and by how often they hold."""

import itertools
import math
import random

import pytest

from hapi_pytest.intervals import FEWEST, Interval, beta_quantile, incomplete_beta, interval, student_quantile, wilson
from hapi_pytest.measures import Rate


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.706205), (2, 4.302653), (5, 2.570582), (11, 2.200985), (30, 2.042272), (120, 1.979930), (10**6, 1.959966)],
)
def test_student_quantiles_are_those_of_the_tables(freedom, quantile):
    assert student_quantile(freedom) == pytest.approx(quantile, abs=1e-6)


@pytest.mark.parametrize(("x", "a", "b"), list(itertools.product((0.01, 0.3, 0.5, 0.9), (1, 2, 7, 30), (1, 3, 40))))
def test_the_beta_function_of_whole_numbers_is_a_sum_of_binomials(x, a, b):
    n = a + b - 1
    by_hand = math.fsum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert incomplete_beta(x, a, b) == pytest.approx(by_hand, rel=1e-11)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (0.05, 20), (3.7, 250.2), (40_000, 60_000.5)])
@pytest.mark.parametrize("share", [0.025, 0.5, 0.975])
def test_a_quantile_has_its_share_below_it(share, a, b):
    assert incomplete_beta(beta_quantile(share, a, b), a, b) == pytest.approx(share, rel=1e-9)


def test_the_arcsine_distribution_has_known_quantiles():
    assert beta_quantile(0.25, 0.5, 0.5) == pytest.approx(math.sin(math.pi / 8) ** 2, rel=1e-12)


def test_one_observation_of_each_project_gets_the_interval_of_wilson():
    found = interval([[Rate(n < 15, 1)] for n in range(148)])
    assert (found.low, found.high) == pytest.approx((0.0624, 0.1605), abs=5e-5)  # Newcombe 1998, table I
    assert found == wilson(15, 148)
    assert wilson(0, 20) == Interval(0, pytest.approx(0.1611, abs=5e-5))
    assert wilson(3, 3) == Interval(pytest.approx(0.4385, abs=5e-5), 1)


@pytest.mark.parametrize("samples", [1, 3])
def test_below_twelve_projects_there_are_too_few_for_an_interval(samples):
    projects = [[Rate(n % (samples + 1), samples)] for n in range(FEWEST)]
    assert interval(projects) and interval(projects[1:]) is None
    assert interval([*projects[1:], []]) is None  # nothing of the last is scored
    assert interval([]) is None and interval([[], []]) is None


def test_an_interval_by_hand():
    """Sixteen projects complete both samples, four neither: as much as 19 draws, less what the t distribution takes."""
    found = interval([[Rate(2 * (n < 16), 2)] for n in range(20)])
    worth = 19 * (2.022691 / 2.093024) ** 2
    assert incomplete_beta(found.low, 0.8 * worth, 0.2 * worth + 1) == pytest.approx(0.025, rel=1e-5)
    assert incomplete_beta(found.high, 0.8 * worth + 1, 0.2 * worth) == pytest.approx(0.975, rel=1e-5)


def test_equal_projects_are_worth_no_more_than_their_observations():
    found = interval([[Rate(1, 2)]] * 20)
    assert found.low == pytest.approx(beta_quantile(0.025, 20, 21)) and found.high == pytest.approx(1 - found.low)


def test_where_all_or_none_complete_a_project_is_worth_one_observation():
    least = 0.025 ** (1 / 20)  # the exact bound of Clopper and Pearson for 20 of 20
    assert interval([[Rate(3, 3), Rate(3, 3)]] * 20) == Interval(pytest.approx(least), 1)
    assert interval([[Rate(0, 3), Rate(0, 3)]] * 20) == Interval(0, pytest.approx(1 - least))


def drawn(chance: random.Random, projects: int, variants: int, samples: int, mean: float, alike: float):
    """Draw projects whose chances differ: `alike` is the correlation within one, the beta-binomial's."""
    size = 1 / alike - 1
    for _ in range(projects):
        own = chance.betavariate(mean * size, (1 - mean) * size)
        yield [Rate(sum(chance.random() < own for _ in range(samples)), samples) for _ in range(variants)]


@pytest.mark.parametrize("projects", [20, 40])
@pytest.mark.parametrize("mean", [0.15, 0.5, 0.8])
@pytest.mark.parametrize(("variants", "samples", "alike"), [(1, 5, 0.4), (2, 3, 0.1), (3, 1, 0.8)])
def test_intervals_hold_as_often_as_they_say(projects, mean, variants, samples, alike):
    chance = random.Random(7)
    runs = 200
    found = [interval(list(drawn(chance, projects, variants, samples, mean, alike))) for _ in range(runs)]
    held = sum(one.low <= mean <= one.high for one in found)
    assert held / runs >= 0.92
    # One that is always wide would hold always.
    assert held < runs
