"""What is sent to a model's service, and what its answers are read as, in the three formats."""

import contextlib
import json
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hapi_pytest.llm import LiteLLM, load
from hapi_pytest.model import Usage
from hapi_pytest.recordings import Identity

MODELS = {"openai": "openai/m", "anthropic": "anthropic/claude-sonnet-4-5", "gemini": "gemini/gemini-2.5-pro"}
PATHS = {"openai": "/v1", "anthropic": "", "gemini": "/v1beta"}
FORMATS = tuple(MODELS)
ASK = [{"role": "user", "content": "Write the notice."}]


class Handler(BaseHTTPRequestHandler):
    """Gives the server's answer to everything, and keeps what was sent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        self.server.sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        content = json.dumps(self.server.answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def serving(answer: dict[str, Any]) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.answer, server.sent = answer, []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def body(wire: str, text: str | None = "done", finish: str = "", usage: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an answer in a service's format; without text it has no content at all."""
    if wire == "openai":
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": finish or "stop"}
        counted = usage or {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": counted,
        }
    if wire == "anthropic":
        content = [{"type": "text", "text": text}] if text else []
        counted = usage or {"input_tokens": 5, "output_tokens": 2}
        start = {"id": "x", "type": "message", "role": "assistant", "model": "m"}
        return {**start, "content": content, "stop_reason": finish or "end_turn", "usage": counted}
    candidate = {"index": 0, "finishReason": finish or "STOP"}
    if text:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    counted = usage or {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7}
    return {"candidates": [candidate], "usageMetadata": counted}


def model(wire: str, server: Server, arguments: dict[str, Any] | None = None, **connection: Any) -> LiteLLM:
    identity = Identity(model=MODELS[wire], arguments=arguments or {})
    return LiteLLM(identity, base_url=server.url + PATHS[wire], key="none", **connection)


@pytest.mark.parametrize("wire", FORMATS)
def test_a_plain_answer(wire):
    with serving(body(wire)) as server:
        reply = model(wire, server).complete(ASK, ())
    assert (reply.message["role"], reply.message["content"], reply.finish) == ("assistant", "done", "stop")
    assert reply.usage == Usage(input_tokens=5, output_tokens=2)
    assert (reply.waited_seconds, len(server.sent)) == (0, 1)


@pytest.mark.parametrize(
    ("wire", "said", "finish"),
    [
        ("openai", "length", "length"),
        ("openai", "content_filter", "content_filter"),
        ("anthropic", "max_tokens", "length"),
        ("anthropic", "refusal", "content_filter"),
        ("gemini", "MAX_TOKENS", "length"),
        ("gemini", "SAFETY", "content_filter"),
        ("gemini", "PROHIBITED_CONTENT", "content_filter"),
    ],
)
@pytest.mark.parametrize("text", ["I can", None])
def test_how_an_answer_ended(wire, said, finish, text):
    with serving(body(wire, text, said)) as server:
        reply = model(wire, server).complete(ASK, ())
    assert reply.finish == finish
    assert reply.message["content"] in ("I can", "") if text else reply.message["content"] == ""


def test_gemini_may_block_a_prompt_without_any_candidate():
    with serving({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}}) as server:
        reply = model("gemini", server).complete(ASK, ())
    assert (reply.finish, reply.message["content"]) == ("content_filter", "")


@pytest.mark.parametrize("wire", FORMATS)
def test_an_answer_without_anything_can_be_sent_back(wire):
    with serving(body(wire, None)) as server:
        reply = model(wire, server).complete(ASK, ())
        assert (reply.message["content"], reply.finish) == ("", "stop")
        again = model(wire, server).complete([*ASK, reply.message, *ASK], ())
    assert again.finish == "stop" and len(server.sent) == 2


@pytest.mark.parametrize(
    ("wire", "usage"),
    [
        (
            "openai",
            {
                "prompt_tokens": 123,
                "completion_tokens": 57,
                "total_tokens": 180,
                "prompt_tokens_details": {"cached_tokens": 100},
                "completion_tokens_details": {"reasoning_tokens": 50},
            },
        ),
        (
            "anthropic",
            {
                "input_tokens": 3,
                "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 20,
                "output_tokens": 57,
            },
        ),
        (
            "gemini",
            {
                "promptTokenCount": 123,
                "cachedContentTokenCount": 100,
                "candidatesTokenCount": 7,
                "thoughtsTokenCount": 50,
                "totalTokenCount": 180,
            },
        ),
    ],
)
def test_tokens_mean_the_same_everywhere(wire, usage):
    with serving(body(wire, usage=usage)) as server:
        counted = model(wire, server).complete(ASK, ()).usage
    assert (counted.input_tokens, counted.output_tokens, counted.cached_tokens) == (123, 57, 100)
    assert counted.cache_write_tokens == (20 if wire == "anthropic" else 0)
    assert counted.reasoning_tokens == (0 if wire == "anthropic" else 50)  # Anthropic does not tell


