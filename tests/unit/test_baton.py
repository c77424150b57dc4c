"""The baton: one thread at a time computes, and nobody waits for it for ever."""

import threading
import time
from contextlib import contextmanager

import pytest

from hapi_pytest.baton import BATON, Baton
from hapi_pytest.errors import TransientError
from hapi_pytest.live.retrying import Retrying
from hapi_pytest.live.throttle import Throttle
from hapi_pytest.llm import Reply
from hapi_pytest.model import Limits, Usage
from hapi_pytest.task import Live


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
    baton, has_it, is_over = Baton(patience_seconds=0.5), threading.Event(), threading.Event()
    waited = []

    def hold():
        with baton.carried():
            has_it.set()
            assert is_over.wait(timeout=10)

    def converse():
        assert has_it.wait(timeout=10)
        with waiting(baton, waited), baton.carried():
            pass
        is_over.set()

    run(hold, converse)
    with waiting(baton, waited), baton.carried():  # and it is free in the end
        pass
    assert waited[0] >= 0.5 > waited[1]


@contextmanager
def waiting(baton, waited):
    """Note for how long this thread's clock stood still."""
    began = time.monotonic() - baton.clock()
    yield
    waited.append(time.monotonic() - baton.clock() - began)


def test_who_does_not_carry_it_lays_nothing_down():
    baton, waited = Baton(patience_seconds=10), []
    with waiting(baton, waited), baton.laid_down(), baton.carried(), baton.laid_down(), baton.laid_down():
        pass
    with waiting(baton, waited), baton.carried():
        pass
    assert max(waited) < 10


def test_it_comes_back_whatever_happens():
    baton = Baton(patience_seconds=10)
    with pytest.raises(ZeroDivisionError), baton.carried(), baton.laid_down():
        raise ZeroDivisionError
    run(lambda: baton.carried().__enter__())


def test_waiting_for_it_while_backing_off_is_taken_off_an_attempt_once():
    has_it, failures = threading.Event(), [TransientError("busy", kind="server error")]

    def hold():
        with BATON.carried():
            has_it.set()
            time.sleep(0.2)

    def pause(seconds):
        with BATON.laid_down():
            threading.Thread(target=hold).start()
            assert has_it.wait(timeout=10)

    def complete(messages, tools):
        if failures:
            raise failures.pop()
        return Reply(message={"role": "assistant", "content": ""}, usage=Usage())

    retrying = Retrying(complete, throttle=Throttle(1), pause=pause)
    live = Live(retrying.complete, None, Limits(), ())
    with BATON.carried():
        live.reply([], offers_tools=False)
    assert not failures and live.seconds >= 0
