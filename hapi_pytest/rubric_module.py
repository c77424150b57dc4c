"""A project's test file as pytest collects it: whatever is wrong with it is told as the author's mistake."""

from collections.abc import Iterable

import pytest

from hapi_pytest.authored import blamed
from hapi_pytest.errors import ProjectError
from hapi_pytest.params import FIXTURE
from hapi_pytest.projects import rubric_file


class RubricModule(pytest.Module):
    """A Python file of a project's folder."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Return the tests; raises CollectError for a module that cannot be imported, or is no project's test."""
        try:
            found = list(super().collect())
        except self.CollectError as error:
            if not isinstance(error.__cause__, Exception | SystemExit):  # what it says has been made for people
                raise
            raise self._mistake(error.__cause__) from None
        except (Exception, SystemExit) as error:
            raise self._mistake(error) from None
        try:
            self._check(found)
        except ProjectError as error:
            raise self.CollectError(str(error)) from None
        return found

    def _mistake(self, error: Exception | SystemExit) -> Exception:
        try:
            with blamed(self.path, "the rubric"):
                raise error
        except ProjectError as mistake:
            return self.CollectError(str(mistake))

    def _check(self, found: Iterable[pytest.Item | pytest.Collector]) -> None:
        """Check that the project's file has its test, and no other file of it has; raises ProjectError."""
        file = rubric_file(self.path.parent)
        has_test = any(FIXTURE in getattr(item, "fixturenames", ()) for item in found)
        if has_test and self.path != file:
            raise ProjectError(self.path, "the project's test has another name", allowed=file.name, fix="rename it")
        if not has_test and self.path == file:
            raise ProjectError(
                file, "no test asks for the engagement",
                fix=f"write `def {file.stem}(engagement):` with `engagement.assert_complete()` below it",
            )  # fmt: skip
