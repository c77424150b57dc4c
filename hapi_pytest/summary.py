"""The controller's side of a run: gathers outcomes, prints the scoreboard, decides the exit code."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from hapi_pytest import gate, scoreboard
from hapi_pytest.model import Outcome, Status
from hapi_pytest.options import Settings, identity
from hapi_pytest.recordings import Recordings

PROPERTY = "hapi"
"""Name of the report property that carries an outcome to the controller and to JUnit."""

_decoder = msgspec.json.Decoder(Outcome)


class Summary:
    """Everything the controller learns of a run, from the tests' reports alone."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self.outcomes: list[Outcome] = []
        self._has_other_failure = False
        self._unused: list[Path] = []

    def add(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test."""
        carried = [value for name, value in report.user_properties if name == PROPERTY]
        if report.when == "teardown":
            self.outcomes += [_decoder.decode(str(value)) for value in carried]
        if report.failed:
            is_incomplete = report.when == "call" and any(
                _decoder.decode(str(value)).status is Status.INCOMPLETE for value in carried
            )
            self._has_other_failure = self._has_other_failure or not is_incomplete

    def add_collected(self, report: pytest.CollectReport) -> None:
        """Take in what a module's collection came to."""
        self._has_other_failure = self._has_other_failure or report.failed

    def finish(self, session: pytest.Session) -> None:
        """Tidy after recording, look for unused recordings, and let the gates decide the exit code."""
        if not self.outcomes:
            return
        self._tidy()
        if self._settings.is_whole and not self._settings.record and not self._is_cut(session):
            self._unused = self._leftovers()
        if self._unused:
            self._has_other_failure = True
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        is_gated = self._settings.gates and not self._has_other_failure and not self._is_cut(session)
        if is_gated and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            is_met = all(result.is_met for result in self._gates())
            session.exitstatus = pytest.ExitCode.OK if is_met else pytest.ExitCode.TESTS_FAILED

    def write(self, terminal: pytest.TerminalReporter) -> None:
        """Print the scoreboard."""
        if not self.outcomes:
            return
        terminal.section("scoreboard")
        for line in scoreboard.lines(self.outcomes):
            terminal.line(line)
        for result in self._gates():
            terminal.line(str(result), green=result.is_met, red=not result.is_met)
        if self._settings.gates and self._has_other_failure:
            terminal.line("the gate does not decide: something else failed or could not be scored", red=True)
        if self._unused:
            terminal.line("error: no test can use these recordings; delete them:", red=True)
            for path in self._unused:
                terminal.line(f"  {path}", red=True)

    def _gates(self) -> Sequence[gate.GateResult]:
        return gate.decide(self.outcomes, self._settings.models, self._settings.gates)

    @staticmethod
    def _is_cut(session: pytest.Session) -> bool:
        return bool(session.shouldstop or session.shouldfail)

    def _leftovers(self) -> list[Path]:
        from hapi_pytest.leftovers import leftovers
        from hapi_pytest.projects import discover

        folders = discover(self._config.rootpath / str(self._config.getini("hapi_projects")))
        projects = [f"{folder.parent.name}/{folder.name}" for folder in folders]
        found: list[Path] = []
        for model in self._settings.models:
            own = [outcome for outcome in self.outcomes if outcome.model == model]
            found += leftovers(self._recordings(model), projects, own)
        return found

    def _recordings(self, model: str) -> Recordings:
        root = self._config.rootpath / str(self._config.getini("hapi_cassettes"))
        return Recordings(root, identity(self._settings, model))

    def _tidy(self) -> None:
        for model in self._settings.models:
            self._recordings(model).tidy(sorted({o.project for o in self.outcomes if o.model == model and o.asked}))
