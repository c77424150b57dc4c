"""Where recordings lie, and how they are read and swapped in whole."""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from msgspec.structs import replace

from hapi_pytest.digests import canonical_digest, raw_digest
from hapi_pytest.errors import StaleRecordingError, UnscoredError
from hapi_pytest.model import Arm
from hapi_pytest.secrets import environment_secrets, found_secret
from hapi_pytest.transcripts import StoredFile, Transcript, decode, stored_names
from hapi_pytest.workspace import Taken

STAND_IN = "stand-in"
DEFAULT, REFERENCE, IDLE = "default", "reference", "idle"
ADVERSARIES = (IDLE, "empty", "blank", "echo", "spam", "braces", "report", "paster", "saboteur", "thief")
UNRECORDED = (REFERENCE, *ADVERSARIES)
"""Agents that ask no model, so that there is nothing to record."""
FILES = "files"
HTTP = ".http.json"
_NAME = re.compile(r"v(\d+)(?:-s(\d+))?-(alone|retry|reviewed)(?:-(\d+))?")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who worked: recordings of different identities never mix."""

    model: str
    agent: str = DEFAULT
    arguments: Mapping[str, Any] = {}
    base_url: str = ""

    @property
    def is_stand_in(self) -> bool:
        """Whether the model's name is the stand-in's or one of its personas'."""
        return self.model == STAND_IN or self.model.startswith(f"{STAND_IN}-")

    @property
    def folder(self) -> str:
        """The folder's name: the model's, and a digest when anything else is not the default."""
        name = re.sub(r"[/:]", "--", self.model)
        rest = {key: value for key, value in self.settings.items() if key != "model" and value}
        if not rest:
            return name
        return f"{name}@{raw_digest(msgspec.json.encode(rest, order='deterministic'))[:10]}"

    @property
    def settings(self) -> dict[str, Any]:
        """Everything that tells identities apart; the default agent is left out."""
        plain: dict[str, Any] = msgspec.to_builtins(self, order="deterministic")
        if self.agent == DEFAULT:
            plain["agent"] = ""
        return plain

    def toml(self) -> str:
        """Spell the identity out for the people who read the folder."""
        plain = {"model": self.model, "agent": self.agent, "base_url": self.base_url}
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items() if value]
        for key, value in self.arguments.items():
            is_plain = isinstance(value, str | int | float | bool)
            text = json.dumps(value if is_plain else json.dumps(value), ensure_ascii=False)
            lines.append(f"arguments.{key} = {text}")
        return "\n".join(lines) + "\n"


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt's place among the recordings of a project."""

    project: str
    variant: int = 0
    sample: int = 1
    arm: Arm = Arm.ALONE
    round: int = 1

    @property
    def name(self) -> str:
        """The file name without suffix, for example `v0-reviewed`."""
        sample = f"-s{self.sample}" if self.sample > 1 else ""
        return f"v{self.variant}{sample}-{self.arm}" + (f"-{self.round}" if self.round > 1 else "")

    def __str__(self) -> str:
        sample = f", sample {self.sample}" if self.sample > 1 else ""
        return f"{self.project}, variant {self.variant}{sample}, arm {self.arm}, round {self.round}"


def parsed(project: str, name: str) -> Slot | None:
    """Return the slot that a recording's file name stands for, if it is one."""
    match = _NAME.fullmatch(name)
    if not match:
        return None
    variant, sample, arm, round_number = match.groups()
    slot = Slot(
        project=project, variant=int(variant), sample=int(sample or 1), arm=Arm(arm), round=int(round_number or 1)
    )
    return slot if slot.name == name else None


