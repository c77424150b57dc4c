"""The `engagement` fixture: does the work and the grading, and leaves the assertion to the test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from hapi_pytest.engagement import Result
from hapi_pytest.model import Mark, Status, Verdict
from hapi_pytest.params import EngagementParam
from hapi_pytest.suite import Suite
from hapi_pytest.summary import PROPERTY


class Assessed:
    """One arm of one engagement, worked and graded."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def __repr__(self) -> str:
        return f"<engagement: {len(self.verdict.failed)} of {len(self.verdict.marks)} criteria not met>"

    def assert_complete(self) -> None:
        """Fail with every criterion that is not met and why, unless the submission is complete."""
        if not self.verdict.is_complete:
            failed = self.verdict.failed
            lines = [f"incomplete: {len(failed)} of {len(self.verdict.marks)} criteria not met"]
            pytest.fail("\n".join(lines + [_line(mark) for mark in failed]), pytrace=False)


def assessed(request: pytest.FixtureRequest, suite: Suite) -> Assessed:
    """Carry out what a test is about; whatever cannot be scored is an error of the test's setup."""
    param: EngagementParam = request.param
    with fixed_verbosity(request.config):
        result: Result = suite.result(
            request.path.parent, request.module.rubric, param.model, param.variant, param.sample, param.arm
        )
    outcome = msgspec.json.encode(result.outcome).decode()
    request.node.user_properties.append((PROPERTY, outcome))
    if result.verdict is None or result.outcome.status is Status.UNSCORED:
        pytest.fail(f"unscored: {result.outcome.reason}", pytrace=False)
    return Assessed(result.verdict)


@contextmanager
def fixed_verbosity(config: pytest.Config) -> Iterator[None]:
    """Let assertion details be worded the same, whatever -v or CI say."""
    names = ("CI", "BUILD_NUMBER")  # pytest shows more of an assertion when one of these is set
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    verbosity, config.option.verbose = config.option.verbose, 0
    try:
        yield
    finally:
        config.option.verbose = verbosity
        os.environ.update(kept)


def _line(mark: Mark) -> str:
    reason = "\n".join("      " + line for line in mark.reason.splitlines())
    return f"  {mark.importance}: {mark.statement} ({mark.criterion})\n{reason}"
