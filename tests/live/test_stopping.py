"""Runs that are stopped: by Ctrl-C, by -x, by a test's timeout that must not stop them, and by kill -9."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest.journal import AttemptLine, lines, settled
from hapi_pytest.stand_in import StandIn, parsed
from tests.live.conftest import Orders, about, order
from tests.live.killing import Running, check, killed_runs


@pytest.fixture
def orders(tmp_path) -> Orders:
    return Orders(tmp_path / "suite", 4)


@pytest.fixture
def service(request, orders) -> Iterator[StandIn]:
    """A stand-in with the faults of the test's parameter, that answers a little late."""
    faults = [parsed(fault) for fault in getattr(request, "param", ())]
    with StandIn(orders.root / "projects", faults=faults, latency_seconds=0.05) as running:
        yield running


def started(running: Running) -> bool:
    return any(running.suite.root.glob("cassettes/*/*/order-00/*alone.json"))


HANGS = pytest.mark.parametrize("service", [[about("hang", order(2))]], indirect=True)


@HANGS
@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["bare", "n2"])
@pytest.mark.parametrize("is_group", [True, False], ids=["terminal", "process"])
def test_ctrl_c_ends_a_run_although_a_provider_hangs(service, orders, arguments, is_group):
    running = Running(orders, service, "--model", "stand-in", *arguments)
    running.wait_until(lambda: started(running), "an attempt is recorded")
    (os.killpg if is_group else os.kill)(running.process.pid, signal.SIGINT)
    assert running.ended() == 2, running.text
    assert "partial: " in running.text
    assert f"--resume {running.folder.name}" in running.text
    assert "Traceback" not in running.text
    is_scored = {outcome.project for outcome in settled(running.folder) if outcome.reason == ""}
    assert "writing/order-02" not in is_scored


@HANGS
def test_a_second_ctrl_c_waits_for_nobody(service, orders):
    running = Running(orders, service, "--model", "stand-in")
    running.wait_until(lambda: started(running), "an attempt is recorded")
    for _ in range(2):
        os.kill(running.process.pid, signal.SIGINT)
        time.sleep(0.5)
    assert running.ended() in (2, -signal.SIGINT), running.text  # the latter when pytest was still at the first one
    assert "partial: " in running.text
    assert f"--resume {running.folder.name}" in running.text


@HANGS
@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["bare", "n2"])
def test_maxfail_starts_nothing_new_and_keeps_what_is_settled(service, orders, arguments):
    (orders.root / "projects/writing/order-01/test_order_01.py").write_text(
        (orders.root / "projects/writing/order-01/test_order_01.py").read_text() + "\n    assert not 'it stops here'\n"
    )
    options = ("--model", "stand-in", "--arm", "alone", "--concurrency", "3", "-x")
    running = Running(orders, service, *options, *arguments)
    assert running.ended() == (2 if arguments else 1), running.text
    assert "partial: " in running.text
    assert f"--resume {running.folder.name}" in running.text
    kept = {o.project for o in settled(running.folder) if o.final}
    assert "writing/order-01" in kept
    assert "writing/order-02" not in kept


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_a_test_s_timeout_does_not_count_the_wait(service, orders, method):
    """Four attempts of six turns one after the other: each test waits longer than its timeout allows."""
    service_seconds = ("--concurrency", "1", "--arm", "alone", "--model", "stand-in")
    running = Running(orders, service, *service_seconds, "--timeout", "0.6", "--timeout-method", method)
    assert running.ended() == 1, running.text
    assert "4 failed" in running.text
    waits = [line.seconds for line in lines(running.folder) if isinstance(line, AttemptLine)]
    assert len(waits) == 4
    assert sum(waits) > 0.6
    assert "Timeout" not in running.text


def test_a_killed_worker_s_engagements_are_taken_over(service, orders):
    running = Running(orders, service, "--model", "stand-in", "-n", "2")
    running.wait_until(lambda: started(running), "an attempt is recorded")
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    workers = [pid for pid in children if b"exec(eval(sys.stdin" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(workers) == 2
    os.kill(int(workers[0]), signal.SIGKILL)
    assert running.ended() == 1, running.text
    assert "unscored: 0 of 12" in running.text
    assert "replacing crashed worker" in running.text
    check(orders, service, [set()])


def test_kill_9_loses_nothing_that_is_settled(tmp_path):
    undisturbed, resumed = killed_runs(tmp_path, orders=8, kills=3, seed=4)
    assert resumed == undisturbed
