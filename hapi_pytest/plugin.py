"""The pytest plugin: hooks that forward, nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hapi_pytest import options, params
from hapi_pytest.options import Settings
from hapi_pytest.projects import PROJECT
from hapi_pytest.summary import Summary

if TYPE_CHECKING:
    from hapi_pytest.ahead import Ahead
    from hapi_pytest.fixtures import Assessed, Checked
    from hapi_pytest.proof import Proof
    from hapi_pytest.runs import Run
    from hapi_pytest.suite import Suite

_settings = pytest.StashKey[Settings]()
_run = pytest.StashKey["Run"]()
_reported = pytest.StashKey["Summary | Proof"]()
_suite = pytest.StashKey["Suite"]()
_ahead = pytest.StashKey["Ahead"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    options.add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Take the settings of the run that is to be resumed, before anything reads them."""
    if config.getoption("--resume"):
        from hapi_pytest.resume import adopt

        adopt(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Let one process drive all conversations of a live run, for `-n auto`; replay takes the processors."""
    return 0 if options.is_live(config) else None


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; in the controller, check what can be checked before any worker starts."""
    config.stash[_settings] = settings = options.settings_of(config)
    if not hasattr(config, "workerinput"):
        from hapi_pytest import preflight

        config.stash[_run] = _new_run(config, settings)
        config.stash[_reported] = _summary(config, settings)
        config.pluginmanager.register(Controller(config.stash[_reported]))
        preflight.check(config, settings)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Say how a live run gets on, in the controller."""
    config = session.config
    summary = config.stash.get(_reported, None)
    if config.stash[_settings].is_live and isinstance(summary, Summary):
        from hapi_pytest.progress import Progress

        terminal = config.pluginmanager.getplugin("terminalreporter")
        config.pluginmanager.register(Progress(summary, terminal, config.stash[_run], config.stash[_settings]))


def _new_run(config: pytest.Config, settings: Settings) -> "Run":
    from hapi_pytest.resume import described
    from hapi_pytest.runs import Run, new_run_id

    return Run(config.rootpath, settings.resume or new_run_id(), "main", described(config))


def _summary(config: pytest.Config, settings: Settings) -> "Summary | Proof":
    if settings.is_selfcheck:
        from hapi_pytest.proof import Proof

        return Proof(options.folder(config, "projects"), options.folder(config, "cassettes"))
    return Summary(config, settings, config.stash[_run])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]  # xdist has no public type for it
    """Tell a worker which run it belongs to."""
    node.workerinput["hapi_run"] = node.config.stash[_run].order()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep the arms of a live engagement on one worker, unless another distribution is asked for."""
    if config.stash[_settings].is_live and config.getoption("dist") == "load":
        from hapi_pytest.scheduling import EngagementScheduling

        return EngagementScheduling(config, log)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Start with the engagements of a live run."""
    config = session.config
    if config.stash[_settings].is_live and not config.pluginmanager.hasplugin("dsession"):
        config.stash[_ahead] = ahead = _started(config)
        config.pluginmanager.register(ahead)
        ahead.begin(session)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if suite := config.stash.get(_suite, None):
        suite.close()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Look for no tests among a project's attachments and reviews."""
    return True if (collection_path.parent / PROJECT).exists() and collection_path.is_dir() else None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Tell mistakes in a project's test file as what they are."""
    if not (module_path.parent / PROJECT).exists():
        return None
    from hapi_pytest.rubric_module import RubricModule

    return RubricModule.from_parent(parent, path=module_path)


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


@pytest.fixture
def engagement(request: pytest.FixtureRequest) -> "Assessed | Checked":
    """The work and the grading of one arm; `engagement.assert_complete()` is all that a test needs."""
    from hapi_pytest.fixtures import assessed, checked
    from hapi_pytest.params import SelfcheckParam

    suite = _suite_of(request.config)
    if isinstance(request.param, SelfcheckParam):
        return checked(request, suite)
    return assessed(request, suite, request.config.stash.get(_ahead, None))


def _suite_of(config: pytest.Config) -> "Suite":
    """Return this process's side of the run, made when it is first needed."""
    if _suite not in config.stash:
        from hapi_pytest.runs import Run
        from hapi_pytest.suite import Suite

        workerinput = getattr(config, "workerinput", {})
        if workerinput:
            config.stash[_run] = Run.ordered(workerinput["hapi_run"], workerinput["workerid"])
        config.stash[_suite] = Suite(config, config.stash[_settings], config.stash[_run])
    return config.stash[_suite]


def _started(config: pytest.Config) -> "Ahead":
    from hapi_pytest.ahead import Ahead

    return Ahead(_suite_of(config), config.stash[_settings], is_worker=hasattr(config, "workerinput"))
