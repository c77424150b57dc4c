"""What a reviewer works at: the queue, their drafts, and the project behind each submission."""

import functools
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hapi_pytest.errors import CommandLineError, DeliverableError
from hapi_pytest.lint.gold import Gold
from hapi_pytest.projects import Variant
from hapi_pytest.report.preview import Preview, Room, content_of, preview
from hapi_pytest.results import Results
from hapi_pytest.review.changes import Changes, changes
from hapi_pytest.review.drafts import Change, Draft, Drafts
from hapi_pytest.review.queue import Submission, waiting
from hapi_pytest.runs import about
from hapi_pytest.workspace import Caps, Taken

ROOM = Room(
    file_bytes=Caps().file_bytes,
    rows=500,
    columns=40,
    cell=500,
    sheets=8,
    characters=60_000,
    image_bytes=4 << 20,
    page_bytes=150_000,
    pixels=16_000_000,
)
"""A reviewer looks more closely than the report's readers, and at one file at a time."""
MOST_FILES = 100
ATTACHMENTS, DELIVERABLE = "attachments", "deliverable"
LONGEST_NAME = 80


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is shown."""

    preview: Preview
    changes: Changes | None
    """What is otherwise than in the submission before, where there is one to compare with."""


class Desk:
    """One reviewer at one run."""

    def __init__(self, results: Results, run: Path, reviewer: str, *, is_blind: bool) -> None:
        """Raises CommandLineError for a name that cannot be one, and HapiError for a broken project or draft."""
        if not reviewer.strip() or not reviewer.isprintable() or len(reviewer) > LONGEST_NAME:
            raise CommandLineError(
                f"--reviewer {reviewer!r} is no name\n  allowed: printable text of up to {LONGEST_NAME} characters"
            )
        self.run, self.reviewer, self.is_blind = run.resolve().name, reviewer, is_blind
        self.queue = waiting(results, run)
        self._root = Path(about(run).root)
        self._drafts = Drafts(run, reviewer)
        for submission in self.queue.submissions:
            self._drafts.read(submission)
        self._golds: dict[tuple[str, int], Gold] = {}
        self._shown = functools.lru_cache(maxsize=24)(self._show)  # a page and its frame ask for the same

    def draft(self, submission: Submission) -> Draft:
        """Return what was entered so far."""
        return self._drafts.read(submission)

    def opened(self, submission: Submission) -> Draft:
        """Return what was entered so far to a reviewer who is shown the submission now."""
        return self._drafts.read(submission) if self.is_blind else self._drafts.unblinded(submission)

    def save(self, submission: Submission, change: Change) -> Draft:
        """Save what stands on a page; raises ConflictError where something else was saved meanwhile."""
        return self._drafts.save(submission, change)

    def finish(self, submission: Submission, draft: Draft) -> str:
        """Write the review beside its project, and return where, from the suite's root on."""
        notes = {name: entry.note for name, entry in draft.entries.items() if entry.note}
        gives_away = {name: tuple(self.gives_away(submission, note)) for name, note in notes.items()}
        path = self._drafts.finish(submission, draft, gives_away)
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.name

    def gives_away(self, submission: Submission, text: str) -> list[str]:
        """Return the gold facts that a note gives away: their names, never a value."""
        return sorted({leak.partition(": ")[0] for leak in self._gold(submission).leaks(text)})

    def variant(self, submission: Submission) -> Variant:
        """Return the project as the agent had it."""
        return submission.project.variant(submission.variant)

    def is_outdated(self, submission: Submission) -> bool:
        """Whether the agent had other attachments than the project has now."""
        return submission.attachments is not None and submission.attachments != self.variant(submission).digests

    def names(self, submission: Submission, kind: str) -> list[str]:
        """Return the names of a submission's files or of its attachments."""
        every = self.variant(submission).attachments if kind == ATTACHMENTS else submission.taken.files
        return list(every)[:MOST_FILES]

    def gone(self, submission: Submission) -> list[str]:
        """Return what the submission before had and this one has not; a blind reviewer knows of none before."""
        before = self._before(submission)
        return sorted(before.files.keys() - submission.taken.files.keys()) if before else []

    def shown(self, number: int, kind: str, file: int) -> Shown:
        """Return a file by its numbers; raises LookupError where there is none."""
        submission = self.queue.submissions[number]
        return self._shown(number, kind, self.names(submission, kind)[file])

    def _show(self, number: int, kind: str, name: str) -> Shown:
        submission = self.queue.submissions[number]
        if kind == ATTACHMENTS:
            content = self.variant(submission).attachments[name]
            return Shown(preview=preview(name, content, ROOM), changes=None)
        try:
            content = content_of(name, submission.taken.files[name], ROOM)
        except DeliverableError as error:
            return Shown(preview=Preview(name=name, note=str(error).removeprefix(f"{name}: ")), changes=None)
        before = self._before(submission)
        return Shown(
            preview=preview(name, content, ROOM),
            changes=changes(name, _earlier(before.files, name), content) if before else None,
        )

    def _before(self, submission: Submission) -> Taken | None:
        """Return the submission before; that there is one would tell a blind reviewer the arm."""
        return None if self.is_blind else submission.before

    def _gold(self, submission: Submission) -> Gold:
        key = (submission.project.id, submission.variant)
        if key not in self._golds:
            variant = self.variant(submission)
            # What the agent is told anyway gives nothing away.
            told = [variant.brief, *(criterion.statement for criterion in submission.criteria.values())]
            self._golds[key] = Gold(variant, told)
        return self._golds[key]


def _earlier(files: Mapping[str, Path], name: str) -> bytes | None:
    try:
        return content_of(name, files[name], ROOM) if name in files else None
    except DeliverableError:
        return None
