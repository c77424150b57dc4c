"""The `engagement` fixture: does the work and the grading, and leaves the assertion to the test."""

from typing import TYPE_CHECKING

import msgspec
import pytest

from hapi_pytest.errors import HapiError
from hapi_pytest.model import Mark, Status, Verdict
from hapi_pytest.params import EngagementParam, SelfcheckParam
from hapi_pytest.suite import Suite
from hapi_pytest.summary import PROPERTY

if TYPE_CHECKING:
    from hapi_pytest.ahead import Ahead
    from hapi_pytest.selfcheck import Finding


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


class Checked:
    """One check of the suite itself, made."""

    def __init__(self, finding: "Finding") -> None:
        self.finding = finding

    def __repr__(self) -> str:
        return f"<self-check: {self.finding.check}>"

    def assert_complete(self) -> None:
        """Fail with everything that does not hold."""
        if self.finding.problems:
            pytest.fail("\n".join([f"{self.finding.check} does not hold:", *self.finding.problems]), pytrace=False)


def checked(request: pytest.FixtureRequest, suite: Suite) -> Checked:
    """Make one check of the suite itself; what cannot be decided is an error of the test's setup."""
    from hapi_pytest.proof import PROPERTY as PROOF

    param: SelfcheckParam = request.param
    try:
        finding = suite.finding(request.path.parent, request.module.rubric, param.check, param.variant)
    except HapiError as error:
        reason = f"unscored: {error}"
    else:
        request.node.user_properties.append((PROOF, msgspec.json.encode(finding).decode()))
        return Checked(finding)
    pytest.fail(reason, pytrace=False)  # out here, or pytest would tell the error twice


def assessed(request: pytest.FixtureRequest, suite: Suite, ahead: "Ahead | None") -> Assessed:
    """Carry out what a test is about; whatever cannot be scored is an error of the test's setup."""
    param: EngagementParam = request.param
    folder, rubric = request.path.parent, request.module.rubric
    result = ahead.result(request.node) if ahead else suite.result(folder, rubric, param)
    outcome = msgspec.json.encode(result.outcome).decode()
    request.node.user_properties.append((PROPERTY, outcome))
    if result.verdict is None or result.outcome.status is Status.UNSCORED:
        pytest.fail(f"unscored: {result.error or result.outcome.reason}", pytrace=False)
    return Assessed(result.verdict)


def _line(mark: Mark) -> str:
    reason = "\n".join("      " + line for line in mark.reason.splitlines())
    return f"  {mark.importance}: {mark.statement} ({mark.criterion})\n{reason}"
