"""Model calls through litellm; the only module that imports it, and only when a call is made."""

import functools
import gc
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hapi_pytest.errors import ServiceError
from hapi_pytest.model import Usage
from hapi_pytest.recordings import Identity
from hapi_pytest.secrets import environment_secrets, scrubbed, scrubbed_text
from hapi_pytest.transcripts import Message


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A model's answer: the assistant message with all provider fields, and what it cost in tokens."""

    message: Message
    usage: Usage


class LiteLLM:
    """A model behind litellm."""

    def __init__(self, identity: Identity, *, base_url: str = "", seconds: float = 600, key: str = "") -> None:
        self._name = "openai/stand-in" if identity.model == "stand-in" else identity.model
        if identity.model.startswith("stand-in-"):
            self._name = f"openai/{identity.model}"
        self._arguments = dict(identity.arguments)
        self._connection = {"api_base": base_url or None, "api_key": key or None, "timeout": seconds}

    def complete(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> Reply:
        """Ask for the next assistant message; raises ServiceError when the service refuses or fails."""
        litellm = _litellm()
        connection = {name: value for name, value in self._connection.items() if value is not None}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # litellm's own; they would fail suites that make warnings errors
                response = litellm.completion(
                    model=self._name,
                    messages=list(messages),
                    tools=list(tools) or None,
                    num_retries=0,
                    max_retries=0,
                    **connection,
                    **self._arguments,
                )
        except Exception as error:  # litellm wraps every provider's faults in many classes
            raise ServiceError(_explained(self._name, error)) from error
        if not response.choices:
            raise ServiceError(f"{self._name}: the service answered without any choice")
        message = _pruned(response.choices[0].message.model_dump())
        return Reply(message=scrubbed(message, environment_secrets()), usage=_usage(response))


@functools.cache
def _litellm() -> Any:
    """Import litellm without its look-ups on the network, and keep its objects out of later collections."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS", "True")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import litellm
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    gc.collect()
    gc.freeze()  # saves almost two seconds of collections at exit
    return litellm


def _pruned(message: dict[str, Any]) -> Message:
    """Drop what is None; everything else goes back to the provider as it came."""
    kept = {name: value for name, value in message.items() if value is not None}
    for call in kept.get("tool_calls") or []:
        call.pop("index", None)
    return kept


def _usage(response: Any) -> Usage:
    usage = getattr(response, "usage", None)
    prompt = getattr(usage, "prompt_tokens_details", None)
    completion = getattr(usage, "completion_tokens_details", None)
    return Usage(
        input_tokens=getattr(usage, "prompt_tokens", 0) or 0,
        output_tokens=getattr(usage, "completion_tokens", 0) or 0,
        cached_tokens=getattr(prompt, "cached_tokens", 0) or 0,
        reasoning_tokens=getattr(completion, "reasoning_tokens", 0) or 0,
    )


def _explained(name: str, error: Exception) -> str:
    text = scrubbed_text(str(error), environment_secrets()).strip().splitlines()
    is_about_key = re.search(r"authent|api.?key|credential", f"{type(error).__name__} {error}", re.IGNORECASE)
    fix = "set the provider's key in the environment" if is_about_key else ""
    lines = [f"{name}: the model's service failed: {type(error).__name__}: {text[0] if text else ''}"]
    return "\n".join(lines + ([f"  fix:     {fix}"] if fix else []))
