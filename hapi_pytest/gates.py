"""The gates that a run was given: fixed shares, and a baseline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from hapi_pytest import gate
from hapi_pytest.errors import HapiError
from hapi_pytest.model import Outcome
from hapi_pytest.options import Settings

if TYPE_CHECKING:
    from hapi_pytest.baseline import Compared
    from hapi_pytest.results import Results


class Gates:
    """What must hold for a run to end well, whatever becomes of single projects.

    The baseline is read at once, for `latest` would be this very run afterwards; raises UsageError when it cannot be.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._settings = settings
        self._baseline = _baseline(config, settings)
        self._compared: Sequence[Compared] = ()

    def __bool__(self) -> bool:
        return bool(self._settings.gates) or self._baseline is not None

    def compare(self, results: "Results") -> None:
        """Compare the run's results with the baseline, if there is one."""
        if self._baseline is None:
            return
        from hapi_pytest.baseline import against
        from hapi_pytest.compare import Question

        given = self._settings.decision
        question = Question(arms=given.gate_arms, margin=given.margin, is_undecided_fine=given.is_undecided_fine)
        self._compared = against(self._baseline, results, question)

    def judged(self, outcomes: Sequence[Outcome]) -> "list[gate.GateResult | Compared]":
        """Return what each gate decides, for each model and arm."""
        return [*gate.decide(outcomes, self._settings.models, self._settings.gates), *self._compared]

    def are_met(self, outcomes: Sequence[Outcome]) -> bool:
        """Tell whether every gate is met; a baseline that nothing was compared with is not."""
        is_open = self._baseline is not None and not self._compared
        return not is_open and all(result.is_met for result in self.judged(outcomes))

    @property
    def details(self) -> list[str]:
        """What the comparisons with the baseline say, but for their verdicts."""
        return [line for compared in self._compared for line in ("", *compared.told[:-1])]


def _baseline(config: pytest.Config, settings: Settings) -> "Results | None":
    if not settings.decision.baseline:
        return None
    from hapi_pytest.journal import RUNS
    from hapi_pytest.results import found

    try:
        return found(settings.decision.baseline, config.rootpath / RUNS)
    except HapiError as mistake:
        raise pytest.UsageError(f"--baseline {settings.decision.baseline}: {mistake}") from None
