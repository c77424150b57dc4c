"""Model calls within the run's budget: what a call may cost is set aside before it, what it did cost is settled after.

The most that a call can cost needs the most tokens that its request can have. No tokenizer is loaded for that, for most
providers publish none: a token is at least one byte, so a text has no more tokens than bytes. That is about four times
too many, but only for what is new: what a conversation had before, the provider has counted in the last reply. The
bound holds for text; what lies behind an address, such as a picture, is in no message.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from hapi_pytest.baton import BATON
from hapi_pytest.errors import HapiError, TransientError
from hapi_pytest.live.ledger import Ledger
from hapi_pytest.llm import Complete, Reply
from hapi_pytest.prices import Price
from hapi_pytest.service_faults import BROKEN_CONNECTION, TIMEOUT, UNREADABLE_ANSWER
from hapi_pytest.transcripts import Message, copied

MAY_BE_BILLED = (TIMEOUT, BROKEN_CONNECTION, UNREADABLE_ANSWER)
"""Failures after which the service may have done the work."""
WAIT_SECONDS = 0.1
MESSAGE_TOKENS = 64
"""Allowance for what a service puts around each message."""
REQUEST_TOKENS = 1_024
"""Allowance for what it puts before them all, such as how to call tools."""


class Budgeted:
    """One attempt's way to a model, within the budget of the run.

    Without a price nothing is reserved, and what is spent is unknown.
    """

    def __init__(
        self,
        complete: Complete,
        ledger: Ledger,
        price: Price | None,
        *,
        pause: Callable[[float], None],
        max_output_tokens: int | None = None,
        clock: Callable[[], float] = BATON.clock,
    ) -> None:
        self._complete = complete
        self._ledger = ledger
        self._price = price
        self._pause = pause
        self._clock = clock
        limits = (price.max_output_tokens if price else None, max_output_tokens)
        self._output_tokens = min((limit for limit in limits if limit is not None), default=0)
        self._counted = Counted()
        self.spent_usd: float | None = None if price is None else 0.0
        """What the answers cost so far; failed calls are not the attempt's doing."""

    def complete(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> Reply:
        """Ask within the budget, waiting while calls in flight hold what is left of it.

        Raises BudgetError when too little is left, and whatever the call itself or the pause raises.
        """
        if self._price is None or self.spent_usd is None:
            return self._complete(messages, tools)
        most = self._price.most_usd(self._counted.bound(messages, tools), self._output_tokens)
        reservation, waited = self._reserved(most)
        billed = most
        try:
            reply = self._complete(messages, tools)
            if reply.usage.input_tokens:  # a service that counts nothing may bill all the same
                billed = self._price.cost_usd(reply.usage)
        except HapiError as error:
            billed = most if isinstance(error, TransientError) and error.kind in MAY_BE_BILLED else 0
            raise
        finally:
            self._ledger.settle(reservation, billed)
        self._counted.learn(messages, tools, reply)
        self.spent_usd += self._price.cost_usd(reply.usage)
        return msgspec.structs.replace(reply, waited_seconds=reply.waited_seconds + waited)

    def _reserved(self, most: float) -> tuple[int, float]:
        """Return a reservation, and the seconds that it was waited for."""
        asked = self._clock()
        waits = 0
        while (reservation := self._ledger.reserve(most)) is None:
            self._pause(WAIT_SECONDS)
            waits += 1
        return reservation, self._clock() - asked if waits else 0.0


class Counted:
    """How long a conversation's next request can be, from what the provider counted in its last call."""

    def __init__(self) -> None:
        self._tokens = 0
        self._tools: list[Mapping[str, Any]] = []
        self._conversation: list[Message] = []

    def learn(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], reply: Reply) -> None:
        """Keep what the provider counted in a call, if it did."""
        is_counted = reply.usage.input_tokens > 0
        self._tokens = reply.usage.input_tokens + reply.usage.output_tokens
        self._tools = copied(list(tools))
        self._conversation = [*copied(list(messages)), copied(reply.message)] if is_counted else []

    def bound(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> int:
        """Return the most input tokens that a request with these messages and tools can have."""
        known = len(self._conversation)
        if known and list(messages[:known]) == self._conversation and list(tools) == self._tools:
            # The reply was counted as output; as input it gets its surroundings.
            return self._tokens + MESSAGE_TOKENS + _most_tokens(messages[known:])
        return REQUEST_TOKENS + _most_tokens(messages) + _most_tokens(tools)


def _most_tokens(values: Sequence[Mapping[str, Any]]) -> int:
    text = json.dumps(list(values), ensure_ascii=False, default=str)
    return len(text.encode("utf-8", "surrogatepass")) + MESSAGE_TOKENS * len(values)
