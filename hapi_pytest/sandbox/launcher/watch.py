"""The wait for a command, with everything that can end it early, and the end of all that it started."""

import os
import resource
import select
import sys
import time
from collections.abc import Callable
from typing import Any

TICK_SECONDS = 0.025
LOOK_SECONDS = 0.1
MEASURE_SECONDS = 0.5
JUMP = 100
"""New tasks on the whole host after which one looks at once: a fork bomb makes thousands in a tenth of a second."""
KILL_SECONDS = 10.0
TIMED_OUT = 124
ABANDONED, UNKILLABLE = "abandoned", "unkillable"
IS_LINUX = sys.platform == "linux"
TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """The wait for one command, with everything that can end it early."""

    def __init__(self, order: dict[str, Any], child: int, control: int, wakeup: int) -> None:
        self._child, self._control, self._wakeup = child, control, wakeup
        self._most, self._folders = order["most"], order["measured"]
        self._seconds: float = order["seconds"]
        self._status: int | None = None
        self._next_look = self._next_measure = 0.0
        self._tasks = tasks()

    def through(self) -> tuple[int, bool, str]:
        """Wait for the end, kill what is left, and return exit code, whether timed out, and why stopped."""
        reason = self._waited()
        is_timed_out = reason == "deadline"
        if not self._killed_all():
            return 128 + 9, is_timed_out, UNKILLABLE
        if is_timed_out:
            return TIMED_OUT, True, f"stopped after {self._seconds:g} seconds"
        if reason:
            return 128 + 9, False, reason
        return _exit_code(self._status or 0), False, ""

    def _waited(self) -> str:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wakeup, select.POLLIN)
        start = time.monotonic()
        self._next_look, self._next_measure = start + LOOK_SECONDS, start + MEASURE_SECONDS
        while True:
            self._reap()
            if self._status is not None:
                return ""
            left = start + self._seconds - time.monotonic()
            if left <= 0:
                return "deadline"
            # The parent never writes again: any event of its socket means that it is gone.
            if any(descriptor == self._control for descriptor, _ in poll.poll(min(TICK_SECONDS, left) * 1000)):
                return ABANDONED
            try:
                while os.read(self._wakeup, 512):
                    pass
            except BlockingIOError:
                pass
            self._reap()
            is_time = time.monotonic() > self._next_look or tasks() > self._tasks + JUMP
            if is_time and self._status is None and (reason := self._excess()):
                return reason

    def _reap(self) -> bool:
        """Collect who has ended, orphans too; return whether any child is left."""
        try:
            for _ in range(1000):
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid == self._child:
                    self._status = status
        except ChildProcessError:
            return False
        return True

    def _excess(self) -> str:
        now = time.monotonic()
        processes = threads = resident = 0
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_seconds = used.ru_utime + used.ru_stime
        alive = descendants()
        for pid in alive:
            state = stat(pid)
            if state:
                processes += 1
                cpu_seconds += sum(int(ticks) for ticks in state[11:15]) / TICKS
                threads += int(state[17])
                resident += int(state[21]) * resource.getpagesize()
        if processes > self._most["processes"]:
            return f"stopped: more than {self._most['processes']} processes"
        if threads > self._most["threads"]:
            return f"stopped: more than {self._most['threads']} threads"
        if resident > self._most["resident"]:
            return f"stopped: more than {self._most['resident'] >> 20} MiB of memory"
        if cpu_seconds > self._most["cpu"]:
            return f"stopped: more than {self._most['cpu']:g} seconds of processor time"
        # On a host with many processes the look itself costs: never more than a tenth of a core.
        self._next_look = time.monotonic() + max(LOOK_SECONDS, 10 * (time.monotonic() - now))
        self._tasks = tasks()
        now = time.monotonic()
        if now < self._next_measure:
            return ""
        reason = self._oversize(alive)
        self._next_measure = time.monotonic() + max(MEASURE_SECONDS, 10 * (time.monotonic() - now))
        return reason

    def _oversize(self, alive: list[int]) -> str:
        entries, size = 0, deleted(alive)
        pending = list(self._folders)
        while pending:
            try:
                with os.scandir(pending.pop()) as found:
                    for entry in found:
                        entries += 1
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(entry.path)
                        if entries > self._most["entries"]:
                            return f"stopped: more than {self._most['entries']} files in the workspace"
            except PermissionError:
                return "stopped: a closed folder in the workspace, which cannot be measured"
            except OSError:
                continue
        if size > self._most["bytes"]:
            return f"stopped: more than {self._most['bytes'] >> 20} MiB in the workspace"
        return ""

    def _killed_all(self) -> bool:
        """Kill until there is no child left, and so no descendant: orphans become our children."""
        end = time.monotonic() + KILL_SECONDS
        pause = 0.0005
        if not IS_LINUX:
            # No orphan comes to us there: at least those that stayed in the command's group.
            _signalled(os.killpg, self._child, 9)
        if self._status is not None and self._reap():
            # bwrap's own init is ending by itself just now, and looking for it costs more than waiting.
            select.select([self._wakeup], [], [], 0.005)
        while self._reap():
            if time.monotonic() > end:
                return False
            if self._status is None:
                _signalled(os.killpg, self._child, 9)
            found = descendants() or [self._child]
            # Stopped first, so that nothing forks while the others are being killed.
            for number in (19, 9) if IS_LINUX else (9,):
                for pid in found:
                    _signalled(os.kill, pid, number)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
        return True


def _signalled(send: Callable[[int, int], None], target: int, number: int) -> None:
    try:
        send(target, number)
    except (ProcessLookupError, PermissionError):
        return


def _exit_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def stat(pid: int) -> list[bytes]:
    """Return the fields of /proc/<pid>/stat from the state on, or nothing when it is gone or a zombie."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except OSError:
        return []
    try:
        fields = os.read(descriptor, 4096).rpartition(b")")[2].split()
    except OSError:
        return []
    finally:
        os.close(descriptor)
    return [] if not fields or fields[0] in (b"Z", b"X") else fields


def deleted(pids: list[int]) -> int:
    """Return how many bytes these keep on the disk in open files that have no name any more."""
    sizes = {}
    for pid in pids:
        try:
            names = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for name in names:
            try:
                found = os.stat(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
            if found.st_nlink == 0:
                sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())


def tasks() -> int:
    """Return how many tasks the host has, which costs next to nothing to learn."""
    try:
        descriptor = os.open("/proc/loadavg", os.O_RDONLY)
    except OSError:
        return 0
    total = int(os.read(descriptor, 256).split()[3].partition(b"/")[2])
    os.close(descriptor)
    return total


def descendants() -> list[int]:
    """Return everyone below this process, at this moment."""
    if not IS_LINUX:
        return []
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal() and (fields := stat(int(name))):
            parents.setdefault(int(fields[1]), []).append(int(name))
    found, pending = [], [os.getpid()]
    while pending:
        below = parents.get(pending.pop(), [])
        found += below
        pending += below
    return found
