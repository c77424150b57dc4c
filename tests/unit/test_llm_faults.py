"""Faults of model services, sent over real HTTP as the services send them, and what is made of each."""

import contextlib
import email.utils
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hapi_pytest.cassettes import recorded
from hapi_pytest.errors import (
    ContentFilterError,
    ContextLengthError,
    ServiceError,
    StoppedError,
    TransientError,
)
from hapi_pytest.llm import LiteLLM
from hapi_pytest.recordings import Identity
from hapi_pytest.service_faults import Answer, provider, retry_after

MODELS = {"openai": "openai/m", "anthropic": "anthropic/claude-sonnet-4-5", "gemini": "gemini/gemini-2.5-pro"}
PATHS = {"openai": "/v1", "anthropic": "", "gemini": "/v1beta"}
FORMATS = tuple(MODELS)
ASK = [{"role": "user", "content": "Write the notice."}]

Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads a request and does as the server is told."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked += 1
        self.server.act(self)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(act: Act) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.act, server.asked = True, act, 0
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def answering(status: int, body: object = b"", headers: Mapping[str, str] | None = None, *, missing: int = 0) -> Act:
    """Send an answer; with `missing` the connection ends that many bytes before the body does."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler: Handler) -> None:
        handler.send_response(status)
        length = {"content-type": "application/json", "content-length": str(len(content) + missing)}
        for name, value in (length | dict(headers or {})).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = bool(missing)

    return act


def resetting(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def hanging_up(handler: Handler) -> None:
    handler.close_connection = True


def asked_of(wire: str, url: str, **connection: Any) -> Exception:
    model = LiteLLM(Identity(model=MODELS[wire]), base_url=url + PATHS[wire], **{"key": "none", **connection})
    with pytest.raises(Exception) as caught:  # noqa: PT011  # which one is what the tests are about
        model.complete(ASK, ())
    return caught.value


def fault(wire: str, act: Act, **connection: Any) -> Exception:
    """Return what a model raises whose service does as told, once."""
    with serving(act) as server:
        error = asked_of(wire, f"http://127.0.0.1:{server.server_address[1]}", **connection)
    assert server.asked == 1, "a fault is tried again beneath"
    return error


def refusal(wire: str, text: str, code: str = "", status: int = 0, **details: Any) -> dict[str, Any]:
    """Return the body of an error in a service's format."""
    if wire == "openai":
        return {"error": {"message": text, "type": "invalid_request_error", "param": None, "code": code}}
    if wire == "anthropic":
        return {"type": "error", "error": {"type": code or "invalid_request_error", "message": text}}
    return {"error": {"code": status, "message": text, "status": code, **details}}


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"{}"])
def test_statuses_that_another_try_may_mend(wire, status, body):
    error = fault(wire, answering(status, body))
    assert isinstance(error, TransientError), repr(error)
    assert (error.kind, error.status) == ("rate limit" if status == 429 else "server error", status)
    assert error.retry_after_seconds is None


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("status", [429, 503, 529])
@pytest.mark.parametrize(
    ("headers", "seconds"), [({"retry-after": "7"}, 7), ({"Retry-After": "7", "retry-after-ms": "6500"}, 6.5)]
)
def test_what_the_service_asks_to_wait_is_kept(wire, status, headers, seconds):
    error = fault(wire, answering(status, refusal(wire, "slow down"), headers))
    assert isinstance(error, TransientError) and error.retry_after_seconds == seconds
    assert "slow down" in str(error)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (lambda: email.utils.formatdate(time.time() + 90, usegmt=True), 90),
        (lambda: email.utils.formatdate(time.time() + 90), 90),
        (lambda: email.utils.formatdate(time.time() - 90, usegmt=True), 0),
        (lambda: "0", 0),
        (lambda: " 1.5 ", 1.5),
    ],
)
def test_a_wait_may_be_seconds_or_a_date(header, seconds):
    wait = retry_after(Answer(status=429, headers={"retry-after": header()}, body=""))
    assert wait == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("header", ["", "soon", "-5", "Mon, 99 Foo 2026", "1e9999", "²", "9" * 400])
def test_a_wait_that_cannot_be_read_is_none(header):
    assert retry_after(Answer(status=429, headers={"retry-after": header}, body="")) is None


