"""The controller's side of a self-check: gathers findings from the tests' reports and prints their table."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from hapi_pytest.baselines import AGENTS, Row, keep
from hapi_pytest.projects import rubric_digest
from hapi_pytest.recordings import REFERENCE
from hapi_pytest.selfcheck import Finding, listed, table

PROPERTY = "hapi-selfcheck"
"""Name of the report property that carries a finding."""

_decoder = msgspec.json.Decoder(Finding)


class Proof:
    """What a self-check has found, in place of a run's summary; the exit code is pytest's own."""

    def __init__(self, projects: Path, recordings: Path) -> None:
        self._projects, self._recordings = projects, recordings
        self._findings: list[Finding] = []
        self._broken: dict[str, list[str]] = {}
        """Why there is no finding, and of which tests; none for what could not be collected."""

    def collect(self, nodeids: Iterable[str]) -> None:
        """Take note of what was collected: nothing, since every check is a test that must pass."""

    def add(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test."""
        found = [_decoder.decode(str(value)) for name, value in report.user_properties if name == PROPERTY]
        if report.when == "teardown":
            self._findings += found
        if report.failed and not found:
            self._broken.setdefault(report.longreprtext, []).append(report.nodeid.rpartition("::")[2])

    def add_collected(self, report: pytest.CollectReport) -> None:
        """Take in what a module's collection came to; with workers each of them says the same."""
        if report.failed:
            self._broken.setdefault(report.longreprtext, [])

    def finish(self, session: pytest.Session) -> None:
        """Keep what agents without a model came to; the exit code is pytest's own."""
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not session.shouldfail:
            keep(self._recordings, list(self._rows()))

    def _rows(self) -> Iterator[Row]:
        found: dict[tuple[str, str], list[Finding]] = {}
        for finding in self._findings:
            if finding.check in AGENTS and (self._projects / finding.project).is_dir():
                found.setdefault((finding.project, finding.check), []).append(finding)
        for (project, agent), findings in found.items():
            worst = min if agent == REFERENCE else max
            finding = worst(findings, key=lambda finding: finding.passed)
            has_problem = any(finding.problems for finding in findings)
            yield Row(
                project=project,
                agent=agent,
                rubric=rubric_digest(self._projects / project),
                # A reference must complete and the others must not: a problem says that it is the other way.
                is_complete=(agent == REFERENCE) is not has_problem,
                passed=finding.passed,
                of=finding.of,
            )

    def write(self, terminal: pytest.TerminalReporter) -> None:
        """Print the table, and what does not hold unless pytest has printed that itself."""
        if self._findings:
            terminal.section("selfcheck")
            for line in table(self._findings, sum(max(1, len(tests)) for tests in self._broken.values())):
                terminal.line(line)
        told = [*self._undecided(), *listed(self._findings)]
        if told and terminal.config.getoption("tbstyle") == "no":
            terminal.section("what does not hold")
            for problem in told:
                terminal.line(problem)

    def _undecided(self) -> Iterator[str]:
        for reason, tests in self._broken.items():
            where = [f"    in: {', '.join(tests)}"] if tests else []
            yield "\n".join([reason.replace(f"{Path.cwd()}/", ""), *where])
