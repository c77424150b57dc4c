"""One process's side of a self-check: the adversaries' setting, with bait for the thief."""

import functools
from pathlib import Path

from hapi_pytest.adversaries import Bait, hidden_on_host
from hapi_pytest.grader import Grader
from hapi_pytest.harness import Harness
from hapi_pytest.projects import Project
from hapi_pytest.recordings import STAND_IN, Identity
from hapi_pytest.rubric import Rubric
from hapi_pytest.runs import Run
from hapi_pytest.selfcheck.checks import Selfcheck
from hapi_pytest.selfcheck.finding import Finding


class Prover:
    """Makes checks of the projects below a root folder; close it to take the bait away."""

    def __init__(
        self, *, root: Path, projects: Path, cassettes: Path, run: Run, grader: Grader, sandbox: str = "auto"
    ) -> None:
        self._root, self._projects, self._cassettes = root, projects, cassettes
        self._run, self._grader, self._sandbox = run, grader, sandbox
        self._bait = Bait(run.folder)

    def finding(self, project: Project, rubric: Rubric, check: str, variant: int) -> Finding:
        """Make one check; raises HapiError when it cannot be decided."""
        recorded = sorted((self._cassettes / STAND_IN / project.id).rglob("*"))
        files = [*project.hidden_files, *(file for file in recorded if file.is_file())]
        hidden = (*self._bait.hidden, *hidden_on_host(self._root), *map(str, files))
        harness = functools.partial(self._harness, hidden)
        return Selfcheck(project, rubric, variant, self._grader, harness).finding(check)

    def close(self) -> None:
        """Take the bait away."""
        self._bait.close()

    def _harness(self, hidden: tuple[str, ...], name: str) -> Harness:
        return Harness(
            identity=Identity(model=name, agent=name),
            agent=None,
            recordings=self._cassettes,
            projects=self._projects,
            run=self._run,
            grader=self._grader,
            sandbox=self._sandbox,
            hidden=hidden,
        )
