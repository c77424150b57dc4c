"""Performing one attempt: live and recorded, or replayed."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from hapi_pytest import tools
from hapi_pytest.baton import BATON
from hapi_pytest.cassettes import HttpLog, played, recorded
from hapi_pytest.digests import canonical_digest
from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import MissingRecordingError, UnscoredError
from hapi_pytest.harness import Harness
from hapi_pytest.model import Usage
from hapi_pytest.playback import FullPlayback, Playback, stale
from hapi_pytest.projects import Project, Variant
from hapi_pytest.recordings import STAND_IN, Identity, Slot
from hapi_pytest.sandbox import Environment, temporary_folder
from hapi_pytest.task import Live, Source, Task, run
from hapi_pytest.transcripts import Header, Message, StoredFile, Transcript, header_difference
from hapi_pytest.workspace import INPUTS, Taken, Workspace

SERVICE = "service"


class Submission(msgspec.Struct, kw_only=True):
    """What an attempt ended with."""

    taken: Taken
    """What was handed in, and what of it was refused."""
    messages: list[Message]
    """The conversation at its end, from which other arms are forked."""
    slot: Slot | None = None
    """Where it is recorded; None for agents that ask no model."""
    transcript: Transcript | None = None
    digest: str = ""
    """The transcript's digest."""
    drift: tuple[str, ...] = ()
    kept: str = ""
    """Where it lies with the run when it is recorded nowhere."""
    rung: str = ""
    """The sandbox that ran something."""

    @property
    def usage(self) -> Usage:
        """Tokens of the attempt."""
        return self.transcript.usage if self.transcript else Usage()


