"""Where agent-written commands run: walled in, limited, and gone when they are over."""

from hapi_pytest.sandbox.choice import choose
from hapi_pytest.sandbox.contract import Finished, Sandbox
from hapi_pytest.sandbox.environment import Environment, environment

__all__ = ["Environment", "Finished", "Sandbox", "choose", "environment"]
