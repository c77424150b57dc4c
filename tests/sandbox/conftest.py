"""Boxes to run commands in: one per rung that holds here, and for hostile commands one per user too.

What cannot be had here is skipped, and on CI a failure.
"""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any, TypeVar

import pytest

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import Finished, Sandbox, choose, limits

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NOBODY = 65534
SECRET = "CANARY-7c1f\n"
USERS = ("root", "ordinary")
STARTS = "import hapi_pytest.sandbox"


class Host:
    """A process of one user whose sandbox we use: `server.py`, started by whatever makes one that user."""

    def __init__(self, user: str, packages: Callable[[], Path]) -> None:
        self.become = become(user)
        script, self.python, self._path = HERE / "server.py", sys.executable, str(ROOT)
        if self.become:
            folder = packages()
            script, self.python, self._path = folder / "server.py", python_for_all(folder), str(folder)
        self._process = self.start(str(script), SECRET_KEY=SECRET.strip())
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.close()
            pytest.fail(f"the server of {user} does not start; its stderr says why")
        pid, uid, package, address = line.rstrip("\n").split("\t")
        self.pid, self.uid, self.package, self._address = int(pid), int(uid), Path(package), address

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        """Start a Python of this user that can import our package."""
        everything = {"PATH": os.environ["PATH"], "PYTHONPATH": self._path, "HOME": "/", **variables}
        pairs = [f"{name}={value}" for name, value in everything.items()]
        return subprocess.Popen(
            [*self.become, "env", "-i", *pairs, self.python, "-B", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            text=True,
        )

    def ask(self, name: str, *arguments: object) -> Any:
        """Have something done; raises what it raises there."""
        with Client(self._address, "AF_UNIX") as connection:
            connection.send((name, arguments))
            result = connection.recv()
        if isinstance(result, Exception):
            raise result
        return result

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()


class Elsewhere:
    """The sandbox of a host, with our limits."""

    def __init__(self, host: Host, rung: str) -> None:
        host.ask("choose", rung)
        self._host, self.rung = host, rung

    def run(self, workspace: Path, argv: Sequence[str], *, stdin: bytes = b"", seconds: float = 120) -> Finished:
        most = {name: value for name, value in vars(limits).items() if name.isupper()}
        return self._host.ask("run", self.rung, workspace, argv, stdin, seconds, most)  # type: ignore[no-any-return]


class Box:
    """A sandbox with one workspace, and short ways to run things in it."""

    def __init__(self, sandbox: Sandbox, workspace: Path) -> None:
        self.sandbox, self.workspace, self.rung = sandbox, workspace, sandbox.rung

    def sh(self, command: str, *, stdin: bytes = b"", seconds: float = 20) -> Finished:
        return self.sandbox.run(self.workspace, ["bash", "-c", command], stdin=stdin, seconds=seconds)

    def python(self, code: str, *arguments: str, stdin: bytes = b"", seconds: float = 20) -> Finished:
        return self.sandbox.run(self.workspace, ["python3", "-c", code, *arguments], stdin=stdin, seconds=seconds)


class HostileBox(Box):
    """A box for commands that try what they must not: what they aim at belongs to the very user who runs them."""

    def __init__(self, host: Host, rung: str) -> None:
        sandbox = Elsewhere(host, rung)
        self.host, self.place = host, host.ask("place", SECRET)
        self.canary = self.place / "secret" / "canary.txt"
        super().__init__(sandbox, self.place / "workspace")

    def close(self) -> None:
        self.host.ask("remove", self.place)


def become(user: str) -> list[str]:
    """Return what to put before a command so that root, or an ordinary user, runs it; skips where that cannot be."""
    if (os.geteuid() == 0) is (user == "root"):
        return []
    if user == "ordinary":
        return as_nobody()
    if shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
        pytest.skip("`sudo -n` does not make us root here")
    return ["sudo", "-n"]


def as_nobody() -> list[str]:
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv (apt-get install util-linux) to become an ordinary user with")
    return ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]


def python_for_all(packages: Path) -> str:
    """Return a Python that every user can start with these packages, and root without capabilities; or skip."""
    elevated = become("root")
    tried = []
    for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
        # Twice, because setpriv itself can start what its user cannot.
        code = f"import os, sys; os.execv(sys.executable, ['python', '-c', {STARTS!r}])"
        command = [*elevated, *as_nobody(), "env", f"PYTHONPATH={packages}", python, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        if done.returncode == 0:
            return python
        tried.append(f"{python}: {done.stderr.strip()[-200:]}")
    pytest.skip("no interpreter that every user can start with our packages:\n" + "\n".join(tried))


T = TypeVar("T")


def held_or_skip(rung: str, made: Callable[[], T]) -> T:
    try:
        return made()
    except SandboxError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have this rung\n{error}")
        pytest.skip(f"{rung} does not hold here: {error}")


def sandbox_or_skip(rung: str) -> Sandbox:
    return held_or_skip(rung, lambda: choose(rung))


@pytest.fixture(scope="session")
def packages_for_all() -> Iterator[Callable[[], Path]]:
    """Copy what the sandbox imports to where every user may read it: checkout and environment may be root's alone."""
    made: list[Path] = []

    @functools.cache
    def packages() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="hapi-packages-"))
        made.append(folder)
        folder.chmod(0o755)
        for name in ("hapi_pytest", "msgspec"):
            spec = importlib.util.find_spec(name)
            assert spec and spec.origin
            shutil.copytree(Path(spec.origin).parent, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(HERE / "server.py", folder)
        return folder

    yield packages
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def hosts(packages_for_all: Callable[[], Path]) -> Iterator[Callable[[str], Host]]:
    """One server per user, started when it is first needed."""
    started: dict[str, Host] = {}

    def host(user: str) -> Host:
        if user not in started:
            started[user] = Host(user, packages_for_all)
        return started[user]

    yield host
    for each in started.values():
        each.close()


@pytest.fixture(params=["bwrap", "landlock"])
def rung(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def box(rung: str, tmp_path: Path) -> Box:
    """A box of our own process; modules with hostile commands take `hostile_box` in its place."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return Box(sandbox_or_skip(rung), workspace)


@pytest.fixture(params=USERS)
def host(request: pytest.FixtureRequest, hosts: Callable[[str], Host]) -> Host:
    return hosts(request.param)


@pytest.fixture
def hostile_box(rung: str, host: Host) -> Iterator[HostileBox]:
    """A box of root's and of an ordinary user's, with a secret right beside the workspace."""
    box = held_or_skip(rung, lambda: HostileBox(host, rung))
    yield box
    box.close()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A secret right beside the workspace."""
    file = tmp_path / "secret" / "canary.txt"
    file.parent.mkdir()
    file.write_text(SECRET)
    return file
