"""One layer tries again, waits as it should, and tells of every try."""

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hapi_pytest.cassettes import played, recorded
from hapi_pytest.errors import (
    BudgetError,
    ContentFilterError,
    ContextLengthError,
    ServiceError,
    StoppedError,
    TransientError,
)
from hapi_pytest.live.retrying import CAP_SECONDS, LONGEST_ASKED_SECONDS, Retrying
from hapi_pytest.live.throttle import Throttle
from hapi_pytest.llm import LiteLLM, Reply
from hapi_pytest.model import Usage
from hapi_pytest.recordings import Identity
from hapi_pytest.testing import ScriptedModel

REPLY = Reply(message={"role": "assistant", "content": "done"}, usage=Usage(input_tokens=1), finish="stop")
ASK = [{"role": "user", "content": "Write the notice."}]


def transient(kind="server error", seconds=None):
    return TransientError(f"m: {kind}", kind=kind, status=503, retry_after_seconds=seconds)


class Scene:
    """A service on a script, in a time of its own: each call takes a second."""

    def __init__(self, *script, seed=0, **settings):
        self.script, self.now, self.waits, self.tries = list(script), 0.0, [], []
        self.throttle = Throttle(4, pause=self.pause, clock=lambda: self.now)
        self.line = Retrying(
            self.answer,
            throttle=self.throttle,
            pause=self.wait,
            on_try=self.tries.append,
            chance=random.Random(seed),
            clock=lambda: self.now,
            **settings,
        )

    def pause(self, seconds):
        self.now += seconds

    def wait(self, seconds):
        self.waits.append(seconds)
        self.pause(seconds)

    def answer(self, messages, tools):
        self.now += 1
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def ask(self):
        return self.line.complete(ASK, ())

    def fails(self):
        with pytest.raises((ServiceError, StoppedError)) as caught:
            self.ask()
        return caught.value


def test_a_call_that_goes_well_waits_for_nothing():
    scene = Scene(REPLY)
    assert scene.ask() == REPLY
    assert (scene.line.asked, scene.waits) == (1, [])
    (one,) = scene.tries
    assert (one.number, one.kind, one.status, one.text, one.seconds, one.wait_seconds) == (1, "", 0, "", 1, 0)


@pytest.mark.parametrize(
    "kind", ["rate limit", "server error", "refused connection", "broken connection", "timeout", "unreadable answer"]
)
def test_what_may_mend_is_tried_again(kind):
    scene = Scene(transient(kind), transient(kind), REPLY)
    reply = scene.ask()
    assert reply.message == REPLY.message and scene.line.asked == 3
    assert [(one.number, one.kind, one.status) for one in scene.tries] == [(1, kind, 503), (2, kind, 503), (3, "", 0)]
    assert [one.wait_seconds for one in scene.tries] == [*scene.waits, 0]
    assert [one.text for one in scene.tries] == [f"m: {kind}"] * 2 + [""]


def test_waiting_is_all_but_the_successful_try():
    scene = Scene(transient(), transient(), REPLY)
    assert scene.ask().waited_seconds == pytest.approx(2 + sum(scene.waits))
    assert scene.now == pytest.approx(3 + sum(scene.waits))


def test_what_the_layer_below_waited_counts_as_waiting():
    scene = Scene(Reply(message={}, usage=Usage(), waited_seconds=0.75))
    assert scene.ask().waited_seconds == pytest.approx(0.75)


def test_after_the_last_try_it_says_how_often_and_why():
    scene = Scene(*[transient() for _ in range(7)], transient("timeout"))
    error = scene.fails()
    assert type(error) is ServiceError
    assert "failed 8 times" in str(error) and "m: timeout" in str(error) and "--resume" in str(error)
    assert (scene.line.asked, len(scene.tries), len(scene.waits)) == (8, 8, 7)
    assert (scene.tries[-1].kind, scene.tries[-1].wait_seconds) == ("timeout", 0)


@pytest.mark.parametrize("tries", [1, 3])
def test_the_number_of_tries_is_kept(tries):
    scene = Scene(*[transient() for _ in range(tries)], tries=tries)
    assert ("once" if tries == 1 else "3 times") in str(scene.fails())
    assert scene.script == []


def test_waits_grow_and_are_drawn_at_random():
    scenes = [Scene(*[transient() for _ in range(9)], tries=9, seed=seed) for seed in range(200)]
    for scene in scenes:
        scene.fails()
    bounds = [2, 4, 8, 16, 32, CAP_SECONDS, CAP_SECONDS, CAP_SECONDS]
    for waits, bound in zip(zip(*(scene.waits for scene in scenes), strict=True), bounds, strict=True):
        assert max(waits) <= bound and min(waits) < bound / 10 and max(waits) > bound * 0.9
        assert sum(waits) / len(waits) == pytest.approx(bound / 2, rel=0.15)


def test_what_the_service_asks_for_is_the_least():
    for seed in range(20):
        scene = Scene(transient("rate limit", 90), REPLY, seed=seed)
        assert scene.ask().waited_seconds == pytest.approx(1 + scene.waits[0])
        assert 90 <= scene.waits[0] <= 91


def test_a_service_that_asks_for_nothing_is_not_hammered():
    waits = [
        scene.waits[0] for seed in range(20) if (scene := Scene(transient("rate limit", 0), REPLY, seed=seed)).ask()
    ]
    assert sum(waits) / len(waits) > 0.5


