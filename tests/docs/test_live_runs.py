"""docs/live-runs.md, followed from its beginning to its end: every command line is run against the stand-in."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from hapi_pytest.journal import TryLine, lines
from hapi_pytest.model import Limits, Usage
from hapi_pytest.prices import price
from hapi_pytest.stand_in import StandIn
from tests.plugin.conftest import OTHER_PLUGINS, surroundings
from tests.warm import WARM

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/live-runs.md").read_text(encoding="utf-8")
PROJECTS = ("accounting-consulting/invoice-ageing", "sales-marketing/press-release")
"""One that the stand-in completes alone, and one that it never does."""
SHOWN_ADDRESS = "http://127.0.0.1:8377"


class Block(NamedTuple):
    """A block of code with the heading that it stands under."""

    heading: str
    language: str
    text: str


class Command(NamedTuple):
    """A command line, and the exit codes that it may have."""

    line: str
    codes: tuple[int, ...]


def blocks() -> list[Block]:
    found, heading, inside = [], "", None
    for line in DOCUMENT.splitlines():
        if inside is not None:
            if line == "```":
                found.append(Block(heading, inside[0], "\n".join(inside[1:]) + "\n"))
                inside = None
            else:
                inside.append(line)
        elif line.startswith("```"):
            inside = [line[3:]]
        elif line.startswith("#"):
            heading = line.lstrip("# ")
    return found


BLOCKS = blocks()
SECTIONS = list(dict.fromkeys(block.heading for block in BLOCKS if not block.language))


def commands(text: str) -> list[Command]:
    """Return a block's command lines; nothing else may stand in it."""
    found = []
    for line in filter(None, text.splitlines()):
        command, _, remark = line.partition(" # ")
        assert re.match(r"(pytest|hapi|export) ", f"{command} "), f"neither pytest nor hapi: {line}"
        told = re.findall(r"exit code (\d)", remark)
        if not command.startswith("export "):
            found.append(Command(command.strip(), tuple(map(int, told)) or (0, 1)))
    return found


def only(heading: str, language: str) -> Iterator[str]:
    return (block.text for block in BLOCKS if (block.heading, block.language) == (heading, language))


