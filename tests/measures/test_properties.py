"""Intervals, tests and sums of any projects."""

import math

from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.intervals import (
    FEWEST,
    Interval,
    clopper_pearson,
    difference_bounds,
    difference_interval,
    tango,
    wilson,
)
from hapi_pytest.significance import design_effect, detectable_effect, projects_needed, sign_flip

VALUES = st.sampled_from((-1, 0, 1))
PROJECTS = st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=FEWEST, max_size=20)
SINGLE = st.lists(VALUES.map(lambda value: [value]), min_size=FEWEST, max_size=40)
COUNTS = st.integers(1, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
LEVELS = st.sampled_from((0.80, 0.90, 0.95, 0.99))


def mean(projects: list[list[int]]) -> float:
    return sum(map(sum, projects)) / sum(map(len, projects))


def width(found: Interval) -> float:
    return found.high - found.low


def turned(projects: list[list[int]]) -> list[list[int]]:
    return [[-value for value in project] for project in projects]


def are_mirrored(found: Interval, other: Interval) -> bool:
    return math.isclose(found.low, -other.high, abs_tol=1e-9) and math.isclose(found.high, -other.low, abs_tol=1e-9)


@given(PROJECTS)
def test_an_interval_of_differences_holds_their_mean(projects):
    found = difference_interval(projects)
    assert -1 <= found.low <= mean(projects) <= found.high <= 1 and width(found) > 0


@given(PROJECTS)
def test_one_sided_bounds_lie_within_the_interval(projects):
    found, bounds = difference_interval(projects), difference_bounds(projects)
    assert found.low <= bounds.low <= bounds.high <= found.high


@given(PROJECTS)
def test_exchanging_the_sides_turns_the_signs(projects):
    assert are_mirrored(difference_interval(projects), difference_interval(turned(projects)))
    assert sign_flip(projects) == sign_flip(turned(projects))
    assert math.isclose(design_effect(projects), design_effect(turned(projects)))
    assert projects_needed(projects) == projects_needed(turned(projects))


@given(PROJECTS, st.randoms(use_true_random=False))
def test_the_order_does_not_count(projects, chance):
    mixed = [chance.sample(project, len(project)) for project in chance.sample(projects, len(projects))]
    found, other = difference_interval(projects), difference_interval(mixed)
    assert math.isclose(found.low, other.low, abs_tol=1e-9) and math.isclose(found.high, other.high, abs_tol=1e-9)
    assert sign_flip(projects) == sign_flip(mixed)


@given(SINGLE, st.integers(2, 6))
def test_copies_of_a_variant_never_make_an_interval_shorter(projects, times):
    copied = [project * times for project in projects]
    assert width(difference_interval(copied)) >= width(difference_interval(projects)) - 1e-9


@given(PROJECTS, st.integers(2, 6))
def test_copies_of_samples_prove_nothing_more(projects, times):
    copied = [project * times for project in projects]
    assert sign_flip(copied) == sign_flip(projects)


@given(PROJECTS, st.integers(2, 4))
def test_more_projects_make_an_interval_shorter(projects, times):
    assert width(difference_interval(projects * times)) < width(difference_interval(projects))


@given(SINGLE)
def test_it_holds_no_difference_just_when_mcnemar_finds_none(projects):
    """Without correction: (b - c)² / (b + c) beside the quantile of chi-squared."""
    gains, losses = (sum(project == [value] for project in projects) for value in (1, -1))
    found = difference_interval(projects)
    if gains + losses:
        statistic = (gains - losses) ** 2 / (gains + losses)
        assert (found.low <= 0 <= found.high) == (statistic <= 1.9599639845**2)


@given(SINGLE)
def test_one_more_gain_moves_both_ends_up(projects):
    if [0] in projects:
        better = list(projects)
        better[better.index([0])] = [1]
        found, other = difference_interval(projects), difference_interval(better)
        assert found.low <= other.low + 1e-12 and found.high <= other.high + 1e-12
        assert found != other


@given(PROJECTS)
def test_p_is_a_share_of_the_ways(projects):
    p = sign_flip(projects)
    assert 0 < p <= 1
    moved = sum(bool(sum(project)) for project in projects)
    assert p >= min(1.0, 2.0 ** (1 - moved))


@given(COUNTS, LEVELS)
def test_intervals_of_shares_rise_with_the_count(counts, level):
    count, of = counts
    for method in (wilson, clopper_pearson):
        found = method(count, of, level)
        assert 0 <= found.low <= count / of <= found.high <= 1
        if count < of:
            more = method(count + 1, of, level)
            assert found.low < more.low and found.high < more.high


@given(COUNTS, st.integers(0, 200))
def test_a_higher_level_makes_an_interval_wider(counts, losses):
    gains, of = counts[0], counts[1] + losses
    assert width(tango(gains, losses, of, 0.90)) < width(tango(gains, losses, of, 0.95))
    assert width(wilson(gains, of, 0.90)) < width(wilson(gains, of, 0.95))


@given(st.integers(2, 100), st.integers(100, 400), st.floats(1, 7))
def test_what_can_be_told_shrinks_with_the_pairs_and_grows_with_what_is_alike(discordant, of, effect):
    once = detectable_effect(discordant, of, design_effect=effect)
    assert detectable_effect(2 * discordant, 2 * of, design_effect=effect) < once
    assert detectable_effect(discordant, of, design_effect=effect + 1) > once


@given(PROJECTS)
def test_the_design_effect_is_at_least_one(projects):
    assert design_effect(projects) >= 1 - 1e-12


@given(PROJECTS, st.floats(0.01, 0.2))
def test_a_wider_margin_needs_no_more_projects(projects, margin):
    narrow, wide = projects_needed(projects, margin), projects_needed(projects, margin + 0.1)
    if mean(projects) > -margin:
        assert wide <= narrow
    assert narrow is None or narrow >= FEWEST
