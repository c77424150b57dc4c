"""The summary of a run, as text."""

from collections.abc import Iterable, Iterator, Sequence

from hapi_pytest import economics, measures
from hapi_pytest.intervals import FEWEST, interval
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.recordings import UNRECORDED
from hapi_pytest.sandbox import not_held

STAND_IN_NOTICE = "These answers come from the stand-in, a script: the figures measure this suite, not a model."
BUILT_IN_NOTICE = "This agent asks no model: the figures measure this suite, not a model."
INVALID = 6
"""Exit code of a run in which too much is unscored."""
HOURLY_USD = 60
"""What an hour of a reviewer is taken to cost."""
REASONS, TESTS = 10, 3
"""How many reasons, and tests for each, are told of what is unscored."""


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the scoreboard's lines, one block per model."""
    result: list[str] = []
    for model, group in measures.grouped(outcomes, lambda outcome: outcome.model).items():
        result += ["", *_model_lines(model, group)]
    return result[1:]


def invalid(outcomes: Sequence[Outcome], max_unscored: float) -> str:
    """Say that too much is unscored for a valid run; empty when it is not."""
    unscored = sum(outcome.status is Status.UNSCORED for outcome in outcomes)
    if not outcomes or unscored / len(outcomes) <= max_unscored:
        return ""
    return (
        f"the run is invalid: {unscored} of {len(outcomes)} unscored, {unscored / len(outcomes):.1%}, "
        f"more than --max-unscored {max_unscored:.1%}; exit code {INVALID}"
    )


def _model_lines(model: str, outcomes: Sequence[Outcome]) -> list[str]:
    arms = [arm for arm in Arm if measures.of_arm(outcomes, arm)]
    is_bounded = any(outcome.status is Status.UNSCORED for outcome in outcomes)
    rows = [["", "n", *(f"{arm}" for arm in arms), *(f"criteria {arm}" for arm in arms)]]
    for category, group in measures.grouped(outcomes, lambda outcome: outcome.category).items():
        rows.append(_row(category, group, arms, is_bounded))
    rows.append(_row("all", outcomes, arms, is_bounded))
    return [
        *_head(model, outcomes),
        *_aligned(rows),
        *_aligned([*_repeats(outcomes, arms, is_bounded), *_comparisons(outcomes, arms, is_bounded)], left=(0, 2)),
        *_notices(outcomes),
    ]


def _head(model: str, outcomes: Sequence[Outcome]) -> list[str]:
    projects = len({outcome.project for outcome in outcomes})
    variants = sorted({outcome.variant for outcome in outcomes})
    agent = "" if outcomes[0].agent in ("default", model) else f", agent {outcomes[0].agent}"
    service = next((f", answered by {outcome.service}" for outcome in outcomes if outcome.service), "")
    plural = "s" if len(variants) > 1 else ""
    shown = ", ".join(str(number) for number in variants)
    samples = _samples(outcomes)
    repeated = f", {samples} samples" if samples > 1 else ""
    return [f"{model}{agent}: {_counted(projects, 'project')}, variant{plural} {shown}{repeated}{service}"]


def _samples(outcomes: Iterable[Outcome]) -> int:
    return len({outcome.sample for outcome in outcomes})


def _row(name: str, outcomes: Sequence[Outcome], arms: Iterable[Arm], is_bounded: bool) -> list[str]:
    by_arm = [measures.of_arm(outcomes, arm) for arm in arms]
    engagements = len({outcome.engagement for outcome in outcomes})
    completions, criteria = [], []
    for group in by_arm:
        share, least = measures.completion(group), measures.completion_at_least(group)
        completions.append(_share(share, least if is_bounded else None))
        share, least = measures.criterion_pass_rate(group), measures.criterion_pass_rate_at_least(group)
        criteria.append(_percent(share) + (f" (≥ {_percent(least)})" if is_bounded else ""))
    return [name, str(engagements), *completions, *criteria]


def _repeats(outcomes: Sequence[Outcome], arms: Iterable[Arm], is_bounded: bool) -> list[list[str]]:
    """Return what completion says of other projects, and what several samples of each engagement say."""
    samples = _samples(outcomes)
    result: list[list[str]] = []
    if samples == 1:
        for arm in arms:
            group = measures.of_arm(outcomes, arm)
            projects = measures.completion_by_project(group)
            result.append([f"completion, {arm}", _share(measures.completion(group)), _interval(projects)])
        return result
    for arm in arms:
        group = measures.of_arm(outcomes, arm)
        share = measures.completion_at_1(group)
        bound = f" (≥ {_percent(measures.completion_at_1_at_least(group))})" if is_bounded else ""
        meaning = f"one sample, mean of {_counted(share.of, 'project variant')}"
        told = _interval(measures.completion_by_project(group))
        result.append([f"completion@1, {arm}", _percent(share) + bound, f"{meaning}; {told}"])
    for arm in arms:
        group = measures.of_arm(outcomes, arm)
        least = measures.pass_all_at_least(group, samples) if is_bounded else None
        told = _interval(measures.passes_by_project(group, samples))
        share = measures.pass_all(group, samples)
        result.append([f"pass^{samples}, {arm}", _share(share, least), f"all {samples} samples complete; {told}"])
    return result


