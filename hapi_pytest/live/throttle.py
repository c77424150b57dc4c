"""How many calls a provider takes at once, learned from its answers."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hapi_pytest.errors import TransientError
from hapi_pytest.service_faults import RATE_LIMIT

POLL_SECONDS = 0.05
LONGEST_CLOSED_SECONDS = 900
PROBING_ROUNDS = 8
"""Rounds of calls that must go well before a limit that did not hold is tried again."""


class Throttle:
    """Permits for concurrent calls to one provider, shared by all threads of a process and given in order of arrival.

    A call that meets a rate limit halves the number of permits, once for all calls that were in flight then. Calls that
    go well raise it again by one a round, slowly where it failed before, and never above the start. When the service
    says how long to wait, nobody gets a permit until then.
    """

    def __init__(
        self,
        start: int,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._start = max(1, start)
        self._limit = float(self._start)
        self._failed_at = self._start + 1
        self._lowered = 0
        self._in_use = 0
        self._open_from = 0.0
        self._queue: deque[object] = deque()
        self._lock = threading.Lock()
        self._pause, self._clock = pause, clock

    @property
    def limit(self) -> int:
        """How many calls may be in flight now."""
        return int(self._limit)

    @property
    def in_use(self) -> int:
        """How many calls are in flight."""
        return self._in_use

    @property
    def waiting(self) -> int:
        """How many threads wait for a permit."""
        return len(self._queue)

    @contextmanager
    def permit(self) -> Iterator[None]:
        """Hold a permit while a call is made, and learn from how it ends; raises what the pause raises."""
        lowered = self._wait()
        try:
            yield
        except TransientError as error:
            self._fail(error, lowered)
            raise
        except BaseException:
            self._leave()
            raise
        else:
            self._succeed(lowered)

    def _wait(self) -> int:
        """Wait for a permit and return how often the limit had been lowered when it was given."""
        turn = object()
        with self._lock:
            self._queue.append(turn)
        try:
            while (lowered := self._given(turn)) is None:
                self._pause(POLL_SECONDS)
        except BaseException:
            with self._lock:
                self._queue.remove(turn)
            raise
        return lowered

    def _given(self, turn: object) -> int | None:
        with self._lock:
            if self._queue[0] is not turn or self._in_use >= self.limit or self._clock() < self._open_from:
                return None
            self._queue.popleft()
            self._in_use += 1
            return self._lowered

    def _succeed(self, lowered: int) -> None:
        with self._lock:
            self._in_use -= 1
            if lowered == self._lowered:  # what began under a higher limit says nothing about this one
                rounds = 1 if self.limit + 1 < self._failed_at else PROBING_ROUNDS
                self._limit = min(float(self._start), self._limit + 1 / (rounds * self.limit))

    def _fail(self, error: TransientError, lowered: int) -> None:
        with self._lock:
            self._in_use -= 1
            if error.kind == RATE_LIMIT and lowered == self._lowered:
                self._failed_at = self.limit
                self._limit = max(1.0, self._limit / 2)
                self._lowered += 1
            if error.retry_after_seconds:
                wait = min(error.retry_after_seconds, LONGEST_CLOSED_SECONDS)
                self._open_from = max(self._open_from, self._clock() + wait)

    def _leave(self) -> None:
        with self._lock:
            self._in_use -= 1
