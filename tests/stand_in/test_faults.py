"""Faults on purpose: each of them in each service's format, when it was asked for, and counted."""

import contextlib
import functools
import itertools
import json
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from hapi_pytest import cli
from hapi_pytest.stand_in import HEADER, Fault, StandIn, parsed
from hapi_pytest.stand_in.faults import KINDS
from hapi_pytest.stand_in.occasions import About, Every, First, Numbered, Occasion, Share, Turn

KEYS = {"authorization": "Bearer any", "x-api-key": "any", "x-goog-api-key": "any", "anthropic-version": "2023-06-01"}
SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
NAMES = ("read_file", "run", "submit")
SERVICES = ("openai", "anthropic", "gemini")
ADDRESSES = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/stand-in:generateContent",
}
# Nothing here is encrypted, and reading the certificates takes longer than an answer.
post = functools.partial(httpx.post, headers=KEYS, verify=False)
every_service = pytest.mark.parametrize("service", SERVICES)


def request(service, text="Hello", turn=1):
    """Write a request for the given answer of a conversation."""
    said = [text, *["Well.", "Go on."] * (turn - 1)]
    if service == "gemini":
        contents = [
            {"role": role, "parts": [{"text": text}]}
            for role, text in zip(itertools.cycle(["user", "model"]), said, strict=False)
        ]
        return {
            "contents": contents,
            "tools": [{"functionDeclarations": [{"name": name, "parameters": SCHEMA} for name in NAMES]}],
        }
    messages = [
        {"role": role, "content": text}
        for role, text in zip(itertools.cycle(["user", "assistant"]), said, strict=False)
    ]
    if service == "anthropic":
        tools = [{"name": name, "input_schema": SCHEMA} for name in NAMES]
        return {"model": "stand-in", "max_tokens": 999, "messages": messages, "tools": tools}
    tools = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in NAMES]
    return {"model": "stand-in", "messages": messages, "tools": tools}


def ask(server, service="openai", text="Hello", turn=1, seconds=5):
    body = request(service, text, turn)
    return post(server.url + ADDRESSES[service], json=body, timeout=seconds)


def content(service, answer):
    """Return text, tool calls and finish of an answer."""
    body = answer.json()
    if service == "openai":
        (choice,) = body["choices"]
        calls = [
            (call["function"]["name"], call["function"]["arguments"])
            for call in choice["message"].get("tool_calls", [])
        ]
        return choice["message"]["content"], calls, choice["finish_reason"]
    if service == "anthropic":
        texts = [block["text"] for block in body["content"] if block["type"] == "text"]
        calls = [
            (block["name"], json.dumps(block["input"])) for block in body["content"] if block["type"] == "tool_use"
        ]
        return "".join(texts), calls, body["stop_reason"]
    (candidate,) = body["candidates"]
    parts = candidate.get("content", {}).get("parts", [])
    calls = [
        (part["functionCall"]["name"], json.dumps(part["functionCall"]["args"]))
        for part in parts
        if "functionCall" in part
    ]
    return "".join(part.get("text", "") for part in parts), calls, candidate["finishReason"]


@pytest.fixture
def faulty(root):
    """Start servers with faults in their text form."""
    with contextlib.ExitStack() as stack:

        def start(*specs, **arguments):
            return stack.enter_context(StandIn(root, faults=[parsed(spec) for spec in specs], **arguments))

        yield start


