"""Where an engagement's submissions lie: among the recordings, or with the run."""

from pathlib import Path

import msgspec

from hapi_pytest.errors import CommandLineError, HapiError, StaleRecordingError
from hapi_pytest.model import Outcome
from hapi_pytest.projects import load
from hapi_pytest.prompts import brief_message
from hapi_pytest.recordings import located
from hapi_pytest.runs import KEPT, About, about, kept
from hapi_pytest.transcripts import Transcript
from hapi_pytest.workspace import Taken

NOWHERE = "the results came without their run, so that there is no conversation and no hand-in to show"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One submission: its transcript where it is recorded, and what was handed in."""

    taken: Taken
    transcript: Transcript | None = None


class Sources:
    """Finds submissions."""

    def __init__(self, run: Path | None) -> None:
        self._run = run
        self._told: About | None = None
        self._trouble = NOWHERE
        if run:
            try:
                self._told = about(run)
            except CommandLineError as error:
                self._trouble = str(error)

    def count(self, outcome: Outcome) -> int:
        """Return how many submissions an outcome names."""
        return max(len(outcome.recordings), len(outcome.kept))

    def find(self, outcome: Outcome, number: int) -> Source:
        """Return one of an outcome's submissions; raises HapiError when it is not there as it was."""
        if self._told is None or self._run is None:
            raise StaleRecordingError(self._trouble)
        if number < len(outcome.recordings):
            return self._recorded(self._told, outcome, number)
        home = (self._run / KEPT).resolve()
        folder = (home / outcome.kept[number]).resolve()
        try:
            if not folder.is_relative_to(home):
                raise StaleRecordingError(f"{outcome.kept[number]}: lies outside the run")
            return Source(taken=kept(folder))
        except (OSError, msgspec.DecodeError):
            raise StaleRecordingError(f"{outcome.kept[number]}: is not with the run any more") from None

    def brief(self, outcome: Outcome) -> str:
        """Return the client's post as the project has it now; empty where it cannot be told."""
        if self._told is None:
            return ""
        try:
            project = load(Path(self._told.root) / self._told.projects / outcome.project)
            return brief_message(project, project.variant(outcome.variant))
        except (HapiError, OSError):
            return ""

    def _recorded(self, told: About, outcome: Outcome, number: int) -> Source:
        name = outcome.recordings[number]
        recordings, slot = located(Path(told.root) / told.cassettes, name)
        if slot is None or slot.project != outcome.project or not recordings.has(slot):
            raise StaleRecordingError(f"{name}: the recording is gone")
        transcript, digest = recordings.read(slot)
        if outcome.transcripts[number : number + 1] != (digest,):
            raise StaleRecordingError(f"{name}: the recording has changed since the run, so it is not shown")
        return Source(taken=recordings.handed_in(slot, transcript), transcript=transcript)
