"""The controller's side of a run: gathers outcomes, prints the scoreboard, decides the exit code."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest

from hapi_pytest import gate, scoreboard
from hapi_pytest.denominator import NEVER_RAN, Denominator
from hapi_pytest.model import Outcome, Status
from hapi_pytest.options import Settings, folder, identity
from hapi_pytest.recordings import Recordings

PROPERTY = "hapi"
"""Name of the report property that carries an outcome to the controller and to JUnit."""
INVALID = 6
"""Exit code of a run in which too much is unscored."""

_decoder = msgspec.json.Decoder(Outcome)


class Summary:
    """Everything the controller learns of a run, from the tests' reports alone."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._denominator = Denominator(config.rootpath, settings)
        self._outcomes: dict[object, Outcome] = {}
        self._without_outcome: set[str] = set()
        """Tests that failed before they had an outcome."""
        self._has_other_failure = False
        self._is_cut = False
        self._unused: list[Path] = []

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
        self._is_cut = bool(session.shouldstop or session.shouldfail) or session.exitstatus not in ended
        self._count_lost()
        if not self._outcomes:
            return
        self._tidy()
        if self._settings.is_whole and not self._settings.record and not self._is_cut:
            self._unused = self._leftovers()
        self._has_other_failure = self._has_other_failure or bool(self._unused)
        if not self._is_cut:
            session.exitstatus = self._exit_code(session.exitstatus)

    def _exit_code(self, code: int) -> int:
        if self._is_invalid:
            return INVALID
        if self._settings.gates and not self._has_other_failure:
            is_met = all(result.is_met for result in self._gates())
            return pytest.ExitCode.OK if is_met else pytest.ExitCode.TESTS_FAILED
        return pytest.ExitCode.TESTS_FAILED if self._unscored or self._unused else code

    def write(self, terminal: pytest.TerminalReporter) -> None:
        """Print the scoreboard."""
        if not self._outcomes:
            return
        terminal.section("scoreboard")
        for line in scoreboard.lines(self.outcomes):
            terminal.line(line)
        for result in self._gates():
            terminal.line(str(result), green=result.is_met, red=not result.is_met)
        if self._settings.gates and (self._is_cut or self._is_invalid or self._has_other_failure):
            terminal.line(f"the gate does not decide: {self._undecided}", red=True)
        if self._is_invalid:
            terminal.line(
                f"the run is invalid: {self._unscored} of {len(self._outcomes)} unscored, "
                f"{self._unscored / len(self._outcomes):.1%}, "
                f"more than --max-unscored {self._settings.max_unscored:.1%}; exit code {INVALID}",
                red=True,
            )
        if self._unused:
            terminal.line("error: no test can use these recordings; delete them:", red=True)
            for path in self._unused:
                terminal.line(f"  {path}", red=True)

    def _gates(self) -> Sequence[gate.GateResult]:
        return gate.decide(self.outcomes, self._settings.models, self._settings.gates)

    @property
    def _unscored(self) -> int:
        return sum(outcome.status is Status.UNSCORED for outcome in self._outcomes.values())

    @property
    def _is_invalid(self) -> bool:
        return not self._is_cut and self._unscored / len(self._outcomes) > self._settings.max_unscored

    @property
    def _undecided(self) -> str:
        """Why no gate decides."""
        if self._is_cut:
            return "the run did not come to its end"
        return "too much is unscored" if self._is_invalid else "something else failed"

    def _take(self, outcomes: Iterable[Outcome]) -> None:
        """Keep the first scored outcome of each test: running it again must not make a run better."""
        for outcome in outcomes:
            key = (outcome.engagement, outcome.arm)
            if key not in self._outcomes or self._outcomes[key].status is Status.UNSCORED:
                self._outcomes[key] = outcome

    def _count_lost(self) -> None:
        """Add what was collected and reported no outcome; other failures without an outcome are not ours."""
        lost = self._denominator.lost(self.outcomes) if self._denominator.has_begun else {}
        self._has_other_failure = self._has_other_failure or bool(self._without_outcome - lost.keys())
        self._take(lost.values())
        if not self._is_cut:
            for test, outcome in lost.items():
                if outcome.reason == NEVER_RAN:
                    self._report(test, outcome)

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
        from hapi_pytest.projects import discover

        folders = discover(folder(self._config, "projects"))
        projects = [f"{place.parent.name}/{place.name}" for place in folders]
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
