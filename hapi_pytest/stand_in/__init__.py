"""A scripted HTTP server that answers as a model, for recording and testing without any model key."""

from hapi_pytest.stand_in.faults import Fault, parsed
from hapi_pytest.stand_in.server import HEADER, StandIn, serve_forever

__all__ = ["HEADER", "Fault", "StandIn", "parsed", "serve_forever"]
