"""Rates of small sets of outcomes that can be counted by hand."""

import msgspec
import pytest

from hapi_pytest.measures import (
    Rate,
    completion,
    completion_at_1,
    completion_at_1_at_least,
    completion_at_least,
    completion_by_project,
    criterion_pass_rate,
    criterion_pass_rate_at_least,
    difference,
    difference_at_least,
    grouped,
    of_arm,
    paired,
    pass_all,
    pass_all_at_least,
    passes_by_project,
    regression,
    regression_at_most,
    rescue,
    rescue_at_least,
    rescue_of_retried,
    rescue_of_retried_at_least,
)
from hapi_pytest.model import Arm, Outcome, Status

ALONE, RETRY, REVIEWED = Arm


def outcome(project: str, arm: Arm, status: str, **rest) -> Outcome:
    return Outcome(
        model="m", agent="default", project=f"writing/{project}", variant=0, sample=1, arm=arm, status=Status(status),
        price_usd=50, **rest,
    )  # fmt: skip


@pytest.fixture
def run() -> list[Outcome]:
    """Return outcomes: a completes alone, both arms rescue b, the review c, none d; e's review and f are unscored."""
    half, most, full = {"x": True, "y": False}, {"x": False, "y": True}, {"x": True, "y": True}
    again = {"is_forked": True, "alone": half}
    return [
        outcome("a", ALONE, "completed", alone=full, final=full),
        outcome("a", RETRY, "completed", alone=full, final=full),
        outcome("a", REVIEWED, "completed", alone=full, final=full),
        outcome("b", ALONE, "incomplete", alone=half, final=half),
        outcome("b", RETRY, "completed", final=full, **again),
        outcome("b", REVIEWED, "completed", final=full, **again),
        outcome("c", ALONE, "incomplete", alone=half, final=half),
        outcome("c", RETRY, "incomplete", final=half, **again),
        outcome("c", REVIEWED, "completed", final=full, **again),
        outcome("d", ALONE, "incomplete", alone=half, final=half),
        outcome("d", RETRY, "incomplete", final=most, **again),
        outcome("d", REVIEWED, "incomplete", final=most, **again),
        outcome("e", ALONE, "incomplete", alone=half, final=half),
        outcome("e", RETRY, "incomplete", final=half, **again),
        outcome("e", REVIEWED, "unscored", reason="the service failed", final=half, **again),
        outcome("f", ALONE, "unscored", reason="no recording"),
        outcome("f", RETRY, "unscored", reason="no recording"),
        outcome("f", REVIEWED, "unscored", reason="no recording"),
    ]


def test_completion_leaves_unscored_out(run):
    assert completion(of_arm(run, ALONE)) == Rate(1, 5)
    assert completion(of_arm(run, RETRY)) == Rate(2, 5)
    assert completion(of_arm(run, REVIEWED)) == Rate(3, 4)


def test_a_gate_counts_unscored_as_incomplete(run):
    assert completion_at_least(of_arm(run, REVIEWED)) == Rate(3, 6)


def test_criterion_pass_rate_is_the_mean_over_scored_engagements(run):
    assert criterion_pass_rate(of_arm(run, ALONE)) == Rate(1 + 4 * 0.5, 5)
    assert criterion_pass_rate(of_arm(run, REVIEWED)) == Rate(3.5, 4)


def test_criterion_pass_rate_is_a_macro_average():
    long, short = {str(n): n < 9 for n in range(12)}, {"x": False, "y": False}
    rate = criterion_pass_rate([outcome("a", ALONE, "incomplete", final=r) for r in (long, short)])
    assert rate.value == pytest.approx(0.375)


def test_pairs_are_the_engagements_scored_in_both(run):
    pairs = paired(run, RETRY, REVIEWED)
    assert [first.project[-1] for first, _ in pairs] == list("abcd")
    assert all(first.engagement == second.engagement for first, second in pairs)
    assert {(first.arm, second.arm) for first, second in pairs} == {(RETRY, REVIEWED)}


