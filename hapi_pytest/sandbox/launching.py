"""The launcher that all commands of this process share: started with the first of them, anew should it have died."""

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from hapi_pytest.errors import SandboxError

START = "import sys; sys.path.append(sys.argv[1]); import launcher; launcher.main()"
END_SECONDS = 5.0


class Launcher:
    """A running launcher."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        library_path = os.environ.get("LD_LIBRARY_PATH")
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])),
                    *("-c", START, str(Path(__file__).parent), str(theirs.fileno())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LD_LIBRARY_PATH": library_path} if library_path else {},
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def launch(self, descriptors: Sequence[int]) -> None:
        """Have a command started that talks through these; raises OSError when the launcher is gone."""
        socket.send_fds(self._socket, [b"\0"], descriptors)

    def close(self) -> None:
        """End it; commands that still run are killed by whoever watches them when we are gone."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)


_lock = threading.Lock()
_running: list[Launcher] = []


def launch(descriptors: Sequence[int]) -> None:
    """Have the launcher start a command; the first descriptor is for its order, the next for 0, 1 and 2.

    Raises SandboxError when there can be no launcher.
    """
    for _ in range(2):
        launcher = _launcher()
        try:
            launcher.launch(descriptors)
        except OSError:
            _drop(launcher)
        else:
            return
    raise SandboxError("the sandbox's launcher cannot be started: it dies before its first command")


def _launcher() -> Launcher:
    with _lock:
        if not _running:
            _running.append(Launcher())
        return _running[0]


def _drop(launcher: Launcher) -> None:
    with _lock:
        if launcher in _running:
            _running.remove(launcher)
            launcher.close()


@atexit.register
def _close() -> None:
    for launcher in list(_running):
        _drop(launcher)
