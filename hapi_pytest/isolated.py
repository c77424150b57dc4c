"""Python processes of ours that a hostile file may bring down: our search path, few variables, little memory."""

import os
import subprocess
import sys

MEMORY_BYTES = 2 << 30
"""Address space of one."""
FILE_BYTES = 1 << 30
"""The largest file that one may write."""
VARIABLES = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")
"""What they see of our environment: no key, and nothing that changes what is imported or how pytest words things."""


def command(module: str, *arguments: str) -> list[str]:
    """Return the command line that calls `main` of a module of ours, with these arguments first in `sys.argv`."""
    paths = [path for path in sys.path if os.path.isabs(path)]
    start = f"import sys; sys.path[:] = sys.argv[{len(arguments) + 1}:]; from {module} import main; main()"
    # Isolated: neither variables nor the working folder decide what is imported.
    options = ["-I", *(["-B"] if sys.dont_write_bytecode else [])]
    if sys.pycache_prefix:
        options += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return [sys.executable, *options, "-c", start, *arguments, *paths]


def answered(module: str, *arguments: str, given: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Let `main` of a module of ours answer what it is given; raises TimeoutExpired."""
    return subprocess.run(
        command(module, *arguments),
        input=given,
        capture_output=True,
        env=environment(),
        cwd="/",
        timeout=seconds,
        check=False,
    )


def environment() -> dict[str, str]:
    """Return the variables of such a process."""
    return {name: os.environ[name] for name in VARIABLES if name in os.environ}


def limit() -> None:
    """Limit this process; called first by such a process itself, whose own children may raise the limits again."""
    import resource  # Unix alone has it

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, FILE_BYTES)):
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except ValueError:
            if sys.platform == "linux":  # macOS names limits that it does not let anyone set
                raise
