"""The run's folder."""

import datetime
import json

import msgspec
import pytest

from hapi_pytest.journal import Run, new_run_id
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.recordings import Slot

SLOT = Slot(project="writing/shop-notice", variant=1, sample=2, arm=Arm.REVIEWED)


def outcome(project: str = "writing/a", **rest) -> Outcome:
    return Outcome(
        model="m", agent="default", project=project, variant=0, sample=1, arm=Arm.ALONE, status=Status.COMPLETED,
        price_usd=60, **rest,
    )  # fmt: skip


def test_an_id_tells_the_time_and_sorts_by_it():
    run_id = new_run_id()
    started = datetime.datetime.strptime(run_id.split("-")[0], "%Y%m%dT%H%M%S").replace(tzinfo=datetime.UTC)
    assert abs(datetime.datetime.now(datetime.UTC) - started) < datetime.timedelta(minutes=5)
    assert run_id.split("-")[1].isdecimal()


def test_nothing_is_written_before_something_settles(tmp_path):
    Run(tmp_path, "r1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_paid", [True, False])
def test_outcomes_are_appended_line_by_line(tmp_path, is_paid):
    run = Run(tmp_path, "r1")
    settled = [outcome(final={"x": True}), outcome("writing/b", reason="zwei\nZeilen")]
    for one in settled:
        run.settle(one, is_paid=is_paid)
    lines = (tmp_path / ".hapi/runs/r1/journal-main.jsonl").read_text().splitlines()
    assert [msgspec.json.decode(line, type=Outcome) for line in lines] == settled
    assert datetime.datetime.fromisoformat(json.loads(lines[0])["settled"]).tzinfo


def test_every_worker_has_a_journal_of_its_own(tmp_path):
    for worker in ("main", "gw0", "gw1"):
        Run(tmp_path, "r1", worker).settle(outcome(), is_paid=False)
    assert sorted(file.name for file in (tmp_path / ".hapi/runs/r1").iterdir()) == [
        "journal-gw0.jsonl", "journal-gw1.jsonl", "journal-main.jsonl",
    ]  # fmt: skip


def test_a_run_goes_on_in_its_journal(tmp_path):
    for _ in range(2):
        Run(tmp_path, "r1").settle(outcome(), is_paid=False)
    assert len((tmp_path / ".hapi/runs/r1/journal-main.jsonl").read_text().splitlines()) == 2


def test_one_engagement_has_one_lock_for_all_workers(tmp_path):
    one, other = Run(tmp_path, "r1", "gw0").lock(SLOT), Run(tmp_path, "r1", "gw1").lock(SLOT)
    assert one.lock_file == other.lock_file and one.lock_file.endswith("writing--shop-notice-v1-s2.lock")
    with one, pytest.raises(TimeoutError):
        other.acquire(timeout=0)
    with other:
        pass


def test_engagements_do_not_wait_for_each_other(tmp_path):
    run = Run(tmp_path, "r1")
    files = {
        run.lock(slot).lock_file
        for slot in (SLOT, Slot(project=SLOT.project), Slot(project="writing/shop", variant=1, sample=2))
    }
    assert len(files) == 3


def test_what_a_run_recorded_is_remembered_by_slot_and_identity(tmp_path):
    run = Run(tmp_path, "r1")
    with run.lock(SLOT):
        run.mark_recorded(SLOT, "gpt-5")
    again = Run(tmp_path, "r1", "gw3")
    assert again.has_recorded(SLOT, "gpt-5") and not again.has_recorded(SLOT, "gpt-5@0123456789")
    assert not again.has_recorded(msgspec.structs.replace(SLOT, arm=Arm.RETRY), "gpt-5")
    assert not Run(tmp_path, "r2").has_recorded(SLOT, "gpt-5")