def _interval(projects: Sequence[Sequence[Rate]]) -> str:
    counted = sum(bool(project) for project in projects)
    found = interval(projects)
    if found is None:
        return f"too few for an interval: {_counted(counted, 'project')}, {FEWEST} needed"
    return f"95 % interval {100 * found.low:.0f} to {100 * found.high:.0f} %, {_counted(counted, 'project')}"


def _comparisons(outcomes: Sequence[Outcome], arms: Sequence[Arm], is_bounded: bool) -> list[list[str]]:
    result: list[list[str]] = []
    told = {outcome.engagement for outcome in outcomes if outcome.is_given_away}
    lifts = [
        ("lift", Arm.ALONE, "reviewed − alone"),
        ("net lift", Arm.RETRY, "reviewed − retry: what the feedback itself is worth"),
    ]
    for name, first, meaning in lifts:
        if first in arms and Arm.REVIEWED in arms:
            least = measures.difference_at_least(outcomes, first, Arm.REVIEWED) if is_bounded else None
            result.append([name, _points(measures.difference(outcomes, first, Arm.REVIEWED), least), meaning])
            if told:
                without = [outcome for outcome in outcomes if outcome.engagement not in told]
                points = _points(measures.difference(without, first, Arm.REVIEWED))
                result.append([f"{name}, untold", points, f"without {len(told)} whose feedback gave a gold value away"])
    for arm in (Arm.REVIEWED, Arm.RETRY):
        if Arm.ALONE in arms and arm in arms:
            least = measures.rescue_at_least(outcomes, arm) if is_bounded else None
            tried_least = measures.rescue_of_retried_at_least(outcomes, arm) if is_bounded else None
            tried = _share(measures.rescue_of_retried(outcomes, arm), tried_least)
            share = _share(measures.rescue(outcomes, arm), least)
            result.append([f"rescue, {arm}", share, f"of those incomplete alone; {tried} of those tried again"])
    for arm in (Arm.REVIEWED, Arm.RETRY):
        if arm in arms:
            most = measures.regression_at_most(outcomes, arm) if is_bounded else None
            share = _share(measures.regression(outcomes, arm), most, "≤")
            result.append([f"regressions, {arm}", share, "criteria that passed alone and fail now"])
    return [*result, *_feedback(measures.of_arm(outcomes, Arm.REVIEWED)), *_money(outcomes, arms)]


def _feedback(reviewed: Sequence[Outcome]) -> Iterator[list[str]]:
    """Yield where the feedback came from, and how many of the projects' notes were of use."""
    rounds = sum(economics.submissions(outcome) - 1 for outcome in reviewed)
    if rounds:
        exact = Rate(sum(len(outcome.reviews) for outcome in reviewed), rounds)
        yield ["exact reviews", _share(exact), "feedback recorded on the very submission; else the project's own notes"]
    by_notes = [outcome for outcome in reviewed if not outcome.reviews]
    applied, kept = sum(o.notes_applied for o in by_notes), sum(o.notes_kept for o in by_notes)
    if applied + kept:
        yield ["notes applied", _share(Rate(applied, applied + kept)), "authored notes whose criterion had failed"]


