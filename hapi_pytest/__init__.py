"""Measure how many client projects an AI agent finishes alone, and how many with recorded human feedback."""

from hapi_pytest.draw import Draw
from hapi_pytest.inputs import Inputs
from hapi_pytest.projects import Facts
from hapi_pytest.rubric import Rubric

__all__ = ["Draw", "Facts", "Inputs", "Rubric"]
