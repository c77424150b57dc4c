"""The OpenAI chat completions format: POST /v1/chat/completions."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hapi_pytest.stand_in import openai_body as form
from hapi_pytest.stand_in.conversation import (
    AssistantTurn,
    Call,
    Conversation,
    Reply,
    ResultsTurn,
    ToolResult,
    Turn,
    UserTurn,
    compact,
    token_count,
)
from hapi_pytest.stand_in.refusal import MalformedError, RefusedError, decoded, shaped
from hapi_pytest.stand_in.schemas import NAME, schema_problem, strict_problem

CREATED = 1_760_000_000
"""When every answer was made: a constant, so that the same request gives the same bytes."""
_REASONING = re.compile(r"gpt-5|o\d")
_KINDS = {"rate_limit_exceeded": "requests", "insufficient_quota": "insufficient_quota"}
"""The types of refusals whose code says more than their status."""


def read(body: bytes, headers: Mapping[str, str], target: str = "") -> Conversation:
    """Read a request; raises RefusedError where the real service refuses."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise RefusedError(
            401, "You didn't provide an API key. Provide it in an Authorization header as Bearer YOUR_KEY."
        )
    try:
        asked = shaped(decoded(body), form.Body)
    except MalformedError as error:
        raise _refused(error) from None
    _check_parameters(asked)
    tools = _tools(asked)
    limit = asked.max_completion_tokens or asked.max_tokens
    return Conversation(
        model=asked.model,
        system="\n\n".join(_text(m.content) for m in asked.messages if isinstance(m, form.System | form.Developer)),
        turns=tuple(_turns(asked.messages)),
        tools=tools,
        seed=asked.seed or 0,
        is_thinking=asked.reasoning_effort not in (None, "none"),
        is_parallel=asked.parallel_tool_calls is not False,
        answers=asked.n or 1,
        max_tokens=limit,
        prompt_tokens=token_count(body.decode()),
    )


