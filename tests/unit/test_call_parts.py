"""What litellm is given with a call: it sends the same, keeps its connections, and its own listeners hear of it."""

import contextlib
import json
import subprocess
import sys
import threading

from hapi_pytest.llm import LiteLLM, load
from hapi_pytest.recordings import Identity
from hapi_pytest.tools import schemas
from tests.unit.test_llm import Handler, Server, body

CROWD = 25
"""More than httpx keeps by itself."""
CALL = {"id": "c1", "type": "function", "function": {"name": "run", "arguments": '{"code": "ls"}'}}
CHAT = [
    {"role": "system", "content": "You work."},
    {"role": "user", "content": [{"type": "text", "text": "Ünïcode, and \u0000"}, {"type": "text", "text": ""}]},
    {"role": "assistant", "content": None, "tool_calls": [CALL], "reasoning_content": "Hm."},
    {"role": "tool", "tool_call_id": "c1", "content": "a\nb"},
    {"role": "assistant", "content": "", "refusal": None, "annotations": [], "provider_fields": {"a": [1, 2.5, True]}},
    {"role": "user", "content": "Go on.", "name": "client"},
]
ARGUMENTS = {"temperature": 0.5, "extra_headers": {"x-team": "a"}, "extra_body": {"top_k": 5}, "user": "u"}


class Together(Handler):
    """Answers when as many requests as the server waits for are there, and sets a cookie."""

    def do_POST(self):  # noqa: N802  # the name that http.server calls
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.sent.append((self.path, dict(self.headers), sent))
        self.server.crowd.wait(timeout=20)
        content = json.dumps(body("openai")).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("set-cookie", "who=you; path=/")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Counting(Server):
    def __init__(self, crowd: int) -> None:
        super().__init__(("127.0.0.1", 0), Together)
        self.crowd = threading.Barrier(crowd)
        self.sent, self.connections = [], 0

    def get_request(self):
        self.connections += 1
        return super().get_request()


@contextlib.contextmanager
def serving(crowd: int = 1):
    with Counting(crowd) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def line(server: Server, **arguments) -> LiteLLM:
    return LiteLLM(Identity(model="openai/m", arguments=arguments), base_url=f"{server.url}/v1", key="none")


def test_a_chat_is_sent_as_litellm_sends_it_with_its_own_client():
    with serving() as server:
        line(server, **ARGUMENTS).complete(CHAT, schemas())
        load().completion(
            model="openai/m",
            api_base=f"{server.url}/v1",
            api_key="none",
            timeout=600.0,
            max_retries=0,
            messages=[dict(message) for message in CHAT],
            tools=schemas(),
            **ARGUMENTS,
        )
    ours, theirs = server.sent
    assert ours == theirs
    _, headers, request = ours
    assert (headers["x-team"], request["top_k"], len(request["messages"])) == ("a", 5, len(CHAT))


def test_connections_are_kept_and_cookies_are_not():
    with serving(CROWD) as server:
        for _ in range(3):
            threads = [threading.Thread(target=lambda: line(server).complete(CHAT, ())) for _ in range(CROWD)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert len(server.sent) == 3 * CROWD
    assert server.connections == CROWD
    assert all("Cookie" not in headers for _, headers, _ in server.sent)


LISTENING = """
import sys, threading
from hapi_pytest.llm import LiteLLM, load
from hapi_pytest.recordings import Identity

reports, prices, heard = [], [], threading.Event()
from litellm.litellm_core_utils.litellm_logging import Logging
make, price = Logging._build_standard_logging_payload, Logging._response_cost_calculator
load()
Logging._build_standard_logging_payload = lambda *given: [reports.append(given), make(*given)][1]
Logging._response_cost_calculator = lambda *given, **named: [prices.append(given), price(*given, **named)][1]
for listeners in ([], [lambda *_: heard.set()]):
    load().success_callback = listeners
    line = LiteLLM(Identity(model="openai/m"), base_url=sys.argv[1], key="none")
    line.complete([{"role": "user", "content": "x"}], ())
    print(heard.wait(20 if listeners else 0.5), len(reports), bool(prices))
"""


def test_litellms_own_reports_are_made_for_those_who_listen():
    with serving() as server:
        command = [sys.executable, "-c", LISTENING, f"{server.url}/v1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["False 0 False", "True 1 True"]), done.stderr
