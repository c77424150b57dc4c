"""Faults of live runs that no single fault of the stand-in shows."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from hapi_pytest.stand_in import StandIn
from tests.live.conftest import Live, order
from tests.live.table import row_of, says
from tests.plugin.conftest import BARE, TWO_WORKERS

ALONE = ("--arm", "alone")


@pytest.fixture(params=[BARE, TWO_WORKERS], ids=["bare", "n2"])
def mode(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return request.param


def test_engagements_are_worked_on_side_by_side_but_for_skipped_ones(live) -> None:
    found = live(4, ["slow=2@turn:1"])
    skipped = found.suite.root / "projects/writing/order-03/test_order_03.py"
    text = skipped.read_text().replace("def test_", "@pytest.mark.skip\ndef test_")
    skipped.write_text(text.replace("from hapi_pytest", "import pytest\nfrom hapi_pytest", 1))
    found.run(*BARE, *ALONE)
    assert sorted(found.attempts) == [order(0), order(1), order(2)]
    assert not found.tries(order(3))
    assert found.counts.last_seconds - found.counts.first_seconds < 3 * 2


def test_a_service_that_comes_back(live) -> None:
    found, calm = live(2), live(2)
    calm.run(*BARE, *ALONE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = threading.Thread(target=found.run, args=(*BARE, *ALONE, "--tries", "8"), kwargs={"port": port})
    run.start()
    while "refused connection" not in _journal(found.suite.root):
        assert run.is_alive()
        time.sleep(0.05)
    with StandIn(found.suite.root / "projects", port=port) as service:
        run.join()
        assert service.counts.repeated == 0
    assert found.suite.verdicts() == calm.suite.verdicts()
    assert found.suite.files() == calm.suite.files()
    assert {attempt.ended for attempt in found.attempts.values()} == {"submitted"}
    assert all(attempt.asked > attempt.turns for attempt in found.attempts.values())


def _journal(root: Path) -> str:
    return "".join(path.read_text() for path in (root / ".hapi/runs").glob("*/journal-*.jsonl"))


def test_a_later_arm_fails_alone(bare_suite, live, mode) -> None:
    found = live(0, ["500@turn:7&about:small inn"], suite=bare_suite)
    found.run(*mode)
    outcomes = bare_suite.outcomes()
    failed = {test for test, outcome in outcomes.items() if outcome["status"] == "unscored"}
    assert failed == {f"guest-list stand-in v0 {arm}" for arm in ("retry", "reviewed")}
    for test in failed:
        assert says(outcomes[test]["reason"], row_of("test_a_later_arm_fails_alone").says)
    assert found.done.returncode == 6
    names = {name.rpartition("/")[2] for name in bare_suite.files("cassettes/stand-in/admin-support")}
    assert {name for name in names if name.startswith("v0")} == {"v0-alone.json", "v0-alone.http.json"}


def test_waiting_is_not_the_attempts_time(live) -> None:
    found = live(2, ["429=6@turn:3&first:1"])
    found.run(*BARE, *ALONE, "--limit", "seconds=5")
    for project in (order(0), order(1)):
        attempt = found.attempts[project]
        assert attempt.ended == "submitted"
        assert attempt.seconds < 5 < 6 <= attempt.waited_seconds
        assert found.outcomes[project].seconds > 6


def test_without_a_sandbox_nothing_is_asked(live, mode) -> None:
    found = live(2)
    found.run(*mode, *ALONE, "--sandbox", "bwrap", environment={"PATH": "/nowhere"})
    assert {outcome.status for outcome in found.outcomes.values()} == {"unscored"}
    words = row_of("test_without_a_sandbox_nothing_is_asked").says
    assert all(says(outcome.reason, words) for outcome in found.outcomes.values())
    assert "fix:      sudo apt-get install bubblewrap" in found.text
    assert (found.done.returncode, found.counts.requests) == (6, 0)


def regraded(found: Live, run: str) -> str:
    """Grade a run again, and return how many of its verdicts are the same."""
    done = found.suite.hapi("regrade", run)
    assert done.returncode == 0, done.stderr
    return done.stdout.removeprefix(f"{run}: ").partition(" verdicts")[0]


CUTS = {"an outcome": "outcome", "an attempt": "attempt"}


@pytest.mark.parametrize("what", CUTS)
def test_a_cut_journal_is_no_loss(live, what) -> None:
    found = live(3)
    found.run(*BARE, *ALONE, "--concurrency", "1")
    (file,) = (found.suite.root / ".hapi/runs").glob("*/journal-main.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if json.loads(line)["kind"] == CUTS[what])
    kept = b"".join(lines[:last]) + lines[last][: len(lines[last]) // 2]
    file.write_bytes(kept)
    assert regraded(found, file.parent.name) == "2 of 2"
    again = found.resumed(*BARE)
    assert again.done.returncode == 1 and "partial:" not in again.text, again.text
    assert again.counts == found.counts  # nobody asked it anything
    assert {p: o.final for p, o in again.outcomes.items()} == {p: o.final for p, o in found.outcomes.items()}
    assert file.read_bytes() == kept
    assert regraded(found, file.parent.name) == "3 of 3"
