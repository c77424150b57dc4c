"""Several commands at once in one sandbox; run there with `python3 -c`, on the standard library alone.

A fork of a Python that is up does what a new one would, without the time to start it.
"""

import argparse  # noqa: F401  # what programs mostly import, for all forks once
import binascii
import csv  # noqa: F401
import gc
import json
import os
import pkgutil  # noqa: F401  # runpy imports it late
import re  # noqa: F401
import runpy
import signal
import sys
import time

PYTHON = "python3"
OURS = {"argparse", "binascii", "csv", "gc", "json", "pkgutil", "re", "runpy"}
"""What we have imported, and a Python that starts has not."""
MOST_OUTPUT = 675_000
"""Bytes of stdout and stderr of all commands together; the sandbox keeps a mebibyte of ours, in base64 and JSON."""


def main() -> None:
    """Read orders from stdin, a folder each with a command, and write what became of them to stdout."""
    told = json.loads(b"".join(iter(lambda: os.read(0, 1 << 16), b"")))
    gc.freeze()  # what is shared stays shared
    running: dict[int, tuple[int, int]] = {}
    for number, argv in enumerate(told["commands"]):
        out, err = _unnamed(), _unnamed()
        given = os.open(f"{number}.stdin", os.O_RDONLY)
        pid = os.fork()
        if not pid:
            os.setsid()
            os.chdir(str(number))
            for ours, theirs in enumerate((given, out, err)):
                os.dup2(theirs, ours)
            os.closerange(3, 1024)
            _become(argv)
            return
        os.close(given)
        running[pid] = (out, err)
    statuses = _waited(set(running), time.monotonic() + told["seconds"])
    most = _level([os.fstat(stream).st_size for streams in running.values() for stream in streams])
    ended = []
    for pid, streams in running.items():
        shown = (binascii.b2a_base64(os.pread(stream, most, 0), newline=False).decode() for stream in streams)
        ended.append([statuses.get(pid), *shown])
    answer = json.dumps(ended).encode()
    while answer:
        answer = answer[os.write(1, answer) :]


def _level(sizes: list[int]) -> int:
    """Return where to cut outputs so that all together fit: those below it stay whole."""
    room = MOST_OUTPUT
    for left, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size * left > room:
            return room // left
        room -= size
    return MOST_OUTPUT


def _become(argv: list[str]) -> None:
    """Be the command: a Python script in this process, anything else in its place."""
    if argv[0] == PYTHON and len(argv) > 1 and argv[1].endswith(".py"):
        sys.argv = argv[1:]
        sys.path[0] = os.path.dirname(os.path.abspath(argv[1]))
        for name in {entry.partition(".")[0] for entry in os.listdir(sys.path[0])} & OURS:
            sys.modules.pop(name, None)  # what lies beside a script comes before the standard library
        runpy.run_path(argv[1], run_name="__main__")
        return
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


def _unnamed() -> int:
    """Return an open file that has no name, so that no other command can find it."""
    name = f".{os.urandom(8).hex()}"
    opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(name)
    return opened


def _waited(pids: set[int], end: float) -> dict[int, int]:
    """Return exit codes by process, 128 and the number where a signal ended one, none where it took too long."""
    statuses: dict[int, int] = {}
    while pids - statuses.keys() and time.monotonic() < end:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid in pids:
            code = os.waitstatus_to_exitcode(status)
            statuses[pid] = code if code >= 0 else 128 - code
        elif not pid:
            time.sleep(0.001)
    for pid in pids - statuses.keys():
        os.killpg(pid, signal.SIGKILL)
    return statuses


if __name__ == "__main__":
    main()
