"""`--min-completion`: the exit code is the gate's, and never hides anything else but what is unscored within limits."""

import pytest


@pytest.mark.parametrize(
    ("gates", "code"),
    [
        (["0.5"], 0),
        (["0.51"], 1),
        (["reviewed=1"], 0),
        (["0.5", "reviewed=1.0"], 0),
        (["0.5", "retry=0.9"], 1),
        (["0"], 0),
        (["1"], 1),
    ],
)
def test_the_gate_decides_the_exit_code(suite, gates, code):
    arguments = [part for gate in gates for part in ("--min-completion", gate)]
    done = suite.run(*arguments)
    assert done.returncode == code, done.stdout
    assert ("gate met" if code == 0 else "gate FAILED") in done.stdout


def test_the_gate_works_with_workers(suite):
    assert suite.run("-n", "2", "--min-completion", "0.5").returncode == 0
    assert suite.run("-n", "2", "--min-completion", "0.6").returncode == 1


def test_too_many_errors_are_never_hidden(suite, run_args):
    suite.replace("projects/admin-support/guest-list/brief.md", "a small inn", "a tiny inn")
    done = suite.run(*run_args, "--min-completion", "0", "--max-unscored", "0.49")
    assert done.returncode == 6, done.stdout


def test_another_failing_test_is_never_hidden(suite, run_args):
    (suite.root / "projects/test_other.py").write_text("def test_other():\n    assert 0\n")
    done = suite.run(*run_args, "--min-completion", "0")
    assert done.returncode == 1, done.stdout


def test_an_interrupted_run_is_never_hidden(suite, run_args):
    assert suite.run(*run_args, "-x", "--min-completion", "0").returncode in (1, 2)


def test_a_collection_error_is_never_hidden(suite, run_args):
    (suite.root / "projects/test_other.py").write_text("import no_such_module\n")
    assert suite.run(*run_args, "--min-completion", "0").returncode in (1, 2)


def test_unscored_counts_as_incomplete(suite):
    suite.replace(
        "projects/writing/shop-notice/test_shop_notice.py",
        'assert facts.day in deliverable.text("notice.txt")',
        "1 / 0",
    )
    done = suite.run("--min-completion", "0.5", "--max-unscored", "0.5")
    assert done.returncode == 1
    assert "gate FAILED: stand-in alone 0.0%, at least 50.0% asked" in done.stdout
