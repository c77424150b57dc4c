"""One box per rung that holds here; on CI a rung that does not hold is a failure."""

import os
from pathlib import Path

import pytest

from hapi_pytest.errors import SandboxError
from hapi_pytest.sandbox import Finished, Sandbox, choose


class Box:
    """A sandbox with one workspace, and short ways to run things in it."""

    def __init__(self, sandbox: Sandbox, workspace: Path) -> None:
        self.sandbox, self.workspace, self.rung = sandbox, workspace, sandbox.rung

    def sh(self, command: str, *, stdin: bytes = b"", seconds: float = 20) -> Finished:
        return self.sandbox.run(self.workspace, ["bash", "-c", command], stdin=stdin, seconds=seconds)

    def python(self, code: str, *arguments: str, stdin: bytes = b"", seconds: float = 20) -> Finished:
        return self.sandbox.run(self.workspace, ["python3", "-c", code, *arguments], stdin=stdin, seconds=seconds)


def sandbox_or_skip(rung: str) -> Sandbox:
    try:
        return choose(rung)
    except SandboxError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have this rung\n{error}")
        pytest.skip(f"{rung} does not hold here: {error}")


@pytest.fixture(params=["bwrap", "landlock"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return Box(sandbox_or_skip(request.param), workspace)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A secret right beside the workspace."""
    file = tmp_path / "secret" / "canary.txt"
    file.parent.mkdir()
    file.write_text("CANARY-7c1f\n")
    return file
