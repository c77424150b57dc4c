"""The Gemini format: POST /v1beta/models/{model}:generateContent."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hapi_pytest.stand_in import gemini_body as form
from hapi_pytest.stand_in.conversation import (
    AssistantTurn,
    Call,
    Conversation,
    Reply,
    ResultsTurn,
    ToolResult,
    Turn,
    UserTurn,
    token_count,
)
from hapi_pytest.stand_in.refusal import MalformedError, RefusedError, decoded, shaped
from hapi_pytest.stand_in.schemas import schema_problem
from hapi_pytest.stand_in.signature import is_signed, signature

_WITH_IDS = re.compile(r"gemini-([3-9]|\d\d)")
"""Models that give their function calls an id and want it back."""
_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    529: "UNAVAILABLE",
}


def read(body: bytes, headers: Mapping[str, str], target: str = "") -> Conversation:
    """Read a request for a target `model:method`; raises RefusedError where the real service refuses."""
    model, _, method = target.partition(":")
    if method == "streamGenerateContent":
        raise RefusedError(400, "The stand-in does not stream; call generateContent.")
    if method != "generateContent":
        raise RefusedError(404, f"models/{target}: there is no such method.")
    if not headers.get("x-goog-api-key", "").strip():
        raise RefusedError(
            403,
            "Method doesn't allow unregistered callers (callers without established identity). Please use "
            "API Key or other form of API consumer identity to call this API.",
        )
    try:
        asked = shaped(form.camel(decoded(body)), form.Body)
    except MalformedError as error:
        raise _refused(error) from None
    generation = asked.generation_config
    thinking = generation.thinking_config
    return Conversation(
        model=model,
        system=_text(asked.system_instruction.parts) if asked.system_instruction else "",
        turns=tuple(_turns(asked.contents)),
        tools=_tools(asked),
        seed=generation.seed or 0,
        is_thinking=bool(thinking and thinking.include_thoughts),
        answers=generation.candidate_count,
        max_tokens=generation.max_output_tokens,
        prompt_tokens=token_count(body.decode()),
    )


def write(conversation: Conversation, reply: Reply) -> dict[str, Any]:
    """Write the answer's body."""
    thoughts = reply.thoughts if conversation.is_thinking else ""
    parts: list[dict[str, Any]] = []
    if thoughts:
        parts.append({"text": thoughts, "thought": True})
    if reply.text:
        parts.append({"text": reply.text})
    for index, call in enumerate(reply.calls):
        called: dict[str, Any] = {"name": call.name, "args": dict(call.arguments)}
        if _WITH_IDS.match(conversation.model):
            called["id"] = conversation.token("", index, 8)
        part: dict[str, Any] = {"functionCall": called}
        if index == 0:  # the service signs the first of parallel calls only
            part["thoughtSignature"] = signature(signable(call.name, call.arguments))
        parts.append(part)
    thought, output = token_count(thoughts), reply.size
    usage: dict[str, Any] = {
        "promptTokenCount": conversation.prompt_tokens,
        "candidatesTokenCount": output * conversation.answers,
        "totalTokenCount": conversation.prompt_tokens + (output + thought) * conversation.answers,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": conversation.prompt_tokens}],
    }
    if thought:
        usage["thoughtsTokenCount"] = thought * conversation.answers
    if conversation.cached_tokens:
        usage["cachedContentTokenCount"] = conversation.cached_tokens
    finish = "MAX_TOKENS" if reply.is_cut else "STOP"
    return {
        "candidates": [
            {"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": index}
            for index in range(conversation.answers)
        ],
        "usageMetadata": usage,
        "modelVersion": conversation.model,
        "responseId": conversation.token("", length=22),
    }


def refusal(error: RefusedError) -> dict[str, Any]:
    """Write the body of a refusal."""
    status = _STATUS.get(error.status, "INTERNAL")
    said: dict[str, Any] = {"code": error.status, "message": error.message, "status": status}
    if error.code:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": error.code, "domain": "googleapis.com"}
        said["details"] = [info]
    return {"error": said}


def _refused(error: MalformedError) -> RefusedError:
    at, _, field = error.path.rpartition(".")
    field = field or error.path
    wording = {
        "json": f"Invalid JSON payload received. {error.problem}",
        "missing": f"* GenerateContentRequest.{error.path}: {field} is not specified",
        "unknown": f"Invalid JSON payload received. Unknown name \"{field}\" at '{at}': Cannot find field.",
        "empty": f"* GenerateContentRequest.{error.path}: {field} is not specified",
        "type": f"Invalid value at '{error.path}': {error.problem}",
    }
    return RefusedError(400, wording[error.kind])


def _tools(asked: form.Body) -> tuple[str, ...]:
    names: list[str] = []
    for index, tool in enumerate(asked.tools):
        for place, function in enumerate(tool.function_declarations):
            where = f"GenerateContentRequest.tools[{index}].function_declarations[{place}]"
            if function.parameters is not None and (problem := _schema_problem(function.parameters, "parameters")):
                raise RefusedError(400, f"* {where}.{problem}")
            if function.name in names:
                raise RefusedError(400, f"Duplicate function declaration found: {function.name}")
            names.append(function.name)
    config = asked.tool_config and asked.tool_config.function_calling_config
    if not config:
        return tuple(names)
    if unknown := set(config.allowed_function_names) - set(names):
        raise RefusedError(400, f"allowed_function_names holds functions that are not declared: {sorted(unknown)}")
    if config.allowed_function_names and config.mode not in ("ANY", "VALIDATED"):
        raise RefusedError(400, "allowed_function_names should be set only when the function calling mode is ANY.")
    return () if config.mode == "NONE" else tuple(config.allowed_function_names or names)