def test_lift_and_net_lift_are_paired_differences(run):
    assert difference(run, ALONE, REVIEWED) == Rate(2, 4)
    assert difference(run, RETRY, REVIEWED) == Rate(1, 4)
    assert difference(run, REVIEWED, RETRY) == Rate(-1, 4)


def test_rescue_counts_all_that_were_incomplete_alone(run):
    assert rescue(run, REVIEWED) == Rate(2, 4)
    assert rescue_of_retried(run, REVIEWED) == Rate(2, 3)
    assert rescue(run, RETRY) == Rate(1, 4)


def test_rescue_by_the_published_denominator_counts_those_tried_again():
    tried = outcome("a", REVIEWED, "completed", is_forked=True)
    left = outcome("b", REVIEWED, "incomplete")
    run = [outcome("a", ALONE, "incomplete"), outcome("b", ALONE, "incomplete"), tried, left]
    assert rescue(run, REVIEWED) == Rate(1, 2) and rescue_of_retried(run, REVIEWED) == Rate(1, 1)


def test_regression_counts_criteria_lost_of_those_that_passed_alone(run):
    assert regression(run, REVIEWED) == Rate(1, 3)
    assert regression(run, RETRY) == Rate(1, 4)


def test_bounds_count_unscored_as_the_worst_for_the_agent(run):
    assert completion_at_least(of_arm(run, ALONE)) == Rate(1, 6)
    assert criterion_pass_rate_at_least(of_arm(run, ALONE)) == Rate(3, 6)
    assert criterion_pass_rate_at_least(of_arm(run, REVIEWED)) == Rate(3.5, 6)
    assert difference_at_least(run, ALONE, REVIEWED) == Rate(2 + 0 - 1, 6)  # e was incomplete alone, f may have been
    assert difference_at_least(run, RETRY, REVIEWED) == Rate(1 + 0 - 1, 6)
    assert rescue_at_least(run, REVIEWED) == Rate(2, 5)  # e is in the rate already, f joins
    assert rescue_at_least(run, RETRY) == Rate(1, 5)
    assert rescue_of_retried_at_least(run, REVIEWED) == Rate(2, 5)  # e and f join
    assert rescue_of_retried_at_least(run, RETRY) == Rate(1, 5)
    known = [o for o in run if not o.project.endswith("f")]
    assert regression_at_most(known, REVIEWED) == Rate(2, 4)  # what e passed alone
    assert regression_at_most(known, RETRY) == Rate(1, 4)
    assert regression_at_most(run, REVIEWED) is None  # of f nothing is known


def test_what_was_complete_alone_was_not_tried_again_even_where_the_later_test_is_lost():
    run = [outcome("a", ALONE, "completed", alone={"x": True}, final={"x": True}), outcome("a", REVIEWED, "unscored")]
    assert difference_at_least(run, ALONE, REVIEWED) == Rate(-1, 1)
    for bound in (rescue_at_least, rescue_of_retried_at_least, regression_at_most):
        assert bound(run, REVIEWED) == Rate(0, 0)


def test_where_alone_is_lost_the_later_submission_still_says_whether_there_was_one():
    lost, full = outcome("a", ALONE, "unscored"), {"x": True, "y": True}
    kept = outcome("a", REVIEWED, "completed", alone=full, final=full)
    rescued = outcome("a", REVIEWED, "completed", alone={"x": False, "y": True}, final=full, is_forked=True)
    assert rescue_of_retried_at_least([lost, kept], REVIEWED) == Rate(0, 0)
    assert rescue_of_retried_at_least([lost, rescued], REVIEWED) == Rate(0, 1)
    assert rescue_at_least([lost, kept], REVIEWED) == rescue_at_least([lost, rescued], REVIEWED) == Rate(0, 1)
    again = outcome("a", REVIEWED, "unscored", alone={"x": False, "y": True}, is_forked=True)
    assert regression_at_most([again], REVIEWED) == Rate(1, 1)


