"""Recording files that no test can use."""

import pytest

from hapi_pytest.leftovers import leftovers
from hapi_pytest.model import Arm, Limits, Outcome, Status
from hapi_pytest.recordings import Identity, Recordings, Slot
from hapi_pytest.transcripts import Header, Transcript

PROJECT = "writing/shop-notice"


@pytest.fixture
def recordings(tmp_path) -> Recordings:
    made = Recordings(tmp_path, Identity(model="gpt-5"))
    for arm in Arm:
        slot = Slot(project=PROJECT, arm=arm)
        stored = made.store(slot, "a.txt", str(arm).encode())
        header = Header(recording=str(slot), model="m", agent="a", attachments={}, tools={}, limits=Limits())
        whole = Transcript(header=header, origin="service", turns=[], ended="submitted", deliverable={"a.txt": stored})
        made.write(slot, whole, b"{}")
    return made


def outcome(arm: Arm, *used: Arm, status: Status = Status.COMPLETED) -> Outcome:
    return Outcome(
        model="gpt-5", agent="default", project=PROJECT, variant=0, sample=1, arm=arm, status=status, price_usd=1,
        recordings=tuple(f"gpt-5/{PROJECT}/v0-{name}" for name in used),
    )  # fmt: skip


EVERY = [
    outcome(Arm.ALONE, Arm.ALONE),
    outcome(Arm.RETRY, Arm.ALONE, Arm.RETRY),
    outcome(Arm.REVIEWED, Arm.ALONE, Arm.REVIEWED),
]


def names(recordings: Recordings, outcomes, projects=(PROJECT,)) -> list[str]:
    return [
        file.relative_to(recordings.folder / PROJECT).as_posix() for file in leftovers(recordings, projects, outcomes)
    ]


def test_what_was_used_is_not_left_over(recordings):
    assert names(recordings, EVERY) == []


def test_a_fork_that_was_not_needed_is_left_over_with_its_cassette(recordings):
    outcomes = [EVERY[0], outcome(Arm.RETRY, Arm.ALONE), EVERY[2]]
    assert names(recordings, outcomes) == ["v0-retry.http.json", "v0-retry.json"]


@pytest.mark.parametrize("outcomes", [EVERY[:1], [*EVERY[:2], outcome(Arm.REVIEWED, status=Status.UNSCORED)]])
def test_what_no_scored_test_was_about_is_not_left_over(recordings, outcomes):
    assert names(recordings, outcomes) == []


def test_later_rounds_are_left_to_those_who_ask_for_them(recordings):
    recordings.write(Slot(project=PROJECT, arm=Arm.RETRY, round=2), recordings.read(Slot(project=PROJECT))[0], b"{}")
    assert names(recordings, EVERY) == []


@pytest.mark.parametrize("stranger", ["v0-other.json", "notes.json", "v1-alone.http.json", "v0-alone-1.json"])
def test_files_of_no_recording_are_left_over(recordings, stranger):
    (recordings.folder / PROJECT / stranger).write_text("{}")
    assert names(recordings, EVERY) == [stranger]


def test_recordings_of_unknown_projects_are_left_over(recordings):
    assert len(names(recordings, EVERY, projects=["writing/other"])) == 6


def test_a_stored_file_that_nothing_names_is_left_over(recordings):
    stored = recordings.store(Slot(project=PROJECT), "b.txt", b"lost")
    assert names(recordings, EVERY) == [f"files/{stored.file}"]


def test_a_broken_transcript_is_left_to_its_own_test(recordings):
    recordings.transcript_file(Slot(project=PROJECT)).write_text("{")
    assert names(recordings, EVERY) == []
