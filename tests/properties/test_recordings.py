"""Transcripts come back from their bytes; playback takes the same conversation and no other."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.errors import StaleRecordingError
from hapi_pytest.llm import Reply
from hapi_pytest.model import Arm, Limits, Usage
from hapi_pytest.playback import Playback
from hapi_pytest.recordings import Identity, Slot, parsed
from hapi_pytest.sandbox import Finished
from hapi_pytest.task import Live, Task, run
from hapi_pytest.tools import Toolbox
from hapi_pytest.transcripts import (
    Header,
    OwnCall,
    StoredFile,
    Transcript,
    Turn,
    decode,
    message_difference,
)
from hapi_pytest.workspace import Workspace

TEXTS = st.text(max_size=30)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    LEAVES | TEXTS, lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXTS, v, max_size=3), max_leaves=8
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": st.one_of(st.none(), TEXTS, VALUES)},
    optional={"tool_calls": VALUES, "reasoning": VALUES, "provider_specific_fields": VALUES},
)
LISTS = st.lists(MESSAGES, max_size=3)
COUNTS = st.integers(0, 10**9)
PLACES = st.one_of(st.none(), st.integers(0, 9))
FILES = st.dictionaries(TEXTS, st.builds(StoredFile, file=TEXTS, digest=TEXTS, is_executable=st.booleans()), max_size=3)
PAIRS = st.dictionaries(TEXTS, TEXTS, max_size=3)
HEADERS = st.builds(
    Header,
    recording=TEXTS,
    model=TEXTS,
    agent=TEXTS,
    arguments=st.dictionaries(TEXTS, VALUES, max_size=2),
    base_url=TEXTS,
    attachments=PAIRS,
    tools=PAIRS,
    limits=st.builds(Limits, steps=COUNTS, tokens=COUNTS),
    programs=st.lists(TEXTS, max_size=2).map(tuple),
    packages=st.lists(TEXTS, max_size=2).map(tuple),
    parent=TEXTS,
)
TRANSCRIPTS = st.builds(
    Transcript,
    header=HEADERS,
    origin=TEXTS,
    turns=st.lists(
        st.builds(
            Turn, kept=PLACES, messages=LISTS, offers_tools=st.booleans(), reply=MESSAGES,
            usage=st.builds(Usage, input_tokens=COUNTS),
        ),
        max_size=3,
    ),
    tail=LISTS,
    tail_kept=PLACES,
    outputs=PAIRS,
    own_calls=st.lists(st.builds(OwnCall, name=TEXTS, arguments=TEXTS, output=TEXTS), max_size=2),
    ended=TEXTS,
    deliverable=FILES,
    refused=PAIRS,
    workspace=st.none() | FILES,
    removed=st.lists(TEXTS, max_size=2),
)  # fmt: skip


@given(TRANSCRIPTS)
def test_a_transcript_comes_back_from_its_bytes(transcript):
    content = transcript.encode()
    assert decode(content, "x") == transcript
    assert decode(content, "x").encode() == content


@given(st.binary(max_size=60))
def test_any_bytes_are_a_transcript_or_stale(content):
    with pytest.raises(StaleRecordingError, match=r"^x: "):
        decode(content, "x")


@given(TRANSCRIPTS, st.data())
def test_a_cut_transcript_is_stale(transcript, data):
    content = transcript.encode()
    with pytest.raises(StaleRecordingError):
        decode(content[: data.draw(st.integers(0, len(content) - 3))], "x")


@given(LISTS, LISTS)
def test_messages_differ_exactly_when_a_difference_is_shown(one, other):
    difference = message_difference(one, other)
    assert bool(difference) == (one != other)
    assert not difference or len(difference.splitlines()) > 1


@given(
    st.integers(0, 99),
    st.integers(1, 99),
    st.sampled_from(Arm),
    st.integers(1, 99),
)
def test_a_slots_name_stands_for_it_alone(variant, sample, arm, number):
    slot = Slot(project="a/b", variant=variant, sample=sample, arm=arm, round=number)
    assert parsed("a/b", slot.name) == slot


@given(st.text(max_size=20))
def test_any_name_is_one_slots_own_or_none(name):
    slot = parsed("a/b", name)
    assert slot is None or slot.name == name


@given(st.dictionaries(TEXTS, VALUES, max_size=3), st.data())
def test_an_identitys_folder_does_not_depend_on_the_order_of_arguments(arguments, data):
    turned = dict(data.draw(st.permutations(list(arguments.items()))))
    assert Identity(model="m", arguments=arguments).folder == Identity(model="m", arguments=turned).folder


class Quiet:
    """A sandbox in which every command prints the same."""

    rung = "quiet"

    def run(self, workspace, argv, *, stdin=b"", seconds=120):
        return Finished(exit_code=0, stdout=b"printed " + stdin, stderr=b"")


@dataclass
class Plan:
    """What an agent does turn by turn: which edits it makes to the conversation, and how."""

    edits: list[tuple[str, int, str]]
    tamper: tuple[int, int, int] | None = None
    """Turn, message and character at which this agent says something else."""
    in_place: bool = False
    asked: list[list[dict[str, Any]]] = field(default_factory=list)
    """The conversations as they were sent, and at the end."""

    def run(self, task: Task) -> None:
        for kind, place, text in self.edits:
            self._edit(task.messages, kind, place, text)
            self._send(task)
            for call in task.ask().get("tool_calls", []):
                task.use(call)
        self._send(task)

    def _send(self, task: Task) -> None:
        if self.tamper and self.tamper[0] == len(self.asked):
            _, index, place = self.tamper
            message, text = task.messages[index], str(task.messages[index]["content"])
            changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
            if self.in_place:
                message["content"] = changed
            else:
                task.messages[index] = {**message, "content": changed}
        self.asked.append(copy.deepcopy(task.messages))

    def _edit(self, messages: list[dict[str, Any]], kind: str, place: int, text: str) -> None:
        index = place % len(messages)
        if kind == "insert":
            messages.insert(index, {"role": "user", "content": text})
        elif kind == "replace":
            messages[index] = {**messages[index], "content": text}
        elif kind == "in place":
            messages[index]["content"] = text
        elif kind == "delete" and len(messages) > 1:
            del messages[index]
        elif kind == "cut":
            del messages[index + 1 :]


WORDS = st.text(alphabet="abcdefgh \n", min_size=1, max_size=12)
EDITS = st.tuples(st.sampled_from(["none", "insert", "replace", "in place", "delete", "cut"]), st.integers(0, 9), WORDS)
CALLS = st.one_of(
    st.tuples(st.just("run"), st.builds(lambda text: json.dumps({"script": text}), WORDS)),
    st.tuples(st.just("write_file"), st.builds(lambda text: json.dumps({"path": "a", "content": text}), WORDS)),
    st.tuples(st.just("read_file"), st.just('{"path": "a"}')),
    st.tuples(st.just("run"), st.just("{broken")),
)
SCRIPTS = st.lists(st.tuples(EDITS, WORDS, st.lists(CALLS, max_size=2)), min_size=1, max_size=5)
BEFORE = st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": WORDS}), max_size=2)


def replies_of(script) -> list[dict[str, Any]]:
    replies = []
    for turn, (_, text, calls) in enumerate(script):
        reply: dict[str, Any] = {"role": "assistant", "content": text}
        if calls:
            reply["tool_calls"] = [
                {"id": f"c{turn}-{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
                for n, (name, arguments) in enumerate(calls)
            ]
        replies.append(reply)
    return replies


def task_of(source, before) -> Task:
    return Task(source, [*before, {"role": "user", "content": "Work."}], attachments=[], deliverables=[])


def recorded(folder, script, before) -> tuple[Transcript, Task, Plan]:
    """Let the script's agent work live; returns what was recorded, as read again from its bytes."""
    replies = iter(replies_of(script))
    workspace = Workspace(folder)
    workspace.lay_out({})
    toolbox = Toolbox(workspace, Quiet(), Limits())
    live = Live(lambda messages, tools: Reply(message=next(replies), usage=Usage()), toolbox, Limits(), before)
    task, plan = task_of(live, before), Plan([edit for edit, _, _ in script])
    ended = run(plan, task)
    kept, tail = live.tail(task.messages)
    transcript = Transcript(
        header=Header(recording="x", model="m", agent="a", attachments={}, tools={}, limits=Limits()),
        origin="service", turns=live.turns, tail=tail, tail_kept=kept, outputs=live.hidden_outputs(task.messages),
        own_calls=live.own_calls, ended=ended, deliverable={},
    )  # fmt: skip
    return decode(transcript.encode(), "x"), task, plan


