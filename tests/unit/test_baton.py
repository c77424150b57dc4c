"""The baton: one thread at a time computes, and nobody waits for it for ever."""

import threading
import time

import pytest

from hapi_pytest.baton import Baton


class Crowd:
    """Threads that compute in turns, and how many did so at once."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._computing = 0
        self.most = 0
        self.answered = threading.Barrier(8)

    def compute(self) -> None:
        self._computing += 1
        self.most = max(self.most, self._computing)
        time.sleep(0.002)  # gives the interpreter away, as computing does every few milliseconds
        self._computing -= 1

    def converse(self) -> None:
        with self._baton.carried():
            for _ in range(3):
                self.compute()
                with self._baton.laid_down():
                    self.answered.wait(timeout=10)  # all wait for their answers together


def run(*targets):
    threads = [threading.Thread(target=target, daemon=True) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)


def test_one_computes_while_all_can_wait_at_once():
    crowd = Crowd(Baton(patience_seconds=10))
    run(*[crowd.converse] * 8)
    assert crowd.most == 1


def test_one_that_never_lays_it_down_holds_nobody_up_for_long():
    baton, is_over = Baton(patience_seconds=0.05), threading.Event()

    def hold():
        with baton.carried():
            assert is_over.wait(timeout=10)

    def converse():
        with baton.carried(), baton.laid_down():
            pass
        is_over.set()

    run(hold, converse)
    with baton.carried():  # and it is free in the end
        assert baton.waited_seconds < 0.05


def test_waiting_for_it_is_counted_by_thread():
    baton, has_it, waited = Baton(patience_seconds=10), threading.Event(), []

    def first():
        with baton.carried():
            has_it.set()
            time.sleep(0.05)
        waited.append(baton.waited_seconds)

    def second():
        assert has_it.wait(timeout=10)
        with baton.carried():
            waited.append(baton.waited_seconds)

    run(first, second)
    assert len(waited) == 2 and min(waited) < 0.05 <= max(waited) + 0.02
    assert baton.waited_seconds == 0


def test_who_does_not_carry_it_lays_nothing_down():
    baton = Baton(patience_seconds=10)
    with baton.laid_down(), baton.carried(), baton.laid_down(), baton.laid_down():
        pass
    with baton.carried():
        assert baton.waited_seconds < 1


def test_it_comes_back_whatever_happens():
    baton = Baton(patience_seconds=10)
    with pytest.raises(ZeroDivisionError), baton.carried(), baton.laid_down():
        raise ZeroDivisionError
    run(lambda: baton.carried().__enter__())