def write(conversation: Conversation, reply: Reply) -> dict[str, Any]:
    """Write the answer's body."""
    message = _message(conversation, reply)
    finish = "length" if reply.is_cut else "tool_calls" if reply.calls else "stop"
    thought = token_count(reply.thoughts) if conversation.is_thinking else 0
    output = (reply.size + thought) * conversation.answers
    return {
        "id": conversation.token("chatcmpl-"),
        "object": "chat.completion",
        "created": CREATED,
        "model": conversation.model,
        "choices": [
            {"index": index, "message": message, "logprobs": None, "finish_reason": finish}
            for index in range(conversation.answers)
        ],
        "usage": {
            "prompt_tokens": conversation.prompt_tokens,
            "completion_tokens": output,
            "total_tokens": conversation.prompt_tokens + output,
            "prompt_tokens_details": {"cached_tokens": conversation.cached_tokens, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": thought * conversation.answers,
                "audio_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_stand_in",
    }


def _message(conversation: Conversation, reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": reply.text or None,
        "refusal": None,
        "annotations": [],
    }
    if reply.calls:
        message["tool_calls"] = [
            {
                "id": conversation.token("call_", index),
                "type": "function",
                "function": {"name": call.name, "arguments": compact(call.arguments)},
            }
            for index, call in enumerate(reply.calls)
        ]
    return message


def refusal(error: RefusedError) -> dict[str, Any]:
    """Write the body of a refusal."""
    kind = _KINDS.get(error.code, "server_error" if error.status >= 500 else "invalid_request_error")
    return {
        "error": {
            "message": error.message,
            "type": kind,
            "param": error.path or None,
            "code": error.code or None,
        }
    }


def _refused(error: MalformedError) -> RefusedError:
    path = error.path
    wording = {
        "json": ("We could not parse the JSON body of your request.", ""),
        "missing": (f"Missing required parameter: '{path}'.", "missing_required_parameter"),
        "unknown": (f"Unknown parameter: '{path}'.", "unknown_parameter"),
        "empty": (f"Invalid '{path}': empty array. Expected an array with minimum length 1.", "empty_array"),
        "type": (f"Invalid value for '{path}': {error.problem}.", "invalid_value"),
    }
    message, code = wording[error.kind]
    return RefusedError(400, message, path=path, code=code)


def _check_parameters(asked: form.Body) -> None:
    if asked.stream:
        raise RefusedError(
            400,
            "The stand-in does not stream; send 'stream': false.",
            path="stream",
            code="unsupported_value",
        )
    if asked.stream_options is not None:
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise RefusedError(400, message, path="stream_options")
    if not _REASONING.match(asked.model):
        return
    if asked.max_tokens is not None:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        raise RefusedError(400, message, path="max_tokens", code="unsupported_parameter")
    if asked.temperature not in (None, 1):
        message = (
            f"Unsupported value: 'temperature' does not support {asked.temperature:g} with this model. "
            "Only the default (1) value is supported."
        )
        raise RefusedError(400, message, path="temperature", code="unsupported_value")


def _tools(asked: form.Body) -> tuple[str, ...]:
    names = []
    for index, tool in enumerate(asked.tools or []):
        function = tool.function
        if not NAME.fullmatch(function.name):
            message = f"Invalid 'tools[{index}].function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'."
            raise RefusedError(400, message, path=f"tools[{index}].function.name", code="invalid_value")
        problem = schema_problem(function.parameters) if function.parameters is not None else ""
        if function.strict and function.parameters is not None:
            problem = problem or strict_problem(function.parameters)
        if problem:
            raise RefusedError(
                400,
                f"Invalid schema for function '{function.name}': {problem}.",
                path=f"tools[{index}].function.parameters",
                code="invalid_function_parameters",
            )
        names.append(function.name)
    choice = asked.tool_choice
    if choice is not None and not names:
        raise RefusedError(400, "'tool_choice' is only allowed when 'tools' are specified.", path="tool_choice")
    if isinstance(choice, form.Chosen):
        if choice.function.get("name") not in names:
            raise RefusedError(400, "Tool choice names a function that is not in 'tools'.", path="tool_choice")
        return (choice.function["name"],)
    return () if choice == "none" else tuple(names)


def _turns(messages: Sequence[form.Message]) -> list[Turn]:
    """Sort messages into turns; raises RefusedError when calls and tool messages do not match."""
    turns: list[Turn] = []
    waiting: list[str] = []
    for index, message in enumerate(messages):
        if isinstance(message, form.Tool):
            _check_answer(message, turns, waiting, index)
            waiting.remove(message.tool_call_id)
            result = ToolResult(message.tool_call_id, _text(message.content))
            last = turns[-1]
            if isinstance(last, ResultsTurn):
                turns[-1] = ResultsTurn((*last.results, result))
            else:
                turns.append(ResultsTurn((result,)))
            continue
        _check_answered(waiting, index)
        if isinstance(message, form.User):
            turns.append(UserTurn(_text(message.content)))
        elif isinstance(message, form.Assistant):
            turns.append(_assistant(message, index))
            waiting = [call.id for call in message.tool_calls or []]
    _check_answered(waiting, len(messages))
    return turns


def _assistant(message: form.Assistant, index: int) -> AssistantTurn:
    calls = tuple(Call(call.id, call.function.name, _arguments(call)) for call in message.tool_calls or [])
    if message.content is None and not calls and message.refusal is None:
        path = f"messages[{index}].content"
        raise RefusedError(400, f"Invalid value for '{path}': expected a string, got null.", path=path)
    if len({call.id for call in calls}) < len(calls):
        raise RefusedError(400, f"Duplicate tool call id in messages[{index}].tool_calls.", path=f"messages[{index}]")
    return AssistantTurn(_text(message.content), calls)


def _check_answer(message: form.Tool, turns: Sequence[Turn], waiting: Sequence[str], index: int) -> None:
    path = f"messages.[{index}].role"
    if not turns or isinstance(turns[-1], UserTurn) or (isinstance(turns[-1], AssistantTurn) and not turns[-1].calls):
        text = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
        raise RefusedError(400, f"Invalid parameter: {text}", path=path)
    if message.tool_call_id not in waiting:
        text = f"tool_call_id '{message.tool_call_id}' answers no open call of 'tool_calls' before it."
        raise RefusedError(400, f"Invalid parameter: {text}", path=path)


def _check_answered(waiting: Sequence[str], index: int) -> None:
    if waiting:
        raise RefusedError(
            400,
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: " + ", ".join(waiting),
            path=f"messages.[{index}].role",
        )


def _text(content: form.Content | None) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.text for part in content if part.type == "text")


def _arguments(call: form.ToolCall) -> dict[str, Any]:
    """Return a past call's arguments; the service takes any text there, so a broken one counts as none."""
    try:
        parsed = json.loads(call.function.arguments)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