def replayed(transcript: Transcript, plan: Plan, before) -> Task:
    playback = Playback(transcript, before, "x")
    task = task_of(playback, before)
    run(plan, task)
    playback.finish(task.messages)
    return task


@given(SCRIPTS, BEFORE)
def test_the_same_conversation_is_taken(tmp_path, script, before):
    transcript, live, then = recorded(tmp_path, script, copy.deepcopy(before))
    now = Plan(then.edits)
    assert replayed(transcript, now, copy.deepcopy(before)).messages == live.messages
    assert now.asked == then.asked and transcript.conversation(before) == live.messages


@given(SCRIPTS, BEFORE, st.data(), st.booleans())
def test_one_changed_character_is_refused(tmp_path, script, before, data, in_place):
    transcript, _, then = recorded(tmp_path, script, copy.deepcopy(before))
    turn = data.draw(st.integers(0, len(then.asked) - 1))
    index = data.draw(st.integers(0, len(then.asked[turn]) - 1))
    place = data.draw(st.integers(0, len(str(then.asked[turn][index]["content"])) - 1))
    with pytest.raises(StaleRecordingError, match="message"):
        replayed(transcript, Plan(then.edits, (turn, index, place), in_place), copy.deepcopy(before))


@given(SCRIPTS, BEFORE, st.data())
def test_a_shorter_and_a_longer_conversation_are_refused(tmp_path, script, before, data):
    transcript, _, then = recorded(tmp_path, script, copy.deepcopy(before))
    for edits in (then.edits[:-1], [*then.edits, ("none", 0, "")]):
        with pytest.raises(StaleRecordingError):
            replayed(transcript, Plan(edits), copy.deepcopy(before))