OVERLOADED = {"status": "UNAVAILABLE"}
REFUSED = {
    "429": [
        (429, {"type": "requests", "code": "rate_limit_exceeded"}),
        (429, {"type": "rate_limit_error"}),
        (429, {"status": "RESOURCE_EXHAUSTED"}),
    ],
    "500": [(500, {"type": "server_error"}), (500, {"type": "api_error"}), (500, {"status": "INTERNAL"})],
    "503": [(503, {"type": "server_error"}), (503, {"type": "api_error"}), (503, OVERLOADED)],
    "529": [(529, {"type": "server_error"}), (529, {"type": "overloaded_error"}), (529, OVERLOADED)],
    "401": [
        (401, {"type": "invalid_request_error", "code": "invalid_api_key"}),
        (401, {"type": "authentication_error"}),
        (400, {"status": "INVALID_ARGUMENT", "reason": "API_KEY_INVALID"}),
    ],
    "404": [
        (404, {"type": "invalid_request_error", "code": "model_not_found", "says": "`stand-in`"}),
        (404, {"type": "not_found_error", "says": "model: stand-in"}),
        (404, {"status": "NOT_FOUND", "says": "models/stand-in "}),
    ],
    "quota": [
        (429, {"type": "insufficient_quota", "code": "insufficient_quota"}),
        (400, {"type": "invalid_request_error", "says": "credit balance is too low"}),
        (403, {"status": "PERMISSION_DENIED", "reason": "BILLING_DISABLED"}),
    ],
    "context-length": [
        (400, {"code": "context_length_exceeded", "param": "messages", "says": "maximum context length is"}),
        (400, {"type": "invalid_request_error", "says": "prompt is too long: "}),
        (400, {"status": "INVALID_ARGUMENT", "says": "exceeds the maximum number of tokens allowed"}),
    ],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_services_refuse_in_their_own_words(faulty, kind):
    server = faulty(kind)
    for service, (status, expected) in zip(SERVICES, REFUSED[kind], strict=True):
        answer = ask(server, service)
        error = answer.json()["error"]
        reasons = [detail.get("reason") for detail in error.pop("details", [])]
        found = {**error, "reason": reasons[0] if reasons else None}
        said = expected.get("says", "")
        assert (answer.status_code, answer.headers[HEADER]) == (status, "1")
        assert {key: found[key] for key in expected if key != "says"} | ({"says": said} if said else {}) == expected
        assert error["message"] and said in error["message"]
        assert "retry-after" not in answer.headers
    assert server.counts.faults == {kind: 3} and server.counts.answered == 0


@every_service
def test_a_gateway_answers_with_a_page(faulty, service):
    answer = ask(faulty("502"), service)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")


@every_service
def test_a_rate_limit_says_how_long_to_wait(faulty, service):
    answer = ask(faulty("429=0.5"), service)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "0.5")
    delays = [detail["retryDelay"] for detail in answer.json()["error"].get("details", [])]
    assert delays == (["0.5s"] if service == "gemini" else [])


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@every_service
@pytest.mark.parametrize("kind", ["truncated", "malformed"])
def test_an_unreadable_answer_is_whole_to_http(faulty, service, kind):
    server = faulty(kind)
    answer = ask(server, service)
    assert (answer.status_code, int(answer.headers["content-length"])) == (200, len(answer.content))
    assert not is_json(answer.text)
    assert answer.text.startswith("{") is (kind == "truncated")
    assert server.counts.answered == 0


@every_service
def test_an_empty_answer_has_nothing_to_choose_from(faulty, service):
    body = ask(faulty("empty"), service).json()
    assert body[{"openai": "choices", "anthropic": "content", "gemini": "candidates"}[service]] == []


@every_service
def test_a_content_filter_leaves_no_content(faulty, service):
    server = faulty("content-filter")
    answer = ask(server, service)
    finish = {"openai": "content_filter", "anthropic": "refusal", "gemini": "SAFETY"}[service]
    assert content(service, answer) == (None if service == "openai" else "", [], finish)
    assert (answer.status_code, server.counts.answered) == (200, 0)


@every_service
@pytest.mark.parametrize("kind", ["unknown-tool", "bad-json", "bad-arguments", "never-submit"])
def test_a_model_slips_with_a_tool(faulty, service, kind):
    server = faulty(kind)
    text, [(name, arguments)], _ = content(service, ask(server, service))
    assert text and server.counts.answered == 1
    assert name == {"unknown-tool": "teleport", "never-submit": "run"}.get(kind, "read_file")
    assert is_json(arguments) is not (kind == "bad-json" and service == "openai")
    if kind == "bad-arguments":
        assert set(json.loads(arguments)) == {"path", "speed"}
    elif kind == "never-submit":
        assert json.loads(arguments)["script"] == "true"
    elif kind == "bad-json" and service != "openai":
        assert json.loads(arguments) == {"path": 7}


@every_service
def test_a_model_says_something_instead_of_using_a_tool(faulty, service):
    text, calls, _ = content(service, ask(faulty("no-tool"), service))
    assert text and calls == []