class Recordings:
    """The recordings of one identity."""

    def __init__(self, root: Path, identity: Identity) -> None:
        self.folder = root / identity.folder
        self.identity = identity

    def transcript_file(self, slot: Slot) -> Path:
        """Where a slot's transcript lies."""
        return self.folder / slot.project / f"{slot.name}.json"

    def http_file(self, slot: Slot) -> Path:
        """Where a slot's cassette lies."""
        return self.folder / slot.project / (slot.name + HTTP)

    def has(self, slot: Slot) -> bool:
        """Tell whether a slot is recorded."""
        return self.transcript_file(slot).exists()

    def read(self, slot: Slot) -> tuple[Transcript, str]:
        """Read a slot's transcript; returns it with the digest of its file."""
        file = self.transcript_file(slot)
        content = file.read_bytes()
        return decode(content, str(file)), raw_digest(content)

    def stored(self, slot: Slot, files: Mapping[str, StoredFile]) -> dict[str, Path]:
        """Return where stored files lie; raises StaleRecordingError when one is missing."""
        folder = self.folder / slot.project / FILES
        paths = {name: folder / stored.file for name, stored in files.items()}
        for name, path in paths.items():
            if not path.is_file() or path.parent != folder:
                raise StaleRecordingError(f"{slot}: the recording's file {name!r} is missing: {path}")
        return paths

    def handed_in(self, slot: Slot, transcript: Transcript) -> Taken:
        """Return what an attempt handed in; raises StaleRecordingError when a file of it is missing."""
        return Taken(files=self.stored(slot, transcript.deliverable), refused=dict(transcript.refused))

    def store(self, slot: Slot, name: str, content: bytes, is_executable: bool = False) -> StoredFile:
        """Store a file by content and return its entry; raises UnscoredError when it holds a key."""
        if found := found_secret(content, environment_secrets()):
            raise UnscoredError(f"{slot}: the agent's file {name!r} holds a secret key ({found}); it is not recorded")
        suffix = PurePosixPath(name).suffix.lower()
        stored = raw_digest(content)[:24] + (suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else "")
        target = self.folder / slot.project / FILES / stored
        if not target.exists():
            write_whole(target, content)
        return StoredFile(file=stored, digest=canonical_digest(name, content), is_executable=is_executable)

    def write(self, slot: Slot, transcript: Transcript, http: bytes) -> str:
        """Swap in a slot's cassette and transcript, counting how often it was made; returns the transcript's digest."""
        transcript.made = self._times_made(slot, transcript)
        content = transcript.encode()
        for what, part in (("transcript", content), ("cassette", http)):
            if found := found_secret(part, environment_secrets()):
                raise UnscoredError(f"{slot}: the {what} would hold a secret key ({found}); it is not recorded")
        self._write_identity()
        if http:
            write_whole(self.http_file(slot), http)
        write_whole(self.transcript_file(slot), content)
        return raw_digest(content)

    def _times_made(self, slot: Slot, transcript: Transcript) -> int:
        """Count how often a slot was recorded; what comes out the same again is the same recording."""
        if not self.has(slot):
            return 1
        try:
            before, _ = self.read(slot)
        except StaleRecordingError:  # nobody could use it, so nobody chose
            return 1
        if before.opening != transcript.opening:  # it answered something else
            return 1
        is_same = replace(transcript, made=before.made).encode() == before.encode()
        return before.made + (not is_same)

    def tidy(self, projects: Iterable[str]) -> None:
        """Remove stored files that no transcript of these projects names any more."""
        for project in projects:
            named = self.named_files(project)
            for file in (self.folder / project / FILES).glob("*"):
                if file not in named:
                    file.unlink()

    def named_files(self, project: str) -> set[Path]:
        """Return the stored files that a project's transcripts name; raises StaleRecordingError for a broken one."""
        folder = self.folder / project / FILES
        files = (self.transcript_file(slot) for slot in self.slots(project))
        return {folder / name for file in files for name in stored_names(file.read_bytes(), str(file))}

    def slots(self, project: str) -> list[Slot]:
        """Return what is recorded of a project, sorted by name."""
        names = (file.name.removesuffix(".json") for file in sorted((self.folder / project).glob("v*.json")))
        return [slot for name in names if (slot := parsed(project, name))]

    def _write_identity(self) -> None:
        if "@" in self.folder.name and not (self.folder / "agent.toml").exists():
            write_whole(self.folder / "agent.toml", self.identity.toml().encode())


def located(root: Path, name: str) -> tuple[Recordings, Slot | None]:
    """Return where a recording lies by the name that outcomes have for it; no slot for a name that is none."""
    identity, _, rest = name.partition("/")
    project, _, file = rest.rpartition("/")
    return Recordings(root, Identity(model=identity)), parsed(project, file)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file aside and rename it into place, so that it is never seen half-written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o644)
        os.replace(aside, target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
