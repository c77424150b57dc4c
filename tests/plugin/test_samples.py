"""Several samples of every engagement: each is recorded, replayed and counted for itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plugin.conftest import Suite

GUEST_LIST = "projects/admin-support/guest-list/test_guest_list.py::test_guest_list"
SHOP_NOTICE = "cassettes/stand-in/writing/shop-notice"


def scoreboard(output: str) -> list[str]:
    """Return the scoreboard of a run without what recording adds to it."""
    lines = output.split("= scoreboard =")[1].split("= short test summary")[0].splitlines()[1:]
    return [line for line in lines if not line.startswith(("recorded:", "sandbox:"))]


@pytest.fixture(scope="module")
def recorded(recorded_suite, tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return the small suite with two samples more of everything, recorded by two workers, and what that printed."""
    suite = Suite(Path(shutil.copytree(recorded_suite, tmp_path_factory.mktemp("sampled") / "suite")))
    return suite.root, suite.run("--record", "missing", "--samples", "3", "-n", "2")


@pytest.fixture
def sampled(recorded, copied):
    return copied(recorded[0], "sampled")


def test_every_sample_is_recorded_for_itself(suite, sampled):
    before, now = suite.files(), sampled.files()
    assert before.items() < now.items()
    for project in ("admin-support/guest-list", "writing/shop-notice"):
        found = {Path(name).name for name in now if project in name and name.endswith("-alone.json")}
        assert found == {"v0-alone.json", "v0-s2-alone.json", "v0-s3-alone.json"}


def test_samples_are_replayed_with_the_same_result(recorded, sampled, run_args):
    done, files = recorded[1], sampled.files()
    again = sampled.run("--samples", "3", *run_args)
    assert (again.returncode, done.returncode) == (1, 1)
    assert scoreboard(again.stdout) == scoreboard(done.stdout) and sampled.files() == files
    assert "stand-in: 2 projects, variant 0, 3 samples" in again.stdout
    assert "pass^3, reviewed" in again.stdout and "unscored: 0 of 18" in again.stdout


def test_recordings_of_samples_are_no_leftovers_of_a_run_without(suite, sampled):
    plain, done = suite.run(), sampled.run()
    assert (done.returncode, scoreboard(done.stdout)) == (plain.returncode, scoreboard(plain.stdout))
    assert "completion@1" not in done.stdout and "no test can use these recordings" not in done.stdout


def test_a_recording_that_its_sample_does_not_need_is_left_over(sampled):
    folder = sampled.root / SHOP_NOTICE
    shutil.copy(folder / "v0-s2-alone.json", folder / "v0-s2-reviewed.json")  # the stand-in completes it alone
    done = sampled.run("--samples", "2")
    told = done.stdout.split("no test can use these recordings")[1].split("= short test summary")[0]
    assert done.returncode == 1 and told.count(".json") == 1 and "v0-s2-reviewed.json" in told


def test_a_sample_without_recording_is_unscored_and_touches_no_other(sampled):
    (sampled.root / SHOP_NOTICE / "v0-s2-alone.json").unlink()
    done = sampled.run("--samples", "2", "-rE")
    assert done.returncode == 6
    errors = [line for line in done.stdout.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 3 and all("test_shop_notice[stand-in-v0-s2-" in line for line in errors)
    (told,) = [" ".join(line.split()) for line in done.stdout.splitlines() if line.startswith("pass^2, alone")]
    assert told.startswith("pass^2, alone 0/1 0 % (≥ 0/2 0 %) all 2 samples complete; too few")


def test_tests_come_by_variant_sample_and_arm(bare_suite):
    done = bare_suite.run(
        "--collect-only", "-q", "--samples", "2", "--variant", "0..1", "--arm", "alone", "-k", "guest"
    )
    found = [line for line in done.stdout.splitlines() if line.startswith(GUEST_LIST)]
    assert found == [f"{GUEST_LIST}[stand-in-v{rest}-alone]" for rest in ("0", "0-s2", "1", "1-s2")]


def test_a_sample_that_no_process_has_finished_is_counted_as_that_sample(sampled, run_args):
    conftest = sampled.root / "conftest.py"
    skip = "def pytest_runtest_setup(item):\n    if '-s2-alone' in item.nodeid:\n        pytest.skip('not today')\n"
    conftest.write_text(f"import pytest\n{conftest.read_text()}\n\n{skip}")
    done = sampled.run("--samples", "3", *run_args)
    assert done.returncode == 6 and "unscored: 2 of 18" in done.stdout
    assert "2: Skipped: not today: admin-support/guest-list v0-s2 alone, writing/shop-notice v0-s2 alone" in done.stdout
    (told,) = [" ".join(line.split()) for line in done.stdout.splitlines() if line.startswith("pass^3, alone")]
    assert told.startswith("pass^3, alone 0/0 – (≥ 0/2 0 %)")