def test_gemini_says_in_the_body_how_long_to_wait():
    text = "You exceeded your current quota, please check your plan and billing details. Please retry in 34.07s."
    quota = {"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}
    details = [{"@type": "QuotaFailure", "violations": [quota]}, {"@type": "RetryInfo", "retryDelay": "34s"}]
    error = fault("gemini", answering(429, refusal("gemini", text, "RESOURCE_EXHAUSTED", 429, details=details)))
    assert isinstance(error, TransientError) and (error.kind, error.retry_after_seconds) == ("rate limit", 34)


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("act", [resetting, hanging_up, answering(200, b'{"id": "x', missing=50)])
@pytest.mark.parametrize("is_recorded", [False, True])
def test_broken_connections(wire, act, is_recorded):
    with recorded() if is_recorded else contextlib.nullcontext():
        error = fault(wire, act)
    assert isinstance(error, TransientError) and (error.kind, error.status) == ("broken connection", 0), repr(error)


@pytest.mark.parametrize("wire", FORMATS)
def test_a_connection_that_is_refused(wire):
    with serving(hanging_up) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
    error = asked_of(wire, url)
    assert isinstance(error, TransientError) and error.kind == "refused connection", repr(error)
    assert "Connection refused" in str(error)


@pytest.mark.parametrize("wire", FORMATS)
def test_a_service_that_stays_silent(wire):
    silence = threading.Event()
    began = time.monotonic()
    error = fault(wire, lambda handler: silence.wait(2), seconds=0.2)
    silence.set()
    assert isinstance(error, TransientError) and error.kind == "timeout", repr(error)
    assert time.monotonic() - began < 1.5


OPENAI = {"id": "x", "object": "chat.completion", "created": 0, "model": "m"}


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        *((wire, body) for wire in FORMATS for body in (b"", b"{}", b"null", b"[]", b"<html>", b'{"id": "x", "usa')),
        ("openai", {**OPENAI, "choices": []}),
        ("openai", {**OPENAI, "choices": None}),
        ("openai", {**OPENAI, "choices": [{"index": 0, "finish_reason": "stop"}]}),
        ("openai", {"error": {"message": "Upstream is overloaded", "code": 503}}),
        ("anthropic", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        ("gemini", {"candidates": [], "usageMetadata": {"promptTokenCount": 3}}),
    ],
)
def test_answers_that_cannot_be_read(wire, body):
    error = fault(wire, answering(200, body))
    assert isinstance(error, TransientError) and error.kind == "unreadable answer", repr(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("wire", "status", "body", "fix"),
    [
        ("openai", 401, refusal("openai", "Incorrect API key provided", "invalid_api_key"), "OPENAI_API_KEY"),
        ("anthropic", 401, refusal("anthropic", "invalid x-api-key", "authentication_error"), "ANTHROPIC_API_KEY"),
        ("gemini", 401, refusal("gemini", "invalid credentials", "UNAUTHENTICATED", 401), "GEMINI_API_KEY"),
        ("gemini", 400, refusal("gemini", "API key not valid. Please pass a valid API key."), "GEMINI_API_KEY"),
        ("gemini", 400, refusal("gemini", "API key expired. Please renew the API key."), "GEMINI_API_KEY"),
        ("openai", 403, refusal("openai", "Country not supported", "unsupported_country"), "OPENAI_API_KEY"),
        ("anthropic", 403, refusal("anthropic", "no permission", "permission_error"), "ANTHROPIC_API_KEY"),
        ("openai", 404, refusal("openai", "The model `m` does not exist", "model_not_found"), "check the model's name"),
        ("openai", 404, b"<html>", "check the model's name"),
        ("openai", 400, refusal("openai", "m is not a valid model ID"), "check the model's name"),
        ("anthropic", 404, refusal("anthropic", "model: claude-x", "not_found_error"), "check the model's name"),
        ("gemini", 404, refusal("gemini", "models/x is not found", "NOT_FOUND", 404), "check the model's name"),
        ("openai", 405, b"", "--base-url"),
        ("openai", 402, refusal("openai", "Payment required"), "top up"),
        ("openai", 429, refusal("openai", "You exceeded your current quota", "insufficient_quota"), "top up"),
        ("anthropic", 400, refusal("anthropic", "Your credit balance is too low to access the API."), "top up"),
        ("anthropic", 400, refusal("anthropic", "You have reached your specified API usage limits."), "top up"),
        ("gemini", 403, refusal("gemini", "This method requires billing to be enabled.", "", 403), "top up"),
        ("gemini", 429, refusal("gemini", "quota", details=[{"quotaId": "RequestsPerDayPerProject"}]), "top up"),
    ],
)
def test_what_stops_the_whole_run(wire, status, body, fix):
    error = fault(wire, answering(status, body))
    assert isinstance(error, StoppedError), repr(error)
    first, last = str(error).split("\n  fix:     ")
    assert fix in last and MODELS[wire] in first and "\n" not in first and f"HTTP {status}" in first


