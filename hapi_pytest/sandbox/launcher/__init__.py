"""Starts one command, watches over all that it starts, and leaves nothing of it alive.

A process of its own (`python -I -S`), so that neither a fork nor a death of ours can leave anything behind. Every
sandboxed command pays for its imports, so it takes only what is built in or loads in microseconds: `posix` for `os`
saves 1.5 ms, `_ctypes` for `ctypes` 5 ms, no `typing` 10 ms.
"""

import _signal  # type: ignore[import-not-found]
import marshal
import posix as os
import resource
import sys

from .confinement import call, restrict
from .watch import ABANDONED, IS_LINUX, Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Order = dict[str, Any]

FIRST_INHERITED = 100
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main() -> None:
    """Take an order from the socket whose number is the last argument, carry it out, and report."""
    control = int(sys.argv[-1])
    order = marshal.loads(_received(control))
    for descriptor in (control, *order["inherited"]):
        os.set_inheritable(descriptor, False)
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    _signal.signal(_signal.SIGCHLD, lambda *_: None)
    _signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    if IS_LINUX:
        call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        _go_ahead_of_the_command()
    report = Watch(order, _started(order), control, reader).through()
    if report[2] == ABANDONED:
        os.execv("/bin/rm", ["rm", "-rf", "--", order["scratch"]])
    os.write(control, marshal.dumps(report))
    os._exit(0)


def _go_ahead_of_the_command() -> None:
    """Be scheduled before thousands of others: root's fork bombs have no other limit than us."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except OSError:
        return


def _received(control: int) -> bytes:
    return _exactly(control, int.from_bytes(_exactly(control, 8), "little"))


def _exactly(descriptor: int, size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = os.read(descriptor, size - len(content))
        if not part:
            os._exit(1)
        content += part
    return content


def _started(order: "Order") -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        for descriptor in order["inherited"]:
            os.close(descriptor)
        return child
    try:
        _enter(order, parent)
        os.execve(order["argv"][0], order["argv"], order["env"])
    except Exception as error:  # nothing may run on as a second launcher
        os.write(2, f"sandbox: cannot start: {error}\n".encode(errors="replace"))
    os._exit(126)


def _enter(order: "Order", parent: int) -> None:
    os.setsid()
    os.umask(0o022)
    os.nice(5)
    os.chdir(order["cwd"])
    _signal.set_wakeup_fd(-1)
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ, _signal.SIGCHLD, _signal.SIGINT):
        _signal.signal(number, _signal.SIG_DFL)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, [])
    if IS_LINUX:
        call("prctl", PR_SET_PDEATHSIG, _signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        _first_for_the_oom_killer()
    for kind, most in order["rlimits"]:
        _limit(kind, most)
    # First to numbers that are free here, so that none of them is overwritten before it is moved.
    for number, copy in [(FIRST_INHERITED + at, os.dup(old)) for at, old in enumerate(order["inherited"])]:
        os.dup2(copy, number)
    if order["ruleset"] >= 0:
        restrict(order["ruleset"], order["filter"])


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except ValueError:
        # macOS names limits that it does not let anyone set.
        if IS_LINUX:
            raise


def _first_for_the_oom_killer() -> None:
    try:
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(descriptor, b"1000")
        os.close(descriptor)
    except OSError:
        return
