"""One conversation at a time computes, while the others wait for their services.

Python runs one thread at a time anyhow. Threads that compute side by side take the interpreter from each other, and all
are done when the last one is. One after the other the first is done at once, and what they ask for next comes back one
after the other too, instead of all together.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 1.0
"""Who has waited so long goes on without the baton: an agent's own code may carry it and wait for something."""


class Baton:
    """What one thread at a time carries."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._lock = threading.Lock()
        self._mine = _Mine()

    def clock(self) -> float:
        """Return this thread's time in seconds, which stands still while it waits for the baton."""
        return time.monotonic() - self._mine.waited_seconds

    @contextmanager
    def carried(self) -> Iterator[None]:
        """Compute with the baton."""
        self._take()
        self._mine.is_carrier = True
        try:
            yield
        finally:
            self._mine.is_carrier = False
            self._drop()

    @contextmanager
    def laid_down(self) -> Iterator[None]:
        """Wait for something while others compute; a thread that does not carry the baton just waits."""
        if not self._mine.is_carrier:
            yield
            return
        self._mine.is_carrier = False
        self._drop()
        try:
            yield
        finally:
            self._take()
            self._mine.is_carrier = True

    def _take(self) -> None:
        asked = time.monotonic()
        self._mine.has_it = self._lock.acquire(timeout=self._patience)
        self._mine.waited_seconds += time.monotonic() - asked

    def _drop(self) -> None:
        if self._mine.has_it:
            self._lock.release()


class _Mine(threading.local):
    """One thread's part."""

    is_carrier = False
    """Whether it computes with the baton, or would if its patience had lasted."""
    has_it = False
    waited_seconds = 0.0


BATON = Baton()
"""Of all live conversations in this process."""
