"""What a run was handed in, graded again: the same verdicts, criterion by criterion."""

import shutil

NOTICE = "projects/writing/shop-notice"


def test_verdicts_are_those_of_the_run_whatever_the_verbosity(suite, run_args):
    first = suite.run(*run_args, "-vv", environment={"CI": "1"})
    assert first.returncode == 1
    done = suite.hapi("regrade", "latest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 of 6 verdicts are the same, criterion by criterion" in done.stdout


def test_reasons_are_worded_the_same_whatever_the_verbosity(suite):
    plain = suite.run("--junitxml", "plain.xml")
    loud = suite.run("--junitxml", "loud.xml", "-vv", environment={"CI": "1"})
    assert (plain.returncode, loud.returncode) == (1, 1)
    texts = [(suite.root / name).read_text() for name in ("plain.xml", "loud.xml")]
    told = [[part.split("</failure>")[0] for part in text.split("<failure ")[1:]] for text in texts]
    assert told[0] == told[1] and len(told[0]) == 2


def test_hand_ins_of_agents_without_a_model_are_kept_with_the_run(bare_suite):
    bare_suite.run("--agent", "spam")
    done = bare_suite.hapi("regrade", max((bare_suite.root / ".hapi/runs").iterdir()).name)
    assert done.returncode == 0 and "6 of 6" in done.stdout, done.stdout + done.stderr


def test_another_verdict_is_named_by_criterion(suite):
    suite.run()
    suite.replace(f"{NOTICE}/test_shop_notice.py", "<= 30", "<= 1")
    done = suite.hapi("regrade", "latest")
    assert done.returncode == 1
    assert "writing/shop-notice stand-in v0 alone: thirty-words: passed in the run, failed now" in done.stdout
    assert "3 of 6 verdicts are the same" in done.stdout


def test_a_recording_that_is_another_now_is_told(suite):
    suite.run()
    folder = suite.root / "cassettes/stand-in/writing/shop-notice"
    shutil.copy(folder / "v0-alone.json", folder / "kept")
    (folder / "v0-alone.json").unlink()
    done = suite.hapi("regrade", "latest")
    assert done.returncode == 1 and "the recording is gone" in done.stdout
    assert suite.run("--record", "missing").returncode == 1


def test_what_is_no_run_is_told(suite):
    nothing = suite.hapi("regrade", "latest")
    assert nothing.returncode == 2 and "there is no run yet" in nothing.stderr
    wrong = suite.hapi("regrade", "20000101")
    assert wrong.returncode == 2 and "there is no such run" in wrong.stderr and "latest" in wrong.stderr
    other = suite.hapi("regrade", "projects")
    assert other.returncode == 2 and "run.json" in other.stderr
