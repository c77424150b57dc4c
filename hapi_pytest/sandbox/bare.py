"""No rung at all: a command runs as we do.

Time, output, resources and, on Linux, the end of the whole tree are looked after as on the other rungs, but nothing
keeps a command from killing whoever does it: against what is hostile nothing is held.
"""

from collections.abc import Sequence
from pathlib import Path

from hapi_pytest.sandbox import surroundings
from hapi_pytest.sandbox.contract import Finished
from hapi_pytest.sandbox.scratch import scratch
from hapi_pytest.sandbox.supervision import Order, home_of, supervise, through_shell


class Bare:
    """Runs commands without isolation; only ever chosen by name."""

    rung = "none"

    def run(self, workspace: Path, argv: Sequence[str], *, stdin: bytes = b"", seconds: float = 120) -> Finished:
        """Run a command with the workspace as its folder; nothing of it is alive when this returns."""
        home = home_of(workspace)
        with scratch() as folder:
            order = Order(
                argv=through_shell(argv),
                env=surroundings.variables(home, str(folder / "tmp"), surroundings.names(folder)),
                cwd=home,
                workspace=home,
                scratch=str(folder),
            )
            return supervise(order, stdin, seconds)
