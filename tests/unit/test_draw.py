"""Draws are seeded, keep to their ranges and give the same sequence for ever."""

import datetime

import pytest

from hapi_pytest import Draw


def test_a_seed_gives_the_same_sequence_on_every_python():
    draw = Draw("writing/shop-notice:0")
    assert [draw.integer(0, 999) for _ in range(6)] == [602, 156, 109, 902, 876, 602]
    assert draw.shuffled("abcdef") == ["e", "f", "a", "c", "b", "d"]
    assert draw.fraction() == 0.13644337201527634


def test_another_seed_gives_another_sequence():
    assert [Draw("a").integer(0, 10**6)] != [Draw("b").integer(0, 10**6)]


def test_integer_reaches_both_ends():
    draw = Draw("ends")
    assert {draw.integer(1, 3) for _ in range(100)} == {1, 2, 3}


def test_integer_of_an_empty_range_says_which():
    with pytest.raises(ValueError, match=r"integer\(3, 2\): the low end is above the high end"):
        Draw("x").integer(3, 2)


def test_choice_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="low end"):
        Draw("x").choice([])


def test_sample_draws_different_options():
    assert len(set(Draw("x").sample(range(50), 20))) == 20


def test_sample_of_more_than_there_is_is_an_error():
    with pytest.raises(ValueError, match="sample of 4: there are only 3 options"):
        Draw("x").sample("abc", 4)


def test_shuffled_leaves_its_argument_alone():
    options = [1, 2, 3, 4, 5]
    Draw("x").shuffled(options)
    assert options == [1, 2, 3, 4, 5]


def test_chance_is_never_at_zero_and_always_at_one():
    draw = Draw("x")
    assert not any(draw.chance(0) for _ in range(100)) and all(draw.chance(1) for _ in range(100))


def test_cents_are_steps_above_the_low_end():
    draw = Draw("x")
    amounts = {draw.cents(1_050, 2_000, 250) for _ in range(200)}
    assert amounts == {1_050, 1_300, 1_550, 1_800}


def test_dates_reach_both_ends():
    draw, low, high = Draw("x"), datetime.date(2026, 2, 27), datetime.date(2026, 3, 1)
    assert {draw.date(low, high) for _ in range(100)} == {low, datetime.date(2026, 2, 28), high}
