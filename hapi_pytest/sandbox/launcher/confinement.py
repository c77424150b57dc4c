"""What a process does to itself before it becomes the command: calls of the C library that Python has no name for."""

import _ctypes
import posix as os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 22, 24, 28, 38
SYS_LANDLOCK_RESTRICT_SELF = 446
CAPABILITIES_VERSION = 0x20080522
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS off and no ambient ones, each locked: root stays without capabilities.
SECUREBITS = 0b11101111


class _Long(_ctypes._SimpleCData):  # type: ignore[type-arg]
    _type_ = "l"


class _Word(_ctypes._SimpleCData):  # type: ignore[type-arg]
    _type_ = "Q"


class _Function(_ctypes.CFuncPtr):
    # ctypes itself would be clearer and costs 5 ms more per command.
    _flags_ = _ctypes.FUNCFLAG_CDECL | _ctypes.FUNCFLAG_USE_ERRNO
    _restype_ = _Long


def call(name: str, *arguments: int) -> int:
    """Call a function of the C library with long arguments; raises OSError when it returns -1."""
    library = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]
    function = _Function(_ctypes.dlsym(library, name))
    result: int = function(*(_Long(value) for value in arguments))
    if result == -1:
        number = _ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def words(*values: int) -> "Any":
    """Return an array of 64-bit words in memory that C can read."""
    kind = type("Words", (_ctypes.Array,), {"_type_": _Word, "_length_": len(values)})
    return kind(*values)


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
    call("capset", _ctypes.addressof(header), _ctypes.addressof(none))
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    call("syscall", SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    steps = words(*(int.from_bytes(program[at : at + 8], "little") for at in range(0, len(program), 8)))
    head = words(len(program) // 8, _ctypes.addressof(steps))
    call("prctl", PR_SET_SECCOMP, 2, _ctypes.addressof(head), 0, 0)
