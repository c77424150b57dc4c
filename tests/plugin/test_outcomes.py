"""Incomplete is a failure, unscored is an error: in the terminal, in JUnit, with and without workers."""

import xml.etree.ElementTree as ET

import pytest

NOTICE = "projects/writing/shop-notice"


def counts(suite, done):
    root = ET.parse(suite.root / "j.xml").getroot().find("testsuite")
    return {name: int(root.get(name)) for name in ("tests", "errors", "failures")}, done.stdout.splitlines()[-1]


def test_incomplete_projects_are_failures(suite, run_args):
    done = suite.run(*run_args, "--junitxml", "j.xml")
    junit, last = counts(suite, done)
    assert junit == {"tests": 6, "errors": 0, "failures": 2}
    assert "2 failed, 4 passed" in last


@pytest.mark.parametrize("crash", ["raise KeyError('x')", "{}['x']", "1 / 0"])
def test_a_check_that_crashes_is_an_error_and_harms_no_other(suite, run_args, crash):
    suite.replace(f"{NOTICE}/test_shop_notice.py", 'assert facts.day in deliverable.text("notice.txt")', crash)
    done = suite.run(*run_args, "--junitxml", "j.xml")
    junit, last = counts(suite, done)
    assert done.returncode == 6
    assert junit == {"tests": 6, "errors": 3, "failures": 2}
    assert "2 failed, 1 passed, 3 errors" in last
    assert "the check of 'names-the-day' crashed" in done.stdout
    assert "test_shop_notice.py:" in done.stdout
    assert "unscored: 3 of 6" in done.stdout


def test_a_missing_sandbox_is_an_error_only_where_a_program_must_run(suite, run_args):
    suite.replace(
        f"{NOTICE}/test_shop_notice.py",
        'def names_the_day(deliverable, facts):\n    assert facts.day in deliverable.text("notice.txt")',
        "def names_the_day(deliverable, sandbox):\n"
        '    assert sandbox.run(["cat", "notice.txt"], deliverable.files).stdout == deliverable.text("notice.txt")',
    )
    assert suite.run(*run_args).returncode == 1
    assert suite.outcomes()["shop-notice stand-in v0 alone"]["status"] == "completed"
    no_rung = {"PATH": "/nonexistent"}
    done = suite.run(*run_args, "--sandbox", "bwrap", "--junitxml", "j.xml", environment=no_rung)
    junit, _ = counts(suite, done)
    assert junit == {"tests": 6, "errors": 3, "failures": 2}, done.stdout
    assert "bwrap" in done.stdout


def test_an_authors_mistake_in_a_variant_is_an_error_of_its_tests(suite, run_args):
    suite.replace(
        f"{NOTICE}/inputs.py", "draw.choice(DAYS), draw.integer(3, 28)", "draw.choice(DAYS), draw.integer(9, 3)"
    )
    done = suite.run(*run_args)
    assert "2 failed, 1 passed, 3 errors" in done.stdout
    assert "build() crashed: ValueError" in done.stdout


def test_an_authors_mistake_in_a_project_is_a_collection_error(suite):
    suite.replace(f"{NOTICE}/project.toml", "price_usd = 10", 'price_usd = "ten"')
    done = suite.run()
    assert done.returncode == 2
    assert "price_usd" in done.stdout
    assert "'ten'" in done.stdout
    assert "scoreboard" not in done.stdout
    assert "Traceback" not in done.stdout


def test_a_citation_that_does_not_stand_there_is_an_error(suite):
    suite.replace(f"{NOTICE}/test_shop_notice.py", 'brief="at most thirty words"', 'brief="at most forty words"')
    done = suite.run("-k", "shop_notice")
    assert "3 errors" in done.stdout
    assert "the quoted span does not stand in brief.md" in done.stdout


def test_what_lies_among_the_attachments_is_never_collected(suite, run_args):
    for name in ("inputs", "reviews/old"):
        folder = suite.root / NOTICE / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conftest.py").write_text("raise SystemExit('collected')\n")
        (folder / "test_theirs.py").write_text("def test_theirs():\n    pass\n")
    done = suite.run(*run_args, "--collect-only", "-q")
    assert done.returncode == 0 and "theirs" not in done.stdout + done.stderr, done.stdout
