"""What a live run says while it goes on: the estimate before the first call, and a line that keeps up to date."""

import contextlib
import threading
import time
from collections.abc import Mapping

import pytest

from hapi_pytest.ahead import STOPPED
from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import StoppedError
from hapi_pytest.estimate import estimate_lines, spending_lines
from hapi_pytest.live.ledger import Ledger
from hapi_pytest.model import Arm
from hapi_pytest.options import Settings
from hapi_pytest.runs import LEDGER, Run
from hapi_pytest.summary import Summary

_ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)

TICK_SECONDS = 1.0
LOG_SECONDS = 60.0
"""How often a line is written where lines cannot be overwritten."""
FIRST = 5
"""Settled outcomes from which on the time left is told."""


def line(counts: Mapping[str, int], of: int, spent_usd: float, cap_usd: float, seconds: float) -> str:
    """Word the state of a run."""
    settled = counts.get("settled", 0)
    parts = [f"{settled}/{of} settled"]
    for arm in (Arm.ALONE, Arm.REVIEWED):
        if scored := counts.get(f"scored_{arm}", 0):
            parts.append(f"{arm} {counts.get(f'completed_{arm}', 0)}/{scored}")
    parts.append(f"{spent_usd:.2f} of {cap_usd:.2f} $")
    parts.append(f"{counts.get('in_flight', 0)} in flight")
    if waiting := counts.get("waiting", 0):
        parts.append(f"{waiting} rate-limited")
    if FIRST <= settled < of:
        parts.append(f"about {_shown(seconds / settled * (of - settled))} left")
    return ", ".join(parts)


def _shown(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


class Progress:
    """The hooks of the process that reports.

    On a terminal one line is written over whatever stands in the current one, which is put back before pytest writes
    again; elsewhere a line is added each minute.
    """

    def __init__(self, summary: Summary, terminal: pytest.TerminalReporter, run: Run, settings: Settings) -> None:
        self._summary = summary
        self._terminal = terminal
        self._run = run
        self._ledger: Ledger | None = None
        self._settings = settings
        self._count = 0
        self._started = 0.0
        self._said = 0.0
        self._is_shown = False
        self._quiet_until = 0.0
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, name="hapi-progress", daemon=True)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin, where this process runs the tests itself."""
        if session.items:
            self._begin(session.config)

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_xdist_node_collection_finished(self, node: object) -> None:
        """Begin, where workers run the tests."""
        self._begin(node.config)  # type: ignore[attr-defined]  # xdist has no public type for it

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Make way for the reporter."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        """Make way for the reporter."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self) -> None:
        """Make way for the reporter."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End the line, and stop the workers of a run that is cut off."""
        if self._ledger is None:
            return
        if session.config.pluginmanager.hasplugin("dsession") and session.exitstatus not in _ENDED:
            with contextlib.suppress(StoppedError):  # a full disk has been told of
                self._ledger.stop(STOPPED)
        self._ended.set()
        self._make_way()

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what was spent."""
        if self._ledger is None:
            return
        with contextlib.suppress(StoppedError):  # a full disk has been told of
            for text in spending_lines(self._ledger.spending(), self._settings.max_cost_usd):
                terminalreporter.write_line(text)

    def pytest_unconfigure(self) -> None:
        """Close the ledger."""
        self._ended.set()
        if self._ledger:
            self._ledger.close()

    def _begin(self, config: pytest.Config) -> None:
        if self._started or config.option.collectonly or getattr(config.option, "setupplan", False):
            return
        self._ledger = self._opened()
        collected = self._summary.collected
        for text in estimate_lines(collected, config, self._settings):
            self._terminal.write_line(text)
        self._count = len(collected)
        self._started = self._said = time.monotonic()
        self._thread.start()

    def _opened(self) -> Ledger:
        """Begin the run's folder; raises UsageError where there is no room for it."""
        try:
            with stops_when_full():
                self._run.begin()
                ledger = Ledger(self._run.folder / LEDGER, self._settings.max_cost_usd)
                ledger.clear_stop()
        except StoppedError as error:
            raise pytest.UsageError(str(error)) from None
        return ledger

    def _keep_up(self) -> None:
        while not self._ended.wait(TICK_SECONDS):
            now = time.monotonic()
            with contextlib.suppress(StoppedError), self._writing:  # a full disk is told by the tests
                if self._terminal.isatty:
                    if now > self._quiet_until:
                        self._show(self._text(now))
                elif now > self._said + LOG_SECONDS:
                    self._said = now
                    self._terminal.ensure_newline()
                    self._terminal.write_line(self._text(now))

    def _text(self, now: float) -> str:
        assert self._ledger  # opened before the thread starts
        spent = self._ledger.spending().spent_usd
        return line(self._ledger.posted(), self._count, spent, self._settings.max_cost_usd, now - self._started)

    def _show(self, text: str) -> None:
        if not self._ended.is_set():
            writer = self._terminal._tw
            # Past the writer's own bookkeeping, for the line is not there when pytest looks again.
            writer._file.write(f"\r\x1b[K{text[: writer.fullwidth - 1]}")
            writer.flush()
            self._is_shown = True

    def _make_way(self) -> None:
        with self._writing:
            self._quiet_until = time.monotonic() + TICK_SECONDS / 4
            if self._is_shown:
                writer = self._terminal._tw
                writer._file.write(f"\r\x1b[K{writer._current_line}")
                writer.flush()
                self._is_shown = False
