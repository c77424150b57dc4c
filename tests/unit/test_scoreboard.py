"""Whole scoreboards of outcome lists made by hand."""

import msgspec
import pytest

from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.sandbox import not_held
from hapi_pytest.scoreboard import BUILT_IN_NOTICE, STAND_IN_NOTICE, invalid, lines

ALONE, RETRY, REVIEWED = Arm


def outcome(project: str, arm: Arm, status: str, final: str = "", alone: str = "", **rest) -> Outcome:
    """Return an outcome; `alone` and `final` hold one letter per criterion, capital when it passed."""
    plain = {"model": "gpt-5", "agent": "default", "variant": 0, "sample": 1, "price_usd": 60, **rest}
    results = {"alone": alone or final, "final": final or alone}
    return Outcome(
        project=project, arm=arm, status=Status(status),
        **{name: {letter.lower(): letter.isupper() for letter in text} for name, text in results.items()}, **plain,
    )  # fmt: skip


MIXED = [
    outcome("writing/a", ALONE, "completed", "ABCD"),
    outcome("writing/a", RETRY, "completed", "ABCD"),
    outcome("writing/a", REVIEWED, "completed", "ABCD"),
    outcome("writing/b", ALONE, "incomplete", "ABcd"),
    outcome("writing/b", RETRY, "incomplete", "aBCd", "ABcd", is_forked=True),
    outcome(
        "writing/b",
        REVIEWED,
        "completed",
        "ABCD",
        "ABcd",
        is_forked=True,
        notes_applied=2,
        notes_kept=2,
        feedback_minutes=21,
    ),
    outcome("translation/c", ALONE, "incomplete", "abc"),
    outcome("translation/c", RETRY, "completed", "ABC", "abc", is_forked=True, rung="bwrap"),
    outcome(
        "translation/c", REVIEWED, "incomplete", "Abc", "abc", is_forked=True, notes_applied=3, feedback_minutes=12
    ),
    outcome("translation/d", ALONE, "unscored", reason="no credit"),
    outcome("translation/d", RETRY, "unscored", reason="no credit"),
    outcome("translation/d", REVIEWED, "unscored", reason="no credit"),
]


def changed(outcomes, **rest) -> list[Outcome]:
    return [msgspec.structs.replace(outcome, **rest) for outcome in outcomes]


def lost(outcome: Outcome) -> Outcome:
    return msgspec.structs.replace(outcome, status=Status.UNSCORED, alone={}, final={}, reason="no credit")


SCOREBOARDS = {
    "mixed": MIXED,
    "all unscored": [o for o in MIXED if o.status is Status.UNSCORED],
    "built-in agent": changed(
        [o for o in MIXED if o.project == "writing/a"], model="reference", agent="reference", rung="landlock"
    ),
    "two models": [*changed(MIXED[:3], model="stand-in", is_stand_in=True), *changed(MIXED[3:6], model="gpt-5")],
    "only the reviewed arm": [o for o in MIXED if o.arm is REVIEWED],
    "a review that gives a value away": [
        changed([o], reviews=("v0-0-ada.toml",), is_given_away=True)[0]
        if (o.project, o.arm) == ("writing/b", REVIEWED)
        else o
        for o in MIXED[:9]
    ],
    "only alone": [o for o in MIXED if o.arm is ALONE],
    "variants, agent, service, requests and drift": [
        *changed(
            MIXED[:6], agent="mine:make", service="http://host/v1", asked=7, drift=("a: run shows another output",)
        ),
        *changed(MIXED[:6], agent="mine:make", service="http://host/v1", variant=3),
    ],
    "samples": [
        *MIXED,
        *changed(MIXED, sample=2),
        *[o if o.project != "writing/a" else lost(o) for o in changed(MIXED[:6], sample=3)],
        *changed(MIXED[6:], sample=3),
    ],
    "samples of twelve projects": [
        outcome(f"writing/p{n}", ALONE, "completed" if n % 3 <= sample else "incomplete", "A", variant=v, sample=sample)
        for n in range(12)
        for v in range(2)
        for sample in (1, 2)
    ],
    "nothing": [],
}


