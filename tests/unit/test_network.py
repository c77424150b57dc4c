"""Replay is offline."""

import socket
import tempfile

import pytest

from hapi_pytest.errors import UnscoredError
from hapi_pytest.network import NetworkBlockedError, blocked

REFUSED = "replay is offline, but something tried to reach"


@pytest.fixture
def listening():
    """A server on loopback, made before the network is blocked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def test_connections_are_refused(listening):
    with blocked(), socket.socket() as client:
        with pytest.raises(NetworkBlockedError, match=rf"^{REFUSED} \('127\.0\.0\.1', {listening[1]}\)$"):
            client.connect(listening)
        with pytest.raises(NetworkBlockedError, match=REFUSED):
            client.connect_ex(listening)
        with pytest.raises(NetworkBlockedError, match=REFUSED):
            socket.create_connection(listening)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_every_family_and_kind_is_refused(family, kind):
    with blocked(), socket.socket(family, kind) as client, pytest.raises(NetworkBlockedError):
        client.connect(("::1" if family == socket.AF_INET6 else "127.0.0.1", 9))


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: socket.getaddrinfo("localhost", 80),
        lambda: socket.getaddrinfo("127.0.0.1", 80),
        lambda: socket.gethostbyname("localhost"),
        lambda: socket.gethostbyname_ex("localhost"),
    ],
)
def test_names_are_not_looked_up(look_up):
    with blocked(), pytest.raises(NetworkBlockedError, match=REFUSED):
        look_up()


def test_local_sockets_stay_open():
    with tempfile.TemporaryDirectory() as folder, blocked(), socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/s")
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{folder}/s")
        with socket.socket(socket.AF_UNIX) as client:
            assert client.connect_ex(f"{folder}/s") == 0
        left, right = socket.socketpair()
        left.close()
        right.close()


def test_everything_is_restored_afterwards(listening):
    before = (socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo)
    with pytest.raises(ZeroDivisionError), blocked():
        raise ZeroDivisionError
    assert (socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo) == before
    socket.create_connection(listening).close()


def test_blocks_can_be_nested(listening):
    with blocked():
        with blocked():
            pass
        with pytest.raises(NetworkBlockedError):
            socket.create_connection(listening)
    socket.create_connection(listening).close()


def test_a_blocked_connection_is_unscored():
    assert issubclass(NetworkBlockedError, UnscoredError)
