"""What an agent and a model have said to each other, without any service's wire format."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec


class Call(msgspec.Struct, frozen=True):
    """One use of a tool that the model asks for."""

    id: str
    name: str
    arguments: Mapping[str, Any]


class UserTurn(msgspec.Struct, frozen=True, tag="user"):
    """What the user says."""

    text: str


class AssistantTurn(msgspec.Struct, frozen=True, tag="assistant"):
    """What the model said, and the tools it asked for."""

    text: str = ""
    calls: tuple[Call, ...] = ()


class ToolResult(msgspec.Struct, frozen=True):
    """What one tool gave back."""

    call_id: str
    text: str


class ResultsTurn(msgspec.Struct, frozen=True, tag="results"):
    """What the tools of the assistant turn before gave back."""

    results: tuple[ToolResult, ...]


Turn = UserTurn | AssistantTurn | ResultsTurn


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a model."""

    model: str
    system: str
    turns: tuple[Turn, ...]
    tools: tuple[str, ...]
    """Names of the tools that the model may use."""
    seed: int = 0
    is_thinking: bool = False
    """Whether the request asks the model to think before it answers."""
    is_parallel: bool = True
    """Whether one answer may hold several tool calls."""
    is_caching: bool = False
    """Whether the request asks to keep its beginning for later."""
    answers: int = 1
    """How many answers are asked for."""
    max_tokens: int | None = None
    """How long the answer may be."""
    prompt_tokens: int = 0
    """Size of the request."""

    @property
    def assistant_turns(self) -> int:
        """How often the model has spoken so far."""
        return sum(isinstance(turn, AssistantTurn) for turn in self.turns)

    @property
    def cached_tokens(self) -> int:
        """How much a service would have cached: all up to the model's last turn, in blocks of 128."""
        last = max((i for i, turn in enumerate(self.turns) if isinstance(turn, AssistantTurn)), default=-1)
        size = token_count(self.system + compact(msgspec.to_builtins(self.turns[: last + 1])))
        return min(size, self.prompt_tokens) // 128 * 128 if size >= 1024 else 0

    def token(self, prefix: str, index: int = 0, length: int = 24) -> str:
        """Return an id that depends on nothing but the place in the conversation."""
        opening = next((turn.text for turn in self.turns if isinstance(turn, UserTurn)), "")
        place = json.dumps([prefix, self.model, self.seed, opening, len(self.turns), self.assistant_turns, index])
        return prefix + hashlib.sha256(place.encode()).hexdigest()[:length]


class Request(msgspec.Struct, frozen=True):
    """A tool that the model wants to use, before a service's format gives it an id."""

    name: str
    arguments: Mapping[str, Any]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the model answers."""

    text: str
    calls: tuple[Request, ...] = ()
    thoughts: str = ""
    """What it thought before; sent only where the request asks for thinking."""
    is_cut: bool = False
    """Whether the output limit cut it short."""

    def within(self, tokens: int | None) -> "Reply":
        """Cut the reply as a service does at its output limit: text is cut short and tool calls are lost."""
        if tokens is None or self.size <= tokens:
            return self
        return Reply(text=self.text[: 4 * max(0, tokens)], thoughts=self.thoughts, is_cut=True)

    @property
    def size(self) -> int:
        """Output tokens, thoughts left out."""
        return token_count(self.text) + sum(
            8 + token_count(call.name) + token_count(compact(call.arguments)) for call in self.calls
        )


def compact(value: object) -> str:
    """Write a value as JSON without needless space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def token_count(text: str) -> int:
    """Estimate the tokens of a text: one for every four characters begun."""
    return (len(text) + 3) // 4
