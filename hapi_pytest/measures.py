"""Rates of a set of outcomes; pure functions, computed and never stored.

A rate counts what was scored. Its bound, `…_at_least` or `…_at_most`, counts all that was collected, and everything
unscored as what is worst for the agent. So nothing is gained by not being scored, and gates judge by bounds.
"""

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


def criterion_pass_rate_at_least(outcomes: Iterable[Outcome]) -> Rate:
    """Mean of passed / all criteria, with unscored engagements counted as 0."""
    every = list(outcomes)
    scored = criterion_pass_rate(every)
    return Rate(scored.count, scored.of + sum(_is_unscored(outcome) for outcome in every))


def completion_by_project(outcomes: Iterable[Outcome]) -> list[list[Rate]]:
    """Completion over the samples of each engagement, project by project, where any of them is scored."""
    projects = [[completion(samples) for samples in project] for project in _sampled(outcomes)]
    return [[rate for rate in project if rate.of] for project in projects]


def completion_at_1(outcomes: Iterable[Outcome]) -> Rate:
    """Mean over engagements of the completion rate over their samples."""
    return _mean(completion_by_project(outcomes))


def completion_at_1_at_least(outcomes: Iterable[Outcome]) -> Rate:
    """Mean over engagements of completed / all samples, with unscored samples counted as incomplete."""
    return _mean([[completion_at_least(samples) for samples in project] for project in _sampled(outcomes)])


def passes_by_project(outcomes: Iterable[Outcome], samples: int) -> list[list[Rate]]:
    """Whether all samples of an engagement completed, project by project, where so many are scored."""
    rates = completion_by_project(outcomes)
    return [[Rate(rate.count == samples, 1) for rate in project if rate.of == samples] for project in rates]


def pass_all(outcomes: Iterable[Outcome], samples: int) -> Rate:
    """Engagements of which all samples completed / those of which so many samples are scored."""
    return _mean(passes_by_project(outcomes, samples))


def pass_all_at_least(outcomes: Iterable[Outcome], samples: int) -> Rate:
    """Engagements of which all samples completed / all, with unscored samples counted as incomplete."""
    every = [completion(group) for project in _sampled(outcomes) for group in project]
    return Rate(sum(rate.count == samples for rate in every), len(every))


def paired(outcomes: Sequence[Outcome], first: Arm, second: Arm) -> list[tuple[Outcome, Outcome]]:
    """Return the engagements scored in both arms, as pairs."""
    return [pair for pair in _in_both(outcomes, first, second) if not any(map(_is_unscored, pair))]


def difference(outcomes: Sequence[Outcome], first: Arm, second: Arm) -> Rate:
    """Completion of the second arm less that of the first, over engagements scored in both.

    `alone` to `reviewed` is the lift; `retry` to `reviewed` is the net lift: what the feedback itself is worth.
    """
    pairs = paired(outcomes, first, second)
    return Rate(sum(_is_complete(b) - _is_complete(a) for a, b in pairs), len(pairs))


def difference_at_least(outcomes: Sequence[Outcome], first: Arm, second: Arm) -> Rate:
    """Completion of the second arm less that of the first, over engagements collected in both.

    Unscored counts as complete in the first arm and as incomplete in the second.
    """
    pairs = _in_both(outcomes, first, second)
    return Rate(sum(_is_complete(b) - (_is_complete(a) or _is_unscored(a)) for a, b in pairs), len(pairs))


def rescue(outcomes: Sequence[Outcome], arm: Arm) -> Rate:
    """Completed in this arm / incomplete alone: all of them, also those that were not tried again or ended unscored."""
    later = {outcome.engagement: outcome for outcome in of_arm(outcomes, arm)}
    incomplete = [o.engagement for o in of_arm(outcomes, Arm.ALONE) if o.status is Status.INCOMPLETE]
    seconds = [later[engagement] for engagement in incomplete if engagement in later]
    return Rate(sum(_is_complete(outcome) for outcome in seconds), len(seconds))


def rescue_at_least(outcomes: Sequence[Outcome], arm: Arm) -> Rate:
    """Completed in this arm / incomplete alone, with unscored alone counted as incomplete and never rescued."""
    rescued = rescue(outcomes, arm)
    unknown = sum(_is_unscored(alone) for alone, _ in _in_both(outcomes, Arm.ALONE, arm))
    return Rate(rescued.count, rescued.of + unknown)