@every_service
def test_a_huge_answer_is_sent_whole(faulty, service):
    server = faulty("huge=2")
    text, calls, _ = content(service, ask(server, service))
    assert len(text) == 2_000_000 and calls
    assert server.counts.answered == 1 and Fault("huge").amount == 10


def received(server, service):
    """Ask over a bare socket; return what came and what ended it."""
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    body = json.dumps(request(service)).encode()
    head = [f"POST {ADDRESSES[service]} HTTP/1.1", "host: a", f"content-length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in KEYS.items()]
    came = b""
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        while True:
            try:
                part = connection.recv(65536)
            except OSError as error:
                return came, type(error)
            if not part:
                return came, None
            came += part


@every_service
def test_a_reset_comes_in_the_middle_of_the_body(faulty, service):
    server = faulty("reset")
    came, ending = received(server, service)
    head, _, body = came.partition(b"\r\n\r\n")
    length = int(dict(line.split(b": ") for line in head.split(b"\r\n")[1:])[b"content-length"])
    assert head.startswith(b"HTTP/1.1 200")
    assert (len(body), ending) == (length // 2, ConnectionResetError)
    assert (server.counts.requests, server.counts.answered) == (1, 0)


@every_service
def test_a_hang_ends_without_an_answer(faulty, service):
    server, start = faulty("hang=0.2"), time.monotonic()
    assert received(server, service) == (b"", None)
    assert 0.2 <= time.monotonic() - start < 1
    assert (server.counts.faults, server.counts.last_seconds) == ({"hang": 1}, None)


@pytest.mark.parametrize("arguments", [{"specs": ["hang"]}, {"specs": ["slow=60"]}, {"latency_seconds": 60}])
def test_a_server_stops_while_it_makes_clients_wait(root, arguments):
    faults = [parsed(spec) for spec in arguments.pop("specs", [])]
    with ThreadPoolExecutor(4) as pool:
        with StandIn(root, faults=faults, **arguments) as server:
            waiting = [pool.submit(received, server, "openai") for _ in range(4)]
            while server.requests < 4:
                time.sleep(0.01)
            start = time.monotonic()
        assert [future.result() for future in waiting] == [(b"", None)] * 4
        assert time.monotonic() - start < 2
    assert server.counts.answered == 0


@every_service
def test_a_slow_answer_is_the_answer(faulty, stand_in, service):
    start = time.monotonic()
    answer = ask(faulty("slow=0.2"), service)
    assert time.monotonic() - start >= 0.2
    assert answer.content == ask(stand_in, service).content


def test_latency_comes_before_every_answer_and_delays_no_other(faulty):
    server, start = faulty("500@1", latency_seconds=0.3), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: ask(server).status_code, range(8)))
    assert sorted(statuses) == [200] * 7 + [500]
    assert 0.3 <= time.monotonic() - start < 1.5
    assert server.counts.last_seconds - server.counts.first_seconds >= 0.3


def test_an_answer_that_nobody_waits_for_is_not_counted(faulty):
    server = faulty("slow=0.5@first:1")
    with pytest.raises(httpx.ReadTimeout):
        ask(server, seconds=0.1)
    assert ask(server).status_code == 200
    time.sleep(0.6)
    assert (server.counts.answered, server.counts.repeated) == (1, 0)


