"""Live runs that are killed, gone on with, and held against what the stand-in was asked."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from hapi_pytest.journal import TryLine, read, settled
from hapi_pytest.model import Status
from hapi_pytest.stand_in import StandIn
from tests.live.conftest import KEYS, Orders
from tests.plugin.conftest import OTHER_PLUGINS, surroundings

MANY_SECONDS = 60
"""A provider may hang for an hour: whoever waits for it is far beyond this on any machine."""
CONCURRENCY, MOST_TURNS = 8, 12


class Running:
    """A pytest process on a suite, started and not waited for."""

    def __init__(self, suite: Orders, service: StandIn, *arguments: str) -> None:
        self.suite = suite
        self._output = suite.root.parent / f"output-{time.monotonic_ns()}.txt"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *OTHER_PLUGINS]
        given = arguments if "--resume" in arguments else ("--record", "missing", *arguments)
        with self._output.open("w") as file:
            self.process = subprocess.Popen(
                [*command, "--base-url", f"{service.url}/v1", *given],
                cwd=suite.root,
                env=surroundings() | KEYS,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        """What it has printed."""
        return self._output.read_text()

    @property
    def folder(self) -> Path:
        """Where the run lies."""
        return max((self.suite.root / ".hapi/runs").iterdir())

    def wait_until(self, holds, what: str) -> None:
        """Wait for something to happen in it."""
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end, f"never: {what}\n{self.text}"
            assert self.process.poll() is None, f"it ended before: {what}\n{self.text}"
            time.sleep(0.02)

    def ended(self) -> int:
        """Wait for its end and return the exit code."""
        return self.process.wait(MANY_SECONDS)

    def kill(self) -> None:
        """Kill it and all its workers at once, as the kernel would for want of memory."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def killed_runs(
    folder: Path, *, orders: int, kills: int, seed: int
) -> tuple[dict[object, object], dict[object, object]]:
    """Kill a run again and again at random moments; returns an undisturbed run's verdicts and its own.

    Fails when anything is asked for again that had been recorded.
    """
    chance = random.Random(seed)
    options = ("--model", "stand-in", "--concurrency", str(CONCURRENCY))
    undisturbed = Orders(folder / "undisturbed", orders)
    with StandIn(undisturbed.root / "projects") as service:
        assert Running(undisturbed, service, *options).ended() in (0, 1)
    suite = Orders(folder / "killed", orders)
    with StandIn(suite.root / "projects", latency_seconds=0.05) as service:
        recorded: list[set[str]] = []
        for number in range(kills):
            recorded.append(recordings(suite))
            running = Running(suite, service, *(("--resume", "latest") if number else options))
            before = service.requests
            enough = before + chance.randrange(1, 2 * CONCURRENCY * MOST_TURNS // kills + 2)
            running.wait_until(lambda enough=enough: service.requests >= enough, f"{enough} requests")
            time.sleep(chance.random() / 10)
            running.kill()
        recorded.append(recordings(suite))
        last = Running(suite, service, "--resume", "latest")
        assert last.ended() in (0, 1), last.text
        check(suite, service, recorded)
    return verdicts(undisturbed), verdicts(suite)


def check(suite: Orders, service: StandIn, recorded: Sequence[set[str]]) -> None:
    """Check the stand-in's count: what was asked in vain was in flight at some kill, and nothing else was.

    `recorded` holds the recordings that there were when each process of the run began.
    """
    counts = service.counts
    turns = sum(file.read_text().count('"reply":') for file in transcripts(suite))
    wasted = counts.requests - turns
    assert 0 <= wasted <= len(recorded) * CONCURRENCY * MOST_TURNS, (counts, turns)
    assert counts.repeated <= wasted, (counts, turns)
    journals = sorted(folder_of(suite).glob("journal-main*.jsonl"), key=lambda file: file.stat().st_mtime)
    for journal, before in zip(journals, recorded, strict=False):
        asked = {line.recording for line in read(journal) if isinstance(line, TryLine)}
        assert not asked & before, "what had been recorded was asked for again"


def verdicts(suite: Orders) -> dict[object, object]:
    """Return what each arm came to."""
    outcomes = settled(folder_of(suite))
    assert all(outcome.status is not Status.UNSCORED for outcome in outcomes)
    return {(o.project, o.arm): (o.status, o.final, o.handed_in) for o in outcomes}


def recordings(suite: Orders) -> set[str]:
    """Name what is recorded."""
    return {str(file.relative_to(suite.root / "cassettes")).removesuffix(".json") for file in transcripts(suite)}


def transcripts(suite: Orders) -> list[Path]:
    """Return the transcripts' files."""
    return [file for file in (suite.root / "cassettes").rglob("v*.json") if not file.name.endswith(".http.json")]


def folder_of(suite: Orders) -> Path:
    """Return the folder of a suite's last run."""
    return max((suite.root / ".hapi/runs").iterdir())
