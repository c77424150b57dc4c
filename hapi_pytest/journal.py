"""A run's journals: what happened when, a line each, only ever appended."""

import contextlib
import datetime
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import CommandLineError
from hapi_pytest.model import Outcome, Status, Usage

RUNS = ".hapi/runs"
RECENT = 5
"""How many runs are looked at for durations."""
SCHEMA = 2
"""Version of the journal's lines and of what a run says about itself."""


class OutcomeLine(Outcome, frozen=True, kw_only=True, tag_field="kind", tag="outcome"):
    """How one arm of one engagement ended."""

    schema: int
    at: str


class AttemptLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="attempt"):
    """A live attempt that has been recorded."""

    schema: int
    at: str
    recording: str
    ended: str
    turns: int
    usage: Usage
    asked: int
    """Requests, failed ones included."""
    seconds: float
    """The attempt's own time."""
    waited_seconds: float
    """Time in queues, failed requests and back-off."""
    cost_usd: float | None = None


class TryLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="try"):
    """One request to a model's service."""

    schema: int
    at: str
    recording: str
    number: int
    """Of this call, from 1."""
    seconds: float
    fault: str = ""
    status: int = 0
    text: str = ""
    wait_seconds: float = 0
    """How long the next try waits."""


class EndLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="end"):
    """A run's process has come to its end."""

    schema: int
    at: str
    collected: int
    """Outcomes that this part of the run is to have."""
    is_cut: bool
    """Whether something stopped it before everything was settled."""


Line = OutcomeLine | AttemptLine | TryLine | EndLine


class Journal:
    """One process's journal of a run; made when there is something to tell."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._folder = folder
        self._worker = worker
        self._file: BinaryIO | None = None
        self._writing = threading.Lock()

    def settle(self, outcome: Outcome, *, is_paid: bool) -> None:
        """Append an outcome; what cost money is on the disk before this returns."""
        plain = msgspec.structs.asdict(outcome)
        self._append(OutcomeLine(schema=SCHEMA, at=_now(), **plain), is_durable=is_paid)

    def attempt(self, **what: Any) -> None:
        """Append a recorded attempt; it is on the disk before this returns."""
        self._append(AttemptLine(schema=SCHEMA, at=_now(), **what), is_durable=True)

    def tried(self, **what: Any) -> None:
        """Append one request to a model's service."""
        self._append(TryLine(schema=SCHEMA, at=_now(), **what), is_durable=False)

    def end(self, *, collected: int, is_cut: bool) -> None:
        """Append that this part of the run is over."""
        self._append(EndLine(schema=SCHEMA, at=_now(), collected=collected, is_cut=is_cut), is_durable=False)

    def close(self) -> None:
        """Close the journal."""
        with self._writing:
            if self._file:
                self._file.close()
                self._file = None

    def _append(self, line: Line, *, is_durable: bool) -> None:
        content = msgspec.json.encode(line) + b"\n"
        with self._writing:
            if self._file is None:
                with stops_when_full():
                    self._file = self._new_file()
            self._write(self._file, content)
            if is_durable:
                os.fsync(self._file.fileno())

    @staticmethod
    def _write(file: BinaryIO, content: bytes) -> None:
        """Append a line or nothing: half a line would spoil the next one."""
        start = file.tell()
        try:
            with stops_when_full():
                written = 0
                while written < len(content):
                    written += file.write(content[written:])
        except BaseException:
            file.truncate(start)
            file.seek(start)
            raise

    def _new_file(self) -> BinaryIO:
        """Open a journal of this process alone: the last line of an earlier one may be cut."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            later = f"-{number}" if number > 1 else ""
            try:
                return (self._folder / f"journal-{self._worker}{later}.jsonl").open("xb", buffering=0)
            except FileExistsError:
                number += 1


def settled(folder: Path) -> list[Outcome]:
    """Return a run's outcomes, the first scored one of each arm, sorted; raises CommandLineError for what is no run."""
    return outcomes_of(lines(folder))


def outcomes_of(every: Iterable[Line]) -> list[Outcome]:
    """Return the outcomes among a run's lines, the first scored one of each arm, sorted."""
    found: dict[tuple[object, ...], Outcome] = {}
    for line in every:
        if isinstance(line, OutcomeLine):
            key = (*line.engagement, line.arm)
            if key not in found or found[key].status is Status.UNSCORED:
                plain = {name: getattr(line, name) for name in Outcome.__struct_fields__}
                found[key] = Outcome(**plain)
    return [found[key] for key in sorted(found)]


def lines(folder: Path) -> list[Line]:
    """Return everything in a run's journals, in the order of time; raises CommandLineError for what is no run."""
    journals = sorted(folder.glob("journal-*.jsonl"))
    if not journals:
        raise CommandLineError(
            f"{folder}: is no run, for it has no journal\n  fix:     name a folder of {RUNS}, or latest"
        )
    return sorted((line for journal in journals for line in read(journal)), key=lambda line: line.at)


def read(journal: Path) -> Iterator[Line]:
    """Yield the lines of one journal; raises CommandLineError for one that is none."""
    # What follows the last line's end was being written when the process died.
    for number, line in enumerate(journal.read_bytes().split(b"\n")[:-1], 1):
        try:
            yield _decoder.decode(line)
        except msgspec.DecodeError as error:
            raise CommandLineError(
                f"{journal}, line {number}: {error}\n"
                f"  fix:     it was changed by hand, or by another version than this one, of schema {SCHEMA}"
            ) from None


def durations(runs: Path) -> dict[str, float]:
    """Return how long the live attempts on each project took, in seconds, by the newest run that tells."""
    found: dict[str, float] = {}
    for folder in sorted(runs.glob("*"), reverse=True)[:RECENT]:
        now: dict[str, float] = {}
        with contextlib.suppress(CommandLineError):  # nobody asked for these runs
            for line in lines(folder):
                if isinstance(line, AttemptLine):
                    _, category, name, _ = line.recording.split("/")
                    now[f"{category}/{name}"] = now.get(f"{category}/{name}", 0) + line.seconds
        found = now | found
    return found


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


_decoder = msgspec.json.Decoder(Line)
