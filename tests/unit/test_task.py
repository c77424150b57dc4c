"""What an agent sees of an attempt, live."""

import pytest

from hapi_pytest.errors import ServiceError, UnscoredError
from hapi_pytest.model import Limits, Usage
from hapi_pytest.task import STOPPED, SUBMITTED, LimitReached, run
from hapi_pytest.transcripts import arguments_digest


class Agent:
    """An agent made of one function."""

    def __init__(self, work) -> None:
        self._work = work

    def run(self, task) -> None:
        self._work(task)


@Agent
def diligent(task):
    """Asks and uses every tool call until it has submitted."""
    while not task.is_submitted:
        for call in task.ask().get("tool_calls", []):
            task.use(call)


@Agent
def endless(task):
    """Asks for ever."""
    while True:
        task.ask()


def contents(messages) -> list[str]:
    return [message["content"] for message in messages]


def test_an_agent_sees_the_conversation_and_the_files(stage):
    seen = {}

    def look(task):
        seen.update(messages=contents(task.messages), attachments=task.attachments, deliverables=task.deliverables)

    transcript, _, _ = stage.live(Agent(look), [])
    assert seen == {
        "messages": ["Write the notice."],
        "attachments": ("rules.md",),
        "deliverables": ("notice.txt",),
    }
    assert transcript.ended == STOPPED and transcript.turns == []


def test_replies_and_tool_outputs_join_the_conversation(stage, say):
    replies = [say("", ("c1", "read_file", {"path": "inputs/rules.md"})), say("done", ("c2", "submit", {"note": "x"}))]
    transcript, task, _ = stage.live(diligent, replies)
    assert contents(task.messages) == ["Write the notice.", "", "At most 41 words.", "done", "handed in: x"]
    assert task.messages[2] == {"role": "tool", "tool_call_id": "c1", "content": "At most 41 words."}
    assert task.is_submitted and transcript.ended == SUBMITTED


def test_a_transcript_holds_each_message_once(stage, say):
    replies = [say("", ("c1", "run", {"script": "ls"})), say("", ("c2", "submit", {}))]
    transcript, task, live = stage.live(diligent, replies)
    assert [contents(turn.messages) for turn in transcript.turns] == [["Write the notice."], ["ran\n"]]
    assert contents(transcript.tail) == ["handed in"] and transcript.outputs == {}
    assert transcript.conversation([]) == task.messages
    assert transcript.usage == live.usage == Usage(input_tokens=20, output_tokens=2)


def test_what_was_before_is_not_stored_again(stage, say):
    stage.before = [{"role": "user", "content": "earlier"}, say("yes")]
    transcript, task, _ = stage.live(diligent, [say("", ("c", "submit", {}))])
    assert [contents(turn.messages) for turn in transcript.turns] == [["Write the notice."]]
    assert transcript.conversation(stage.before) == task.messages and len(task.messages) == 5


def test_a_message_edited_in_the_middle_is_stored_with_what_follows(stage, say):
    def edits(task):
        task.ask()
        task.messages[0] = {"role": "user", "content": "Shorter."}
        task.ask()
        del task.messages[1:]

    transcript, task, _ = stage.live(Agent(edits), [say("one"), say("two")])
    assert [(turn.kept, contents(turn.messages)) for turn in transcript.turns] == [
        (None, ["Write the notice."]), (0, ["Shorter.", "one"]),
    ]  # fmt: skip
    assert (transcript.tail_kept, transcript.tail) == (1, [])
    assert transcript.conversation([]) == task.messages == [{"role": "user", "content": "Shorter."}]


def test_a_message_edited_in_place_is_stored_as_it_was_sent(stage, say):
    def edits(task):
        reply = task.ask()
        reply["content"] = "shorter"
        task.ask()

    transcript, _, _ = stage.live(Agent(edits), [say("one"), say("two")])
    assert transcript.turns[0].reply["content"] == "one"
    assert (transcript.turns[1].kept, contents(transcript.turns[1].messages)) == (1, ["shorter"])


def test_an_edit_in_place_of_what_was_before_stays_with_this_attempt(stage, say):
    stage.before = [{"role": "user", "content": "earlier"}]

    def edits(task):
        task.messages[0]["content"] = "later"
        task.ask()

    transcript, _, _ = stage.live(Agent(edits), [say("one")])
    assert stage.before == [{"role": "user", "content": "earlier"}]
    assert (transcript.turns[0].kept, contents(transcript.turns[0].messages)) == (0, ["later", "Write the notice."])


