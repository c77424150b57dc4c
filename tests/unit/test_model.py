"""The frozen values."""

import pytest

from hapi_pytest.model import Arm, Importance, Mark, Outcome, Status, Usage, Verdict


def mark(name: str, importance: Importance, passed: bool, reason: str = "") -> Mark:
    return Mark(criterion=name, importance=importance, statement=name, passed=passed, reason=reason)


def test_an_empty_verdict_is_complete():
    assert Verdict(()).is_complete and Verdict(()).results == {}


def test_a_verdict_is_complete_when_everything_blocking_passed():
    good = mark("a", Importance.CRITICAL, True)
    assert Verdict((good, mark("b", Importance.OPTIONAL, False))).is_complete
    for importance in (Importance.CRITICAL, Importance.IMPORTANT, Importance.PITFALL):
        assert not Verdict((good, mark("b", importance, False))).is_complete


def test_a_verdicts_identity_leaves_reasons_out():
    one, other = (Verdict((mark("a", Importance.CRITICAL, False, reason),)) for reason in ("x", "y"))
    assert one.results == other.results == {"a": False}


def test_usage_adds_up_field_by_field():
    one = Usage(input_tokens=1, output_tokens=2, cached_tokens=3, reasoning_tokens=4)
    assert one + one == Usage(input_tokens=2, output_tokens=4, cached_tokens=6, reasoning_tokens=8)
    assert sum([one], Usage()) == one


def test_values_are_frozen():
    with pytest.raises(AttributeError):
        mark("a", Importance.CRITICAL, True).passed = False  # type: ignore[misc]


def test_arms_of_an_engagement_share_their_key():
    def outcome(arm: Arm) -> Outcome:
        return Outcome(
            model="m", agent="default", project="writing/a", variant=0, sample=1, arm=arm, status=Status.COMPLETED,
            price_usd=1,
        )  # fmt: skip

    assert outcome(Arm.ALONE).engagement == outcome(Arm.REVIEWED).engagement == ("m", "default", "writing/a", 0, 1)
    assert outcome(Arm.ALONE).category == "writing"
