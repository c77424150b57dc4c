"""The table of docs/live-runs.md, walked over real HTTP: what each fault ends, and what it says."""

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from hapi_pytest.journal import OutcomeLine
from hapi_pytest.stand_in.faults import KINDS
from tests.live.conftest import Live, about, order
from tests.live.table import ROOT, Row, rows, says
from tests.plugin.conftest import BARE, TWO_WORKERS

ALONE = ("--arm", "alone")
CONCURRENCY = 2
OTHERS = 6
"""Projects beside a fault that concerns the whole run."""


class Case(NamedTuple):
    """One way in which a row is shown."""

    row: Row
    fault: str
    options: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join([self.fault, *self.options]).strip()

    @property
    def is_the_runs(self) -> bool:
        """Whether it concerns every project of its run."""
        return not self.fault or not self.row.run.startswith("goes on")

    @property
    def is_late(self) -> bool:
        """Whether the work was done by then, or is done after it."""
        return "@" in self.fault or not self.fault

    @property
    def model(self) -> tuple[str, ...]:
        at = self.options.index("--model") if "--model" in self.options else len(self.options)
        return self.options[at : at + 2]


def cases() -> list[Case]:
    """Return what is walked; a row with a test of its own names it."""
    found = []
    for row in rows():
        for shown in row.shown.split(", "):
            words = shown.split()
            fault = "" if words[0].startswith("--") else words.pop(0)
            if "::" not in fault:
                found.append(Case(row, fault, tuple(words)))
    return found


CASES = cases()
TOGETHER = [case for case in CASES if not case.is_the_runs]
PLAIN = [case for case in TOGETHER if not case.options and "hang" not in case.fault]
FEW = list({(case.row.asked_again, case.row.ends): case for case in PLAIN}.values())
"""One of each kind, for the run with two workers, which take one project at a time."""
goes_on = pytest.mark.parametrize("case", [case for case in CASES if case.row.run == "goes on"], ids=lambda c: c.name)
stops = pytest.mark.parametrize("case", [case for case in CASES if case.row.run != "goes on"], ids=lambda c: c.name)


class Walk(NamedTuple):
    """A run, and which project each case has in it."""

    live: Live
    cases: dict[Case, str]


@pytest.fixture(scope="module")
def undisturbed(live: Callable[..., Live]) -> Callable[..., Live]:
    """Run as many projects as any walk has, without any fault."""

    @functools.cache
    def run(model: tuple[str, ...]) -> Live:
        found = live(2 if model else len(TOGETHER) + 1)
        found.run(*BARE, *ALONE, *model)
        assert {outcome.reason for outcome in found.outcomes.values()} == {""}, found.text
        return found

    return run


@pytest.fixture(scope="module")
def walk(live: Callable[..., Live]) -> Callable[..., Walk]:
    """Return the run that shows a case: that of all cases with the same options, unless it needs one of its own."""

    @functools.cache
    def together(options: tuple[str, ...], mode: tuple[str, ...] = BARE) -> Walk:
        chosen = [case for case in TOGETHER if case.options == options] if mode == BARE else FEW
        projects = {case: order(number) for number, case in enumerate(chosen, 1)}
        found = live(len(chosen) + 1, [about(case.fault, project) for case, project in projects.items()])
        found.run(*mode, *ALONE, *options)
        return Walk(found, projects)

    @functools.cache
    def apart(case: Case) -> Walk:
        found = live(OTHERS, [case.fault] if case.fault else [])
        found.run(*BARE, *ALONE, "--concurrency", str(CONCURRENCY), *case.options)
        return Walk(found, {case: order(0 if case.fault else OTHERS - 1)})  # a budget lasts for the first ones

    def find(case: Case, mode: tuple[str, ...] = BARE) -> Walk:
        return apart(case) if case.is_the_runs else together(case.options, mode)

    return find


