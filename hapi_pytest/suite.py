"""One pytest process's side of a run: the harness of each model, and the engagements that its tests share."""

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hapi_pytest.agents import found
from hapi_pytest.engagement import Engagement, Result
from hapi_pytest.errors import HapiError, UnscoredError
from hapi_pytest.grader import GradingProcess
from hapi_pytest.harness import Harness
from hapi_pytest.journal import Run
from hapi_pytest.options import Settings, folder, identity
from hapi_pytest.params import EngagementParam
from hapi_pytest.projects import load
from hapi_pytest.recordings import UNRECORDED
from hapi_pytest.rubric import Rubric, check_citations

if TYPE_CHECKING:
    from hapi_pytest.selfcheck import Finding, Prover


class Suite:
    """The harnesses and engagements of one pytest process."""

    def __init__(self, config: pytest.Config, settings: Settings, run: Run) -> None:
        self._root = config.rootpath
        self._cassettes = folder(config, "cassettes")
        self._projects = folder(config, "projects")
        self._settings = settings
        self._run = run
        self._harnesses: dict[str, Harness] = {}
        self._prover: Prover | None = None
        self._grader = GradingProcess(config.rootpath, settings.sandbox)
        self._grader.start()
        self._engagement = functools.lru_cache(maxsize=8)(self._made)

    def result(self, folder: Path, rubric: Rubric, param: EngagementParam) -> Result:
        """Carry out one arm of one engagement; every failure of the harness becomes an unscored result."""
        started = time.monotonic()
        try:
            return self._engagement(folder, rubric, param.model, param.variant, param.sample).result(param.arm)
        except HapiError as error:
            spent = time.monotonic() - started
            outcome = param.unscored(self._settings.agent, load(folder), str(error), spent)
            self._run.settle(outcome, is_paid=False)
            return Result(outcome=outcome, error=UnscoredError(str(error)))

    def finding(self, folder: Path, rubric: Rubric, check: str, variant: int) -> "Finding":
        """Make one check of the suite itself; raises HapiError when it cannot be decided."""
        if self._prover is None:
            from hapi_pytest.selfcheck import Prover

            self._prover = Prover(
                root=self._root,
                projects=self._projects,
                cassettes=self._cassettes,
                run=self._run,
                grader=self._grader,
                sandbox=self._settings.sandbox,
            )
        return self._prover.finding(load(folder), rubric, check, variant)

    def close(self) -> None:
        """Stop what was started."""
        self._grader.close()
        if self._prover:
            self._prover.close()
        for harness in self._harnesses.values():
            harness.close()

    def _made(self, folder: Path, rubric: Rubric, model: str, variant: int, sample: int) -> Engagement:
        project = load(folder)
        self._grader.prepare(project, variant)
        check_citations(project, rubric, project.variant(variant))
        return Engagement(self._harness(model), project, rubric, variant, sample)

    def _harness(self, model: str) -> Harness:
        if model not in self._harnesses:
            settings = self._settings
            agent = None if settings.agent in UNRECORDED else found(settings.agent, self._root)
            self._harnesses[model] = Harness(
                identity=identity(settings, model),
                agent=agent,
                recordings=self._cassettes,
                projects=self._projects,
                run=self._run,
                grader=self._grader,
                replay="full" if settings.replay == "full" else "fast",
                record="all" if settings.record == "all" else "missing" if settings.record else "",
                rounds=settings.rounds,
                sandbox=settings.sandbox,
                address=settings.base_url,
            )
        return self._harnesses[model]
