"""The review app as anybody else finds it: closed."""

import pytest

from hapi_pytest.review.app import MOST_BYTES
from hapi_pytest.review.drafts import LONGEST_NOTE
from hapi_pytest.review.guard import POLICY
from tests.review.conftest import CRITERIA, FILES, LATER, MODEL, TOKEN, Made, Served, change


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app, of which these tests change nothing."""
    app = Served(Made(tmp_path_factory.mktemp("closed"), FILES, LATER).desk())
    yield app
    app.close()


@pytest.mark.parametrize(
    "path",
    [
        "/", "", "//", "/static/review.js", "/submissions/0/", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", f"/{TOKEN.upper()}/",
        f"//{TOKEN}/", f"/x/../{TOKEN}/", "/%00/", "/favicon.ico",
    ],
)  # fmt: skip
def test_without_the_token_there_is_nothing(app, path):
    answer = app.ask("GET", path or "/?")
    assert answer.status == 404
    assert MODEL not in answer.text and "guest" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:1",
        "evil.example:{port}",
        "127.0.0.1:{port}.evil.example",
        "",
        "[::1]:{port}",
    ],
)
def test_a_foreign_host_is_refused(app, host):
    assert app.ask("GET", f"/{TOKEN}/", headers={"Host": host.format(port=app.port)}).status == 400


def test_both_names_of_this_machine_are_served(app):
    for host in ("127.0.0.1", "localhost"):
        assert app.ask("GET", f"/{TOKEN}/", headers={"Host": f"{host}:{app.port}"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_what_other_pages_send_is_refused(app, headers):
    told = {name: value.format(port=app.port) for name, value in headers.items()}
    body = b'{"text": "x"}'
    path = f"/{TOKEN}/submissions/0/gold"
    assert app.ask("POST", path, body, {"Content-Type": "application/json", **told}).status == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_forms_send_is_refused(app, kind):
    assert app.post("/submissions/0/gold", {"text": "x"}, **{"Content-Type": kind}).status == 403


def test_a_browsers_word_for_the_origin_is_enough(app):
    headers = {"Content-Type": "application/json; charset=utf-8", "Sec-Fetch-Site": "same-origin"}
    assert app.ask("POST", f"/{TOKEN}/submissions/0/gold", b'{"text": "x"}', headers).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/review.js/", "/static/",
        "/static/%2fetc%2fpasswd", "/submissions/9/", "/submissions/-1/", "/submissions/0x0/",
        "/submissions/0/deliverable/99/", "/submissions/0/deliverable/-1/", "/submissions/0/deliverable/..%2f..%2f/",
        "/submissions/0/deliverable/guests.csv/", "/submissions/0/secrets/0/", "/submissions/0/../../run.json",
        "/submissions/99999999999999999999999999/", "/run.json", "/reviews", "/submissions/0", "//etc/passwd",
        "/submissions/0/deliverable/1/page",
    ],
)  # fmt: skip
def test_no_path_leads_anywhere_else(app, path):
    answer = app.get(path)
    assert answer.status == 404
    assert len(answer.text) < 100


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST"])
def test_there_are_no_other_methods(app, method):
    headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{app.port}"}
    assert app.ask(method, f"/{TOKEN}/", b"{}", headers).status == 405


def test_every_answer_carries_the_policy(app):
    for path in ("/", "/submissions/0/", "/submissions/0/deliverable/0/", "/static/review.js", "/nothing"):
        headers = app.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "unsafe" not in POLICY and "access-control-allow-origin" not in headers


def test_an_agents_page_is_served_to_a_sandboxed_frame_alone(app):
    answer = app.get(f"/submissions/0/deliverable/{sorted(FILES).index('page.html')}/page")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';") and "frame-ancestors 'self'" in policy
    assert "script" not in policy
    assert "Procedure" in answer.text and "<script" not in answer.text and "href" not in answer.text


@pytest.mark.parametrize("what", ["save", "finish", "gold"])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"text": 1}', b'{"text": "\\ud800"}', b"[" * 100_000, b'{"a": 1}',
        b'{"text": "x", "path": "/etc/passwd"}',
    ],
)  # fmt: skip
def test_a_malformed_body_is_refused(app, what, body):
    answer = app.post(f"/submissions/0/{what}", body)
    assert answer.status == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"revision": -1}, {"revision": "0"}, {"seconds": -1}, {"seconds": 1e9}, {"sequence": 0}, {"tab": ""},
        {"tab": "x" * 65}, {"entries": []}, {"entries": {"no-such-criterion": {"finding": "pass"}}},
        {"entries": {CRITERIA[0]: {"finding": "maybe"}}}, {"entries": {CRITERIA[0]: {"finding": "pass", "more": 1}}},
        {"entries": {CRITERIA[0]: {"note": "x" * (LONGEST_NOTE + 1)}}}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(app, wrong):
    assert app.post("/submissions/0/save", change() | wrong).status == 400
    assert app.post("/submissions/0/finish", change() | wrong).status == 400
    assert "0 of 3" in app.get().text


@pytest.mark.parametrize("is_told", [True, False])
def test_a_large_body_is_refused(app, is_told):
    body = b'{"text": "' + b"x" * MOST_BYTES + b'"}'
    headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{app.port}"}
    parts = body if is_told else iter([body[:1000], body[1000:]])  # the second is sent in chunks, without a length
    assert app.ask("POST", f"/{TOKEN}/submissions/0/gold", parts, headers).status == 413
