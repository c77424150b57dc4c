"""A scripted model for tests of agents and of this suite: an OpenAI-compatible server with a list of replies."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Call = tuple[str, Mapping[str, Any]]
"""A tool's name and its arguments."""
Script = Sequence[str | Sequence[Call]]
"""Replies in their order: text, or tool calls."""


class ScriptedModel:
    """Serves a script on loopback; the reply follows from how many the request has seen.

        with ScriptedModel([[("read_file", {"path": "inputs/a.txt"})], [("submit", {})]]) as model:
            ...  # pytest --model openai/scripted --base-url {model.url} --record missing

    `requests` holds every request body in order of arrival, `headers` their headers. With `status` other than 200
    every request is refused with `error` as the body's message.
    """

    def __init__(self, script: Script, *, status: int = 200, error: str = "") -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._script = list(script)
        self._status, self._error = status, error
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL to give as --base-url."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "ScriptedModel":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, body: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.requests.append(body)
        self.headers.append(headers)
        if self._status != 200:
            return self._status, {"error": {"message": self._error, "type": "scripted", "code": None}}
        turn = sum(message["role"] == "assistant" for message in body["messages"])
        reply = self._script[min(turn, len(self._script) - 1)]
        message: dict[str, Any] = {"role": "assistant", "content": reply if isinstance(reply, str) else None}
        if not isinstance(reply, str):
            message["tool_calls"] = [
                {
                    "id": f"call_{turn}_{index}",
                    "type": "function",
                    "function": {"name": name, "arguments": json.dumps(arguments)},
                }
                for index, (name, arguments) in enumerate(reply)
            ]
        return 200, {
            "id": f"scripted-{turn}",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }


def _handler(
    answer: Callable[[dict[str, Any], dict[str, str]], tuple[int, dict[str, Any]]],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, reply = answer(body, {name.lower(): value for name, value in self.headers.items()})
            content = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the script's user reads `requests`."""

    return Handler
