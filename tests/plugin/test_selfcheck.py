"""The suite proves itself, and notices when it is broken on purpose."""

import re

import pytest

from hapi_pytest.projects import Project

NOTICE = "projects/writing/shop-notice"
RUBRIC = f"{NOTICE}/test_shop_notice.py"
CHECKS = ("reference", "equivalents", "flaws", "idle", "empty", "blank", "echo", "spam", "braces", "report", "paster")
INTRUDERS = ("saboteur", "thief")


def rows(done) -> dict[str, dict[str, str]]:
    """Return the table's cells by project and variant, and by column."""
    lines = [re.split(r"  +", line.strip()) for line in done.stdout.splitlines()]
    header = next((cells for cells in lines if cells[0] == "variant"), [])
    of_projects = [cells for cells in lines if cells[0].startswith(("admin-support/", "writing/"))]
    return {f"{cells[0]} {cells[1]}": dict(zip(header, cells[1:], strict=True)) for cells in of_projects}


def test_every_check_holds_on_a_sound_suite(bare_suite, run_args):
    done = bare_suite.run(*run_args, "--selfcheck", "--variant", "0..1", "-k", "not lint")
    assert done.returncode == 0, done.stdout
    assert f"{2 * 2 * len((*CHECKS, *INTRUDERS))} passed" in done.stdout
    table = rows(done)
    assert len(table) == 4
    for row in table.values():
        assert (row["lint"], row["reference"], row["equivalents"], row["flaws killed"]) == ("–", "3/3", "4/4", "3/3")
        assert (row["adversaries"], row["haul"]) == ("10/10", "0") and re.fullmatch(r"\w+ [0-2]/3", row["nearest"])
    assert "52 of 52 checks hold" in done.stdout
    assert "scoreboard" not in done.stdout


def test_a_check_that_always_passes_is_named(bare_suite, run_args):
    bare_suite.replace(RUBRIC, 'assert facts.day in deliverable.text("notice.txt")', "pass")
    done = bare_suite.run(*run_args, "--selfcheck", "-k", "notice and flaws-v0")
    assert done.returncode == 1
    assert "names-the-day: passes in spite of the flaw" in done.stdout
    assert "names-the-day: no flawed deliverable fails it" in done.stdout
    assert rows(done)["writing/shop-notice 0"]["flaws killed"] == "2/3!"


def test_a_check_that_fails_for_another_flaw_is_named(bare_suite):
    more = "(deliverable, facts):\n    assert facts.day in deliverable.text('notice.txt')"
    bare_suite.replace(RUBRIC, "thirty_words(deliverable):", f"thirty_words{more}")
    done = bare_suite.run("--selfcheck", "-k", "notice and flaws-v0")
    assert "thirty-words: fails for the flaw" in done.stdout and "which does not name it" in done.stdout


def test_a_rubric_that_refuses_another_correct_form_is_named(bare_suite):
    bare_suite.replace(RUBRIC, "assert len(", "assert len(deliverable.names) == 1 and len(")
    done = bare_suite.run("--selfcheck", "-k", "notice and equivalents-v0")
    assert done.returncode == 1
    assert "thirty-words: the reference with extra files fails it" in done.stdout


def test_a_reference_that_leaves_a_file_out_is_named(bare_suite):
    bare_suite.replace(f"{NOTICE}/project.toml", '["notice.txt"]', '["notice.txt", "sign.txt"]')
    done = bare_suite.run("--selfcheck", "-k", "notice and reference-v0")
    assert done.returncode == 1 and "the reference does not hand in sign.txt" in done.stdout, done.stdout


