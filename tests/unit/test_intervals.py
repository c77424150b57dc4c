"""Intervals against tables, textbooks, by hand, and by how often they hold."""

import ast
import doctest
import inspect
import math
import random
import subprocess
import sys

import pytest
from scipy import special

from hapi_pytest import intervals
from hapi_pytest.intervals import (
    FEWEST,
    Interval,
    clopper_pearson,
    difference_bounds,
    difference_interval,
    effective,
    interval,
    tango,
    variance,
    wilson,
)
from hapi_pytest.measures import Rate


def pairs(gains: int, losses: int, of: int) -> list[list[int]]:
    """Return one pair for each project."""
    return [[1]] * gains + [[-1]] * losses + [[0]] * (of - gains - losses)


def ends(low: float, high: float, digits: int) -> Interval:
    return Interval(*(pytest.approx(end, abs=0.5 * 10**-digits) for end in (low, high)))


def test_the_examples_of_the_docstrings_hold():
    assert doctest.testmod(intervals, optionflags=doctest.ELLIPSIS) == (0, 7)


def test_one_observation_of_each_project_gets_the_interval_of_wilson():
    found = interval([[Rate(n < 15, 1)] for n in range(148)])
    assert found == ends(0.0624, 0.1605, 4)  # Newcombe 1998, table I
    assert found == wilson(15, 148)
    assert wilson(0, 20) == ends(0, 0.1611, 4)
    assert wilson(3, 3) == ends(0.4385, 1, 4)


def test_clopper_and_pearson_of_a_textbook():
    # Newcombe 1998, table I: the exact method for 81/263, 15/148, 0/20 and 1/29.
    assert clopper_pearson(81, 263) == ends(0.2527, 0.3676, 4)
    assert clopper_pearson(15, 148) == ends(0.0578, 0.1617, 4)
    assert clopper_pearson(0, 20) == ends(0, 0.1684, 4)
    assert clopper_pearson(1, 29) == ends(0.0009, 0.1776, 4)


def test_tango_of_textbooks():
    # Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014), table V: airway hyper-responsiveness before and
    # after a transplantation, 1 and 7 of 21 pairs differ.
    assert tango(1, 7, 21) == ends(-0.517, -0.026, 3)
    # What scoreci.mp(25, 28, 618, 0.90) of the R package PropCIs 0.3-0 returns.
    assert tango(28, 25, 618, 0.90) == ends(-0.0148, 0.0247, 4)


@pytest.mark.parametrize("of", [12, 44, 322])
def test_where_nothing_differs_tango_has_a_closed_form(of):
    reach = 1.959964**2 / (of + 1.959964**2)
    assert tango(0, 0, of) == ends(-reach, reach, 6)


def test_where_all_differ_a_difference_reaches_its_end():
    assert tango(12, 0, 12).high == 1 and tango(0, 12, 12).low == -1


@pytest.mark.parametrize("samples", [1, 3])
def test_below_twelve_projects_there_are_too_few_for_an_interval(samples):
    projects = [[Rate(n % (samples + 1), samples)] for n in range(FEWEST)]
    assert interval(projects) and interval(projects[1:]) is None
    assert interval([*projects[1:], []]) is None  # nothing of the last is scored
    assert interval([]) is None and interval([[], []]) is None


def test_below_twelve_projects_there_are_too_few_for_one_of_differences():
    projects = [[1, 0]] * FEWEST
    assert difference_interval(projects) and difference_interval(projects[1:]) is None
    assert difference_bounds(projects) and difference_bounds([*projects[1:], []]) is None


def test_an_interval_by_hand():
    """Sixteen projects complete both samples, four neither: as much as 19 draws, less what the t distribution takes."""
    found = interval([[Rate(2 * (n < 16), 2)] for n in range(20)])
    worth = 19 * (2.022691 / 2.093024) ** 2
    assert special.betainc(0.8 * worth, 0.2 * worth + 1, found.low) == pytest.approx(0.025, rel=1e-5)
    assert special.betainc(0.8 * worth + 1, 0.2 * worth, found.high) == pytest.approx(0.975, rel=1e-5)


