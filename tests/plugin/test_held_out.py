"""Variants drawn from a team's secret: recorded, replayed and reported where git ignores it, and nowhere else."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hapi_pytest import held_out
from hapi_pytest.errors import CommandLineError
from hapi_pytest.lint.spellings import leaves
from hapi_pytest.projects import Project, discover
from tests.plugin.conftest import BARE, Suite

SECRET = {held_out.VARIABLE: "a secret of the tests and of nobody else"}
ROOT = Path(__file__).parents[2]
TWO = ("--variant", "held-out:2")


@pytest.fixture
def numbers(monkeypatch) -> list[int]:
    """The held-out variants that runs with the tests' secret work on."""
    monkeypatch.setenv(*next(iter(SECRET.items())))
    return held_out.numbers("held-out:2")


@pytest.fixture(scope="module")
def held(recorded_suite, tmp_path_factory, suite_at) -> Suite:
    """A suite that has worked on two held-out variants; its tests only look at it, or write below .hapi."""
    suite = suite_at(Path(shutil.copytree(recorded_suite, tmp_path_factory.mktemp("held") / "suite")))
    done = suite.run(*TWO, "--record", "missing", "--report", ".hapi/report", environment=SECRET)
    assert done.returncode == 1, done.stdout + done.stderr
    return suite


def told(project: Project, number: int) -> set[str]:
    """Everything of a variant that is long enough to be found again, and in no variant that ships."""
    facts = {
        str(leaf)
        for values in (project.variant(number).given, project.variant(number).gold)
        for leaf in leaves(values)
        if len(str(leaf)) >= 6
    }
    shipped = str([(project.variant(n).given, project.variant(n).gold) for n in range(7)])
    return {fact for fact in facts if fact not in shipped}


@pytest.mark.parametrize("arguments", [BARE, ("-n", "2", "-p", "no:cacheprovider")])
def test_held_out_variants_are_recorded_and_replayed(suite, numbers, arguments):
    suite.run(*TWO, "--record", "missing", environment=SECRET)
    made = suite.outcomes()
    done = suite.run(*TWO, *arguments, environment=SECRET)
    again = suite.outcomes()
    assert made.keys() == again.keys() and {outcome["variant"] for outcome in again.values()} == set(numbers)
    assert {key: outcome["status"] for key, outcome in made.items()} == {
        key: outcome["status"] for key, outcome in again.items()
    }
    assert not any(outcome["status"] == "unscored" for outcome in again.values()), done.stdout
    assert all(recording.split("/")[-1].startswith("v") for o in again.values() for recording in o["recordings"])


def test_nothing_of_them_lies_where_git_would_take_it(held, numbers):
    subprocess.run(["git", "init", "-q"], cwd=held.root, check=True)
    shutil.copy(ROOT / ".gitignore", held.root)
    listed = ["git", "ls-files", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=held.root, check=True, capture_output=True, text=True).stdout.split("\0")
    seen = {name: (held.root / name).read_bytes() for name in names if name}
    found = [
        (project.slug, fact, name)
        for project in map(Project, discover(held.root / "projects"))
        for number in numbers
        for fact in told(project, number)
        for name, content in seen.items()
        if fact.encode() in content or str(number).encode() in content
    ]
    assert found == [] and any("projects/" in name for name in seen)
    assert list((held.root / ".hapi/held-out").rglob(f"v{numbers[0]}-*.json"))
    assert (held.root / ".hapi/report/index.html").is_file()


def test_the_facts_that_are_looked_for_can_be_found(held, numbers):
    kept = b"".join(path.read_bytes() for path in (held.root / ".hapi").rglob("*") if path.is_file())
    facts = [fact for p in map(Project, discover(held.root / "projects")) for n in numbers for fact in told(p, n)]
    assert facts and any(fact.encode() in kept for fact in facts)


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_the_secret_there_is_one_clear_error(suite, secret):
    done = suite.run(*TWO, *BARE, environment={held_out.VARIABLE: secret})
    problem = "is too short to be a secret" if secret else "is not set"
    assert done.returncode == 4 and f"{held_out.VARIABLE} {problem}" in done.stderr
    assert "16 characters or more" in done.stderr and "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--variant", "held-out:0"), "give held-out, or a count from 1 to 1000"),
        (("--variant", "held-out:many"), "give held-out, or a count from 1 to 1000"),
        (("--variant", "held-out", "--variant", "0"), "held-out variants run by themselves"),
        ((*TWO, "--results", "cassettes/mine.json"), "--results cassettes/mine.json: what is written of held-out"),
        ((*TWO, "--report", "report"), "write it to .hapi/report"),
    ],
)
def test_what_would_show_them_is_refused(suite, arguments, problem):
    done = suite.run(*arguments, *BARE, environment=SECRET)
    assert done.returncode == 4 and problem in done.stderr


@pytest.mark.parametrize("command", [("report",), ("export",)])
def test_commands_write_them_below_the_ignored_folder_alone(held, command):
    refused = held.hapi(*command, "latest", "--to", "shown")
    assert refused.returncode == 2 and "write it to .hapi/shown" in refused.stderr
    assert not (held.root / "shown").exists()
    assert held.hapi(*command, "latest", "--to", ".hapi/shown").returncode == 0


def test_they_are_not_reviewed_beside_the_project(held):
    done = held.hapi("review", "latest")
    assert done.returncode == 2 and "is of held-out variants" in done.stderr


def test_another_secret_gives_other_variants(monkeypatch, numbers):
    monkeypatch.setenv(held_out.VARIABLE, "another secret, of another team")
    assert not set(held_out.numbers("held-out:2")) & set(numbers)


def test_a_number_alone_does_not_build_the_variant(suite, monkeypatch, numbers):
    (folder, *_) = discover(suite.root / "projects")
    first = Project(folder).variant(numbers[0])
    monkeypatch.setenv(held_out.VARIABLE, "another secret, of another team")
    assert Project(folder).variant(numbers[0]).gold != first.gold
    monkeypatch.delenv(held_out.VARIABLE)
    with pytest.raises(CommandLineError, match="is not set"):
        Project(folder).variant(numbers[0])


def test_the_projects_of_one_run_have_seeds_of_their_own(suite, numbers):
    seeds = {Project(folder).seed(number) for folder in discover(suite.root / "projects") for number in numbers}
    assert len(seeds) == 4 and all(re.fullmatch("[0-9a-f]{64}", seed) for seed in seeds)


def test_the_secret_stands_in_no_file(held):
    secret = SECRET[held_out.VARIABLE].encode()
    assert [path for path in held.root.rglob("*") if path.is_file() and secret in path.read_bytes()] == []
