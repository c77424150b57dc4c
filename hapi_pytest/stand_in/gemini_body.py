"""The body of a Gemini generateContent request, as its public schema has it."""

# ruff: noqa: D101 - the classes bear the names that the service's reference explains

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
_FREE = ("args", "response", "responseJsonSchema", "parametersJsonSchema", "example", "default")
SCHEMA_KEYS = frozenset(
    (
        *("type", "format", "title", "description", "nullable", "default", "example", "enum", "anyOf"),
        *("properties", "required", "minProperties", "maxProperties", "propertyOrdering"),
        *("items", "minItems", "maxItems", "minLength", "maxLength", "pattern", "minimum", "maximum"),
    )
)
"""What a schema may say: less than JSON Schema knows."""


class _Message(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    pass


class FunctionCall(_Message):
    name: str
    args: dict[str, Any] = {}
    id: str | None = None


class FunctionResponse(_Message):
    name: str
    response: dict[str, Any]
    id: str | None = None


class Part(_Message):
    text: str | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    inline_data: dict[str, Any] | None = None
    file_data: dict[str, Any] | None = None
    thought: bool = False
    thought_signature: str | None = None


class Content(_Message):
    parts: list[Part]
    role: Literal["user", "model", "function"] = "user"


class SystemInstruction(_Message):
    parts: list[Part]
    role: str = "system"


class FunctionDeclaration(_Message):
    name: Annotated[str, Meta(pattern=r"^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$")]
    description: str = ""
    parameters: dict[str, Any] | None = None
    parameters_json_schema: dict[str, Any] | None = None
    behavior: str | None = None
    response: dict[str, Any] | None = None
    response_json_schema: dict[str, Any] | None = None


class Tool(_Message):
    function_declarations: list[FunctionDeclaration] = []


class FunctionCallingConfig(_Message):
    mode: Literal["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"] = "AUTO"
    allowed_function_names: list[str] = []


class ToolConfig(_Message):
    function_calling_config: FunctionCallingConfig | None = None
    retrieval_config: dict[str, Any] | None = None


class ThinkingConfig(_Message):
    include_thoughts: bool = False
    thinking_budget: Annotated[int, Meta(ge=-1)] | None = None
    thinking_level: str | None = None


class GenerationConfig(_Message):
    candidate_count: Annotated[int, Meta(ge=1, le=8)] = 1
    stop_sequences: Annotated[list[str], Meta(max_length=5)] = []
    max_output_tokens: Annotated[int, Meta(ge=1)] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Share | None = None
    top_k: Annotated[float, Meta(ge=1)] | None = None
    seed: int | None = None
    presence_penalty: Annotated[float, Meta(ge=-2, lt=2)] | None = None
    frequency_penalty: Annotated[float, Meta(ge=-2, lt=2)] | None = None
    response_mime_type: str | None = None
    response_schema: dict[str, Any] | None = None
    response_json_schema: Any = None
    response_modalities: list[str] | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None
    media_resolution: str | None = None
    speech_config: dict[str, Any] | None = None
    thinking_config: ThinkingConfig | None = None


class Body(_Message):
    """The documented parameters of a generateContent request."""

    contents: Annotated[list[Content], Meta(min_length=1)]
    tools: list[Tool] = []
    tool_config: ToolConfig | None = None
    safety_settings: list[dict[str, str]] = []
    system_instruction: SystemInstruction | None = None
    generation_config: GenerationConfig = msgspec.field(default_factory=GenerationConfig)
    cached_content: str | None = None
    model: str = ""


def camel(value: Any, *, is_names: bool = False) -> Any:
    """Spell every field as the schema does; the service takes snake_case too."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    spelled = {}
    for key, inner in value.items():
        name = key if is_names else re.sub(r"_([a-z])", lambda match: match[1].upper(), key)
        is_free = not is_names and name in _FREE
        spelled[name] = inner if is_free else camel(inner, is_names=not is_names and name == "properties")
    return spelled
