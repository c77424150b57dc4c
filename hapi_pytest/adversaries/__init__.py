"""Agents that ask no model: the reference, and cheats that must never complete a project."""

from hapi_pytest.adversaries.bait import CANARY, Bait, hidden_on_host
from hapi_pytest.adversaries.cast import CAST, HAUL, MARKER
from hapi_pytest.adversaries.scene import Scene

__all__ = ["CANARY", "CAST", "HAUL", "MARKER", "Bait", "Scene", "hidden_on_host"]
