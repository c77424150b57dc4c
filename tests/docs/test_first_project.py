"""docs/first-project.md, typed from its beginning to its end by somebody who has nothing yet."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hapi_pytest.authoring.rows import KEYS, NEEDED
from tests.plugin.conftest import OTHER_PLUGINS, surroundings
from tests.warm import WARM

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/first-project.md").read_text(encoding="utf-8")
INSTALL = "pip install -e ."
"""Typed by `.ci/run` in a fresh environment; it needs a network."""
PROJECT = "projects/admin-support/kiosk-order"


class Step(NamedTuple):
    """A block of the document: what to type, what is shown, a file to write or to change."""

    kind: str
    text: str


def steps() -> Iterator[Step]:
    for file, language, text in re.findall(r"(?ms)^(?:`(\S+)`\n\n)?```(\w*)\n(.+?)^```$", DOCUMENT):
        yield Step(f"write {file}" if file else language or "type", text)


class Reader:
    """Somebody who does what the document says, and stays in the folder that it leads to."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self._place = folder, programs / "place"
        self.typed: list[str] = []
        self.printed: list[str] = []
        self._environment = {
            **surroundings(),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTEST_ADDOPTS": f"-p no:cacheprovider {' '.join(OTHER_PLUGINS)}",
        }

    def do(self, step: Step) -> None:
        if step.kind == "type":
            for line in step.text.splitlines():
                self.type(line)
        elif step.kind == "text":
            self.see(step.text)
        elif step.kind == "diff":
            self.change(step.text)
        else:
            file = self.folder / step.kind.removeprefix("write ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text, encoding="utf-8")

    def type(self, line: str) -> None:
        command, _, remark = (part.strip() for part in line.partition(" # "))
        if command == INSTALL:
            return
        done = subprocess.run(
            ["bash", "-c", f"{command}; code=$?; pwd >{self._place}; exit $code"],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        text = done.stdout + done.stderr
        assert f"exit code {done.returncode}" == (remark or "exit code 0"), f"{line}\n{text}"
        assert "Traceback" not in text, f"{line}\n{text}"
        self.folder = Path(self._place.read_text().strip())
        self.typed.append(command)
        self.printed.append(text)

    def see(self, shown: str) -> None:
        for line in shown.splitlines():
            told = "\n".join(["", *self.printed[-2:]])
            assert f"\n{line}" in told, f"{line}\nis not in\n{told}"

    def change(self, diff: str) -> None:
        head, *lines = diff.splitlines()
        file = self.folder / head.removeprefix("--- ")
        old, new = ("".join(f"{line[1:]}\n" for line in lines if line[0] == mark) for mark in "-+")
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} does not hold\n{old}"
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Somebody in an empty folder, with the two programs at hand."""
    programs, folder = tmp_path / "programs", tmp_path / "reader"
    programs.mkdir()
    folder.mkdir()
    for name, code in (("pytest", "-m pytest"), ("hapi", "-c 'from hapi_pytest.cli import main; main()'")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{WARM.python}" {code} "$@"\n')
        (programs / name).chmod(0o755)
    return Reader(folder, programs)


def test_following_it_ends_in_a_project_that_shows_in_the_scoreboard(reader):
    for step in steps():
        reader.do(step)
    assert re.findall(r"(?m)^hapi (\w+)", "\n".join(reader.typed)) == [
        *("new", "lint", "lint", "check"),
        *("new", "lint", "import"),
    ]
    recorded, replayed = (
        text for command, text in zip(reader.typed, reader.printed, strict=True) if command.startswith("pytest")
    )
    assert "requests sent to the model's service" in recorded and "requests sent" not in replayed
    for text in (recorded, replayed):
        assert re.search(r"(?m)^stand-in: 1 project, variant 0\n(?=.+\nadmin-support  1  )", text), text
        assert "unscored: 0 of 3" in text
    check_what_it_says(reader.folder / PROJECT)


def check_what_it_says(project: Path) -> None:
    """Compare the table of files with the project that they were read in."""
    files = {path.relative_to(project).as_posix() for path in project.rglob("*.*") if "__pycache__" not in path.parts}
    assert set(re.findall(r"(?m)^\| `(\S+\.\w+)` \| ", DOCUMENT)) == files
    assert (project / "test_kiosk_order.py").read_text().count("@rubric") == 7 and "Seven criteria" in DOCUMENT


def test_the_install_is_the_one_that_ci_does():
    assert f"\n{INSTALL}\n" in DOCUMENT and f"({INSTALL} && " in (ROOT / ".ci/run").read_text()


def test_the_table_of_an_imports_keys_is_the_keys():
    rows = re.findall(r"(?m)^\| `(\w+)` \| .+ \| (.+) \|$", DOCUMENT)
    assert sorted(key for key, _ in rows) == sorted(KEYS)
    assert sorted(key for key, missing in rows if missing == "refused") == sorted(NEEDED)