@pytest.mark.parametrize(
    ("wire", "status", "text", "code"),
    [
        ("openai", 400, "This model's maximum context length is 128000 tokens.", "context_length_exceeded"),
        ("openai", 400, "Your input exceeds the context window of this model.", "context_length_exceeded"),
        ("openai", 400, "This model's maximum context length is 8192 tokens.", ""),
        ("openai", 400, "the request exceeds the available context size", ""),
        ("anthropic", 400, "prompt is too long: 208310 tokens > 200000 maximum", ""),
        ("anthropic", 400, "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000", ""),
        ("gemini", 400, "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", ""),
    ],
)
def test_a_conversation_that_is_too_long(wire, status, text, code):
    error = fault(wire, answering(status, refusal(wire, text, code, status)))
    assert isinstance(error, ContextLengthError), repr(error)


@pytest.mark.parametrize(
    ("wire", "text", "code"),
    [
        ("openai", "The response was filtered due to Azure OpenAI's content management policy.", "content_filter"),
        ("openai", "Invalid prompt: flagged as potentially violating our usage policy.", "invalid_prompt"),
        ("openai", "Your request was rejected as a result of our safety system.", "content_policy_violation"),
        ("anthropic", "Output blocked by content filtering policy", ""),
    ],
)
def test_a_content_filter_that_refuses(wire, text, code):
    error = fault(wire, answering(400, refusal(wire, text, code)))
    assert isinstance(error, ContentFilterError), repr(error)


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_other_refusals_are_not_tried_again(wire, status):
    error = fault(wire, answering(status, refusal(wire, "a number must be at least 429", "", status)))
    assert type(error) is ServiceError and "a number must be at least 429" in str(error), repr(error)


def test_a_request_over_the_limit_per_minute_is_not_tried_again():
    text = "Request too large for m on tokens per min (TPM): Limit 30000, Requested 43210."
    error = fault("openai", answering(429, refusal("openai", text, "rate_limit_exceeded")))
    assert type(error) is ServiceError and "limit per minute" in str(error)


@pytest.mark.parametrize("wire", FORMATS)
@pytest.mark.parametrize("is_recorded", [True, False])
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_not_followed(wire, is_recorded, status):
    """The keys would be sent to wherever it leads."""
    with recorded() if is_recorded else contextlib.nullcontext():
        error = fault(wire, answering(status, b"", {"location": "/v1/elsewhere"}))
    assert isinstance(error, StoppedError) and "--base-url" in str(error), repr(error)


@pytest.mark.parametrize("wire", FORMATS)
def test_no_key_gets_into_a_text(wire):
    key = "own-key-of-nobody-1234567890"
    error = fault(wire, answering(401, refusal(wire, f"Incorrect API key provided: {key}")), key=key)
    assert key not in str(error) and "[scrubbed]" in str(error)


@pytest.mark.parametrize("wire", FORMATS)
def test_a_key_that_cannot_be_sent_stays_out_of_the_text(wire):
    with serving(hanging_up) as server:
        error = asked_of(wire, f"http://127.0.0.1:{server.server_address[1]}", key="own-key\nof-nobody-1234567890")
    assert server.asked == 0
    assert isinstance(error, StoppedError) and "nobody" not in str(error) and "_API_KEY" in str(error), repr(error)


@pytest.mark.parametrize(
    ("model", "fix"),
    [
        ("openai/m", "set OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", "set ANTHROPIC_API_KEY"),
        ("claude-sonnet-4-5", "set ANTHROPIC_API_KEY"),
        ("gemini/gemini-2.5-pro", "set GEMINI_API_KEY"),
        ("no-such-model", "write the model as PROVIDER/NAME"),
    ],
)
def test_what_fails_before_anything_is_sent(model, fix, monkeypatch):
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    # should a request be made after all, it goes nowhere
    with pytest.raises(StoppedError, match=fix):
        LiteLLM(Identity(model=model), base_url="http://127.0.0.1:1").complete(ASK, ())


@pytest.mark.parametrize("wire", FORMATS)
def test_what_the_agent_was_handling_is_no_part_of_the_fault(wire):
    """An exception raised while another one is handled carries that one along."""
    import httpx

    try:
        raise httpx.ConnectError("the agent's own")
    except httpx.ConnectError:
        error = fault(wire, answering(200, b"{}"))
    assert isinstance(error, TransientError) and error.kind == "unreadable answer"


def test_a_fault_of_ours_is_no_fault_of_the_service():
    """What cannot be turned into a request is not tried again."""
    with serving(hanging_up) as server:
        model = LiteLLM(
            Identity(model=MODELS["anthropic"]), base_url=f"http://127.0.0.1:{server.server_address[1]}", key="none"
        )
        with pytest.raises(ServiceError, match="the request could not be made") as caught:
            model.complete([{"role": "user", "content": object()}], ())
    assert type(caught.value) is ServiceError and server.asked == 0


@pytest.mark.parametrize(
    ("model", "name"),
    [("gpt-5", "openai"), ("claude-sonnet-4-5", "anthropic"), ("gemini/x", "gemini"), ("openai/a/b", "openai")],
)
def test_whose_model_it_is(model, name):
    assert provider(model) == name
