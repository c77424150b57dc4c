"""What an arm earns, what it costs, how much time of people it takes, and when a reviewer pays; pure functions."""

from collections.abc import Iterable, Sequence

import msgspec

from hapi_pytest.measures import of_arm, paired
from hapi_pytest.model import Arm, Outcome, Status

INSPECTION_MINUTES = 5.0
"""A client's minutes to find out whether one submission is acceptable: our assumption, which nobody has measured."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What the scored engagements of one arm come to, their `alone` attempts included."""

    engagements: int
    completed: int
    earned_usd: float
    cost_usd: float | None
    """Of the model's tokens; None when that of any attempt is unknown."""
    feedback_minutes: float
    inspection_minutes: float

    @property
    def human_minutes(self) -> float:
        """Minutes of people, feedback and inspection together."""
        return self.feedback_minutes + self.inspection_minutes

    def spent_usd(self, hourly_usd: float) -> float | None:
        """Return tokens and people's time in dollars: cost + rate · minutes / 60; None when the cost is unknown."""
        return None if self.cost_usd is None else self.cost_usd + hourly_usd * self.human_minutes / 60


class BreakEven(msgspec.Struct, frozen=True, kw_only=True):
    """From which project value on the dearer arm pays."""

    value_usd: float | None
    """US dollars; 0 where the arm with more success is no dearer; None where it never pays or nobody knows."""
    reason: str = ""
    """Why there is no value."""
    low: Account
    high: Account


def account(
    outcomes: Sequence[Outcome],
    arm: Arm,
    *,
    inspection_minutes: float = INSPECTION_MINUTES,
) -> Account:
    """Return what one arm of one model's outcomes comes to."""
    scored = [outcome for outcome in of_arm(outcomes, arm) if outcome.status is not Status.UNSCORED]
    return Account(
        engagements=len(scored),
        completed=sum(outcome.status is Status.COMPLETED for outcome in scored),
        earned_usd=earned_usd(scored),
        cost_usd=cost_usd(outcomes, arm),
        feedback_minutes=sum((outcome.feedback_minutes for outcome in scored), 0.0),
        inspection_minutes=inspection_minutes * sum(map(submissions, scored)),
    )


def earned_usd(outcomes: Iterable[Outcome]) -> float:
    """Return Σ price of completed engagements."""
    return sum((outcome.price_usd for outcome in outcomes if outcome.status is Status.COMPLETED), 0.0)


def cost_usd(outcomes: Sequence[Outcome], arm: Arm) -> float | None:
    """Return Σ (cost of the arm's own submissions + cost of the `alone` attempt) over the arm's scored engagements.

    None when any of these is unknown: what nobody knows is not 0.
    """
    alone = {outcome.engagement: outcome.cost_usd for outcome in of_arm(outcomes, Arm.ALONE)}
    scored = [outcome for outcome in of_arm(outcomes, arm) if outcome.status is not Status.UNSCORED]
    costs = [outcome.cost_usd for outcome in scored]
    if arm is not Arm.ALONE:
        costs += [alone.get(outcome.engagement) for outcome in scored]
    known = [cost for cost in costs if cost is not None]
    return sum(known, 0.0) if len(known) == len(costs) else None


def submissions(outcome: Outcome) -> int:
    """Return how many submissions somebody had to look at, the `alone` one included."""
    least = 2 if outcome.is_forked else 1
    return max(least, len(outcome.recordings), len(outcome.kept))


def break_even(
    outcomes: Sequence[Outcome],
    hourly_usd: float,
    *,
    low: Arm = Arm.ALONE,
    high: Arm = Arm.REVIEWED,
    inspection_minutes: float = INSPECTION_MINUTES,
) -> BreakEven:
    """Return the project value from which the arm `high` pays better than `low`, over engagements scored in both.

    V* = (cost_high - cost_low) / (success_high - success_low), each for one engagement: the point at which
    success · V - cost is the same for both (Yi et al. 2025, arXiv 2511.12306, figure 7). Costs are tokens and people's
    minutes at an hourly rate, for feedback and for the inspection of every submission.
    """
    pairs = paired(outcomes, low, high)
    both = {first.engagement for first, _ in pairs}
    own = [outcome for outcome in outcomes if outcome.engagement in both]
    less, more = (account(own, arm, inspection_minutes=inspection_minutes) for arm in (low, high))
    lower, higher = less.spent_usd(hourly_usd), more.spent_usd(hourly_usd)
    reason = ""
    if not pairs:
        reason = "no engagement is scored in both arms"
    elif more.completed <= less.completed:
        reason = f"{high} completes no more than {low}"
    elif lower is None or higher is None:
        reason = "the cost of some attempts is unknown"
    if reason or lower is None or higher is None:
        return BreakEven(value_usd=None, reason=reason, low=less, high=more)
    value = max(0.0, (higher - lower) / (more.completed - less.completed))
    return BreakEven(value_usd=value, low=less, high=more)
