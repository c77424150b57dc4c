"""Runs sandboxed commands for the tests as whoever starts it: `python server.py` prints the address of its socket.

It stands for the process that pytest is: hostile commands must not reach it, its secrets, or its files. It ends when
its stdin does.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from hapi_pytest.sandbox import Finished, choose, limits

HERE = Path(__file__).parent


class Served:
    """What the other side can ask for."""

    def __init__(self) -> None:
        self._held: list[object] = []

    def choose(self, rung: str) -> None:
        choose(rung)

    def run(
        self, rung: str, workspace: Path, argv: Sequence[str], stdin: bytes, seconds: float, most: Mapping[str, float]
    ) -> Finished:
        for name, value in most.items():
            setattr(limits, name, value)
        return choose(rung).run(workspace, argv, stdin=stdin, seconds=seconds)

    def place(self, secret: str) -> Path:
        """Make a folder that everyone may write in, with a workspace and a secret in it that is held open."""
        place = Path(tempfile.mkdtemp(prefix="hapi-place-"))
        for folder in (place, place / "workspace", place / "secret"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)
        (place / "secret" / "canary.txt").write_text(secret)
        self._held.append((place / "secret" / "canary.txt").open())
        return place

    def write(self, file: Path, content: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def remove(self, place: Path) -> None:
        """Delete a folder, whatever modes a command left in it."""
        for path, folders, _ in os.walk(place):
            for name in folders:
                if not os.path.islink(os.path.join(path, name)):
                    os.chmod(os.path.join(path, name), 0o700)
        shutil.rmtree(place)


def answer(served: Served, connection: Connection) -> None:
    """Do what is asked for once, and send back the result or the exception."""
    with connection:
        name, arguments = connection.recv()
        try:
            connection.send(getattr(served, name)(*arguments))
        except Exception as error:
            connection.send(error)


def main() -> None:
    """Serve until stdin ends."""
    folder = Path(tempfile.mkdtemp(prefix="hapi-server-"))
    folder.chmod(0o755)
    listener = Listener(str(folder / "socket"), "AF_UNIX", backlog=16)
    (folder / "socket").chmod(0o777)

    def serve() -> None:
        served = Served()
        while True:
            threading.Thread(target=answer, args=(served, listener.accept()), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    print(os.getpid(), os.geteuid(), Path(limits.__file__).parents[1], listener.address, sep="\t", flush=True)
    sys.stdin.read()
    shutil.rmtree(folder)
    os._exit(0)


if __name__ == "__main__":
    main()