def sent_tokens(wire: str, request: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (request | request.get("generationConfig", {})).items() if "max" in name}


@pytest.mark.parametrize(
    ("arguments", "most", "sent"),
    [
        ({}, 700, {"max_tokens": 700}),
        ({}, None, {}),
        ({"max_tokens": 50}, 700, {"max_tokens": 50}),
        ({"max_completion_tokens": 60}, 700, {"max_completion_tokens": 60}),
    ],
)
def test_the_most_output_tokens(arguments, most, sent):
    with serving(body("openai")) as server:
        model("openai", server, arguments, max_output_tokens=most).complete(ASK, ())
    assert sent_tokens("openai", server.sent[0]) == sent


def test_the_most_output_tokens_in_the_other_formats():
    for wire, name in (("anthropic", "max_tokens"), ("gemini", "max_output_tokens")):
        with serving(body(wire)) as server:
            model(wire, server, max_output_tokens=700).complete(ASK, ())
        assert sent_tokens(wire, server.sent[0]) == {name: 700}


@pytest.mark.parametrize("wire", FORMATS)
def test_an_argument_for_the_time_limit_wins(wire):
    with serving(body(wire)) as server:
        limited = model(wire, server, {"timeout": 5}, seconds=600)
        assert limited.seconds == 5
        assert limited.complete(ASK, ()).finish == "stop"
        assert model(wire, server).seconds == 600
    assert "timeout" not in json.dumps(server.sent)


def test_arguments_are_sent_but_cannot_ask_for_tries_beneath():
    with serving(body("openai")) as server:
        model("openai", server, {"temperature": 0.5, "num_retries": 3, "max_retries": 3}).complete(ASK, ())
    (request,) = server.sent
    assert request["temperature"] == 0.5 and set(request) == {"messages", "model", "temperature"}


def test_whose_limits_hold():
    assert LiteLLM(Identity(model="gemini/gemini-2.5-pro")).provider == "gemini"
    assert LiteLLM(Identity(model="openai/m"), base_url="http://here/v1").provider == "http://here/v1"


@pytest.mark.parametrize("wire", FORMATS)
def test_warnings_of_its_packages_harm_nobody(wire):
    with warnings.catch_warnings(), serving(body(wire)) as server:
        warnings.simplefilter("error")
        assert model(wire, server).complete(ASK, ()).finish == "stop"
        with pytest.raises(UserWarning, match="our own"):
            warnings.warn("our own", UserWarning, stacklevel=1)


CROWD = """\
import json, sys, threading
from hapi_pytest.llm import LiteLLM
from hapi_pytest.recordings import Identity

import httpx

built = []
make = httpx.Client.__init__

def counting(client, *args, **kwargs):
    built.append(client)
    make(client, *args, **kwargs)

httpx.Client.__init__ = counting
services = json.loads(sys.argv[1])
finishes, ready = [], threading.Barrier(64)

def ask():
    for model, url in services:
        ready.wait()
        line = LiteLLM(Identity(model=model), base_url=url, key="none")
        finishes.append(line.complete([{"role": "user", "content": "x"}], ()).finish)

threads = [threading.Thread(target=ask) for _ in range(64)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*finishes)
print(len(built))
"""


def test_a_crowd_of_first_calls():
    """64 threads import litellm and open a connection at the same moment, in a process that has neither."""
    with contextlib.ExitStack() as stack:
        servers = {wire: stack.enter_context(serving(body(wire))) for wire in FORMATS}
        services = [(MODELS[wire], server.url + PATHS[wire]) for wire, server in servers.items()]
        command = [sys.executable, "-W", "error", "-c", CROWD, json.dumps(services)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    finishes, clients = done.stdout.splitlines()
    assert finishes.split() == ["stop"] * 3 * 64
    assert [len(server.sent) for server in servers.values()] == [64] * 3
    assert int(clients) <= 4  # each with connections of its own, and slow to build


def test_litellm_is_loaded_once():
    assert load() is load()


FIRST = """
import json, sys, warnings
from hapi_pytest import llm
from hapi_pytest.recordings import Identity

llm.load()
llm._hush = lambda: None  # as if another thread had put its own filters back meanwhile
warnings.simplefilter("error")
for model, url in json.loads(sys.argv[1]):
    line = llm.LiteLLM(Identity(model=model), base_url=url, key="none")
    print(line.complete([{"role": "user", "content": "x"}], ()).finish)
"""


def test_the_first_answer_brings_no_warning():
    with contextlib.ExitStack() as stack:
        servers = {wire: stack.enter_context(serving(body(wire))) for wire in FORMATS}
        services = [(MODELS[wire], server.url + PATHS[wire]) for wire, server in servers.items()]
        command = [sys.executable, "-c", FIRST, json.dumps(services)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, ["stop"] * 3), done.stderr
