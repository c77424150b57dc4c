"""What all live attempts of one run share in one process: the budget, the stop sign, and the ways to the services."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Mapping

from hapi_pytest.baton import BATON
from hapi_pytest.errors import StoppedError
from hapi_pytest.live.ledger import Ledger
from hapi_pytest.live.retrying import Retrying, Try
from hapi_pytest.live.spending import Budgeted
from hapi_pytest.live.throttle import Throttle
from hapi_pytest.llm import LiteLLM
from hapi_pytest.prices import Price
from hapi_pytest.runs import LEDGER, Run

POLL_SECONDS = 0.2
ELSEWHERE = "another worker has stopped the run, and says why"


class LiveRun:
    """One process's part in a run that calls models."""

    def __init__(
        self,
        run: Run,
        *,
        max_cost_usd: float | None = None,
        tries: int = 8,
        call_seconds: float = 600,
        concurrency: int = 1,
    ) -> None:
        self.call_seconds = call_seconds
        self.processors = len(os.sched_getaffinity(0))
        self._run = run
        self._tries = tries
        self._concurrency = concurrency
        self._ledger = Ledger(run.folder / LEDGER, max_cost_usd)
        self._reason = ""
        self._signing = threading.Lock()
        self._throttles: dict[str, Throttle] = {}
        self._making = threading.Lock()
        # More scripts at once than processors would make each of them miss its time limit.
        self._commands = threading.BoundedSemaphore(2 * self.processors)

    def line(self, recording: str, model: LiteLLM, price: Price | None, reply_tokens: int | None) -> Retrying:
        """Return the way to a model for one attempt: within the budget, and tried again where a try may help."""
        return Retrying(
            Budgeted(model.complete, self._ledger, price, pause=self.pause, max_output_tokens=reply_tokens).complete,
            tries=self._tries,
            throttle=self._throttle(model.provider),
            pause=self.pause,
            on_try=lambda one: self._keep(recording, one),
        )

    @contextlib.contextmanager
    def command(self, starts_process: bool) -> Iterator[None]:
        """Wait for a turn to run a tool that starts a process; raises StoppedError when the run is stopped."""
        self.check()
        if not starts_process:
            yield
            return
        with BATON.laid_down():
            while not self._commands.acquire(timeout=POLL_SECONDS):
                self.check()
            try:
                yield
            finally:
                self._commands.release()

    def pause(self, seconds: float) -> None:
        """Wait; raises StoppedError as soon as the run is stopped."""
        end = time.monotonic() + seconds
        with BATON.laid_down():
            while True:
                self.check()
                left = end - time.monotonic()
                if left <= 0:
                    return
                time.sleep(min(left, POLL_SECONDS))

    def check(self) -> None:
        """Raise StoppedError when the run is stopped."""
        if reason := self.stopped():
            raise StoppedError(reason)

    def stop(self, reason: str) -> str:
        """Stop the whole run, in every process, and return what to tell: only the first process tells the reason."""
        with self._signing:
            self._reason = self._reason or (reason if self._is_first(reason) else ELSEWHERE)
            return self._reason

    def leave(self, reason: str) -> None:
        """Stop this process's part of the run; waits for nobody, for it is how Ctrl-C ends it."""
        self._reason = self._reason or reason

    def stopped(self) -> str:
        """Return why the run is stopped; empty when it is not."""
        with self._signing:
            if not self._reason and (told := self._ledger.stopped()):
                self._reason = ELSEWHERE if "\n" in told else told  # a remedy is told once
            return self._reason

    def _is_first(self, reason: str) -> bool:
        """Put up the stop sign; tell whether nobody else had."""
        try:
            return self._ledger.stop(reason)
        except StoppedError:  # on a full disk only this process can be told
            return True

    def post(self, counts: Mapping[str, int]) -> None:
        """Tell the progress line what this process has done and has in flight."""
        waiting = sum(throttle.waiting for throttle in self._throttles.values())
        with contextlib.suppress(StoppedError):  # no attempt may be lost because a full disk cannot show it
            self._ledger.post(self._run.worker, {**counts, "waiting": waiting})

    def posted(self) -> Mapping[str, int]:
        """Return what all processes of the run have done and have in flight."""
        return self._ledger.posted()

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def _throttle(self, provider: str) -> Throttle:
        with self._making:
            if provider not in self._throttles:
                self._throttles[provider] = Throttle(self._concurrency, pause=self.pause)
            return self._throttles[provider]

    def _keep(self, recording: str, one: Try) -> None:
        self._run.journal.tried(
            recording=recording,
            number=one.number,
            seconds=round(one.seconds, 3),
            fault=one.kind,
            status=one.status,
            text=one.text,
            wait_seconds=round(one.wait_seconds, 3),
        )
