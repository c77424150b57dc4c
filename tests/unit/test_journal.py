"""The run's folder."""

import datetime
import json
import subprocess
import sys
from contextlib import closing

import msgspec
import pytest

from hapi_pytest.errors import CommandLineError
from hapi_pytest.journal import SCHEMA, durations, settled
from hapi_pytest.model import Arm, Outcome, Status, Usage
from hapi_pytest.recordings import Slot
from hapi_pytest.runs import Run, new_run_id

SLOT = Slot(project="writing/shop-notice", variant=1, sample=2, arm=Arm.REVIEWED)


def outcome(project: str = "writing/a", status: Status = Status.COMPLETED, **rest) -> Outcome:
    return Outcome(
        model="m", agent="default", project=project, variant=0, sample=1, arm=Arm.ALONE, status=status,
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
    these = [outcome(final={"x": True}), outcome("writing/b", reason="zwei\nZeilen")]
    for one in these:
        run.journal.settle(one, is_paid=is_paid)
    lines = (tmp_path / ".hapi/runs/r1/journal-main.jsonl").read_text().splitlines()
    run.close()
    assert [msgspec.json.decode(line, type=Outcome) for line in lines] == these
    assert {json.loads(line)["kind"] for line in lines} == {"outcome"}
    assert {json.loads(line)["schema"] for line in lines} == {SCHEMA}
    assert datetime.datetime.fromisoformat(json.loads(lines[0])["at"]).tzinfo


def test_every_worker_has_a_journal_of_its_own(tmp_path):
    for worker in ("main", "gw0", "gw1"):
        with closing(Run(tmp_path, "r1", worker)) as run:
            run.journal.settle(outcome(), is_paid=False)
    assert sorted(file.name for file in (tmp_path / ".hapi/runs/r1").iterdir()) == [
        "journal-gw0.jsonl", "journal-gw1.jsonl", "journal-main.jsonl",
    ]  # fmt: skip


def test_a_process_that_goes_on_never_writes_behind_the_line_that_was_cut(tmp_path):
    folder = tmp_path / ".hapi/runs/r1"
    for project in ("writing/a", "writing/b"):
        with closing(Run(tmp_path, "r1")) as run:
            run.journal.settle(outcome(project), is_paid=True)
        first = folder / "journal-main.jsonl"
        first.write_bytes(first.read_bytes() + b'{"kind":"outcome","mod')
    assert sorted(file.name for file in folder.iterdir()) == ["journal-main-2.jsonl", "journal-main.jsonl"]
    assert [one.project for one in settled(folder)] == ["writing/a", "writing/b"]


def test_a_scored_outcome_stays_whatever_comes_after_it(tmp_path):
    with closing(Run(tmp_path, "r1")) as run:
        for status in (Status.UNSCORED, Status.COMPLETED, Status.INCOMPLETE, Status.UNSCORED):
            run.journal.settle(outcome(status=status), is_paid=False)
    assert [one.status for one in settled(tmp_path / ".hapi/runs/r1")] == [Status.COMPLETED]


def test_a_disk_without_room_leaves_no_half_line_and_says_what_to_do(tmp_path):
    script = """
import resource, signal, sys
from pathlib import Path
from hapi_pytest.errors import StoppedError
from hapi_pytest.model import Arm, Outcome, Status, Usage
from hapi_pytest.runs import Run
import errno, hapi_pytest.disk
hapi_pytest.disk._FULL = (*hapi_pytest.disk._FULL, errno.EFBIG)  # a limit of files stands for the disk
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
one = Outcome(model="m", agent="a", project="writing/a", variant=0, sample=1, arm=Arm.ALONE,
              status=Status.COMPLETED, price_usd=1, reason="x" * 1000)
run = Run(Path(sys.argv[1]), "r1")
run.journal.settle(one, is_paid=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    run.journal.settle(one, is_paid=True)
except StoppedError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "no space is left on the disk" in done.stdout
    assert "--resume" in done.stdout
    journal = (tmp_path / ".hapi/runs/r1/journal-main.jsonl").read_bytes()
    assert journal.count(b"\n") == 1
    assert journal.endswith(b"\n")


def test_a_journal_of_another_version_is_refused_and_named(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "journal-main.jsonl").write_text('{"settled": "then", "model": "m"}\n')
    with pytest.raises(CommandLineError, match=r"journal-main\.jsonl, line 1: .*\n  fix: "):
        settled(folder)


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


def test_durations_are_those_of_the_newest_run_that_tells(tmp_path):
    told = {"r1": {"a": [10, 5], "b": [7]}, "r2": {"a": [2]}, "r3": {}}
    for run_id, projects in told.items():
        with closing(Run(tmp_path, run_id)) as run:
            run.journal.settle(outcome(), is_paid=False)
            for project, each in projects.items():
                for seconds in each:
                    run.journal.attempt(
                        recording=f"gpt-5/writing/{project}/v0-alone", ended="submitted", turns=1, usage=Usage(),
                        asked=1, seconds=seconds, waited_seconds=0,
                    )  # fmt: skip
    assert durations(tmp_path / ".hapi/runs") == {"writing/a": 2, "writing/b": 7}
    assert durations(tmp_path / "nowhere") == {}
