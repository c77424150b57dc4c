"""Our side of the standing process in which checks run: orders go in, marks come out, and overruns end it."""

import contextlib
import fcntl
import os
import select
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from hapi_pytest import isolated
from hapi_pytest.errors import RubricError, UnscoredError
from hapi_pytest.model import Mark, Verdict
from hapi_pytest.orders import ERRORS, Began, Done, Exhausted, Marked, Message, Order, Reading, Unscored
from hapi_pytest.projects import Project, rubric_file
from hapi_pytest.rubric import Criterion, Rubric
from hapi_pytest.workspace import Taken

CHECK_SECONDS = 30.0
"""Wall time of one criterion's check."""
LOADING_SECONDS = 120.0
"""Wall time for starting, importing a rubric and building a variant."""

_decoder = msgspec.json.Decoder(Message)


class Grader(Protocol):
    """Whoever decides a rubric's criteria on handed-in files."""

    def grade(self, project: Project, rubric: Rubric, variant: int, taken: Taken) -> tuple[Verdict, str]:
        """Return the verdict, and the sandbox's rung when a program had to be run.

        Raises RubricError when a check crashes and SandboxError when no sandbox holds.
        """


class Overrun(Exception):  # noqa: N818  # nobody's error yet: whose doing it was is found out next
    """The grading process was stopped, or ended, in the middle of a check."""

    def __init__(self, criterion: str, file: str, is_reading: bool, what: str) -> None:
        super().__init__(what)
        self.criterion, self.what = criterion, what
        self.file = file
        """The file that was read last, if any was."""
        self.is_reading = is_reading
        """Whether the reading of it was not over."""


class GradingProcess:
    """A grader whose checks run in a process of their own, kept from one grading to the next.

    A check that takes too much time or memory is stopped with its process, and another process goes on. When the same
    check stays within both on the project's reference, the deliverable is the cause and the criterion fails.
    """

    def __init__(self, root: Path, sandbox: str) -> None:
        self._root = root
        self._sandbox = sandbox
        self._child: Child | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the process now, so that it gets ready while an attempt is made."""
        if self._child is None:
            self._child = Child(self._root)

    def close(self) -> None:
        """End the process."""
        if self._child:
            self._child.close()
            self._child = None

    def prepare(self, project: Project, variant: int) -> None:
        """Let the process import the rubric and build the variant; what goes wrong there is told when it grades."""
        with self._lock:
            self.start()
            assert self._child
            self._child.prepare(self._order(project, variant, Taken(files={}, refused={})))

    def grade(self, project: Project, rubric: Rubric, variant: int, taken: Taken) -> tuple[Verdict, str]:
        """Decide every criterion; raises RubricError or SandboxError."""
        with self._lock:
            return self._graded(self._order(project, variant, taken), rubric.criteria)

    def _order(self, project: Project, variant: int, taken: Taken) -> Order:
        return Order(
            folder=str(project.folder),
            rubric=str(rubric_file(project.folder)),
            variant=variant,
            seed=project.seed(variant),
            files={name: str(path.absolute()) for name, path in taken.files.items()},
            refused=taken.refused,
            sandbox=self._sandbox,
            criteria=(),
            seconds=CHECK_SECONDS,
        )

    def _graded(self, order: Order, criteria: Sequence[Criterion]) -> tuple[Verdict, str]:
        marks: dict[str, Mark] = {}
        rung = ""
        while left := [criterion.id for criterion in criteria if criterion.id not in marks]:
            try:
                rung = self._carried_out(msgspec.structs.replace(order, criteria=left), marks) or rung
            except Overrun as overrun:
                self._check_reference(order, overrun)
                file = overrun.file or ", ".join(order.files or ()) or "the empty hand-in"
                reason = f"{file}: {overrun.what}, which the accepted deliverable does not"
                criterion = next(criterion for criterion in criteria if criterion.id == overrun.criterion)
                marks[criterion.id] = criterion.marked(reason)
                if overrun.is_reading:
                    order = _without(order, file, f"another check could not read it, for {overrun.what}")
        return Verdict(tuple(marks[criterion.id] for criterion in criteria)), rung

    def _carried_out(self, order: Order, marks: dict[str, Mark]) -> str:
        self.start()
        assert self._child
        try:
            return self._child.carry_out(order, marks)
        except BaseException as error:
            if not isinstance(error, UnscoredError) or self._child.is_over:
                self.close()
            raise

    def _check_reference(self, order: Order, overrun: Overrun) -> None:
        """Raise RubricError when a check that overran does not pass on the project's reference either."""
        reference = msgspec.structs.replace(order, files=None, refused={}, criteria=(overrun.criterion,))
        marks: dict[str, Mark] = {}
        again = "it fails"
        try:
            self._carried_out(reference, marks)
        except Overrun as second:
            again = second.what
        if not marks or not marks[overrun.criterion].passed:
            raise RubricError(
                f"{order.rubric}: the check of {overrun.criterion!r}: {overrun.what}; on the reference: {again}\n"
                "  fix:     make the check cheaper, so that it decides the reference within its limits"
            )


