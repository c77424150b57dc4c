"""The run's ledger, in one process and across real ones."""

import contextlib
import json
import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hapi_pytest.errors import BudgetError, StoppedError
from hapi_pytest.live import ledger as ledger_module
from hapi_pytest.live.ledger import Ledger, Spending

START = """
import sys, time
from pathlib import Path
from hapi_pytest.errors import BudgetError
from hapi_pytest.live.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), float(sys.argv[2]))
def say(text):
    print(text, flush=True)
"""
HOLDS = """
for usd in sys.argv[3:]:
    assert ledger.reserve(float(usd)) is not None
ledger.post("gw1", {"settled": 4, "in_flight": 3, "waiting": 2})
say("ready")
time.sleep(60)
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Ledger]]:
    """Open the same ledger once more; all are closed in the end."""
    with contextlib.ExitStack() as stack:

        def once_more(cap: float | None = 1.0) -> Ledger:
            ledger = Ledger(tmp_path / "run" / "ledger.sqlite", cap)
            stack.callback(ledger.close)
            return ledger

        yield once_more


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a process that has the ledger open; those still there at the end are killed."""
    with contextlib.ExitStack() as stack:

        def start(does: str, *arguments: object, cap: float = 1.0) -> subprocess.Popen[str]:
            line = [
                sys.executable,
                "-c",
                START + does,
                tmp_path / "run" / "ledger.sqlite",
                str(cap),
                *map(str, arguments),
            ]
            child = stack.enter_context(subprocess.Popen(line, stdout=subprocess.PIPE, text=True))
            stack.callback(child.kill)
            return child

        yield start


