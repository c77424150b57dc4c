"""What the unit tests share: a project folder to spoil, a scripted sandbox, and attempts recorded from a script."""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hapi_pytest.llm import Reply
from hapi_pytest.model import Limits, Usage
from hapi_pytest.playback import Playback
from hapi_pytest.sandbox import Finished
from hapi_pytest.task import Live, Task, run
from hapi_pytest.tools import Toolbox
from hapi_pytest.transcripts import Header, Message, Transcript, decode
from hapi_pytest.workspace import Workspace

PROJECT = {
    "project.toml": """\
title = "Shop notice"
category = "writing"
price_usd = 60
skills = ["editing"]
deliverables = ["notice.txt"]
posted = 2026-03-31
canary = "hapi-pytest-canary 0000"
provenance = "written for these tests"
""",
    "brief.md": "We close on   {day}.\nPlease write a notice for {shop}.\n",
    "inputs.py": """\
from hapi_pytest import Draw, Inputs


def build(draw: Draw) -> Inputs:
    given = {"shop": draw.choice(["Blue Door", "Old Mill", "North Star"]), "day": draw.choice(["Monday", "Friday"])}
    return Inputs(files={"rules.md": f"At most {40 + 1} words for {given['shop']}."}, given=given, gold={"words": 41})
""",
    "reference.py": """\
from hapi_pytest import Facts

FLAWS = {"forgets_the_day": ("names-the-day",)}


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    day = "" if "forgets_the_day" in flaws else facts.day
    return {"notice.txt": f"{facts.shop} is closed {day}"}
""",
    "feedback.toml": """\
reviewer = "Shopkeeper, nine years"
minutes = 12
recorded = 2026-04-02
recorded_on = "the flawed deliverables of reference.py"
is_authored = true

[notes]
names-the-day = "Customers of {shop} must learn when: look at the first line of the brief."
""",
}


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Path]:
    """Write a sound project folder; files given by name replace its own, None leaves one out."""

    def make(files: Mapping[str, str | bytes | None] | None = None, category: str = "writing") -> Path:
        folder = tmp_path / category / "shop-notice"
        for name, content in {**PROJECT, **(files or {})}.items():
            if content is not None:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return make


@pytest.fixture
def project_file() -> Callable[[str], str]:
    """Return the sound text of a project's file."""
    return PROJECT.__getitem__


class ScriptedSandbox:
    """Keeps what it was asked to run, and ends every command as told."""

    rung = "none"

    def __init__(self, does: Callable[[Path], None] | None = None, **finished: Any) -> None:
        self.finished = Finished(**{"exit_code": 0, "stdout": b"", "stderr": b"", **finished})
        self.does = does
        self.ran: list[dict[str, Any]] = []

    def run(self, workspace: Path, argv: Sequence[str], *, stdin: bytes = b"", seconds: float = 120) -> Finished:
        """Do as told."""
        there = {p.relative_to(workspace).as_posix() for p in workspace.rglob("*") if p.is_file()}
        self.ran.append({"argv": tuple(argv), "stdin": stdin, "seconds": seconds, "files": there})
        if self.does:
            self.does(workspace)
        return self.finished


@pytest.fixture
def scripted_sandbox() -> type[ScriptedSandbox]:
    """Return the scripted sandbox's class."""
    return ScriptedSandbox


class ScriptedModel:
    """Gives the replies of a list, ten tokens in and one out each; keeps what was sent."""

    def __init__(self, replies: Sequence[Message]) -> None:
        self.provider = "script"
        self.replies = list(replies)
        self.sent: list[list[Message]] = []
        self.offered: list[list[str]] = []

    def complete(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> Reply:
        """Return the next reply."""
        self.sent.append(copy.deepcopy(list(messages)))
        self.offered.append([tool["function"]["name"] for tool in tools])
        message = copy.deepcopy(self.replies[len(self.sent) - 1])
        return Reply(message=message, usage=Usage(input_tokens=10, output_tokens=1))


class Stage(msgspec.Struct, kw_only=True):
    """Where agents work on a script: live first, then from what that left."""

    root: Path
    limits: Limits = Limits()
    before: list[Message] = []
    attempts: int = 0
    model: Any = None
    """The scripted model of the last live attempt."""

    def task(self, source: Any) -> Task:
        """Return an agent's view of the attempt."""
        return Task(
            source,
            [*self.before, {"role": "user", "content": "Write the notice."}],
            attachments=["rules.md"],
            deliverables=["notice.txt"],
        )

    def live(self, agent: Any, replies: Sequence[Message]) -> tuple[Transcript, Task, Live]:
        """Let an agent work on scripted replies with tools that really run; returns what was recorded."""
        self.attempts += 1
        workspace = Workspace(self.root / f"attempt-{self.attempts}")
        workspace.lay_out({"rules.md": b"At most 41 words."})
        toolbox = Toolbox(workspace, ScriptedSandbox(stdout=b"ran"), self.limits)
        self.model = ScriptedModel(replies)
        live = Live(self.model.complete, toolbox, self.limits, self.before)
        task = self.task(live)
        ended = run(agent, task)
        kept, tail = live.tail(task.messages)
        transcript = Transcript(
            header=Header(recording="test", model="m", agent="a", attachments={}, tools={}, limits=self.limits),
            origin="service",
            turns=live.turns,
            tail=tail,
            tail_kept=kept,
            outputs=live.hidden_outputs(task.messages),
            own_calls=live.own_calls,
            ended=ended,
            deliverable={},
        )
        return decode(transcript.encode(), "test"), task, live

    def replay(self, agent: Any, transcript: Transcript) -> tuple[str, Task]:
        """Let an agent work from a transcript, to its end and with nothing left over."""
        playback = Playback(transcript, self.before, "writing/shop-notice, variant 0")
        task = self.task(playback)
        ended = run(agent, task)
        playback.finish(task.messages)
        return ended, task


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Return a stage in a folder of its own."""
    return Stage(root=tmp_path)


@pytest.fixture
def say() -> Callable[..., Message]:
    """Return a maker of assistant messages: a text, and tool calls as (id, name, arguments)."""

    def make(text: str = "", *calls: tuple[str, str, Mapping[str, Any] | str]) -> Message:
        message: Message = {"role": "assistant", "content": text}
        if calls:
            message["tool_calls"] = [
                {
                    "id": call_id,
                    "type": "function",
                    "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
                }
                for call_id, name, given in calls
            ]
        return message

    return make
