"""The controller's side of a run: gathers outcomes, prints the scoreboard, decides the exit code."""

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from hapi_pytest import scoreboard, step_summary
from hapi_pytest.denominator import NEVER_RAN, Denominator
from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import HapiError, StoppedError
from hapi_pytest.gates import Gates
from hapi_pytest.model import Outcome, Status
from hapi_pytest.options import Settings, folder, identity
from hapi_pytest.recordings import UNRECORDED, Recordings

if TYPE_CHECKING:
    from hapi_pytest.runs import Run

OVER_BUDGET = 7
"""Exit code of a run that its budget stopped."""
PROPERTY = "hapi"
"""Name of the report property that carries an outcome to the controller and to JUnit."""

_decoder = msgspec.json.Decoder(Outcome)


class Summary:
    """Everything the controller learns of a run, from the tests' reports alone."""

    def __init__(self, config: pytest.Config, settings: Settings, run: "Run") -> None:
        self._config = config
        self._run = run
        self._settings = settings
        self._denominator = Denominator(config.rootpath, settings)
        self._outcomes: dict[object, Outcome] = {}
        self._without_outcome: set[str] = set()
        """Tests that failed before they had an outcome."""
        self._has_other_failure = False
        self._is_cut = False
        self._is_empty_shard = False
        self._lost: list[Outcome] = []
        """What was collected and came to nothing."""
        self._settled_ahead = 0
        """Outcomes that were settled before their tests were cut off."""
        self._unused: list[Path] = []
        self._gates = Gates(config, settings)
        self._trouble = ""
        """Why there is no file of results."""
        self._report_file: Path | None = None
        self._beside: list[str] = []
        """What other agents come to on the same projects."""

    @property
    def collected(self) -> list[Outcome]:
        """What is to be settled, with nothing settled yet."""
        return list(self._denominator.lost([]).values())

    @property
    def outcomes(self) -> list[Outcome]:
        """One outcome for each engagement's test that was collected; complete once the run is finished."""
        return list(self._outcomes.values())

    def collect(self, tests: Iterable[str]) -> None:
        """Take in the ids of the tests that are to run: they are what is counted, whatever becomes of them."""
        if not self._config.getoption("setupplan", False):
            self._denominator.collect(tests)

    def add(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test."""
        carried = [_decoder.decode(str(value)) for name, value in report.user_properties if name == PROPERTY]
        self._denominator.see(report.nodeid, "" if report.passed else _trouble(report))
        if report.when == "teardown":
            self._take(carried)
        if report.failed and not carried and report.when != "teardown":
            self._without_outcome.add(report.nodeid)
        elif report.failed:
            expected = {"setup": Status.UNSCORED, "call": Status.INCOMPLETE}.get(report.when)
            is_expected = any(outcome.status is expected for outcome in carried)
            self._has_other_failure = self._has_other_failure or not is_expected

    def add_collected(self, report: pytest.CollectReport) -> None:
        """Take in what a module's collection came to."""
        self._has_other_failure = self._has_other_failure or report.failed

    def finish(self, session: pytest.Session) -> None:
        """Count what was lost, tidy after recording, look for unused recordings, and decide the exit code."""
        ended = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        is_interrupted = isinstance(sys.exception(), KeyboardInterrupt)  # a second one, on its way out
        is_stopped = bool(session.shouldstop or session.shouldfail) or is_interrupted
        self._is_cut = is_stopped or session.exitstatus not in ended
        self._count_lost()
        if not self._outcomes:
            if self._settings.shard and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
                self._is_empty_shard = True
                self._run.journal.end(collected=0, is_cut=False)
            return
        self._end()
        self._tidy()
        self._write_results()
        if self._settings.is_whole and not self._settings.record and not self._is_cut:
            self._unused = self._leftovers()
        self._has_other_failure = self._has_other_failure or bool(self._unused)
        if not self._is_cut:
            session.exitstatus = self._exit_code(session.exitstatus)

    def _end(self) -> None:
        """Let the run's journal tell what it is made of, and whether it came to its end."""
        with contextlib.suppress(StoppedError):  # a full disk has been told of
            for outcome in self._lost:
                self._run.journal.settle(outcome, is_paid=False)
            self._run.journal.end(collected=len(self._outcomes), is_cut=self._is_partial)

    def _exit_code(self, code: int) -> int:
        if self._is_over_budget:
            return OVER_BUDGET
        if self._invalid:
            return scoreboard.INVALID
        if self._gates and not self._has_other_failure:
            return pytest.ExitCode.OK if self._gates.are_met(self.outcomes) else pytest.ExitCode.TESTS_FAILED
        return pytest.ExitCode.TESTS_FAILED if self._unscored or self._unused else code

    def write(self, terminal: pytest.TerminalReporter) -> None:
        """Print the scoreboard."""
        if self._is_empty_shard and self._settings.shard:
            number, of = self._settings.shard
            terminal.line(f"shard {number}/{of}: no project falls to it; hapi merge does without it")
        if not self._outcomes:
            return
        terminal.section("scoreboard")
        told = [*scoreboard.lines(self.outcomes), *self._beside, *self._gates.details]
        if self._settings.decision.is_published_shown:
            from hapi_pytest import published

            told += ["", *published.lines()]
        for line in told:
            terminal.line(line)
        step_summary.append([*map(str, self._gates.judged(self.outcomes)), *filter(None, [self._invalid])], told)
        for result in self._gates.judged(self.outcomes):
            terminal.line(str(result), green=result.is_met, red=not result.is_met)
        if self._gates and (self._is_partial or self._invalid or self._has_other_failure):
            terminal.line(f"the gate does not decide: {self._undecided}", red=True)
        if self._invalid:
            terminal.line(self._invalid, red=True)
        if self._is_partial:
            self._write_partial(terminal)
        elif self._settings.is_live and self._unscored:
            terminal.line(f"to try again what is unscored: {self._resume_line}")
        if self._trouble:
            terminal.line(f"error: no results are written: {self._trouble}", red=True)
        if self._report_file:
            terminal.line(f"report: {self._report_file}")
        if self._unused:
            terminal.line("error: no test can use these recordings; delete them:", red=True)
            for path in self._unused:
                terminal.line(f"  {path}", red=True)

    def _write_partial(self, terminal: pytest.TerminalReporter) -> None:
        settled = len(self._outcomes) - self._unscored
        ahead = f", {self._settled_ahead} of them ahead of their tests" if self._settled_ahead else ""
        terminal.line(f"partial: {settled} of {len(self._outcomes)} are scored{ahead}", yellow=True)
        if self._settings.is_live:
            terminal.line(f"to go on: {self._resume_line}", yellow=True)

    @property
    def _resume_line(self) -> str:
        from hapi_pytest.resume import line

        return line(self._config, self._run.id, is_over_budget=self._is_over_budget)

    @property
    def _is_over_budget(self) -> bool:
        return any(outcome.is_over_budget for outcome in self._outcomes.values())

    @property
    def _is_partial(self) -> bool:
        return self._is_cut or self._is_over_budget

    def _write_results(self) -> None:
        """Write what the run came to, and compare it with the baseline."""
        from hapi_pytest import baselines, results

        try:
            found = results.of_run(self._run.folder)
            with stops_when_full():
                results.write(found, self._run.folder / results.FILE)
                if self._settings.decision.results:
                    results.write(found, Path(self._settings.decision.results))
        except HapiError as error:
            if not (isinstance(error, StoppedError) and self._is_partial):  # a full disk has been told of
                self._trouble = str(error)
                self._has_other_failure = True
            return
        if any(outcome.agent not in UNRECORDED for outcome in found.outcomes):
            self._beside = [baselines.line(found.baselines, len(found.projects))]
        self._gates.compare(found)
        if self._settings.decision.report:
            from hapi_pytest import report

            self._report_file = report.write(found, self._run.folder, Path(self._settings.decision.report))

    @property
    def _unscored(self) -> int:
        return sum(outcome.status is Status.UNSCORED for outcome in self._outcomes.values())

    @property
    def _invalid(self) -> str:
        """Why the whole run decides nothing; empty when it does."""
        return "" if self._is_partial else scoreboard.invalid(self.outcomes, self._settings.max_unscored)

    @property
    def _undecided(self) -> str:
        """Why no gate decides."""
        if self._is_partial:
            return "the run did not come to its end"
        return "too much is unscored" if self._invalid else "something else failed"

    def _take(self, outcomes: Iterable[Outcome]) -> None:
        """Keep the first scored outcome of each test: running it again must not make a run better."""
        for outcome in outcomes:
            key = (outcome.engagement, outcome.arm)
            if key not in self._outcomes or self._outcomes[key].status is Status.UNSCORED:
                self._outcomes[key] = outcome

    def _count_lost(self) -> None:
        """Add what was collected and reported no outcome; other failures without an outcome are not ours."""
        known = self._journaled()
        has_begun = self._denominator.has_begun or self._settings.is_live
        lost = self._denominator.lost(self.outcomes) if has_begun else {}
        self._has_other_failure = self._has_other_failure or bool(self._without_outcome - lost.keys())
        for test, outcome in list(lost.items()):
            if ahead := known.get((outcome.engagement, outcome.arm)):
                lost[test] = ahead
                self._settled_ahead += 1
            else:
                self._lost.append(outcome)
        self._take(lost.values())
        if not self._is_cut:
            for test, outcome in lost.items():
                if outcome.reason == NEVER_RAN:
                    self._report(test, outcome)

    def _journaled(self) -> dict[object, Outcome]:
        """Return what a live run has settled, whether its tests have said so or not."""
        if not self._settings.is_live or not list(self._run.folder.glob("journal-*")):
            return {}
        from hapi_pytest.journal import settled

        scored = (outcome for outcome in settled(self._run.folder) if outcome.status is not Status.UNSCORED)
        return {(outcome.engagement, outcome.arm): outcome for outcome in scored}

    def _report(self, test: str, outcome: Outcome) -> None:
        """Tell every reporter of a test that no process has run: an error of its setup, as all that is unscored."""
        path, _, name = test.partition("::")
        place, carried = (path, None, name), [(PROPERTY, msgspec.json.encode(outcome).decode())]
        error = f"unscored: {outcome.reason}"
        for report in (
            pytest.TestReport(test, place, {}, "failed", error, "setup", user_properties=carried),
            pytest.TestReport(test, place, {}, "passed", None, "teardown", user_properties=carried),
        ):
            self._config.hook.pytest_runtest_logreport(report=report)

    def _leftovers(self) -> list[Path]:
        from hapi_pytest.leftovers import leftovers
        from hapi_pytest.projects import discover, project_id

        folders = discover(folder(self._config, "projects"))
        projects = [project_id(place) for place in folders]
        found: list[Path] = []
        for model in self._settings.models:
            own = [outcome for outcome in self.outcomes if outcome.model == model]
            found += leftovers(self._recordings(model), projects, own)
        return found

    def _recordings(self, model: str) -> Recordings:
        return Recordings(folder(self._config, "cassettes"), identity(self._settings, model))

    def _tidy(self) -> None:
        for model in self._settings.models:
            self._recordings(model).tidy(sorted({o.project for o in self.outcomes if o.model == model and o.asked}))


def _trouble(report: pytest.TestReport) -> str:
    """Return what a report says went wrong, in a line."""
    if isinstance(report.longrepr, tuple):  # of a skipped test: path, line, reason
        return report.longrepr[2]
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = crash.message.splitlines()[:1] if crash else report.longreprtext.strip().splitlines()[-1:]
    line = lines[0] if lines else "it failed"
    return line.removesuffix(f" while running {report.nodeid!r}")  # xdist's words for a worker that died
