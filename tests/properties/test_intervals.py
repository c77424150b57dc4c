"""Intervals of any projects, engagements and samples."""

import math

from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.intervals import FEWEST, Interval, clustered, interval, wilson
from hapi_pytest.measures import Rate

ENGAGEMENTS = st.integers(1, 5).flatmap(lambda of: st.builds(Rate, st.integers(0, of), st.just(of)))
PROJECTS = st.lists(st.lists(ENGAGEMENTS, min_size=1, max_size=4), min_size=FEWEST, max_size=30)
SINGLE = st.lists(
    st.lists(st.builds(Rate, st.integers(0, 1), st.just(1)), min_size=1, max_size=3), min_size=FEWEST, max_size=30
)


def mean(projects: list[list[Rate]]) -> float:
    every = [rate.value for project in projects for rate in project]
    return math.fsum(every) / len(every)


def width(found: Interval) -> float:
    return found.high - found.low


@given(PROJECTS)
def test_an_interval_holds_its_rate_and_is_one_of_shares(projects):
    found = interval(projects)
    assert 0 <= found.low <= mean(projects) <= found.high <= 1 and width(found) > 0


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_so_does_one_of_single_observations(counts):
    count, of = counts
    found = wilson(count, of)
    assert 0 <= found.low <= count / of <= found.high <= 1 and width(found) > 0


@given(PROJECTS, st.integers(2, 4))
def test_more_projects_make_it_shorter(projects, times):
    assert width(clustered(projects * times)) < width(clustered(projects))


@given(SINGLE, st.integers(2, 6))
def test_copies_of_a_sample_do_not(projects, times):
    copied = [[Rate(rate.count * times, rate.of * times) for rate in project] for project in projects]
    assert width(clustered(copied)) >= width(clustered(projects)) - 1e-12


@given(SINGLE, st.integers(2, 6))
def test_copies_of_a_variant_are_worth_no_more_than_their_projects(projects, times):
    single = [project[:1] for project in projects]
    copied = [project * times for project in single]
    assert width(clustered(copied)) >= width(clustered(single)) - 1e-12


@given(PROJECTS, st.randoms(use_true_random=False))
def test_the_order_does_not_count(projects, chance):
    turned = [chance.sample(project, len(project)) for project in chance.sample(projects, len(projects))]
    found, other = clustered(projects), clustered(turned)
    assert math.isclose(found.low, other.low, abs_tol=1e-9) and math.isclose(found.high, other.high, abs_tol=1e-9)


@given(PROJECTS)
def test_failures_are_the_mirror_of_completions(projects):
    turned = [[Rate(rate.of - rate.count, rate.of) for rate in project] for project in projects]
    found, other = clustered(projects), clustered(turned)
    assert math.isclose(found.low, 1 - other.high, abs_tol=1e-9)
    assert math.isclose(found.high, 1 - other.low, abs_tol=1e-9)
