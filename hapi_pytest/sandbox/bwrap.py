"""The first rung: bubblewrap, with namespaces of its own for files, processes, network, users and IPC.

All that is not mounted does not exist; own /proc; no socket but AF_UNIX among its own processes. `gaps` says what it
does not hold.
"""

import contextlib
import functools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import seccomp, surroundings
from hapi_pytest.sandbox.contract import Finished
from hapi_pytest.sandbox.mounts import is_below, mounts
from hapi_pytest.sandbox.scratch import scratch
from hapi_pytest.sandbox.supervision import Order, home_of, in_memory, supervise, through_shell

PLACES = ("/workspace", "/project")
"""Where the workspace is mounted: at the second only on hosts whose interpreter lies in the first."""
EXTRA_PROGRAMS = "/run/programs"
IDENTITY = ("--uid", "1000", "--gid", "1000", "--hostname", "sandbox")


@functools.cache
def place() -> str:
    """Return the path of every workspace inside."""
    return next(p for p in PLACES if not any(is_below(path, [p]) for path in surroundings.readable()))


class Bubblewrap:
    """Runs commands in namespaces of their own."""

    rung = "bwrap"

    def __init__(self, program: str | None = None) -> None:
        found = program or shutil.which("bwrap")
        if found is None:
            raise SandboxError("bubblewrap is not installed")
        self._program = os.path.abspath(found)

    def run(self, workspace: Path, argv: Sequence[str], *, stdin: bytes = b"", seconds: float = 120) -> Finished:
        """Run a command with the workspace at /workspace; nothing of it is alive when this returns."""
        home = home_of(workspace)
        with scratch() as folder, contextlib.ExitStack() as stack:
            programs = surroundings.names(folder)
            files = [stack.enter_context(in_memory(self._options(home, folder, programs)))]
            if seccomp.is_supported():
                files.append(stack.enter_context(in_memory(seccomp.program(has_namespaces=True))))
            order = Order(
                argv=[self._program, "--args", "100", "--", *through_shell(argv)],
                env=surroundings.variables(place(), "/tmp", EXTRA_PROGRAMS if programs else ""),
                cwd="/",
                workspace=home,
                scratch=str(folder),
                inherited=[file.fileno() for file in files],
            )
            return supervise(order, stdin, seconds)

    def _options(self, home: str, folder: Path, programs: str) -> bytes:
        """Return what bwrap reads from a file, so that no path of the host is seen in /proc/1/cmdline."""
        options = [
            *("--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", *IDENTITY),
            *("--proc", "/proc", "--dev", "/dev"),
            *("--bind", str(folder / "shm"), "/dev/shm", "--remount-ro", "/dev"),
            *("--bind", str(folder / "tmp"), "/tmp"),
            *mounts(),
            *(("--ro-bind", programs, EXTRA_PROGRAMS) if programs else ()),
            *("--bind", home, place(), "--chdir", place()),
            *("--remount-ro", "/", "--cap-drop", "ALL"),
            *(("--seccomp", "101") if seccomp.is_supported() else ()),
        ]
        return b"".join(option.encode("utf-8", "surrogateescape") + b"\0" for option in options)
