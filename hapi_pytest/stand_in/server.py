"""The stand-in's HTTP server."""

import contextlib
import http
import re
import socket
import sys
import threading
import urllib.parse
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import msgspec

from hapi_pytest.stand_in import anthropic, gemini, openai
from hapi_pytest.stand_in.conversation import Conversation, Reply
from hapi_pytest.stand_in.mind import Mind
from hapi_pytest.stand_in.refusal import RefusedError

HEADER = "x-hapi-stand-in"
"""Every answer carries this header with the value 1."""
LARGEST_BODY = 64 << 20


class Format(Protocol):
    """A service's wire format."""

    def read(self, body: bytes, headers: Mapping[str, str], target: str = "") -> Conversation:
        """Read a request; raises RefusedError where the real service refuses."""

    def write(self, conversation: Conversation, reply: Reply) -> dict[str, Any]:
        """Write the answer's body."""

    def refusal(self, error: RefusedError) -> dict[str, Any]:
        """Write the body of a refusal."""


ROUTES: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"/v1/chat/completions"), openai),
    (re.compile(r"/v1/messages"), anthropic),
    (re.compile(r"/v1beta/models/(?P<target>[^/]+)"), gemini),
)


class StandIn:
    """A running stand-in; use it as a context manager."""

    def __init__(self, projects: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.mind = Mind(projects)
        self.requests = 0
        """Model calls so far."""
        self._counting = threading.Lock()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve_forever(self) -> None:
        """Serve until interrupted, in the calling thread."""
        try:
            self._server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            self._server.server_close()

    def count(self) -> None:
        """Count one model call."""
        with self._counting:
            self.requests += 1


def serve_forever(host: str, port: int, projects: Path) -> None:
    """Serve for the command line, telling what to use as base URLs."""
    served = StandIn(projects, host=host, port=port)
    print(f"openai     {served.url}/v1")
    print(f"anthropic  {served.url}")
    print(f"gemini     {served.url}/v1beta", flush=True)
    served.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Many conversations start at the same moment; the default of 5 would reset some of them.
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        super().__init__(address, _Handler)
        self.stand_in = stand_in
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it, so that closing the server ends it."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ends."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and end the connections that clients keep open."""
        super().server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a client that went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # With Nagle's algorithm and unbuffered writes every answer waits 40 ms for a delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Tell how many model calls there were."""
        if self.path == "/requests":
            self._send(200, {"requests": self.server.stand_in.requests})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Answer a model call."""
        url = urllib.parse.urlsplit(self.path)
        match, wire = next(((m, w) for pattern, w in ROUTES if (m := pattern.fullmatch(url.path))), (None, None))
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.send_error(413 if length.isdecimal() else 411)
            return
        body = self.rfile.read(int(length))
        if match is None or wire is None:
            self.send_error(404)
            return
        self.server.stand_in.count()
        headers = {name.lower(): value for name, value in self.headers.items()}
        if key := urllib.parse.parse_qs(url.query).get("key"):
            headers["x-goog-api-key"] = key[0]
        self._send(*_answer(wire, self.server.stand_in.mind, body, headers, match.groupdict().get("target", "")))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no model call, and end the connection: the rest of the request is not read."""
        self.close_connection = True
        said = message or f"{http.HTTPStatus(code).phrase}: {self.requestline}"
        self._send(code, {"error": {"message": said}})

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = msgspec.json.encode(answer)
        self.send_response_only(status)  # without the date, so that the same request gives the same bytes
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header(HEADER, "1")
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the counter tells what matters."""


def _answer(
    wire: Format, mind: Mind, body: bytes, headers: Mapping[str, str], target: str
) -> tuple[int, dict[str, Any]]:
    """Return the status and body of an answer."""
    try:
        conversation = wire.read(body, headers, target)
        reply = mind.reply(conversation)
        return 200, wire.write(conversation, reply.within(conversation.max_tokens))
    except RefusedError as error:
        return error.status, wire.refusal(error)
    except Exception as error:  # a broken project must reach the client as the service's failure, with its reason
        return 500, wire.refusal(RefusedError(500, f"The stand-in failed: {type(error).__name__}: {error}"))
