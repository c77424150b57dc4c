"""The second rung: Landlock for files, TCP and signals, seccomp for all other calls, without any privilege.

`gaps` says what it does not hold. Works less well than bwrap: no sockets but stream pairs, no /dev/shm, /proc, nor /tmp
but TMPDIR, no inotify, no pinning of threads to processors.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import seccomp, surroundings
from hapi_pytest.sandbox.contract import Finished
from hapi_pytest.sandbox.ruleset import Ruleset, abi, split_around
from hapi_pytest.sandbox.scratch import scratch
from hapi_pytest.sandbox.supervision import Order, home_of, supervise, through_shell

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
ABOUT_THE_USER = ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime")
SETTINGS = (
    "bash.bashrc inputrc terminfo mime.types magic magic.mime ssl/certs ssl/openssl.cnf perl xml os-release host.conf"
)
"""Read by programs that find them forbidden but would do without them, as under bwrap."""
ABOUT_THE_MACHINE = (
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/loadavg",
    "/proc/uptime",
    "/proc/version",
)
TRUNCATE_SINCE = 3


class Landlock:
    """Runs commands in a Landlock domain at the workspace's own path."""

    rung = "landlock"

    def __init__(self) -> None:
        if not seccomp.is_supported():
            raise SandboxError("the numbers of the system calls of this machine are not known")
        try:
            self._abi = abi()
        except (OSError, AttributeError) as error:
            raise SandboxError(f"the kernel refuses Landlock: {error}") from error

    def run(self, workspace: Path, argv: Sequence[str], *, stdin: bytes = b"", seconds: float = 120) -> Finished:
        """Run a command with the workspace as its folder; nothing of it is alive when this returns."""
        home = home_of(workspace)
        with scratch() as folder:
            programs, temporary = surroundings.names(folder), str(folder / "tmp")
            with _ruleset(home, temporary, programs) as descriptor:
                order = Order(
                    argv=through_shell(argv),
                    # Programs take "not there" for an answer; git dies of "forbidden".
                    env={**surroundings.variables(home, temporary, programs), "GIT_CONFIG_NOSYSTEM": "1"},
                    cwd=home,
                    workspace=home,
                    scratch=str(folder),
                    ruleset=descriptor,
                    filter=seccomp.program(has_namespaces=False, is_truncate_held=self._abi >= TRUNCATE_SINCE),
                )
                return supervise(order, stdin, seconds)


@contextlib.contextmanager
def _ruleset(home: str, temporary: str, programs: str) -> Iterator[int]:
    whole, listed = split_around(surroundings.readable(), surroundings.hidden())
    ruleset = Ruleset()
    try:
        ruleset.read(
            [
                *whole,
                *ABOUT_THE_USER,
                *(f"/etc/{name}" for name in SETTINGS.split()),
                *ABOUT_THE_MACHINE,
                *([programs] if programs else []),
            ]
        )
        ruleset.list(listed)
        ruleset.use(DEVICES)
        ruleset.write([home, temporary])
        yield ruleset.descriptor
    finally:
        ruleset.close()
