"""Model calls through litellm, which is imported only when a call is made."""

import functools
import gc
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from hapi_pytest.model import Usage
from hapi_pytest.recordings import Identity
from hapi_pytest.secrets import environment_secrets, scrubbed
from hapi_pytest.service_faults import meaning, provider, unreadable
from hapi_pytest.transcripts import Message


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer: the assistant message with all provider fields, and what it cost in tokens."""

    message: Message
    usage: Usage
    finish: str = ""
    """Why the model ended, in OpenAI's words: stop, tool_calls, length, content_filter."""
    waited_seconds: float = 0
    """Time that went into failed tries, back-off and queueing: it is not the attempt's own."""


Complete = Callable[[Sequence[Message], Sequence[Mapping[str, Any]]], Reply]
"""What asks a model: messages and tools in, a reply out."""


class LiteLLM:
    """A model behind litellm."""

    def __init__(
        self,
        identity: Identity,
        *,
        base_url: str = "",
        seconds: float = 600,
        key: str = "",
        max_output_tokens: int | None = None,
    ) -> None:
        self._name = f"openai/{identity.model}" if identity.is_stand_in else identity.model
        self.provider = base_url or provider(self._name)
        """Whose rate limits hold."""
        self._key = key
        connection = {"api_base": base_url or None, "api_key": key or None, "timeout": seconds}
        given = {name: value for name, value in connection.items() if value is not None}
        if max_output_tokens is not None and "max_completion_tokens" not in identity.arguments:
            given["max_tokens"] = max_output_tokens
        self._arguments: dict[str, Any] = given | dict(identity.arguments)
        self.seconds = float(self._arguments["timeout"])
        """How long the service may be silent."""

    def complete(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> Reply:
        """Ask for the next assistant message with one request.

        Raises TransientError, ContextLengthError, ContentFilterError, any other ServiceError, or StoppedError.
        """
        litellm = load()
        _hush()
        outer = sys.exception()
        was_sent = False

        def note(details: Mapping[str, Any]) -> None:  # litellm calls it before it sends a request, and afterwards
            nonlocal was_sent
            was_sent = was_sent or details.get("log_event_type") == "pre_api_call"
            go_on()

        request: dict[str, Any] = {"model": self._name, "messages": list(messages), "tools": list(tools) or None}
        try:
            request |= self._parts(litellm, messages)
            with _alone_at_first(self._name, self.provider, self.seconds) as go_on:
                response = litellm.completion(
                    **self._arguments | request | {"num_retries": 0, "max_retries": 0, "logger_fn": note}
                )
        except Exception as error:  # litellm wraps every provider's faults in many classes
            raise meaning(self._name, error, outer=outer, was_sent=was_sent, key=self._key) from error
        if not response.choices:
            raise unreadable(self._name, "there is no choice in it")
        choice = response.choices[0]
        message = scrubbed(_pruned(choice.message.model_dump()), environment_secrets())
        return Reply(message=message, usage=_usage(response), finish=choice.finish_reason or "")

    def _parts(self, litellm: Any, messages: Sequence[Message]) -> Mapping[str, Any]:
        """Return what makes a call quick; without a client litellm makes its own."""
        base_url, asked_for = self._arguments.get("api_base"), self._arguments.get("custom_llm_provider")
        whose = litellm.get_llm_provider(self._name, custom_llm_provider=asked_for, api_base=base_url)[1]
        key = self._arguments.get("api_key") or os.environ.get("OPENAI_API_KEY")
        client: Any = None
        with _loading:
            from hapi_pytest import call_parts

            if whose in ("anthropic", "gemini"):
                client = call_parts.handler(self.seconds)
            elif whose == "openai" and key:
                base_url = base_url or os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_BASE")
                client = call_parts.chats(key, base_url, self.seconds)
        return {"client": client, "litellm_logging_obj": call_parts.log(self._name, messages)}


def load() -> Any:
    """Import litellm without its look-ups on the network, once and for all threads."""
    with _loading:
        return _litellm()


_loading = threading.Lock()
_opening = threading.Lock()
_opened: set[object] = set()
_ITS_PACKAGES = r"(aiohttp|httpcore|httpx|litellm|openai|pydantic|tiktoken|vcr)\b"


@functools.cache
def _litellm() -> Any:
    """Import litellm, and keep its objects out of later collections."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS", "True")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import litellm

        litellm.suppress_debug_info = True
        litellm.telemetry = False
        # Its classes are completed by the first answer, with warnings that tests running by then may have made errors.
        litellm.completion(model="openai/none", api_key="none", messages=[], mock_response="none")
    gc.collect()
    gc.freeze()  # saves almost two seconds of collections at exit
    return litellm


def _hush() -> None:
    """Ignore the warnings of litellm and its packages, which would fail suites that make warnings errors.

    They stay ignored: `catch_warnings` restores what the whole process had, whatever other threads did meanwhile.
    """
    warnings.filterwarnings("ignore", module=_ITS_PACKAGES)


@contextmanager
def _alone_at_first(*connection: object) -> Iterator[Callable[[], None]]:
    """Let a connection's first call get as far as its request alone: threads beside it would do the same preparations.

    Yields what to call when it got there.
    """
    if connection in _opened:
        yield lambda: None
        return
    _opening.acquire()
    waiting = [_opening]

    def go_on() -> None:
        _opened.add(connection)
        if waiting:
            waiting.pop().release()

    try:
        if connection in _opened:
            go_on()
        yield go_on
    finally:
        go_on()


def _pruned(message: dict[str, Any]) -> Message:
    """Drop what is None; everything else goes back to the provider as it came."""
    kept = {name: value for name, value in message.items() if value is not None}
    for call in kept.get("tool_calls") or []:
        call.pop("index", None)
    if not kept.get("tool_calls"):
        kept.setdefault("content", "")  # services refuse an assistant's message that is nothing at all
    return kept


def _usage(response: Any) -> Usage:
    """Return the tokens as litellm counts them: cached and cache-writing ones are input, reasoning is output."""
    usage = getattr(response, "usage", None)
    prompt = getattr(usage, "prompt_tokens_details", None)
    completion = getattr(usage, "completion_tokens_details", None)
    return Usage(
        input_tokens=getattr(usage, "prompt_tokens", 0) or 0,
        output_tokens=getattr(usage, "completion_tokens", 0) or 0,
        cached_tokens=getattr(prompt, "cached_tokens", 0) or 0,
        cache_write_tokens=getattr(prompt, "cache_creation_tokens", 0) or 0,
        reasoning_tokens=getattr(completion, "reasoning_tokens", 0) or 0,
    )
