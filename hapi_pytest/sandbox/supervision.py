"""Our side of a sandboxed command: gives the launcher its order and collects what comes back."""

import contextlib
import fcntl
import marshal
import os
import selectors
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import msgspec

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import limits
from hapi_pytest.sandbox.contract import Finished
from hapi_pytest.sandbox.launching import launch

# `command -v` first, so that the message is the same whichever shell is /bin/sh.
SHELL_START = (
    'command -v -- "$1" >/dev/null 2>&1 || { printf "%s: command not found\\n" "$1" >&2; exit 127; }; exec "$@"'
)
GRACE_SECONDS = 30.0
"""How much longer than the deadline the launcher may take to kill and to report."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the launcher is to do, in plain values."""

    argv: Sequence[str]
    env: dict[str, str]
    cwd: str
    scratch: str
    """The private temporary folder: measured with the workspace, and the launcher's to delete when we are dead."""
    workspace: str
    inherited: Sequence[int] = ()
    """Descriptors that the command gets besides 0, 1 and 2: always numbered from 100 on."""
    ruleset: int = -1
    """Descriptor of a Landlock ruleset to enter, with `filter`."""
    filter: bytes = b""

    def packed(self, seconds: float) -> bytes:
        """Return the order as the launcher reads it."""
        content = {
            "argv": [_encoded(argument) for argument in self.argv],
            "env": {_encoded(name): _encoded(value) for name, value in self.env.items()},
            "cwd": _encoded(self.cwd),
            "measured": [_encoded(self.workspace), _encoded(self.scratch)],
            "scratch": _encoded(self.scratch),
            "has_ruleset": self.ruleset >= 0,
            "filter": self.filter,
            "seconds": float(seconds),
            "rlimits": limits.rlimits(seconds),
            "most": limits.watched(seconds),
        }
        packed = marshal.dumps(content)
        return len(packed).to_bytes(8, "little") + packed


def home_of(workspace: Path) -> str:
    """Return the real path of a workspace."""
    if not workspace.is_dir():
        raise SandboxError(f"{workspace}: there is no folder to run a command in")
    return str(workspace.resolve())


def through_shell(argv: Sequence[str]) -> list[str]:
    """Return the command so that a missing program ends alike on every rung: with a message and 127."""
    if not argv:
        raise ValueError("there is no command")
    return ["/bin/sh", "-c", SHELL_START, "sh", *argv]


def supervise(order: Order, stdin: bytes, seconds: float) -> Finished:
    """Carry an order out; raises SandboxError when the launcher ends without a report."""
    try:
        packed = order.packed(seconds)
    except UnicodeEncodeError as error:
        return Finished(exit_code=126, stdout=b"", stderr=f"sandbox: cannot start: {error}\n".encode())
    rulesets = [order.ruleset] if order.ruleset >= 0 else []
    with in_memory(stdin) as content, _launched(content, [*order.inherited, *rulesets]) as streams:
        return _collected(streams, packed, time.monotonic() + seconds + GRACE_SECONDS)


class Streams(NamedTuple):
    """Our ends of what a launched command is connected to."""

    control: socket.socket
    stdout: BinaryIO
    stderr: BinaryIO


@contextlib.contextmanager
def _launched(stdin: BinaryIO, inherited: Sequence[int]) -> Iterator[Streams]:
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    error_reader, error_writer = os.pipe()
    with ours, open(reader, "rb", buffering=0) as stdout, open(error_reader, "rb", buffering=0) as stderr:
        with theirs, open(writer, "wb", buffering=0), open(error_writer, "wb", buffering=0):
            launch([theirs.fileno(), stdin.fileno(), writer, error_writer, *inherited])
        try:
            yield Streams(ours, stdout, stderr)
        finally:
            # Whatever happened here, even ctrl-c: when nobody listens, the command is killed, and then they hang up.
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_WR)
                ours.settimeout(GRACE_SECONDS)
                while ours.recv(4096):
                    pass


def _collected(streams: Streams, packed: bytes, end: float) -> Finished:
    stdout, stderr, report = Head(limits.OUTPUT_BYTES), Head(limits.OUTPUT_BYTES), Head(limits.OUTPUT_BYTES)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        streams.control.sendall(packed)
    with selectors.DefaultSelector() as selector:
        descriptors = streams.stdout.fileno(), streams.stderr.fileno(), streams.control.fileno()
        for descriptor, head in zip(descriptors, (stdout, stderr, report), strict=True):
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ, head)
        is_over = False
        while not is_over:
            left = end - time.monotonic()
            if left <= 0:
                raise SandboxError("a sandboxed command could not be killed: its processes hang in the kernel")
            for key, _ in selector.select(left):
                if not key.data.took(key.fd):
                    selector.unregister(key.fileobj)
                    is_over = is_over or key.data is report
        # All that wrote is dead, so that what is in the pipes now is the rest.
        for file, head in ((streams.stdout, stdout), (streams.stderr, stderr)):
            while head.took(file.fileno(), is_empty_over=True):
                pass
    return _finished(stdout, stderr, bytes(report.content))


def _finished(stdout: "Head", stderr: "Head", report: bytes) -> Finished:
    try:
        exit_code, is_timed_out, note = marshal.loads(report)
    except (EOFError, ValueError, TypeError) as error:
        tail = bytes(stderr.content[-2000:]).decode(errors="replace")
        raise SandboxError(f"the sandbox's launcher died without a report\n{tail}") from error
    if note == "unkillable":
        raise SandboxError("a sandboxed command left a process that could not be killed")
    text = bytes(stderr.content)
    if note:
        text += (b"" if text.endswith(b"\n") or not text else b"\n") + f"sandbox: {note}\n".encode()
    return Finished(
        exit_code=exit_code,
        stdout=bytes(stdout.content),
        stderr=text,
        is_timed_out=is_timed_out,
        is_output_cut=stdout.is_cut or stderr.is_cut,
    )


class Head:
    """The beginning of a stream; the rest is read and dropped, so that nobody who writes has to wait."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.content = bytearray()
        self.is_cut = False

    def took(self, descriptor: int, *, is_empty_over: bool = False) -> bool:
        """Read once; return whether there may be more."""
        try:
            part = os.read(descriptor, 65536)
        except BlockingIOError:
            return not is_empty_over
        except ConnectionResetError:
            return False
        room = self._most - len(self.content)
        self.content += part[:room]
        self.is_cut = self.is_cut or len(part) > room
        return bool(part)


def _encoded(text: str) -> bytes:
    if "\0" in text:
        raise UnicodeEncodeError("utf-8", text, text.index("\0"), text.index("\0") + 1, "a NUL in a command")
    return text.encode("utf-8", "surrogateescape")


@contextlib.contextmanager
def in_memory(content: bytes) -> Iterator[BinaryIO]:
    """Give the content as an open file at its beginning, that nobody can change: unlike a pipe it needs no feeding."""
    if hasattr(os, "memfd_create"):
        file: BinaryIO = os.fdopen(os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b", 0)
    else:
        file = cast(BinaryIO, tempfile.TemporaryFile(buffering=0))  # noqa: SIM115
    with file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
        file.seek(0)
        if hasattr(os, "memfd_create"):
            seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
            fcntl.fcntl(file, fcntl.F_ADD_SEALS, seals)
        yield file
