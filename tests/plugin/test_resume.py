"""Going on with a run: its settings are its own."""

import shutil

RECORD = ("--record", "missing", "--arm", "alone")


def test_the_settings_come_from_the_run(bare_suite):
    bare_suite.run(*RECORD, "-k", "shop_notice", "--model", "stand-in", "--limit", "steps=30")
    [run] = (bare_suite.root / ".hapi/runs").iterdir()
    shutil.rmtree(bare_suite.root / "cassettes/stand-in/writing")
    done = bare_suite.run("--resume", run.name)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert '"steps":30' in next((bare_suite.root / "cassettes").rglob("v0-alone.json")).read_text()
    assert list((bare_suite.root / ".hapi/runs").iterdir()) == [run]


def test_paths_and_selections_come_from_the_run_wherever_one_stands(bare_suite):
    bare_suite.run(*RECORD, "projects/writing")
    done = bare_suite.run("--resume", "latest")
    assert "1 passed" in done.stdout, done.stdout
    assert "shop-notice" in done.stdout


def test_other_settings_are_refused_and_named(bare_suite):
    bare_suite.run(*RECORD, "-k", "shop_notice")
    done = bare_suite.run("--resume", "latest", "--arm", "retry", "--rounds", "2", "-k", "guest")
    text = done.stdout + done.stderr
    assert done.returncode == 4, text
    assert "--arm: ['alone'] in the run, ['retry'] now" in text
    assert "--rounds: 1 in the run, 2 now" in text
    assert "-k: 'shop_notice' in the run, 'guest' now" in text
    assert "--samples" not in text
    assert text.count("fix:") == 1
    assert "Traceback" not in text


def test_a_default_that_is_asked_for_is_refused_too(bare_suite):
    bare_suite.run(*RECORD, "--rounds", "2", "-k", "shop_notice")
    done = bare_suite.run("--resume", "latest", "--rounds=1")
    assert "--rounds: 2 in the run, 1 now" in done.stdout + done.stderr


def test_what_is_the_same_may_be_said_again(bare_suite):
    bare_suite.run(*RECORD, "-k", "shop_notice")
    done = bare_suite.run(*RECORD, "-k", "shop_notice", "--resume", "latest", "--max-cost", "3", "--concurrency", "2")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_that_is_not_there_is_a_clear_error(bare_suite):
    for name in ("latest", "nothing"):
        done = bare_suite.run("--resume", name)
        assert done.returncode == 4
        assert f"--resume {name}: " in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_everything_recorded_anew_is_recorded_once_over_a_resumed_run(suite):
    from hapi_pytest.stand_in import StandIn

    with StandIn(suite.root / "projects") as service:
        suite.run("--record", "all", "--base-url", f"{service.url}/v1", "--model", "stand-in", "--arm", "alone")
        asked = service.requests
        done = suite.run("--resume", "latest", "--base-url", f"{service.url}/v1")
    assert "2 failed" in done.stdout or "1 failed, 1 passed" in done.stdout, done.stdout
    assert service.requests == asked > 0
