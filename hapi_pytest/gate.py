"""The gate: an exit code that depends on the completion rate instead of on single failures."""

from collections.abc import Mapping, Sequence

import msgspec

from hapi_pytest.measures import completion_at_least, of_arm
from hapi_pytest.model import Arm, Outcome


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """One gate's decision for one model."""

    model: str
    arm: Arm
    least: float
    rate: float | None
    """Completed / all, unscored counted as incomplete; None when nothing ran."""

    @property
    def is_met(self) -> bool:
        """Whether the rate reaches what is asked."""
        return self.rate is not None and self.rate >= self.least

    def __str__(self) -> str:
        rate = "nothing ran" if self.rate is None else f"{self.rate:.1%}"
        verdict = "met" if self.is_met else "FAILED"
        return f"gate {verdict}: {self.model} {self.arm} {rate}, at least {self.least:.1%} asked"


def decide(outcomes: Sequence[Outcome], models: Sequence[str], gates: Mapping[Arm, float]) -> list[GateResult]:
    """Decide every gate for every model."""
    return [
        GateResult(
            model=model,
            arm=arm,
            least=least,
            rate=completion_at_least(of_arm((o for o in outcomes if o.model == model), arm)).value,
        )
        for model in models
        for arm, least in gates.items()
    ]
