"""The server: what its answers have in common, whatever the format."""

import copy
import gc
import json
import socket
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.stand_in import HEADER, StandIn, anthropic, gemini, openai
from hapi_pytest.stand_in.refusal import RefusedError

HELLO = {
    "/v1/chat/completions": {"model": "stand-in", "messages": [{"role": "user", "content": "Hello"}]},
    "/v1/messages": {"model": "stand-in", "max_tokens": 99, "messages": [{"role": "user", "content": "Hello"}]},
    "/v1beta/models/stand-in:generateContent": {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]},
}
KEYS = {
    "authorization": "Bearer any",
    "x-api-key": "any",
    "x-goog-api-key": "any",
    "anthropic-version": "2023-06-01",
}
every_address = pytest.mark.parametrize("address", HELLO)


def ask(base, address, **request):
    return httpx.post(base + address, **{"json": HELLO[address], "headers": KEYS} | request)


@every_address
def test_the_same_request_gives_the_same_bytes_from_any_server(stand_in, root, tools, user_message, address):
    body = copy.deepcopy(HELLO[address])
    if "contents" in body:
        body["contents"][0]["parts"][0]["text"] = user_message
        functions = [dict(tool["function"]) for tool in tools]
        body["tools"] = [{"functionDeclarations": functions}]
    else:
        body["messages"][0]["content"] = user_message
        functions = [tool["function"] for tool in tools]
        body["tools"] = (
            tools
            if "max_tokens" not in body
            else [{"name": function["name"], "input_schema": function["parameters"]} for function in functions]
        )
    with StandIn(root) as other:
        answers = [ask(base, address, json=body) for base in (stand_in.url, stand_in.url, other.url)]
        assert other.requests == 1
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert b"read_file" in answers[0].content


@every_address
def test_an_answer_over_the_limit_is_cut_as_services_cut(stand_in, address):
    body = copy.deepcopy(HELLO[address])
    if "contents" in body:
        body["generationConfig"] = {"maxOutputTokens": 2}
    else:
        body["max_tokens"] = 2
    said = ask(stand_in.url, address, json=body).text
    assert any(f'"{reason}"' in said for reason in ("length", "max_tokens", "MAX_TOKENS"))


@every_address
def test_what_was_sent_before_counts_as_cached(stand_in, address):
    body, long = copy.deepcopy(HELLO[address]), "word " * 2_000
    if "contents" in body:
        body["contents"] = [{"role": role, "parts": [{"text": long}]} for role in ("user", "model", "user")]
    else:
        body["messages"] = [{"role": role, "content": long} for role in ("user", "assistant", "user")]
    if "messages" in address:
        body["cache_control"] = {"type": "ephemeral"}
    answer = ask(stand_in.url, address, json=body).json()
    usage = answer.get("usage") or answer["usageMetadata"]
    cached = {
        "/v1/chat/completions": lambda: usage["prompt_tokens_details"]["cached_tokens"],
        "/v1/messages": lambda: usage["cache_read_input_tokens"],
    }.get(address, lambda: usage["cachedContentTokenCount"])()
    assert cached % 128 == 0 and 4_500 < cached < 5_500


@every_address
def test_every_address_carries_the_mark_and_is_counted(root, address):
    with StandIn(root) as server:
        answer = ask(server.url, address)
        refused = ask(server.url, address, content=b"{")
        counts = httpx.get(f"{server.url}/requests").json()
    assert (answer.status_code, refused.status_code) == (200, 400)
    assert (counts["requests"], counts["answered"], counts["faults"]) == (2, 1, {})
    assert answer.headers[HEADER] == refused.headers[HEADER] == "1"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("POST", "/v1/embeddings", 404), ("PUT", "/v1/messages", 501), ("POST", "/v1/messages/x", 404)],
)
def test_other_requests_are_refused_in_json(stand_in, method, path, status):
    answer = httpx.request(method, stand_in.url + path, content=b"{}")
    assert (answer.status_code, answer.headers[HEADER]) == (status, "1")
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("header", "status"), [("", 411), ("content-length: x", 411), ("content-length: 99999999", 413)]
)
def test_a_body_must_say_how_long_it_is(stand_in, header, status):
    host, port = stand_in.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            f"POST /v1/messages HTTP/1.1\r\nhost: a\r\n{header}\r\n\r\n".replace("a\r\n\r\n\r\n", "a\r\n\r\n").encode()
        )
        assert f"HTTP/1.1 {status}".encode() in connection.makefile("rb").readline()


def test_a_broken_project_is_the_services_failure(tmp_path, root, project, user_message):
    folder = tmp_path / "admin-support" / "phone-list"
    folder.mkdir(parents=True)
    for file in project.folder.glob("*.*"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "inputs.py").write_text("def build(draw):\n    return 1 / 0\n")
    body = HELLO["/v1/chat/completions"] | {"messages": [{"role": "user", "content": user_message}]}
    tool = {"type": "function", "function": {"name": "run", "parameters": {"type": "object"}}}
    with StandIn(tmp_path) as server:
        answer = ask(server.url, "/v1/chat/completions", json=body | {"tools": [tool]})
    assert answer.status_code == 500
    assert "division by zero" in answer.json()["error"]["message"]


def test_closing_leaves_nothing_open(root):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client = httpx.Client(headers=KEYS)
        with StandIn(root) as server, ThreadPoolExecutor(16) as pool:
            address = f"{server.url}/v1/chat/completions"
            answers = list(pool.map(lambda _: client.post(address, json=HELLO["/v1/chat/completions"]), range(64)))
        client.close()
        gc.collect()
    assert {answer.status_code for answer in answers} == {200}
    assert [str(warning.message) for warning in caught] == []


def test_the_command_line_server_tells_its_addresses(root):
    program = (
        "from pathlib import Path\nfrom hapi_pytest.stand_in import serve_forever\n"
        f"serve_forever('127.0.0.1', 0, Path({str(root)!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline().split() for _ in range(3)]
        try:
            assert [name for name, _ in lines] == ["openai", "anthropic", "gemini"]
            assert ask(lines[1][1], "/v1/messages").status_code == 200
        finally:
            process.terminate()


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "role", "name", "parts"]), inner)
    ),
    max_leaves=6,
)


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*path, key))


def answered(wire, body):
    try:
        wire.read(json.dumps(body).encode(), KEYS, "m:generateContent")
    except RefusedError as error:
        return error.status, wire.refusal(error)["error"]["message"]
    return 200, ""


@pytest.mark.parametrize("wire", [openai, anthropic, gemini], ids=lambda wire: wire.__name__.rpartition(".")[2])
@given(data=st.data())
def test_whatever_is_sent_is_read_or_refused(services, wire, data):
    body = copy.deepcopy(services[wire.__name__.rpartition(".")[2]][1])
    path = data.draw(st.sampled_from(list(places(body))))
    place, value = body, data.draw(anything)
    for step in path[:-1]:
        place = place[step]
    if path:
        place[path[-1]] = value
    else:
        body = value
    status, said = answered(wire, body)
    assert (status, said) == (200, "") or (status == 400 and said)
