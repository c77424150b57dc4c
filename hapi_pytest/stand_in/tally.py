"""What the stand-in was asked and what it answered, counted."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The counts at one moment."""

    requests: int
    """Model calls."""
    answered: int
    """Model calls that got a whole answer of the model."""
    faults: dict[str, int]
    """How often each kind of fault happened."""
    first_seconds: float | None
    """When the first request came, by the monotonic clock; None without any."""
    last_seconds: float | None
    """When the last answer of any kind was sent."""
    bodies: int
    """Different requests that were answered."""
    repeated: int
    """Answered requests that had been answered before."""


class Tally:
    """Counts model calls of any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = 0
        self._arrived: Counter[str] = Counter()
        self._answered: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()
        self._first_seconds: float | None = None
        self._last_seconds: float | None = None

    def arrive(self, digest: str) -> tuple[int, int]:
        """Count a request; return which one it is, and how often the very same has come by now."""
        now = time.monotonic()
        with self._lock:
            if self._first_seconds is None:
                self._first_seconds = now
            self._requests += 1
            self._arrived[digest] += 1
            return self._requests, self._arrived[digest]

    def strike(self, kind: str) -> None:
        """Count a fault."""
        with self._lock:
            self._faults[kind] += 1

    @contextmanager
    def leaving(self, digest: str, *, is_good: bool) -> Iterator[None]:
        """Count an answer that is sent in this context; a good one is a whole answer of the model.

        It is counted first, so that whoever has an answer finds it counted, and taken back where sending fails.
        """
        now = time.monotonic()
        with self._lock:
            self._last_seconds = now
            self._answered[digest] += is_good
        try:
            yield
        except OSError:
            with self._lock:
                self._answered[digest] -= is_good
            raise

    @property
    def counts(self) -> Counts:
        """The counts by now."""
        with self._lock:
            answered, bodies = self._answered.total(), sum(times > 0 for times in self._answered.values())
            return Counts(
                requests=self._requests,
                answered=answered,
                faults=dict(self._faults),
                first_seconds=self._first_seconds,
                last_seconds=self._last_seconds,
                bodies=bodies,
                repeated=answered - bodies,
            )
