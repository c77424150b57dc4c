"""The Anthropic messages format: POST /v1/messages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hapi_pytest.stand_in import anthropic_body as form
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

MARKS = 4
"""How many places of a request may be marked for the cache."""
_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def read(body: bytes, headers: Mapping[str, str], target: str = "") -> Conversation:
    """Read a request; raises RefusedError where the real service refuses."""
    bearer = headers.get("authorization", "").removeprefix("Bearer").strip()
    if not headers.get("x-api-key", "").strip() and not bearer:
        raise RefusedError(401, "x-api-key header is required")
    if not headers.get("anthropic-version"):
        raise RefusedError(400, "anthropic-version: header is required")
    try:
        asked = shaped(decoded(body), form.Body)
    except MalformedError as error:
        raise _refused(error) from None
    if asked.stream:
        raise RefusedError(400, "stream: the stand-in does not stream")
    _check_thinking(asked)
    marked = _check_marks(asked)
    is_thinking = isinstance(asked.thinking, form.ThinkingEnabled | form.ThinkingAdaptive)
    seed = re.fullmatch(r"seed-(\d+)", (asked.metadata and asked.metadata.user_id) or "")
    return Conversation(
        model=asked.model,
        system=asked.system if isinstance(asked.system, str) else _texts(asked.system),
        turns=tuple(_turns(asked, is_thinking)),
        tools=_tools(asked),
        seed=int(seed[1]) if seed else 0,
        is_thinking=is_thinking,
        is_parallel=not (asked.tool_choice and asked.tool_choice.disable_parallel_tool_use),
        is_caching=marked > 0,
        max_tokens=asked.max_tokens,
        prompt_tokens=token_count(body.decode()),
    )


def write(conversation: Conversation, reply: Reply) -> dict[str, Any]:
    """Write the answer's body."""
    thoughts = reply.thoughts if conversation.is_thinking else ""
    content: list[dict[str, Any]] = []
    if thoughts:
        content.append({"type": "thinking", "thinking": thoughts, "signature": signature(thoughts)})
    if reply.text:
        content.append({"type": "text", "text": reply.text})
    for index, call in enumerate(reply.calls):
        identity = conversation.token("toolu_", index)
        content.append({"type": "tool_use", "id": identity, "name": call.name, "input": dict(call.arguments)})
    cached = conversation.cached_tokens if conversation.is_caching else 0
    fresh = conversation.prompt_tokens - cached
    return {
        "id": conversation.token("msg_"),
        "type": "message",
        "role": "assistant",
        "model": conversation.model,
        "content": content,
        "stop_reason": "max_tokens" if reply.is_cut else "tool_use" if reply.calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 0 if conversation.is_caching else fresh,
            "cache_creation_input_tokens": fresh if conversation.is_caching else 0,
            "cache_read_input_tokens": cached,
            "output_tokens": reply.size + token_count(thoughts),
            "service_tier": "standard",
        },
    }


