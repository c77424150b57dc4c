"""The folder of a run: what it says about itself, its journals, and what it keeps of the work."""

import datetime
import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec

from hapi_pytest.digests import raw_digest
from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import CommandLineError
from hapi_pytest.journal import RUNS, SCHEMA, Journal
from hapi_pytest.recordings import Slot, write_whole
from hapi_pytest.workspace import Taken

KEPT = "files"
ABOUT = "run.json"
LEDGER = "ledger.sqlite"
"""Of runs that may call models."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a run says about itself: enough to grade it again, to go on with it, and to merge it with others."""

    schema: int = SCHEMA
    root: str
    projects: str
    cassettes: str
    suite: str = ""
    """The suite's version."""
    sandbox: str
    options: dict[str, Any]
    """The options and the selection that decide what is measured, as they were given."""
    arguments: tuple[str, ...]
    """The command line."""


def new_run_id() -> str:
    """Return an id for a run that starts now; ids sort by time."""
    return f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S}-{os.getpid()}"


class _Order(msgspec.Struct, frozen=True):
    root: str
    run_id: str
    about: About | None


class Run:
    """One run's folder, shared by all its processes; made when there is something to keep."""

    def __init__(self, root: Path, run_id: str, worker: str = "main", about: About | None = None) -> None:
        self.id = run_id
        self.worker = worker
        self.folder = root / RUNS / run_id
        self._root = root
        self._about = about
        self._journal = Journal(self.folder, worker)

    def order(self) -> str:
        """Return what a worker needs to know of its run."""
        return msgspec.json.encode({"root": str(self._root), "run_id": self.id, "about": self._about}).decode()

    @classmethod
    def ordered(cls, order: str, worker: str) -> "Run":
        """Return a worker's part of a run."""
        known = msgspec.json.decode(order, type=_Order)
        return cls(Path(known.root), known.run_id, worker, known.about)

    @property
    def journal(self) -> Journal:
        """This process's journal, in a folder that says what run it is."""
        self.begin()
        return self._journal

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def begin(self) -> None:
        """Write what the run says about itself, once."""
        if self._about and not (self.folder / ABOUT).exists():
            with stops_when_full():
                write_whole(self.folder / ABOUT, msgspec.json.encode(self._about) + b"\n")

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


def about(folder: Path) -> About:
    """Return what a run says about itself; raises CommandLineError when it cannot be read."""
    try:
        found = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    except (OSError, msgspec.DecodeError) as error:
        raise CommandLineError(
            f"{folder / ABOUT}: {error}\n  fix:     name a run's folder, as pytest left it"
        ) from None
    if found.schema != SCHEMA:
        raise CommandLineError(
            f"{folder / ABOUT}: schema {found.schema} is another version's\n  allowed: {SCHEMA}\n"
            "  fix:     use the version of hapi-pytest that made the run"
        )
    return found


def run_folder(name: str, runs: Path, holding: str = ABOUT) -> Path:
    """Return the folder of a run by its path, its name, or `latest`, the newest with a file of that name.

    Raises CommandLineError when there is none.
    """
    if name == "latest":
        found = sorted(path.parent for path in runs.glob(f"*/{holding}"))
        if not found:
            raise CommandLineError(
                f"{runs}: there is no run yet\n  fix:     run pytest here first, or name a run's folder"
            )
        return found[-1]
    for folder in (Path(name), runs / name):
        if folder.is_dir():
            return folder
    raise CommandLineError(f"{name}: there is no such run\n  allowed: a folder of {RUNS}, its name, or latest")


def folder_behind(name: str) -> Path | None:
    """Return the folder of a run by any of its names, its results' file too; None for results that lie elsewhere.

    Raises CommandLineError when there is no run of that name.
    """
    path = Path(name)
    folder = path.parent if path.is_file() else run_folder(name, Path(RUNS))
    return folder if (folder / ABOUT).is_file() else None
