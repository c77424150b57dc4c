"""A recording gives again what was given live, to the agent that did the same, and to no other."""

import copy

import msgspec
import pytest

from hapi_pytest.errors import ServiceError, StaleRecordingError
from hapi_pytest.llm import Reply
from hapi_pytest.model import Limits, Usage
from hapi_pytest.playback import FullPlayback, stale
from hapi_pytest.task import run
from hapi_pytest.tools import Toolbox
from hapi_pytest.workspace import Workspace


class Agent:
    """Asks and uses every tool call until it has submitted; what it does besides is told by what it is made with."""

    def __init__(self, *, first=None, after=None, own="inputs/rules.md", turns=99) -> None:
        self._first, self._after, self._own, self._turns = first, after, own, turns

    def run(self, task) -> None:
        if self._first:
            self._first(task)
        if self._own:
            task.call("read_file", path=self._own)
        for turn in range(1, self._turns + 1):
            for call in task.ask().get("tool_calls", []):
                task.use(call)
            if self._after:
                self._after(task, turn)
            if task.is_submitted:
                return


@pytest.fixture
def replies(say):
    return [
        say("", ("c1", "read_file", {"path": "inputs/rules.md"})),
        say(
            "",
            ("c2", "run", {"script": "ls"}),
            ("c3", "write_file", {"path": "deliverable/notice.txt", "content": "x"}),
        ),
        say("", ("c4", "submit", {})),
    ]


def stale_of(stage, agent, transcript) -> str:
    with pytest.raises(StaleRecordingError) as caught:
        stage.replay(agent, transcript)
    text = str(caught.value)
    assert text.startswith("writing/shop-notice, variant 0: the recording is stale\n")
    assert text.endswith("\n  fix:     undo the change, or record again with --record all")
    return text.split("\n", 1)[1].rsplit("\n", 1)[0]


def test_the_same_agent_gets_the_same(stage, replies):
    transcript, live, _ = stage.live(Agent(), replies)
    ended, played = stage.replay(Agent(), transcript)
    assert ended == transcript.ended == "submitted" and played.messages == live.messages


def test_a_recording_can_be_played_again_and_again(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)
    before = transcript.encode()
    for _ in range(2):
        stage.replay(Agent(), transcript)
    assert transcript.encode() == before


def test_a_fork_goes_on_from_what_was_before(stage, replies):
    stage.before = [{"role": "user", "content": "earlier"}, {"role": "assistant", "content": "yes"}]
    transcript, live, _ = stage.live(Agent(), replies)
    assert stage.replay(Agent(), transcript)[1].messages == live.messages
    stage.before = [{"role": "user", "content": "Earlier"}, *stage.before[1:]]
    stage.replay(Agent(), transcript)  # that the parent is another one is told by the header's digest of it


def insert_system(task):
    task.messages.insert(0, {"role": "system", "content": "You work."})


def shorten(task, turn):
    """Replace every tool output but the last by a remark."""
    for message in [m for m in task.messages if m["role"] == "tool"][:-1]:
        message["content"] = f"(cut after {turn})"


def forget(task, turn):
    """Keep the first message and the last three."""
    del task.messages[1:-3]


def summarize(task, turn):
    """Replace the whole conversation."""
    task.messages[:] = [{"role": "user", "content": f"So far {len(task.messages)} messages."}]


def mark_reply(task, turn):
    """Change the model's own message in place."""
    last = [message for message in task.messages if message["role"] == "assistant"][-1]
    last["content"] = f"(thought {turn})"


def hide(task, turn):
    """Take the last tool output out of the conversation again."""
    task.messages.pop()


def double(task, turn):
    """Say the last message twice."""
    task.messages.append(copy.deepcopy(task.messages[-1]))


@pytest.mark.parametrize("edit", [shorten, forget, summarize, mark_reply, hide, double])
def test_agents_that_edit_the_conversation_replay(stage, replies, edit):
    transcript, live, _ = stage.live(Agent(first=insert_system, after=edit), replies)
    ended, played = stage.replay(Agent(first=insert_system, after=edit), transcript)
    assert ended == "submitted" and played.messages == live.messages
    assert transcript.conversation([]) == live.messages


@pytest.mark.parametrize("edit", [shorten, forget, summarize, mark_reply, hide, double])
def test_an_edit_that_was_not_there_is_stale(stage, replies, edit):
    transcript, _, _ = stage.live(Agent(), replies)
    assert "message" in stale_of(stage, Agent(after=edit), transcript)


@pytest.mark.parametrize("edit", [shorten, forget, summarize, mark_reply, hide, double])
def test_an_edit_that_is_not_there_any_more_is_stale(stage, replies, edit):
    transcript, _, _ = stage.live(Agent(after=edit), replies)
    assert "message" in stale_of(stage, Agent(), transcript)