def soon(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def test_a_reservation_becomes_what_was_billed(opened):
    ledger = opened(1.0)
    reservation = ledger.reserve(0.75)
    nothing = {"overshoot_usd": 0, "lost_usd": 0}
    assert ledger.spending() == Spending(spent_usd=0, reserved_usd=0.75, calls=0, **nothing)
    ledger.settle(reservation, 0.25)
    assert ledger.spending() == Spending(spent_usd=0.25, reserved_usd=0, calls=1, **nothing)


def test_a_call_waits_while_others_in_flight_hold_what_is_left(opened):
    ledger = opened(1.0)
    first = ledger.reserve(0.75)
    assert ledger.reserve(0.5) is None
    ledger.settle(first, 0.25)
    assert ledger.reserve(0.5) not in (None, first)


def test_the_cap_itself_can_be_spent(opened):
    ledger = opened(0.3)
    for _ in range(3):
        ledger.settle(ledger.reserve(0.1), 0.1)  # in floats three tenths are more than 0.3
    assert ledger.spending().spent_usd == 0.3


def test_without_room_for_what_is_spent_the_budget_is_used_up(opened):
    ledger = opened(10)
    ledger.settle(ledger.reserve(9.87), 9.87)
    with pytest.raises(BudgetError) as caught:
        ledger.reserve(0.31)
    told = "the budget is used up: 9.87 $ spent of --max-cost 10.00 $, the next call could cost 0.31 $"
    assert str(caught.value) == f"{told}; give a larger --max-cost"
    assert ledger.reserve(0.13) is not None


def test_small_amounts_are_told_as_such(opened):
    with pytest.raises(
        BudgetError, match=r"0\.00 \$ spent of --max-cost 0\.0020 \$, the next call could cost 0\.0021 \$"
    ):
        opened(0.002).reserve(0.0021)


def test_a_run_without_cap_only_counts(opened):
    ledger = opened(None)
    reservations = [ledger.reserve(1e6) for _ in range(3)]
    for reservation in reservations:
        ledger.settle(reservation, 1e6)
    assert ledger.spending().spent_usd == 3e6


def test_fractions_of_a_billionth_are_rounded_up(opened):
    ledger = opened(1.0)
    ledger.settle(ledger.reserve(1.2e-9), 1.2e-9)
    assert ledger.spending().spent_usd == 2e-9
    assert ledger.reserve(0.999999998) is not None
    assert ledger.reserve(1e-10) is None


def test_a_bill_above_its_reservation_is_kept_as_overshoot(opened):
    ledger = opened(1.0)
    first, second = ledger.reserve(0.5), ledger.reserve(0.5)
    ledger.settle(first, 0.75)
    ledger.settle(second, 0.5)
    spending = ledger.spending()
    assert (spending.spent_usd, spending.overshoot_usd, spending.reserved_usd) == (1.25, 0.25, 0)
    with pytest.raises(BudgetError):
        ledger.reserve(0)


def test_nothing_is_settled_twice(opened):
    ledger = opened(1.0)
    reservation = ledger.reserve(0.5)
    ledger.settle(reservation, 0.5)
    with pytest.raises(ValueError, match="settled before"):
        ledger.settle(reservation, 0.5)
    assert ledger.spending().spent_usd == 0.5 and ledger.reserve(0.5) is not None


def test_a_resumed_run_goes_on_from_what_was_spent(opened):
    first = opened(1.0)
    first.settle(first.reserve(0.75), 0.75)
    first.stop("the budget is used up")
    first.close()
    second = opened(1.5)
    assert second.stopped() == "the budget is used up"
    second.clear_stop()
    assert second.stopped() == "" == opened().stopped()
    second.settle(second.reserve(0.75), 0.5)
    assert second.spending().spent_usd == 1.25


def test_the_first_reason_to_stop_stays(opened):
    ledger = opened()
    ledger.stop("Ctrl-C")
    ledger.stop("the budget is used up")
    assert ledger.stopped() == "Ctrl-C" == opened().stopped()


def test_a_stop_sign_reaches_another_process_within_moments(opened, started):
    ledger = opened()
    child = started('say("ready")\nwhile not ledger.stopped():\n    time.sleep(0.02)\nsay(ledger.stopped())')
    assert child.stdout.readline() == "ready\n" and ledger.stopped() == ""
    ledger.stop("enough")
    asked = time.monotonic()
    assert child.stdout.readline() == "enough\n" and time.monotonic() - asked < 2


def test_no_news_is_believed_for_a_tenth_of_a_second_only(opened):
    asking, stopping = opened(), opened()
    assert asking.stopped() == ""
    stopping.stop("enough")
    time.sleep(0.11)
    assert asking.stopped() == "enough"


def test_counts_of_workers_are_summed_and_replaced(opened):
    one, other = opened(), opened()
    one.post("gw0", {"settled": 1, "in_flight": 2})
    other.post("gw1", {"settled": 10, "waiting": 5})
    one.post("gw0", {"settled": 3, "in_flight": 1})
    assert other.posted() == Counter(settled=13, in_flight=1, waiting=5)
    one.clear_stop()
    assert one.posted() == Counter()


def test_a_killed_process_has_spent_what_it_reserved_and_has_nothing_in_flight(opened, started):
    ledger = opened(1.0)
    ledger.post("gw0", {"settled": 1, "in_flight": 1})
    child = started(HOLDS, 0.25, 0.375)
    assert child.stdout.readline() == "ready\n"
    assert ledger.reserve(0.5) is None and ledger.spending().reserved_usd == 0.625
    assert ledger.posted() == Counter(settled=5, in_flight=4, waiting=2)
    os.kill(child.pid, signal.SIGKILL)  # and nobody waits for it yet: it stays a zombie
    soon(lambda: ledger.spending().lost_usd > 0)
    expected = Spending(spent_usd=0.625, reserved_usd=0, overshoot_usd=0, lost_usd=0.625, calls=2)
    assert ledger.spending() == expected and ledger.posted() == Counter(settled=5, in_flight=1)
    child.wait()
    assert ledger.spending() == expected
    with pytest.raises(BudgetError, match=r"0\.62 \$ spent"):
        ledger.reserve(0.5)
    assert ledger.reserve(0.375) is not None


def test_who_waits_for_a_killed_process_goes_on_by_itself(opened, started):
    ledger = opened(1.0)
    child = started(HOLDS, 0.75)
    assert child.stdout.readline() == "ready\n" and ledger.reserve(0.5) is None
    child.kill()

    def is_used_up() -> bool:
        with contextlib.suppress(BudgetError):
            assert ledger.reserve(0.5) is None
            return False
        return True

    soon(is_used_up)


def test_a_process_with_a_dead_ones_number_is_not_taken_for_it(opened, tmp_path):
    """The number lives on, so that only the start time can tell."""
    ledger = opened(1.0)
    ledger.reserve(0.5)
    ledger.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "run" / "ledger.sqlite")) as database, database:
        database.execute("UPDATE reservations SET pid = ?, birth = '1'", (os.getppid(),))
    assert opened(1.0).spending().lost_usd == 0.5


def test_where_the_host_tells_no_start_times_the_number_alone_decides(opened, started, monkeypatch):
    monkeypatch.setattr(ledger_module, "HAS_PROC", False)
    ledger = opened(1.0)
    ledger.reserve(0.25)
    child = started("ledger._me = (ledger._me[0], '')" + HOLDS, 0.5)
    assert child.stdout.readline() == "ready\n"
    assert ledger.spending().reserved_usd == 0.75
    child.kill()
    child.wait()
    assert (ledger.spending().reserved_usd, ledger.spending().lost_usd) == (0.25, 0.5)


