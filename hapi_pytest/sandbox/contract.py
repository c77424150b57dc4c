"""What a sandbox promises to those who run commands in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """How a command ended and what it wrote."""

    exit_code: int
    """128 + the signal's number when a signal ended it, 124 when the deadline did, 127 when the program is missing."""
    stdout: bytes
    stderr: bytes
    """What the command wrote and, when the sandbox stopped it, a last line `sandbox: ...` that says why."""
    is_timed_out: bool = False
    is_output_cut: bool = False
    """Whether stdout or stderr is only the beginning of what was written."""


class Sandbox(Protocol):
    """A rung of the ladder: one way to run a command that can change nothing but its workspace."""

    @property
    def rung(self) -> str:
        """The rung's name: bwrap, landlock or none."""

    def run(self, workspace: Path, argv: Sequence[str], *, stdin: bytes = b"", seconds: float = 120) -> Finished:
        """Run a command with the workspace as its folder; nothing of it is alive when this returns.

        Raises SandboxError when the sandbox itself breaks, never for what the command does.
        """
