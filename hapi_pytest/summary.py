"""The controller's side of a run: gathers outcomes, prints the scoreboard, decides the exit code."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from hapi_pytest import gate, scoreboard
from hapi_pytest.model import Outcome, Status
from hapi_pytest.options import Settings, identity

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

    def finish(self, session: pytest.Session) -> None:
        """Tidy after recording, look for unused recordings, and let the gates decide the exit code."""
        if not self.outcomes:
            return
        self._tidy()
        if self._settings.is_whole and not self._settings.record and not self._is_cut(session):
            self._unused = unused(self._config, self._settings, self.outcomes)
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
        if self._unused:
            terminal.line("error: no test can use these recordings; delete them:", red=True)
            for path in self._unused:
                terminal.line(f"  {path}", red=True)

    def _gates(self) -> Sequence[gate.GateResult]:
        return gate.decide(self.outcomes, self._settings.models, self._settings.gates)

    @staticmethod
    def _is_cut(session: pytest.Session) -> bool:
        return bool(session.shouldstop or session.shouldfail)

    def _tidy(self) -> None:
        from hapi_pytest.recordings import Recordings

        for model in self._settings.models:
            projects = sorted({o.project for o in self.outcomes if o.model == model and o.asked})
            Recordings(_cassettes(self._config), identity(self._settings, model)).tidy(projects)


def unused(config: pytest.Config, settings: Settings, outcomes: Sequence[Outcome]) -> list[Path]:
    """Return recording files that no test can use: of unknown projects and slots, or forks of what needs none."""
    from hapi_pytest.projects import discover
    from hapi_pytest.recordings import FILES, HTTP, Recordings, parsed

    known = {
        f"{folder.parent.name}/{folder.name}" for folder in discover(config.rootpath / config.getini("hapi_projects"))
    }
    found: list[Path] = []
    for model in settings.models:
        recordings = Recordings(_cassettes(config), identity(settings, model))
        used = {name for outcome in outcomes if outcome.model == model for name in outcome.recordings}
        worked = {
            (o.project, o.variant, o.sample, o.arm)
            for o in outcomes
            if o.model == model and o.status is not Status.UNSCORED
        }
        for file in sorted(recordings.folder.glob("*/*/*.json")):
            project = f"{file.parent.parent.name}/{file.parent.name}"
            slot = parsed(project, file.name.removesuffix(HTTP).removesuffix(".json"))
            if slot is None or project not in known:
                found.append(file)
                continue
            name = f"{recordings.identity.folder}/{project}/{slot.name}"
            is_due = slot.round == 1 and (project, slot.variant, slot.sample, slot.arm) in worked
            if (is_due and name not in used) or not recordings.has(slot):
                found.append(file)
        named = {stored for project in known for stored in recordings.named_files(project)}
        found += [file for file in sorted(recordings.folder.glob(f"*/*/{FILES}/*")) if file not in named]
    return found


def _cassettes(config: pytest.Config) -> Path:
    return config.rootpath / str(config.getini("hapi_cassettes"))
