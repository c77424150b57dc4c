"""Tests of differences against binomial tests, textbooks, enumeration and by hand."""

import doctest
import itertools

import pytest
from scipy import stats

from hapi_pytest import significance
from hapi_pytest.intervals import FEWEST, difference_bounds, wilson
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.significance import (
    ALPHA,
    POWER,
    design_effect,
    detectable_effect,
    differences,
    projects_needed,
    sign_flip,
)


def outcome(project: str, status: str, variant: int = 0, arm: Arm = Arm.ALONE) -> Outcome:
    return Outcome(
        model="m", agent="default", project=f"writing/{project}", variant=variant, sample=1, arm=arm,
        status=Status(status), price_usd=50,
    )  # fmt: skip


def pairs(gains: int, losses: int, same: int) -> list[list[int]]:
    return [[1]] * gains + [[-1]] * losses + [[0]] * same


def test_the_examples_of_the_docstrings_hold():
    assert doctest.testmod(significance, optionflags=doctest.ELLIPSIS) == (0, 7)


def test_differences_are_the_second_less_the_first_by_project():
    found = differences(
        [
            (outcome("a", "incomplete"), outcome("a", "completed")),
            (outcome("b", "completed"), outcome("b", "incomplete")),
            (outcome("a", "completed", 1), outcome("a", "completed", 1)),
        ]
    )
    assert found == [[1, 0], [-1]]
    assert differences([]) == []


@pytest.mark.parametrize(("gains", "losses"), [(0, 1), (5, 5), (7, 1), (3, 9), (60, 41), (150, 172)])
def test_with_one_pair_of_each_project_it_is_the_exact_test_of_mcnemar(gains, losses):
    assert sign_flip(pairs(gains, losses, 9)) == pytest.approx(stats.binomtest(gains, gains + losses).pvalue, rel=1e-9)


def test_mcnemar_of_a_textbook():
    # Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91 (2013): 1 and 7 of 21 pairs differ, and 6
    # and 16 of 161; exact conditional test.
    assert sign_flip(pairs(1, 7, 13)) == pytest.approx(0.0703, abs=5e-5)
    assert sign_flip(pairs(6, 16, 139)) == pytest.approx(0.0525, abs=5e-5)


@pytest.mark.parametrize(
    "projects", [[[1, 1], [1, 0, 1], [-1], [1, 1, 1]], [[2, 1], [-3], [1, 1]], [[1, -1], [1], [1], [-1, -1]]]
)
def test_it_counts_every_way_to_flip_the_projects(projects):
    sums = [sum(project) for project in projects]
    flipped = [sum(sign * each for sign, each in zip(signs, sums, strict=True))
               for signs in itertools.product((1, -1), repeat=len(sums))]  # fmt: skip
    by_hand = sum(abs(total) >= abs(sum(sums)) for total in flipped) / len(flipped)
    assert sign_flip(projects) == by_hand


def test_it_is_the_test_of_the_mean_over_engagements():
    """The permutation test of scipy flips the values of pairs, one for each project: here their sums."""
    projects = [[1, 1, 0], [1], [0, 1], [-1, 0, 0], [1, 1], [1, 0, 1, 1], [0], [-1, 1]]
    sums = [sum(project) for project in projects]
    found = stats.permutation_test(
        (sums, [0] * len(sums)), lambda a, b: (a - b).sum(), permutation_type="samples", n_resamples=10_000, axis=0
    )
    assert sign_flip(projects) == pytest.approx(found.pvalue)


@pytest.mark.parametrize("projects", [[], [[]], [[0, 0]] * 30, [[1, -1], [0]], [[1], [-1]]])
def test_without_a_difference_p_is_one(projects):
    assert sign_flip(projects) == 1


def test_two_projects_of_many_samples_show_nothing():
    assert sign_flip([[1] * 500] * 2) == 0.5


def test_the_detectable_effect_by_hand():
    assert (ALPHA, POWER) == (0.05, 0.80)
    assert detectable_effect(60, 322) == pytest.approx(2.486475 * (60 / 322 / 322) ** 0.5, rel=1e-6)
    assert detectable_effect(420, 2254, design_effect=4) == pytest.approx(2 * detectable_effect(420, 2254))


@pytest.mark.parametrize("discordant", [0, 1])
def test_hardly_any_discordant_pair_is_not_taken_at_its_word(discordant):
    share = wilson(discordant, 40).high
    assert detectable_effect(discordant, 40) == pytest.approx(2.486475 * (share / 40) ** 0.5, rel=1e-6)
    assert detectable_effect(discordant, 280, design_effect=7) == pytest.approx(
        2.486475 * (wilson(discordant / 7, 40).high / 40) ** 0.5, rel=1e-6
    )


def test_the_detectable_effect_is_found_as_often_as_it_says():
    """With 322 pairs of which 40 % differ, a true difference of that size shows in 80 of 100 comparisons."""
    effect = detectable_effect(129, 322)
    gains = (129 / 322 + effect) / 2
    found = sum(
        chance
        for won in range(130)
        if (chance := stats.binom.pmf(won, 129, gains * 322 / 129)) > 1e-9
        and difference_bounds(pairs(won, 129 - won, 193)).low > 0
    )
    assert found == pytest.approx(POWER, abs=0.03)


def test_design_effects():
    assert design_effect(pairs(7, 1, 21)) == 1
    assert design_effect([[1] * 7] * 12) == design_effect([[0] * 7] * 12) == 7
    assert design_effect([[1, -1]] * 6 + [[0, 0]] * 6) == 1  # nobody gets more than single pairs would give
    alike = [[1] * 7] * 24 + [[-1] * 7] * 24
    assert design_effect(alike) == pytest.approx(7 * (48 / 47) * (335 / 336))


def test_the_needed_projects_by_hand():
    projects = pairs(30, 20, 272)
    spread, mean = 50 / 322 - (10 / 322) ** 2, 10 / 322
    by_hand = spread * (322 / 321) * (2.486475 / mean) ** 2
    assert by_hand <= projects_needed(projects) < by_hand + 1
    by_hand = spread * (322 / 321) * (2.486475 / (mean + 0.02)) ** 2
    assert by_hand <= projects_needed(projects, 0.02) < by_hand + 1


def test_no_number_of_projects_would_tell_no_difference():
    assert projects_needed(pairs(10, 10, 100)) is None
    assert projects_needed([]) is None and projects_needed([[1]]) is None
    assert projects_needed(pairs(10, 10, 100), 0.05) > 120


def test_what_lies_below_the_margin_is_decided_by_being_worse():
    projects = pairs(2, 12, 86)
    assert projects_needed(projects, 0.05) == projects_needed(projects)
    assert projects_needed(pairs(2, 5, 86), 0.30) < projects_needed(pairs(2, 5, 86))


def test_it_takes_more_projects_than_did_not_decide():
    assert projects_needed([[0]] * 3, 1.0) == FEWEST
    assert projects_needed(pairs(12, 0, 0)) == 13


def test_so_many_projects_do_decide():
    projects = pairs(6, 3, 23)
    needed = projects_needed(projects, 0.05)
    assert difference_bounds(projects).low < -0.05
    more = pairs(round(6 * needed / 32), round(3 * needed / 32), round(23 * needed / 32))
    assert difference_bounds(more).low > -0.05
