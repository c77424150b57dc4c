"""What each rung holds, and what it does not: the table of docs/sandbox.md and of every result."""

from typing import NamedTuple

HELD, NOT_HELD = "held", "not held"
SINCE_6_12 = "held from Linux 6.12 on"
"""Before, a command can signal its own user's processes, and so kill the launcher that watches it."""
RESOURCE = "held unless we have CAP_SYS_RESOURCE"
SCOPES_SINCE = 6
"""The Landlock version of Linux 6.12."""


class Wall(NamedTuple):
    """One thing that a command may try, and how it fares on each rung."""

    what: str
    bwrap: str = HELD
    landlock: str = HELD
    none: str = NOT_HELD


WALLS = (
    Wall("the network"),
    Wall("sockets of other processes"),
    Wall("signals to other processes", landlock=SINCE_6_12),
    Wall("priority and processors of other processes"),
    Wall("memory and environment of other processes"),
    Wall("reading projects, cassettes and results"),
    Wall("reading other workspaces"),
    Wall("reading temporary and cache folders of pytest"),
    Wall("reading the host's /tmp"),
    Wall("reading home"),
    Wall("writing outside the workspace"),
    Wall("watching for files that come and go outside"),
    Wall("memory of all processes together", landlock=SINCE_6_12),
    Wall("processor time of all processes together", landlock=SINCE_6_12),
    Wall("wall time", landlock=SINCE_6_12),
    Wall("the number of processes and threads", landlock=SINCE_6_12),
    Wall("the size of a file", none=RESOURCE),
    Wall("disk space and the number of files", landlock=SINCE_6_12),
    Wall("the end of the whole process tree", landlock=SINCE_6_12),
    Wall("whether a path outside exists, its size, owner and times", landlock=NOT_HELD),
    Wall("modes and times of our user's files outside", landlock=NOT_HELD),
    Wall("which process numbers are in use", landlock=NOT_HELD),
    Wall("the names of host and user", landlock=NOT_HELD),
    Wall("where the workspace lies on the host", NOT_HELD, NOT_HELD),
    Wall("which software the host has, its hardware and load", NOT_HELD, NOT_HELD),
    Wall("peaks of memory, disk and processes between two looks", NOT_HELD, NOT_HELD),
    Wall("processor time of processes that nobody waits for", NOT_HELD, NOT_HELD),
    Wall("memory that the kernel keeps for pipes and socket pairs", NOT_HELD, NOT_HELD),
    Wall("disk space of deleted files that are mapped and not open", NOT_HELD, NOT_HELD),
)


def not_held(rung: str) -> tuple[str, ...]:
    """Return what that rung does not hold on this host, in short phrases; raises ValueError for what is no rung."""
    if rung not in ("bwrap", "landlock", "none"):
        raise ValueError(f"no rung is named {rung!r}")
    kept = {HELD, SINCE_6_12} if rung == "landlock" and _has_scopes() else {HELD}
    return tuple(wall.what for wall in WALLS if getattr(wall, rung) not in kept)


def _has_scopes() -> bool:
    # Late: it needs what only Linux has.
    from hapi_pytest.sandbox.ruleset import abi

    try:
        return abi() >= SCOPES_SINCE
    except OSError:
        return False
