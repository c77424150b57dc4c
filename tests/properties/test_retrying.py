"""Whatever a service answers, its limits are kept and a call ends as it must."""

import random

from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.errors import ContextLengthError, ServiceError, StoppedError, TransientError
from hapi_pytest.live.retrying import LONGEST_ASKED_SECONDS, Retrying
from hapi_pytest.live.throttle import Throttle
from hapi_pytest.llm import Reply
from hapi_pytest.model import Usage

KINDS = ("rate limit", "server error", "refused connection", "broken connection", "timeout", "unreadable answer")
waits = st.none() | st.floats(0, 2 * LONGEST_ASKED_SECONDS)
faults = st.builds(
    lambda kind, seconds: TransientError("x", kind=kind, retry_after_seconds=seconds), st.sampled_from(KINDS), waits
)
ends = st.one_of(st.none(), faults, st.just(ContextLengthError("x")))
steps = st.lists(st.tuples(st.just("start"), st.none()) | st.tuples(st.integers(0, 15), ends), max_size=60)


@given(start=st.integers(1, 12), steps=steps)
def test_the_limit_stays_in_its_bounds_and_holds(start, steps):
    """Calls start and end in any order; one that would have to wait is not started."""
    now = 0.0
    throttle = Throttle(start, pause=lambda seconds: None, clock=lambda: now)
    calls = []
    for what, error in steps:
        before = throttle.limit
        if what == "start":
            now += 10 * LONGEST_ASKED_SECONDS  # past whatever the service asked for
            if throttle.in_use >= before:
                continue
            calls.append(throttle.permit())
            calls[-1].__enter__()
            assert throttle.in_use <= before
        elif calls:
            call = calls.pop(what % len(calls))
            assert not call.__exit__(type(error) if error else None, error, None)
            assert throttle.limit >= before // 2
            is_limit = isinstance(error, TransientError) and error.kind == "rate limit"
            assert throttle.limit <= (before if is_limit else before + 1)
        assert 1 <= throttle.limit <= start
        assert throttle.in_use == len(calls)
    assert throttle.waiting == 0


def expected(script, tries):
    """Return the type of what a call comes to."""
    for number, error in enumerate([*script, None], start=1):
        if not isinstance(error, TransientError):
            return Reply if error is None else type(error)
        if (error.retry_after_seconds or 0) > LONGEST_ASKED_SECONDS:
            return StoppedError
        if number == tries:
            return ServiceError


@given(script=st.lists(ends, max_size=12), tries=st.integers(1, 8), seed=st.integers())
def test_a_call_ends_as_its_tries_do(script, tries, seed):
    now = 0.0
    told, pauses, left = [], [], [*script, None]

    def pause(seconds):
        nonlocal now
        assert seconds >= 0
        now += seconds

    def answer(messages, tools):
        nonlocal now
        now += 1
        if error := left.pop(0):
            raise error
        return Reply(message={}, usage=Usage())

    line = Retrying(
        answer,
        throttle=Throttle(1, pause=pause, clock=lambda: now),
        tries=tries,
        pause=lambda seconds: (pauses.append(seconds), pause(seconds)),
        on_try=told.append,
        chance=random.Random(seed),
        clock=lambda: now,
    )
    try:
        outcome = line.complete((), ())
    except (ServiceError, StoppedError) as error:
        outcome = error
    assert type(outcome) is expected(script, tries)
    assert bool(told[-1].kind) is not isinstance(outcome, Reply)
    if isinstance(outcome, Reply):
        assert abs(outcome.waited_seconds - (now - 1)) < 1e-6
    assert [one.number for one in told] == list(range(1, len(told) + 1))
    assert line.asked == len(told) == len(script) + 1 - len(left) <= tries
    assert [one.wait_seconds for one in told] == [*pauses, 0]
    assert all(one.kind for one in told[:-1])
    for error, wait in zip(script, pauses, strict=False):
        assert (error.retry_after_seconds or 0) <= wait