def test_a_service_that_asks_for_too_long_stops_the_run():
    scene = Scene(transient("rate limit", LONGEST_ASKED_SECONDS))
    scene.script += [REPLY]
    scene.ask()
    scene = Scene(transient("rate limit", LONGEST_ASKED_SECONDS + 60))
    error = scene.fails()
    assert isinstance(error, StoppedError) and "16 minutes" in str(error) and "--resume" in str(error)
    assert (scene.line.asked, scene.waits, [one.kind for one in scene.tries]) == (1, [], ["rate limit"])


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ContextLengthError("x"), "context length"),
        (ContentFilterError("x"), "content filter"),
        (StoppedError("x"), "stopped"),
        (ServiceError("x"), "refused"),
    ],
)
def test_what_no_try_mends_passes_at_once(error, kind):
    scene = Scene(transient(), error)
    assert scene.fails() is error
    assert (scene.line.asked, [one.kind for one in scene.tries]) == (2, ["server error", kind])
    assert scene.throttle.in_use == 0


def test_a_call_that_the_budget_does_not_allow_was_not_made():
    scene = Scene(BudgetError("used up"))
    assert isinstance(scene.fails(), BudgetError)
    assert (scene.line.asked, scene.tries) == (0, [])


def test_a_stop_ends_the_waiting():
    scene = Scene(transient(), REPLY)

    def stop(seconds):
        raise StoppedError("stopped by hand")

    scene.line._pause = stop
    with pytest.raises(StoppedError, match="by hand"):
        scene.ask()
    assert (scene.line.asked, scene.throttle.in_use) == (1, 0)


def test_no_permit_is_held_while_waiting():
    scene = Scene(transient(), REPLY)
    held = []
    scene.line._pause = lambda seconds: held.append(scene.throttle.in_use)
    scene.ask()
    assert held == [0]


def test_a_crash_is_nobodys_fault_but_ours():
    scene = Scene(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        scene.ask()
    assert (scene.throttle.in_use, scene.waits) == (0, [])


def test_many_threads_share_one_line():
    failing = threading.local()

    def answer(messages, tools):
        failing.count = getattr(failing, "count", 0) + 1
        if failing.count % 2:
            raise transient()
        return REPLY

    told = []
    line = Retrying(answer, throttle=Throttle(64), pause=lambda seconds: None, on_try=told.append)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: line.complete(ASK, ()), range(200)))
    assert {reply.message["content"] for reply in replies} == {"done"}
    assert (line.asked, len(told), sum(one.kind == "" for one in told)) == (400, 400, 200)


class Flaky(ScriptedModel):
    """Fails in turn before it answers."""

    def __init__(self, *faults):
        super().__init__(["the notice"])
        self.faults = list(faults)

    def _answer(self, body, headers):
        if self.faults:
            self.requests.append(body)
            return self.faults.pop(0)
        return super()._answer(body, headers)


def test_failed_tries_are_not_recorded(tmp_path):
    """Full replay must find one answer per request."""
    with Flaky((429, {}), (500, {}), (200, {"id": "x"}), (200, {"choices": []})) as service, recorded() as log:
        model = LiteLLM(Identity(model="openai/m"), base_url=service.url, key="none")
        line = Retrying(model.complete, throttle=Throttle(1), pause=lambda seconds: None)
        reply = line.complete(ASK, ())
        assert (reply.message["content"], reply.finish) == ("the notice", "stop")
    assert (line.asked, len(service.requests), log.requests) == (5, 5, 1)
    assert [kept["response"]["status"]["code"] for kept in json.loads(log.encode())["interactions"]] == [200]
    (tmp_path / "x.http.json").write_bytes(log.encode())
    with played(tmp_path / "x.http.json") as again:
        model = LiteLLM(Identity(model="openai/m"), base_url="http://elsewhere/v1", key="none")
        assert model.complete(ASK, ()).message == reply.message
        assert again.left_over == 0


def test_a_call_that_fails_for_good_leaves_no_recording():
    with Flaky((400, {"error": {"message": "maximum context length"}})) as service, recorded() as log:
        model = LiteLLM(Identity(model="openai/m"), base_url=service.url, key="none")
        with pytest.raises(ContextLengthError):
            Retrying(model.complete, throttle=Throttle(1)).complete(ASK, ())
    assert (len(service.requests), log.requests) == (1, 0)


class Crowded(ScriptedModel):
    """Takes four calls at once and refuses what is more."""

    def __init__(self):
        super().__init__(["the notice"])
        self.now, self.refused, self.counting = 0, 0, threading.Lock()

    def _answer(self, body, headers):
        with self.counting:
            self.now += 1
            is_refused = self.now > 4
            self.refused += is_refused
        try:
            time.sleep(0.02)
            return (429, {"error": {"message": "slow down"}}) if is_refused else super()._answer(body, headers)
        finally:
            with self.counting:
                self.now -= 1


def test_many_conversations_at_a_service_that_takes_few():
    """Every one gets its answers, and each recording holds its own and nothing else."""
    with Crowded() as service:
        model = LiteLLM(Identity(model="openai/m"), base_url=service.url, key="none")
        throttle = Throttle(24)

        def converse(number):
            with recorded() as log:
                line = Retrying(model.complete, throttle=throttle, tries=30, pause=lambda s: time.sleep(s / 100))
                ask = [{"role": "user", "content": f"conversation {number}"}]
                assert [line.complete(ask, ()).message["content"] for _ in range(4)] == ["the notice"] * 4
            return log.requests, line.asked

        with ThreadPoolExecutor(24) as pool:
            counts = list(pool.map(converse, range(24)))
    asked = sum(count for _, count in counts)
    assert {kept for kept, _ in counts} == {4}
    assert asked == 24 * 4 + service.refused
    assert service.refused < asked / 2 and throttle.limit < 24
