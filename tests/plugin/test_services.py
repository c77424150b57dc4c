"""The three wire formats through litellm's own routes, and answers that cannot be passed off as another model's."""

import json
import os

import pytest

from hapi_pytest.stand_in import StandIn

ROUTES = {"gpt-5": "/v1", "anthropic/claude-sonnet-4-5": "", "gemini/gemini-2.5-pro": "/v1beta"}
KEYS = {"OPENAI_API_KEY": "stand-in", "ANTHROPIC_API_KEY": "stand-in", "GEMINI_API_KEY": "stand-in"}


@pytest.fixture(scope="module")
def by_route(recorded_suite, tmp_path_factory):
    """Record each route against a stand-in of another process's making; returns suites and outputs by model."""
    import shutil

    from tests.plugin.conftest import Suite

    found = {}
    with StandIn(recorded_suite / "projects") as service:
        for model, path in ROUTES.items():
            root = tmp_path_factory.mktemp("route") / "suite"
            shutil.copytree(recorded_suite, root)
            shutil.rmtree(root / "cassettes")
            suite = Suite(root)
            identity = ("--model", model, "--base-url", service.url + path)
            before = service.requests
            recorded = suite.run(*identity, "--record", "missing", environment=KEYS)
            found[model] = (suite, identity, recorded, service.requests - before)
    return found


@pytest.mark.parametrize("model", ROUTES)
def test_each_route_records_and_replays(by_route, model):
    suite, identity, recorded, asked = by_route[model]
    assert recorded.returncode == 1, recorded.stdout
    assert f"recorded: {asked} requests sent" in recorded.stdout
    verdicts = suite.verdicts()
    for replay in ("fast", "full"):
        done = suite.run(*identity, "--replay", replay, environment=dict.fromkeys(KEYS, ""))
        assert done.returncode == 1, done.stdout
        assert suite.verdicts() == verdicts


def test_all_routes_come_to_the_same_verdicts(by_route):
    plain = [
        {test.split()[0] + test.split()[-1]: result for test, result in suite.verdicts().items()}
        for suite, *_ in by_route.values()
    ]
    assert all(verdicts == plain[0] for verdicts in plain)


@pytest.mark.parametrize("model", ROUTES)
def test_the_stand_in_is_named_whatever_the_model_is_called(by_route, model):
    suite, identity, recorded, _ = by_route[model]
    transcripts = [json.loads(text) for name, text in suite.files().items() if _is_transcript(name)]
    assert {transcript["origin"] for transcript in transcripts} == {"stand-in"}
    for done in (recorded, suite.run(*identity)):
        assert "These answers come from the stand-in, a script" in done.stdout
        assert identity[3] in done.stdout


def _is_transcript(name: str) -> bool:
    return name.endswith(".json") and not name.endswith(".http.json") and f"{os.sep}files{os.sep}" not in name


def test_thinking_blocks_survive_the_conversation(bare_suite):
    with StandIn(bare_suite.root / "projects") as service:
        identity = ("--model", "anthropic/claude-sonnet-4-5", "--base-url", service.url)
        thinking = (
            "--model-arg",
            'thinking={"type": "enabled", "budget_tokens": 2000}',
            "--model-arg",
            "max_tokens=9000",
        )
        recorded = bare_suite.run(*identity, *thinking, "--record", "missing", environment=KEYS)
    assert recorded.returncode == 1, recorded.stdout
    assert "errors" not in recorded.stdout.splitlines()[-1]
    assert any(b'"thinking_blocks"' in text for text in bare_suite.files().values())
    assert bare_suite.run(*identity, *thinking, "--replay", "full").returncode == 1


def test_model_arguments_and_base_urls_keep_recordings_apart(bare_suite):
    from hapi_pytest.testing import ScriptedModel

    with ScriptedModel([[("submit", {})]]) as model:
        identity = ("--model", "openai/scripted", "--base-url", model.url, "-k", "shop_notice and alone")
        for more in ((), ("--model-arg", "temperature=0.5")):
            bare_suite.run(*identity, *more, "--record", "missing")
    folders = sorted((bare_suite.root / "cassettes").iterdir())
    assert len(folders) == 2
    texts = [(folder / "agent.toml").read_text() for folder in folders]
    assert all(f'base_url = "{model.url}"' in text for text in texts)
    assert sum("arguments.temperature = 0.5" in text for text in texts) == 1
    assert model.requests[-1]["temperature"] == 0.5


def test_a_service_that_fails_is_an_error_and_unscored(bare_suite, run_args):
    from hapi_pytest.testing import ScriptedModel

    with ScriptedModel([], status=500, error="out of order") as model:
        done = bare_suite.run(
            *run_args,
            "--model",
            "openai/scripted",
            "--base-url",
            model.url,
            "--record",
            "missing",
            "--tries",
            "2",
            "--junitxml",
            "j.xml",
        )
    assert done.returncode == 6
    assert "6 errors" in done.stdout
    assert "unscored: 6 of 6" in done.stdout
    assert "out of order" in done.stdout
    junit = (bare_suite.root / "j.xml").read_text()
    assert 'errors="6" failures="0"' in junit
    assert (
        not [name for name in bare_suite.files() if name.endswith(".json")]
        if (bare_suite.root / "cassettes").exists()
        else True
    )
