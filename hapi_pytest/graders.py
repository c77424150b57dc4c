"""Several grading processes, so that conversations which end together do not wait for each other's checks."""

import contextlib
import queue
from collections.abc import Iterator
from pathlib import Path

from hapi_pytest.grader import GradingProcess
from hapi_pytest.model import Verdict
from hapi_pytest.projects import Project
from hapi_pytest.rubric import Rubric
from hapi_pytest.workspace import Taken


class GradingProcesses:
    """A grader that hands each submission to a process that is free; they start when they are needed."""

    def __init__(self, root: Path, sandbox: str, count: int) -> None:
        self._all = [GradingProcess(root, sandbox) for _ in range(count)]
        # The one that was used last comes first, so that few start where few are needed.
        self._free: queue.LifoQueue[GradingProcess] = queue.LifoQueue()
        for process in self._all:
            self._free.put(process)

    def close(self) -> None:
        """End the processes."""
        for process in self._all:
            process.close()

    def prepare(self, project: Project, variant: int) -> None:
        """Do nothing: an attempt of a live model takes longer than getting ready."""

    def grade(self, project: Project, rubric: Rubric, variant: int, taken: Taken) -> tuple[Verdict, str]:
        """Decide every criterion; raises RubricError or SandboxError."""
        with self._one() as process:
            return process.grade(project, rubric, variant, taken)

    @contextlib.contextmanager
    def _one(self) -> Iterator[GradingProcess]:
        process = self._free.get()
        try:
            yield process
        finally:
            self._free.put(process)
