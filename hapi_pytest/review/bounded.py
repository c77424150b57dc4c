"""Work on hostile texts that may take for ever: done in a process of its own, and given up when it takes too long."""

import subprocess

from hapi_pytest import isolated


def answered(module: str, *arguments: str, given: bytes, seconds: float) -> bytes | None:
    """Return what a module's `main` answers on standard output; None where it breaks down or takes too long."""
    try:
        done = isolated.answered(module, *arguments, given=given, seconds=seconds)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
