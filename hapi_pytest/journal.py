"""The run folder: what happened when, kept out of the recordings and out of git."""

import datetime
import os
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from hapi_pytest.model import Outcome
from hapi_pytest.recordings import Slot

RUNS = ".hapi/runs"


def new_run_id() -> str:
    """Return an id for a run that starts now; ids sort by time."""
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S}-{os.getpid()}"


class Run:
    """One run's folder, shared by all its workers; made when the first engagement settles."""

    def __init__(self, root: Path, run_id: str, worker: str = "main") -> None:
        self.id = run_id
        self.folder = root / RUNS / run_id
        self._journal = self.folder / f"journal-{worker}.jsonl"

    def settle(self, outcome: Outcome, *, is_paid: bool) -> None:
        """Append an outcome to this worker's journal; what cost money is on the disk before this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        line = msgspec.json.encode({"settled": now, **msgspec.to_builtins(outcome)}) + b"\n"
        with self._journal.open("ab") as file:
            file.write(line)
            if is_paid:
                file.flush()
                os.fsync(file.fileno())

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