@pytest.fixture(scope="module")
def replayed(walk: Callable[..., Walk]) -> Callable[[Case], dict[str, OutcomeLine]]:
    """Replay what a walk recorded, in full, with no service to ask; returns the outcomes by project."""
    found: dict[int, dict[str, OutcomeLine]] = {}

    def replay(case: Case) -> dict[str, OutcomeLine]:
        live = walk(case).live
        if id(live) not in found:
            suite = live.suite
            suite.run(*BARE, *ALONE, "--base-url", f"{live.service.url}/v1", *case.options, "--replay", "full")
            found[id(live)] = Live(suite, live.service).read().outcomes
        return found[id(live)]

    return replay


def check(case: Case, walk: Walk) -> None:
    """Hold one case against its row."""
    project, row = walk.cases[case], case.row
    outcome, attempt = walk.live.outcomes[project], walk.live.attempts.get(project)
    assert outcome.status in ({"completed", "incomplete"} if row.scored == "yes" else {"unscored"}), outcome
    assert (attempt.ended if attempt else "–") == row.ends
    assert bool(walk.live.suite.recorded(project)) is (row.scored == "yes")
    if row.says == "–":
        assert outcome.reason == ""
    else:
        assert says(outcome.reason, row.says), outcome.reason
        assert f"unscored: {outcome.reason}" in walk.live.text


def test_every_row_is_read_and_every_kind_of_fault_is_in_it() -> None:
    assert {row.asked_again for row in rows()} == {row.scored for row in rows()} == {"yes", "no"}
    assert {re.split(r"[=@]", case.fault)[0] for case in CASES} - {""} == {*KINDS}
    assert all((row.scored == "yes") is (row.says == "–") for row in rows())


def test_every_row_has_its_test() -> None:
    named = [row.shown for row in rows() if "::" in row.shown]
    for name in named:
        file, _, test = name.partition("::")
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8"), name
    assert len(named) + len({case.row for case in CASES}) == len(rows())


@goes_on
def test_a_fault_ends_as_the_table_says(walk, case) -> None:
    check(case, walk(case))


@pytest.mark.parametrize("case", FEW, ids=lambda case: case.name)
def test_it_ends_so_with_two_workers_too(walk, case) -> None:
    check(case, walk(case, TWO_WORKERS))


@goes_on
def test_as_many_requests_are_made_as_the_table_says(walk, case) -> None:
    found = walk(case)
    tries = found.live.tries(found.cases[case])
    failed = [each for each in tries if each.fault and each.fault not in ("context length", "content filter")]
    if case.row.asked_again == "no":
        assert not failed and {each.number for each in tries} == {1}
    elif case.row.scored == "yes":
        assert [each.number for each in failed] == [1]
        attempt = found.live.attempts[found.cases[case]]
        assert attempt.asked == len(tries) == attempt.turns + 1
    else:
        assert [each.number for each in tries] == [each.number for each in failed] == [1, 2]


@goes_on
def test_what_goes_on_settles_everything_else(walk, undisturbed, case) -> None:
    found = walk(case)
    done, outcomes = found.live.done, found.live.outcomes
    if case.fault:
        calm = undisturbed(case.model)
        assert outcomes[order(0)].final == calm.outcomes[order(0)].final
    is_invalid = sum(outcome.status == "unscored" for outcome in outcomes.values()) > len(outcomes) / 20
    assert done.returncode == (6 if is_invalid else 1), found.live.text
    assert "Interrupted" not in found.live.text and "partial:" not in found.live.text


@pytest.mark.parametrize("case", [c for c in CASES if c.row.scored == "yes"], ids=lambda case: case.name)
def test_what_was_done_by_then_is_graded(walk, undisturbed, case) -> None:
    found, calm = walk(case), undisturbed(case.model)
    project = found.cases[case]
    if case.is_late:
        assert found.live.outcomes[project].final == calm.outcomes[project].final
    else:
        assert not any(found.live.outcomes[project].final.values())


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c.row.asked_again, c.row.scored) == ("yes", "yes")], ids=lambda c: c.name
)
def test_a_failed_try_leaves_no_trace_in_the_recording(walk, undisturbed, case) -> None:
    found = walk(case)
    project = found.cases[case]
    recorded = found.live.suite.recorded(project)
    assert recorded == undisturbed(case.model).suite.recorded(project)
    assert {"v0-alone.json", "v0-alone.http.json"} < set(recorded)


