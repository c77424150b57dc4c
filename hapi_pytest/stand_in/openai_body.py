"""The body of an OpenAI chat completion request, as its public schema has it."""

# ruff: noqa: D101 - the classes bear the names that the service's reference explains

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Unit = Annotated[float, Meta(ge=-2, le=2)]
Count = Annotated[int, Meta(ge=1)]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["text", "image_url", "input_audio", "file", "refusal"]
    text: str = ""
    image_url: dict[str, Any] | None = None
    input_audio: dict[str, Any] | None = None
    file: dict[str, Any] | None = None
    refusal: str = ""
    cache_control: None = None


Content = str | list[Part]


class Said(msgspec.Struct, forbid_unknown_fields=True, tag_field="role"):
    content: Content
    name: str | None = None


class System(Said, tag="system"):
    pass


class Developer(Said, tag="developer"):
    pass


class User(Said, tag="user"):
    pass


class Function(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    arguments: str


class ToolCall(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    function: Function
    type: Literal["function"]


class Assistant(msgspec.Struct, forbid_unknown_fields=True, tag_field="role", tag="assistant"):
    content: Content | None = None
    refusal: str | None = None
    name: str | None = None
    audio: dict[str, Any] | None = None
    annotations: list[Any] = []
    # litellm sends back what it could not place of an answer; the service overlooks it.
    provider_specific_fields: dict[str, Any] | None = None
    tool_calls: Annotated[list[ToolCall], Meta(min_length=1)] | None = None
    function_call: None = None


class Tool(msgspec.Struct, forbid_unknown_fields=True, tag_field="role", tag="tool"):
    tool_call_id: str
    content: Content
    name: str | None = None


Message = System | Developer | User | Assistant | Tool


class OfferedFunction(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    description: str = ""
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Offered(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["function"]
    function: OfferedFunction


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["function"]
    function: dict[str, str]


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The documented parameters of a chat completion."""

    model: str
    messages: Annotated[list[Message], Meta(min_length=1)]
    audio: dict[str, Any] | None = None
    frequency_penalty: Unit | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    max_completion_tokens: Count | None = None
    max_tokens: Count | None = None
    metadata: dict[str, str] | None = None
    modalities: list[str] | None = None
    n: Annotated[int, Meta(ge=1, le=128)] | None = None
    parallel_tool_calls: bool | None = None
    prediction: dict[str, Any] | None = None
    presence_penalty: Unit | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    response_format: dict[str, Any] | None = None
    safety_identifier: str | None = None
    seed: int | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None = None
    stop: str | list[str] | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    tool_choice: Literal["none", "auto", "required"] | Chosen | None = None
    tools: Annotated[list[Offered], Meta(min_length=1)] | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    user: str | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    web_search_options: dict[str, Any] | None = None
