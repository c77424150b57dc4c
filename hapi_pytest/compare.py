"""`hapi compare`: what changed between two results, and what may be said of it."""

import sys
from collections.abc import Iterator, Sequence

import msgspec

from hapi_pytest.comparison import Change, Comparison, Verdict, compare, differences, frozen_changes, has_same_rubrics
from hapi_pytest.errors import CommandLineError, HapiError
from hapi_pytest.intervals import FEWEST
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.results import Results, found
from hapi_pytest.significance import ALPHA, POWER

SHOWN = 20
"""Changed engagements that are listed."""
PASSES = (Verdict.IDENTICAL, Verdict.BETTER, Verdict.NOT_WORSE)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of two results."""

    arms: tuple[Arm, ...] = (Arm.ALONE,)
    margin: float | None = None
    """How much lower the completion rate may be, as a share; None when nothing is conceded."""
    is_undecided_fine: bool = False

    def passes(self, comparison: Comparison) -> bool:
        """Tell whether a comparison lets the second take the first one's place."""
        if frozen_changes(comparison):
            return False
        return comparison.verdict in PASSES or (self.is_undecided_fine and comparison.verdict is Verdict.UNDECIDED)


def run(names: Sequence[str], models: Sequence[str], question: Question, *, is_forced: bool) -> int:
    """Compare two results and print it; returns 0 when the second may replace the first, else 1, 2 for misuse."""
    try:
        before, after = (found(name) for name in names)
        first = _model(before, models[0] if models else "", names[0])
        second = _model(after, models[1] if len(models) > 1 else "", names[1])
        apart = list(differences(before, after, first, second))
        if apart and not is_forced:
            raise CommandLineError(
                "\n".join(
                    [
                        "these results are not comparable",
                        *(f"  {line}" for line in apart),
                        "  fix:     compare runs of the same suite, projects and limits, or say --force",
                    ]
                )
            )
    except HapiError as mistake:
        print(f"hapi compare: {mistake}", file=sys.stderr)
        return 2
    print(*(f"compared all the same: {line}" for line in apart), sep="\n", end="\n" if apart else "")
    comparisons = [
        compare(first, second, arm, question.margin, has_same_rubrics=has_same_rubrics(before, after))
        for arm in question.arms
    ]
    for comparison in comparisons:
        print(*lines(comparison), verdict_line(comparison, question), sep="\n")
    return 0 if all(question.passes(comparison) for comparison in comparisons) else 1


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield what a comparison says, but for its verdict."""
    projects = len(comparison.differences)
    yield (
        f"{comparison.first} → {comparison.second}, {comparison.arm}: {len(comparison.pairs)} pairs in "
        f"{projects} projects, {comparison.dropped} not scored in both"
    )
    if not comparison.pairs:
        return
    was, now = comparison.criteria
    yield f"completion    {_share(comparison.before)} → {_share(comparison.after)}  {_difference(comparison)}"
    yield f"criteria      {100 * (was.value or 0):.0f} % → {100 * (now.value or 0):.0f} %"
    yield f"sign-flip     p = {comparison.p:.3f}, two-sided, {projects} projects as clusters"
    if (effect := comparison.detectable) is not None:
        yield f"detectable    {100 * effect:.1f} points, at α = {ALPHA:g} one-sided and power {POWER:g}"
    changes = sorted(comparison.changes, key=_weight)
    yield f"changed       {len(changes)} of {len(comparison.pairs)}"
    yield from (_change(change) for change in changes[:SHOWN])
    if len(changes) > SHOWN:
        yield f"  and {len(changes) - SHOWN} more"


def verdict_line(comparison: Comparison, question: Question) -> str:
    """Say in a line what a comparison allows to say."""
    if changed := frozen_changes(comparison):
        first = changed[0].before
        return (
            f"verdict: none: on {len(changed)} of the same recordings the checks decide otherwise now, first "
            f"{first.project} v{first.variant}: raise hapi_suite_version"
        )
    said = f"verdict: {comparison.verdict}: {_reason(comparison)}"
    if comparison.verdict is not Verdict.UNDECIDED:
        return said
    return f"{said}; --undecided pass lets it through" if question.is_undecided_fine else said


def _reason(comparison: Comparison) -> str:
    bounds = comparison.bounds
    at_least = "" if bounds is None else f", at least {_points(bounds.low)} with 95 % confidence"
    at_most = "" if bounds is None else f", at most {_points(bounds.high)} with 95 % confidence"
    margin = comparison.margin
    reasons = {
        Verdict.IDENTICAL: "the same recordings and rubrics",
        Verdict.BETTER: f"completion is higher{at_least}",
        Verdict.NOT_WORSE: f"{(at_least or ', ').removeprefix(', ')}, and {_points(-(margin or 0))} are conceded",
        Verdict.WORSE: f"completion is lower{at_most}",
    }
    return reasons.get(comparison.verdict) or _undecided(comparison)


def _undecided(comparison: Comparison) -> str:
    projects = len(comparison.differences)
    if not comparison.pairs:
        return "nothing is scored in both"
    what = "any difference" if comparison.margin is None else f"a margin of {100 * comparison.margin:g} points"
    needed = comparison.needed
    more = "" if needed is None else f"; about {needed} projects would"
    few = f", {FEWEST} are the fewest" if projects < FEWEST and comparison.margin is not None else ""
    return f"{projects} projects do not decide {what}{few}{more}"


def _difference(comparison: Comparison) -> str:
    interval = comparison.interval
    told = f"{_points(comparison.difference.value or 0)}"
    if interval is None:
        return f"{told}, too few projects for an interval, {FEWEST} needed"
    return f"{told}, 95 % interval {100 * interval.low:+.1f} to {100 * interval.high:+.1f}"


def _weight(change: Change) -> tuple[bool, bool]:
    """Tell what comes first: what got lost, then what got won, then the rest."""
    return change.before.status is change.after.status, change.after.status is Status.COMPLETED


def _change(change: Change) -> str:
    before, after = change.before, change.after
    sample = f"-s{after.sample}" if after.sample > 1 else ""
    status = f"{before.status} → {after.status}" if before.status is not after.status else f"still {after.status}"
    criteria = [f"+{name}" for name in change.gained] + [f"-{name}" for name in change.lost]
    return f"  {after.project} v{after.variant}{sample}: {status}  {' '.join(criteria)}".rstrip()


def _model(results: Results, name: str, place: str) -> list[Outcome]:
    """Return one model's outcomes; raises CommandLineError when it is not clear whose are meant."""
    models = results.models
    if (name and name not in models) or (not name and len(models) != 1):
        raise CommandLineError(
            f"{place}: {f'has no model {name!r}' if name else 'has several models'}\n"
            f"  allowed: {', '.join(models) or 'none'}\n  fix:     name one for each side: --models BEFORE AFTER"
        )
    return results.of(name or models[0])


def _share(rate: Rate) -> str:
    return f"{rate.count:g}/{rate.of} {100 * (rate.value or 0):.0f} %"


def _points(share: float) -> str:
    return f"{100 * share:+.1f} points"
