"""One command from start to end, in a process that was forked for it: leaves nothing of it alive."""

import contextlib
import marshal
import os
import resource
import signal
from typing import Any, NoReturn

from .confinement import call, restrict
from .watch import ABANDONED, IS_LINUX, Watch

Order = dict[str, Any]

FIRST_INHERITED = 100
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def carry_out(descriptors: list[int]) -> NoReturn:
    """Take an order from the first of these, carry it out, report, and end; the next are the command's 0, 1 and 2."""
    try:
        control, *standard = descriptors[:4]
        for number, descriptor in enumerate(standard):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.setsid()
        _supervise(control, descriptors[4:])
    except BaseException as error:  # whatever it is, nothing may run on as a second launcher
        os.write(2, f"sandbox: {type(error).__name__}: {error}\n".encode(errors="replace"))
    os._exit(1)


def _supervise(control: int, inherited: list[int]) -> None:
    for descriptor in (control, *inherited):
        os.set_inheritable(descriptor, False)
    order = marshal.loads(_received(control))
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    if IS_LINUX:
        call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        _go_ahead_of_the_command()
    report = Watch(order, _started(order, inherited), control, reader).through()
    if report[2] == ABANDONED:
        os.execv("/bin/rm", ["rm", "-rf", "--", order["scratch"]])
    os.write(control, marshal.dumps(report))
    os._exit(0)


def _go_ahead_of_the_command() -> None:
    """Be scheduled before thousands of others: root's fork bombs have no other limit than us."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))


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


def _started(order: Order, inherited: list[int]) -> int:
    parent = os.getpid()
    child = os.fork()
    if child:
        for descriptor in inherited:
            os.close(descriptor)
        return child
    try:
        _enter(order, inherited, parent)
        os.execve(order["argv"][0], order["argv"], order["env"])
    except Exception as error:  # nothing may run on as a second launcher
        os.write(2, f"sandbox: cannot start: {error}\n".encode(errors="replace"))
    os._exit(126)


def _enter(order: Order, inherited: list[int], parent: int) -> None:
    os.setsid()
    os.umask(0o022)
    os.nice(5)
    os.chdir(order["cwd"])
    signal.set_wakeup_fd(-1)
    for sign in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGINT):
        signal.signal(sign, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if IS_LINUX:
        call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        _first_for_the_oom_killer()
    for kind, most in order["rlimits"]:
        _limit(kind, most)
    ruleset = inherited.pop() if order["has_ruleset"] else -1
    for number, descriptor in enumerate(inherited, FIRST_INHERITED):
        os.dup2(descriptor, number)
    if ruleset >= 0:
        restrict(ruleset, order["filter"])


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
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb", buffering=0) as file:
        file.write(b"1000")
