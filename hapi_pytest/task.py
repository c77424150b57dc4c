"""What an agent sees of an attempt, and the live source of its answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from hapi_pytest.baton import BATON
from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import ContentFilterError, ContextLengthError, UnscoredError
from hapi_pytest.llm import Complete, Reply
from hapi_pytest.model import Limits, Usage
from hapi_pytest.secrets import environment_secrets, scrubbed_text
from hapi_pytest.tools import Toolbox, schemas
from hapi_pytest.transcripts import Message, OwnCall, Turn, arguments_digest, copied, counted

SUBMITTED, STOPPED = "submitted", "stopped"
CONTENT_FILTER, CONTEXT_LENGTH = "content filter", "context length"
_FINISHES = ("length", "content_filter")
"""Ends of a reply that say more than that the model was done."""


class LimitReached(Exception):  # noqa: N818  # ends an attempt like StopIteration ends a loop
    """One of the attempt's limits is used up; what lies in the workspace is handed in."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"the limit of {limit} is reached")
        self.limit = limit


class Source(Protocol):
    """Where an attempt's answers come from: a live model and real tools, or a recording."""

    def reply(self, messages: Sequence[Message], offers_tools: bool) -> Message:
        """Return the next assistant message."""

    def output(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> str:
        """Return what a tool shows; `call_id` is empty when the agent calls by itself."""


class Task:
    """An agent's view of an attempt: the conversation so far, the model and the tools.

    An agent extends `messages`, asks with `ask`, answers the model's tool calls with `use`, may call tools by itself
    with `call`, and returns when `is_submitted` or when it gives up. It must not catch `LimitReached`.
    """

    def __init__(
        self,
        source: Source,
        messages: Sequence[Message],
        *,
        attachments: Sequence[str],
        deliverables: Sequence[str],
        programs: Sequence[str] = (),
        packages: Sequence[str] = (),
    ) -> None:
        self._source = source
        self.messages: list[Message] = copied(list(messages))
        """The conversation, sent as it stands; its last message is the client's."""
        self.attachments = tuple(attachments)
        """Names of the attachments in `inputs/`."""
        self.deliverables = tuple(deliverables)
        """Names of the files to put into `deliverable/`."""
        self.programs = tuple(programs)
        """Programs that scripts can call."""
        self.packages = tuple(packages)
        """Python packages that scripts can import."""
        self.is_submitted = False

    def ask(self, *, offers_tools: bool = True) -> Message:
        """Send the conversation to the model, with or without the tools, append its answer and return it."""
        reply = self._source.reply(self.messages, offers_tools)
        self.messages.append(reply)
        return reply

    def use(self, tool_call: Mapping[str, Any]) -> Message:
        """Carry out one tool call of the model's last message, append the answer and return it."""
        name, text = tool_call["function"]["name"], tool_call["function"].get("arguments") or "{}"
        try:
            arguments = json.loads(text)
            if not isinstance(arguments, dict):
                raise ValueError("they are no object")
        except (ValueError, RecursionError) as error:
            output = f"error: {name}: the arguments are not JSON: {error}"
        else:
            output = self._source.output(tool_call["id"], name, arguments)
            self.is_submitted = self.is_submitted or (name == "submit" and not output.startswith("error: "))
        message: Message = {"role": "tool", "tool_call_id": tool_call["id"], "content": output}
        self.messages.append(message)
        return message

    def call(self, name: str, **arguments: Any) -> str:
        """Call a tool without the model and return its output."""
        output = self._source.output("", name, arguments)
        self.is_submitted = self.is_submitted or (name == "submit" and not output.startswith("error: "))
        return output


class Live:
    """Answers from a model and from tools that really run; keeps what a transcript needs."""

    def __init__(
        self,
        complete: Complete,
        toolbox: Toolbox,
        limits: Limits,
        before: Sequence[Message],
        *,
        cost: Callable[[Usage], float] | None = None,
        command: Callable[[bool], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._complete = complete
        self._cost = cost
        self._command = command
        self._toolbox = toolbox
        self._limits = limits
        self._sequence: list[Message] = list(before)
        self._started = BATON.clock()
        self._outputs: dict[str, str] = {}
        self.turns: list[Turn] = []
        self.own_calls: list[OwnCall] = []
        self.usage = Usage()
        self.cost_usd: float | None = 0.0 if cost else None
        """What the calls cost so far; None when nobody knows their price."""
        self.waited_seconds = 0.0
        """Time that is not the attempt's own: queues, failed requests and back-off."""

    @property
    def seconds(self) -> float:
        """The attempt's own time so far."""
        return BATON.clock() - self._started - self.waited_seconds

    def reply(self, messages: Sequence[Message], offers_tools: bool) -> Message:
        """Ask the model; raises LimitReached before a call that the limits do not allow."""
        if len(self.turns) >= self._limits.steps:
            raise LimitReached("steps")
        if self.usage.input_tokens + self.usage.output_tokens >= self._limits.tokens:
            raise LimitReached("tokens")
        if self.seconds >= self._limits.seconds:
            raise LimitReached("seconds")
        if self.cost_usd is not None and self.cost_usd >= self._limits.usd:
            raise LimitReached("dollars")
        kept, new = self._behind(messages)
        reply = self._asked(messages, offers_tools)
        finish = reply.finish if reply.finish in _FINISHES else ""
        self.turns.append(
            Turn(
                kept=kept,
                messages=new,
                offers_tools=offers_tools,
                reply=reply.message,
                usage=reply.usage,
                finish=finish,
            )
        )
        self._sequence = [*copied(list(messages)), reply.message]
        if self.turns[-1].is_filtered:
            raise LimitReached(CONTENT_FILTER)
        return copied(reply.message)

    def _asked(self, messages: Sequence[Message], offers_tools: bool) -> Reply:
        """Ask the model, and count what it used."""
        try:
            reply = self._complete(messages, schemas() if offers_tools else ())
        except ContextLengthError:
            raise LimitReached(CONTEXT_LENGTH) from None
        except ContentFilterError:
            raise LimitReached(CONTENT_FILTER) from None
        self.waited_seconds += reply.waited_seconds
        self.usage += reply.usage
        if self._cost and self.cost_usd is not None:
            self.cost_usd += self._cost(reply.usage)
        return reply

    def output(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> str:
        """Run a tool."""
        asked = BATON.clock()
        with self._command(self._toolbox.starts_process(name, arguments)):
            self.waited_seconds += BATON.clock() - asked
            output = scrubbed_text(self._toolbox.use(name, arguments), environment_secrets())
        if call_id:
            self._outputs[counted(call_id, self._outputs)] = output
        else:
            self.own_calls.append(OwnCall(name=name, arguments=arguments_digest(arguments), output=output))
        return output

    def tail(self, messages: Sequence[Message]) -> tuple[int | None, list[Message]]:
        """Return what stands behind the last reply at the end of the attempt."""
        return self._behind(messages)

    def hidden_outputs(self, messages: Sequence[Message]) -> dict[str, str]:
        """Return the outputs that no message shows as they were."""
        sent = [*(message for turn in self.turns for message in turn.messages), *messages]
        shown = {m.get("tool_call_id"): m.get("content") for m in reversed(sent) if m.get("role") == "tool"}
        return {call_id: output for call_id, output in self._outputs.items() if shown.get(call_id) != output}

    def _behind(self, messages: Sequence[Message]) -> tuple[int | None, list[Message]]:
        kept = 0
        for old, sent in zip(self._sequence, messages, strict=False):
            if old != sent:
                break
            kept += 1
        new = copied(list(messages[kept:]))
        return (None if kept == len(self._sequence) else kept), new


def run(agent: "Agent", task: Task) -> str:
    """Let an agent work; returns how the attempt ended: submitted, stopped, or the limit that was reached.

    Raises UnscoredError when the agent's own code crashes.
    """
    try:
        with stops_when_full():
            agent.run(task)
    except LimitReached as reached:
        return reached.limit
    except UnscoredError:
        raise
    except Exception as error:
        raise UnscoredError(f"the agent's code crashed: {type(error).__name__}: {error}") from error
    return SUBMITTED if task.is_submitted else STOPPED


class Agent(Protocol):
    """A loop over a model with tools."""

    def run(self, task: Task) -> None:
        """Work on the task until it is submitted or given up."""
