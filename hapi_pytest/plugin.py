"""The pytest plugin: hooks that forward, nothing else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from hapi_pytest import options, params
from hapi_pytest.options import Settings
from hapi_pytest.summary import Summary

if TYPE_CHECKING:
    from hapi_pytest.fixtures import Assessed
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
        config.pluginmanager.register(Controller(Summary(config, settings)))
        preflight.check(config, settings)


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

    def __init__(self, summary: Summary) -> None:
        self._summary = summary

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather outcomes, whichever process they come from."""
        self._summary.add(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice what could not be collected; with workers the run goes on without it."""
        self._summary.add_collected(report)

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
    suite = Suite(config, config.stash[_settings], Run(config.rootpath, run_id, workerinput.get("workerid", "main")))
    yield suite
    suite.close()


@pytest.fixture
def engagement(request: pytest.FixtureRequest, _suite: "Suite") -> "Assessed":
    """The work and the grading of one arm; `engagement.assert_complete()` is all that a test needs."""
    from hapi_pytest.fixtures import assessed

    return assessed(request, _suite)
