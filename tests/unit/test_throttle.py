"""The throttle learns how many calls a provider takes at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hapi_pytest.errors import ServiceError, StoppedError, TransientError
from hapi_pytest.live.throttle import LONGEST_CLOSED_SECONDS, Throttle


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.now += seconds


def limited(seconds=None):
    return TransientError("slow down", kind="rate limit", status=429, retry_after_seconds=seconds)


def ends(throttle, error=None):
    """Make a call that ends well or with an error."""
    try:
        with throttle.permit():
            if error:
                raise error
    except ServiceError:
        pass


def fly(throttle, count):
    """Start calls that stay in flight."""
    calls = [throttle.permit() for _ in range(count)]
    for call in calls:
        call.__enter__()
    return calls


def land(call, error=None):
    assert not call.__exit__(type(error) if error else None, error, None)


def test_a_rate_limit_halves_the_permits_and_one_is_left():
    throttle = Throttle(8)
    limits = []
    for _ in range(5):
        ends(throttle, limited())
        limits.append(throttle.limit)
    assert limits == [4, 2, 1, 1, 1]


def test_calls_in_flight_at_a_rate_limit_halve_once():
    throttle = Throttle(16)
    calls = fly(throttle, 16)
    for call in calls:
        land(call, limited())
    assert (throttle.limit, throttle.in_use) == (8, 0)
    ends(throttle, limited())
    assert throttle.limit == 4


def test_calls_in_flight_at_a_rate_limit_do_not_raise_it():
    throttle = Throttle(16)
    calls = fly(throttle, 16)
    land(calls.pop(), limited())
    for call in calls:
        land(call)
    assert throttle.limit == 8


@pytest.mark.parametrize("kind", ["server error", "timeout", "broken connection", "unreadable answer"])
def test_other_faults_do_not_lower_the_limit(kind):
    throttle = Throttle(8)
    ends(throttle, TransientError("x", kind=kind))
    ends(throttle, ServiceError("x"))
    assert (throttle.limit, throttle.in_use) == (8, 0)


def test_calls_that_go_well_raise_the_limit_slowly_and_not_above_the_start():
    throttle = Throttle(8)
    ends(throttle, limited())
    limits = []
    for _ in range(400):
        ends(throttle)
        limits.append(throttle.limit)
    assert limits == sorted(limits) and limits[0] == 4 and limits[-1] == 8
    assert limits.index(5) == 4 - 1 and limits.index(8) > 50  # one a round, and slowly to where it failed


def test_nobody_gets_a_permit_before_the_time_that_the_service_names():
    clock = Clock()
    throttle = Throttle(8, pause=clock.pause, clock=clock)
    ends(throttle, TransientError("x", kind="server error", retry_after_seconds=30))
    with throttle.permit():
        assert 30 <= clock.now < 31
    ends(throttle, limited(20))
    ends(throttle, None)
    assert 50 <= clock.now < 52
    ends(throttle, limited(10 * LONGEST_CLOSED_SECONDS))
    ends(throttle, None)
    assert clock.now < 60 + LONGEST_CLOSED_SECONDS


def test_a_stop_ends_the_waiting_and_leaves_no_gap():
    stopped = threading.Event()

    def pause(seconds):
        if stopped.wait(seconds):
            raise StoppedError("stopped")

    throttle = Throttle(1, pause=pause)
    (holder,) = fly(throttle, 1)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(ends, throttle) for _ in range(3)]
        until(lambda: throttle.waiting == 3)
        began = time.monotonic()
        stopped.set()
        assert all(isinstance(future.exception(), StoppedError) for future in waiting)
        assert time.monotonic() - began < 0.5
    assert (throttle.waiting, throttle.in_use) == (0, 1)
    land(holder)
    stopped.clear()
    ends(throttle)
    assert throttle.in_use == 0


def test_permits_are_given_in_order_of_arrival():
    throttle = Throttle(1, pause=lambda seconds: time.sleep(seconds / 10))
    (holder,) = fly(throttle, 1)
    order = []

    def call(number):
        with throttle.permit():
            order.append(number)

    with ThreadPoolExecutor(6) as pool:
        for number in range(6):
            pool.submit(call, number)
            until(lambda number=number: throttle.waiting == number + 1)
        land(holder)
    assert order == list(range(6))


class Service:
    """Takes so many calls at once and refuses what is more."""

    def __init__(self, most):
        self.most, self.now, self.asked, self.refused = most, 0, 0, 0
        self.lock = threading.Lock()

    def call(self):
        with self.lock:
            self.asked += 1
            self.now += 1
            is_refused = self.now > self.most
            self.refused += is_refused
        try:
            if is_refused:
                raise limited()
            time.sleep(0.002)
        finally:
            with self.lock:
                self.now -= 1


def refused_share(throttle_of):
    """Let 64 threads make ten calls each at a service that takes four at once; return how many of all were refused."""
    service = Service(4)
    throttle = throttle_of(64)

    def work(_):
        for _ in range(10):
            wait = 0.002
            while True:
                try:
                    with throttle.permit():
                        service.call()
                    break
                except TransientError:
                    time.sleep(wait)
                    wait = min(2 * wait, 0.06)

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(work, range(64)))
    assert service.asked - service.refused == 640
    return service.refused / service.asked


class Forgetful(Throttle):
    """Learns nothing."""

    def _fail(self, error, lowered):
        self._leave()


def test_few_calls_are_refused_once_the_limit_is_learnt():
    def quick(kind):
        return lambda start: kind(start, pause=lambda seconds: time.sleep(0.001))

    learning, forgetful = refused_share(quick(Throttle)), refused_share(quick(Forgetful))
    assert learning < 0.15, learning
    assert learning < forgetful / 2, (learning, forgetful)


def until(is_so, seconds=5):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.001)
