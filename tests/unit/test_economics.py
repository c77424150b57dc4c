"""Money and time of a run that can be counted by hand."""

import pytest

from hapi_pytest.economics import (
    INSPECTION_MINUTES,
    account,
    break_even,
    cost_usd,
    earned_usd,
    submissions,
)
from hapi_pytest.model import Arm, Outcome, Status

ALONE, RETRY, REVIEWED = Arm


def outcome(project: str, arm: Arm, status: str, cost: float | None = 0.5, **rest) -> Outcome:
    return Outcome(
        model="m", agent="default", project=f"writing/{project}", variant=0, sample=1, arm=arm, status=Status(status),
        price_usd={"a": 50, "b": 80, "c": 120, "d": 200}[project], cost_usd=cost, **rest,
    )  # fmt: skip


@pytest.fixture
def run() -> list[Outcome]:
    """Return outcomes: a completes alone, both arms rescue b, the review rescues c in two rounds, none rescues d."""
    return [
        outcome("a", ALONE, "completed"),
        outcome("a", RETRY, "completed", 0),
        outcome("a", REVIEWED, "completed", 0),
        outcome("b", ALONE, "incomplete"),
        outcome("b", RETRY, "completed", 0.25, is_forked=True),
        outcome("b", REVIEWED, "completed", 0.25, is_forked=True, feedback_minutes=20),
        outcome("c", ALONE, "incomplete"),
        outcome("c", RETRY, "incomplete", 0.25, is_forked=True),
        outcome(
            "c",
            REVIEWED,
            "completed",
            0.5,
            is_forked=True,
            recordings=("alone", "reviewed-1", "reviewed-2"),
            feedback_minutes=40,
        ),
        outcome("d", ALONE, "incomplete"),
        outcome("d", RETRY, "incomplete", 0.25, is_forked=True),
        outcome("d", REVIEWED, "incomplete", 0.25, is_forked=True, feedback_minutes=20),
    ]


def of(run: list[Outcome], arm: Arm) -> list[Outcome]:
    return [each for each in run if each.arm is arm]


def without(run: list[Outcome], project: str, arm: Arm, **rest) -> list[Outcome]:
    """Return the run with one outcome written anew."""
    kept = [each for each in run if (each.project, each.arm) != (f"writing/{project}", arm)]
    return [*kept, outcome(project, arm, **rest)]


def test_what_is_completed_is_earned(run):
    assert [earned_usd(of(run, arm)) for arm in Arm] == [50, 130, 250]


def test_an_arm_costs_its_alone_attempts_too(run):
    assert [cost_usd(run, arm) for arm in Arm] == [2.0, 2.75, 3.0]


def test_an_unknown_cost_is_not_nothing(run):
    spoilt = without(run, "b", ALONE, status="incomplete", cost=None)
    assert [cost_usd(spoilt, arm) for arm in Arm] == [None, None, None]
    spoilt = without(run, "b", RETRY, status="completed", cost=None, is_forked=True)
    assert [cost_usd(spoilt, arm) for arm in Arm] == [2.0, None, 3.0]
    assert account(spoilt, RETRY).spent_usd(60) is None


def test_where_the_alone_attempt_is_not_among_the_outcomes_its_cost_is_unknown(run):
    assert cost_usd(of(run, REVIEWED), REVIEWED) is None
    assert cost_usd([], REVIEWED) == 0


def test_unscored_engagements_count_nowhere(run):
    spoilt = without(run, "d", REVIEWED, status="unscored", cost=None, is_forked=True)
    found = account(spoilt, REVIEWED)
    assert (found.engagements, found.cost_usd) == (3, 2.25)
    assert found.inspection_minutes == (1 + 2 + 3) * INSPECTION_MINUTES


def test_submissions_are_counted_with_the_first(run):
    assert [submissions(each) for each in of(run, ALONE)] == [1, 1, 1, 1]
    assert [submissions(each) for each in of(run, REVIEWED)] == [1, 2, 3, 2]
    assert submissions(outcome("a", REVIEWED, "incomplete", is_forked=True, kept=("1", "2", "3", "4"))) == 4


def test_feedback_takes_what_its_recordings_say(run):
    assert [account(run, arm).feedback_minutes for arm in Arm] == [0, 0, 20 + 2 * 20 + 20]


def test_every_submission_is_inspected(run):
    minutes = [account(run, arm).inspection_minutes for arm in Arm]
    assert minutes == [4 * INSPECTION_MINUTES, 7 * INSPECTION_MINUTES, 8 * INSPECTION_MINUTES]
    found = account(run, REVIEWED, inspection_minutes=3)
    assert (found.inspection_minutes, found.human_minutes) == (24, 104)
    assert found.spent_usd(60) == 3.0 + 104


def test_break_even_by_hand(run):
    found = break_even(run, 60, inspection_minutes=3)
    alone, reviewed = 2.0 + 4 * 3, 3.0 + 8 * 3 + 4 * 20
    assert found.value_usd == pytest.approx((reviewed - alone) / 4 / (0.75 - 0.25))
    assert found.reason == "" and (found.low.completed, found.high.completed) == (1, 3)
    value = found.value_usd
    # There, success · V - cost is the same for both.
    assert 0.25 * value - alone / 4 == pytest.approx(0.75 * value - reviewed / 4)
    assert break_even(run, 30, inspection_minutes=3).value_usd < value


def test_break_even_of_other_arms(run):
    found = break_even(run, 60, low=RETRY, high=REVIEWED, inspection_minutes=0)
    assert found.value_usd == pytest.approx(3.0 + 80 - 2.75)


def test_break_even_counts_what_is_scored_in_both(run):
    spoilt = without(run, "d", REVIEWED, status="unscored", cost=None, is_forked=True)
    found = break_even(spoilt, 60)
    assert (found.low.engagements, found.high.engagements) == (3, 3)
    assert found.value_usd == pytest.approx((0.75 + 60 + 15) / 2)


def test_more_success_for_less_pays_always(run):
    spoilt = without(run, "b", RETRY, status="incomplete", cost=500, is_forked=True)
    assert break_even(spoilt, 0, low=RETRY, high=REVIEWED).value_usd == 0


@pytest.mark.parametrize("low", [REVIEWED, RETRY])
def test_without_more_success_nothing_pays(run, low):
    found = break_even(run, 60, low=low, high=RETRY)
    assert (found.value_usd, found.reason) == (None, f"retry completes no more than {low}")


def test_an_unknown_cost_has_no_break_even(run):
    found = break_even(without(run, "b", ALONE, status="incomplete", cost=None), 60)
    assert (found.value_usd, found.reason) == (None, "the cost of some attempts is unknown")


def test_without_pairs_there_is_no_break_even(run):
    found = break_even(of(run, ALONE), 60)
    assert (found.value_usd, found.reason) == (None, "no engagement is scored in both arms")
