"""Reviews in the making: what an expert has entered so far, kept with the run and never silently overwritten."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec.structs import replace

from hapi_pytest import reviews
from hapi_pytest.errors import CommandLineError, HapiError
from hapi_pytest.recordings import write_whole
from hapi_pytest.review.queue import Submission
from hapi_pytest.reviews import FOLDER, Finding, Review, ReviewMark

LONGEST_NOTE = 4_000
"""Characters."""
MOST_SECONDS = 360_000
LEAST_MINUTES = 0.1


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was entered for one criterion."""

    finding: Finding | None = None
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] = ""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that stands on a page, sent to be saved."""

    tab: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    """A page's name for itself, another whenever it is opened."""
    sequence: Annotated[int, msgspec.Meta(ge=1)]
    """How often this page has saved; what overtook on the way is then known."""
    revision: Annotated[int, msgspec.Meta(ge=0)]
    """The state that it is based on."""
    seconds: Annotated[float, msgspec.Meta(ge=0, le=MOST_SECONDS)]
    entries: dict[str, Entry]


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One review in the making."""

    reviewer: str
    revision: int = 0
    seconds: float = 0
    entries: Mapping[str, Entry] = {}
    tab: str = ""
    """The page that saved last, with its sequence."""
    sequence: int = 0
    finished: int | None = None
    """The revision that was made a review last."""
    is_blind: bool = True
    """Whether its reviewer has never been shown model, arm or the checks' marks."""

    @property
    def minutes(self) -> float:
        """Time that it took."""
        return max(LEAST_MINUTES, round(self.seconds / 60, 1))

    def lacking(self, submission: Submission) -> list[str]:
        """Return the criteria that need a finding yet: those that block completion, and those with a note."""
        named = {name for name, entry in self.entries.items() if entry.note} | {*submission.blocking}
        return [name for name in submission.criteria if name in named and not self.finding(name)]

    def finding(self, criterion: str) -> Finding | None:
        """Return what was found of a criterion."""
        return self.entries.get(criterion, Entry()).finding


class ConflictError(HapiError):
    """What a page was based on is not the state any more."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("This review was changed in another tab or window.")
        self.draft = draft
        """The state as it is."""


class Drafts:
    """One reviewer's drafts in one run."""

    def __init__(self, run: Path, reviewer: str) -> None:
        from filelock import FileLock

        self._folder = run / FOLDER
        self._reviewer = reviewer
        self._folder.mkdir(parents=True, exist_ok=True)
        # Whoever opens two servers has two processes that write.
        self._lock = FileLock(self._folder / ".lock", thread_local=False)

    def path(self, submission: Submission) -> Path:
        """Return where a draft lies."""
        return self._folder / submission.project.id / f"{self._name(submission).removesuffix('.toml')}.json"

    def read(self, submission: Submission) -> Draft:
        """Return a draft, or the finished review that there may be; raises HapiError for one that cannot be read."""
        path = self.path(submission)
        try:
            draft = msgspec.json.decode(path.read_bytes(), type=Draft)
        except FileNotFoundError:
            return self._recorded(submission)
        except (OSError, msgspec.DecodeError) as error:
            raise CommandLineError(
                f"{path}: {error}\n  fix:     restore the file, or remove it and begin anew"
            ) from None
        self._refuse_namesake(path, draft.reviewer)
        return draft

    def unblinded(self, submission: Submission) -> Draft:
        """Return a draft whose reviewer is now shown who worked, and remember that."""
        with self._lock:
            draft = self.read(submission)
            return self._write(submission, replace(draft, is_blind=False)) if draft.is_blind else draft

    def save(self, submission: Submission, change: Change) -> Draft:
        """Take over what stands on a page; raises ConflictError where something else was saved meanwhile.

        A page's own saves may arrive in another order than they were sent, so that the later one counts. Time never
        runs backwards, whichever page tells it.
        """
        entries = {name: entry for name, entry in change.entries.items() if entry != Entry()}
        with self._lock:
            draft = self.read(submission)
            is_own = draft.tab == change.tab
            if is_own and change.sequence <= draft.sequence:
                return draft
            is_same = entries == draft.entries
            if not is_same and not is_own and change.revision != draft.revision:
                raise ConflictError(draft)
            seconds = max(draft.seconds, change.seconds)
            if is_same and seconds == draft.seconds:
                return draft
            return self._write(
                submission,
                replace(
                    draft,
                    revision=draft.revision + (not is_same),
                    seconds=seconds,
                    entries=entries,
                    tab=draft.tab if is_same else change.tab,
                    sequence=draft.sequence if is_same and not is_own else change.sequence,
                ),
            )

    def finish(self, submission: Submission, draft: Draft, gives_away: Mapping[str, tuple[str, ...]]) -> Path:
        """Write the review beside its project, and return where; raises OSError."""
        review = self.review(submission, draft, gives_away)
        with self._lock:
            path = reviews.save(submission.project.folder, review, submission.project.settings.canary)
            self._write(submission, replace(self.read(submission), finished=draft.revision))
        return path

    @staticmethod
    def review(submission: Submission, draft: Draft, gives_away: Mapping[str, tuple[str, ...]]) -> Review:
        """Return the review that a draft has become."""
        return Review(
            reviewer=draft.reviewer,
            minutes=draft.minutes,
            recorded=datetime.date.today(),
            variant=submission.variant,
            handed_in=submission.handed_in,
            is_blind=draft.is_blind,
            marks={
                name: ReviewMark(finding=finding, note=draft.entries[name].note, gives_away=gives_away.get(name, ()))
                for name in submission.criteria
                if (finding := draft.finding(name))
            },
        )

    def _recorded(self, submission: Submission) -> Draft:
        """Return what was finished earlier and elsewhere, to go on from."""
        every = reviews.of_submission(reviews.load(submission.project.folder), submission.variant, submission.handed_in)
        own = next((review for review in every if review.file_name == self._name(submission)), None)
        if own is None:
            return Draft(reviewer=self._reviewer)
        self._refuse_namesake(submission.project.folder / FOLDER / own.file_name, own.reviewer)
        return Draft(
            reviewer=self._reviewer,
            seconds=60 * own.minutes,
            entries={name: Entry(finding=mark.finding, note=mark.note) for name, mark in own.marks.items()},
            finished=0,
            is_blind=own.is_blind,
        )

    def _name(self, submission: Submission) -> str:
        return reviews.file_name(submission.variant, submission.handed_in, self._reviewer)

    def _refuse_namesake(self, path: Path, reviewer: str) -> None:
        """Raise CommandLineError for a review of somebody whose name makes the same file name."""
        if reviewer != self._reviewer:
            raise CommandLineError(
                f"{path}: is the review of {reviewer!r}\n  fix:     give --reviewer a name that differs in its letters"
            )

    def _write(self, submission: Submission, draft: Draft) -> Draft:
        write_whole(self.path(submission), msgspec.json.format(msgspec.json.encode(draft), indent=1) + b"\n")
        return draft
