"""Answers from a recording: fast, and through litellm beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hapi_pytest.cassettes import is_miss
from hapi_pytest.errors import ServiceError, StaleRecordingError
from hapi_pytest.llm import Reply
from hapi_pytest.task import CONTENT_FILTER, STOPPED, SUBMITTED, LimitReached
from hapi_pytest.tools import Toolbox, schemas
from hapi_pytest.transcripts import Message, Transcript, Turn, arguments_digest, copied, counted, message_difference


class Playback:
    """Answers from a transcript, as long as the harness would send what it sent then."""

    def __init__(self, transcript: Transcript, before: Sequence[Message], place: str) -> None:
        self._transcript = transcript
        self._sequence: list[Message] = list(before)
        self._place = place
        self._turn = 0
        self._own = 0
        self._given: set[str] = set()
        self._outputs = dict(transcript.outputs)
        for message in [*(m for turn in transcript.turns for m in turn.messages), *transcript.tail]:
            if message.get("role") == "tool":
                self._outputs.setdefault(str(message.get("tool_call_id")), str(message.get("content")))

    def reply(self, messages: Sequence[Message], offers_tools: bool) -> Message:
        """Return the recorded reply; raises StaleRecordingError at the first message that differs."""
        turns = self._transcript.turns
        if self._turn == len(turns):
            if self._transcript.ended not in (SUBMITTED, STOPPED):
                raise LimitReached(self._transcript.ended)
            raise stale(self._place, f"the agent asks {len(turns) + 1} times, {len(turns)} answers are recorded")
        turn = turns[self._turn]
        expected = [*self._sequence[: turn.kept], *turn.messages]
        if offers_tools is not turn.offers_tools:
            raise stale(self._place, f"turn {self._turn + 1}: the tools were {'not ' * offers_tools}offered then")
        if list(messages) != expected:
            raise stale(self._place, f"turn {self._turn + 1}: {message_difference(expected, messages)}")
        self._turn += 1
        self._sequence = [*expected, turn.reply]
        reply = self._answer(turn, expected)
        if turn.is_filtered:
            raise LimitReached(CONTENT_FILTER)
        return copied(reply)

    def output(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> str:
        """Return the recorded output of a tool call."""
        if call_id:
            key = counted(call_id, self._given)
            self._given.add(key)
            if key not in self._outputs:
                raise stale(self._place, f"no output is recorded for the call {key} of {name}")
            return self._outputs[key]
        if self._own == len(self._transcript.own_calls):
            raise stale(self._place, f"the agent calls {name} once more than in the recording")
        own = self._transcript.own_calls[self._own]
        if (own.name, own.arguments) != (name, arguments_digest(arguments)):
            raise stale(self._place, f"the agent's own call {self._own + 1} of {name} has other arguments")
        self._own += 1
        return own.output

    def finish(self, messages: Sequence[Message]) -> None:
        """Check that nothing is left over; raises StaleRecordingError when something is."""
        left = len(self._transcript.turns) - self._turn
        if left:
            raise stale(self._place, f"{left} recorded answers are left over")
        if self._own < len(self._transcript.own_calls):
            raise stale(self._place, "recorded tool calls of the agent's own are left over")
        expected = [*self._sequence[: self._transcript.tail_kept], *self._transcript.tail]
        if list(messages) != expected:
            raise stale(self._place, f"at the end: {message_difference(expected, messages)}")

    def _answer(self, turn: Turn, sent: Sequence[Message]) -> Message:
        return turn.reply


class FullPlayback(Playback):
    """Playback that also drives litellm over the cassette, and runs every tool again beside it."""

    def __init__(
        self,
        transcript: Transcript,
        before: Sequence[Message],
        place: str,
        complete: Callable[[Sequence[Message], Sequence[Mapping[str, Any]]], Reply],
        toolbox: Toolbox,
    ) -> None:
        super().__init__(transcript, before, place)
        self._complete = complete
        self._toolbox = toolbox
        self.drift: list[str] = []
        """Tools whose output is another one now."""

    def output(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> str:
        """Return the recorded output, and note when the tool shows something else now."""
        recorded = super().output(call_id, name, arguments)
        if self._toolbox.use(name, arguments) != recorded:
            self.drift.append(f"{self._place}: turn {self._turn}: {name} shows another output")
        return recorded

    def _answer(self, turn: Turn, sent: Sequence[Message]) -> Message:
        try:
            reply = self._complete(sent, schemas() if turn.offers_tools else ())
        except ServiceError as error:
            what = "litellm sends another request than was recorded" if is_miss(error) else str(error)
            raise stale(self._place, f"turn {self._turn}: {what}") from error
        if _without_ids(reply.message) != _without_ids(turn.reply):
            difference = message_difference([_without_ids(turn.reply)], [_without_ids(reply.message)])
            raise stale(self._place, f"turn {self._turn}: litellm reads the recorded answer otherwise: {difference}")
        return turn.reply


def stale(place: str, what: str) -> StaleRecordingError:
    """Return the error for a recording that does not fit any more."""
    return StaleRecordingError(
        f"{place}: the recording is stale\n{what}\n  fix:     undo the change, or record again with --record all"
    )


def _without_ids(message: Message) -> Message:
    """Return a message with its tool-call ids replaced by their position: litellm invents some of them."""
    plain = copied(message)
    for index, call in enumerate(plain.get("tool_calls") or []):
        call["id"] = f"call {index}"
    return plain