def _money(outcomes: Sequence[Outcome], arms: Sequence[Arm]) -> list[list[str]]:
    """Return what the arms earn and cost, in dollars and in minutes of people."""
    accounts = {arm: economics.account(outcomes, arm) for arm in arms}
    first, *others = arms
    prices = {outcome.engagement: outcome.price_usd for outcome in outcomes}
    earned = [f"{accounts[arm].earned_usd:,.0f} $ {arm}" for arm in others]
    everything = f"{sum(prices.values()):,.0f} $ if all were completed"
    costs = [f"{_dollars(accounts[arm].cost_usd)} {arm}" for arm in others]
    result = [
        ["earned", f"{accounts[first].earned_usd:,.0f} $", "; ".join([f"{first}", *earned, everything])],
        ["model's cost", _dollars(accounts[first].cost_usd), "; ".join([f"{first}", *costs])],
    ]
    if Arm.REVIEWED in arms:
        people = accounts[Arm.REVIEWED]
        inspection = f"{people.inspection_minutes:.0f} min to inspect submissions"
        feedback = f"of feedback, as told; {inspection} at {economics.INSPECTION_MINUTES:g} each, assumed"
        result.append(["people, reviewed", f"{people.feedback_minutes:.0f} min", feedback])
    if Arm.ALONE in arms and Arm.REVIEWED in arms:
        found = economics.break_even(outcomes, HOURLY_USD)
        value = "–" if found.value_usd is None else f"{found.value_usd:,.0f} $"
        meaning = f"project value from which a reviewer at {HOURLY_USD} $ an hour pays"
        result.append(["break-even", value, f"{meaning}: {found.reason}" if found.reason else meaning])
    return result


def _notices(outcomes: Sequence[Outcome]) -> list[str]:
    rungs = sorted({outcome.rung for outcome in outcomes} - {""})
    result = [_sandbox_line(rung, outcomes) for rung in rungs]
    result += _unscored(outcomes)
    asked = sum(outcome.asked for outcome in outcomes)
    if asked:
        result.append(f"recorded: {_counted(asked, 'request')} sent to the model's service")
    made = [outcome.made for outcome in outcomes if outcome.made > 1]
    if made:
        result.append(
            f"recorded anew: {_counted(len(made), 'result')} rest on recordings that were made more than once, up to "
            f"{max(made)} times; the best of several tries is no measure"
        )
    drift = [line for outcome in outcomes for line in outcome.drift]
    if drift:
        result += [
            f"drift: {_counted(len(drift), 'finding')} of full replay, none of them an error",
            *("  " + line for line in drift),
        ]
    if any(outcome.is_stand_in for outcome in outcomes):
        result.append(STAND_IN_NOTICE)
    elif outcomes[0].agent in UNRECORDED:
        result.append(BUILT_IN_NOTICE)
    return result


def _unscored(outcomes: Sequence[Outcome]) -> list[str]:
    unscored = [outcome for outcome in outcomes if outcome.status is Status.UNSCORED]
    if not unscored:
        return [f"unscored: 0 of {len(outcomes)}, so every rate above is its own lower bound"]
    groups = measures.grouped(unscored, lambda outcome: next(iter(outcome.reason.splitlines()), ""))
    result = [f"unscored: {len(unscored)} of {len(outcomes)}, counted as the worst for the agent in every ≥ and ≤"]
    for reason, group in sorted(groups.items(), key=lambda item: -len(item[1]))[:REASONS]:
        names = sorted(f"{o.project} v{o.variant}{f'-s{o.sample}' if o.sample > 1 else ''} {o.arm}" for o in group)
        rest = f" and {len(names) - TESTS} more" if len(names) > TESTS else ""
        result.append(f"  {len(group)}: {reason}: {', '.join(names[:TESTS])}{rest}")
    if len(groups) > REASONS:
        result.append(f"  and {_counted(len(groups) - REASONS, 'other reason')}; see the errors")
    return result


def _sandbox_line(rung: str, outcomes: Sequence[Outcome]) -> str:
    """Name a rung and what it alone does not hold; what no rung holds stands in each outcome and in the docs."""
    if rung == "none":
        return "sandbox: none: agent-written code ran as you do, without isolation"
    missing = {what for outcome in outcomes if outcome.rung == rung for what in outcome.not_held}
    own = [what for what in not_held(rung) if what in missing and what not in not_held("bwrap")]
    return f"sandbox: {rung}" + (f", which does not hold: {'; '.join(own)}" if own else "")


def _share(rate: Rate, bound: Rate | None = None, sign: str = "≥") -> str:
    return f"{rate.count:g}/{rate.of} {_percent(rate)}" + (f" ({sign} {_share(bound)})" if bound else "")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _percent(rate: Rate) -> str:
    return "–" if rate.value is None else f"{100 * rate.value:.0f} %"


def _points(rate: Rate, least: Rate | None = None) -> str:
    points = "–" if rate.value is None else f"{100 * rate.value:+.1f} points"
    bound = "" if least is None or least.value is None else f"; ≥ {100 * least.value:+.1f}, n = {least.of}"
    return f"{points} (n = {rate.of}{bound})" if rate.of or bound else points


def _dollars(usd: float | None) -> str:
    return "unknown" if usd is None else f"{usd:,.2f} $"


def _aligned(rows: Sequence[Sequence[str]], left: Iterable[int] = (0,)) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
