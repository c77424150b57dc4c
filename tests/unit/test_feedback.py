"""Feedback: a review of the very submission before the project's notes, and never what the checks found."""

import datetime

import pytest

from hapi_pytest import feedback, reviews
from hapi_pytest.errors import MissingReviewError
from hapi_pytest.model import Importance, Mark, Verdict
from hapi_pytest.projects import load
from hapi_pytest.reviews import Finding, Review, ReviewMark

DIGEST = "c" * 64


@pytest.fixture
def project(make_project, project_file):
    notes = project_file("feedback.toml") + 'is-short = "Count the words."\n'
    return load(make_project({"feedback.toml": notes}))


def verdict(project) -> Verdict:
    """Every criterion that has a note fails, the last one passes."""
    names = list(project.variant(0).notes)
    return Verdict(
        tuple(
            Mark(criterion=name, importance=Importance.CRITICAL, statement=f"The {name}", passed=name == names[-1])
            for name in names
        )
    )


def reviewed(project, **changes) -> Review:
    first, *_, last = project.variant(0).notes
    marks = {
        last: ReviewMark(finding=Finding.FAIL, note="Third line,\nsecond word."),
        first: ReviewMark(finding=Finding.PASS),
    }
    plain = {
        "reviewer": "Ada", "minutes": 7.5, "recorded": datetime.date(2026, 11, 23), "variant": 0, "handed_in": DIGEST,
        "is_blind": False, "marks": marks,
    }  # fmt: skip
    return Review(**plain | changes)


def on(project, *, is_exact=False):
    return feedback.on(project, project.variant(0), verdict(project), DIGEST, is_exact=is_exact)


def test_without_a_review_the_notes_of_what_failed_are_given(project):
    told, notes = on(project), project.variant(0).notes
    failed = list(notes)[:-1]
    assert all(f"- The {name}: {notes[name]}\n" in told.message for name in failed)
    assert f"Fine as it is:\n- The {list(notes)[-1]}\n" in told.message
    assert (told.minutes, told.applied, told.kept, told.review) == (project.feedback.minutes, len(failed), 1, "")


def test_a_review_of_this_submission_is_given_word_for_word(project):
    first, *_, last = project.variant(0).notes
    reviews.save(project.folder, reviewed(project), project.settings.canary)
    told = on(project)
    # The checks say the opposite of both.
    assert f"Not met:\n- The {last}: Third line,\nsecond word.\n\nFine as it is:\n- The {first}\n" in told.message
    assert (told.minutes, told.applied, told.kept, told.gives_away) == (7.5, 1, 0, False)
    assert told.review == reviewed(project).file_name


def test_the_oldest_of_several_is_given(project):
    younger = reviewed(project, reviewer="Bo", recorded=datetime.date(2026, 11, 24), minutes=1)
    for each in (younger, reviewed(project)):
        reviews.save(project.folder, each, project.settings.canary)
    assert on(project).minutes == 7.5


@pytest.mark.parametrize("changes", [{"variant": 1}, {"handed_in": "d" * 64}], ids=["variant", "submission"])
def test_a_review_of_something_else_is_not(project, changes):
    reviews.save(project.folder, reviewed(project, **changes), project.settings.canary)
    assert on(project).review == ""


def test_a_note_that_gives_a_value_away_is_told(project):
    name = next(iter(project.variant(0).notes))
    marks = {name: ReviewMark(finding=Finding.FAIL, note="It is 4711.", gives_away=("total",))}
    reviews.save(project.folder, reviewed(project, marks=marks), project.settings.canary)
    assert on(project).gives_away


def test_where_only_a_review_will_do_its_lack_is_an_error(project):
    with pytest.raises(MissingReviewError, match=r"nobody has reviewed .* \(cccccccccccc…\)\n  fix: +hapi review"):
        on(project, is_exact=True)
    reviews.save(project.folder, reviewed(project), project.settings.canary)
    assert on(project, is_exact=True).review
