"""Agreement: textbook values worked out by hand, and what must hold of any findings."""

import datetime
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest import agreement
from hapi_pytest.agreement import Disagreement, agreements, disagreements, kappa
from hapi_pytest.reviews import Finding, Review, ReviewMark

PASS, FAIL, UNCLEAR = Finding
FIRST, SECOND = "a1" * 32, "b2" * 32
pairs = st.lists(st.tuples(st.sampled_from(Finding), st.sampled_from(Finding)), max_size=40)


def counted(table: list[list[int]]) -> list[tuple[str, str]]:
    """Return the pairs of a table of counts: a row for each finding of the first, a column for each of the second."""
    return [
        (one, other)
        for one, row in zip(Finding, table, strict=False)
        for other, count in zip(Finding, row, strict=False)
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # 35 of 50 agree; 25/50 · 30/50 + 25/50 · 20/50 = 0.5 is expected: (0.7 − 0.5) / 0.5
        ([[20, 5], [10, 15]], 0.4),
        # 60 of 100 agree in both of these; 0.6 · 0.7 + 0.4 · 0.3 = 0.54 is expected, and 0.6 · 0.3 + 0.4 · 0.7 = 0.46
        ([[45, 15], [25, 15]], 0.06 / 0.46),
        ([[25, 35], [5, 35]], 0.14 / 0.54),
        # Three findings: 70 of 100 agree; 0.5 · 0.45 + 0.3 · 0.3 + 0.2 · 0.25 = 0.365 is expected
        ([[35, 10, 5], [5, 20, 5], [5, 0, 15]], 0.335 / 0.635),
        ([[0, 5], [5, 0]], -1.0),
        ([[5, 5], [5, 5]], 0.0),
        # The first always passes: whatever the second says, it agrees as often as by chance.
        ([[3, 4], [0, 0]], 0.0),
    ],
)
def test_kappa_of_textbook_tables(table, expected):
    assert kappa(counted(table)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("undefined", [[], [(PASS, PASS)], [(PASS, FAIL)], [(UNCLEAR, UNCLEAR)] * 3])
def test_kappa_is_undefined_where_nothing_can_be_expected(undefined):
    assert kappa(undefined) is None


def test_cannot_tell_is_a_finding_of_its_own():
    # 2 of 4 agree, and 0.5 · 0.25 + 0.5 · 0.25 are expected; as a fail it would be 3 of 4, and 0.5 · 0.25 + 0.5 · 0.75.
    found = [(PASS, PASS), (PASS, UNCLEAR), (FAIL, FAIL), (FAIL, UNCLEAR)]
    assert kappa(found) == pytest.approx((0.5 - 0.25) / (1 - 0.25))
    assert kappa([(one, FAIL if other is UNCLEAR else other) for one, other in found]) == pytest.approx(0.5)


@given(pairs)
def test_kappa_is_at_most_one_and_the_same_from_either_side(found):
    value = kappa(found)
    assert value == kappa([(other, one) for one, other in found])
    assert value is None or -1 <= value <= 1


@given(pairs, st.randoms())
def test_kappa_knows_no_order(found, random):
    mixed = random.sample(found, len(found))
    assert kappa(found) == kappa(mixed)


@given(st.lists(st.sampled_from(Finding), min_size=2))
def test_who_agree_throughout_and_not_always_in_the_same_have_one(findings):
    assert kappa([(one, one) for one in findings]) == (1 if len(set(findings)) > 1 else None)


@given(pairs.filter(lambda found: any(one != other for one, other in found)))
def test_who_disagree_anywhere_have_less_than_one(found):
    value = kappa(found)
    assert value is None or value < 1


def review(reviewer: str, handed_in: str = FIRST, day: int = 1, variant: int = 0, **findings: Finding) -> Review:
    return Review(
        reviewer=reviewer, minutes=10, recorded=datetime.date(2026, 11, day), variant=variant, handed_in=handed_in,
        is_blind=True,
        marks={name: ReviewMark(finding=one, note="" if one is PASS else f"{name}?") for name, one in findings.items()},
    )  # fmt: skip


def test_every_two_reviewers_of_one_submission_are_compared():
    found = agreements(
        {
            "writing/notice": [
                review("Ada", x=PASS, y=FAIL), review("Bo", x=PASS, y=PASS), review("Cy", SECOND, x=FAIL, y=FAIL),
                review("Bo", SECOND, x=FAIL, z=FAIL), review("Ada", SECOND, x=FAIL),
            ],
            "writing/list": [review("Bo", x=UNCLEAR), review("Ada", x=FAIL), review("Ada", variant=1, x=FAIL)],
        }
    )  # fmt: skip
    told = [(*one.reviewers, one.project, one.criterion, one.agreed, one.pairs, one.kappa) for one in found]
    assert told == [
        # Ada passes 1 of 4 and fails 3, Bo 2 and 1: 2/4 agree, and 5/16 are expected.
        ("Ada", "Bo", "", "", 2, 4, (8 - 5) / (16 - 5)),
        ("Ada", "Bo", "writing/list", "x", 0, 1, None),
        ("Ada", "Bo", "writing/notice", "x", 2, 2, 1.0),
        ("Ada", "Bo", "writing/notice", "y", 0, 1, None),
        ("Ada", "Cy", "", "", 1, 1, None),
        ("Ada", "Cy", "writing/notice", "x", 1, 1, None),
        ("Bo", "Cy", "", "", 1, 1, None),
        ("Bo", "Cy", "writing/notice", "x", 1, 1, None),
    ]


def test_a_reviewer_agrees_with_nobody_alone():
    assert agreements({"writing/notice": [review("Ada", x=PASS), review("Bo", SECOND, x=PASS)]}) == []


def test_of_two_reviews_by_one_reviewer_the_later_counts():
    earlier, later, other = review("Ada", x=PASS), review("Ada", day=2, x=FAIL), review("Bo", x=FAIL)
    for order in ([earlier, later, other], [other, later, earlier]):
        assert [one.agreed for one in agreements({"writing/notice": order})] == [1, 1]


def test_what_an_expert_and_a_check_decide_differently_is_listed():
    marks = {("writing/notice", 0, FIRST): {"x": True, "y": False, "z": True, "w": False, "v": True}}
    reviews = {
        "writing/notice": [
            review("Bo", x=FAIL, y=FAIL, z=UNCLEAR, w=PASS, v=PASS, gone=FAIL), review("Ada", x=FAIL),
            review("Ada", SECOND, x=FAIL), review("Ada", variant=1, x=FAIL),
        ],
        "writing/list": [review("Bo", x=FAIL)],
    }  # fmt: skip
    found = disagreements(reviews, marks)
    assert [(one.criterion, one.reviewer, one.finding, one.passed) for one in found] == [
        ("w", "Bo", PASS, False), ("x", "Ada", FAIL, True), ("x", "Bo", FAIL, True),
    ]  # fmt: skip
    assert str(found[1]) == (
        "writing/notice v0 a1a1a1a1a1a1: x: Ada says fail, the check says pass; a rubric bug to look at: x?"
    )
    assert found[0] == Disagreement(
        project="writing/notice", variant=0, handed_in=FIRST, criterion="w", reviewer="Bo", finding=PASS, passed=False
    )


def test_the_examples_give_what_they_say():
    result = doctest.testmod(agreement)
    assert result.attempted and not result.failed
