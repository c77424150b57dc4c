"""A transcript as a conversation for people: who said what, which tools were called, and what came back."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hapi_pytest.transcripts import Message, Transcript

LONGEST = 5_000
"""Characters that are shown of one text."""
UNFOLDED = 500
"""Characters, and twelve lines, up to which a text is shown without being asked for."""
MOST = 80
"""Messages that are shown of one attempt."""
ROLES = {"system": "harness", "user": "client", "assistant": "agent", "tool": "output"}


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text that may be long."""

    shown: str
    left_out: int = 0
    """Characters that are not shown."""

    @property
    def is_folded(self) -> bool:
        """Whether it has to be opened to be read."""
        return len(self.shown) > UNFOLDED or self.shown.count("\n") > 12

    @property
    def first_line(self) -> str:
        """How it begins."""
        line = next(filter(None, map(str.strip, self.shown.splitlines())), "")
        return line if len(line) <= 90 else f"{line[:90]}…"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a tool."""

    name: str
    arguments: list[tuple[str, Text]]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One message."""

    role: str
    text: Text
    calls: list[Call]


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in one attempt, without what came before it."""

    opening: Text
    """The message that it began with: the client's post, or what the agent was told of its first submission."""
    messages: list[Said]
    left_out: int
    ended: str


def capped(text: str, most: int = LONGEST) -> Text:
    """Cut a text."""
    return Text(shown=text[:most], left_out=max(0, len(text) - most))


def conversation(transcript: Transcript) -> Conversation:
    """Return what was said."""
    every = list(_messages(transcript))
    opening = next((message for message in every if message.get("role") == "user"), {})
    rest = [message for message in every if message is not opening]
    return Conversation(
        opening=capped(_plain(opening.get("content")), 4 * LONGEST),
        messages=[_said(message) for message in rest[:MOST]],
        left_out=max(0, len(rest) - MOST),
        ended=transcript.ended,
    )


def _messages(transcript: Transcript) -> Iterator[Message]:
    for turn in transcript.turns:
        yield from turn.messages
        yield turn.reply
    yield from transcript.tail


def _said(message: Message) -> Said:
    role = str(message.get("role"))
    calls = message.get("tool_calls")
    return Said(
        role=ROLES.get(role, role),
        text=capped(_plain(message.get("content"))),
        calls=list(_calls(calls if isinstance(calls, list) else [])),
    )


def _calls(calls: Iterable[Any]) -> Iterator[Call]:
    for call in calls:
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            continue
        text = str(function.get("arguments") or "")
        try:
            arguments = json.loads(text)
        except (ValueError, RecursionError):
            arguments = None
        pairs = arguments.items() if isinstance(arguments, dict) else [("", text)]
        yield Call(
            name=str(function.get("name")), arguments=[(str(key), capped(_plain(value))) for key, value in pairs]
        )


def _plain(content: Any) -> str:
    """Return the text of a message's content: a string, or parts that may be something else than text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return "\n".join(str(part.get("text") or f"[{part.get('type')}]") for part in content)
    return json.dumps(content, ensure_ascii=False)
