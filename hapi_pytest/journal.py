"""The run folder: what happened when, kept out of the recordings and out of git."""

import datetime
import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import CommandLineError
from hapi_pytest.model import Outcome
from hapi_pytest.recordings import Slot, write_whole
from hapi_pytest.workspace import Taken

RUNS = ".hapi/runs"
KEPT = "files"
PLACES = "run.json"
"""Where the run found its projects and recordings, and its sandbox's name."""


def new_run_id() -> str:
    """Return an id for a run that starts now; ids sort by time."""
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S}-{os.getpid()}"


class Run:
    """One run's folder, shared by all its workers; made when the first engagement settles."""

    def __init__(self, root: Path, run_id: str, worker: str = "main", places: Mapping[str, str] | None = None) -> None:
        self.id = run_id
        self.worker = worker
        self._places = dict(places or {})
        self.folder = root / RUNS / run_id
        self._journal = self.folder / f"journal-{worker}.jsonl"

    def settle(self, outcome: Outcome, *, is_paid: bool) -> None:
        """Append an outcome to this worker's journal; what cost money is on the disk before this returns."""
        if self._places and not (self.folder / PLACES).exists():
            write_whole(self.folder / PLACES, msgspec.json.encode(self._places) + b"\n")
        self.folder.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        line = msgspec.json.encode({"settled": now, **msgspec.to_builtins(outcome)}) + b"\n"
        with self._journal.open("ab") as file:
            file.write(line)
            if is_paid:
                file.flush()
                os.fsync(file.fileno())

    def keep(self, name: str, taken: Taken) -> Taken:
        """Copy handed-in files into the run's folder, replacing those of the same attempt."""
        folder = self.folder / KEPT / name
        shutil.rmtree(folder, ignore_errors=True)
        for file, path in taken.files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / file)
        write_whole(folder.with_name(folder.name + ".json"), msgspec.json.encode(taken.refused) + b"\n")
        return kept(folder)

    def lock(self, slot: Slot) -> AbstractContextManager[object]:
        """Return the lock that one engagement's recorders take, whichever worker they run on."""
        from filelock import FileLock  # a tenth of a second that replay does without

        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / f"{self._name(slot)}.lock")

    def mark_recorded(self, slot: Slot, folder: str) -> None:
        """Remember that this run recorded a slot of an identity's folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{folder}--{self._name(slot)}-{slot.name}.recorded").touch()

    def has_recorded(self, slot: Slot, folder: str) -> bool:
        """Tell whether this run has recorded a slot of an identity's folder already."""
        return (self.folder / f"{folder}--{self._name(slot)}-{slot.name}.recorded").exists()

    @staticmethod
    def _name(slot: Slot) -> str:
        return f"{slot.project.replace('/', '--')}-v{slot.variant}-s{slot.sample}"


def kept(folder: Path) -> Taken:
    """Return a submission that lies with its run."""
    refused = msgspec.json.decode(folder.with_name(folder.name + ".json").read_bytes(), type=dict[str, str])
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return Taken(files=files, refused=refused)


def taken_digest(taken: Taken) -> str:
    """SHA-256 of what was handed in: names, contents and refusals."""
    files = {name: raw_digest(path.read_bytes()) for name, path in sorted(taken.files.items())}
    return raw_digest(msgspec.json.encode([files, dict(sorted(taken.refused.items()))]))


def settled(folder: Path) -> list[Outcome]:
    """Return a run's outcomes, the last of each arm, sorted; raises CommandLineError for what is no run."""
    journals = sorted(folder.glob("journal-*.jsonl"))
    if not journals:
        raise CommandLineError(
            f"{folder}: is no run, for it has no journal\n  fix:     name a folder of {RUNS}, or latest"
        )
    # What follows the last line's end was being written when the process died.
    lines = [line for journal in journals for line in journal.read_bytes().split(b"\n")[:-1]]
    found = sorted((_decoder.decode(line) for line in lines), key=lambda line: line.settled)
    last = {(line.engagement, line.arm): line for line in found}
    return [last[key] for key in sorted(last)]


class _Line(Outcome, frozen=True, kw_only=True):
    settled: str


_decoder = msgspec.json.Decoder(_Line)
