"""The controller's side of a self-check: gathers findings from the tests' reports and prints their table."""

from collections.abc import Iterable

import msgspec
import pytest

from hapi_pytest.selfcheck import Finding, table

PROPERTY = "hapi-selfcheck"
"""Name of the report property that carries a finding."""

_decoder = msgspec.json.Decoder(Finding)


class Proof:
    """What a self-check has found, in place of a run's summary; the exit code is pytest's own."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def collect(self, nodeids: Iterable[str]) -> None:
        """Take note of what was collected: nothing, since every check is a test that must pass."""

    def add(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test."""
        if report.when == "teardown":
            self._findings += [
                _decoder.decode(str(value)) for name, value in report.user_properties if name == PROPERTY
            ]

    def add_collected(self, report: pytest.CollectReport) -> None:
        """Take in what a module's collection came to, which pytest counts by itself."""

    def finish(self, session: pytest.Session) -> None:
        """Leave the exit code as it is."""

    def write(self, terminal: pytest.TerminalReporter) -> None:
        """Print the table."""
        if self._findings:
            terminal.section("selfcheck")
            for line in table(self._findings):
                terminal.line(line)
