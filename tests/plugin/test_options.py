"""Misuse of the command line: one message with the fix, exit code 4, never a traceback."""

import pytest

MISUSES = {
    "--variant x": "--variant 'x': give a number such as 0, a range such as 0..6, or held-out",
    "--category nonsense": "accounting-consulting",
    "--model-arg novalue": "give KEY=VALUE",
    "--model-arg api_key=x": "the harness sets it",
    "--min-completion 60": "give a share from 0 to 1",
    "--min-completion best=0.5": "give a share from 0 to 1",
    "--max-unscored 5": "--max-unscored '5': give a share from 0 to 1, such as 0.05",
    "--max-unscored nan": "give a share from 0 to 1",
    "--rounds 0": "give 1 or more",
    "--agent nonsense": "allowed: default, reference, idle, or package.module:factory",
    "--agent no.such:thing": "cannot be loaded",
    "--agent os:getcwd": "has no method run(task)",
    "--arm together": "invalid choice",
    "--record sometimes": "invalid choice",
    "--sandbox chroot": "invalid choice",
}


@pytest.mark.parametrize("arguments", MISUSES)
def test_misuse_is_told_with_its_fix(bare_suite, arguments):
    done = bare_suite.run(*arguments.split(" "))
    assert done.returncode == 4
    text = done.stdout + done.stderr
    assert MISUSES[arguments] in text
    assert "Traceback" not in text


def test_category_arm_and_variant_narrow_the_selection(suite):
    done = suite.run(
        "--category", "writing", "--arm", "alone", "--collect-only", "-q", "--variant", "1", "--variant", "3"
    )
    assert "test_shop_notice[stand-in-v1-alone]" in done.stdout
    assert "test_shop_notice[stand-in-v3-alone]" in done.stdout
    assert "2/4 tests collected (2 deselected)" in done.stdout


def test_two_models_stand_beside_each_other(suite):
    import shutil

    shutil.copytree(suite.root / "cassettes/stand-in", suite.root / "cassettes/stand-in-twin")
    for file in (suite.root / "cassettes/stand-in-twin").rglob("v*.json"):
        file.write_text(file.read_text().replace('"model":"stand-in"', '"model":"stand-in-twin"', 1))
    done = suite.run("--model", "stand-in", "--model", "stand-in-twin", "-k", "alone")
    assert "stand-in: 2 projects" in done.stdout
    assert "stand-in-twin: 2 projects" in done.stdout


def test_a_foreign_suite_with_options_of_the_same_names_is_left_alone(tmp_path, suite):
    (suite.root / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    for name in ('--model', '--report', '--samples'):\n"
        "        parser.addoption(name, default='mine')\n"
    )
    suite.replace("pyproject.toml", 'hapi_prices = "prices.toml"\n', "")  # an option of ours in a strict file
    (suite.root / "projects/test_mine.py").write_text(
        "def test_mine(request):\n    assert request.config.getoption('--model') == 'theirs'\n"
    )
    done = suite.run("--model", "theirs", "projects/test_mine.py")
    assert "1 passed" in done.stdout, done.stdout


def test_a_name_that_is_taken_is_one_clear_message(suite):
    (suite.root / "other.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--model')\n")
    done = suite.run("-p", "other", environment={"PYTHONPATH": str(suite.root)})
    text = done.stdout + done.stderr
    assert done.returncode == 4, text
    assert "hapi-pytest cannot add its option --model" in text
    assert "Traceback" not in text


def test_every_option_is_in_the_reference():
    import argparse
    from pathlib import Path

    from _pytest.config.argparsing import Parser

    from hapi_pytest.options import add_options

    parser = Parser(_ispytest=True)
    add_options(parser)
    text = (Path(__file__).parents[2] / "docs/reference.md").read_text()
    group = parser.getgroup("hapi")
    names = [name for option in group.options for name in option.names()]
    assert isinstance(
        parser.optparser if hasattr(parser, "optparser") else argparse.ArgumentParser(), argparse.ArgumentParser
    )
    assert [name for name in names if f"`{name}" not in text] == []
