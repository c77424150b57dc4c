"""The pytest plugin: hooks that forward, nothing else."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from hapi_pytest import options, params
from hapi_pytest.options import Settings
from hapi_pytest.summary import Summary

if TYPE_CHECKING:
    from hapi_pytest.fixtures import Assessed, Checked
    from hapi_pytest.proof import Proof
    from hapi_pytest.suite import Suite

_settings = pytest.StashKey[Settings]()
_run_id = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; in the controller, check what can be checked before any worker starts."""
    config.stash[_settings] = settings = options.settings_of(config)
    if not hasattr(config, "workerinput"):
        from hapi_pytest import preflight
        from hapi_pytest.journal import new_run_id

        config.stash[_run_id] = new_run_id()
        config.pluginmanager.register(Controller(_summary(config, settings)))
        preflight.check(config, settings)


def _summary(config: pytest.Config, settings: Settings) -> "Summary | Proof":
    if settings.is_selfcheck:
        from hapi_pytest.proof import Proof

        return Proof()
    return Summary(config, settings)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]  # xdist has no public type for it
    """Tell a worker which run it belongs to."""
    node.workerinput["hapi_run"] = node.config.stash[_run_id]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give every project's test its models, variants and arms."""
    params.parametrize(metafunc, metafunc.config.stash[_settings])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Apply --category."""
    params.deselect(config, items, config.stash[_settings])


class Controller:
    """The hooks of the process that reports; workers go without."""

    def __init__(self, summary: "Summary | Proof") -> None:
        self._summary = summary

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count what this process has collected."""
        self._summary.collect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Count what a worker has collected."""
        self._summary.collect(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather outcomes, whichever process they come from."""
        self._summary.add(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice what could not be collected; with workers the run goes on without it."""
        self._summary.add_collected(report)

    @pytest.hookimpl(tryfirst=True)  # before JUnit writes its file: it is told of what never ran
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Decide the exit code."""
        self._summary.finish(session)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the scoreboard."""
        self._summary.write(terminalreporter)


@pytest.fixture(scope="session")
def _suite(request: pytest.FixtureRequest) -> "Iterator[Suite]":
    from hapi_pytest.journal import Run
    from hapi_pytest.suite import Suite

    config = request.config
    workerinput = getattr(config, "workerinput", {})
    run_id = workerinput.get("hapi_run") or config.stash[_run_id]
    settings = config.stash[_settings]
    run = Run(config.rootpath, run_id, workerinput.get("workerid", "main"), options.places(config, settings))
    suite = Suite(config, settings, run)
    yield suite
    suite.close()


@pytest.fixture
def engagement(request: pytest.FixtureRequest, _suite: "Suite") -> "Assessed | Checked":
    """The work and the grading of one arm; `engagement.assert_complete()` is all that a test needs."""
    from hapi_pytest.fixtures import assessed, checked
    from hapi_pytest.params import SelfcheckParam

    return checked(request, _suite) if isinstance(request.param, SelfcheckParam) else assessed(request, _suite)
