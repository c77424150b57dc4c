"""The built-in agents, and one of twenty lines of one's own."""

from pathlib import Path

from hapi_pytest.testing import ScriptedModel

DOCS = Path(__file__).parents[2] / "docs/own-agent.md"


def own_agent() -> str:
    """Return the agent that the docs show."""
    return DOCS.read_text().split("```python\n")[1].split("```")[0]


def test_the_reference_completes_everything(bare_suite, run_args):
    done = bare_suite.run(*run_args, "--agent", "reference", "--variant", "0..2")
    assert done.returncode == 0, done.stdout
    assert "18 passed" in done.stdout
    assert "measure this suite, not a model" in done.stdout


def test_the_idle_agent_completes_nothing(bare_suite, run_args):
    done = bare_suite.run(*run_args, "--agent", "idle")
    assert done.returncode == 1
    assert "6 failed" in done.stdout
    assert {outcome["status"] for outcome in bare_suite.outcomes().values()} == {"incomplete"}


def test_an_agent_of_ones_own_runs_records_and_replays(bare_suite, run_args):
    assert len(own_agent().splitlines()) <= 25
    (bare_suite.root / "drafting.py").write_text(own_agent())
    with ScriptedModel(["We are closed."]) as model:
        arguments = (
            "--model",
            "openai/scripted",
            "--base-url",
            model.url,
            "--agent",
            "drafting:Drafting",
            "-k",
            "alone",
        )
        recorded = bare_suite.run(*run_args, *arguments, "--record", "missing")
        assert recorded.returncode == 1, recorded.stdout
        assert "2 failed" in recorded.stdout
        verdicts, asked = bare_suite.verdicts(), len(model.requests)
    for replay in ("fast", "full"):
        done = bare_suite.run(*run_args, *arguments, "--replay", replay)
        assert "2 failed" in done.stdout, done.stdout
        assert bare_suite.verdicts() == verdicts
    assert len(model.requests) == asked
    assert "agent drafting:Drafting" in recorded.stdout


def test_a_changed_agent_makes_its_recordings_stale(bare_suite):
    (bare_suite.root / "drafting.py").write_text(own_agent())
    with ScriptedModel(["We are closed."]) as model:
        arguments = (
            "--model",
            "openai/scripted",
            "--base-url",
            model.url,
            "--agent",
            "drafting:Drafting",
            "-k",
            "alone",
        )
        bare_suite.run(*arguments, "--record", "missing")
        text = own_agent()
        assert text.count("content of") == 1
        (bare_suite.root / "drafting.py").write_text(text.replace("content of", "text of"))
        done = bare_suite.run(*arguments)
    assert "2 errors" in done.stdout
    assert "stale" in done.stdout


def test_an_agent_that_crashes_is_unscored(bare_suite):
    (bare_suite.root / "broken.py").write_text(
        "class Broken:\n    def run(self, task):\n        raise OSError('boom')\n"
    )
    done = bare_suite.run("--agent", "broken:Broken", "--record", "missing", "-k", "alone")
    assert "2 errors" in done.stdout
    assert "the agent's code crashed: OSError: boom" in done.stdout