class Attempts:
    """The attempts on one project variant."""

    def __init__(self, harness: Harness, project: Project, variant: Variant) -> None:
        self._harness = harness
        self._project = project
        self._variant = variant
        self.asked = 0
        """Requests that went to the model's service, those of attempts that came to nothing too."""

    def perform(self, slot: Slot, message: str, parent: Submission | None, *, is_renewed: bool = False) -> Submission:
        """Make the attempt of a slot: from its recording, or live when it is to be recorded.

        While recording, one that `is_renewed` is missing too where its recording answers another message.

        Raises MissingRecordingError, StaleRecordingError, ServiceError or SandboxError.
        """
        harness = self._harness
        before = [*(parent.messages if parent else []), {"role": "user", "content": message}]
        folder = harness.identity.folder
        has_recording = harness.recordings.has(slot)
        if has_recording and harness.record and is_renewed:
            has_recording = harness.recordings.read(slot)[0].opening == before[-1]
        if harness.record == "all":
            has_recording = has_recording and harness.run.has_recorded(slot, folder)
        if has_recording:
            return self._replay(slot, before, parent)
        if not harness.record:
            raise MissingRecordingError(missing_text(harness.identity, slot, harness.recordings.transcript_file(slot)))
        with stops_when_full():
            submission = self._live(slot, before, parent)
            harness.run.mark_recorded(slot, folder)
        return submission

    def _replay(self, slot: Slot, before: Sequence[Message], parent: Submission | None) -> Submission:
        recordings = self._harness.recordings
        transcript, digest = recordings.read(slot)
        if difference := header_difference(transcript.header, self._header(slot, parent)):
            raise stale(str(slot), difference)
        rung = ""
        if self._harness.replay == "full":
            rung = self._harness.sandbox().rung
            messages, drift = self._full(slot, transcript, before, parent)
        else:
            messages, drift = self._played_through(Playback(transcript, before[:-1], str(slot)), transcript, before), ()
        return Submission(
            taken=recordings.handed_in(slot, transcript),
            messages=messages,
            slot=slot,
            transcript=transcript,
            digest=digest,
            drift=drift,
            rung=rung,
        )

    def _full(
        self, slot: Slot, transcript: Transcript, before: Sequence[Message], parent: Submission | None
    ) -> tuple[list[Message], tuple[str, ...]]:
        """Drive litellm over the cassette and run the tools again; drift is an error for the stand-in's recordings."""
        harness = self._harness
        with temporary_folder() as folder, played(harness.recordings.http_file(slot)) as log:
            workspace = self._workspace(folder, parent)
            toolbox = tools.Toolbox(workspace, harness.sandbox(), harness.limits)
            model = harness.played_model(transcript.header.reply_tokens)
            playback = FullPlayback(transcript, before[:-1], str(slot), model.complete, toolbox)
            messages = self._played_through(playback, transcript, before)
            if log.left_over:
                raise stale(str(slot), f"{log.left_over} recorded answers are left over in the cassette")
            drift = [*playback.drift, *_file_drift(str(slot), transcript, workspace.deliverable())]
        if drift and transcript.origin == STAND_IN:
            raise stale(str(slot), "\n".join(drift))
        return messages, tuple(drift)

    def _played_through(self, source: Playback, transcript: Transcript, before: Sequence[Message]) -> list[Message]:
        header = transcript.header
        task = self._task(source, before, header.programs, header.packages)
        assert self._harness.agent  # agents without a model are never recorded
        ended = run(self._harness.agent, task)
        source.finish(task.messages)
        if ended != transcript.ended:
            raise stale(transcript.header.recording, f"the attempt ended {transcript.ended!r} then, {ended!r} now")
        return task.messages

    def _live(self, slot: Slot, before: Sequence[Message], parent: Submission | None) -> Submission:
        harness = self._harness
        assert harness.agent  # agents without a model are never recorded
        header = self._header(slot, parent)
        sandbox = harness.sandbox()
        with temporary_folder() as folder, recorded() as log:
            workspace = self._workspace(folder, parent)
            toolbox = tools.Toolbox(workspace, sandbox, harness.limits)
            line = harness.line(slot)
            cost = harness.price.cost_usd if harness.price else None
            live = Live(line.complete, toolbox, harness.limits, before[:-1], cost=cost, command=harness.live.command)
            task = self._task(live, before, header.programs, header.packages)
            try:
                with BATON.carried():
                    ended = run(harness.agent, task)
            finally:
                self.asked += line.asked
            transcript = self._transcript(slot, header, live, task, ended, workspace, log)
            digest = harness.recordings.write(slot, transcript, log.encode())
        harness.run.journal.attempt(
            recording=harness.recording(slot),
            ended=ended,
            turns=len(live.turns),
            usage=live.usage,
            asked=line.asked,
            seconds=round(live.seconds, 3),
            waited_seconds=round(live.waited_seconds, 3),
            cost_usd=live.cost_usd,
        )
        return Submission(
            taken=harness.recordings.handed_in(slot, transcript),
            messages=task.messages,
            slot=slot,
            transcript=transcript,
            digest=digest,
            rung=sandbox.rung,
        )

    def _task(
        self, source: Source, before: Sequence[Message], programs: Sequence[str], packages: Sequence[str]
    ) -> Task:
        return Task(
            source,
            before,
            attachments=tuple(self._variant.attachments),
            deliverables=tuple(self._project.settings.deliverables),
            programs=programs,
            packages=packages,
        )

    def _header(self, slot: Slot, parent: Submission | None) -> Header:
        identity = self._harness.identity
        offered = self._harness.offered() if self._harness.record else Environment(programs=(), packages=())
        return Header(
            recording=str(slot),
            model=identity.model,
            agent=identity.agent,
            arguments=identity.arguments,
            base_url=identity.base_url,
            attachments=self._variant.digests,
            tools=tools.digests(),
            limits=self._harness.limits,
            programs=offered.programs,
            packages=offered.packages,
            reply_tokens=(self._harness.record and self._harness.reply_tokens) or 0,
            parent=parent.digest if parent else "",
        )

    def _workspace(self, root: Path, parent: Submission | None) -> Workspace:
        """Lay out a fresh workspace, or the one that the parent attempt left."""
        workspace = Workspace(root)
        workspace.lay_out(self._variant.attachments)
        if parent and parent.transcript and parent.slot:
            if parent.transcript.workspace is None:
                raise UnscoredError(f"{parent.slot}: its workspace was too large to store, so it cannot be forked")
            for name in parent.transcript.removed:
                workspace.path(f"{INPUTS}/{name}").unlink()
            paths = self._harness.recordings.stored(parent.slot, parent.transcript.workspace)
            for name, stored in parent.transcript.workspace.items():
                workspace.write(name, paths[name].read_bytes(), stored.is_executable)
        return workspace

    def _transcript(
        self, slot: Slot, header: Header, live: Live, task: Task, ended: str, workspace: Workspace, log: HttpLog
    ) -> Transcript:
        tail_kept, tail = live.tail(task.messages)
        handed_in, everything = workspace.deliverable(), workspace.everything()
        attachments = {f"{INPUTS}/{name}": content for name, content in self._variant.attachments.items()}
        made = {
            name: path
            for name, path in everything.files.items()
            if name not in attachments or path.read_bytes() != attachments[name]
        }
        return Transcript(
            header=header,
            origin=STAND_IN if log.is_stand_in else SERVICE,
            turns=live.turns,
            tail=tail,
            tail_kept=tail_kept,
            outputs=live.hidden_outputs(task.messages),
            own_calls=live.own_calls,
            ended=ended,
            deliverable=self._stored(slot, handed_in.files),
            refused=handed_in.refused,
            workspace=None if everything.is_cut else self._stored(slot, made),
            removed=[name.removeprefix(f"{INPUTS}/") for name in attachments if name not in everything.files],
        )

    def _stored(self, slot: Slot, files: dict[str, Path]) -> dict[str, StoredFile]:
        store = self._harness.recordings.store
        return {
            name: store(slot, name, path.read_bytes(), bool(path.stat().st_mode & 0o100))
            for name, path in sorted(files.items())
        }


def _file_drift(place: str, transcript: Transcript, now: Taken) -> list[str]:
    digests = {name: canonical_digest(name, path.read_bytes()) for name, path in now.files.items()}
    then = {name: stored.digest for name, stored in transcript.deliverable.items()}
    changed = sorted(name for name in {*digests, *then} if digests.get(name) != then.get(name))
    return [f"{place}: {name} comes out differently now" for name in changed]


def record_command(identity: Identity) -> str:
    """Return the line that records what is missing of an identity."""
    parts = ["pytest", "--model", identity.model]
    if identity.agent != "default":
        parts += ["--agent", identity.agent]
    for key, value in identity.arguments.items():
        parts += ["--model-arg", f"{key}={value if isinstance(value, str) else msgspec.json.encode(value).decode()}"]
    if identity.base_url:
        parts += ["--base-url", identity.base_url]
    return " ".join([*parts, "--record", "missing"])


def missing_text(identity: Identity, slot: Slot | None, place: Path) -> str:
    """Say what is not recorded, where it was looked for, and the line that records it."""
    what = f"{slot} is not" if slot else "nothing is"
    shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    cost = "it calls the model and costs money; set the provider's key in the environment"
    if identity.is_stand_in:
        cost = "the stand-in answers on this machine, for nothing"
    return (
        f"{what} recorded for the model {identity.model!r}: {shown} does not exist, and replay asks no model\n"
        f"  fix:     {record_command(identity)}\n"
        f"           ({cost})"
    )
