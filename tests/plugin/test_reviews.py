"""Recorded reviews in a run: what an expert wrote of this very submission is what the agent gets."""

import datetime
import json
import re
from pathlib import Path

import pytest

from hapi_pytest import reviews
from hapi_pytest.projects import load
from hapi_pytest.reviews import Finding, Review, ReviewMark
from tests.plugin.conftest import BARE, Suite

PROJECT = "projects/admin-support/guest-list"
NOTE = "Read the second line aloud,\nthen count the words again."


@pytest.fixture
def reviewed(suite: Suite) -> Suite:
    """The suite with a review of what the stand-in hands in alone, whose feedback is not recorded yet."""
    suite.run(*BARE, "--arm", "alone")
    outcome = suite.outcomes()["guest-list stand-in v0 alone"]
    assert outcome["status"] == "incomplete"
    failed = [name for name, passed in outcome["final"].items() if not passed]
    project = load(suite.root / PROJECT)
    review = Review(
        reviewer="Ada", minutes=6.5, recorded=datetime.date(2026, 11, 23), variant=0, handed_in=outcome["handed_in"],
        is_blind=True, marks={failed[0]: ReviewMark(finding=Finding.FAIL, note=NOTE)},
    )  # fmt: skip
    reviews.save(project.folder, review, project.settings.canary)
    return suite


def recording(suite: Suite) -> Path:
    [file] = suite.root.glob("cassettes/stand-in/admin-support/guest-list/v0-reviewed.json")
    return file


def test_the_agent_gets_the_very_notes(reviewed, run_args):
    """Also where an answer to other feedback is recorded: it is no answer to this."""
    done = reviewed.run(*run_args, "--arm", "reviewed", "--record", "missing", "-k", "guest_list")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    [message] = json.loads(recording(reviewed).read_bytes())["turns"][0]["messages"]
    assert f": {NOTE}\n" in message["content"] and "4711" not in message["content"]
    outcome = reviewed.outcomes()["guest-list stand-in v0 reviewed"]
    assert (outcome["feedback_minutes"], outcome["notes_applied"]) == (6.5, 1)
    assert outcome["reviews"] == ["v0-" + outcome["reviews"][0][3:15] + "-ada.toml"]
    assert re.search(r"exact reviews +1/1 100 %", done.stdout)
    assert json.loads(recording(reviewed).read_bytes()).get("made", 1) == 1
    again = reviewed.run(*run_args, "--arm", "reviewed", "-k", "guest_list")
    assert again.returncode == done.returncode, again.stdout


def test_feedback_that_was_recorded_before_the_review_is_stale(reviewed):
    done = reviewed.run(*BARE, "--arm", "reviewed", "-k", "guest_list")
    assert "differs:\n" in done.stdout and f": {NOTE.splitlines()[0]}" in done.stdout
    assert reviewed.outcomes()["guest-list stand-in v0 reviewed"]["status"] == "unscored"


def test_where_only_reviews_will_do_a_missing_one_names_the_command(suite, run_args):
    done = suite.run(*run_args, "--arm", "reviewed", "--reviews", "exact", "-k", "guest_list")
    assert done.returncode not in (0, 1)
    assert "nobody has reviewed what was handed in" in done.stdout and "hapi review latest" in done.stdout


def test_a_malformed_review_ends_the_collection_with_its_place(reviewed):
    [file] = (reviewed.root / PROJECT / "reviews").iterdir()
    file.write_text(file.read_text().replace("minutes = 6.5", "minutes = -1"))
    done = reviewed.run(*BARE)
    assert done.returncode == 2
    assert f"{file.name}: the review took no time" in done.stdout and "key:     minutes" in done.stdout
    assert "Traceback" not in done.stdout


def test_results_hold_the_reviews(reviewed):
    recording(reviewed).unlink()
    reviewed.run(*BARE, "--arm", "reviewed", "--record", "missing", "--results", "r.json", "-k", "guest_list")
    results = json.loads((reviewed.root / "r.json").read_bytes())
    [told] = results["reviews"]["admin-support/guest-list"]
    assert told["reviewer"] == "Ada" and next(iter(told["marks"].values()))["note"] == NOTE