def test_an_adversary_that_completes_is_named(bare_suite, run_args):
    source = (bare_suite.root / RUBRIC).read_text()
    for line in [line for line in source.splitlines() if line.startswith("    assert")]:
        source = source.replace(line, '    assert deliverable.read("notice.txt") is not None')
    (bare_suite.root / RUBRIC).write_text(source)
    done = bare_suite.run(*run_args, "--selfcheck", "-k", "notice and v0 and (idle or empty or spam or thief)")
    assert done.returncode == 1
    assert "3 failed, 1 passed" in done.stdout, done.stdout
    assert "spam: ended completed (alone), and must end incomplete" in done.stdout


def test_a_check_that_crashes_leaves_the_adversary_unscored_and_does_not_hold(bare_suite):
    bare_suite.replace(RUBRIC, 'assert facts.day in deliverable.text("notice.txt")', "{}['x']")
    done = bare_suite.run("--selfcheck", "-k", "notice and v0 and (idle or reference)")
    assert done.returncode == 1
    assert "idle: ended unscored (alone), and must end incomplete" in done.stdout
    assert "the check of 'names-the-day' crashed" in done.stdout
    assert "1 failed, " in done.stdout and "1 error" in done.stdout


def test_without_walls_the_thief_comes_home_with_much(bare_suite):
    done = bare_suite.run("--selfcheck", "--sandbox", "none", "-k", "notice and thief-v0")
    assert done.returncode == 1
    assert "thief: got hold of what is hidden" in done.stdout
    row = rows(done)["writing/shop-notice 0"]
    assert int(row["haul"]) > 10 and row["adversaries"] == "0/1!"


@pytest.mark.parametrize("rung", ["bwrap", "landlock"])
def test_within_each_rungs_walls_the_thief_finds_nothing(bare_suite, rung):
    done = bare_suite.run("--selfcheck", "--sandbox", rung, "-k", "v0 and (thief or saboteur)")
    assert done.returncode == 0, done.stdout
    assert {row["haul"] for row in rows(done).values()} == {"0"}


def test_a_leak_and_a_missing_citation_are_named_with_their_line(bare_suite):
    guests = bare_suite.root / "projects/admin-support/guest-list"
    nights = Project(guests).variant(0).gold["nights"]
    bare_suite.replace(f"{guests}/feedback.toml", "does not follow", f"must be {nights:,}: it does not follow")
    done = bare_suite.run("--selfcheck", "-k", "guest and lint-v0")
    lines = (guests / "feedback.toml").read_text().splitlines()
    line = 1 + next(number for number, text in enumerate(lines) if f"{nights:,}" in text)
    assert f"feedback.toml:{line}: gold-in-note" in done.stdout, done.stdout
    bare_suite.replace(RUBRIC, ', brief="at most thirty words"', "")
    linted = bare_suite.hapi("lint")
    assert linted.returncode == 1 and "test_shop_notice.py:9: uncited-criterion: " in linted.stdout, linted.stdout
    assert "test_shop_notice.py:9: " in bare_suite.run("--selfcheck").stdout


def test_hapi_check_is_the_selfcheck_of_some_projects(bare_suite):
    done = bare_suite.hapi("check", NOTICE, "--variant", "1")
    assert done.returncode == 1, done.stdout  # three criteria are too few for lint
    assert list(rows(done)) == ["writing/shop-notice 1"] and rows(done)["writing/shop-notice 1"]["lint"] == "1!"
    assert "1 failed, 13 passed" in done.stdout
    assert done.stdout.count("rubric-size") == 1 and "FAILURES" not in done.stdout


def test_hapi_check_tells_what_does_not_hold_once_with_file_and_fix(bare_suite):
    bare_suite.replace(RUBRIC, 'assert facts.day in deliverable.text("notice.txt")', "pass")
    done = bare_suite.hapi("check", NOTICE, "--variant", "0..1")
    assert done.returncode == 1 and "22 of 28 checks hold" in done.stdout, done.stdout
    told = done.stdout.split("what does not hold")[1]
    lines = (bare_suite.root / RUBRIC).read_text().splitlines()
    at = 1 + next(number for number, line in enumerate(lines) if "names_the_day" in line) - 1
    assert (
        f"{RUBRIC}:{at}: flaws: names-the-day: passes in spite of the flaw 'no-day'\n"
        "    fix: make the check notice the flaw, or let the flaw go further\n    in: variants 0, 1\n"
    ) in told
    assert told.count("passes with nothing handed in") == told.count(": rubric-size: ") == 1
    assert f"{NOTICE}/reference.py:" in told and told.count("    fix: ") == told.count("    in: variants 0, 1") == 4


