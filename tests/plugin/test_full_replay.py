"""Full replay: litellm over the cassette, and every tool again."""

import json

import pytest

from hapi_pytest.testing import ScriptedModel

MODEL = "openai/scripted"
CLOCK = "import os, platform, time\nprint(time.time_ns(), os.getpid(), platform.node())\n"
NOTICE = "deliverable/notice.txt"


@pytest.fixture(scope="module")
def clock_script():
    return [
        [("run", {"language": "python", "script": CLOCK})],
        [("read_file", {"path": "inputs/plan.txt"}), ("read_file", {"path": "inputs/signoff.md"})],
        [("write_file", {"path": NOTICE, "content": "Closed."}), ("submit", {})],
    ]


def test_full_replay_gives_what_fast_replay_gives(suite, run_args):
    fast = suite.run(*run_args)
    verdicts = suite.verdicts()
    full = suite.run(*run_args, "--replay", "full")
    assert full.returncode == fast.returncode == 1, full.stdout
    assert suite.verdicts() == verdicts
    assert "drift" not in full.stdout


def test_a_tool_that_drifts_is_listed_and_not_fatal(bare_suite, clock_script):
    with ScriptedModel(clock_script) as model:
        identity = ("--model", MODEL, "--base-url", model.url, "-k", "shop_notice and alone")
        assert bare_suite.run(*identity, "--record", "missing").returncode == 1
        fast = bare_suite.run(*identity)
        verdicts = bare_suite.verdicts()
        asked = len(model.requests)
    full = bare_suite.run(*identity, "--replay", "full")
    assert (fast.returncode, full.returncode) == (1, 1), full.stdout
    assert bare_suite.verdicts() == verdicts
    assert len(model.requests) == asked
    assert "drift: 1 finding of" in full.stdout
    assert "turn 1: run shows another output" in full.stdout


def test_drift_of_the_stand_in_is_an_error(suite):
    file = suite.root / "cassettes/stand-in/writing/shop-notice/v0-alone.json"
    transcript = json.loads(file.read_text())
    tool = next(m for turn in transcript["turns"] for m in turn["messages"] if m["role"] == "tool")
    tool["content"] += "and more\n"
    file.write_text(json.dumps(transcript))
    done = suite.run("--replay", "full", "-k", "shop_notice and alone")
    assert "1 error" in done.stdout
    assert "stale" in done.stdout


def test_a_reply_that_litellm_reads_otherwise_is_stale(suite):
    file = suite.root / "cassettes/stand-in/writing/shop-notice/v0-alone.http.json"
    text = file.read_text()
    assert "plan.txt" in text
    file.write_text(text.replace("plan.txt", "plan.pdf", 1))
    done = suite.run("--replay", "full", "-k", "shop_notice and alone")
    assert "1 error" in done.stdout
    assert "litellm reads the recorded answer otherwise" in done.stdout


def test_a_missing_cassette_is_stale_in_full_replay_only(suite):
    (suite.root / "cassettes/stand-in/writing/shop-notice/v0-alone.http.json").unlink()
    assert suite.run("-k", "shop_notice and alone").returncode == 0
    done = suite.run("--replay", "full", "-k", "shop_notice and alone")
    assert "1 error" in done.stdout
    assert "cassette is missing or empty" in done.stdout
