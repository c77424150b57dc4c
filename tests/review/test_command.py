"""`hapi review` as a process: what it says, how it ends, and what outlives its being killed."""

import http.client
import json
import shutil
import signal
from urllib.parse import urlsplit

import pytest

from hapi_pytest.review import run
from tests.review.conftest import FIRST, Served, change


def post(address: str, what: str, content: dict) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    headers = {"Content-Type": "application/json", "Origin": f"http://{parts.netloc}"}
    connection.request("POST", f"{parts.path}submissions/0/{what}", json.dumps(content), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_what_was_saved_outlives_a_killed_server(made, served):
    process, address = made.started()
    try:
        assert post(address, "save", change(sorted_by_name="Look at line two.")) == 200
    finally:
        process.kill()
        process.communicate()
    assert "Look at line two." in served(made.desk()).get("/submissions/0/").text


def test_ctrl_c_ends_quietly(made):
    process, address = made.started("--blind")
    assert address.startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in out


def test_a_run_without_incomplete_submissions_needs_no_server(made, capsys):
    passed = dict.fromkeys(FIRST, True)
    for journal in made.folder.glob("journal-*.jsonl"):
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        better = {"alone": passed, "final": passed, "status": "completed"}
        changed = [line | better if "alone" in line else line for line in lines]
        journal.write_text("".join(json.dumps(line) + "\n" for line in changed))
    assert run(str(made.folder), "Ada", 0, False) == 0
    assert "nothing to review" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "reviewer", "told"),
    [
        (lambda made: shutil.rmtree(made.folder), "Ada", "there is no such run"),
        (lambda made: (made.folder / "run.json").write_text("{"), "Ada", "run.json: "),
        (lambda made: None, "A\nB", "--reviewer 'A\\nB' is no name"),
        (lambda made: None, "x" * 81, "up to 80 characters"),
        (lambda made: spoiled_review(made), "Ada", "key:     marks"),
        (lambda made: spoiled_draft(made), "Ada", "restore the file, or remove it and begin anew"),
        (lambda made: made.desk("ADA").save(*first_change(made, "ADA")), "Ada", "is the review of 'ADA'"),
        (lambda made: spoiled_name(made), "Ada", "is the review of 'ADA!'"),
    ],
)
def test_what_cannot_be_is_told_with_its_fix(made, capsys, spoil, reviewer, told):
    spoil(made)
    assert run(str(made.folder), reviewer, 0, False) == 2
    error = capsys.readouterr().err
    assert error.startswith("hapi review: ") and told in error


def spoiled_review(made) -> None:
    made.reviews.mkdir()
    (made.reviews / "v0-x.toml").write_text("marks = 1")


def spoiled_draft(made) -> None:
    made.desk().save(*first_change(made))
    [draft] = made.folder.glob("reviews/*/*/*.json")
    draft.write_text(draft.read_text()[:-20])


def spoiled_name(made) -> None:
    desk = made.desk("ADA!")
    submission = desk.queue.submissions[0]
    desk.finish(submission, desk.save(*first_change(made, "ADA!")))
    shutil.rmtree(made.folder / "reviews")


def first_change(made, reviewer: str = "Ada") -> tuple:
    import msgspec

    from hapi_pytest.review.drafts import Change

    return made.desk(reviewer).queue.submissions[0], msgspec.convert(change(sorted_by_name="x"), Change)


def test_results_without_their_run_are_no_run(made, tmp_path, capsys):
    from hapi_pytest import results

    results.write(results.found(str(made.folder)), tmp_path / "apart.json")
    assert run(str(tmp_path / "apart.json"), "Ada", 0, False) == 2
    assert "there is no hand-in to review" in capsys.readouterr().err


def test_a_taken_port_is_told(made, served, capsys):
    app: Served = served(made.desk())
    assert run(str(made.folder), "Ada", app.port, False) == 2
    assert f"hapi review: --port {app.port}: " in capsys.readouterr().err


def test_what_has_changed_since_the_run_is_not_shown(made, served):
    for file in (made.root / "cassettes").rglob("*.csv"):
        file.write_text("another hand-in")
    for is_blind in (False, True):
        text = served(made.desk(is_blind=is_blind)).get().text
        assert "cannot be shown" in text if is_blind else "has changed since the run" in text
        assert "0 of 0 reviews finished" in text
