"""A suite with a project for each fault, and live runs of it against stand-ins that have them."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from hapi_pytest.journal import AttemptLine, Line, OutcomeLine, TryLine, lines
from hapi_pytest.stand_in import StandIn, parsed
from tests.plugin.conftest import CONFTEST, HERE, Suite, bare_suite, copied  # noqa: F401  # fixtures

KEYS = {"OPENAI_API_KEY": "a key"}
QUICK = ("--tries", "2", "--call-seconds", "3")
NOTICE = HERE / "suite/projects/writing/shop-notice"


class Orders(Suite):
    """Projects `order-00`, `order-01`, …: the shop notice again and again, each with its name in the brief."""

    def __init__(self, root: Path, count: int, first: int = 0) -> None:
        super().__init__(root)
        root.mkdir()
        for name in ("pyproject.toml", "prices.toml"):
            shutil.copy(HERE / "suite" / name, root)
        (root / "conftest.py").write_text(CONFTEST)
        for number in range(first, first + count):
            folder = root / "projects/writing" / order(number)
            shutil.copytree(NOTICE, folder)
            (folder / "test_shop_notice.py").rename(folder / f"test_{order(number).replace('-', '_')}.py")
            brief = folder / "brief.md"
            brief.write_text(f"{brief.read_text()}\nWe call this {order(number)}.\n")

    def recorded(self, project: str) -> dict[str, bytes]:
        """Return what is recorded of a project, by its place in the project's folder."""
        found = {name.partition(f"/writing/{project}/")[2]: content for name, content in self.files().items()}
        return {name: content for name, content in found.items() if name}


def order(number: int) -> str:
    return f"order-{number:02}"


def about(fault: str, project: str) -> str:
    """Let a fault happen to one project alone."""
    return f"{fault}{'&' if '@' in fault else '@'}about:{project}."


class Live:
    """A suite, the service that it asks, and what its last run left."""

    def __init__(self, suite: Suite, service: StandIn) -> None:
        self.suite, self.service = suite, service
        self.done: subprocess.CompletedProcess[str]
        self.journal: list[Line] = []
        self.counts = service.counts
        """What the service had been asked when the run was over."""

    def run(self, *arguments: str, port: int = 0, environment: dict[str, str] | None = None) -> None:
        """Run pytest against the service, or against whatever answers at a port."""
        url = f"http://127.0.0.1:{port}" if port else self.service.url
        given = ("--base-url", f"{url}/v1", *arguments)
        self.done = self.suite.run("--record", "missing", *QUICK, *given, environment={**KEYS, **(environment or {})})
        self.read()

    def resumed(self, *arguments: str) -> "Live":
        """Go on with the last run; this one stays as it was seen."""
        again = Live(self.suite, self.service)
        again.done = self.suite.run("--resume", "latest", *QUICK, *arguments, environment=KEYS)
        return again.read()

    def read(self) -> "Live":
        """Read the journal of the last run."""
        self.journal = lines(max((self.suite.root / ".hapi/runs").iterdir()))
        self.counts = self.service.counts
        return self

    @property
    def text(self) -> str:
        """Everything that was printed."""
        return self.done.stdout + self.done.stderr

    @property
    def outcomes(self) -> dict[str, OutcomeLine]:
        """The last outcome of each project."""
        return {line.project.split("/")[1]: line for line in self.journal if isinstance(line, OutcomeLine)}

    @property
    def attempts(self) -> dict[str, AttemptLine]:
        """The last recorded attempt on each project."""
        return {line.recording.split("/")[2]: line for line in self.journal if isinstance(line, AttemptLine)}

    @property
    def all_tries(self) -> list[TryLine]:
        """All requests."""
        return [line for line in self.journal if isinstance(line, TryLine)]

    def tries(self, project: str) -> list[TryLine]:
        """The requests of one project."""
        return [line for line in self.all_tries if line.recording.split("/")[2] == project]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Live]]:
    """Make suites of so many projects, each beside a service with faults of its own."""
    with contextlib.ExitStack() as stack:

        def make(count: int, faults: Sequence[str] = (), *, suite: Suite | None = None) -> Live:
            suite = suite or Orders(tmp_path_factory.mktemp("live") / "suite", count)
            service = StandIn(suite.root / "projects", faults=[parsed(fault) for fault in faults])
            return Live(suite, stack.enter_context(service))

        yield make
