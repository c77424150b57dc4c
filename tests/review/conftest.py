"""A run with two incomplete submissions of all kinds of files, and the review app on loopback."""

import http.client
import io
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import docx
import pytest

from hapi_pytest.model import Arm, Limits, Outcome, Status, Usage
from hapi_pytest.projects import load
from hapi_pytest.recordings import Identity, Recordings, Slot
from hapi_pytest.results import found
from hapi_pytest.review.desk import Desk
from hapi_pytest.review.server import listening, server
from hapi_pytest.runs import About, Run, taken_digest
from hapi_pytest.transcripts import Header, Transcript, Turn
from tests.plugin.conftest import surroundings
from tests.report.conftest import PAGE, PIXEL, browser, workbook
from tests.report.test_browser import evil

__all__ = ["browser", "evil"]  # fixtures of the report's tests

SUITE = Path(__file__).parents[1] / "plugin/suite/projects"
PROJECT = "admin-support/guest-list"
MODEL = "secret-model"
REASON = "because of the words of the check"
TOKEN = "t" * 32
CRITERIA = ("sorted-by-name", "total-is-right", "cancelled-left-out")
"""In the page's order."""


def document(*paragraphs: str) -> bytes:
    stream, made = io.BytesIO(), docx.Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    made.save(stream)
    return stream.getvalue()


FILES = {
    "guests.csv": b"name;nights\nDorn, Ruth;120\nAbel, Ida;202\n",
    "book.xlsx": workbook(),
    "letter.docx": document("Dear Greta,", "the list is done."),
    "picture.png": PIXEL,
    "page.html": PAGE.encode(),
    "script.py": b"def nights(guests):\n    return sum(guests)  # all of them\n",
}
LATER = FILES | {"guests.csv": b"name;nights\nAbel, Ida;202\nDorn, Ruth;120\n"}
FIRST = {"sorted-by-name": False, "cancelled-left-out": True, "total-is-right": False}
SECOND = FIRST | {"sorted-by-name": True}


class Made:
    """A run of one engagement whose files are given."""

    def __init__(self, root: Path, first: Mapping[str, bytes], second: Mapping[str, bytes] | None) -> None:
        self.root = root
        shutil.copytree(SUITE, root / "projects", ignore=shutil.ignore_patterns("__pycache__"))
        told = {"root": str(root), "projects": "projects", "cassettes": "cassettes", "sandbox": "none"}
        run = Run(root, "20260101T000000-1", about=About(options={}, arguments=(), **told))
        self.folder, self.project = run.folder, load(root / "projects" / PROJECT)
        self._recordings = Recordings(root / "cassettes", Identity(model=MODEL))
        self.digests = [self._record(run, Arm.ALONE, FIRST, [first])]
        if second is not None:
            self.digests.append(self._record(run, Arm.REVIEWED, SECOND, [first, second]))
        run.journal.end(collected=len(self.digests), is_cut=False)
        run.close()

    def _record(self, run: Run, arm: Arm, final: dict[str, bool], handed_in: list[Mapping[str, bytes]]) -> str:
        """Record an arm's last submission, and settle the arm; returns the submission's digest."""
        slots = [Slot(project=PROJECT, arm=one) for one in (Arm.ALONE, arm)[: len(handed_in)]]
        header = Header(
            recording=str(slots[-1]), model=MODEL, agent="default", tools={}, limits=Limits(),
            attachments=self.project.variant(0).digests,
        )  # fmt: skip
        files = {name: self._recordings.store(slots[-1], name, content) for name, content in handed_in[-1].items()}
        turn = Turn(messages=[], reply={"role": "assistant", "content": "done"}, usage=Usage())
        transcript = Transcript(header=header, origin="service", turns=[turn], ended="submitted", deliverable=files)
        self._recordings.write(slots[-1], transcript, b"")
        digest = taken_digest(self._recordings.handed_in(slots[-1], transcript))
        outcome = Outcome(
            model=MODEL, agent="default", project=PROJECT, variant=0, sample=1, arm=arm, status=Status.INCOMPLETE,
            price_usd=15, alone=FIRST, final=final, is_forked=len(slots) > 1, handed_in=digest,
            recordings=tuple(f"{MODEL}/{PROJECT}/{slot.name}" for slot in slots),
            transcripts=tuple(self._recordings.read(slot)[1] for slot in slots),
            reasons={name: REASON for name, passed in final.items() if not passed},
        )  # fmt: skip
        run.journal.settle(outcome, is_paid=False)
        return digest

    @property
    def reviews(self) -> Path:
        """Where finished reviews lie."""
        return self.root / "projects" / PROJECT / "reviews"

    def desk(self, reviewer: str = "Ada", *, is_blind: bool = False) -> Desk:
        return Desk(found(str(self.folder)), self.folder, reviewer, is_blind=is_blind)

    def started(self, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """Start `hapi review` as a process; returns it with the address that it prints."""
        line = [sys.executable, "-c", "from hapi_pytest.cli import main; main()", "review", str(self.folder)]
        process = subprocess.Popen(
            [*line, "--reviewer", "Ada", *arguments], env=surroundings(), stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        return process, process.stdout.readline().split()[0]


class Answer(NamedTuple):
    """What the app answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> dict:
        return json.loads(self.text)


class Served:
    """The app, served from a thread; asked without a browser's manners."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.door: socket.socket = listening(0)
        self.port = self.door.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/{TOKEN}"
        self._server = server(desk, TOKEN, self.door)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self.door]}, daemon=True)
        self._thread.start()

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}) -> Answer:
        """Send one request, its path as it is given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode())
        connection.close()
        return answer

    def get(self, path: str = "/") -> Answer:
        return self.ask("GET", f"/{TOKEN}{path}")

    def post(self, path: str, content: object, **headers: str) -> Answer:
        """Send what a page of ours would send."""
        own = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.port}"} | headers
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.ask("POST", f"/{TOKEN}{path}", body, own)

    def number(self, digest: str) -> int:
        """Return the number of a submission."""
        return [one.handed_in for one in self.desk.queue.submissions].index(digest)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()


def change(tab: str = "a", sequence: int = 1, revision: int = 0, seconds: float = 30, **notes: str) -> dict:
    """Return what a page saves: criteria with underscores, marked fail, with their notes."""
    entries = {name.replace("_", "-"): {"finding": "fail", "note": note} for name, note in notes.items()}
    return {"tab": tab, "sequence": sequence, "revision": revision, "seconds": seconds, "entries": entries}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path, FILES, LATER)


@pytest.fixture
def served() -> Iterator[Callable[[Desk], Served]]:
    every: list[Served] = []

    def serve(desk: Desk) -> Served:
        every.append(Served(desk))
        return every[-1]

    yield serve
    for one in every:
        one.close()


@pytest.fixture
def app(made: Made, served: Callable[[Desk], Served]) -> Served:
    """The app of an open review."""
    return served(made.desk())
