"""What all engagements of one identity share: recordings, limits, sandbox, and the way to the model."""

import functools
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hapi_pytest.grader import Grader
from hapi_pytest.llm import LiteLLM
from hapi_pytest.model import Limits
from hapi_pytest.prices import Price, price
from hapi_pytest.recordings import UNRECORDED, Identity, Recordings, Slot
from hapi_pytest.runs import Run
from hapi_pytest.sandbox import Environment, Sandbox, choose, environment
from hapi_pytest.stand_in import StandIn
from hapi_pytest.task import Agent

if TYPE_CHECKING:
    from hapi_pytest.live.retrying import Retrying
    from hapi_pytest.live.run import LiveRun

REPLY_TOKENS = 32_000
"""Most output tokens of one reply, where the model's own limit is known and above it."""
NO_KEY = "the stand-in needs no key"
_KEYS = {"anthropic": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY"}


class Harness:
    """The setting in which one identity works; close it to stop the stand-in."""

    def __init__(
        self,
        *,
        identity: Identity,
        agent: Agent | None,
        recordings: Path,
        projects: Path,
        run: Run,
        grader: Grader,
        replay: Literal["fast", "full"] = "fast",
        record: Literal["", "missing", "all"] = "",
        rounds: int = 1,
        needs_reviews: bool = False,
        sandbox: str = "auto",
        address: str = "",
        own_prices: Path | None = None,
        limits: Limits | None = None,
        live: "LiveRun | None" = None,
        hidden: tuple[str, ...] = (),
    ) -> None:
        self.identity = identity
        self.agent = agent
        """None for the agents that ask no model."""
        self.recordings = Recordings(recordings, identity)
        self.run, self.grader = run, grader
        self.replay = replay
        self.record = record
        self.rounds, self.needs_reviews = rounds, needs_reviews
        self.limits = limits or Limits()
        self.hidden = hidden
        """What nobody may reach from the sandbox, for those who try."""
        self._live = live
        self._own_live: LiveRun | None = None
        self._making = threading.Lock()
        self._projects = projects
        self._sandbox_name = sandbox
        self._address = address
        self._own_prices = own_prices
        self._stand_in: StandIn | None = None

    @property
    def is_unrecorded(self) -> bool:
        """Whether the agent asks no model, so that there is nothing to record."""
        return self.identity.agent in UNRECORDED

    def sandbox(self) -> Sandbox:
        """Return the sandbox, chosen at its first use; raises SandboxError when none holds."""
        return self._chosen

    @functools.cached_property
    def _chosen(self) -> Sandbox:
        return choose(self._sandbox_name)

    @property
    def live(self) -> "LiveRun":
        """What the live attempts of this process share."""
        with self._making:
            if self._live is None:
                from hapi_pytest.live.run import LiveRun  # replay does without retries and the ledger

                self._live = self._own_live = LiveRun(self.run)
            return self._live

    @functools.cached_property
    def price(self) -> Price | None:
        """What the model costs; None when nobody knows."""
        return price(self.identity.model, self._own_prices)

    @property
    def reply_tokens(self) -> int | None:
        """Most output tokens of one reply; None when neither the command line nor our table of prices says."""
        for name in ("max_tokens", "max_completion_tokens"):
            if isinstance(given := self.identity.arguments.get(name), int):
                return given
        most = self.price.max_output_tokens if self.price else None
        return min(most, REPLY_TOKENS) if most else None

    def recording(self, slot: Slot) -> str:
        """Name a slot's recording, from the recordings' folder on."""
        return f"{self.identity.folder}/{slot.project}/{slot.name}"

    def line(self, slot: Slot) -> "Retrying":
        """Return the way to the model for one live attempt."""
        return self.live.line(self.recording(slot), self.live_model(), self.price, self.reply_tokens)

    def offered(self) -> Environment:
        """Return what the agent is told it has; the stand-in works with the least, the same on every machine."""
        if self.identity.is_stand_in:
            return Environment(programs=("bash", "python3"), packages=())
        return environment()

    def live_model(self) -> LiteLLM:
        """Return the model, reached over the network."""
        if self.identity.is_stand_in:
            address, key = self._stand_in_url(), NO_KEY
        else:
            address, key = self._address, self._key()
        return LiteLLM(
            self.identity,
            base_url=address,
            key=key,
            seconds=self.live.call_seconds,
            max_output_tokens=self.reply_tokens,
        )

    def played_model(self, reply_tokens: int) -> LiteLLM:
        """Return the model as its cassettes answer; the host in the URL is never reached."""
        base_url = "http://stand-in/v1" if self.identity.is_stand_in else self.identity.base_url
        return LiteLLM(self.identity, base_url=base_url, key="replay", max_output_tokens=reply_tokens or None)

    def close(self) -> None:
        """Stop the stand-in and close the ledger, where they were started here."""
        if self._own_live:
            self._own_live.close()
        if self._stand_in:
            self._stand_in.__exit__(None, None, None)
            self._stand_in = None

    def _stand_in_url(self) -> str:
        if self._address:
            return self._address
        with self._making:
            if not self._stand_in:
                self._stand_in = StandIn(projects=self._projects).__enter__()
            return f"{self._stand_in.url}/v1"

    def _key(self) -> str:
        """A server of one's own often wants no key, but the clients insist on one."""
        provider = self.identity.model.split("/")[0]
        variable = _KEYS.get(provider, "OPENAI_API_KEY")
        return "none" if self._address and variable not in os.environ else ""