def test_an_answer_that_cannot_be_sent_is_not_counted(faulty):
    server = faulty("huge=50")
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    body = json.dumps(request("openai")).encode()
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        head = (
            f"POST {ADDRESSES['openai']} HTTP/1.1\r\nauthorization: Bearer any\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        assert connection.recv(9) == b"HTTP/1.1 " and server.counts.answered == 1
    deadline = time.monotonic() + 5
    while server.counts.answered and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (server.counts.answered, server.counts.bodies, server.counts.repeated) == (0, 0, 0)


WHENS = {
    "all": "xxxxxx",
    "2": ".x....",
    "2..4": ".xxx..",
    "every:3": "..x..x",
    "turn:2": "....xx",
    "first:1": "x.x.x.",
    "first:2": "xxxxxx",
    "about:two": "..xx..",
    "about:one&first:1": "x...x.",
    "every:2&2..4&about:two": "...x..",
    "share:0": "......",
    "share:1": "xxxxxx",
}


@pytest.mark.parametrize("when", WHENS)
def test_a_fault_happens_when_it_is_asked_for(faulty, when):
    server = faulty(f"500@{when}")
    asked = [("Job one", 1), ("Job one", 1), ("Job two", 1), ("Job two", 1), ("Job one", 2), ("Job one", 2)]
    statuses = [ask(server, text=text, turn=turn).status_code for text, turn in asked]
    assert "".join("x" if status == 500 else "." for status in statuses) == WHENS[when]


@every_service
def test_a_conversation_is_known_in_every_format(faulty, service):
    server = faulty("500@turn:2&first:1&about:two")
    asked = [("two", 1), ("one", 2), ("two", 2), ("two", 2), ("two", 3)]
    assert [ask(server, service, text, turn).status_code for text, turn in asked] == [200, 200, 500, 200, 200]


def test_the_first_fault_that_strikes_is_the_one(faulty):
    server = faulty("429@first:1", "500@first:2", "503@4")
    assert [ask(server).status_code for _ in range(4)] == [429, 500, 200, 503]


def struck(condition, requests=4000):
    return [condition.holds(Occasion(n, 1, 1, "", str(n))) for n in range(requests)]


def test_a_share_strikes_that_share_of_requests_and_always_the_same():
    share = Share(0.3, "429")
    found = struck(share)
    assert 0.27 < sum(found) / len(found) < 0.33
    assert found == struck(share) != struck(Share(0.3, "500"))
    assert len({share.holds(Occasion(1, times, 1, "", "same")) for times in range(1, 50)}) == 2


def test_a_share_does_not_depend_on_the_order_of_arrival(faulty):
    texts = [f"Job {number}" for number in range(40)]
    found = []
    for order in (texts, texts[::-1]):
        server = faulty("429@share:0.5")
        found.append({text for text in order if ask(server, text=text).status_code == 429})
    assert found[0] == found[1] and 5 < len(found[0]) < 35


def test_what_the_service_refuses_anyway_meets_no_fault(faulty):
    server = faulty("500")
    assert post(server.url + ADDRESSES["openai"], content=b"{").status_code == 400
    assert (server.counts.requests, server.counts.faults) == (1, {})


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("429", Fault("429")),
        ("429=2", Fault("429", 2)),
        ("hang=1.5@all", Fault("hang", 1.5)),
        ("reset@3", Fault("reset", when=(Numbered(3, 3),))),
        ("reset@3..5", Fault("reset", when=(Numbered(3, 5),))),
        ("no-tool@every:2&turn:4", Fault("no-tool", when=(Every(2), Turn(4)))),
        ("quota@share:0.25", Fault("quota", when=(Share(0.25, "quota"),))),
        ("500@first:2&about:a=b@c: d", Fault("500", when=(First(2), About("a=b@c: d")))),
    ],
)
def test_faults_are_read_from_text(spec, fault):
    assert parsed(spec) == fault


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_asked_for(kind):
    assert parsed(f"{kind}@7").kind == kind


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("", "'' is no kind of fault"),
        ("refused", "'refused' is no kind of fault"),
        ("500=1", "500 takes no value"),
        ("429=soon", "'soon' is no number"),
        ("429=", "'' is no number"),
        ("slow=-1", "slow=-1 is no value"),
        ("slow=nan", "slow=nan is no value"),
        ("hang=1e9", "hang=1e+09 is no value"),
        ("500@", "'' is no WHEN"),
        ("500@0", "'0' is no WHEN"),
        ("500@2..", "'2..' is no WHEN"),
        ("500@5..2", "'5..2' is no WHEN"),
        ("500@-1", "'-1' is no WHEN"),
        ("500@every:0", "'every:0' is no WHEN"),
        ("500@share:2", "'share:2' is no WHEN"),
        ("500@share:x", "'share:x' is no WHEN"),
        ("500@about:", "'about:' is no WHEN"),
        ("500@often:2", "'often:2' is no WHEN"),
        ("500@1&", "'' is no WHEN"),
    ],
)
def test_a_wrong_spec_says_what_is_allowed(spec, problem):
    with pytest.raises(ValueError, match=re.escape(f"no fault {spec!r}: {problem}")) as caught:
        parsed(spec)
    said = str(caught.value)
    assert all(kind in said for kind in KINDS) and "about:TEXT" in said and "KIND[=VALUE][@WHEN]" in said