def test_an_output_that_no_message_shows_is_stored_apart(stage, say):
    def hides(task):
        for call in task.ask()["tool_calls"]:
            task.use(call)["content"] = "(cut)"
        for call in task.ask()["tool_calls"]:
            task.use(call)
        del task.messages[-1]

    replies = [say("", ("c1", "read_file", {"path": "inputs/rules.md"})), say("", ("c2", "submit", {}))]
    transcript, _, _ = stage.live(Agent(hides), replies)
    assert transcript.outputs == {"c1": "At most 41 words.", "c2": "handed in"}


def test_a_call_of_the_agents_own_is_stored_apart(stage):
    def calls(task):
        assert task.call("read_file", path="inputs/rules.md") == "At most 41 words."
        task.call("submit")

    transcript, task, _ = stage.live(Agent(calls), [])
    first, second = transcript.own_calls
    assert (first.name, first.output) == ("read_file", "At most 41 words.")
    assert first.arguments == arguments_digest({"path": "inputs/rules.md"}) and second.output == "handed in"
    assert transcript.ended == SUBMITTED and len(task.messages) == 1


def test_the_tools_are_offered_unless_the_agent_asks_without(stage, say):
    def asks(task):
        task.ask(offers_tools=False)
        task.ask()

    transcript, _, _ = stage.live(Agent(asks), [say("one"), say("two")])
    assert stage.model.offered == [[], ["run", "read_file", "write_file", "submit"]]
    assert [turn.offers_tools for turn in transcript.turns] == [False, True]


@pytest.mark.parametrize("arguments", ["{", "[]", "5", '"x"', "null"])
def test_arguments_that_are_no_object_come_back_as_text(stage, say, arguments):
    replies = [say("", ("c1", "submit", arguments)), say("", ("c2", "submit", {}))]
    transcript, task, _ = stage.live(diligent, replies)
    assert task.messages[2]["content"].startswith("error: submit: the arguments are not JSON: ")
    assert len(transcript.turns) == 2


@pytest.mark.parametrize("arguments", ["", "{}"])
def test_missing_arguments_are_none_at_all(stage, say, arguments):
    _, task, _ = stage.live(diligent, [say("", ("c1", "submit", arguments))])
    assert task.messages[-1]["content"] == "handed in"


def test_a_submit_that_was_refused_does_not_end_the_work(stage, say):
    replies = [say("", ("c1", "submit", {"files": []})), say("", ("c2", "submit", {}))]
    transcript, task, _ = stage.live(diligent, replies)
    assert task.messages[2]["content"].startswith("error: submit: ")
    assert len(transcript.turns) == 2


def test_keys_in_a_tools_output_are_scrubbed(stage, say):
    key = "sk-" + "a1B2" * 8
    replies = [
        say("", ("c1", "write_file", {"path": "x", "content": key})),
        say("", ("c2", "read_file", {"path": "x"})),
        say("", ("c3", "submit", {})),
    ]
    _, task, _ = stage.live(diligent, replies)
    assert task.messages[4]["content"] == "[scrubbed]"


@pytest.mark.parametrize(
    ("limits", "limit", "turns"),
    [(Limits(steps=2), "steps", 2), (Limits(tokens=33), "tokens", 3), (Limits(seconds=0), "seconds", 0)],
)
def test_a_limit_ends_the_attempt_before_the_next_call(stage, say, limits, limit, turns):
    stage.limits = limits
    transcript, _, _ = stage.live(endless, [say(str(n)) for n in range(9)])
    assert transcript.ended == limit and len(transcript.turns) == turns


def test_what_was_handed_in_before_a_limit_is_kept(stage, say):
    stage.limits = Limits(steps=1)

    def goes_on(task):
        for call in task.ask()["tool_calls"]:
            task.use(call)
        task.ask()

    transcript, task, _ = stage.live(Agent(goes_on), [say("", ("c", "write_file", {"path": "a", "content": ""}))])
    assert transcript.ended == "steps" and contents(transcript.tail) == ["wrote 0 characters to a"]
    assert transcript.conversation([]) == task.messages


def test_a_crash_of_the_agents_code_is_unscored(stage):
    with pytest.raises(UnscoredError, match=r"^the agent's code crashed: ZeroDivisionError: division by zero$"):
        stage.live(Agent(lambda task: 1 / 0), [])


def test_a_failure_of_the_service_passes_through(stage):
    class Failing:
        def reply(self, messages, offers_tools):
            raise ServiceError("no credit")

    with pytest.raises(ServiceError, match="no credit"):
        run(endless, stage.task(Failing()))


def test_a_limit_names_itself():
    assert str(LimitReached("steps")) == "the limit of steps is reached" and LimitReached("steps").limit == "steps"
