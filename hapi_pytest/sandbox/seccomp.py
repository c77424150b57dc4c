"""The filter of system calls: a classic BPF program that the kernel runs before each call."""

import functools
import platform
import struct

from hapi_pytest.sandbox.calls import ARCHITECTURES, FIRST_UNKNOWN, NUMBERS

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
OFFSET_NUMBER, OFFSET_ARCHITECTURE, OFFSET_ARGUMENTS = 0, 4, 16
AF_UNIX, SOCK_DGRAM, SOCK_KIND = 1, 2, 0xF
NEW_NAMESPACES = 0x7E020000
O_ACCMODE, O_TRUNC = 3, 0o1000

FORBIDDEN = (
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd"
    " add_key request_key keyctl bpf perf_event_open userfaultfd"
    " io_uring_setup io_uring_enter io_uring_register"
    " mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr"
    " unshare setns name_to_handle_at open_by_handle_at fanotify_init"
    " init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl"
    " syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup iopl ioperm"
    " lookup_dcookie nfsservctl migrate_pages move_pages"
)
"""Names with blanks between."""
SHARED_WITH_HOST = (
    "connect bind shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink"
)
"""Ways to others on the host that do not lead through a file; bwrap has its own namespaces for them."""
WATCHES = "inotify_init inotify_init1"
"""They tell the names in folders that Landlock lets nobody list."""
SCHEDULING = "sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
"""What a process may do to itself only; its user's others are as open to it."""
PRIO_PROCESS, IOPRIO_PROCESS = 0, 1
UNKNOWN = "clone3 memfd_create memfd_secret"
"""Answered as an old kernel would, so that callers fall back: their arguments cannot be looked into."""

Step = tuple[int, int, int, int]


def is_supported() -> bool:
    """Tell whether the call numbers of this machine are known."""
    return platform.machine() in ARCHITECTURES


@functools.cache
def program(*, has_namespaces: bool, is_truncate_held: bool = True) -> bytes:
    """Return the filter: for a command with its own namespaces, or for one that shares ours.

    `is_truncate_held` is False on kernels whose Landlock lets files be emptied that can only be read.
    """
    architecture = ARCHITECTURES[platform.machine()]
    numbers = NUMBERS[platform.machine()]
    steps: list[Step] = [
        (LOAD, 0, 0, OFFSET_ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, OFFSET_NUMBER),
    ]
    # Nobody has looked at what newer calls can reach; x86_64's 32-bit calls have higher numbers too.
    steps += [(JUMP_AT_LEAST, 0, 1, FIRST_UNKNOWN), (RETURN, 0, 0, ERRNO | ENOSYS)]
    forbidden = [*FORBIDDEN.split(), *([] if has_namespaces else SHARED_WITH_HOST.split())]
    if not is_truncate_held:
        forbidden.append("truncate")
    for name in forbidden:
        steps += _when(numbers, name, [(RETURN, 0, 0, ERRNO | EPERM)])
    for name in [*UNKNOWN.split(), *([] if is_truncate_held else ["openat2"])]:
        steps += _when(numbers, name, [(RETURN, 0, 0, ERRNO | ENOSYS)])
    steps += _when(numbers, "clone", _if_bits(0, NEW_NAMESPACES))
    steps += _when(numbers, "prlimit64", _unless_equal(0, 0))
    if has_namespaces:
        steps += _when(numbers, "socket", _unless_equal(0, AF_UNIX))
        steps += _when(numbers, "socketpair", _unless_equal(0, AF_UNIX))
    else:
        steps += _beside_the_host(numbers)
    if not is_truncate_held:
        steps += _when(numbers, "open", _if_truncating_reader(1))
        steps += _when(numbers, "openat", _if_truncating_reader(2))
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("<HBBI", code, true, false, value) for code, true, false, value in steps)


def _beside_the_host(numbers: dict[str, int]) -> list[Step]:
    """Return steps for a command that has the host's processes and sockets beside it."""
    # A socket of one's own could reach the host's (docker, X11, ssh-agent), and a datagram pair any named one.
    steps = _when(numbers, "socket", [(RETURN, 0, 0, ERRNO | EPERM)])
    steps += _when(numbers, "socketpair", [*_unless_equal(0, AF_UNIX, ends=False), *_if_kind(SOCK_DGRAM)])
    for name in WATCHES.split():
        steps += _when(numbers, name, [(RETURN, 0, 0, ERRNO | ENOSYS)])
    for name in SCHEDULING.split():
        steps += _when(numbers, name, _unless_equal(0, 0))
    for name, kind in (("setpriority", PRIO_PROCESS), ("ioprio_set", IOPRIO_PROCESS)):
        steps += _when(numbers, name, [*_unless_equal(0, kind, ends=False), *_unless_equal(1, 0)])
    return steps


def _when(numbers: dict[str, int], name: str, then: list[Step]) -> list[Step]:
    """Return steps that run `then`, which must decide, only for that call; no machine has all calls."""
    if name not in numbers:
        return []
    return [(JUMP_EQUAL, 0, len(then), numbers[name]), *then]


def _argument(position: int) -> Step:
    return (LOAD, 0, 0, OFFSET_ARGUMENTS + 8 * position)


def _unless_equal(position: int, value: int, *, ends: bool = True) -> list[Step]:
    steps: list[Step] = [_argument(position), (JUMP_EQUAL, 1, 0, value), (RETURN, 0, 0, ERRNO | EPERM)]
    return [*steps, (RETURN, 0, 0, ALLOW)] if ends else steps


def _if_bits(position: int, bits: int) -> list[Step]:
    return [
        _argument(position),
        (JUMP_BITS, 0, 1, bits),
        (RETURN, 0, 0, ERRNO | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]


def _if_kind(kind: int) -> list[Step]:
    return [
        _argument(1),
        (0x54, 0, 0, SOCK_KIND),
        (JUMP_EQUAL, 0, 1, kind),
        (RETURN, 0, 0, ERRNO | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]


def _if_truncating_reader(position: int) -> list[Step]:
    return [
        _argument(position),
        (0x54, 0, 0, O_ACCMODE | O_TRUNC),
        (JUMP_EQUAL, 0, 1, O_TRUNC),
        (RETURN, 0, 0, ERRNO | EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
