"""The model-level record of one attempt, each message stored once."""

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import StaleRecordingError
from hapi_pytest.model import Limits, Usage

Message = dict[str, Any]
"""A chat message as litellm takes and gives it, with every field that the provider sent."""

J = TypeVar("J")

SCHEMA = 1


def copied(value: J) -> J:
    """Copy a JSON value through and through; several times faster than `copy.deepcopy`."""
    if isinstance(value, dict):
        # Most values are strings; a call for each would double the time.
        plain = {key: inner if inner.__class__ is str else copied(inner) for key, inner in value.items()}
        return plain  # type: ignore[return-value]  # a dict again
    if isinstance(value, list):
        return [copied(inner) for inner in value]  # type: ignore[return-value]  # a list again
    return value


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What an attempt was made of, beyond what its messages show."""

    schema: int = SCHEMA
    recording: str
    """Project, variant, sample, arm and round."""
    model: str
    agent: str
    arguments: Mapping[str, Any] = {}
    """Model arguments given by `--model-arg`."""
    base_url: str = ""
    attachments: Mapping[str, str]
    """Canonical digest of each attachment."""
    tools: Mapping[str, str]
    """Digest of each tool's description and schema, and of the tools' behaviour under "version"."""
    limits: Limits
    programs: tuple[str, ...] = ()
    """Programs that the sandbox offered."""
    packages: tuple[str, ...] = ()
    """Python packages that the sandbox offered."""
    reply_tokens: int = 0
    """Most output tokens that each reply was allowed; 0 when that was left to the service."""
    parent: str = ""
    """Digest of the transcript that this attempt was forked from."""


class Turn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One model call."""

    kept: int | None = None
    """How many messages of the conversation so far were sent again; all of them unless said."""
    messages: list[Message]
    """What was sent behind them."""
    offers_tools: bool = True
    """Whether the model was offered the tools."""
    reply: Message
    usage: Usage
    finish: str = ""
    """Why the reply ended, where it is not that the model was done: length or content_filter."""

    @property
    def is_filtered(self) -> bool:
        """Whether the service's content filter cut the reply, which ends the attempt."""
        return self.finish == "content_filter"


class OwnCall(msgspec.Struct, frozen=True, kw_only=True):
    """A tool call that the agent made by itself, without a message of the model."""

    name: str
    arguments: str
    """Digest of the arguments."""
    output: str


class StoredFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of the workspace or the hand-in, stored by content."""

    file: str
    """Its name in the folder of stored files."""
    digest: str
    """Its canonical digest."""
    is_executable: bool = False


class Transcript(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything needed to replay one attempt."""

    header: Header
    origin: str
    """"stand-in" when the answers carried its mark, otherwise "service"."""
    turns: list[Turn]
    tail: list[Message] = []
    """Messages behind the last reply."""
    tail_kept: int | None = None
    """How many messages stand before the tail; all of them unless said."""
    outputs: dict[str, str] = {}
    """Tool outputs by call id that no message shows as they were."""
    own_calls: list[OwnCall] = []
    ended: str
    """"submitted", or the limit that ended the attempt."""
    deliverable: dict[str, StoredFile]
    refused: dict[str, str] = {}
    """Handed-in paths that were not taken, and why."""
    workspace: dict[str, StoredFile] | None = {}
    """Files of the workspace at the end that are no attachment; null when they were over the cap."""
    removed: list[str] = []
    """Attachments that the agent deleted."""
    made: int = 1
    """How often this was recorded, coming out otherwise each time."""

    def encode(self) -> bytes:
        """Write the transcript as indented JSON: the same content gives the same bytes."""
        plain = msgspec.to_builtins(self, order="deterministic")
        return (json.dumps(plain, ensure_ascii=False, indent=1, separators=(",", ":")) + "\n").encode(errors="replace")

    @property
    def usage(self) -> Usage:
        """Tokens of all calls."""
        total = Usage()
        for turn in self.turns:
            total += turn.usage
        return total

    @property
    def opening(self) -> Message | None:
        """What the attempt was asked: the last message before the first reply; None when none was sent."""
        return self.turns[0].messages[-1] if self.turns and self.turns[0].messages else None

    @property
    def setup(self) -> str:
        """Digest of what the agent was set up with: its name and arguments, system prompt, tools and limits."""
        header = self.header
        sent = self.turns[0].messages if self.turns else []
        system = [message["content"] for message in sent if message["role"] == "system"]
        parts = (header.agent, header.arguments, system, header.tools, header.limits)
        return raw_digest(msgspec.json.encode(parts, order="deterministic"))[:16]

    def conversation(self, before: Sequence[Message]) -> list[Message]:
        """Return all messages at the end of the attempt, given those that it started from."""
        messages = list(before)
        for turn in self.turns:
            messages = [*messages[: turn.kept], *turn.messages, turn.reply]
        return [*messages[: self.tail_kept], *self.tail]


