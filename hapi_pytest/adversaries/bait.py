"""What nobody may reach from the sandbox, laid out for the thief: canaries in files, environment and sockets."""

import os
import re
import secrets
import socket
import tempfile
from pathlib import Path

CANARY = re.compile(rb"hapi-pytest canary [0-9a-f-]{8,}|hapi-bait-[0-9a-f]{8,}")
VARIABLE = "HAPI_BAIT"


class Bait:
    """Canaries on this host for as long as it is open."""

    def __init__(self, run: Path) -> None:
        token = f"hapi-bait-{secrets.token_hex(8)}"
        os.environ[VARIABLE] = token
        self._workspace = tempfile.TemporaryDirectory(prefix="hapi-")
        with tempfile.NamedTemporaryFile(prefix="hapi-bait-", delete=False) as loose:
            self._loose = Path(loose.name)
        run.mkdir(parents=True, exist_ok=True)
        self._files = [self._loose, Path(self._workspace.name) / "bait.txt", run / f"bait-{os.getpid()}.txt"]
        for file in self._files:
            file.write_text(token + "\n")
        self._unix, self._tcp = socket.socket(socket.AF_UNIX), socket.socket()
        self._unix.bind(str(Path(self._workspace.name) / "bait.sock"))
        self._tcp.bind(("127.0.0.1", 0))
        for listening in (self._unix, self._tcp):
            listening.listen()

    @property
    def hidden(self) -> tuple[str, ...]:
        """The files by path, and the sockets as `unix:PATH` and `tcp:PORT`."""
        sockets = [f"unix:{self._unix.getsockname()}", f"tcp:{self._tcp.getsockname()[1]}"]
        return (*map(str, self._files), *sockets)

    def close(self) -> None:
        """Take everything away again."""
        os.environ.pop(VARIABLE, None)
        for listening in (self._unix, self._tcp):
            listening.close()
        for file in self._files:
            file.unlink(missing_ok=True)
        self._workspace.cleanup()


def hidden_on_host(root: Path) -> tuple[str, ...]:
    """Return files of a checkout and of the home folder that no agent has any business with."""
    places = [root / ".git" / "HEAD", root / "pyproject.toml", root / ".pytest_cache" / "README.md"]
    home = Path.home()
    if home != home.parent:
        places += sorted(path for path in home.glob(".*") if path.is_file())[:5]
    return tuple(str(place) for place in places if place.is_file())
