"""The stand-in's HTTP server."""

import contextlib
import hashlib
import http
import socket
import struct
import sys
import threading
import time
import urllib.parse
from collections.abc import Sequence
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from hapi_pytest.stand_in.answers import Answer, Asked, answer
from hapi_pytest.stand_in.conversation import Conversation, UserTurn
from hapi_pytest.stand_in.faults import Fault
from hapi_pytest.stand_in.formats import ROUTES
from hapi_pytest.stand_in.mind import Mind
from hapi_pytest.stand_in.occasions import Occasion
from hapi_pytest.stand_in.tally import Counts, Tally

HEADER = "x-hapi-stand-in"
"""Every answer carries this header with the value 1."""
LARGEST_BODY = 64 << 20


class StandIn:
    """A running stand-in; use it as a context manager.

    Of several faults the first that strikes a request happens to it. The latency is how long each answer takes at
    least, from the arrival of its request.
    """

    def __init__(
        self,
        projects: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Sequence[Fault] = (),
        latency_seconds: float = 0,
    ) -> None:
        self.faults, self.latency_seconds = tuple(faults), latency_seconds
        self._mind = Mind(projects)
        self._tally = Tally()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host, port = self._server.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"

    @property
    def counts(self) -> Counts:
        """What it was asked and what it answered by now."""
        return self._tally.counts

    @property
    def requests(self) -> int:
        """Model calls so far."""
        return self.counts.requests

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

    def answer(self, asked: Asked, digest: str) -> Answer:
        """Count a request and answer it, faults included."""
        number, times = self._tally.arrive(digest)

        def struck(conversation: Conversation) -> Fault | None:
            opening = next((turn.text for turn in conversation.turns if isinstance(turn, UserTurn)), "")
            occasion = Occasion(number, times, conversation.assistant_turns + 1, opening, digest)
            fault = next((fault for fault in self.faults if fault.strikes(occasion)), None)
            if fault:
                self._tally.strike(fault.kind)
            return fault

        return answer(self._mind, asked, struck)

    def sending(self, digest: str, *, is_good: bool) -> AbstractContextManager[None]:
        """Count an answer that is sent in this context."""
        return self._tally.leaving(digest, is_good=is_good)


def serve_forever(
    host: str, port: int, projects: Path, *, faults: Sequence[Fault] = (), latency_seconds: float = 0
) -> None:
    """Serve for the command line, telling what to use as base URLs."""
    served = StandIn(projects, host=host, port=port, faults=faults, latency_seconds=latency_seconds)
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
        """Tell what was asked and answered."""
        if self.path == "/requests":
            self._send(Answer(body=msgspec.json.encode(self.server.stand_in.counts)))
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
        headers = {name.lower(): value for name, value in self.headers.items()}
        if key := urllib.parse.parse_qs(url.query).get("key"):
            headers["x-goog-api-key"] = key[0]
        digest = hashlib.sha256(url.path.encode() + b"\0" + body).hexdigest()
        asked = Asked(wire, body, headers, match.groupdict().get("target", ""))
        due = time.monotonic() + self.server.stand_in.latency_seconds
        self._deliver(self.server.stand_in.answer(asked, digest), digest, due)

    def _deliver(self, answered: Answer, digest: str, due: float) -> None:
        """Send an answer when its time has come."""
        wait = answered.wait_seconds + max(0.0, due - time.monotonic())
        if (wait and not self._is_kept(wait)) or not answered.is_sent:
            self.close_connection = True
        elif answered.is_reset:
            self._break(answered)
        else:
            with self.server.stand_in.sending(digest, is_good=answered.is_good):
                self._send(answered)
                self.wfile.flush()

    def _is_kept(self, seconds: float) -> bool:
        """Wait, and tell whether the connection lasted: the client may leave, and the server may stop."""
        self.connection.settimeout(seconds)
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except TimeoutError:
            return True
        except OSError:
            return False
        finally:
            self.connection.settimeout(None)

    def _break(self, answered: Answer) -> None:
        """Send half an answer and reset the connection."""
        self._head(answered)
        self.wfile.write(answered.body[: len(answered.body) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()  # the last file on it to close resets it, before anyone can shut it down in peace
        self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no model call, and end the connection: the rest of the request is not read."""
        self.close_connection = True
        said = message or f"{http.HTTPStatus(code).phrase}: {self.requestline}"
        self._send(Answer(status=code, body=msgspec.json.encode({"error": {"message": said}})))

    def _send(self, answered: Answer) -> None:
        self._head(answered)
        self.wfile.write(answered.body)

    def _head(self, answered: Answer) -> None:
        self.send_response_only(answered.status)  # without the date, so that the same request gives the same bytes
        for name, value in ({"content-type": "application/json"} | dict(answered.headers)).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answered.body)))
        self.send_header(HEADER, "1")
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the counter tells what matters."""
