"""The published table, and the study's own figures recomputed from its counts."""

import pytest

from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm
from hapi_pytest.published import lines, study

CLAUDE, GEMINI, GPT = range(3)


def model(number: int):
    return study().models[number]


@pytest.mark.parametrize("printed", ["alone", "reviewed"])
@pytest.mark.parametrize("number", range(3))
def test_exactly_one_whole_count_has_the_printed_percentage(printed, number):
    percent = getattr(model(number), printed)
    fitting = [count for count in range(323) if round(100 * count / 322, 1) == percent]
    assert [getattr(study(), printed)(model(number)).count] == fitting


def test_the_counts():
    table = study()
    assert [table.alone(each).count for each in table.models] == [128, 64, 63]
    assert [table.reviewed(each).count for each in table.models] == [165, 104, 108]


@pytest.mark.parametrize("number", range(3))
def test_lifts_follow_from_the_counts(number):
    table, each = study(), model(number)
    assert round(100 * table.lift(each).value, 1) == each.lift
    assert round(100 * table.relative_lift(each).value, 1) == each.relative_lift


@pytest.mark.parametrize(
    ("number", "all_of_them", "retried"),
    [
        (CLAUDE, Rate(37, 194), Rate(37, 159)),
        (GEMINI, Rate(40, 258), Rate(40, 222)),
        (GPT, Rate(45, 259), Rate(45, 237)),
    ],
)
def test_both_rescue_denominators(number, all_of_them, retried):
    table, each = study(), model(number)
    assert table.rescue(each) == all_of_them and table.rescue_of_retried(each) == retried
    assert round(100 * table.rescue_of_retried(each).value, 1) == each.rescue
    assert round(100 * table.rescue(each).value, 1) < each.rescue


@pytest.mark.parametrize(("number", "low", "high"), [(CLAUDE, 34.6, 45.2), (GEMINI, 15.9, 24.6), (GPT, 15.6, 24.2)])
def test_the_intervals_that_the_study_does_not_give(number, low, high):
    found = study().interval(model(number))
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


def test_the_categories_are_ours_and_hold_all_jobs():
    table = study()
    assert len(table.categories) == 8 and sum(each.jobs for each in table.categories) == table.jobs == 322
    for each in table.categories:
        assert len(each.alone) == len(each.reviewed) == len(table.models)
        assert all(0 <= a <= b <= 100 for a, b in zip(each.alone, each.reviewed, strict=True))


@pytest.mark.parametrize(("number", "count"), [(CLAUDE, 138), (GEMINI, 73), (GPT, 68)])
def test_the_categories_do_not_add_up_to_the_headline(number, count):
    """That is the study's own contradiction, which docs/measures.md tells."""
    table = study()
    added = sum(each.alone[number] * each.jobs / 100 for each in table.categories)
    assert round(added) == count != table.alone(model(number)).count


def test_the_lines_say_whose_figures_they_are():
    told = lines()
    assert "another task set" in told[0]
    assert max(map(len, told)) <= 120
    row = next(line for line in told if line.startswith("Claude Sonnet 4"))
    for figure in ("128/322 39.8 % (34.6–45.2)", "165/322 51.2 %", "+11.5 points", "28.9 %", "37/194 19.1 %"):
        assert figure in row
    assert next(line for line in told if line.startswith("data-science-analytics")).split()[1:5] == [
        "14", "64", "→", "93",
    ]  # fmt: skip
    assert not any(arm in told[0] for arm in Arm)