def test_a_call_that_was_given_up_as_lost_may_still_be_settled(opened, started, tmp_path):
    """Such as by a process that this one cannot see."""
    ledger, watching = opened(1.0), opened(1.0)
    reservation = ledger.reserve(0.5)
    with contextlib.closing(sqlite3.connect(tmp_path / "run" / "ledger.sqlite")) as database, database:
        database.execute("UPDATE reservations SET birth = '1'")
    assert watching.spending().lost_usd == 0.5
    ledger.settle(reservation, 0.25)
    assert watching.spending() == Spending(spent_usd=0.25, reserved_usd=0, overshoot_usd=0, lost_usd=0, calls=1)


RACES = """
import json, os, random, threading
draw = random.Random(int(sys.argv[3]))
bills = []
def works(seed):
    draw = random.Random(seed)
    for _ in range(15):
        most = draw.randint(0, 40_000) / 1e6
        try:
            while (reservation := ledger.reserve(most)) is None:
                time.sleep(draw.random() / 100)
        except BudgetError:
            return
        time.sleep(draw.random() / 200)
        billed = draw.choice([0, most, most * draw.random()])
        ledger.settle(reservation, billed)
        bills.append(billed)
threading.excepthook = lambda failed: os._exit(1)
threads = [threading.Thread(target=works, args=(draw.random(),)) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
ledger.close()
say(json.dumps(bills))
"""


def test_many_processes_at_once_never_spend_more_than_the_cap(opened, started):
    ledger = opened(2.0)
    children = [started(RACES, seed, cap=2.0) for seed in range(8)]
    seen = []
    while any(child.poll() is None for child in children):
        spending = ledger.spending()
        seen.append(spending.spent_usd + spending.reserved_usd)
        time.sleep(0.01)
    bills = [bill for child in children for bill in json.loads(child.stdout.read())]
    spending = ledger.spending()
    assert [child.wait() for child in children] == [0] * 8
    billed = sum(math.ceil(round(bill * 1e9, 3)) for bill in bills)
    assert round(spending.spent_usd * 1e9) == billed <= 2e9
    assert spending.calls == len(bills) > 100 and spending.reserved_usd == spending.lost_usd == 0
    assert max(seen) <= 2.0 and billed > 1.9e9  # the cap was what ended it


OPENS = """
time.sleep(max(0, float(sys.argv[3]) - time.time()))
for _ in range(5):
    again = Ledger(Path(sys.argv[1] + "-later"), 9.0)
    again.settle(again.reserve(0.01), 0.01)
    again.close()
"""


def test_processes_that_make_it_at_the_same_moment_all_get_it(started, tmp_path):
    at = time.time() + 1.5
    children = [started(OPENS, at) for _ in range(6)]
    assert [child.wait() for child in children] == [0] * 6
    with contextlib.closing(Ledger(tmp_path / "run" / "ledger.sqlite-later", 9.0)) as ledger:
        assert ledger.spending().calls == 30


def test_a_broken_file_stops_the_run_and_is_named(tmp_path):
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(b"this is no ledger, but it is long enough to look like one\n" * 100)
    with pytest.raises(StoppedError) as caught:
        Ledger(file, 1.0)
    assert str(file) in str(caught.value) and "--resume" in str(caught.value)
    assert not isinstance(caught.value, BudgetError)


def test_a_folder_that_cannot_be_made_stops_the_run(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(StoppedError, match="ledger cannot be read or written"):
        Ledger(tmp_path / "run" / "ledger.sqlite", 1.0)


FULL = """
import resource
from hapi_pytest.errors import StoppedError
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
settled = 0
try:
    while True:
        ledger.settle(ledger.reserve(0.001), 0.001)
        settled += 1
except StoppedError as error:
    say(str(error))
say(ledger.stopped() or "and may be read")
say(settled)
"""


def test_a_full_disk_stops_the_run_without_losing_what_was_written(started, opened):
    child = started(FULL, cap=1e6)
    told = child.stdout.read()
    assert "ledger.sqlite: the run's ledger cannot be read or written: " in told
    assert "fix:     free space" in told and "--resume" in told and "and may be read" in told
    assert child.wait() == 0
    settled, spending = int(told.split()[-1]), opened(1e6).spending()
    assert settled > 5 and spending.calls in (settled, settled + 1)  # the last was perhaps reserved
    assert spending.spent_usd == pytest.approx(spending.calls * 0.001) and spending.reserved_usd == 0


def test_after_it_was_closed_threads_that_linger_are_stopped(opened):
    ledger = opened()
    ledger.close()
    ledger.close()
    for call in (lambda: ledger.reserve(0.1), lambda: ledger.settle(1, 0.1), ledger.stopped, ledger.posted):
        with pytest.raises(StoppedError):
            call()
