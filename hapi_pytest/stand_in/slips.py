"""Mistakes of a model whose service works, and answers that say nothing."""

from typing import Any

from msgspec.structs import replace

from hapi_pytest.stand_in import openai
from hapi_pytest.stand_in.attempts import SUBMIT
from hapi_pytest.stand_in.conversation import AssistantTurn, Conversation, Reply, Request, ResultsTurn, Turn
from hapi_pytest.stand_in.formats import Format

TEXT = "This is a slip."
"""What the model says with every mistake; by this it knows them later."""
_THOUGHT = "I do not look where I am going."


def slip(wire: Format, kind: str, conversation: Conversation) -> dict[str, Any]:
    """Write the body of an answer with a mistake."""
    body = wire.write(conversation, Reply(text=TEXT, calls=_calls(kind, conversation.tools), thoughts=_THOUGHT))
    if kind == "bad-json" and wire is openai:  # the other services send arguments as JSON values, not as text
        for choice in body["choices"]:
            choice["message"]["tool_calls"][0]["function"]["arguments"] = '{"path": "inputs/'
    return body


def silence(wire: Format, kind: str, conversation: Conversation) -> dict[str, Any]:
    """Write the body of an answer without content: `empty`, or stopped by the `content-filter`."""
    body = wire.write(conversation, Reply(text=""))
    name = next(name for name in ("choices", "content", "candidates") if name in body)
    if kind == "empty":
        return body | {name: []}
    match name:
        case "choices":
            filtered = [choice | {"finish_reason": "content_filter"} for choice in body[name]]
            return body | {name: filtered}
        case "content":
            return body | {"stop_reason": "refusal"}
        case _:
            rating = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}
            filtered = [
                {"finishReason": "SAFETY", "index": choice["index"], "safetyRatings": [rating]} for choice in body[name]
            ]
            return body | {name: filtered}


def without_slips(conversation: Conversation) -> Conversation:
    """Return a conversation as it were without the mistakes, so that the work goes on where it was."""
    kept: list[Turn] = []
    is_after_slip = False
    for turn in conversation.turns:
        is_slip = isinstance(turn, AssistantTurn) and turn.text == TEXT
        if not is_slip and not (is_after_slip and isinstance(turn, ResultsTurn)):
            kept.append(turn)
        is_after_slip = is_slip
    if len(kept) == len(conversation.turns):
        return conversation
    return replace(conversation, turns=tuple(kept))


def _calls(kind: str, tools: tuple[str, ...]) -> tuple[Request, ...]:
    match kind:
        case "no-tool":
            return ()
        case "unknown-tool":
            return (Request("teleport", {"to": "deliverable"}),)
        case "never-submit" if "run" in tools:
            return (Request("run", {"language": "shell", "script": "true"}),)
        case "never-submit":
            return (Request(_known(tools), {}),)
        case "bad-json":
            return (Request(_known(tools), {"path": 7}),)
        case _:
            return (Request(_known(tools), {"path": 7, "speed": "fast"}),)


def _known(tools: tuple[str, ...]) -> str:
    """Choose a tool that is offered and ends nothing."""
    return next((name for name in ("read_file", *tools) if name in tools and name != SUBMIT), "read_file")
