"""A disk that gets full in a live run: nothing is left half-written, and with more room the run goes on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hapi_pytest.engagement import Result
from hapi_pytest.errors import StoppedError
from hapi_pytest.live.engine import Engine, Job
from hapi_pytest.live.ledger import Ledger
from hapi_pytest.live.pool import Threads
from hapi_pytest.live.run import LiveRun
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.runs import Run
from hapi_pytest.transcripts import decode
from tests.live.conftest import QUICK, Live, Orders
from tests.live.table import row_of, says
from tests.plugin.conftest import BARE, CONFTEST, OTHER_PLUGINS, surroundings

ORDERS = 3
SCRIPT = 'cp -a "$1"/. "$2" && cd "$2" || exit 99; out=$3; shift 3; "$@"; code=$?; cp -a . "$out"; exit $code'
SMALL = {"in its preparations": 150, "in its first attempt": 220, "in its middle": 330}
"""Kilobytes of the disk, most of it taken by the suite and the ledger."""


FULL_AT_THE_END = """
from hapi_pytest.errors import StoppedError
from hapi_pytest.live.ledger import Ledger


def full(ledger):
    raise StoppedError("the disk is full")


Ledger.spending = full
"""


class Small:
    """A suite on a disk of its own, which is lost with the process; what lay on it is copied out."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.suite = Orders(folder / "suite", ORDERS)
        self._disk, self._out = folder / "disk", folder / "out"
        self._disk.mkdir()
        self._out.mkdir()
        self._box = ["bwrap", "--dev-bind", "/", "/", "--size", str(kilobytes << 10), "--tmpfs", str(self._disk)]
        if shutil.which("bwrap") is None:
            pytest.skip("no bwrap (apt-get install bubblewrap) to make a small disk with")
        tried = subprocess.run([*self._box, "true"], capture_output=True, text=True)
        if tried.returncode:
            pytest.skip(f"bwrap makes no small disk here: {tried.stderr.strip()}")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pytest on the small disk."""
        places = map(str, (self.suite.root, self._disk, self._out))
        python = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *OTHER_PLUGINS, *arguments]
        return subprocess.run(
            [*self._box, "sh", "-c", SCRIPT, "sh", *places, *python],
            env=surroundings(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def enlarged(self) -> Orders:
        """Return the suite as it was left, in its place, with room."""
        self.suite.root = Path(shutil.copytree(self._out, self._disk, dirs_exist_ok=True))
        return self.suite


def goes_on(small: Small, live: Live, done: subprocess.CompletedProcess[str]) -> Live:
    """Check what was left, and go on with more room."""
    text = done.stdout + done.stderr
    assert says(text, row_of("test_a_full_disk_stops_the_run").says), text
    assert text.count("  fix:  ") == 1, text
    assert "INTERNALERROR" not in text and "Traceback" not in text, text
    suite = live.suite = small.enlarged()
    left = {path for path in suite.root.rglob("*") if ".hapi" not in path.parts and path.is_file()}
    for path in left:
        assert not path.name.startswith(".writing-")
        if path.name == "v0-alone.json":
            decode(path.read_bytes(), str(path))
            assert path.with_name("v0-alone.http.json") in left
    live.service.faults = ()
    again = live.resumed(*BARE)
    assert again.done.returncode == 1 and "partial:" not in again.text, again.text
    assert len(again.outcomes) == ORDERS and {o.reason for o in again.outcomes.values()} == {""}
    replayed = suite.run(*BARE, "--arm", "alone", "--replay", "full")
    assert "errors" not in replayed.stdout.splitlines()[-1]
    return again


def test_counts_that_find_no_room_hold_nobody_up(tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise StoppedError("the disk is full")

    monkeypatch.setattr(Ledger, "post", full)
    outcome = Outcome(
        model="m", agent="a", project="c/p", variant=0, sample=1, arm=Arm.ALONE, status=Status.COMPLETED, price_usd=1
    )
    engine = Engine(Threads(1), LiveRun(Run(tmp_path, "run")))
    engine.start([Job(key="p", arms=(Arm.ALONE,), result=lambda arm: Result(outcome=outcome))])
    found = Threads(1).submit(engine.result, "p", Arm.ALONE).result(timeout=10)
    assert found and found.outcome == outcome


def test_a_summary_that_finds_no_room_is_still_written(live) -> None:
    found = live(1)
    (found.suite.root / "conftest.py").write_text(CONFTEST + FULL_AT_THE_END)
    found.run(*BARE, "--arm", "alone")
    assert found.done.returncode == 1 and "= scoreboard =" in found.text and "Traceback" not in found.text, found.text


@pytest.mark.parametrize("when", SMALL)
def test_a_full_disk_stops_the_run(live, tmp_path, when) -> None:
    small = Small(tmp_path, SMALL[when])
    found = live(0, suite=small.suite)
    url = f"{found.service.url}/v1"
    done = small.run(*BARE, "--arm", "alone", "--record", "missing", *QUICK, "--base-url", url, "--concurrency", "1")
    assert done.returncode == (4 if when == "in its preparations" else 2)
    assert when == "in its preparations" or "to go on: pytest --resume" in done.stdout
    before = found.service.counts
    assert before.requests < 5 * ORDERS
    again = goes_on(small, found, done)
    assert again.counts.requests - before.requests == sum(outcome.asked for outcome in again.outcomes.values())


def test_what_is_too_large_for_the_disk_is_not_half_written(live, tmp_path) -> None:
    small = Small(tmp_path, 6_000)
    found = live(0, ["huge@turn:4&about:order-01."], suite=small.suite)
    url = f"{found.service.url}/v1"
    done = small.run(*BARE, "--arm", "alone", "--record", "missing", *QUICK, "--base-url", url, "--concurrency", "1")
    assert done.returncode == 2
    again = goes_on(small, found, done)
    assert len(again.tries("order-00")) == 5  # made before, and not again
