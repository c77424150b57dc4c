"""Shards of a run, and the whole that they are merged into."""

import json
import shutil

import msgspec
import pytest

from hapi_pytest.journal import settled
from hapi_pytest.shards import shard_of

PROJECTS = ("admin-support/guest-list", "writing/shop-notice")
PARTS = sorted({shard_of(project, 3) for project in PROJECTS})
(EMPTY,) = {1, 2, 3} - {*PARTS}


def scoreboard(output: str) -> list[str]:
    """Return the scoreboard that a run or the merge of some has printed."""
    lines = output.split("= scoreboard =\n")[-1].split("\n= short")[0].splitlines()
    first = next(number for number, line in enumerate(lines) if ": 2 projects" in line)
    last = next(number for number, line in enumerate(lines) if line.startswith("unscored:"))
    return lines[first : last + 1]


def folders(suite) -> set:
    runs = suite.root / ".hapi/runs"
    return set(runs.iterdir()) if runs.exists() else set()


def run_of(suite, *arguments: str):
    """Run pytest and return what it printed and the one folder that it left."""
    before = folders(suite)
    done = suite.run(*arguments)
    (new,) = folders(suite) - before
    return done, new


def outcomes(folder) -> list[dict]:
    """Return a run's outcomes without what is different each time."""
    found = [json.loads(msgspec.json.encode(outcome)) for outcome in settled(folder)]
    return [{k: v for k, v in outcome.items() if k not in ("at", "seconds", "kept")} for outcome in found]


def selected(suite, *arguments: str) -> list[str]:
    done = suite.run("--collect-only", "-q", *arguments)
    return [line for line in done.stdout.splitlines() if "::" in line]


@pytest.mark.parametrize("of", [1, 2, 3, 5])
def test_every_test_is_in_exactly_one_shard(bare_suite, of):
    parts = [selected(bare_suite, "--shard", f"{number}/{of}") for number in range(1, of + 1)]
    assert sorted(test for part in parts for test in part) == sorted(selected(bare_suite))
    assert all(len({test.partition("::")[0] for test in part}) == len(part) / 3 for part in parts)


def test_what_falls_to_another_shard_is_deselected(suite, run_args):
    done = suite.run("--shard", f"{PARTS[0]}/3", *run_args)
    assert "unscored: 0 of 3" in done.stdout and ": 1 project, " in done.stdout
    if "-n" not in run_args:  # workers deselect, and xdist does not tell
        assert "3 deselected" in done.stdout


def test_a_shard_and_a_category_narrow_together(bare_suite):
    assert len(selected(bare_suite, "--shard", "2/2")) == 6
    found = selected(bare_suite, "--shard", "2/2", "--category", "writing")
    assert len(found) == 3 and all("shop_notice" in test for test in found)


def test_an_empty_shard_says_so_and_is_a_part_of_the_whole(suite, run_args):
    done = suite.run("--shard", f"{EMPTY}/3", *run_args)
    assert done.returncode == 5
    assert f"shard {EMPTY}/3: no project falls to it" in done.stdout
    assert len(folders(suite)) == 1


def test_merged_shards_are_the_whole_run(suite, run_args):
    whole, whole_folder = run_of(suite, *run_args)
    parts = [run_of(suite, "--shard", f"{number}/3", *run_args)[1] for number in PARTS]
    done = suite.hapi("merge", *(part.name for part in parts))
    assert done.returncode == whole.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith(f"shard {EMPTY}/3: no project falls to it\n")
    assert scoreboard(done.stdout) == scoreboard(whole.stdout)
    folder = suite.root / done.stdout.splitlines()[-1].rpartition(", ")[2]
    assert outcomes(folder) == outcomes(whole_folder) and len(outcomes(folder)) == 6
    assert done.stdout.splitlines()[-1].startswith("merged: 2 runs, 6 outcomes, .hapi/runs/")
    again = suite.hapi("regrade", "latest")
    assert again.returncode == 0 and "6 of 6 verdicts are the same" in again.stdout


def test_shards_from_other_machines_are_merged_with_what_was_handed_in(bare_suite, copied, tmp_path):
    whole, whole_folder = run_of(bare_suite, "--agent", "spam", "--samples", "2")
    artifacts = []
    for number in PARTS:
        job = copied(bare_suite.root, f"job-{number}")
        shutil.rmtree(job.root / ".hapi")
        _, folder = run_of(job, "--agent", "spam", "--samples", "2", "--shard", f"{number}/3")
        artifacts.append(shutil.copytree(folder, tmp_path / f"artifact-{number}"))
        shutil.rmtree(job.root)
    done = bare_suite.hapi("merge", *map(str, artifacts))
    assert done.returncode == whole.returncode, done.stdout + done.stderr
    assert scoreboard(done.stdout) == scoreboard(whole.stdout)
    for artifact in artifacts:
        shutil.rmtree(artifact)
    again = bare_suite.hapi("regrade", "latest")
    assert again.returncode == 0 and "12 of 12 verdicts are the same" in again.stdout, again.stdout
    merged = bare_suite.root / done.stdout.splitlines()[-1].rpartition(", ")[2]
    assert outcomes(merged) == outcomes(whole_folder)


def test_a_merge_has_gates_of_its_own(suite):
    runs = [run_of(suite, "--shard", f"{number}/3")[1].name for number in PARTS]
    met = suite.hapi("merge", *runs, "--min-completion", "0.5")
    assert met.returncode == 0 and "gate met: stand-in alone 50.0%, at least 50.0% asked" in met.stdout
    failed = suite.hapi("merge", *runs, "--min-completion", "0.6")
    assert failed.returncode == 1 and "gate FAILED" in failed.stdout


def test_a_shard_that_was_cut_is_refused_until_it_was_resumed(suite):
    number = shard_of("admin-support/guest-list", 3)
    cut, folder = run_of(suite, "--shard", f"{number}/3", "-x")
    other = run_of(suite, "--shard", f"{sum(PARTS) - number}/3")[1]
    assert cut.returncode == 1 and "1 failed" in cut.stdout
    done = suite.hapi("merge", folder.name, other.name)
    assert done.returncode == 2 and f"pytest --resume {folder.name}" in done.stderr
    assert suite.run("--resume", folder.name).returncode == 1
    assert "6 outcomes" in suite.hapi("merge", folder.name, other.name).stdout


def test_shards_of_other_settings_are_refused(suite):
    first = run_of(suite, "--shard", f"{PARTS[0]}/3", "--arm", "alone")[1]
    second = run_of(suite, "--shard", f"{PARTS[1]}/3", "--arm", "retry")[1]
    done = suite.hapi("merge", first.name, second.name)
    assert done.returncode == 2 and "--arm: ['alone'] in shard" in done.stderr
