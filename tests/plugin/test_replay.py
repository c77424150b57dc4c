"""Fast replay: offline, light, and the same however it is run."""

import pytest

EXPECTED = {
    "guest-list stand-in v0 alone": "incomplete",
    "guest-list stand-in v0 retry": "incomplete",
    "guest-list stand-in v0 reviewed": "completed",
    "shop-notice stand-in v0 alone": "completed",
    "shop-notice stand-in v0 retry": "completed",
    "shop-notice stand-in v0 reviewed": "completed",
}
SHUFFLE = """
import random

def pytest_collection_modifyitems(items):
    random.Random(7).shuffle(items)
"""


def test_verdicts_are_the_same_however_it_is_run(suite):
    runs = {}
    for arguments in (("-p", "no:xdist"), ("-n", "0"), ("-n", "2"), ("-n", "auto")):
        done = suite.run(*arguments)
        assert done.returncode == 1, done.stdout
        runs[arguments] = suite.verdicts()
    for seed in ("0", "4711"):
        assert suite.run("-n", "2", environment={"PYTHONHASHSEED": seed}).returncode == 1
        runs[seed] = suite.verdicts()
    (suite.root / "shuffled.py").write_text(SHUFFLE)
    assert suite.run("-p", "shuffled", environment={"PYTHONPATH": str(suite.root)}).returncode == 1
    runs["shuffled"] = suite.verdicts()
    first = runs["-n", "0"]
    assert {test: status for test, (status, _) in first.items()} == EXPECTED
    assert all(verdicts == first for verdicts in runs.values())


def test_verdicts_are_the_same_years_later(suite, run_args):
    assert suite.run().returncode == 1
    verdicts = suite.verdicts()
    with (suite.root / "conftest.py").open("a") as conftest:
        conftest.write("import time_machine\n\ntime_machine.travel('2031-02-03 04:05').start()\n")
    done = suite.run(*run_args)
    assert done.returncode == 1 and "2 failed, 4 passed" in done.stdout, done.stdout
    assert max(path.name for path in (suite.root / ".hapi/runs").iterdir()).startswith("20310203")
    assert suite.verdicts() == verdicts


def test_neither_litellm_nor_vcr_is_imported(suite):
    (suite.root / "watch.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print('loaded:', sorted({'litellm', 'vcr', 'openai', 'httpx'} & set(sys.modules)))\n"
    )
    for arguments in ((), ("--collect-only",), ("--help",)):
        done = suite.run("-s", "-p", "watch", *arguments, environment={"PYTHONPATH": str(suite.root)})
        assert "loaded: []" in done.stdout, done.stdout


def test_replay_reaches_no_network_nor_do_its_checks(suite, run_args):
    suite.replace(
        "projects/writing/shop-notice/test_shop_notice.py",
        'assert len(deliverable.text("notice.txt").split()) <= 30',
        "import socket; socket.create_connection(('127.0.0.1', 9))",
    )
    done = suite.run(*run_args, "-k", "shop_notice")
    assert "3 errors" in done.stdout
    assert "replay is offline, but something tried to reach" in done.stdout


def test_an_incomplete_project_fails_with_its_criteria_and_reasons(suite, run_args):
    done = suite.run(*run_args, "-k", "guest_list")
    assert "incomplete: 3 of 3 criteria not met" in done.stdout
    assert "critical: Lines are sorted by name (sorted-by-name)" in done.stdout
    assert "assert 'Brandt, Olaf' not in" in done.stdout or "not in" in done.stdout


@pytest.mark.parametrize("variable", ["CI", "BUILD_NUMBER"])
def test_reasons_are_worded_the_same_under_ci_and_verbose(suite, variable):
    def reasons(text):
        failures = text.split(" scoreboard ==")[0]
        return [line for line in failures.splitlines() if line.startswith("      ")]

    plain = suite.run(environment={"CI": "", "BUILD_NUMBER": ""})
    loud = suite.run("-vv", environment={variable: "1"})
    assert reasons(plain.stdout) == reasons(loud.stdout) != []


def test_the_scoreboard_is_the_same_in_one_process_and_with_workers(suite, snapshot):
    def scoreboard(text):
        lines = text.splitlines()
        first = next(i for i, line in enumerate(lines) if " scoreboard ==" in line)
        last = next(i for i, line in enumerate(lines) if "short test summary" in line)
        return "\n".join(lines[first:last])

    boards = {arguments: scoreboard(suite.run(*arguments).stdout) for arguments in ((), ("-n", "2"), ("-n", "auto"))}
    assert len(set(boards.values())) == 1
    assert boards[()] == snapshot