class Child:
    """The grading process and the socket to it."""

    def __init__(self, root: Path) -> None:
        self._log: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        self._ours, theirs = socket.socketpair()
        self._unread = b""
        self._prepared: set[tuple[str, int]] = set()
        self._unanswered = 0
        """Orders sent to get ready, whose answers nobody has read."""
        self.is_over = False
        # What was printed before the last order goes: the log stays as short as what one grading prints.
        fcntl.fcntl(self._log, fcntl.F_SETFL, os.O_APPEND)
        with theirs:
            self._process = subprocess.Popen(
                isolated.command("hapi_pytest.grading_process", str(theirs.fileno()), str(root)),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=isolated.environment(),
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # ctrl-c is ours to handle
            )

    def prepare(self, order: Order) -> None:
        """Send an order without criteria, once for each variant, and do not wait for its answer."""
        if (order.folder, order.variant) not in self._prepared:
            self._prepared.add((order.folder, order.variant))
            self._send(order)
            self._unanswered += 1

    def carry_out(self, order: Order, marks: dict[str, Mark]) -> str:
        """Send an order and add its marks one by one; returns the rung that ran something.

        Raises Overrun when a check does not come back, and what the process reports.
        """
        began = file = ""
        is_reading = False
        self._send(order)
        end = time.monotonic() + LOADING_SECONDS
        while True:
            message = self._received(end)
            if self._unanswered and message is not None:
                self._unanswered -= 1
                continue
            match message:
                case Began(criterion):
                    began, file, is_reading, end = criterion, "", False, time.monotonic() + order.seconds
                case Reading(name):
                    file, is_reading = name or file, bool(name)
                case Marked(mark):
                    marks[mark.criterion] = mark
                    began, end = "", time.monotonic() + LOADING_SECONDS
                case Done(rung):
                    return rung
                case Unscored(kind, text):
                    raise ERRORS[kind](text)
                case Exhausted():
                    most = f"{isolated.MEMORY_BYTES >> 20} MiB of memory"
                    raise Overrun(began, file, is_reading, f"the check took more than {most}")
                case None:
                    what = self._ended(order.seconds, end)
                    if began:
                        raise Overrun(began, file, is_reading, what)
                    raise UnscoredError(f"the grading process did not get ready: {what}\n{self._tail()}")

    def _send(self, order: Order) -> None:
        self._log.truncate(0)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # that it is dead is told by its silence
            self._ours.sendall(msgspec.json.encode(order) + b"\n")

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.is_over = True
        self._ours.close()
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _received(self, end: float) -> Message | None:
        """Return the next message; None when there is none until then, or none any more."""
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._ours], [], [], max(0.0, end - time.monotonic()))
            part = b""
            with contextlib.suppress(ConnectionResetError):
                part = self._ours.recv(1 << 16) if ready else b""
            if not part:
                return None
            self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        message: Message = _decoder.decode(line)
        return message

    def _ended(self, seconds: float, end: float) -> str:
        """Say why there is no message: too slow, or dead."""
        self.is_over = True
        if time.monotonic() >= end:
            return f"the check took longer than {seconds:g} seconds"
        code = self._process.wait()
        return f"the check ended the grading process ({f'signal {-code}' if code < 0 else f'exit code {code}'})"

    def _tail(self) -> str:
        self._log.seek(0)
        return self._log.read()[-3000:].decode(errors="replace")


def _without(order: Order, file: str, reason: str) -> Order:
    """Leave a file out: each other check that reads it would overrun as well, and fails at once instead."""
    files = {name: path for name, path in (order.files or {}).items() if name != file}
    return msgspec.structs.replace(order, files=files, refused={**order.refused, file: reason})
