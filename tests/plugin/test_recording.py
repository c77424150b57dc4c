"""Recording: complete, deterministic, never paid for twice."""

import re
import shutil


def requests(text):
    match = re.search(r"recorded: (\d+) request", text)
    return int(match[1]) if match else 0


def test_recording_everything_again_changes_no_byte(suite, run_args):
    before = suite.files()
    done = suite.run(*run_args, "--record", "all")
    assert done.returncode == 1, done.stdout
    assert suite.files() == before


def test_no_attempt_is_made_twice_whichever_worker_needs_it(bare_suite, suite):
    whole = {}
    for arguments in (("-p", "no:xdist"), ("-n", "2"), ("-n", "4", "--dist", "worksteal")):
        shutil.rmtree(bare_suite.root / "cassettes", ignore_errors=True)
        done = bare_suite.run(*arguments, "--record", "missing")
        assert done.returncode == 1, done.stdout + done.stderr
        whole[arguments] = requests(done.stdout)
        assert bare_suite.files() == suite.files()
    assert len(set(whole.values())) == 1
    turns = sum(text.count(b'"reply"') for name, text in suite.files().items() if not name.endswith(".http.json"))
    assert set(whole.values()) == {turns}


def test_a_missing_arm_is_forked_from_the_recorded_alone_attempt(suite):
    before = suite.files()
    for file in (suite.root / "cassettes").rglob("v0-reviewed*"):
        file.unlink()
    done = suite.run("--record", "missing", "--arm", "reviewed")
    assert done.returncode == 0, done.stdout
    assert suite.files() == before
    reviewed = next(text for name, text in before.items() if name.endswith("v0-reviewed.json"))
    assert requests(done.stdout) == reviewed.count(b'"reply"')


def test_a_fork_starts_from_the_whole_workspace(suite):
    transcript = next((suite.root / "cassettes").rglob("v0-alone.json")).read_text()
    assert "draft/" in transcript
    assert suite.run("--replay", "full", "-k", "reviewed").returncode == 0


def test_nothing_recorded_stops_before_any_worker_starts(bare_suite):
    for arguments in ((), ("-n", "auto"), ("-n", "2"), ("-n", "0"), ("-p", "no:xdist")):
        done = bare_suite.run("--model", "gpt-5", *arguments)
        assert done.returncode == 4, (arguments, done.stdout, done.stderr)
        text = done.stdout + done.stderr
        assert "cassettes/gpt-5" in text
        assert "pytest --model gpt-5 --record missing" in text
        assert text.count("fix:") == 1
        assert "gw0" not in text
        assert "Traceback" not in text


def test_what_is_partly_missing_is_an_error_and_the_rest_runs(suite, run_args):
    shutil.rmtree(suite.root / "cassettes/stand-in/writing")
    done = suite.run(*run_args, "--model", "stand-in")
    assert done.returncode == 6
    assert "2 failed, 1 passed, 3 errors" in done.stdout
    assert "pytest --model stand-in --record missing" in done.stdout


def test_unused_recordings_are_an_error_only_of_the_whole_suite(suite, run_args):
    folder = suite.root / "cassettes/stand-in/writing/shop-notice"
    shutil.copy(folder / "v0-alone.json", folder / "v0-retry.json")
    done = suite.run(*run_args, "-k", "reviewed")
    assert "no test can use" not in done.stdout
    done = suite.run(*run_args)
    assert done.returncode == 1
    assert "no test can use these recordings" in done.stdout
    assert "v0-retry.json" in done.stdout


def test_an_unused_recording_makes_a_green_run_fail(suite):
    shutil.rmtree(suite.root / "projects/admin-support")
    done = suite.run("--min-completion", "0")
    assert done.returncode == 1
    assert "guest-list/v0-alone.json" in done.stdout


def test_a_recording_of_another_variant_is_not_unused(suite):
    assert suite.run("--variant", "1", "--record", "missing").returncode == 1
    assert "no test can use" not in suite.run().stdout


def test_a_turn_left_over_is_an_error_of_its_test(suite):
    file = suite.root / "cassettes/stand-in/writing/shop-notice/v0-alone.json"
    text = file.read_text().replace('"name":"submit"', '"name":"read_file"')
    file.write_text(text)
    done = suite.run("-k", "shop_notice and alone")
    assert "1 error" in done.stdout
    assert "stale" in done.stdout


def test_rounds_give_a_second_review(suite):
    assert suite.run("--variant", "2", "--record", "missing").returncode == 1
    first = suite.verdicts()
    done = suite.run("--variant", "2", "--record", "missing", "--rounds", "2", "--arm", "reviewed")
    names = set(suite.files())
    assert any(name.endswith("v2-reviewed-2.json") for name in names), done.stdout
    assert first != suite.verdicts()
    assert "no test can use" not in suite.run().stdout