def test_a_negative_net_lift_may_lie_below_its_bound():
    worse = [outcome("a", RETRY, "completed"), outcome("a", REVIEWED, "incomplete", is_forked=True)]
    run = [*worse, outcome("b", RETRY, "incomplete"), outcome("b", REVIEWED, "unscored")]
    assert difference(run, RETRY, REVIEWED) == Rate(-1, 1)
    assert difference_at_least(run, RETRY, REVIEWED) == Rate(-1, 2)


def test_a_criterion_that_is_gone_counts_as_lost():
    again = outcome("a", RETRY, "incomplete", is_forked=True, alone={"x": True, "y": True}, final={"x": True})
    assert regression([again], RETRY) == Rate(1, 2)


def test_other_models_samples_and_variants_are_other_engagements():
    import msgspec

    alone, reviewed = outcome("a", ALONE, "incomplete"), outcome("a", REVIEWED, "completed", is_forked=True)
    for other in ({"model": "n"}, {"agent": "b"}, {"variant": 1}, {"sample": 2}):
        assert paired([alone, msgspec.structs.replace(reviewed, **other)], ALONE, REVIEWED) == []
    assert len(paired([alone, reviewed], ALONE, REVIEWED)) == 1


def test_nothing_has_no_rate():
    for rate in (completion([]), criterion_pass_rate([]), difference([], ALONE, RETRY), rescue([], RETRY)):
        assert rate == Rate(0, 0) and rate.value is None


def test_only_unscored_has_no_rate_but_fails_a_gate(run):
    lost = [o for o in run if o.project.endswith("f")]
    assert completion(lost).value is None and completion_at_least(lost) == Rate(0, 3)
    assert criterion_pass_rate(lost).value is None and regression(lost, RETRY).value is None


def test_groups_are_sorted_and_keep_their_outcomes_order(run):
    groups = grouped(reversed(run), lambda o: o.project)
    assert list(groups) == [f"writing/{name}" for name in "abcdef"]
    assert [o.arm for o in groups["writing/a"]] == [REVIEWED, RETRY, ALONE]


def sampled(project: str, statuses: str, variant: int = 0) -> list[Outcome]:
    """Return one engagement's samples: c for completed, i for incomplete, u for unscored."""
    names = {"c": "completed", "i": "incomplete", "u": "unscored"}
    return [
        msgspec.structs.replace(outcome(project, ALONE, names[letter]), sample=number, variant=variant)
        for number, letter in enumerate(statuses, 1)
    ]


SAMPLED = [
    *sampled("a", "ccc"),
    *sampled("a", "cci", 1),
    *sampled("b", "iii"),
    *sampled("c", "ccu"),
    *sampled("d", "u"),
]


def test_completion_at_1_is_the_mean_over_engagements_of_what_their_samples_did():
    rates = completion_by_project(SAMPLED)
    assert rates == [[Rate(3, 3), Rate(2, 3)], [Rate(0, 3)], [Rate(2, 2)], []]
    assert completion_at_1(SAMPLED) == Rate(pytest.approx(1 + 2 / 3 + 0 + 1), 4)
    assert completion_at_1_at_least(SAMPLED) == Rate(pytest.approx(1 + 2 / 3 + 0 + 2 / 3 + 0), 5)
    assert completion(SAMPLED).value != completion_at_1(SAMPLED).value  # there every sample counts alike


def test_all_samples_pass_only_where_all_are_scored():
    assert passes_by_project(SAMPLED, 3) == [[Rate(1, 1), Rate(0, 1)], [Rate(0, 1)], [], []]
    assert pass_all(SAMPLED, 3) == Rate(1, 3)
    assert pass_all_at_least(SAMPLED, 3) == Rate(1, 5)


def test_with_one_sample_both_are_the_completion_rate(run):
    for arm in Arm:
        group = of_arm(run, arm)
        assert completion_at_1(group) == pass_all(group, 1) == completion(group)
        assert completion_at_1_at_least(group) == pass_all_at_least(group, 1) == completion_at_least(group)
