"""Results: what is written is what is read, and what nothing shows is refused."""

import datetime
import json
import shutil
from pathlib import Path

import msgspec
import pytest

import hapi_pytest
from hapi_pytest.errors import CommandLineError
from hapi_pytest.model import Arm, Importance, Outcome, Status
from hapi_pytest.results import CriterionFacts, ProjectFacts, Results, _facts, found, schema, unaudited, write
from hapi_pytest.reviews import Review

ROOT = Path(__file__).parents[2]


def outcome(**changes):
    plain = {
        "model": "m", "agent": "default", "project": "writing/p", "variant": 0, "sample": 1, "arm": Arm.ALONE,
        "status": Status.COMPLETED, "price_usd": 35.0, "final": {"a": True}, "recordings": ("m/writing/p/v0-alone",),
        "transcripts": ("aa",), "handed_in": "bb",
    }  # fmt: skip
    return Outcome(**plain | changes)


def results(*outcomes, **changes):
    facts = ProjectFacts(
        title="T", price_usd=35, digest="d", rubric="r",
        criteria={"a": CriterionFacts("A holds", Importance.CRITICAL)},
    )  # fmt: skip
    plain = {
        "suite": "1", "run": "20261123T000000-1", "at": "2026-11-23T00:00:00+00:00", "collected": len(outcomes),
        "is_cut": False, "options": {"--model": ["m"]}, "projects": {o.project: facts for o in outcomes},
        "outcomes": outcomes,
    }  # fmt: skip
    return Results(**plain | changes)


def test_what_is_written_is_what_is_read(tmp_path):
    whole = results(outcome(), outcome(arm=Arm.RETRY, reasons={"a": 'an é and a " and a \n line'}))
    write(whole, tmp_path / "r.json")
    assert found(str(tmp_path / "r.json")) == whole
    assert json.loads((tmp_path / "r.json").read_bytes())["outcomes"][1]["arm"] == "retry"


def test_results_without_outcomes_are_results(tmp_path):
    write(results(), tmp_path / "r.json")
    assert found(str(tmp_path / "r.json")) == results()


def test_the_shipped_schema_is_the_one_of_the_code():
    shipped = json.loads((Path(hapi_pytest.__file__).parent / "results.schema.json").read_bytes())
    assert shipped == json.loads(json.dumps(schema()))


@pytest.mark.parametrize(
    "changes",
    [{"handed_in": ""}, {"transcripts": ()}],
    ids=["no hand-in", "no transcript"],
)
def test_completed_without_anything_that_shows_it_is_refused(tmp_path, changes):
    write(results(outcome(), outcome(variant=3, **changes)), tmp_path / "r.json")
    with pytest.raises(CommandLineError, match=r"r\.json: is not valid: writing/p, variant 3, m, alone is completed"):
        found(str(tmp_path / "r.json"))


def test_what_agents_without_a_model_complete_lies_with_the_run():
    assert list(unaudited([outcome(agent="reference", transcripts=(), recordings=())])) == []
    assert list(unaudited([outcome(status=Status.INCOMPLETE, handed_in="", transcripts=())])) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "truncated"),
        ('{"schema": 1}', "missing required field"),
        (msgspec.json.encode(results(schema=7)).decode(), "schema 7 is another version's"),
    ],
)
def test_what_is_no_file_of_results_is_told(tmp_path, content, told):
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(CommandLineError, match=rf"r\.json: .*{told}[\s\S]*fix: "):
        found(str(tmp_path / "r.json"))


def test_the_shipped_baseline_is_of_the_shipped_suite():
    """A verdict on a shipped recording may change only with the suite's version: CI replays these very recordings."""
    baseline = found(str(ROOT / "cassettes/stand-in/results.json"))
    assert baseline.models == ["stand-in"] and not baseline.is_cut
    assert len(baseline.outcomes) == baseline.collected == 144
    assert f'hapi_suite_version = "{baseline.suite}"' in (ROOT / "pyproject.toml").read_text()


def test_the_marks_of_a_submission_are_found_by_its_digest():
    alone = outcome(handed_in="1" * 64, final={"a": False})
    reviewed = outcome(
        arm=Arm.REVIEWED, handed_in="2" * 64, alone={"a": False}, final={"a": True},
        recordings=("alone", "reviewed"), transcripts=("x", "y"),
    )  # fmt: skip
    both = {("writing/p", 0, "1" * 64): {"a": False}, ("writing/p", 0, "2" * 64): {"a": True}}
    assert results(alone, reviewed).marks == both
    review = Review(
        reviewer="Ada", minutes=1, recorded=datetime.date(2026, 11, 23), variant=0, handed_in="1" * 64,
        is_blind=False, marks={},
    )  # fmt: skip
    given = msgspec.structs.replace(reviewed, reviews=(review.file_name,))
    assert results(given).marks == {("writing/p", 0, "2" * 64): {"a": True}}
    assert results(given, reviews={"writing/p": (review,)}).marks == both


def test_reviews_change_no_project_and_attachments_do_wherever_they_lie(tmp_path):
    folder = tmp_path / "writing/shop-notice"
    shutil.copytree(ROOT / "tests/plugin/suite/projects/writing/shop-notice", folder)

    def digest() -> str:
        return _facts(folder).digest

    before = digest()
    (folder / "reviews").mkdir()
    (folder / "reviews/v0-a-ada.toml").write_text("a review")
    assert digest() == before
    (folder / "inputs/reviews").mkdir(parents=True)
    (folder / "inputs/reviews/old.txt").write_text("an attachment")
    assert digest() != before
