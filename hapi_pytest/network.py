"""A guard that keeps replay offline."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from hapi_pytest.errors import UnscoredError


class NetworkBlockedError(UnscoredError):
    """Something tried to reach the network during replay."""


@contextmanager
def blocked() -> Iterator[None]:
    """Refuse every connection and name look-up of this process but those of local sockets."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse(what: object) -> None:
        raise NetworkBlockedError(f"replay is offline, but something tried to reach {what}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family != getattr(socket, "AF_UNIX", None):
            refuse(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse(host)

    with (
        mock.patch.object(socket.socket, "connect", guarded_connect),
        mock.patch.object(socket.socket, "connect_ex", guarded_connect_ex),
        mock.patch.object(socket, "getaddrinfo", guarded_getaddrinfo),
        mock.patch.object(socket, "gethostbyname", guarded_getaddrinfo),
        mock.patch.object(socket, "gethostbyname_ex", guarded_getaddrinfo),
    ):
        yield
