"""Rates of a set of outcomes; pure functions, computed and never stored."""

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

from hapi_pytest.model import Arm, Outcome, Status


class Rate(msgspec.Struct, frozen=True):
    """A share with the counts that it is made of."""

    count: float
    of: int

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None when there is nothing to count."""
        return self.count / self.of if self.of else None


def completion(outcomes: Iterable[Outcome]) -> Rate:
    """Completed / (completed + incomplete); unscored engagements are in neither."""
    scored = [outcome for outcome in outcomes if outcome.status is not Status.UNSCORED]
    return Rate(sum(outcome.status is Status.COMPLETED for outcome in scored), len(scored))


def completion_at_least(outcomes: Iterable[Outcome]) -> Rate:
    """Completed / all, with unscored engagements counted as incomplete: what a gate judges by."""
    every = list(outcomes)
    return Rate(sum(outcome.status is Status.COMPLETED for outcome in every), len(every))


def criterion_pass_rate(outcomes: Iterable[Outcome]) -> Rate:
    """Mean over scored engagements of passed / all criteria (macro average), pitfalls included as "avoided"."""
    shares = [
        sum(outcome.final.values()) / len(outcome.final)
        for outcome in outcomes
        if outcome.status is not Status.UNSCORED and outcome.final
    ]
    return Rate(math.fsum(shares), len(shares))


def paired(outcomes: Sequence[Outcome], first: Arm, second: Arm) -> list[tuple[Outcome, Outcome]]:
    """Return the engagements scored in both arms, as pairs."""
    by_arm: dict[Arm, dict[object, Outcome]] = {first: {}, second: {}}
    for outcome in outcomes:
        if outcome.arm in by_arm and outcome.status is not Status.UNSCORED:
            by_arm[outcome.arm][outcome.engagement] = outcome
    return [(by_arm[first][key], by_arm[second][key]) for key in by_arm[first] if key in by_arm[second]]


def difference(outcomes: Sequence[Outcome], first: Arm, second: Arm) -> Rate:
    """Completion of the second arm less that of the first, over engagements scored in both.

    `alone` to `reviewed` is the lift; `retry` to `reviewed` is the net lift: what the feedback itself is worth.
    """
    pairs = paired(outcomes, first, second)
    return Rate(sum(_is_complete(b) - _is_complete(a) for a, b in pairs), len(pairs))


def rescue(outcomes: Sequence[Outcome], arm: Arm) -> Rate:
    """Completed in this arm / incomplete alone: all of them, also those that were not tried again or ended unscored."""
    later = {outcome.engagement: outcome for outcome in of_arm(outcomes, arm)}
    incomplete = [o.engagement for o in of_arm(outcomes, Arm.ALONE) if o.status is Status.INCOMPLETE]
    seconds = [later[engagement] for engagement in incomplete if engagement in later]
    return Rate(sum(_is_complete(outcome) for outcome in seconds), len(seconds))


def rescue_of_retried(outcomes: Sequence[Outcome], arm: Arm) -> Rate:
    """Completed in this arm / tried again in this arm: the denominator of the published study."""
    pairs = [(a, b) for a, b in paired(outcomes, Arm.ALONE, arm) if b.is_forked]
    return Rate(sum(_is_complete(b) for _, b in pairs), len(pairs))


def regression(outcomes: Iterable[Outcome], arm: Arm) -> Rate:
    """Criteria that passed alone and fail in the later submission / criteria that passed alone.

    Over engagements that were tried again in this arm.
    """
    tried = [o for o in outcomes if o.arm is arm and o.is_forked and o.status is not Status.UNSCORED]
    passed = [(criterion, o) for o in tried for criterion, is_passed in o.alone.items() if is_passed]
    return Rate(sum(not o.final.get(criterion, False) for criterion, o in passed), len(passed))


def of_arm(outcomes: Iterable[Outcome], arm: Arm) -> list[Outcome]:
    """Return one arm's outcomes."""
    return [outcome for outcome in outcomes if outcome.arm is arm]


def grouped(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    """Return outcomes by a key, in the key's sorted order."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    return dict(sorted(groups.items()))


def _is_complete(outcome: Outcome) -> bool:
    return outcome.status is Status.COMPLETED
