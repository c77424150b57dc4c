"""docs/reviewing.md, followed line by line: the run, and both reviewers at work on it."""

import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hapi_pytest.review.desk import ROOM
from tests.docs.test_ci import played
from tests.plugin.conftest import surroundings

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/reviewing.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"(?ms)^```\n(.+?)^```", DOCUMENT) for line in block.splitlines()]
PROJECT = "translation/ui-strings"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """The suite with one of its projects, which the stand-in leaves incomplete."""
    root = tmp_path_factory.mktemp("reviewing") / "suite"
    for name in ("projects", "cassettes/stand-in"):
        ignored = shutil.ignore_patterns("__pycache__", "reviews")
        shutil.copytree(ROOT / name / PROJECT, root / name / PROJECT, ignore=ignored)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    return root


def reviewed(command: str, root: Path) -> str:
    """Run a `hapi review` line, finish a review by it, and end it by Ctrl-C; returns the submission's page."""
    python = [sys.executable, *played(command)[1:]]  # which is sent a signal
    process = subprocess.Popen(python, cwd=root, env=surroundings(), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    parts = urlsplit(process.stdout.readline().split()[0])

    def ask(method: str, what: str, body: str | None = None) -> str:
        headers = {"Content-Type": "application/json", "Origin": f"http://{parts.netloc}"}
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.request(method, f"{parts.path}submissions/0/{what}", body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        assert response.status == 200, text
        return text

    page = ask("GET", "")
    entries = {name: {"finding": "pass"} for name in re.findall(r'data-criterion="([^"]+)"', page)}
    ask("POST", "finish", json.dumps({"tab": "t", "sequence": 1, "revision": 0, "seconds": 60, "entries": entries}))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    return page


def test_every_command_does_what_is_said(suite):
    run, first, second, *after = (line.partition(" # ")[0].strip() for line in COMMANDS)
    done = subprocess.run(
        played(run), cwd=suite, env=surroundings(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The check says" in reviewed(first, suite)
    page = reviewed(second, suite)
    assert "The check says" not in page and "stand-in" not in page
    files = sorted(file.name for file in (suite / "projects" / PROJECT / "reviews").iterdir())
    assert [re.sub("-[0-9a-f]{12}-", "-*-", name) for name in files] == ["v0-*-ada-expert.toml", "v0-*-bo-second.toml"]
    [run_folder] = (suite / ".hapi/runs").iterdir()
    assert len(list((run_folder / "reviews" / PROJECT).iterdir())) == 2
    assert len(after) == 2
    for command in after:
        done = subprocess.run(
            played(command), cwd=suite, env=surroundings(), capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        assert re.search(r"exact reviews +1/1 100 %", done.stdout), done.stdout


def test_the_limits_are_as_said():
    assert (
        f"{ROOM.rows} rows, {ROOM.columns} columns, {ROOM.sheets} sheets, {ROOM.characters:,} characters or "
        f"{ROOM.pixels // 1_000_000} million pixels"
    ) in DOCUMENT.replace("\n", " ")


def test_the_pictures_are_small():
    for name in re.findall(r"\]\((images/[^)]+)\)", DOCUMENT):
        assert 10_000 < (ROOT / "docs" / name).stat().st_size < 150_000
