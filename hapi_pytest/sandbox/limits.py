"""What one command may use, on every rung."""

import math
import os
import resource

MIB = 1 << 20
GIB = 1 << 30

OUTPUT_BYTES = MIB
"""Kept of stdout and of stderr each."""
WORKSPACE_BYTES = 2 * GIB
"""Disk of the workspace and the private temporary folder together; deleted files that are still open do not count."""
WORKSPACE_ENTRIES = 100_000
PROCESSES = 256
THREADS = 2048
RESIDENT_BYTES = 4 * GIB
"""Memory of all processes together; pages that processes share count for each."""
ADDRESS_BYTES = 4 * GIB
FILE_BYTES = GIB
OPEN_FILES = 1024
STACK_BYTES = 8 * MIB


def watched() -> dict[str, int]:
    """Return what the launcher measures while the command runs, under the names that it knows."""
    return {
        "processes": PROCESSES,
        "threads": THREADS,
        "resident": RESIDENT_BYTES,
        "bytes": WORKSPACE_BYTES,
        "entries": WORKSPACE_ENTRIES,
    }


def rlimits(seconds: float) -> list[tuple[int, int]]:
    """Return the limits that the kernel holds for each process of a command of that wall time."""
    # Threads of one process share its CPU seconds, so that a fair numpy call on many cores needs more than wall time.
    cpu_seconds = (math.ceil(seconds) + 5) * (os.cpu_count() or 1)
    limits = [
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_STACK, STACK_BYTES),
        (resource.RLIMIT_AS, ADDRESS_BYTES),
    ]
    tasks = _tasks()
    if tasks:
        limits.append((resource.RLIMIT_NPROC, tasks + 4 * PROCESSES))
    return limits


def _tasks() -> int:
    """Return how many tasks the host runs now: NPROC counts all that the user has, not only ours."""
    try:
        with open("/proc/loadavg", encoding="ascii") as file:
            return int(file.read().split()[3].split("/")[1])
    except (OSError, IndexError, ValueError):
        return 0
