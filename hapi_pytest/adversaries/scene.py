"""What an agent without a model finds: the project, a workspace, and the sandbox."""

from collections.abc import Callable

import msgspec

from hapi_pytest.errors import UnscoredError
from hapi_pytest.projects import Project, Variant, attachment_texts
from hapi_pytest.sandbox import Sandbox
from hapi_pytest.workspace import DELIVERABLE, Workspace

SCRIPT_SECONDS = 60.0


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt's setting."""

    project: Project
    variant: Variant
    workspace: Workspace
    message: str
    """What the client wrote last: the brief, or the review."""
    sandbox: Callable[[], Sandbox]
    hidden: tuple[str, ...]
    """Files and sockets that nobody may reach from the sandbox."""
    marker: str
    """A path outside the workspace that must not exist afterwards."""

    @property
    def names(self) -> list[str]:
        """The files that the client asked for."""
        return self.project.settings.deliverables

    @property
    def texts(self) -> dict[str, str]:
        """Each attachment as text."""
        return attachment_texts(self.variant)

    def hand_in(self, name: str, content: bytes) -> None:
        """Write a file of the hand-in."""
        self.workspace.write(f"{DELIVERABLE}/{name}", content)

    def run(self, script: str) -> None:
        """Run a Python script in the workspace; raises UnscoredError when it does not even start."""
        done = self.sandbox().run(self.workspace.root, ["python3", "-"], stdin=script.encode(), seconds=SCRIPT_SECONDS)
        if done.exit_code:
            raise UnscoredError(f"an adversary's script ended with {done.exit_code}:\n{done.stderr.decode()[-2000:]}")