class Reader:
    """Somebody who types what the document says, in a suite of two projects."""

    def __init__(self, root: Path, programs: Path, service: str, stack: ExitStack) -> None:
        self.root = root
        self._stack = stack
        self._address = ""
        self._environment = {
            **surroundings(),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "OPENAI_API_KEY": "anything",
            "PYTEST_ADDOPTS": f"--base-url {service}/v1 -p no:cacheprovider {' '.join(OTHER_PLUGINS)}",
        }

    def type(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as CI's shell would; that of a stand-in from before is asked at its real address."""
        return subprocess.run(
            ["bash", "-ec", line.replace(SHOWN_ADDRESS, self._address or SHOWN_ADDRESS)],
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def do(self, command: Command) -> str:
        """Carry out a command, check how it ended, and return what it printed."""
        if command.line.startswith("hapi stand-in"):
            self._serve(command.line)
            return ""
        done = self.type(command.line)
        text = done.stdout + done.stderr
        assert done.returncode in command.codes, f"{command.line}\n{text}"
        assert "Traceback" not in text and "usage:" not in text, f"{command.line}\n{text}"
        if command.line.endswith(" -x") and done.returncode == 1:  # how much was settled by then is chance
            assert "partial: " in text and "to go on: pytest --resume " in text, f"{command.line}\n{text}"
        elif command.codes == (0, 1):
            assert "unscored: 0 of" in text, f"{command.line}\n{text}"
        return text

    def configure(self, toml: str) -> None:
        """Write a block into the pytest configuration, or into the table of prices that it names."""
        header = "[tool.pytest.ini_options]\n"
        if toml.startswith(header):
            file = self.root / "pyproject.toml"
            file.write_text(file.read_text().replace(header, toml))
        else:
            (self.root / "prices.toml").write_text(toml)

    def _serve(self, line: str) -> None:
        server = self._stack.enter_context(
            subprocess.Popen(
                ["bash", "-c", f"exec {line} --port 0"],
                cwd=self.root,
                env=self._environment,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        self._stack.callback(server.terminate)
        assert server.stdout
        told = re.search(r"openai +(http://127\.0\.0\.1:\d+)/v1", server.stdout.readline())
        assert told, line
        self._address = told[1]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Reader]]:
    """Give readers a suite, without recordings or as one of them has left it."""
    programs = tmp_path_factory.mktemp("programs")
    for name, code in (("pytest", "-m pytest"), ("hapi", "-c 'from hapi_pytest.cli import main; main()'")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{WARM.python}" {code} "$@"\n')
        (programs / name).chmod(0o755)
    bare = tmp_path_factory.mktemp("bare")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, bare)
    for project in PROJECTS:
        shutil.copytree(ROOT / "projects" / project, bare / "projects" / project)
    with ExitStack() as stack:
        service = stack.enter_context(StandIn(ROOT / "projects")).url

        def make(source: Path = bare) -> Reader:
            root = tmp_path_factory.mktemp("reader") / "suite"
            shutil.copytree(source, root, ignore=shutil.ignore_patterns(".hapi"))
            return Reader(root, programs, service, stack)

        yield make


@pytest.fixture(scope="module")
def first(reader: Callable[..., Reader]) -> tuple[Path, list[str]]:
    """Follow the first section without any recording; return the suite, and what each command printed."""
    someone = reader()
    texts = [someone.do(command) for block in only(SECTIONS[0], "") for command in commands(block)]
    return someone.root, texts


@pytest.fixture
def recorded(first: tuple[Path, list[str]]) -> Path:
    """Return the suite as the first section leaves it."""
    return first[0]


def test_the_first_section_asks_once_and_replays(first: tuple[Path, list[str]]) -> None:
    asked = [bool(re.search(r"^recorded: \d+ requests sent", text, re.MULTILINE)) for text in first[1]]
    assert asked == [True, True, False, False]


@pytest.mark.parametrize("section", SECTIONS[1:])
def test_every_command_works(reader: Callable[..., Reader], recorded: Path, section: str) -> None:
    someone = reader(recorded)
    for block in BLOCKS:
        if block.heading == section and block.language == "toml":
            someone.configure(block.text)
        elif block.heading == section and not block.language:
            for command in commands(block.text):
                someone.do(command)


def test_a_model_without_price_is_refused(reader: Callable[..., Reader]) -> None:
    (last,) = commands(list(only("Prices", ""))[-1])
    told = reader().do(Command(last.line, (4,)))
    assert "--allow-unpriced openai/our-model" in told and "hapi_prices" in told


def test_the_table_of_prices_is_one(tmp_path: Path) -> None:
    setting, table = only("Prices", "toml")
    file = tmp_path / tomllib.loads(setting)["tool"]["pytest"]["ini_options"]["hapi_prices"]
    file.write_text(table)
    found = price("openai/our-model", file)
    assert found and found == price("openai/our-model-2026-11", file) and price("our-model", file) is None
    assert found.cost_usd(Usage(input_tokens=100_000, output_tokens=1_000)) == pytest.approx(0.0832)
    assert found.cost_usd(Usage(input_tokens=300_000, output_tokens=1_000)) == pytest.approx(0.4848)


def test_the_table_of_limits_is_the_limits() -> None:
    text = DOCUMENT.split("\n### The limits of one attempt\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| .+ \| ([\d,]+) \|$", text, re.MULTILINE)
    real = {name: f"{getattr(Limits(), name):,g}" for name in Limits.__struct_fields__}
    assert {name: f"{float(default.replace(',', '')):,g}" for name, default in rows} == real


def test_the_line_of_the_journal_is_one(tmp_path: Path) -> None:
    (shown,) = only("What a run leaves", "json")
    (tmp_path / "journal-main.jsonl").write_text(shown)
    assert [type(line) for line in lines(tmp_path)] == [TryLine]


def test_the_workflow_comes_to_one_result(reader: Callable[..., Reader], recorded: Path) -> None:
    (text,) = only("Shards and merge", "yaml")
    jobs = yaml.safe_load(text)["jobs"]
    whole = reader(recorded)
    (work,) = (step["run"] for step in jobs["shard"]["steps"] if "pytest --model" in step.get("run", ""))
    for number in jobs["shard"]["strategy"]["matrix"]["shard"]:
        machine = reader(recorded)
        done = machine.type(work.replace("${{ matrix.shard }}", str(number)))
        assert done.returncode == 0, done.stdout + done.stderr
        artifact = whole.root / "shards" / f"shard-{number}"
        for name in (".hapi/runs", "cassettes"):
            shutil.copytree(machine.root / name, artifact / name)
    shutil.rmtree(whole.root / "cassettes")
    after = [step["run"] for step in jobs["merge"]["steps"] if "shards/" in step.get("run", "")]
    for line in after:
        done = whole.type(line)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "gate met: gpt-5 alone 50.0%" in done.stdout and "unscored: 0 of 6" in done.stdout
    assert whole.do(Command("pytest --model gpt-5", (0, 1)))