@pytest.mark.parametrize("name", SCOREBOARDS)
def test_scoreboard(name, snapshot):
    assert "\n".join(lines(SCOREBOARDS[name])) == snapshot


def test_a_rung_is_named_with_what_it_alone_does_not_hold():
    def told(rung: str) -> str:
        held = changed(MIXED[:3], rung=rung, not_held=not_held(rung))
        (line,) = [line for line in lines(held) if line.startswith("sandbox: ")]
        return line

    assert told("bwrap") == "sandbox: bwrap"
    assert told("none") == "sandbox: none: agent-written code ran as you do, without isolation"
    landlock = told("landlock")
    assert landlock.startswith("sandbox: landlock, which does not hold: ") and "the names of host and user" in landlock
    assert not any(what in landlock for what in not_held("bwrap"))


def test_the_order_of_outcomes_does_not_count():
    assert lines(MIXED) == lines(MIXED[::-1])


def test_stand_ins_and_built_in_agents_are_never_without_their_notice():
    assert STAND_IN_NOTICE in lines(changed(MIXED, is_stand_in=True))
    assert STAND_IN_NOTICE in lines([*MIXED[:-1], *changed(MIXED[-1:], is_stand_in=True)])
    for agent in ("reference", "idle"):
        assert BUILT_IN_NOTICE in lines(changed(MIXED, agent=agent, model=agent))
    assert not {STAND_IN_NOTICE, BUILT_IN_NOTICE} & set(lines(MIXED))


def test_what_is_unscored_is_told_by_its_reasons_and_not_at_any_length():
    assert "unscored: 0 of 3, so every rate above is its own lower bound" in lines(MIXED[:3])
    lost = [outcome(f"writing/{n}", ALONE, "unscored", reason="it never ran") for n in range(5)]
    others = [outcome("writing/a", ALONE, "unscored", variant=n, reason=f"crash {n:02}\n  fix: all") for n in range(11)]
    again = outcome("writing/b", RETRY, "unscored", sample=2, reason="crash 00\n  more")
    told = lines([*MIXED[:3], *lost, *others, again])
    start = told.index("unscored: 17 of 20, counted as the worst for the agent in every ≥ and ≤")
    assert told[start + 1 : start + 3] == [
        "  5: it never ran: writing/0 v0 alone, writing/1 v0 alone, writing/2 v0 alone and 2 more",
        "  2: crash 00: writing/a v0 alone, writing/b v0-s2 retry",
    ]
    assert told[start + 10 :] == ["  1: crash 08: writing/a v8 alone", "  and 2 other reasons; see the errors"]


def test_no_line_ends_in_space():
    assert all(line == line.rstrip() for outcomes in SCOREBOARDS.values() for line in lines(outcomes))


def test_only_several_samples_are_told_of():
    both = lines([*MIXED, *changed(MIXED, sample=2)])
    assert both[0] == "gpt-5: 4 projects, variant 0, 2 samples"
    assert [line.split("  ")[0] for line in both if "@1" in line or "^" in line] == [
        "completion@1, alone", "completion@1, retry", "completion@1, reviewed",
        "pass^2, alone", "pass^2, retry", "pass^2, reviewed",
    ]  # fmt: skip
    assert not any("sample" in line for line in lines(changed(MIXED, sample=2)))


def test_more_unscored_than_allowed_is_invalid_and_exactly_that_much_is_not():
    unscored = [o for o in MIXED if o.status is Status.UNSCORED]
    assert invalid(MIXED, len(unscored) / len(MIXED)) == invalid([], 0) == ""
    assert invalid(MIXED, 0.2) == (
        "the run is invalid: 3 of 12 unscored, 25.0%, more than --max-unscored 20.0%; exit code 6"
    )
