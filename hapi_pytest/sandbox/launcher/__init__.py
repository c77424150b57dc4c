"""Starts commands: a process of its own (`python -I -S`) that lives as long as ours and forks itself for each of them.

So neither a fork nor a death of ours can leave anything behind, and no command waits for a Python to start. It has one
thread and holds nothing but its socket.
"""

import contextlib
import os
import signal
import socket
import sys

from .command import carry_out

MOST_DESCRIPTORS = 16


def main() -> None:
    """Take commands from the socket whose number is the last argument until nobody is left at its other end."""
    with socket.socket(fileno=int(sys.argv[-1])) as requests:
        requests.set_inheritable(False)
        signal.signal(signal.SIGCHLD, _reap)
        while True:
            request, descriptors, _, _ = socket.recv_fds(requests, 1, MOST_DESCRIPTORS)
            if not request:
                return
            # Should there be no process left to fork, the command ends without a report, which is told.
            with contextlib.suppress(OSError):
                if os.fork() == 0:
                    requests.close()
                    carry_out(descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _reap(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
