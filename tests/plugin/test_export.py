"""Runs exported as Inspect's logs, read with Inspect's own reader."""

import json
import warnings

import pytest

from hapi_pytest.digests import raw_digest
from tests.plugin.conftest import BARE, Suite


@pytest.fixture(scope="module")
def reader():
    """Inspect's reader of logs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its packages
        from inspect_ai.log import read_eval_log
    return read_eval_log


@pytest.fixture
def exported(suite: Suite, reader):
    """The suite's run, and its logs by arm."""
    suite.run(*BARE)
    done = suite.hapi("export", "latest", "--to", "logs")
    assert done.returncode == 0, done.stderr
    paths = done.stdout.split()
    logs = [reader(str(suite.root / path)) for path in paths]
    return suite, {log.eval.task.removeprefix("hapi-"): log for log in logs}


def test_inspect_reads_every_sample_with_its_marks(exported):
    suite, logs = exported
    told = {
        f"{sample.id.partition('/')[2]} {log.eval.model} v0 {arm}": (
            {"C": "completed", "I": "incomplete"}[sample.scores["completed"].value],
            sample.scores["completed"].metadata["criteria"],
        )
        for arm, log in logs.items()
        for sample in log.samples
    }
    assert told == suite.verdicts() and len(told) == 6
    for log in logs.values():
        values = [sample.scores["completed"].value for sample in log.samples]
        assert log.results.scores[0].metrics["accuracy"].value == values.count("C") / len(values)
        assert log.status == "success" and log.eval.metadata["is_stand_in"] is True


def test_a_sample_has_the_whole_conversation(exported):
    _, logs = exported
    first, second = (
        next(sample for sample in logs[arm].samples if sample.id == "admin-support/guest-list")
        for arm in ("alone", "reviewed")
    )
    texts = [message.text for message in second.messages]
    assert texts[: len(first.messages)] == [message.text for message in first.messages]
    assert first.input == texts[1] and [message.role for message in first.messages[:2]] == ["system", "user"]
    assert sum(message.role == "user" for message in second.messages) == 2
    assert second.output.completion == [message.text for message in second.messages if message.role == "assistant"][-1]
    calls = [call for message in first.messages for call in getattr(message, "tool_calls", None) or []]
    answers = [message for message in first.messages if message.role == "tool"]
    assert {call.id for call in calls} >= {answer.tool_call_id for answer in answers} and len(answers) > 1
    assert all(call.parse_error is None and call.arguments is not None for call in calls)
    usage = first.model_usage["stand-in"]
    assert usage.total_tokens == usage.input_tokens + (usage.input_tokens_cache_read or 0) + usage.output_tokens > 0


def test_what_a_service_sends_otherwise_is_kept(suite, reader):
    [file] = suite.root.glob("cassettes/stand-in/*/shop-notice/v0-alone.json")
    transcript = json.loads(file.read_bytes())
    suite.run(*BARE)
    last = transcript["turns"][-1]["reply"]
    last["reasoning_content"] = "First I think."
    last["content"] = [{"type": "text", "text": "Here it is."}]
    last["tool_calls"] = [
        {"id": "a", "type": "function", "function": {"name": "run", "arguments": "[1]"}},
        {"id": "b", "type": "function", "function": {"name": "run", "arguments": "{broken"}},
    ]
    transcript["ended"] = "steps"
    content = json.dumps(transcript).encode()
    file.write_bytes(content)
    run = max((suite.root / ".hapi/runs").iterdir())
    done = suite.hapi("export", "latest")
    assert done.returncode == 2 and "the recording has changed since the run" in done.stderr
    assert not (suite.root / "logs").exists()
    for journal in run.glob("journal-*.jsonl"):
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        for line in lines:
            if line.get("recordings") and line["recordings"][0].endswith("shop-notice/v0-alone"):
                line["transcripts"][0] = raw_digest(content)
        journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert suite.hapi("export", str(run)).returncode == 0
    log = reader(str(suite.root / "logs/stand-in-alone.json"))
    [sample] = [sample for sample in log.samples if sample.id == "writing/shop-notice"]
    reply = sample.output.message
    assert [part.type for part in reply.content] == ["reasoning", "text"] and sample.output.completion == "Here it is."
    assert reply.tool_calls[0].parse_error == "no object: [1]"
    assert "{broken" in reply.tool_calls[1].parse_error
    assert (sample.limit.type, sample.limit.limit) == ("message", 40)


def test_results_alone_have_no_conversation(suite):
    suite.run(*BARE, "--results", "elsewhere/results.json")
    done = suite.hapi("export", "elsewhere/results.json")
    assert done.returncode == 2 and "the results came without their run" in done.stderr
