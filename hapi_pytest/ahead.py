"""Live runs under pytest: engagements start ahead of their tests, and are waited for outside of any test's time."""

import contextlib
import functools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from hapi_pytest import llm
from hapi_pytest.engagement import Engagement, Result
from hapi_pytest.errors import HapiError, StoppedError
from hapi_pytest.journal import durations
from hapi_pytest.live.engine import Engine, Job
from hapi_pytest.live.pool import Threads
from hapi_pytest.model import Arm
from hapi_pytest.options import Settings
from hapi_pytest.params import FIXTURE, EngagementParam
from hapi_pytest.projects import project_id
from hapi_pytest.recordings import Slot
from hapi_pytest.rubric import Rubric
from hapi_pytest.suite import Suite

STOPPED = "the run was stopped before this was done"
_Key = tuple[Path, str, int, int]


class Ahead:
    """The hooks of a process that runs tests of a live run."""

    def __init__(self, suite: Suite, settings: Settings, *, is_worker: bool) -> None:
        self._suite = suite
        self._live = suite.live
        self._is_worker = is_worker
        # xdist gives a worker one engagement at a time.
        self._concurrency = 1 if is_worker else settings.concurrency
        self._engine = Engine(Threads(self._concurrency), suite.live)
        self._arms: dict[_Key, list[Arm]] = {}
        self._planned: dict[_Key, Planned] = {}
        """A worker's engagement."""
        self._has_told = False
        """Whether a test has told why the run was stopped."""

    def begin(self, session: pytest.Session) -> None:
        """Note what is to be done, and start with it; a worker only learns later which part is its own."""
        option = session.config.option
        if option.collectonly or getattr(option, "setupplan", False):
            return
        items = [item for item in session.items if _is_ours(item)]
        for item in items:
            self._arms.setdefault(_key(item), []).append(_param(item).arm)
        if any(self._needs_a_call(item) for item in items):
            llm.load()  # takes seconds, which are no attempt's
        if not self._is_worker:
            # Whether these will run is not known before they do.
            self._start(item for item in items if not any(item.get_closest_marker(name) for name in ("skip", "skipif")))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Wait for a test's engagement before anything measures the test's time."""
        if self._is_worker and _is_ours(item):
            self._start([item])
        if _is_ours(item):
            with contextlib.suppress(Exception):  # told by the test's own setup
                self._engine.result(_key(item), _param(item).arm)
        done = yield
        if self._has_told and (reason := self._live.stopped()):
            item.session.shouldstop = reason.splitlines()[0]
        return done

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Start nothing new, and let what runs end or be left; another Ctrl-C leaves it at once."""
        with contextlib.suppress(KeyboardInterrupt):
            self._engine.stop(STOPPED)

    def result(self, item: pytest.Item) -> Result:
        """Return what a test is about, once it is settled."""
        if not self._engine.has(_key(item), _param(item).arm):
            self._start([item])
        result = self._engine.result(_key(item), _param(item).arm)
        self._has_told |= result is None or isinstance(result.error, StoppedError)
        if result is None:
            error = StoppedError(self._live.stopped() or STOPPED)
            return self._suite.unscored(item.path.parent, _param(item), error)
        return result

    def _needs_a_call(self, item: pytest.Item) -> bool:
        """Tell whether the `alone` attempt of a test's engagement is yet to be made."""
        harness, param = self._suite.harness(_param(item).model), _param(item)
        slot = Slot(project=project_id(item.path.parent), variant=param.variant, sample=param.sample)
        return harness.record == "all" or not harness.recordings.has(slot)

    def _start(self, items: Iterable[pytest.Item]) -> None:
        """Start the engagements of tests; the first ones are built before the first call."""
        items = list(items)
        planned = {_key(item): self._planned.get(_key(item)) or Planned(self._suite, item) for item in items}
        arms = self._arms
        if self._is_worker:
            # Other arms may be another worker's; what this one has built serves all of its own.
            self._planned = planned
            arms = {_key(item): [_param(item).arm] for item in items}
        else:
            for one in list(planned.values())[: self._concurrency]:
                one.build()
        seconds = self._seconds if len(planned) > self._concurrency else {}
        self._engine.start(
            Job(
                key=key,
                arms=tuple(sorted(arms[key], key=list(Arm).index)),
                result=one.result,
                seconds=seconds.get(one.project, 0),
            )
            for key, one in planned.items()
        )

    @functools.cached_property
    def _seconds(self) -> Mapping[str, float]:
        return durations(self._suite.run.folder.parent)


class Planned:
    """One engagement of tests, built when it is first needed."""

    def __init__(self, suite: Suite, item: pytest.Item) -> None:
        self.param = _param(item)
        self.project = project_id(item.path.parent)
        self._suite = suite
        self._folder = item.path.parent
        self._rubric: Rubric = item.module.rubric  # type: ignore[attr-defined]  # of a function's item
        self._engagement: Engagement | None = None

    def build(self) -> None:
        """Build the engagement; what goes wrong is told when its first arm is due."""
        with contextlib.suppress(HapiError):
            self._built()

    def result(self, arm: Arm) -> Result:
        """Carry out one arm; every failure of the harness becomes an unscored result."""

        def work() -> Result:
            self._suite.live.check()  # what has not begun need not fail as well
            return self._built().result(arm)

        return self._suite.settled(self._folder, msgspec.structs.replace(self.param, arm=arm), work)

    def _built(self) -> Engagement:
        if self._engagement is None:
            param = self.param
            self._engagement = self._suite.engagement(
                self._folder, self._rubric, param.model, param.variant, param.sample
            )
        return self._engagement


def _is_ours(item: pytest.Item) -> bool:
    return FIXTURE in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")


def _param(item: pytest.Item) -> EngagementParam:
    param: EngagementParam = item.callspec.params[FIXTURE]  # type: ignore[attr-defined]  # of a parametrized item
    return param


def _key(item: pytest.Item) -> _Key:
    param = _param(item)
    return (item.path.parent, param.model, param.variant, param.sample)
