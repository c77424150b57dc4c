"""Fixtures of the suite's own tests."""

import subprocess
from pathlib import Path

import pytest


class Bare:
    """Runs without isolation; stands in until the sandbox is there."""

    def run(self, workspace: Path, argv, *, stdin=b"", seconds=20):
        import types

        done = subprocess.run(list(argv), cwd=workspace, input=stdin, capture_output=True, timeout=seconds, check=False)
        return types.SimpleNamespace(
            exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr, is_timed_out=False
        )


@pytest.fixture(scope="session")
def sandbox():
    return Bare
