"""The summary of a run, as text."""

from collections.abc import Iterable, Sequence

from hapi_pytest import measures
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Outcome, Status

STAND_IN_NOTICE = "These answers come from the stand-in, a script: the figures measure this suite, not a model."
BUILT_IN_NOTICE = "This agent asks no model: the figures measure this suite, not a model."


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the scoreboard's lines, one block per model."""
    result: list[str] = []
    for model, group in measures.grouped(outcomes, lambda outcome: outcome.model).items():
        result += ["", *_model_lines(model, group)]
    return result[1:]


def _model_lines(model: str, outcomes: Sequence[Outcome]) -> list[str]:
    arms = [arm for arm in Arm if measures.of_arm(outcomes, arm)]
    rows = [["", "n", *(f"{arm}" for arm in arms), *(f"criteria {arm}" for arm in arms)]]
    for category, group in measures.grouped(outcomes, lambda outcome: outcome.category).items():
        rows.append(_row(category, group, arms))
    rows.append(_row("all", outcomes, arms))
    return [
        *_head(model, outcomes),
        *_aligned(rows),
        *_comparisons(outcomes, arms),
        *_notices(outcomes),
    ]


def _head(model: str, outcomes: Sequence[Outcome]) -> list[str]:
    projects = len({outcome.project for outcome in outcomes})
    variants = sorted({outcome.variant for outcome in outcomes})
    agent = "" if outcomes[0].agent in ("default", model) else f", agent {outcomes[0].agent}"
    service = next((f", answered by {outcome.service}" for outcome in outcomes if outcome.service), "")
    plural = "s" if len(variants) > 1 else ""
    shown = ", ".join(str(number) for number in variants)
    return [f"{model}{agent}: {_counted(projects, 'project')}, variant{plural} {shown}{service}"]


def _row(name: str, outcomes: Sequence[Outcome], arms: Iterable[Arm]) -> list[str]:
    by_arm = [measures.of_arm(outcomes, arm) for arm in arms]
    engagements = len({outcome.engagement for outcome in outcomes})
    completions = [_share(measures.completion(group)) for group in by_arm]
    criteria = [_percent(measures.criterion_pass_rate(group)) for group in by_arm]
    return [name, str(engagements), *completions, *criteria]


def _comparisons(outcomes: Sequence[Outcome], arms: Sequence[Arm]) -> list[str]:
    result: list[list[str]] = []
    if Arm.ALONE in arms and Arm.REVIEWED in arms:
        result.append(["lift", _points(measures.difference(outcomes, Arm.ALONE, Arm.REVIEWED)), "reviewed − alone"])
    if Arm.RETRY in arms and Arm.REVIEWED in arms:
        net = measures.difference(outcomes, Arm.RETRY, Arm.REVIEWED)
        result.append(["net lift", _points(net), "reviewed − retry: what the feedback itself is worth"])
    for arm in (Arm.REVIEWED, Arm.RETRY):
        if Arm.ALONE in arms and arm in arms:
            tried = measures.rescue_of_retried(outcomes, arm)
            share = _share(measures.rescue(outcomes, arm))
            result.append([f"rescue, {arm}", share, f"of those incomplete alone; {_share(tried)} of those tried again"])
    for arm in (Arm.REVIEWED, Arm.RETRY):
        if arm in arms:
            share = _share(measures.regression(outcomes, arm))
            result.append([f"regressions, {arm}", share, "criteria that passed alone and fail now"])
    reviewed = measures.of_arm(outcomes, Arm.REVIEWED)
    applied, kept = sum(o.notes_applied for o in reviewed), sum(o.notes_kept for o in reviewed)
    if applied + kept:
        result.append(
            ["notes applied", _share(Rate(applied, applied + kept)), "authored notes whose criterion had failed"]
        )
    return _aligned(result, left=(0, 2))


def _notices(outcomes: Sequence[Outcome]) -> list[str]:
    rungs = sorted({outcome.rung for outcome in outcomes} - {""})
    result = [f"sandbox: {', '.join(rungs)}"] if rungs else []
    unscored = [outcome for outcome in outcomes if outcome.status is Status.UNSCORED]
    if unscored:
        result.append(f"unscored: {len(unscored)} of {len(outcomes)}, in no rate above; see the errors")
    asked = sum(outcome.asked for outcome in outcomes)
    if asked:
        result.append(f"recorded: {_counted(asked, 'request')} sent to the model's service")
    drift = [line for outcome in outcomes for line in outcome.drift]
    if drift:
        result += [
            f"drift: {_counted(len(drift), 'finding')} of full replay, none of them an error",
            *("  " + line for line in drift),
        ]
    if any(outcome.is_stand_in for outcome in outcomes):
        result.append(STAND_IN_NOTICE)
    elif outcomes[0].agent in ("reference", "idle"):
        result.append(BUILT_IN_NOTICE)
    return result


def _share(rate: Rate) -> str:
    return f"{rate.count:g}/{rate.of} {_percent(rate)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _percent(rate: Rate) -> str:
    return "–" if rate.value is None else f"{100 * rate.value:.0f} %"


def _points(rate: Rate) -> str:
    return "–" if rate.value is None else f"{100 * rate.value:+.1f} points (n = {rate.of})"


def _aligned(rows: Sequence[Sequence[str]], left: Iterable[int] = (0,)) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
