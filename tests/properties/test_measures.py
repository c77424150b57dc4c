"""Rates of any set of outcomes."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest import measures, scoreboard
from hapi_pytest.gate import decide
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Outcome, Status, Usage

NAMES = st.text(alphabet="abcdef", min_size=1, max_size=3)
RESULTS = st.dictionaries(st.sampled_from("uvwxyz"), st.booleans(), max_size=6)
COUNTS = st.integers(0, 10**9)
USAGES = st.builds(Usage, input_tokens=COUNTS, output_tokens=COUNTS, cached_tokens=COUNTS, reasoning_tokens=COUNTS)
OUTCOMES = st.builds(
    Outcome,
    model=st.text(max_size=10),
    agent=st.text(max_size=10),
    project=st.builds("{}/{}".format, NAMES, NAMES),
    variant=st.integers(0, 9),
    sample=st.integers(1, 9),
    arm=st.sampled_from(Arm),
    status=st.sampled_from(Status),
    price_usd=st.floats(0, 500),
    alone=st.dictionaries(st.text(max_size=5), st.booleans(), max_size=4),
    final=st.dictionaries(st.text(max_size=5), st.booleans(), max_size=4),
    is_forked=st.booleans(),
    notes_applied=COUNTS,
    notes_kept=COUNTS,
    usage=USAGES,
    recordings=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    asked=COUNTS,
    is_stand_in=st.booleans(),
    service=st.text(max_size=10),
    rung=st.text(max_size=5),
    drift=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    reason=st.text(max_size=20),
    seconds=st.floats(0, 10**6),
)


@given(OUTCOMES)
def test_an_outcome_comes_back_from_json(outcome):
    assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome


@given(USAGES, USAGES, USAGES)
def test_usage_adds_up_in_any_order(a, b, c):
    assert (a + b) + c == a + (b + c) == c + (b + a) and a + Usage() == a


@st.composite
def engagements(draw, *, loses_nothing: bool = False) -> list[Outcome]:
    """Return one engagement's outcomes as the suite makes them; later arms may lose what was complete if asked."""
    plain = {
        "model": "m", "agent": "default", "price_usd": 10.0, "variant": draw(st.integers(0, 1)), "sample": 1,
        "project": f"{draw(st.sampled_from(['writing', 'translation']))}/{draw(st.integers(0, 10**9))}",
    }  # fmt: skip
    alone = draw(st.sampled_from([Status.COMPLETED, Status.INCOMPLETE] if loses_nothing else list(Status)))
    first = draw(RESULTS)
    found = [Outcome(arm=Arm.ALONE, status=alone, alone=first, final=first, **plain)]
    for arm in (Arm.RETRY, Arm.REVIEWED):
        is_forked = alone is Status.INCOMPLETE
        statuses = [Status.COMPLETED, Status.INCOMPLETE] if loses_nothing else list(Status)
        status = draw(st.sampled_from(statuses)) if is_forked else alone
        final = draw(RESULTS) if is_forked else first
        found.append(Outcome(arm=arm, status=status, alone=first, final=final, is_forked=is_forked, **plain))
    return found


def flat(runs: list[list[Outcome]]) -> list[Outcome]:
    return [outcome for engagement in {run[0].project: run for run in runs}.values() for outcome in engagement]


RUNS = st.lists(engagements(), max_size=8).map(flat)


def rates(run: list[Outcome]) -> dict[str, Rate]:
    found = {}
    for arm in Arm:
        found[f"completion {arm}"] = measures.completion(measures.of_arm(run, arm))
        found[f"at least {arm}"] = measures.completion_at_least(measures.of_arm(run, arm))
        found[f"criteria {arm}"] = measures.criterion_pass_rate(measures.of_arm(run, arm))
    for arm in (Arm.RETRY, Arm.REVIEWED):
        found[f"rescue {arm}"] = measures.rescue(run, arm)
        found[f"rescue of retried {arm}"] = measures.rescue_of_retried(run, arm)
        found[f"regression {arm}"] = measures.regression(run, arm)
    return found


@given(RUNS)
def test_rates_lie_between_nothing_and_all(run):
    for rate in rates(run).values():
        assert rate.value is None if not rate.of else 0 <= rate.value <= 1
        assert 0 <= rate.count <= rate.of