def test_counts_are_exact_under_many_threads(faulty):
    server, gate = faulty("429@every:4", "500@7"), threading.Barrier(64)

    def work(number):
        with httpx.Client(headers=KEYS, base_url=server.url, verify=False) as client:
            gate.wait()
            bodies = [request("openai", f"Job {number}"), request("openai", "Shared")] * 2
            return [client.post(ADDRESSES["openai"], json=body).status_code for body in bodies]

    with ThreadPoolExecutor(64) as pool:
        statuses = [status for found in pool.map(work, range(64)) for status in found]
    counts = httpx.get(f"{server.url}/requests").json()
    assert (statuses.count(429), statuses.count(500), statuses.count(200)) == (64, 1, 191)
    assert (counts["requests"], counts["answered"], counts["faults"]) == (256, 191, {"429": 64, "500": 1})
    assert counts["bodies"] + counts["repeated"] == 191
    assert counts["first_seconds"] < counts["last_seconds"] <= time.monotonic()
    assert server.counts.bodies == counts["bodies"] and server.requests == 256


def test_what_was_answered_before_is_counted_as_repeated(faulty):
    server = faulty("500@2", "truncated@4", "unknown-tool@5")
    assert (server.counts.first_seconds, server.counts.last_seconds) == (None, None)
    for text in ("one", "two", "two", "one", "three", "three", "one"):
        ask(server, text=text)
    counts = server.counts
    assert (counts.requests, counts.answered, counts.bodies, counts.repeated) == (7, 5, 3, 2)


@pytest.mark.parametrize("slip", ["unknown-tool", "bad-arguments", "never-submit", "huge=0.1"])
def test_the_work_goes_on_after_a_slip(faulty, desk_in, project, tools, tmp_path, slip):
    class Desk(desk_in):
        def use(self, name, arguments):
            try:
                return super().use(name, arguments)
            except (AttributeError, TypeError) as error:
                return f"error: {error}"

    def work(server, folder):
        place = Desk(folder, project.variant(0))

        def answered(messages):
            body = {"model": "stand-in", "messages": messages, "tools": tools}
            answer = post(server.url + ADDRESSES["openai"], json=body)
            return answer.json()["choices"][0]["message"]

        return len(place.work(answered)), place.handed_in

    turns, handed_in = work(faulty(), tmp_path / "normal")
    slipped = work(faulty(f"{slip}@turn:2", f"{slip}@turn:4"), tmp_path / "slipped")
    assert slipped == (turns + (0 if "huge" in slip else 2), handed_in)
    assert handed_in


def test_a_model_can_go_on_for_ever(faulty, stand_in):
    server = faulty("never-submit")
    found = [content("openai", ask(server, turn=turn))[1] for turn in (1, 5, 20)]
    assert {name for calls in found for name, _ in calls} == {"run"}


PROGRAM = [sys.executable, "-c", "from hapi_pytest.cli import main; main()", "stand-in", "--port", "0"]


def test_the_command_line_asks_for_faults_and_latency(root):
    options = ["--projects", str(root), "--fault", "429=3@1", "--fault", "500@2", "--latency", "0.2"]
    with subprocess.Popen([*PROGRAM, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            url = [process.stdout.readline().split()[1] for _ in range(3)][1]
            start = time.monotonic()
            answers = [post(url + ADDRESSES["openai"], json=request("openai")) for _ in range(3)]
            assert [answer.status_code for answer in answers] == [429, 500, 200]
            assert answers[0].headers["retry-after"] == "3"
            assert time.monotonic() - start >= 0.6
            assert httpx.get(f"{url}/requests").json()["faults"] == {"429": 1, "500": 1}
        finally:
            process.terminate()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fault", "flood"], ["no fault 'flood'", "never-submit", "share:P"]),
        (["--latency", "-1"], ["'-1' is no number of seconds"]),
        (["--latency", "soon"], ["'soon' is no number of seconds"]),
    ],
)
def test_the_command_line_refuses_what_cannot_be(monkeypatch, capsys, options, said):
    monkeypatch.setattr(sys, "argv", ["hapi", "stand-in", *options])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    shown = capsys.readouterr().err
    assert caught.value.code == 2
    assert all(text in shown for text in said)
