"""A small suite with recordings of the stand-in, fresh for every test of the plugin."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warm import COMPILED, WARM

HERE = Path(__file__).parent
CONFTEST = 'pytest_plugins = ["hapi_pytest.plugin"]\n'
collect_ignore = ["suite", "hostile"]
OTHER_PLUGINS = ("-p", "no:hypothesispytest", "-p", "no:syrupy", "-p", "no:anyio")  # half a second a run
TOLD_TO_CI = ("CI", "BUILD_NUMBER", "GITHUB_STEP_SUMMARY")
BARE, TWO_WORKERS = ("-p", "no:xdist"), ("-n", "2")


def surroundings() -> dict[str, str]:
    """Return the environment of the processes that are tested.

    With CI set, pytest's last summary repeats whole messages; what is told once is counted without.
    """
    return {name: value for name, value in os.environ.items() if name not in TOLD_TO_CI} | COMPILED


class Suite:
    """A copy of the small suite, run by real pytest processes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run pytest in the suite's folder; only what Python itself reads when it starts takes a new Python."""
        given = ["-p", "no:cacheprovider", *OTHER_PLUGINS, *arguments]
        every = {**surroundings(), **(environment or {})}
        is_new = any(name.startswith("PYTHON") for name in environment or ())
        return subprocess.run(
            [sys.executable if is_new else WARM.python, "-m", "pytest", *given],
            cwd=self.root,
            env=every,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def hapi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the suite's folder."""
        return subprocess.run(
            [WARM.python, "-c", "from hapi_pytest.cli import main; main()", *arguments],
            cwd=self.root,
            env=surroundings(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def outcomes(self) -> dict[str, dict]:
        """Return the journal of the last run by test: project, variant and arm."""
        last = max((self.root / ".hapi/runs").iterdir())
        lines = [line for file in sorted(last.glob("journal-*.jsonl")) for line in file.read_text().splitlines()]
        settled = [line for line in map(json.loads, lines) if line["kind"] == "outcome"]
        return {f"{o['project'].split('/')[1]} {o['model']} v{o['variant']} {o['arm']}": o for o in settled}

    def verdicts(self) -> dict[str, tuple[str, dict[str, bool]]]:
        """Return status and results by test."""
        return {test: (outcome["status"], outcome.get("final", {})) for test, outcome in self.outcomes().items()}

    def files(self, folder: str = "cassettes") -> dict[str, bytes]:
        """Return every file below a folder."""
        base = self.root / folder
        return {str(p.relative_to(base)): p.read_bytes() for p in sorted(base.rglob("*")) if p.is_file()}

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of a file."""
        path = self.root / file
        text = path.read_text()
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def recorded_suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("recorded") / "suite"
    shutil.copytree(HERE / "suite", root)
    (root / "conftest.py").write_text(CONFTEST)
    done = Suite(root).run("--record", "missing")
    assert done.returncode == 1, done.stdout + done.stderr
    shutil.rmtree(root / ".hapi")
    return root


@pytest.fixture(scope="session")
def suite_at() -> type[Suite]:
    """Return what runs commands in the folder of a suite."""
    return Suite


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path, str], Suite]:
    def copy(source: Path, name: str) -> Suite:
        return Suite(Path(shutil.copytree(source, tmp_path / name)))

    return copy


@pytest.fixture
def suite(recorded_suite: Path, copied: Callable[[Path, str], Suite]) -> Suite:
    """The small suite with its recordings."""
    return copied(recorded_suite, "suite")


@pytest.fixture
def bare_suite(copied: Callable[[Path, str], Suite]) -> Suite:
    """The small suite without any recording."""
    suite = copied(HERE / "suite", "bare")
    (suite.root / "conftest.py").write_text(CONFTEST)
    return suite


@pytest.fixture
def own_copy(tmp_path: Path) -> Callable[[], Path]:
    """Copy the package itself, so that a test can change a word of it."""
    import hapi_pytest

    def copy() -> Path:
        source = Path(hapi_pytest.__file__).parent
        return Path(shutil.copytree(source, tmp_path / "changed" / "hapi_pytest"))

    return copy


@pytest.fixture(params=[BARE, TWO_WORKERS], ids=["bare", "n2"])
def run_args(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Run the test's pytest in one process, then with two workers."""
    return request.param
