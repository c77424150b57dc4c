"""Numbers of the system calls that the filter knows, from the kernel's asm/unistd_64.h and asm-generic/unistd.h."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The kernel's AUDIT_ARCH value of each machine."""
FIRST_UNKNOWN = 449
"""Calls from here on came after Linux 5.15 and have the same number on every machine."""
# fmt: off
NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "acct": 163, "add_key": 248, "adjtimex": 159, "bind": 49, "bpf": 321, "chroot": 161,
        "clock_adjtime": 305, "clock_settime": 227, "clone": 56, "clone3": 435, "connect": 42,
        "delete_module": 176, "fanotify_init": 300, "finit_module": 313, "fsconfig": 431, "fsmount": 432,
        "fsopen": 430, "fspick": 433, "init_module": 175, "inotify_init": 253, "inotify_init1": 294,
        "io_uring_enter": 426, "io_uring_register": 427,
        "io_uring_setup": 425, "ioperm": 173, "iopl": 172, "ioprio_set": 251, "kcmp": 312, "kexec_file_load": 320,
        "kexec_load": 246, "keyctl": 250, "lookup_dcookie": 212, "memfd_create": 319, "memfd_secret": 447,
        "migrate_pages": 256, "mount": 165, "mount_setattr": 442, "move_mount": 429, "move_pages": 279,
        "mq_open": 240, "mq_unlink": 241, "msgctl": 71, "msgget": 68, "msgrcv": 70, "msgsnd": 69,
        "name_to_handle_at": 303, "nfsservctl": 180, "open": 2, "open_by_handle_at": 304, "open_tree": 428,
        "openat": 257, "openat2": 437, "perf_event_open": 298, "pidfd_getfd": 438, "pivot_root": 155,
        "prlimit64": 302, "process_madvise": 440, "process_vm_readv": 310, "process_vm_writev": 311,
        "ptrace": 101, "quotactl": 179, "reboot": 169, "request_key": 249, "sched_setaffinity": 203,
        "sched_setattr": 314, "sched_setparam": 142, "sched_setscheduler": 144, "semctl": 66, "semget": 64,
        "semtimedop": 220, "semop": 65, "setdomainname": 171, "sethostname": 170, "setns": 308,
        "setpriority": 141, "settimeofday": 164,
        "shmat": 30, "shmctl": 31, "shmget": 29, "socket": 41, "socketpair": 53, "swapoff": 168,
        "swapon": 167, "syslog": 103, "truncate": 76, "umount2": 166, "unshare": 272, "userfaultfd": 323,
        "vhangup": 153,
    },
    "aarch64": {
        "acct": 89, "add_key": 217, "adjtimex": 171, "bind": 200, "bpf": 280, "chroot": 51,
        "clock_adjtime": 266, "clock_settime": 112, "clone": 220, "clone3": 435, "connect": 203,
        "delete_module": 106, "fanotify_init": 262, "finit_module": 273, "fsconfig": 431, "fsmount": 432,
        "fsopen": 430, "fspick": 433, "init_module": 105, "io_uring_enter": 426, "io_uring_register": 427,
        "io_uring_setup": 425, "kcmp": 272, "kexec_file_load": 294, "kexec_load": 104, "keyctl": 219,
        "lookup_dcookie": 18, "memfd_create": 279, "memfd_secret": 447, "migrate_pages": 238, "mount": 40,
        "mount_setattr": 442, "move_mount": 429, "move_pages": 239, "mq_open": 180, "mq_unlink": 181,
        "msgctl": 187, "msgget": 186, "msgrcv": 188, "msgsnd": 189, "name_to_handle_at": 264,
        "nfsservctl": 42, "open_by_handle_at": 265, "open_tree": 428, "openat": 56, "openat2": 437,
        "perf_event_open": 241, "pidfd_getfd": 438, "pivot_root": 41, "prlimit64": 261,
        "process_madvise": 440, "process_vm_readv": 270, "process_vm_writev": 271, "ptrace": 117,
        "quotactl": 60, "reboot": 142, "request_key": 218, "sched_setaffinity": 122, "sched_setattr": 274,
        "sched_setparam": 118, "sched_setscheduler": 119, "semctl": 191, "semget": 190, "semop": 193,
        "semtimedop": 192, "setdomainname": 162, "sethostname": 161, "setns": 268, "setpriority": 140,
        "settimeofday": 170, "shmat": 196,
        "shmctl": 195, "shmget": 194, "socket": 198, "socketpair": 199, "swapoff": 225, "swapon": 224,
        "syslog": 116, "truncate": 45, "umount2": 39, "unshare": 97, "userfaultfd": 282, "vhangup": 58,
    },
}
# fmt: on