def test_outputs_hidden_from_messages_are_given_again(stage, replies):
    seen = []

    def notes(task, turn):
        seen.append([m["content"] for m in task.messages if m["role"] == "tool"])
        task.messages[:] = [m for m in task.messages if m["role"] != "tool"]

    transcript, _, _ = stage.live(Agent(after=notes), replies)
    live, seen[:] = list(seen), []
    stage.replay(Agent(after=notes), transcript)
    assert (
        seen
        == live
        == [["At most 41 words."], ["ran\n", "wrote 1 characters to deliverable/notice.txt"], ["handed in"]]
    )


def test_an_output_first_sent_cut_and_later_whole_is_given_whole(stage, replies):
    kept = {}

    def cut_then_restore(task, turn):
        tool = next(message for message in task.messages if message["role"] == "tool")
        if turn == 1:
            kept["whole"] = tool["content"]
            tool["content"] = "(cut)"
        if turn == 2:
            tool["content"] = kept["whole"]

    transcript, live, _ = stage.live(Agent(after=cut_then_restore), replies)
    assert stage.replay(Agent(after=cut_then_restore), transcript)[1].messages == live.messages


def test_calls_that_share_an_id_keep_their_own_outputs(stage, say):
    replies = [
        say("", ("call_0", "read_file", {"path": "inputs/rules.md"})),
        say("", ("call_0", "run", {"script": "ls"})),
        say("", ("call_0", "submit", {})),
    ]
    transcript, live, _ = stage.live(Agent(), replies)
    assert stage.replay(Agent(), transcript)[1].messages == live.messages


def test_calls_without_an_id_keep_their_own_outputs(stage, say):
    replies = [say("", ("", "read_file", {"path": "inputs/rules.md"})), say("", ("", "submit", {}))]
    transcript, live, _ = stage.live(Agent(), replies)
    assert stage.replay(Agent(), transcript)[1].messages == live.messages


def test_a_changed_first_message_is_stale_and_shown(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)

    def other(task):
        task.messages[0] = {"role": "user", "content": "Write the notices."}

    told = stale_of(stage, Agent(first=other), transcript)
    assert told.startswith("turn 1: message 1 differs:") and "-Write the notice.\n+Write the notices." in told


def test_a_changed_later_message_is_stale_and_shown(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)

    def other(task, turn):
        if turn == 2:
            task.messages[-1]["content"] += "!"

    assert stale_of(stage, Agent(after=other), transcript).startswith("turn 3: message 6 differs:")


def test_a_system_message_that_was_not_there_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)
    assert "turn 1: message 1 differs:" in stale_of(stage, Agent(first=insert_system), transcript)


@pytest.mark.parametrize("offered_then", [True, False])
def test_tools_offered_otherwise_are_stale(stage, say, offered_then):
    def asks(offers_tools):
        return Agent(first=lambda task: task.ask(offers_tools=offers_tools), own="", turns=0)

    transcript, _, _ = stage.live(asks(offered_then), [say("one")])
    assert stage.replay(asks(offered_then), transcript)[0] == "stopped"
    told = "turn 1: the tools were offered then" if offered_then else "turn 1: the tools were not offered then"
    assert stale_of(stage, asks(not offered_then), transcript) == told


def test_an_extra_turn_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)

    def ask_again(task, turn):
        if turn == 3:
            task.ask()

    assert stale_of(stage, Agent(after=ask_again), transcript) == "the agent asks 4 times, 3 answers are recorded"


def test_a_left_over_turn_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)
    assert stale_of(stage, Agent(turns=2), transcript) == "1 recorded answers are left over"


def test_a_changed_own_call_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)
    told = stale_of(stage, Agent(own="inputs/other.md"), transcript)
    assert told == "the agent's own call 1 of read_file has other arguments"


def test_an_own_call_of_another_tool_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(own=""), replies)
    transcript.own_calls = stage.live(Agent(), replies)[0].own_calls

    def runs(task):
        task.call("run", script="ls")

    assert "own call 1 of run has other arguments" in stale_of(stage, Agent(first=runs, own=""), transcript)


def test_an_extra_own_call_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(own=""), replies)
    assert stale_of(stage, Agent(), transcript) == "the agent calls read_file once more than in the recording"


def test_a_left_over_own_call_is_stale(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)
    assert stale_of(stage, Agent(own=""), transcript) == "recorded tool calls of the agent's own are left over"


def test_a_changed_end_is_stale_and_shown(stage, replies):
    transcript, _, _ = stage.live(Agent(), replies)

    def adds(task, turn):
        if turn == 3:
            task.messages.append({"role": "user", "content": "thanks"})

    told = stale_of(stage, Agent(after=adds), transcript)
    assert told.startswith("at the end: message 9 differs:") and "+thanks" in told


