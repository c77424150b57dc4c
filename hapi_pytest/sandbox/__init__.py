"""Where agent-written commands run: walled in, limited, and gone when they are over."""

from hapi_pytest.sandbox.choice import choose
from hapi_pytest.sandbox.contract import Finished, Sandbox
from hapi_pytest.sandbox.environment import Environment, environment
from hapi_pytest.sandbox.scratch import temporary_folder

__all__ = ["Environment", "Finished", "Sandbox", "choose", "environment", "temporary_folder"]
