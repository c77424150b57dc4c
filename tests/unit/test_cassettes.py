"""Cassettes hold little, in one order, and nothing but what was asked for comes out of them."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from hapi_pytest.cassettes import forgetting_failures, is_miss, played, recorded
from hapi_pytest.errors import StaleRecordingError

KEY = "sk-" + "a1B2" * 8


class Echo(BaseHTTPRequestHandler):
    """Answers with the number of requests so far, a key and headers of every kind."""

    protocol_version = "HTTP/1.1"
    seen = 0

    def do_POST(self):
        type(self).seen += 1
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"answer": type(self).seen, "key": KEY}).encode()
        self.send_response(200)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Set-Cookie": "a=b"}
        for name, value in ({**headers, "X-Hapi-Stand-In": "1"} if self.path == "/stand-in" else headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    handler = type("Handler", (Echo,), {})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def post(url: str, body: object, path: str = "/v1/chat") -> dict:
    with httpx.Client(trust_env=False) as client:
        return client.post(url + path, json=body, headers={"authorization": f"Bearer {KEY}"}).json()


@pytest.fixture
def cassette(tmp_path):
    with serving() as url, recorded() as log:
        post(url, {"b": 2, "a": 1})
        post(url, {"a": 3})
        assert (log.requests, log.is_stand_in) == (2, False)
    (tmp_path / "x.http.json").write_bytes(log.encode())
    return tmp_path / "x.http.json"


def test_answers_come_back_without_a_server(cassette):
    with played(cassette) as log:
        assert log.left_over == 2
        assert post("http://elsewhere:99", {"a": 1, "b": 2})["answer"] == 1
        assert log.left_over == 1
        assert post("http://127.0.0.1:1", {"a": 3})["answer"] == 2
        assert (log.left_over, log.requests) == (0, 2)


def test_a_cassette_holds_neither_keys_nor_bodies_nor_needless_headers(cassette):
    text = cassette.read_text()
    assert KEY not in text and "cookie" not in text.lower() and "127.0.0.1" not in text and '"b": 2' not in text
    assert "sha256:" in text and "[scrubbed]" in text


@pytest.mark.parametrize(("body", "path"), [({"a": 4}, "/v1/chat"), ({"a": 3}, "/v1/other"), ({}, "/v1/chat")])
def test_another_request_is_a_miss(cassette, body, path):
    with played(cassette), pytest.raises(Exception, match="play back this request") as caught:
        post("http://x", body, path)
    assert is_miss(caught.value)
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = caught.value
    assert is_miss(wrapped) and not is_miss(RuntimeError("other")) and not is_miss(None)


def test_an_answer_is_given_once(cassette):
    with played(cassette):
        post("http://x", {"a": 3})
        with pytest.raises(Exception, match="play back this request"):
            post("http://x", {"a": 3})


def test_the_stand_ins_mark_is_kept(tmp_path):
    with serving() as url, recorded() as log:
        post(url, {}, "/stand-in")
        assert log.is_stand_in
    (tmp_path / "x").write_bytes(log.encode())
    with played(tmp_path / "x") as again:
        assert again.is_stand_in


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b'{"version": 1, "interactions": []}', b"\xff"])
def test_a_missing_empty_or_broken_cassette_is_stale(tmp_path, content):
    if content is not None:
        (tmp_path / "x.http.json").write_bytes(content)
    with pytest.raises(StaleRecordingError, match=r"x\.http\.json: "), played(tmp_path / "x.http.json"):
        pass


def test_conversations_in_other_contexts_are_left_alone(cassette):
    with serving() as url, played(cassette):
        answers = []
        thread = threading.Thread(target=lambda: answers.append(post(url, {"free": True})["answer"]))
        thread.start()
        thread.join()
    assert answers == [1]


def fail_after(*steps):
    try:
        with forgetting_failures():
            for step in steps:
                step()
            raise RuntimeError
    except RuntimeError:
        pass
    else:
        pytest.fail("the error was swallowed")


def test_what_a_failing_block_recorded_is_dropped_again():
    with serving() as url, recorded() as log:
        post(url, {"a": 1})
        fail_after(lambda: post(url, {"a": 2}), lambda: post(url, {"a": 3}))
        with forgetting_failures():
            post(url, {"a": 4})
    kept = [json.loads(i["response"]["body"]["string"])["answer"] for i in json.loads(log.encode())["interactions"]]
    assert kept == [1, 4]


def test_a_failing_block_takes_nothing_from_what_is_played(cassette):
    with played(cassette) as log:
        fail_after(lambda: post("http://x", {"a": 1, "b": 2}))
        assert (log.requests, log.left_over) == (2, 1)
        assert post("http://x", {"a": 3})["answer"] == 2
    fail_after()  # outside of any conversation there is nothing to forget


def test_threads_that_begin_at_once_find_vcrpy_whole():
    script = """
import threading
from hapi_pytest.cassettes import recorded
gate, errors = threading.Barrier(16), []
def begin():
    gate.wait()
    try:
        with recorded():
            pass
    except BaseException as error:
        errors.append(error)
threads = [threading.Thread(target=begin) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not errors, errors
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
