"""Facts have one canonical text, and different facts have different ones."""

import dataclasses
import datetime
import enum
import itertools
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from hapi_pytest.lint.canonical import canonical, fact_digest


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int
    y: object = None


class Place(msgspec.Struct):
    x: int


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"x", "y", "z"}, {"z", "y", "x"}),
        ([1, (2, 3)], (1, [2, 3])),
        (frozenset({1}), {1}),
        ({1: {"a", "b"}, "1": 0}, {"1": 0, 1: {"b", "a"}}),
        (Point(1, {2, 3}), Point(1, {3, 2})),
    ],
)
def test_equal_facts_have_one_text(one, other):
    assert canonical(one) == canonical(other) and fact_digest(one) == fact_digest(other)


DIFFERENT = [
    1, 1.0, "1", True, None, Decimal("1"), Decimal("1.0"), Fraction(1, 3), [1], {1}, {"1": None}, {1: None}, b"1",
    datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1), datetime.time(1), datetime.timedelta(1), Colour.RED,
    Point(1), Place(1), 0.1, 0.1 + 1e-17 + 2e-17, "\ud800", "",
]  # fmt: skip


def test_different_facts_have_different_texts():
    for one, other in itertools.combinations(DIFFERENT, 2):
        assert canonical(one) != canonical(other), (one, other)
    assert len({fact_digest(value) for value in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize("value", [object(), [1, {"a": object()}], {object()}, lambda: 1, Point, range(3), 1j])
def test_what_is_no_plain_value_has_no_form(value):
    with pytest.raises(TypeError, match="has no canonical form"):
        canonical(value)
