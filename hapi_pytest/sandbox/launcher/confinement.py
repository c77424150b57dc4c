"""What a process does to itself before it becomes the command: calls of the C library that Python has no name for."""

import ctypes
import os

PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 22, 24, 28, 38
SYS_LANDLOCK_RESTRICT_SELF = 446
CAPABILITIES_VERSION = 0x20080522
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off and no ambient ones, each locked: root stays without capabilities.
SECUREBITS = 0b11101111


_c = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: int) -> int:
    """Call a function of the C library with long arguments; raises OSError when it returns -1."""
    function = getattr(_c, name)
    function.restype = ctypes.c_long
    result: int = function(*map(ctypes.c_long, arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def words(*values: int) -> "ctypes.Array[ctypes.c_uint64]":
    """Return an array of 64-bit words in memory that C can read."""
    return (ctypes.c_uint64 * len(values))(*values)


def restrict(ruleset: int, program: bytes) -> None:
    """Give up capabilities, then enter the Landlock domain and the seccomp filter, for good."""
    if os.geteuid() == 0:
        for capability in range(64):
            try:
                call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
            except OSError:
                break
        call("prctl", PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0)
    header, none = words(CAPABILITIES_VERSION), words(0, 0, 0)
    call("capset", ctypes.addressof(header), ctypes.addressof(none))
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("syscall", SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    steps = words(*(int.from_bytes(program[at : at + 8], "little") for at in range(0, len(program), 8)))
    head = words(len(program) // 8, ctypes.addressof(steps))
    call("prctl", PR_SET_SECCOMP, 2, ctypes.addressof(head), 0, 0)
