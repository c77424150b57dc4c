"""Threads that never hold the process."""

import subprocess
import sys
import threading
import time

import pytest

from hapi_pytest.live.pool import Threads


def test_calls_run_side_by_side_and_give_their_results():
    threads = Threads(4)
    barrier = threading.Barrier(4)
    waits = [threads.submit(barrier.wait, 10) for _ in range(4)]
    assert sorted(future.result(10) for future in waits) == [0, 1, 2, 3]
    threads.shutdown()


def test_there_are_never_more_calls_at_once_than_threads():
    threads, lock = Threads(3), threading.Lock()
    now, most = 0, 0

    def call() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1

    for future in [threads.submit(call) for _ in range(30)]:
        future.result(10)
    assert most == 3
    threads.shutdown()


def test_an_error_is_the_callers():
    threads = Threads(1)
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(10)
    assert threads.submit(lambda: "goes on").result(10) == "goes on"
    threads.shutdown()


def test_after_the_end_nothing_is_taken_and_what_waits_is_cancelled():
    threads, go = Threads(1), threading.Event()
    running, waiting = threads.submit(go.wait, 10), threads.submit(time.sleep, 0)
    while running.running() is False:
        time.sleep(0.001)
    threads.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        threads.submit(time.sleep, 0)
    go.set()
    assert running.result(10)
    threads.shutdown()


def test_a_call_that_hangs_does_not_keep_the_process():
    script = """
import time
from hapi_pytest.live.pool import Threads
Threads(1).submit(time.sleep, 3600)
time.sleep(0.05)
print("over")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "over\n"
