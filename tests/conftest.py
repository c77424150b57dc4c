"""Fixtures of the suite's own tests."""

import datetime
import os
from collections.abc import Callable, Generator

import pytest

from hapi_pytest.sandbox import Sandbox, choose


def pytest_configure() -> None:
    """Choose the day's variant once, for the workers of the run too."""
    os.environ.setdefault("HAPI_CHANGING_VARIANT", str(1 + datetime.date.today().toordinal() % 6))


def pytest_xdist_auto_num_workers() -> int:
    """Take one worker more than there are processors: many tests wait for what they have started."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def sandbox() -> Callable[[], Sandbox]:
    """What grading takes: the sandbox, chosen when it is first needed."""
    return lambda: choose("auto")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that cannot run here is a failure: nothing may go unseen."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report
