"""The gate against a baseline: whether each model may take the place of what was measured before."""

from collections.abc import Sequence

import msgspec

from hapi_pytest.compare import Question, lines, verdict_line
from hapi_pytest.comparison import compare, differences, has_same_rubrics
from hapi_pytest.model import Arm, Outcome
from hapi_pytest.results import Results


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One model's standing against the baseline, in one arm."""

    model: str
    arm: Arm
    told: tuple[str, ...]
    """What the comparison says; its last line is the verdict."""
    is_met: bool

    def __str__(self) -> str:
        verdict = "met" if self.is_met else "FAILED"
        return f"gate {verdict}: {self.model} {self.arm} against the baseline: {self.told[-1]}"


def against(before: Results, after: Results, question: Question) -> list[Compared]:
    """Compare every model with the baseline's model of that name, or with its only one."""
    return [_compared(before, after, model, arm, question) for model in after.models for arm in question.arms]


def _compared(before: Results, after: Results, model: str, arm: Arm, question: Question) -> Compared:
    now = after.of(model)
    then = _counterpart(before, model)
    if then:
        apart = list(differences(before, after, then, now))
    else:
        apart = [f"the baseline has no model of that name, but {', '.join(before.models) or 'no outcomes'}"]
    if apart:
        told = ("; ".join(["not comparable", *apart]),)
        return Compared(model=model, arm=arm, told=told, is_met=False)
    same = has_same_rubrics(before, after)
    # What is unscored now counts as incomplete: nothing may be gained by not being scored.
    comparison = compare(then, now, arm, question.margin, counts_unscored=True, has_same_rubrics=same)
    said = verdict_line(comparison, question).removeprefix("verdict: ")
    return Compared(model=model, arm=arm, told=(*lines(comparison), said), is_met=question.passes(comparison))


def _counterpart(before: Results, model: str) -> Sequence[Outcome]:
    if model in before.models:
        return before.of(model)
    return before.outcomes if len(before.models) == 1 else ()