@given(RUNS)
def test_differences_lie_between_all_lost_and_all_won(run):
    for first in Arm:
        for second in Arm:
            rate = measures.difference(run, first, second)
            back = measures.difference(run, second, first)
            assert abs(rate.count) <= rate.of and (rate.count, rate.of) == (-back.count, back.of)


@given(RUNS, st.data())
def test_the_order_of_outcomes_changes_nothing(run, data):
    turned = data.draw(st.permutations(run))
    assert rates(turned) == rates(run)
    assert scoreboard.lines(turned) == scoreboard.lines(run)
    gates = dict.fromkeys(Arm, 0.5)
    assert decide(turned, ["m"], gates) == decide(run, ["m"], gates)


@given(st.lists(engagements(loses_nothing=True), min_size=1, max_size=8).map(flat))
def test_lift_is_what_was_rescued_of_all(run):
    for arm in (Arm.RETRY, Arm.REVIEWED):
        lift, rescued = measures.difference(run, Arm.ALONE, arm), measures.rescue(run, arm)
        assert (lift.count, lift.of) == (rescued.count, len(run) // 3)
        alone, later = (measures.completion(measures.of_arm(run, a)).value for a in (Arm.ALONE, arm))
        assert abs(lift.value - (later - alone)) < 1e-12
        assert rescued == measures.rescue_of_retried(run, arm)


@given(RUNS)
def test_unscored_outcomes_change_no_rate_but_the_gates(run):
    scored = [outcome for outcome in run if outcome.status is not Status.UNSCORED]
    kept, all_rates = rates(scored), rates(run)
    whole = ("at least alone", "at least retry", "at least reviewed", "rescue retry", "rescue reviewed")
    assert {k: v for k, v in kept.items() if k not in whole} == {k: v for k, v in all_rates.items() if k not in whole}
    for arm in (Arm.RETRY, Arm.REVIEWED):
        assert all_rates[f"rescue {arm}"].count == kept[f"rescue {arm}"].count
        assert all_rates[f"rescue {arm}"].of >= kept[f"rescue {arm}"].of
    for arm in Arm:
        assert all_rates[f"at least {arm}"].count == kept[f"at least {arm}"].count


def bounds(run: list[Outcome]) -> dict[str, tuple[Rate, Rate]]:
    """Return every rate that a lower bound is printed with, and the bound."""
    found = {}
    for arm in Arm:
        group = measures.of_arm(run, arm)
        found[f"completion {arm}"] = measures.completion(group), measures.completion_at_least(group)
        found[f"criteria {arm}"] = measures.criterion_pass_rate(group), measures.criterion_pass_rate_at_least(group)
    for arm in (Arm.RETRY, Arm.REVIEWED):
        found[f"rescue {arm}"] = measures.rescue(run, arm), measures.rescue_at_least(run, arm)
        retried = measures.rescue_of_retried(run, arm), measures.rescue_of_retried_at_least(run, arm)
        found[f"rescue of retried {arm}"] = retried
        found[f"lift {arm}"] = (
            measures.difference(run, Arm.ALONE, arm),
            measures.difference_at_least(run, Arm.ALONE, arm),
        )
    return found


def net_lift(run: list[Outcome]) -> tuple[Rate, Rate]:
    first, second = Arm.RETRY, Arm.REVIEWED
    return measures.difference(run, first, second), measures.difference_at_least(run, first, second)


def is_below(low: Rate | None, high: Rate | None) -> bool:
    if low is None or high is None or low.value is None or high.value is None:
        return True
    return low.value <= high.value + 1e-12


@st.composite
def losses(draw, *arms: Arm) -> tuple[list[Outcome], list[Outcome], list[Outcome]]:
    """Return a run that is scored whole, and the same twice with outcomes lost, at last the most."""
    whole = draw(st.lists(engagements(loses_nothing=True), max_size=6).map(flat))
    levels = [draw(st.integers(0, 2)) if outcome.arm in arms else 0 for outcome in whole]

    def without(least: int) -> list[Outcome]:
        return [lost(outcome) if level >= least else outcome for outcome, level in zip(whole, levels, strict=True)]

    return whole, without(2), without(1)


def lost(outcome: Outcome) -> Outcome:
    nothing = {"alone": {}, "final": {}, "is_forked": False}
    return msgspec.structs.replace(outcome, status=Status.UNSCORED, reason="it never ran", **nothing)


@given(RUNS)
def test_a_lower_bound_is_never_above_its_rate(run):
    for name, (rate, bound) in bounds(run).items():
        assert is_below(bound, rate), name
        assert bound.of >= rate.of and bound.count <= rate.count, name
    rate, bound = net_lift(run)
    assert bound.of >= rate.of and bound.count <= rate.count
    assert rate.count < 0 or is_below(bound, rate)
    for arm in (Arm.RETRY, Arm.REVIEWED):
        assert is_below(measures.regression(run, arm), measures.regression_at_most(run, arm))


@given(st.lists(engagements(loses_nothing=True), max_size=8).map(flat))
def test_where_nothing_is_unscored_every_rate_is_its_own_bound(run):
    assert all(rate == bound for rate, bound in [*bounds(run).values(), net_lift(run)])
    for arm in (Arm.RETRY, Arm.REVIEWED):
        assert measures.regression(run, arm) == measures.regression_at_most(run, arm)


@given(losses(*Arm))
def test_a_lower_bound_holds_for_the_whole_run_and_grows_with_what_is_scored(runs):
    whole, most, least = ({**bounds(run), "net lift": net_lift(run)} for run in runs)
    for name, (rate, _) in whole.items():
        assert is_below(most[name][1], rate), name
        assert is_below(least[name][1], most[name][1]), name


@given(losses(*Arm))
def test_an_upper_bound_of_regressions_holds_where_there_is_one(runs):
    for arm in (Arm.RETRY, Arm.REVIEWED):
        whole = measures.regression(runs[0], arm)
        most, least = (measures.regression_at_most(run, arm) for run in runs[1:])
        assert is_below(whole, most) and is_below(most, least)
        assert most is not None or least is None


@given(RUNS)
def test_groups_hold_every_outcome_once(run):
    groups = measures.grouped(run, lambda outcome: outcome.category)
    assert sorted(map(id, run)) == sorted(id(outcome) for group in groups.values() for outcome in group)


@st.composite
def repeated(draw) -> list[Outcome]:
    """Return several samples of engagements that are told apart by project and variant."""
    samples = draw(st.integers(1, 4))
    found = []
    for project, variant in draw(st.sets(st.tuples(NAMES, st.integers(0, 2)), min_size=1, max_size=8)):
        found += [
            Outcome(
                model="m", agent="default", price_usd=10.0, project=f"writing/{project}", variant=variant,
                sample=number, arm=Arm.ALONE, status=draw(st.sampled_from(Status)),
            )
            for number in range(1, samples + 1)
        ]  # fmt: skip
    return found


def sampled_rates(run: list[Outcome]) -> tuple[Rate, Rate, Rate, Rate]:
    samples = len({outcome.sample for outcome in run})
    passes = measures.pass_all(run, samples), measures.pass_all_at_least(run, samples)
    return measures.completion_at_1(run), measures.completion_at_1_at_least(run), *passes


@given(repeated())
def test_all_samples_pass_never_more_often_than_one(run):
    one, one_at_least, every, every_at_least = sampled_rates(run)
    assert is_below(every_at_least, one_at_least) and is_below(every_at_least, every)
    assert is_below(one_at_least, one) and every.count == every_at_least.count <= every.of <= every_at_least.of
    scored = [outcome for outcome in run if outcome.status is not Status.UNSCORED]
    if scored == run:
        assert is_below(every, one) and (one, every) == (one_at_least, every_at_least)


@given(repeated(), st.data())
def test_one_more_that_is_scored_lowers_no_bound_of_samples(run, data):
    index = data.draw(st.integers(0, len(run) - 1))
    less = [*run[:index], lost(run[index]), *run[index + 1 :]]
    for number in (1, 3):
        assert is_below(sampled_rates(less)[number], sampled_rates(run)[number])


@given(repeated(), st.data())
def test_the_order_of_samples_changes_nothing(run, data):
    turned = data.draw(st.permutations(run))
    assert sampled_rates(turned) == sampled_rates(run)
    assert scoreboard.lines(turned) == scoreboard.lines(run)