@pytest.mark.parametrize("case", [c for c in CASES if c.row.scored == "yes"], ids=lambda case: case.name)
def test_what_was_recorded_replays_in_full(replayed, walk, case) -> None:
    project = walk(case).cases[case]
    now, then = replayed(case)[project], walk(case).live.outcomes[project]
    assert (now.status, now.final, now.reason, now.asked) == (then.status, then.final, "", 0)


def test_every_request_is_in_the_journal(walk) -> None:
    for case in CASES:
        if case.row.run == "goes on" and "127.0.0.1" not in case.name:
            assert len(walk(case).live.all_tries) == walk(case).live.counts.requests


@stops
def test_what_stops_the_run_is_told_once_and_asked_no_more(walk, case) -> None:
    found = walk(case).live
    check(case, walk(case))
    if case.fault:
        assert found.text.count("unscored: openai/") == found.text.count("  fix:  ") == 1
        assert 1 <= found.counts.requests <= CONCURRENCY
        assert {outcome.status for outcome in found.outcomes.values()} == {"unscored"}
    assert found.done.returncode == int(case.row.run.rpartition(" exit code ")[2])
    run = max((found.suite.root / ".hapi/runs").iterdir()).name
    assert re.search(rf"^to go on: pytest --resume {run}( --max-cost MORE)?$", found.text, re.MULTILINE)


def test_two_workers_tell_once_what_stops_them(live) -> None:
    found = live(OTHERS, ["401"])
    found.run("-n", "2", *ALONE)
    assert found.text.count("unscored: openai/") == found.text.count("  fix:  ") == 1, found.text
    assert {outcome.status for outcome in found.outcomes.values()} == {"unscored"}
    assert found.done.returncode == 2 and 1 <= found.counts.requests <= 2


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.fault == "401" or "--max-cost" in c.options], ids=lambda c: c.name
)
def test_what_was_stopped_goes_on_where_it_was(walk, undisturbed, case) -> None:
    found = walk(case).live
    found.service.faults = ()
    again = found.resumed(*BARE, *(["--max-cost", "10"] if not case.fault else []))
    assert again.done.returncode == 1 and "partial:" not in again.text, again.text
    calm = undisturbed(case.model).outcomes
    for project in calm.keys() & again.outcomes.keys():
        assert again.outcomes[project].final == calm[project].final
    settled = {project for project, outcome in found.outcomes.items() if outcome.status != "unscored"}
    assert {project for project in settled if len(again.tries(project)) > len(found.tries(project))} == set()
    in_vain = [each for project in found.outcomes.keys() - settled for each in found.tries(project) if not each.fault]
    assert again.counts.repeated == len(in_vain)  # an attempt that was cut off is made anew


def test_a_budget_that_is_used_up_leaves_what_it_paid_for(walk) -> None:
    (case,) = (case for case in CASES if "--max-cost" in case.options)
    found = walk(case).live
    outcomes = [outcome for _, outcome in sorted(found.outcomes.items())]
    scored = [outcome for outcome in outcomes if outcome.status != "unscored"]
    assert scored and outcomes[: len(scored)] == scored and len(scored) < len(outcomes)
    assert all(outcome.is_over_budget for outcome in outcomes[len(scored) :])
    assert {len(found.tries(outcome.project.split("/")[1])) for outcome in outcomes[len(scored) + 1 :]} == {0}
    (spent,) = re.findall(r"^spent: ([\d.]+) \$ of --max-cost 0.35 \$", found.text, re.MULTILINE)
    assert 0 < float(spent) <= 0.35
