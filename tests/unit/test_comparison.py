"""Comparisons: what two results allow to say, and what makes them incomparable."""

import msgspec
import pytest

from hapi_pytest.baseline import against
from hapi_pytest.compare import Question, lines, run, verdict_line
from hapi_pytest.comparison import Verdict, compare, differences, frozen_changes
from hapi_pytest.model import Arm, Status
from hapi_pytest.results import write
from tests.unit.test_results import outcome, results

WELL, ILL, OPEN = Status.COMPLETED, Status.INCOMPLETE, Status.UNSCORED


def run_of(statuses, model="m", recorded="", arm=Arm.ALONE):
    """One outcome for each project; the recordings are the run's own unless said."""
    return [
        outcome(
            model=model, arm=arm, project=f"writing/p{number:03}", status=status, final={"a": status is WELL},
            transcripts=(f"{recorded or model}-{number}",),
        )
        for number, status in enumerate(statuses)
    ]  # fmt: skip


def pair(count, gained=0, lost=0):
    """The statuses of two runs that differ in so many projects; half of the rest is complete."""
    rest = count - gained - lost
    same = [WELL] * (rest // 2) + [ILL] * (rest - rest // 2)
    return [ILL] * gained + [WELL] * lost + same, [WELL] * gained + [ILL] * lost + same


VERDICTS = [
    (Verdict.IDENTICAL, 322, 0, 0, None, True, 0),
    (Verdict.BETTER, 322, 40, 5, None, False, 0),
    (Verdict.NOT_WORSE, 322, 5, 6, 0.05, False, 0),
    (Verdict.WORSE, 322, 5, 40, 0.05, False, 1),
    (Verdict.UNDECIDED, 322, 20, 25, 0.02, False, 1),
    (Verdict.UNDECIDED, 322, 5, 6, None, False, 1),
    (Verdict.UNDECIDED, 8, 0, 0, 0.02, False, 1),
    (Verdict.WORSE, 8, 0, 8, None, False, 1),
    (Verdict.BETTER, 8, 8, 0, 0.02, False, 0),
]


@pytest.mark.parametrize(("verdict", "count", "gained", "lost", "margin", "is_same", "code"), VERDICTS)
def test_every_verdict_with_its_exit_code(verdict, count, gained, lost, margin, is_same, code, tmp_path, capsys):
    before, after = pair(count, gained, lost)
    first, second = run_of(before), run_of(after, "m" if is_same else "n")
    assert compare(first, second, Arm.ALONE, margin).verdict is verdict
    for name, outcomes in (("a", first), ("b", second)):
        write(results(*outcomes), tmp_path / f"{name}.json")
    question = Question(margin=margin)
    assert run([str(tmp_path / "a.json"), str(tmp_path / "b.json")], [], question, is_forced=False) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"verdict: {verdict}: ")


def test_an_undecided_comparison_passes_only_when_asked():
    before, after = pair(322, 20, 25)
    comparison = compare(run_of(before), run_of(after, "n"), Arm.ALONE)
    assert not Question().passes(comparison)
    lenient = Question(is_undecided_fine=True)
    assert lenient.passes(comparison) and verdict_line(comparison, lenient).endswith("--undecided pass lets it through")
    before, after = pair(322, 5, 40)
    assert not lenient.passes(compare(run_of(before), run_of(after, "n"), Arm.ALONE))


def test_a_change_names_its_criteria():
    first = [outcome(final={"a": True, "b": False, "c": True})]
    second = [outcome(model="n", status=ILL, transcripts=("x",), final={"a": False, "b": True, "c": True})]
    comparison = compare(first, second, Arm.ALONE)
    assert [(change.gained, change.lost) for change in comparison.changes] == [(["b"], ["a"])]
    assert "  writing/p v0: completed → incomplete  +b -a" in lines(comparison)


def test_only_what_is_scored_in_both_is_compared():
    first, second = run_of([WELL, WELL, OPEN, ILL]), run_of([WELL, OPEN, WELL], "n")
    comparison = compare(first, second, Arm.ALONE)
    assert (len(comparison.pairs), comparison.dropped) == (1, 3)