def test_a_call_whose_output_was_not_recorded_is_stale(stage, replies):
    def skips(task, turn):
        task.messages[:] = [m for m in task.messages if m.get("tool_call_id") != "c2"]

    transcript, _, _ = stage.live(Agent(after=skips), replies)
    transcript.outputs.clear()
    assert stale_of(stage, Agent(after=skips), transcript) == "no output is recorded for the call c2 of run"


@pytest.mark.parametrize(
    ("limits", "limit"), [(Limits(steps=2), "steps"), (Limits(tokens=22), "tokens"), (Limits(seconds=0), "seconds")]
)
def test_a_limit_is_reached_again(stage, replies, limits, limit):
    stage.limits = limits
    transcript, live, _ = stage.live(Agent(), replies)
    ended, played = stage.replay(Agent(), transcript)
    assert ended == transcript.ended == limit and played.messages == live.messages


def test_a_limit_that_is_not_reached_any_more_leaves_answers_over(stage, replies):
    stage.limits = Limits(steps=2)
    transcript, _, _ = stage.live(Agent(), replies)
    assert stale_of(stage, Agent(turns=1), transcript) == "1 recorded answers are left over"


def test_an_agent_that_stops_where_a_limit_stopped_it_ends_otherwise(stage, replies):
    stage.limits = Limits(steps=2)
    transcript, _, _ = stage.live(Agent(), replies)
    ended, _ = stage.replay(Agent(turns=2), transcript)
    assert (ended, transcript.ended) == ("stopped", "steps")


def test_agents_cannot_change_the_recording(stage, replies):
    transcript, _, _ = stage.live(Agent(after=mark_reply), replies)
    before = copy.deepcopy(transcript)
    stage.replay(Agent(after=mark_reply), transcript)
    assert transcript == before


def test_a_stale_recording_is_told_with_its_fix():
    assert str(stale("here", "it moved")) == (
        "here: the recording is stale\nit moved\n  fix:     undo the change, or record again with --record all"
    )


class Answers:
    """Gives messages as litellm would read them from the cassette."""

    def __init__(self, messages) -> None:
        self._messages = list(messages)

    def complete(self, messages, tools) -> Reply:
        if not self._messages:
            raise ServiceError("the cassette is empty")
        return Reply(message=self._messages.pop(0), usage=Usage())


@pytest.fixture
def full(stage, replies, scripted_sandbox):
    """Record, then play fully with other answers or another sandbox."""

    def play(answers=None, rules=b"At most 41 words.", printed=b"ran"):
        transcript, _, _ = stage.live(Agent(), replies)
        workspace = Workspace(stage.root / "again")
        workspace.lay_out({"rules.md": rules})
        toolbox = Toolbox(workspace, scripted_sandbox(stdout=printed), Limits())
        complete = Answers(replies if answers is None else answers).complete
        playback = FullPlayback(transcript, [], "here", complete, toolbox)
        task = stage.task(playback)
        run(Agent(), task)
        playback.finish(task.messages)
        return playback, task, workspace

    return play


def test_full_replay_runs_every_tool_again(full):
    playback, _, workspace = full()
    assert playback.drift == [] and workspace.read("deliverable/notice.txt") == b"x"


def test_full_replay_takes_other_call_ids_for_the_same(full, replies):
    renamed = copy.deepcopy(replies)
    for message in renamed:
        for call in message["tool_calls"]:
            call["id"] = f"new_{call['id']}"
    playback, task, _ = full(renamed)
    assert playback.drift == [] and task.messages[2]["tool_call_id"] == "c1"


def test_full_replay_notes_outputs_that_differ_and_goes_on_with_the_recorded(full):
    playback, task, _ = full(rules=b"At most 50 words.", printed=b"other")
    assert task.messages[2]["content"] == "At most 41 words."
    assert playback.drift == [
        "here: turn 0: read_file shows another output",
        "here: turn 1: read_file shows another output",
        "here: turn 2: run shows another output",
    ]


def test_full_replay_of_another_answer_is_stale_and_shown(full, replies):
    other = [msgspec.to_builtins(message) for message in replies]
    other[1] = {**other[1], "content": "thinking"}
    with pytest.raises(
        StaleRecordingError, match=r"turn 2: litellm reads the recorded answer otherwise: (.|\n)*\+thinking"
    ):
        full(other)


def test_full_replay_without_an_answer_is_stale(full):
    with pytest.raises(StaleRecordingError, match=r"here: the recording is stale\nturn 1: the cassette is empty"):
        full([])
