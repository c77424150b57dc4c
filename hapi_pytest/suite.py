"""One pytest process's side of a run: the harness of each model, and the engagements that its tests share."""

import functools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hapi_pytest.agents import found
from hapi_pytest.engagement import Engagement, Result
from hapi_pytest.errors import HapiError, UnscoredError
from hapi_pytest.grader import GradingProcess
from hapi_pytest.graders import GradingProcesses
from hapi_pytest.harness import Harness
from hapi_pytest.options import Settings, folder, identity, own_prices
from hapi_pytest.params import EngagementParam
from hapi_pytest.projects import load
from hapi_pytest.recordings import UNRECORDED
from hapi_pytest.rubric import Rubric, check_citations
from hapi_pytest.runs import Run

if TYPE_CHECKING:
    from hapi_pytest.live.run import LiveRun
    from hapi_pytest.selfcheck import Finding, Prover


class Suite:
    """The harnesses and engagements of one pytest process."""

    def __init__(self, config: pytest.Config, settings: Settings, run: Run) -> None:
        self.run = run
        self._root = config.rootpath
        self._cassettes = folder(config, "cassettes")
        self._projects = folder(config, "projects")
        self._own_prices = own_prices(config)
        self._settings = settings
        self._live = self._new_live() if settings.is_live else None
        self._harnesses: dict[str, Harness] = {}
        self._building = threading.Lock()
        self._prover: Prover | None = None
        self._grader: GradingProcess | GradingProcesses = GradingProcess(config.rootpath, settings.sandbox)
        if self._live:
            self._grader = GradingProcesses(config.rootpath, settings.sandbox, self._live.processors)
        else:
            self._grader.start()
        self._engagement = functools.lru_cache(maxsize=8)(self.engagement)

    @property
    def live(self) -> "LiveRun":
        """What the live attempts of this process share."""
        assert self._live
        return self._live

    def _new_live(self) -> "LiveRun":
        from hapi_pytest.live.run import LiveRun

        return LiveRun(
            self.run,
            max_cost_usd=self._settings.max_cost_usd,
            tries=self._settings.tries,
            call_seconds=self._settings.call_seconds,
            concurrency=self._settings.concurrency,
        )

    def result(self, folder: Path, rubric: Rubric, param: EngagementParam) -> Result:
        """Carry out one arm of one engagement; every failure of the harness becomes an unscored result."""

        def work() -> Result:
            return self._engagement(folder, rubric, param.model, param.variant, param.sample).result(param.arm)

        return self.settled(folder, param, work)

    def settled(self, folder: Path, param: EngagementParam, work: Callable[[], Result]) -> Result:
        """Carry out the work on an arm; every failure of the harness becomes an unscored result."""
        started = time.monotonic()
        try:
            return work()
        except HapiError as error:
            return self.unscored(folder, param, error, time.monotonic() - started)

    def unscored(self, folder: Path, param: EngagementParam, error: HapiError, seconds: float = 0) -> Result:
        """Settle an arm that came to no verdict."""
        outcome = param.unscored(self._settings.agent, load(folder), str(error), seconds)
        self.run.journal.settle(outcome, is_paid=False)
        return Result(outcome=outcome, error=UnscoredError(str(error)))

    def engagement(self, folder: Path, rubric: Rubric, model: str, variant: int, sample: int) -> Engagement:
        """Return a new engagement; raises ProjectError for an author's mistake."""
        with self._building:  # authors' code need not stand two threads
            project = load(folder)
            self._grader.prepare(project, variant)
            check_citations(project, rubric, project.variant(variant))
            return Engagement(self.harness(model), project, rubric, variant, sample)

    def finding(self, folder: Path, rubric: Rubric, check: str, variant: int) -> "Finding":
        """Make one check of the suite itself; raises HapiError when it cannot be decided."""
        if self._prover is None:
            from hapi_pytest.selfcheck import Prover

            self._prover = Prover(
                root=self._root,
                projects=self._projects,
                cassettes=self._cassettes,
                run=self.run,
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
        if self._live:
            self._live.close()
        self.run.close()

    def harness(self, model: str) -> Harness:
        """Return the setting in which a model works."""
        if model not in self._harnesses:
            settings = self._settings
            agent = None if settings.agent in UNRECORDED else found(settings.agent, self._root)
            self._harnesses[model] = Harness(
                identity=identity(settings, model),
                agent=agent,
                recordings=self._cassettes,
                projects=self._projects,
                run=self.run,
                grader=self._grader,
                replay="full" if settings.replay == "full" else "fast",
                record="all" if settings.record == "all" else "missing" if settings.record else "",
                rounds=settings.rounds,
                needs_reviews=settings.needs_reviews,
                sandbox=settings.sandbox,
                address=settings.base_url,
                own_prices=self._own_prices,
                limits=settings.limits,
                live=self._live,
            )
        return self._harnesses[model]
