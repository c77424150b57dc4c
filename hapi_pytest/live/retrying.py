"""The one layer that tries a model call again when the service failed."""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import tenacity

from hapi_pytest.baton import BATON
from hapi_pytest.cassettes import forgetting_failures
from hapi_pytest.errors import (
    BudgetError,
    ContentFilterError,
    ContextLengthError,
    ServiceError,
    StoppedError,
    TransientError,
)
from hapi_pytest.live.throttle import Throttle
from hapi_pytest.llm import Complete, Reply
from hapi_pytest.transcripts import Message

FIRST_SECONDS = 2.0
"""The most that the first wait takes; each further one takes up to twice as long."""
CAP_SECONDS = 60.0
LONGEST_ASKED_SECONDS = 900.0
"""A service that wants to be left alone for longer is not waited for."""
_KINDS: dict[type[Exception], str] = {
    ContextLengthError: "context length",
    ContentFilterError: "content filter",
    StoppedError: "stopped",
}


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """One request, well or failed."""

    number: int
    kind: str = ""
    """What went wrong; empty when nothing did."""
    status: int = 0
    """The HTTP status of a failed try; 0 when there was none."""
    text: str = ""
    seconds: float
    """How long the request took."""
    wait_seconds: float = 0
    """How long the next try is put off; 0 when there is none."""


class Retrying:
    """A model whose service is asked again after faults that another try may mend."""

    def __init__(
        self,
        complete: Complete,
        *,
        throttle: Throttle,
        tries: int = 8,
        pause: Callable[[float], None] = time.sleep,
        on_try: Callable[[Try], None] = lambda one: None,
        chance: random.Random | None = None,
        clock: Callable[[], float] = BATON.clock,
    ) -> None:
        self._complete = complete
        self._throttle = throttle
        self._tries = max(1, tries)
        self._pause = pause
        self._on_try = on_try
        self._chance = chance or random.Random()
        self._clock = clock
        self._counting = threading.Lock()
        self.asked = 0
        """Requests so far, those of failed tries too."""

    def complete(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> Reply:
        """Ask for the next assistant message, several times if need be.

        Raises ServiceError when every try failed, and at once whatever no other try would mend.
        """
        began = self._clock()
        tries = _Tries(self._on_try, self._clock)
        retrying = tenacity.Retrying(
            sleep=self._pause,
            stop=tenacity.stop_after_attempt(self._tries),
            wait=self._wait,
            retry=tenacity.retry_if_exception_type(TransientError),
            before_sleep=lambda state: tries.tell(state.upcoming_sleep),
            reraise=True,
        )
        try:
            reply: Reply = retrying(self._try, tries, messages, tools)
        except TransientError as error:
            tries.tell()
            raise _given_up(error, tries.number) from error
        own_seconds = tries.seconds - reply.waited_seconds
        return msgspec.structs.replace(reply, waited_seconds=max(0.0, self._clock() - began - own_seconds))

    def _try(self, tries: "_Tries", messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> Reply:
        """Make one request."""
        with self._throttle.permit(), forgetting_failures():
            tries.begin()
            try:
                reply = self._complete(messages, tools)
            except BudgetError:  # nothing was asked
                raise
            except (ServiceError, StoppedError) as error:
                self._count()
                tries.end(error)
                if not isinstance(error, TransientError):
                    tries.tell()
                elif (error.retry_after_seconds or 0) > LONGEST_ASKED_SECONDS:
                    tries.tell()
                    raise _too_long(error) from error
                raise
            self._count()
            tries.end()
        tries.tell()
        return reply

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Return how long to wait: at random up to a growing bound, and never less than the service asks."""
        backoff = self._chance.uniform(0, min(CAP_SECONDS, FIRST_SECONDS * 2 ** (state.attempt_number - 1)))
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, TransientError) else None
        return backoff if asked is None else max(backoff, asked + self._chance.uniform(0, 1))

    def _count(self) -> None:
        with self._counting:
            self.asked += 1


class _Tries:
    """The tries of one call, told one by one."""

    def __init__(self, on_try: Callable[[Try], None], clock: Callable[[], float]) -> None:
        self._on_try, self._clock = on_try, clock
        self._began = 0.0
        self._error: Exception | None = None
        self.number = 0
        self.seconds = 0.0
        """How long the last one took."""

    def begin(self) -> None:
        """Start a try."""
        self.number += 1
        self._began = self._clock()

    def end(self, error: Exception | None = None) -> None:
        """End it, well or with an error."""
        self._error = error
        self.seconds = self._clock() - self._began

    def tell(self, wait_seconds: float = 0) -> None:
        """Tell of the last try, and how long the next one is put off."""
        error = self._error
        status = error.status if isinstance(error, TransientError) else 0
        self._on_try(
            Try(
                number=self.number,
                kind=_kind(error) if error else "",
                status=status,
                text=str(error or ""),
                seconds=self.seconds,
                wait_seconds=wait_seconds,
            )
        )


def _kind(error: Exception) -> str:
    return error.kind if isinstance(error, TransientError) else _KINDS.get(type(error), "refused")


def _given_up(error: TransientError, tries: int) -> ServiceError:
    times = "once" if tries == 1 else f"{tries} times"
    return ServiceError(
        f"the model's service failed {times}, the last time with: {error}\n"
        "  fix:     go on with --resume when it is well again"
    )


def _too_long(error: TransientError) -> StoppedError:
    minutes = (error.retry_after_seconds or 0) / 60
    return StoppedError(
        f"{error}\nit asks to be left alone for {minutes:.0f} minutes, which is too long to wait\n"
        "  fix:     go on with --resume after that time"
    )
