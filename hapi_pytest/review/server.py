"""The review app's HTTP server: on loopback alone, at an address that only its reviewer is told."""

import secrets
import socket

import uvicorn

from hapi_pytest.errors import CommandLineError
from hapi_pytest.review.app import application
from hapi_pytest.review.desk import Desk
from hapi_pytest.review.guard import Guard

HOST = "127.0.0.1"
SECONDS_TO_END = 2
"""For answers that are under way when the server ends."""


def serve(desk: Desk, port: int) -> None:
    """Print the address and serve until Ctrl-C; raises CommandLineError for a port that is not free."""
    with listening(port) as door:
        token = secrets.token_urlsafe(24)
        print(f"{address(door, token)}  {len(desk.queue.submissions)} to review as {desk.reviewer}", flush=True)
        print("Open it in a browser on this machine. Ctrl-C ends; what was entered is kept.", flush=True)
        server(desk, token, door).run(sockets=[door])


def listening(port: int) -> socket.socket:
    """Return a socket that listens; raises CommandLineError for a port that is not free."""
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        raise CommandLineError(
            f"--port {port}: {error}\n  allowed: a free port from 1 to 65535, or 0 for any\n  fix:     leave it out"
        ) from None


def address(door: socket.socket, token: str) -> str:
    """Return the address of the queue."""
    return f"http://{HOST}:{door.getsockname()[1]}/{token}/"


def server(desk: Desk, token: str, door: socket.socket) -> uvicorn.Server:
    """Return the server, not yet running."""
    guarded = Guard(application(desk), token, door.getsockname()[1])
    return uvicorn.Server(
        uvicorn.Config(
            guarded,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            log_config=None,
            access_log=False,  # it would write the token
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SECONDS_TO_END,
        )
    )
