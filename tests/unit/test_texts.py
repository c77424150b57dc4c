"""Whole texts of decisions and refusals, and the Markdown of a job's page."""

import pytest

from hapi_pytest import given, step_summary
from hapi_pytest.compare import Question, run
from hapi_pytest.results import write
from hapi_pytest.scoreboard import lines
from tests.unit.test_comparison import pair, run_of
from tests.unit.test_results import outcome, results
from tests.unit.test_scoreboard import MIXED

COMPARISONS = {
    "identical": ((24, 0, 0), None, "m"),
    "better": ((40, 12, 2), None, "n"),
    "not worse": ((322, 5, 6), 0.05, "n"),
    "worse": ((40, 2, 12), None, "n"),
    "undecided with a margin": ((8, 1, 0), 0.02, "n"),
    "undecided without one": ((40, 4, 3), None, "n"),
}
BEFORE = results(outcome(setup="one"))
REFUSALS = {
    "another suite": results(outcome(), suite="2"),
    "another project": results(outcome(project="writing/q")),
    "other limits": results(outcome(setup="another")),
    "several models": results(outcome(), outcome(model="n")),
    "nothing that shows it": results(outcome(handed_in="")),
    "another schema": results(outcome(), schema=9),
}
MISTAKES = {
    "a margin that is no share": lambda: given.margin("5", "before"),
    "a margin without a baseline": lambda: given.margin("0.05", ""),
    "a gate that is no share": lambda: given.gates(["60"]),
    "a gate of no arm": lambda: given.gates(["solo=0.6"]),
    "an arm that is none": lambda: given.arms("--gate-arm", ["solo"]),
    "a limit that is none": lambda: given.limits(["hours=2"]),
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparison(name, tmp_path, capsys, monkeypatch, snapshot):
    monkeypatch.chdir(tmp_path)
    statuses, margin, model = COMPARISONS[name]
    for file, changed, whose in zip(("before.json", "after.json"), pair(*statuses), ("m", model), strict=True):
        write(results(*run_of(changed, whose)), tmp_path / file)
    run(["before.json", "after.json"], [], Question(margin=margin), is_forced=False)
    assert capsys.readouterr().out == snapshot


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(name, tmp_path, capsys, monkeypatch, snapshot):
    monkeypatch.chdir(tmp_path)
    write(BEFORE, tmp_path / "before.json")
    write(REFUSALS[name], tmp_path / "after.json")
    assert run(["before.json", "after.json"], [], Question(), is_forced=False) == 2
    assert capsys.readouterr().err == snapshot


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name, snapshot):
    with pytest.raises(pytest.UsageError) as told:
        MISTAKES[name]()
    assert str(told.value) == snapshot


def test_markdown(snapshot):
    verdicts = ["gate FAILED: m alone 33 % < 60 %", "a project [named] `so`"]
    assert step_summary.page(verdicts, [*lines(MIXED), "```"]) == snapshot