def test_an_interval_of_differences_by_hand():
    """Of twenty projects, seven win both samples and one loses both: worth as much as 19 pairs, less the t's share."""
    found = difference_interval([[1, 1]] * 7 + [[-1, -1]] + [[0, 0]] * 12)
    worth = 19 * (2.022691 / 2.093024) ** 2
    assert found == ends(*(getattr(tango(0.35 * worth, 0.05 * worth, worth), end) for end in ("low", "high")), 6)


def test_the_variance_of_a_mean_by_hand():
    assert variance([[1.0], [0.0], [1.0], [0.0]]) == pytest.approx(4 / 3 * (4 * 0.25) / 16)
    assert variance([[1.0, 1.0], [0.0, 0.0]]) == pytest.approx(2 * (1 + 1) / 16)
    # Clusters that differ less than single values do are taken as single values.
    assert variance([[1.0, 0.0], [1.0, 0.0]]) == pytest.approx(4 / 3 * (4 * 0.25) / 16)


def test_equal_projects_are_worth_no_more_than_their_observations():
    assert interval([[Rate(1, 2)]] * 20) == clopper_pearson(20, 40)
    assert effective([[0.5]] * 20, 0.25, 40) == 40 and effective([[0.7]] * 20, 0.21, 40) == 40
    assert interval([[Rate(1, 2)]] * 19 + [[Rate(2, 2)]]) == clopper_pearson(21, 40)
    assert effective([[1, -1, 0, 0]] * 20, 0.5, 80) < 80


def test_where_all_or_none_complete_a_project_is_worth_one_observation():
    least = 0.025 ** (1 / 20)  # the exact bound of Clopper and Pearson for 20 of 20
    assert interval([[Rate(3, 3), Rate(3, 3)]] * 20) == ends(least, 1, 9)
    assert interval([[Rate(0, 3), Rate(0, 3)]] * 20) == ends(0, 1 - least, 9)
    for each, gains, losses in ((0, 0, 0), (1, 20, 0), (-1, 0, 20)):
        assert difference_interval([[each] * 7] * 20) == tango(gains, losses, 20)


def test_a_bound_is_one_sided():
    assert difference_bounds(pairs(7, 1, 21)) == tango(7, 1, 21, 0.90)
    # Tango's test at a limit of 0 is McNemar's: (b - c) / √(b + c) beside the one-sided 1.645.
    assert difference_bounds(pairs(6, 1, 100)).low > 0 > difference_bounds(pairs(5, 1, 100)).low


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


def test_the_end_of_an_interval_is_where_its_test_turns():
    """By the score statistic itself, with the likeliest share of losses found by trying shares."""
    for low_or_high in ("low", "high"):
        delta = getattr(tango(9, 4, 60), low_or_high)
        tried = [n / 100_000 for n in range(1, 100_000) if 0 < n / 100_000 + delta < 1 - n / 100_000]
        likeliest = max(
            tried, key=lambda q: 9 * math.log(q + delta) + 4 * math.log(q) + 47 * math.log(1 - 2 * q - delta)
        )
        statistic = (9 - 4 - 60 * delta) / math.sqrt(60 * (2 * likeliest + delta - delta * delta))
        assert abs(statistic) == pytest.approx(1.959964, abs=1e-3)


def test_scipy_is_imported_only_where_it_is_needed():
    for module in ("intervals", "significance", "economics", "published"):
        source = inspect.getsource(__import__(f"hapi_pytest.{module}", fromlist=["_"]))
        top = [ast.unparse(node) for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not any("scipy" in line or "numpy" in line for line in top), module
    code = (
        "import sys; from hapi_pytest.intervals import *; from hapi_pytest.significance import *\n"
        "wilson(3, 20), tango(3, 1, 20), difference_bounds([[1], [0]] * 9), sign_flip([[1]] * 9)\n"
        "detectable_effect(1, 20), projects_needed([[1], [0]] * 9, 0.02)\n"
        "assert 'scipy' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