def refusal(error: RefusedError) -> dict[str, Any]:
    """Write the body of a refusal."""
    kind = _KINDS.get(error.status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": error.message}, "request_id": "req_stand_in"}


def _refused(error: MalformedError) -> RefusedError:
    path = re.sub(r"\[(\d+)\]", r".\1", error.path)
    wording = {
        "json": "The request body is not valid JSON: " + error.problem,
        "missing": f"{path}: Field required",
        "unknown": f"{path}: Extra inputs are not permitted",
        "empty": f"{path}: at least one message is required",
        "type": f"{path}: {error.problem}",
    }
    return RefusedError(400, wording[error.kind])


def _check_thinking(asked: form.Body) -> None:
    thinking = asked.thinking
    if thinking is None or isinstance(thinking, form.ThinkingDisabled):
        return
    if isinstance(thinking, form.ThinkingEnabled) and thinking.budget_tokens >= asked.max_tokens:
        raise RefusedError(400, "`max_tokens` must be greater than `thinking.budget_tokens`.")
    if asked.temperature not in (None, 1):
        raise RefusedError(400, "`temperature` may only be set to 1 when thinking is enabled.")
    if asked.top_k is not None:
        raise RefusedError(400, "`top_k` must be unset when thinking is enabled.")
    if asked.top_p is not None and asked.top_p < 0.95:
        raise RefusedError(400, "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.")
    if asked.tool_choice and asked.tool_choice.type in ("any", "tool"):
        raise RefusedError(400, "Thinking may not be enabled when tool_choice forces tool use.")


def _check_marks(asked: form.Body) -> int:
    """Count the places marked for the cache."""
    blocks = [block for message in asked.messages if isinstance(message.content, list) for block in message.content]
    system = asked.system if isinstance(asked.system, list) else []
    marked = sum(getattr(place, "cache_control", None) is not None for place in (asked, *asked.tools, *system, *blocks))
    if marked > MARKS:
        raise RefusedError(400, f"A maximum of {MARKS} blocks with cache_control may be provided. Found {marked}.")
    return marked


def _tools(asked: form.Body) -> tuple[str, ...]:
    names = [tool.name for tool in asked.tools]
    for index, tool in enumerate(asked.tools):
        if problem := schema_problem(tool.input_schema):
            raise RefusedError(400, f"tools.{index}.custom.input_schema: {problem}")
    if len(set(names)) < len(names):
        raise RefusedError(400, "tools: Tool names must be unique.")
    choice = asked.tool_choice
    if choice and not names:
        raise RefusedError(400, "tool_choice: may only be specified while providing tools")
    if choice and choice.type == "tool":
        if choice.name not in names:
            raise RefusedError(400, f"Tool '{choice.name}' not found in provided tools")
        return (choice.name,)
    return () if choice and choice.type == "none" else tuple(names)


def _turns(asked: form.Body, is_thinking: bool) -> list[Turn]:
    """Sort messages into turns; raises RefusedError when tool uses and results do not match."""
    if asked.messages[0].role != "user":
        raise RefusedError(400, 'messages: first message must use the "user" role')
    turns: list[Turn] = []
    waiting: list[str] = []
    seen: set[str] = set()
    for index, message in enumerate(asked.messages):
        blocks = _blocks(message, index, is_last=index == len(asked.messages) - 1)
        answers = [(place, block) for place, block in enumerate(blocks) if isinstance(block, form.ToolResult)]
        _check_answers(index, message.role, blocks, answers, waiting)
        waiting = []
        if message.role == "user":
            turns += _user_turns(blocks)
            continue
        uses = [block for block in blocks if isinstance(block, form.ToolUse)]
        waiting = [block.id for block in uses]
        if len({*waiting}) < len(waiting) or seen.intersection(waiting):
            raise RefusedError(400, f"messages.{index}.content: `tool_use` ids must be unique")
        seen.update(waiting)
        turns.append(AssistantTurn(_texts(blocks), tuple(Call(use.id, use.name, use.input) for use in uses)))
    if waiting:
        raise _unanswered(len(asked.messages) - 1, waiting)
    if seen and not asked.tools:
        raise RefusedError(400, "Requests which include `tool_use` or `tool_result` blocks must define tools")
    if is_thinking:
        _check_thoughts(asked.messages)
    return turns


def _blocks(message: form.Message, index: int, *, is_last: bool) -> Sequence[form.Block]:
    """Return a message's blocks, checked one by one."""
    content = message.content
    if not content and not (is_last and message.role == "assistant"):
        raise RefusedError(400, f"messages.{index}: {message.role} messages must have non-empty content")
    said = [form.Text(text=content)] if isinstance(content, str) and content else []
    blocks: Sequence[form.Block] = said if isinstance(content, str) else content
    allowed = (
        (form.Text, form.Image, form.Document, form.ToolResult)
        if message.role == "user"
        else (form.Text, form.ToolUse, form.Thinking, form.RedactedThinking)
    )
    for place, block in enumerate(blocks):
        where = f"messages.{index}.content.{place}"
        if not isinstance(block, allowed):
            kind = type(block).__struct_config__.tag
            raise RefusedError(400, f"{where}: `{kind}` blocks are not allowed in {message.role} messages")
        if isinstance(block, form.Text) and not block.text.strip():
            raise RefusedError(400, "messages: text content blocks must contain non-whitespace text")
        if isinstance(block, form.Thinking) and not is_signed(block.thinking, block.signature):
            raise RefusedError(400, f"{where}: Invalid `signature` in `thinking` block")
    return blocks


def _check_answers(
    index: int,
    role: str,
    blocks: Sequence[form.Block],
    answers: Sequence[tuple[int, form.ToolResult]],
    waiting: Sequence[str],
) -> None:
    """Refuse unless the tool results are those that the message before waits for, and come first."""
    given = [block.tool_use_id for _, block in answers]
    for place, block in answers:
        if block.tool_use_id not in waiting:
            raise RefusedError(
                400,
                f"messages.{index}.content.{place}: unexpected `tool_use_id` found in `tool_result` blocks: "
                f"{block.tool_use_id}. Each `tool_result` block must have a corresponding `tool_use` block "
                "in the previous message.",
            )
    if len(set(given)) < len(given):
        raise RefusedError(400, f"messages.{index}: each tool_use must have a single result")
    missing = [identity for identity in waiting if identity not in given]
    if missing or any(place != order for order, (place, _) in enumerate(answers)):
        raise _unanswered(index - 1, missing or given)


def _unanswered(index: int, missing: Sequence[str]) -> RefusedError:
    return RefusedError(
        400,
        f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: "
        f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in "
        "the next message.",
    )


def _user_turns(blocks: Sequence[form.Block]) -> Iterator[Turn]:
    """Yield what tools gave back and what the user says, which may share a message."""
    results = tuple(
        ToolResult(block.tool_use_id, block.content if isinstance(block.content, str) else _texts(block.content))
        for block in blocks
        if isinstance(block, form.ToolResult)
    )
    if results:
        yield ResultsTurn(results)
    if any(not isinstance(block, form.ToolResult) for block in blocks):
        yield UserTurn(_texts(blocks))


def _check_thoughts(messages: Sequence[form.Message]) -> None:
    """Refuse when a turn that used tools since the user's last words has lost its thinking block."""
    for index in range(len(messages) - 1, -1, -1):
        blocks = messages[index].content
        is_said = isinstance(blocks, str) or any(isinstance(block, form.Text) for block in blocks)
        if isinstance(blocks, str) or (is_said and messages[index].role == "user"):
            return
        uses_tools = any(isinstance(block, form.ToolUse) for block in blocks)
        if uses_tools and not isinstance(blocks[0], form.Thinking | form.RedactedThinking):
            raise RefusedError(
                400,
                f"messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                f"`{type(blocks[0]).__struct_config__.tag}`. When `thinking` is enabled, a final `assistant` "
                "message must start with a thinking block.",
            )


def _texts(blocks: Sequence[form.Block]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, form.Text))