def _schema_problem(schema: Mapping[str, Any], place: str) -> str:
    """Say what the service dislikes about a schema: it knows fewer keys than JSON Schema has."""
    if place == "parameters" and (problem := schema_problem(schema)):
        return f"{place}: {problem}"
    if unknown := sorted(schema.keys() - form.SCHEMA_KEYS):
        return f'{place}: Unknown name "{unknown[0]}": Cannot find field.'
    if not schema.get("properties") and str(schema.get("type", "")).lower() == "object":
        return f"{place}.properties: should be non-empty for OBJECT type"
    inner = [(f"properties[{name}]", value) for name, value in schema.get("properties", {}).items()]
    inner += [("items", schema["items"])] if isinstance(schema.get("items"), Mapping) else []
    inner += [(f"any_of[{index}]", value) for index, value in enumerate(schema.get("anyOf", []))]
    return next((found for name, value in inner if (found := _schema_problem(value, f"{place}.{name}"))), "")


def _turns(contents: Sequence[form.Content]) -> list[Turn]:
    """Sort contents into turns; raises RefusedError when function calls and responses do not match."""
    turns: list[Turn] = []
    waiting: tuple[Call, ...] = ()
    if contents[0].role == "model":
        raise RefusedError(400, "Please ensure that the conversation starts with a user turn.")
    for index, content in enumerate(contents):
        _check_parts(content, index)
        if content.role == "model":
            if waiting or (_calls(content, index) and contents[index - 1].role == "model"):
                raise RefusedError(
                    400,
                    "Please ensure that function call turn comes immediately after a user turn or after "
                    "a function response turn.",
                )
            waiting = _calls(content, index)
            turns.append(AssistantTurn(_text(content.parts), waiting))
            continue
        responses = [part.function_response for part in content.parts if part.function_response]
        turns += _answered(waiting, responses)
        waiting = ()
        if any(part.function_response is None for part in content.parts):
            turns.append(UserTurn(_text(content.parts)))
    if waiting:
        raise RefusedError(400, "Please ensure that function call turn is followed by a function response turn.")
    return turns


def _check_parts(content: form.Content, index: int) -> None:
    where = f"GenerateContentRequest.contents[{index}].parts"
    if not content.parts:
        raise RefusedError(400, f"* {where}: contents.parts must not be empty.")
    for place, part in enumerate(content.parts):
        kinds = (part.text, part.function_call, part.function_response, part.inline_data, part.file_data)
        given = sum(kind is not None for kind in kinds)
        if given != 1:
            problem = "must have one initialized field" if not given else "has more than one field of 'data' set"
            raise RefusedError(400, f"* {where}[{place}].data: required oneof field 'data' {problem}")
        is_model = content.role == "model"
        if (part.function_call and not is_model) or (part.function_response and is_model):
            raise RefusedError(400, f"* {where}[{place}]: is not allowed in a turn of the role {content.role}")


def _calls(content: form.Content, index: int) -> tuple[Call, ...]:
    """Return a model turn's calls, named by their place; raises RefusedError for an altered signature."""
    calls: list[Call] = []
    for place, part in enumerate(content.parts):
        call = part.function_call
        if call is None:
            continue
        if not calls and not part.thought_signature:
            raise RefusedError(
                400,
                "Function call is missing a thought_signature in functionCall parts. This is required for "
                "tools to work correctly, and missing thought_signature may lead to degraded model "
                f"performance. Additional data, function call `default_api:{call.name}`, position {place + 1}.",
            )
        if part.thought_signature and not is_signed(signable(call.name, call.args), part.thought_signature):
            raise RefusedError(400, f"Thought signature is not valid: contents[{index}].parts[{place}].")
        calls.append(Call(call.id or f"{index}.{place}", call.name, call.args))
    return tuple(calls)


def _answered(waiting: Sequence[Call], responses: Sequence[form.FunctionResponse]) -> Iterator[Turn]:
    if responses and not waiting:
        raise RefusedError(
            400, "Please ensure that function response turn comes immediately after a function call turn."
        )
    if len(responses) != len(waiting):
        raise RefusedError(
            400,
            "Please ensure that the number of function response parts is equal to the number of function "
            "call parts of the function call turn.",
        )
    left = list(waiting)
    results = []
    for response in responses:
        call = next((c for c in left if response.name == c.name and response.id in (None, c.id)), None)
        if call is None:
            raise RefusedError(400, f"Function response `{response.name}` answers no function call of the turn before.")
        left.remove(call)
        results.append(ToolResult(call.id, _response_text(response.response)))
    if results:
        yield ResultsTurn(tuple(results))


def _response_text(response: Mapping[str, Any]) -> str:
    """Return what a tool gave back; clients put a text into a field of their choice."""
    texts = [value for value in response.values() if isinstance(value, str)]
    return texts[0] if len(texts) == len(response) == 1 else json.dumps(response, ensure_ascii=False)


def signable(name: str, arguments: Mapping[str, Any]) -> str:
    """Return the text that a function call's signature is made of."""
    return json.dumps([name, arguments], sort_keys=True)


def _text(parts: Sequence[form.Part]) -> str:
    return "\n".join(part.text for part in parts if part.text is not None and not part.thought)
