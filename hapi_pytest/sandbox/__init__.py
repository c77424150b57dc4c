"""Where agent-written commands run: walled in, limited, and gone when they are over."""

from hapi_pytest.sandbox.choice import choose
from hapi_pytest.sandbox.contract import Finished, Sandbox
from hapi_pytest.sandbox.environment import Environment, environment
from hapi_pytest.sandbox.gaps import not_held
from hapi_pytest.sandbox.scratch import temporary_folder

__all__ = ["Environment", "Finished", "Sandbox", "choose", "environment", "not_held", "temporary_folder"]
