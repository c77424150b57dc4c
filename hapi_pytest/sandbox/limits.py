"""What one command may use, on every rung."""

import math
import resource

MIB = 1 << 20
GIB = 1 << 30

OUTPUT_BYTES = MIB
"""Kept of stdout and of stderr each."""
WORKSPACE_BYTES = 2 * GIB
"""Disk of the workspace and the private temporary folder together, with deleted files that are still open."""
WORKSPACE_ENTRIES = 100_000
PROCESSES = 256
THREADS = 2048
RESIDENT_BYTES = 4 * GIB
"""Memory of all processes together; pages that processes share count for each."""
ADDRESS_BYTES = 4 * GIB
"""Of one process."""
CPU_CORES = 4.0
"""Processors that all processes together can keep busy through the whole wall time, however many the host has."""
FILE_BYTES = GIB
OPEN_FILES = 1024
STACK_BYTES = 8 * MIB


def watched(seconds: float) -> dict[str, float]:
    """Return what the launcher measures in a command of that wall time, under the names that it knows."""
    return {
        "cpu": seconds * CPU_CORES,
        "processes": PROCESSES,
        "threads": THREADS,
        "resident": RESIDENT_BYTES,
        "bytes": WORKSPACE_BYTES,
        "entries": WORKSPACE_ENTRIES,
    }


def rlimits(seconds: float) -> list[tuple[int, int]]:
    """Return the limits that the kernel holds for each process of a command of that wall time."""
    limits = [
        # Later than the launcher, which says why.
        (resource.RLIMIT_CPU, math.ceil(seconds * CPU_CORES) + 1),
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
