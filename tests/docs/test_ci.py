"""docs/ci.md, followed from its beginning to its end, with the stand-in in the place of the models."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from hapi_pytest.projects import CATEGORIES
from tests.plugin.conftest import OTHER_PLUGINS, surroundings
from tests.warm import WARM

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"(?ms)^```\n(.+?)^```", DOCUMENT) for line in block.splitlines()]
COMMITTED = "cassettes/stand-in/results.json"
"""What only the whole suite can be compared with."""
STAND_INS = {"gpt-5.1": "stand-in-junior", "gpt-5": "stand-in"}


def played(command: str) -> list[str]:
    """Return a command line's words with the stand-in's personas as models."""
    words = shlex.split(command)
    words = [STAND_INS.get(word, word) for word in words]
    start = [WARM.python, "-m", "pytest", "-p", "no:cacheprovider", *OTHER_PLUGINS]
    hapi = [WARM.python, "-c", "from hapi_pytest.cli import main; main()"]
    return [*(start if words[0] == "pytest" else hapi), *words[1:]]


@pytest.fixture
def suite(tmp_path):
    """The suite with its recordings."""
    root = tmp_path / "suite"
    root.mkdir()
    for name in ("projects", "cassettes"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    return root


@pytest.fixture
def small(suite):
    """The same with one project of each category."""
    for category in CATEGORIES:
        for folder in sorted((suite / "projects" / category).iterdir())[1:]:
            shutil.rmtree(folder)
    return suite


def follow(suite, line):
    """Run a command, and return what it printed."""
    command, _, remark = line.partition(" # ")
    done = subprocess.run(
        played(command), cwd=suite, env=surroundings(), capture_output=True, text=True, timeout=300, check=False
    )
    codes = [int(code) for code in re.findall(r"\d", remark.partition("exit code")[2])]
    assert done.returncode in codes, f"{line}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def test_the_whole_suite_is_compared_with_the_committed_results(suite):
    [line] = [line for line in COMMANDS if COMMITTED in line]
    follow(suite, line)


def test_every_other_command_does_what_is_said(small):
    others = [line for line in COMMANDS if COMMITTED not in line]
    assert len(others) == 6
    for line in others:
        said = follow(small, line)
        if "--baseline results" in line:
            assert "gate FAILED: stand-in-junior alone against the baseline: undecided: 8 projects" in said
    for made in ("report/index.html", "results/gpt-5.json", "results/gpt-5.1.json", "hapi.xml"):
        assert (small / made).stat().st_size > 1000


def test_the_workflow_runs_the_same_commands():
    [block] = re.findall(r"(?ms)^```yaml\n(.+?)^```", DOCUMENT)
    jobs = yaml.safe_load(block)["jobs"]
    lines = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert [line for line in lines["replay"] if line.startswith("pytest")] == [COMMANDS[0].partition("   # ")[0]]
    [upgrade] = [shlex.split(line) for line in lines["upgrade"] if line.startswith("pytest")]
    shown = {word for line in COMMANDS for word in shlex.split(line.partition("   # ")[0])}
    assert set(upgrade) - shown == {"$MODEL"}
    for job in jobs.values():
        assert {"uses": "actions/checkout@v4"} in job["steps"]
