"""The default agent's manners, and how others are found."""

import pytest

from hapi_pytest.agents import DefaultAgent, found
from hapi_pytest.errors import CommandLineError
from hapi_pytest.prompts import NUDGE


def test_the_default_agent_works_until_it_has_submitted(stage, say):
    replies = [say("", ("a", "run", {"script": "x"}), ("b", "run", {"script": "y"})), say("", ("c", "submit", {}))]
    transcript, task, _ = stage.live(DefaultAgent(), replies)
    assert transcript.ended == "submitted"
    assert [m["role"] for m in task.messages] == ["system", "user", "assistant", "tool", "tool", "assistant", "tool"]


def test_the_default_agent_is_nudged_once(stage, say):
    transcript, task, _ = stage.live(DefaultAgent(), [say("I plan."), say("", ("c", "submit", {}))])
    assert transcript.ended == "submitted" and task.messages[3] == {"role": "user", "content": NUDGE}


def test_the_default_agent_gives_up_after_two_turns_without_a_call(stage, say):
    transcript, task, _ = stage.live(DefaultAgent(), [say("I plan."), say("I ask."), say("never asked for")])
    assert transcript.ended == "stopped" and len(transcript.turns) == 2 and task.messages[-1]["content"] == "I ask."


def test_the_default_agent_carries_out_calls_after_a_submit_of_the_same_turn(stage, say):
    replies = [say("", ("a", "submit", {}), ("b", "write_file", {"path": "late.txt", "content": "x"}))]
    _, task, _ = stage.live(DefaultAgent(), replies)
    assert [m["tool_call_id"] for m in task.messages if m["role"] == "tool"] == ["a", "b"]


def test_the_default_agent_goes_on_in_a_conversation_that_has_its_prompt(stage, say):
    stage.before = [{"role": "system", "content": "You work."}]
    _, task, _ = stage.live(DefaultAgent(), [say("", ("c", "submit", {}))])
    assert [m["role"] for m in task.messages].count("system") == 1


def test_the_default_agent_replays(stage, say):
    replies = [say("hm"), say("", ("a", "run", {"script": "x"})), say("", ("c", "submit", {}))]
    transcript, live, _ = stage.live(DefaultAgent(), replies)
    assert stage.replay(DefaultAgent(), transcript)[1].messages == live.messages


def test_agents_are_found_by_name(tmp_path):
    assert isinstance(found("default", tmp_path), DefaultAgent)
    (tmp_path / "hapi_unit_agent.py").write_text("class Mine:\n    def run(self, task):\n        return 'ran'\n")
    assert found("hapi_unit_agent:Mine", tmp_path).run(None) == "ran"


@pytest.mark.parametrize(
    ("spec", "source", "told"),
    [
        ("codex", "", "is no agent\n  allowed: default, reference, idle, or package.module:factory"),
        ("no_such_module_at_all:make", "", "cannot be loaded: No module named 'no_such_module_at_all'"),
        ("hapi_unit_spoilt_a:make", "x = 1", "has no attribute 'make'"),
        ("hapi_unit_spoilt_b:make", "make = lambda: 5", "the factory's result has no method run(task)"),
        ("hapi_unit_spoilt_c:make", "def make(needed): ...", "cannot be loaded"),
        ("hapi_unit_spoilt_d:make", "def make(:", "cannot be loaded"),
        ("hapi_unit_spoilt_e:make", "def make(): return 1 / 0", "cannot be loaded: division by zero"),
        (":make", "", "cannot be loaded"),
        ("hapi_unit_spoilt_f:", "x = 1", "cannot be loaded"),
    ],
)
def test_an_agent_that_cannot_be_loaded_is_told(tmp_path, spec, source, told):
    if source:
        (tmp_path / f"{spec.split(':')[0]}.py").write_text(source)
    with pytest.raises(CommandLineError) as caught:
        found(spec, tmp_path)
    assert f"--agent {spec!r}" in str(caught.value) and told in str(caught.value)


def test_the_search_path_is_left_as_it_was(tmp_path):
    import sys

    before = list(sys.path)
    with pytest.raises(CommandLineError):
        found("no_such_module_at_all:x", tmp_path)
    assert sys.path == before