_decoder = msgspec.json.Decoder(Transcript)


def decode(content: bytes, place: str) -> Transcript:
    """Read a transcript; raises StaleRecordingError when it is broken or of another schema."""
    try:
        transcript = _decoder.decode(content)
        if transcript.header.schema != SCHEMA:
            raise msgspec.DecodeError(f"it is of schema {transcript.header.schema}")
        return transcript
    except msgspec.DecodeError as error:
        raise _broken(place, error) from None


def _broken(place: str, error: Exception) -> StaleRecordingError:
    return StaleRecordingError(
        f"{place}: is not a transcript of schema {SCHEMA}: {error}\n  fix:     restore the file, or record again"
    )


class _Files(msgspec.Struct):
    deliverable: dict[str, StoredFile]
    workspace: dict[str, StoredFile] | None = {}


_files_decoder = msgspec.json.Decoder(_Files)


def stored_names(content: bytes, place: str) -> set[str]:
    """Return the names of the stored files of an encoded transcript; raises StaleRecordingError when it is broken."""
    try:
        files = _files_decoder.decode(content)
    except msgspec.DecodeError as error:
        raise _broken(place, error) from None
    return {stored.file for stored in [*files.deliverable.values(), *(files.workspace or {}).values()]}


def header_difference(recorded: Header, now: Header) -> str:
    """Name what differs between a recorded header and the one that would be written now; empty when nothing does."""
    lines: list[str] = []
    for field in ("model", "agent", "base_url", "parent", "limits", "arguments", "attachments", "tools"):
        old, new = getattr(recorded, field), getattr(now, field)
        if old == new:
            continue
        if field == "parent":
            lines.append("the attempt that this one was forked from was recorded anew")
        elif isinstance(old, Mapping):
            keys = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
            lines.append(f"{field}: {', '.join(keys)} changed since the recording")
        else:
            lines.append(f"{field}: recorded {old!r}, now {new!r}")
    return "\n".join(lines)


def message_difference(recorded: Sequence[Message], now: Sequence[Message]) -> str:
    """Show the first message that differs as a unified diff; empty when none does."""
    for index in range(max(len(recorded), len(now))):
        old = recorded[index] if index < len(recorded) else None
        new = now[index] if index < len(now) else None
        if old != new:
            diff = difflib.unified_diff(_lines(old), _lines(new), "recorded", "now", lineterm="", n=1)
            return f"message {index + 1} differs:\n" + "\n".join(list(diff)[:60])
    return ""


def _lines(message: Message | None) -> list[str]:
    if message is None:
        return ["(no message)"]
    rest = {key: value for key, value in message.items() if key not in ("role", "content")}
    content = message.get("content")
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    more = json.dumps(rest, ensure_ascii=False, indent=1, sort_keys=True).splitlines() if rest else []
    return [f"role: {message.get('role')}", *text.split("\n"), *more]


def counted(call_id: str, used: Collection[str]) -> str:
    """Return the key of a call's output: its id, with a number behind when a service gave the id before."""
    return call_id if call_id not in used else f"{call_id}#{len(used)}"


def arguments_digest(arguments: Mapping[str, Any]) -> str:
    """Digest of a tool call's arguments."""
    return raw_digest(json.dumps(arguments, ensure_ascii=False, sort_keys=True).encode())
