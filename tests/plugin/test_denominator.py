"""What was collected is what is counted, whatever becomes of workers, attempts and the run."""

import re
import shutil
import xml.etree.ElementTree as ET

import pytest

CONFTEST = """\
import os

import pytest

pytest_plugins = ["hapi_pytest.plugin"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_runtest_setup(item):
    if item.name == os.environ.get("INTERRUPTED"):
        raise KeyboardInterrupt
    if item.name == os.environ.get("KILLED"):
        os.kill(os.getpid(), 9)
"""
NOTICE = "test_shop_notice[stand-in-v0-{}]"
FOREIGN = """\
import pytest


@pytest.mark.parametrize("arm", ["stand-in-v0-alone"])
@pytest.mark.skip
def test_shop_notice(arm):
    assert 0


def test_foreign():
    pass
"""


@pytest.fixture
def run(suite):
    """Run the small suite with a test whose process is killed; returns what came of it."""
    (suite.root / "conftest.py").write_text(CONFTEST)

    def run(killed, *arguments):
        return suite.run(*arguments, environment={"KILLED": killed})

    return run


def unscored(done) -> tuple[int, int]:
    """Return how many were unscored, and of how many."""
    (found,) = re.findall(r"^unscored: (\d+) of (\d+), ", done.stdout, re.MULTILINE)
    return int(found[0]), int(found[1])


@pytest.mark.parametrize("distribution", ["load", "loadfile", "loadgroup"])
def test_a_killed_worker_takes_nothing_out_of_the_count(run, suite, distribution):
    done = run(
        NOTICE.format("alone"), "-n", "2", "--max-worker-restart", "0", "--dist", distribution, "--junitxml", "j.xml"
    )
    assert done.returncode == 6, done.stdout
    lost, collected = unscored(done)
    assert collected == 6
    assert 1 <= lost <= 3  # how much else of its file the worker takes along depends on the other worker's pace
    assert re.search(r"^  1: worker 'gw\d' crashed: writing/shop-notice v0 alone$", done.stdout, re.MULTILINE)
    assert re.search(r"^writing +1 +0/0 – \(≥ 0/1 0 %\) ", done.stdout, re.MULTILINE)
    assert re.search(r"^all +2 +0/1 0 % \(≥ 0/2 0 %\) ", done.stdout, re.MULTILINE)
    assert f"the run is invalid: {lost} of 6 unscored, {lost / 6:.1%}, more than --max-unscored 5.0%" in done.stdout
    junit = ET.parse(suite.root / "j.xml").getroot().find("testsuite")
    assert (junit.get("tests"), junit.get("errors")) == ("6", str(lost))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--max-unscored", "0.16"], 6),
        (["--max-unscored", "0.17"], 1),
        (["--max-unscored", "0.17", "--min-completion", "reviewed=0.5"], 0),
        (["--max-unscored", "0.17", "--min-completion", "reviewed=0.51"], 1),
        (["--min-completion", "reviewed=0.5"], 6),
    ],
)
def test_within_the_limit_a_gate_decides_by_the_lower_bound(run, arguments, code):
    done = run(NOTICE.format("reviewed"), "-n", "2", *arguments)
    assert done.returncode == code, done.stdout
    assert unscored(done) == (1, 6)
    assert "1/1 100 % (≥ 1/2 50 %)" in done.stdout
    assert ("the run is invalid" in done.stdout) == (code == 6)
    is_undecided = code == 6 and "--min-completion" in arguments
    assert ("the gate does not decide: too much is unscored" in done.stdout) == is_undecided


def test_a_foreign_test_is_never_counted_and_its_crash_never_hidden(run, suite):
    (suite.root / "projects/test_foreign.py").write_text(FOREIGN)
    done = run("test_foreign", "-n", "2", "--category", "admin-support", "--min-completion", "0")
    assert done.returncode == 1, done.stdout
    assert "unscored: 0 of 3, so every rate above is its own lower bound" in done.stdout
    assert "the gate does not decide: something else failed" in done.stdout


def test_what_is_deselected_is_not_counted_whatever_the_model_is_called(run, suite):
    shutil.copytree(suite.root / "cassettes/stand-in", suite.root / "cassettes/stand-in-é")
    for file in (suite.root / "cassettes/stand-in-é").rglob("v*.json"):
        file.write_text(file.read_text().replace('"model":"stand-in"', '"model":"stand-in-é"', 1))
    killed = r"test_shop_notice[stand-in-\xe9-v0-alone]"
    done = run(killed, "-n", "2", "--model", "stand-in-é", "-k", "alone")
    assert unscored(done) == (1, 2), done.stdout


def test_a_skipped_project_is_unscored(suite, run_args):
    test = suite.root / "projects/writing/shop-notice/test_shop_notice.py"
    test.write_text(test.read_text().replace("def test_", "@pytest.mark.skip(reason='slow')\ndef test_", 1))
    test.write_text("import pytest\n" + test.read_text())
    done = suite.run(*run_args, "-k", "reviewed")
    assert done.returncode == 6, done.stdout
    assert "  1: Skipped: slow: writing/shop-notice v0 reviewed" in done.stdout
    assert suite.run(*run_args, "-k", "reviewed", "--max-unscored", "0.5").returncode == 1


def test_a_fixture_of_ones_own_that_breaks_leaves_the_project_unscored(suite, run_args):
    (suite.root / "conftest.py").write_text(
        (suite.root / "conftest.py").read_text()
        + "import pytest\n\n@pytest.fixture(autouse=True)\ndef broken():\n    raise KeyError('mine')\n"
    )
    done = suite.run(*run_args, "-k", "reviewed")
    assert done.returncode == 6, done.stdout
    assert "  2: KeyError: 'mine': admin-support/guest-list v0 reviewed, writing/shop-notice v0 reviewed" in done.stdout


def test_a_run_cut_short_keeps_its_exit_code_and_says_what_never_ran(suite, run_args):
    done = suite.run(*run_args, "-x", "--min-completion", "0")
    assert done.returncode == (1 if "no:xdist" in run_args else 2), done.stdout
    lost, collected = unscored(done)
    assert collected == 6
    assert f"\n  {lost}: it never ran: " in done.stdout
    assert "the gate does not decide: the run did not come to its end" in done.stdout
    assert "invalid" not in done.stdout


def test_an_interrupted_run_says_what_never_ran(suite):
    (suite.root / "conftest.py").write_text(CONFTEST)
    done = suite.run("-n", "0", environment={"INTERRUPTED": "test_guest_list[stand-in-v0-reviewed]"})
    assert done.returncode == 2, done.stdout
    assert unscored(done) == (4, 6)
    assert "  4: it never ran: admin-support/guest-list v0 reviewed" in done.stdout


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--setup-plan"])
def test_what_is_not_to_run_is_not_counted(suite, option):
    done = suite.run("-p", "no:xdist", option)
    assert done.returncode == 0, done.stdout
    assert "scoreboard" not in done.stdout


def test_a_test_that_runs_twice_counts_once(suite):
    done = suite.run("-n", "2", "--dist", "each")
    assert "unscored: 0 of 6, so every rate above is its own lower bound" in done.stdout
    assert re.search(r"^all +2 +1/2 50 % ", done.stdout, re.MULTILINE)
