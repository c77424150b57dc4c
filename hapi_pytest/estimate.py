"""What a live run may cost, told before its first call, and what it has cost, told behind it."""

import contextlib
from collections.abc import Iterable, Sequence

import pytest

from hapi_pytest import measures
from hapi_pytest.errors import StaleRecordingError
from hapi_pytest.live.ledger import Spending
from hapi_pytest.model import Arm, Outcome, Usage
from hapi_pytest.options import Settings, folder, identity, own_prices
from hapi_pytest.prices import price
from hapi_pytest.recordings import Recordings, Slot

ASSUMED = Usage(input_tokens=60_000, output_tokens=8_000)
"""Tokens of an attempt by a model of which nothing is recorded yet."""

ENOUGH = 30
"""Recordings that are looked at for what an attempt usually takes."""


def estimate_lines(collected: Sequence[Outcome], config: pytest.Config, settings: Settings) -> list[str]:
    """Return a line for each model: attempts that are to be made, and what they may cost."""
    result = []
    for model, group in measures.grouped(collected, lambda outcome: outcome.model).items():
        recordings = Recordings(folder(config, "cassettes"), identity(settings, model))
        least, most = _attempts(recordings, group, settings)
        attempts = f"{least} to {most} attempts" if least < most else f"{most} attempt{'' if most == 1 else 's'}"
        projects = {outcome.project for outcome in group}
        cost = _cost(recordings, projects, (least, most), config, settings)
        result.append(f"live: {model}: {attempts}, {cost}")
    return result


def spending_lines(spending: Spending, cap_usd: float) -> list[str]:
    """Return what the run has spent so far, and what is not known of it."""
    if not spending.spent_usd:
        return []
    result = [f"spent: {spending.spent_usd:.2f} $ of --max-cost {cap_usd:.2f} $, {spending.calls} priced calls"]
    if spending.lost_usd:
        result.append(f"  of it {spending.lost_usd:.2f} $ for calls whose end nobody saw, taken as billed in full")
    if spending.overshoot_usd:
        result.append(f"  {spending.overshoot_usd:.2f} $ were billed above what the calls could cost by our prices")
    return result


def _attempts(recordings: Recordings, collected: Sequence[Outcome], settings: Settings) -> tuple[int, int]:
    """Return how many attempts are sure to be made, and how many at most."""
    first = {Slot(project=o.project, variant=o.variant, sample=o.sample) for o in collected}
    later = [
        Slot(project=o.project, variant=o.variant, sample=o.sample, arm=o.arm, round=number)
        for o in collected
        if o.arm is not Arm.ALONE
        for number in range(1, settings.rounds + 1)
    ]
    is_missing = [settings.record == "all" or not recordings.has(slot) for slot in first]
    least = sum(is_missing)
    most = least + sum(settings.record == "all" or not recordings.has(slot) for slot in later)
    return least, most


def _cost(
    recordings: Recordings,
    projects: Iterable[str],
    attempts: tuple[int, int],
    config: pytest.Config,
    settings: Settings,
) -> str:
    if recordings.identity.is_stand_in:
        return "free"
    known = price(recordings.identity.model, own_prices(config))
    if known is None:
        return "price unknown, so it counts nothing against --max-cost"
    usage, basis = _usual(recordings, projects)
    each = known.cost_usd(usage)
    least, most = (f"{count * each:.2f}" for count in attempts)
    dollars = f"{least} to {most} $" if least != most else f"{most} $"
    tokens = f"{usage.input_tokens:,} input and {usage.output_tokens:,} output tokens each, {basis}"
    return f"about {dollars} ({tokens}; prices of {known.date}), at most {settings.max_cost_usd:.2f} $ (--max-cost)"


def _usual(recordings: Recordings, projects: Iterable[str]) -> tuple[Usage, str]:
    """Return the tokens of an attempt, and where they are known from."""
    total, count = Usage(), 0
    for slot in [slot for project in sorted(projects) for slot in recordings.slots(project)][:ENOUGH]:
        with contextlib.suppress(StaleRecordingError):  # told when it is due
            total += recordings.read(slot)[0].usage
            count += 1
    if not count:
        return ASSUMED, "assumed"
    mean = {name: getattr(total, name) // count for name in total.__struct_fields__}
    return Usage(**mean), f"the mean of {count} recorded"
