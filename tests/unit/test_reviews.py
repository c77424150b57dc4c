"""Reviews: what is written is what is read, and what cannot be is told."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapi_pytest import reviews
from hapi_pytest.errors import ProjectError
from hapi_pytest.reviews import Finding, Review, ReviewMark

CANARY = "hapi-pytest canary 0"
DIGEST = "a1" * 32


def review(**changes) -> Review:
    marks = {
        "totals-tie": ReviewMark(finding=Finding.FAIL, note='Look at "May".\nTwice.', gives_away=("total",)),
        "no-rows-lost": ReviewMark(finding=Finding.PASS),
        "dates-hold": ReviewMark(finding=Finding.UNCLEAR, note="Which year?"),
    }
    plain = {
        "reviewer": "Ada L.", "minutes": 12.5, "recorded": datetime.date(2026, 11, 23), "variant": 0,
        "handed_in": DIGEST, "is_blind": True, "marks": marks,
    }  # fmt: skip
    return Review(**plain | changes)


def test_what_is_saved_is_what_is_loaded(tmp_path):
    path = reviews.save(tmp_path, review(), CANARY)
    assert path == tmp_path / "reviews" / "v0-a1a1a1a1a1a1-ada-l.toml"
    assert path.read_text().splitlines()[0] == f"# {CANARY}"
    assert reviews.load(tmp_path) == [review()] and review().gives_away


@settings(deadline=None)  # it writes files
@given(note=st.text(st.characters(exclude_categories=["Cs"])), name=st.text(st.characters(exclude_categories=["Cs"])))
def test_every_note_comes_back_word_for_word(tmp_path_factory, note, name):
    folder = tmp_path_factory.mktemp("project")
    saved = review(reviewer=name, marks={"a": ReviewMark(finding=Finding.FAIL, note=note)})
    reviews.save(folder, saved, CANARY)
    assert reviews.load(folder) == [saved]


def test_a_submission_finds_its_own_reviews_oldest_first(tmp_path):
    later = review(reviewer="Bo", recorded=datetime.date(2026, 12, 1))
    for one in (later, review(), review(variant=1), review(handed_in="b" * 64)):
        reviews.save(tmp_path, one, CANARY)
    assert reviews.of_submission(reviews.load(tmp_path), 0, DIGEST) == [review(), later]


def test_a_project_without_reviews_has_none(tmp_path):
    assert reviews.load(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes = 12.5", "minutes = 0", "key:     minutes"),
        ('finding = "pass"', 'finding = "fine"', "key:     marks"),
        (DIGEST, "gone", "key:     handed_in"),
        ("is_blind = true", "is_open = true", "key:     is_open"),
        ("is_blind = true", "is_blind = ", "is not valid TOML"),
    ],
)
def test_a_malformed_review_is_told(tmp_path, old, new, told):
    path = reviews.save(tmp_path, review(), CANARY)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ProjectError, match=path.name) as raised:
        reviews.load(tmp_path)
    assert told in str(raised.value) and "fix:" in str(raised.value)
