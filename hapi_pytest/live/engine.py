"""The live engine: engagements worked on side by side, ahead of the tests that wait for them."""

import math
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Executor, Future, wait

import msgspec

from hapi_pytest.engagement import Result
from hapi_pytest.live.run import LiveRun
from hapi_pytest.model import Arm, Status

GRACE_SECONDS = 2.0
"""How long running engagements may go on once the run is stopped."""
POLL_SECONDS = 0.2


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One engagement that is to be worked on."""

    key: Hashable
    arms: tuple[Arm, ...]
    """The arms that tests wait for, in the order in which they are carried out."""
    result: Callable[[Arm], Result]
    """Carries out one arm; never called by two threads at once."""
    seconds: float = 0
    """How long it took the last time; 0 when nobody knows."""


class Engine:
    """Works on jobs by an executor; each arm of each job is carried out once."""

    def __init__(self, executor: Executor, live: LiveRun) -> None:
        self._executor = executor
        self._live = live
        self._arms: dict[tuple[Hashable, Arm], Future[Result]] = {}
        self._running: set[Future[None]] = set()
        self._given_up = math.inf
        self._counting = threading.Lock()
        self._counts: dict[str, int] = {}

    def start(self, jobs: Iterable[Job]) -> None:
        """Start what has not been started, longest first where durations are known."""
        for job in sorted(jobs, key=lambda job: -job.seconds):
            new = [arm for arm in job.arms if (job.key, arm) not in self._arms]
            if new:
                futures = {arm: Future[Result]() for arm in new}
                self._arms |= {(job.key, arm): future for arm, future in futures.items()}
                self._running.add(self._executor.submit(self._carry_out, job, futures))

    def has(self, key: Hashable, arm: Arm) -> bool:
        """Tell whether an arm has been started, or is to be."""
        return (key, arm) in self._arms

    def result(self, key: Hashable, arm: Arm) -> Result | None:
        """Wait for an arm; None when it was not started, or did not end in time after the run was stopped."""
        future = self._arms.get((key, arm))
        given_up = math.inf
        while future and time.monotonic() < given_up:
            wait([future], timeout=POLL_SECONDS)
            if future.cancelled():
                break
            if future.done():
                return future.result()
            if given_up == math.inf and self._live.stopped():
                given_up = self._grace_ends()
        return None

    def stop(self, reason: str) -> None:
        """Start nothing new, and give what runs a moment to end; what does not is left behind."""
        if not all(future.done() for future in self._running):
            self._live.leave(reason)
        self._executor.shutdown(wait=False, cancel_futures=True)
        try:
            wait(self._running, timeout=max(0.0, self._grace_ends() - time.monotonic()))
        finally:
            for future in self._arms.values():
                future.cancel()

    def _grace_ends(self) -> float:
        """Return until when what runs may go on: a while from when this is first asked."""
        self._given_up = min(self._given_up, time.monotonic() + GRACE_SECONDS)
        return self._given_up

    def _carry_out(self, job: Job, futures: Mapping[Arm, Future[Result]]) -> None:
        self._count(in_flight=1)
        try:
            for arm, future in futures.items():
                try:
                    result = job.result(arm)
                except BaseException as error:  # told to the test that waits
                    _settle(future, error)
                else:
                    self._count_settled(arm, result)
                    _settle(future, result)
        finally:
            self._count(in_flight=-1)

    def _count_settled(self, arm: Arm, result: Result) -> None:
        scored = int(result.outcome.status is not Status.UNSCORED)
        completed = int(result.outcome.status is Status.COMPLETED)
        self._count(settled=1, **{f"scored_{arm}": scored, f"completed_{arm}": completed})

    def _count(self, **changes: int) -> None:
        with self._counting:
            for name, change in changes.items():
                self._counts[name] = self._counts.get(name, 0) + change
            self._live.post(self._counts)


def _settle(future: Future[Result], end: Result | BaseException) -> None:
    """Tell a future, unless whoever waited for it has given up."""
    if future.set_running_or_notify_cancel():
        if isinstance(end, BaseException):
            future.set_exception(end)
        else:
            future.set_result(end)