def rescue_of_retried(outcomes: Sequence[Outcome], arm: Arm) -> Rate:
    """Completed in this arm / tried again in this arm: the denominator of the published study."""
    pairs = [(a, b) for a, b in paired(outcomes, Arm.ALONE, arm) if b.is_forked]
    return Rate(sum(_is_complete(b) for _, b in pairs), len(pairs))


def rescue_of_retried_at_least(outcomes: Sequence[Outcome], arm: Arm) -> Rate:
    """Completed in this arm / tried again in this arm, with whatever may have been tried again as never rescued."""
    rescued = rescue_of_retried(outcomes, arm)
    unknown = [
        (alone, later)
        for alone, later in _in_both(outcomes, Arm.ALONE, arm)
        if (_is_unscored(alone) and (_is_unscored(later) or later.is_forked))
        or (alone.status is Status.INCOMPLETE and _is_unscored(later))
    ]
    return Rate(rescued.count, rescued.of + len(unknown))


def regression(outcomes: Iterable[Outcome], arm: Arm) -> Rate:
    """Criteria that passed alone and fail in the later submission / criteria that passed alone.

    Over engagements that were tried again in this arm.
    """
    tried = [o for o in outcomes if o.arm is arm and o.is_forked and o.status is not Status.UNSCORED]
    passed = [(criterion, o) for o in tried for criterion, is_passed in o.alone.items() if is_passed]
    return Rate(sum(not o.final.get(criterion, False) for criterion, o in passed), len(passed))


def regression_at_most(outcomes: Sequence[Outcome], arm: Arm) -> Rate | None:
    """Criteria lost / criteria that passed alone, with all of them lost where this arm's submission is unscored.

    None when somewhere the `alone` submission is not known either: then there is no bound.
    """
    alone = {outcome.engagement: outcome for outcome in of_arm(outcomes, Arm.ALONE) if not _is_unscored(outcome)}
    lost = regression(outcomes, arm)
    unknown = 0
    for outcome in filter(_is_unscored, of_arm(outcomes, arm)):
        first = alone.get(outcome.engagement)
        if first is None and not outcome.alone:
            return None
        if first is None or not _is_complete(first):  # what is complete is not tried again
            unknown += sum((first.final if first else outcome.alone).values())
    return Rate(lost.count + unknown, lost.of + unknown)


def of_arm(outcomes: Iterable[Outcome], arm: Arm) -> list[Outcome]:
    """Return one arm's outcomes."""
    return [outcome for outcome in outcomes if outcome.arm is arm]


def grouped(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    """Return outcomes by a key, in the key's sorted order."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    return dict(sorted(groups.items()))


def _sampled(outcomes: Iterable[Outcome]) -> list[list[list[Outcome]]]:
    """Return outcomes by project, by engagement, and by sample."""
    projects: dict[str, dict[tuple[object, ...], list[Outcome]]] = {}
    for outcome in outcomes:
        without_sample = outcome.engagement[:-1]
        projects.setdefault(outcome.project, {}).setdefault(without_sample, []).append(outcome)
    return [list(engagements.values()) for engagements in projects.values()]


def _mean(projects: Iterable[Iterable[Rate]]) -> Rate:
    values = [rate.count / rate.of for project in projects for rate in project]
    return Rate(math.fsum(values), len(values))


def _in_both(outcomes: Iterable[Outcome], first: Arm, second: Arm) -> list[tuple[Outcome, Outcome]]:
    """Return the engagements collected in both arms, as pairs."""
    by_arm: dict[Arm, dict[object, Outcome]] = {first: {}, second: {}}
    for outcome in outcomes:
        if outcome.arm in by_arm:
            by_arm[outcome.arm][outcome.engagement] = outcome
    return [(by_arm[first][key], by_arm[second][key]) for key in by_arm[first] if key in by_arm[second]]


def _is_complete(outcome: Outcome) -> bool:
    return outcome.status is Status.COMPLETED


def _is_unscored(outcome: Outcome) -> bool:
    return outcome.status is Status.UNSCORED
