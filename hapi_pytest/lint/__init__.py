"""Lint: what can be checked of a client project without any agent."""

from hapi_pytest.lint.gold import Gold
from hapi_pytest.lint.linting import lint, lint_all
from hapi_pytest.lint.problems import RULES, Problem

__all__ = ["RULES", "Gold", "Problem", "lint", "lint_all"]