def test_hapi_check_tells_of_a_project_that_cannot_be_collected_and_checks_the_others(bare_suite, run_args):
    bare_suite.replace(f"{NOTICE}/project.toml", "price_usd =", "price =")
    bare_suite.replace("pyproject.toml", '"--strict-config"', f'"--strict-config", "{run_args[0]}", "{run_args[1]}"')
    done = bare_suite.hapi("check", "--variant", "0")
    assert done.returncode == 1 and list(rows(done)) == ["admin-support/guest-list 0"]
    told = done.stdout.split("what does not hold")[1]
    assert told.count("project.toml: ") == 1 and "key:     price" in told and "fix:" in told
    assert "Traceback" not in done.stdout and "INTERNALERROR" not in done.stdout


def test_hapi_check_tells_of_what_could_not_be_decided(bare_suite):
    bare_suite.replace(f"{NOTICE}/reference.py", "def build(", "def builds(")
    done = bare_suite.hapi("check", NOTICE, "--variant", "0")
    told = done.stdout.split("what does not hold")[1]
    assert done.returncode == 1 and "  in: test_shop_notice[reference-v0], test_" in told
    assert told.count(f"unscored: {NOTICE}/reference.py: there is no build in it\n  key: ") == 1, told
    assert f"{NOTICE}/reference.py:1: broken-reference: there is no build in it" in told
    assert "10 of 14 checks hold" in done.stdout and "Traceback" not in done.stdout


@pytest.mark.parametrize(("path", "told"), [("nowhere", "no such folder"), ("empty", "no client project below")])
def test_hapi_check_refuses_a_path_without_project(bare_suite, path, told):
    (bare_suite.root / "empty").mkdir()
    done = bare_suite.hapi("check", path)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.startswith(f"hapi check: {path}: ")
    assert told in done.stderr and "allowed:" in done.stderr and "fix:" in done.stderr


def test_hapi_check_needs_no_suite(bare_suite):
    (bare_suite.root / "pyproject.toml").unlink()
    (bare_suite.root / "conftest.py").unlink()
    done = bare_suite.hapi("check", NOTICE, "--variant", "0")
    assert list(rows(done)) == ["writing/shop-notice 0"] and "13 of 14 checks hold" in done.stdout, done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_hapi_check_tells_of_a_missing_test(bare_suite):
    (bare_suite.root / RUBRIC).unlink()
    done = bare_suite.hapi("check", NOTICE)
    assert done.returncode == 1 and done.stdout.startswith(f"{RUBRIC}: the file is missing\n  fix: "), done.stdout


def test_selfcheck_asks_no_model(bare_suite):
    for option in (["--model", "gpt-5"], ["--record", "all"], ["--agent", "idle"], ["--min-completion", "0.5"]):
        done = bare_suite.run("--selfcheck", *option)
        assert done.returncode == 4 and "--selfcheck" in done.stderr and option[0] in done.stderr, done.stderr


def test_a_project_without_equivalents_is_told_how_to_mend_it(bare_suite):
    reference = bare_suite.root / NOTICE / "reference.py"
    reference.write_text(reference.read_text().replace("EQUIVALENTS =", "OTHERS ="))
    done = bare_suite.run("--selfcheck", "-k", "notice and equivalents-v0")
    assert done.returncode == 1
    assert "reference.py" in done.stdout and "EQUIVALENTS" in done.stdout and "Traceback" not in done.stdout
