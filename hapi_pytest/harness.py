"""What all engagements of one identity share: recordings, limits, sandbox, and the way to the model."""

import functools
import os
from pathlib import Path
from typing import Literal

from hapi_pytest.grader import Grader
from hapi_pytest.journal import Run
from hapi_pytest.llm import LiteLLM
from hapi_pytest.model import Limits
from hapi_pytest.recordings import STAND_IN, UNRECORDED, Identity, Recordings
from hapi_pytest.sandbox import Environment, Sandbox, choose, environment
from hapi_pytest.stand_in import StandIn
from hapi_pytest.task import Agent

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
        sandbox: str = "auto",
        address: str = "",
        limits: Limits | None = None,
        hidden: tuple[str, ...] = (),
    ) -> None:
        self.identity = identity
        self.agent = agent
        """None for the agents that ask no model."""
        self.recordings = Recordings(recordings, identity)
        self.run = run
        self.grader = grader
        self.replay = replay
        self.record = record
        self.rounds = rounds
        self.limits = limits or Limits()
        self.hidden = hidden
        """What nobody may reach from the sandbox, for those who try."""
        self.rung = ""
        """The sandbox in use; empty until something had to be run."""
        self._projects = projects
        self._sandbox_name = sandbox
        self._address = address
        self._stand_in: StandIn | None = None

    @property
    def is_unrecorded(self) -> bool:
        """Whether the agent asks no model, so that there is nothing to record."""
        return self.identity.agent in UNRECORDED

    def sandbox(self) -> Sandbox:
        """Return the sandbox, chosen at its first use; raises SandboxError when none holds."""
        sandbox = self._chosen
        self.rung = sandbox.rung
        return sandbox

    @functools.cached_property
    def _chosen(self) -> Sandbox:
        return choose(self._sandbox_name)

    def offered(self) -> Environment:
        """Return what the agent is told it has; the stand-in works with the least, the same on every machine."""
        if self.identity.is_stand_in:
            return Environment(programs=("bash", "python3"), packages=())
        return environment()

    def live_model(self) -> LiteLLM:
        """Return the model, reached over the network."""
        if self.identity.is_stand_in:
            return LiteLLM(self.identity, base_url=self._stand_in_url(), key=STAND_IN)
        return LiteLLM(self.identity, base_url=self._address, key=self._key())

    def played_model(self) -> LiteLLM:
        """Return the model as its cassettes answer; the host in the URL is never reached."""
        base_url = "http://stand-in/v1" if self.identity.is_stand_in else self.identity.base_url
        return LiteLLM(self.identity, base_url=base_url, key="replay")

    def close(self) -> None:
        """Stop the stand-in, if it was started."""
        if self._stand_in:
            self._stand_in.__exit__(None, None, None)
            self._stand_in = None

    def _stand_in_url(self) -> str:
        if self._address:
            return self._address
        if not self._stand_in:
            self._stand_in = StandIn(projects=self._projects).__enter__()
        return f"{self._stand_in.url}/v1"

    def _key(self) -> str:
        """A server of one's own often wants no key, but the clients insist on one."""
        provider = self.identity.model.split("/")[0]
        variable = _KEYS.get(provider, "OPENAI_API_KEY")
        return "none" if self._address and variable not in os.environ else ""
