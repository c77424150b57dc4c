"""Gates decide by the completion rate, unscored counted as incomplete."""

import pytest

from hapi_pytest.gate import GateResult, decide
from hapi_pytest.model import Arm, Outcome, Status


def outcomes(model: str, arm: Arm, *statuses: str) -> list[Outcome]:
    return [
        Outcome(
            model=model, agent="default", project=f"writing/{number}", variant=0, sample=1, arm=arm,
            status=Status(status), price_usd=10,
        )
        for number, status in enumerate(statuses)
    ]  # fmt: skip


@pytest.mark.parametrize(("least", "is_met"), [(0, True), (0.5, True), (0.51, False), (1, False)])
def test_a_gate_is_met_from_its_share_on(least, is_met):
    (result,) = decide(outcomes("m", Arm.ALONE, "completed", "incomplete"), ["m"], {Arm.ALONE: least})
    assert result.is_met is is_met and result.rate == 0.5


def test_unscored_counts_as_incomplete():
    (result,) = decide(outcomes("m", Arm.ALONE, "completed", "unscored"), ["m"], {Arm.ALONE: 0.6})
    assert result.rate == 0.5 and not result.is_met


@pytest.mark.parametrize("least", [0, 0.5])
def test_a_gate_for_what_did_not_run_fails(least):
    (result,) = decide(outcomes("m", Arm.ALONE, "completed"), ["m"], {Arm.REVIEWED: least})
    assert result.rate is None and not result.is_met
    assert str(result) == f"gate FAILED: m reviewed nothing ran, at least {least:.1%} asked"


def test_every_model_is_judged_for_itself_and_by_arm():
    ran = [
        *outcomes("a", Arm.ALONE, "completed"),
        *outcomes("a", Arm.REVIEWED, "incomplete"),
        *outcomes("b", Arm.ALONE, "incomplete"),
        *outcomes("b", Arm.REVIEWED, "completed", "completed"),
    ]
    results = decide(ran, ["a", "b"], {Arm.ALONE: 0.5, Arm.REVIEWED: 0.9})
    assert [(r.model, str(r.arm), r.is_met) for r in results] == [
        ("a", "alone", True), ("a", "reviewed", False), ("b", "alone", False), ("b", "reviewed", True),
    ]  # fmt: skip


def test_without_gates_nothing_is_decided():
    assert decide(outcomes("m", Arm.ALONE, "completed"), ["m"], {}) == []


def test_a_result_is_told_in_a_line():
    result = GateResult(model="gpt-5", arm=Arm.ALONE, least=0.6, rate=2 / 3)
    assert str(result) == "gate met: gpt-5 alone 66.7%, at least 60.0% asked"