def test_a_gate_counts_what_is_unscored_now_as_incomplete():
    first, second = run_of([WELL] * 20), run_of([WELL] * 10 + [OPEN] * 10, "n")
    assert compare(first, second, Arm.ALONE).verdict is Verdict.UNDECIDED
    assert compare(first, second, Arm.ALONE, counts_unscored=True).verdict is Verdict.WORSE
    [compared] = against(results(*first), results(*second), Question(margin=0.1))
    assert not compared.is_met and str(compared).startswith("gate FAILED: n alone against the baseline: worse: ")


def test_nothing_in_common_decides_nothing():
    comparison = compare(run_of([OPEN]), run_of([WELL], "n"), Arm.ALONE, 0.5)
    assert comparison.verdict is Verdict.UNDECIDED
    assert verdict_line(comparison, Question()) == "verdict: undecided: nothing is scored in both"


def test_another_verdict_on_the_same_recording_needs_another_suite():
    first, second = run_of([WELL] * 20), run_of([WELL] * 19 + [ILL])
    comparison = compare(first, second, Arm.ALONE, 0.5)
    assert len(frozen_changes(comparison)) == 1
    assert not Question(margin=0.5).passes(comparison)
    assert "first writing/p019 v0: raise hapi_suite_version" in verdict_line(comparison, Question())


def test_what_is_not_comparable_is_told_and_can_be_forced(tmp_path, capsys):
    first = results(*run_of([WELL] * 3), suite="1")
    facts = next(iter(first.projects.values()))
    second = results(
        *(msgspec.structs.replace(o, setup="other") for o in run_of([WELL] * 4, "n")[1:]),
        suite="2",
        projects={
            "writing/p001": msgspec.structs.replace(facts, rubric="new"),
            "writing/p002": msgspec.structs.replace(facts, digest="new"),
            "writing/p003": facts,
        },
    )
    first = msgspec.structs.replace(
        first, outcomes=tuple(msgspec.structs.replace(o, setup="one") for o in first.outcomes)
    )
    assert list(differences(first, second, first.outcomes, second.outcomes)) == [
        "the suite's version is '1' before, '2' now",
        "1 project (writing/p000) only before",
        "1 project (writing/p003) only now",
        "brief, attachments or feedback changed: 1 project (writing/p002)",
        "rubric changed: 1 project (writing/p001)",
        "the agent's name, arguments, prompt, tools or limits differ: 2 projects (writing/p001, writing/p002)",
    ]
    for name, each in (("a", first), ("b", second)):
        write(each, tmp_path / f"{name}.json")
    names = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    assert run(names, [], Question(), is_forced=False) == 2
    assert "fix:     compare runs of the same suite, projects and limits, or say --force" in capsys.readouterr().err
    assert run(names, [], Question(), is_forced=True) == 1
    assert capsys.readouterr().out.count("compared all the same: ") == 6


def test_whose_results_are_meant_must_be_clear(tmp_path, capsys):
    write(results(*run_of([WELL]), *run_of([WELL], "n")), tmp_path / "a.json")
    name = str(tmp_path / "a.json")
    assert run([name, name], [], Question(), is_forced=False) == 2
    assert "has several models\n  allowed: m, n\n" in capsys.readouterr().err
    assert run([name, name], ["m", "x"], Question(), is_forced=False) == 2
    assert "has no model 'x'" in capsys.readouterr().err
    assert run([name, name], ["m", "n"], Question(), is_forced=False) == 1


def test_each_model_must_meet_the_baseline():
    baseline = results(*run_of([WELL] * 20, "old"))
    now = results(*run_of([WELL] * 20, "a", recorded="old"), *run_of([ILL] * 20, "b"))
    assert [(c.model, c.is_met) for c in against(baseline, now, Question())] == [("a", True), ("b", False)]


def test_a_baseline_of_several_models_is_met_by_name():
    baseline = results(*run_of([WELL] * 20, "a"), *run_of([ILL] * 20, "b"))
    now = results(*run_of([WELL] * 20, "b", recorded="anew"), *run_of([WELL] * 20, "c"))
    told = {c.model: c for c in against(baseline, now, Question())}
    assert told["b"].is_met and not told["c"].is_met
    assert "not comparable; the baseline has no model of that name, but a, b" in str(told["c"])
