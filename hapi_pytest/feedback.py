"""The feedback that an agent gets on a submission: a review of this very one, otherwise the project's own notes."""

from collections.abc import Sequence

import msgspec

from hapi_pytest.errors import MissingReviewError
from hapi_pytest.model import Mark, Verdict
from hapi_pytest.projects import Project, Variant
from hapi_pytest.prompts import review_message
from hapi_pytest.reviews import Finding, Review, load, of_submission


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What one submission is sent back with, and what became of it."""

    message: str
    minutes: float
    """What it took its reviewer."""
    applied: int = 0
    """Notes that the agent is given."""
    kept: int = 0
    """Notes of the project whose criteria have passed."""
    review: str = ""
    """The review's file; empty for the project's notes."""
    gives_away: bool = False
    """Whether a note holds a gold value."""


def on(project: Project, variant: Variant, verdict: Verdict, handed_in: str, *, is_exact: bool) -> Feedback:
    """Return the feedback on an incomplete submission, by the digest of what was handed in.

    Raises MissingReviewError when only a review of this very submission will do and there is none, and ProjectError
    for a malformed one.
    """
    if found := of_submission(load(project.folder), variant.number, handed_in):
        return _of_review(found[0], verdict.marks)
    if is_exact:
        raise MissingReviewError(
            f"{project.id}, variant {variant.number}: nobody has reviewed what was handed in ({handed_in[:12]}…)\n"
            "  fix:     hapi review latest, then run again; or leave --reviews exact out"
        )
    notes = [
        (mark.statement, variant.notes[mark.criterion]) for mark in verdict.failed if mark.criterion in variant.notes
    ]
    return Feedback(
        message=review_message(wrong=notes, fine=[(mark.statement, "") for mark in verdict.marks if mark.passed]),
        minutes=project.feedback.minutes,
        applied=len(notes),
        kept=len(variant.notes) - len(notes),
    )


def _of_review(review: Review, marks: Sequence[Mark]) -> Feedback:
    """Return a review in the rubric's order, word for word; what the checks found plays no part in it."""
    said = {
        finding: [
            (mark.statement, review.marks[mark.criterion].note)
            for mark in marks
            if mark.criterion in review.marks and review.marks[mark.criterion].finding is finding
        ]
        for finding in Finding
    }
    wrong, fine, unclear = (said[finding] for finding in (Finding.FAIL, Finding.PASS, Finding.UNCLEAR))
    return Feedback(
        message=review_message(wrong=wrong, fine=fine, unclear=unclear),
        minutes=review.minutes,
        applied=sum(bool(mark.note) for mark in review.marks.values()),
        review=review.file_name,
        gives_away=review.gives_away,
    )
