"""The review app: pages, files by their numbers, and what is entered."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from hapi_pytest.errors import HapiError
from hapi_pytest.report.harmless import POLICY
from hapi_pytest.review.desk import ATTACHMENTS, DELIVERABLE, Desk
from hapi_pytest.review.drafts import LONGEST_NOTE, Change, ConflictError, Draft
from hapi_pytest.review.pages import Pages
from hapi_pytest.review.queue import Submission

T = TypeVar("T")
MOST_BYTES = 1 << 20
"""Of a request."""
FRAME = f"sandbox; {POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""Policy of an agent's page, which is shown in a frame of ours."""
STATIC = {"review.js": "text/javascript", "review.css": "text/css"}


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note to be checked while it is typed."""

    text: str


def application(desk: Desk) -> Starlette:
    """Return the app."""
    answers = _Answers(desk)
    one = "/submissions/{number:int}/"
    file = f"{one}{{kind:str}}/{{file:int}}/"
    routes = [
        Route("/", answers.queue),
        Route("/static/{name:str}", answers.static),
        Route(one, answers.submission),
        Route(file, answers.file),
        Route(f"{file}page", answers.frame),
        Route(f"{one}save", _posted(answers.save), methods=["POST"]),
        Route(f"{one}finish", _posted(answers.finish), methods=["POST"]),
        Route(f"{one}gold", _posted(answers.gold), methods=["POST"]),
    ]
    handlers = {HapiError: _told, OSError: _told}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return app


class _Answers:
    """What is answered to each request; each runs in a thread, so that a slow file holds up nothing that is typed."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._pages = desk, Pages(desk)
        folder = Path(__file__).parent / "static"
        self._static = {name: (folder / name).read_bytes() for name in STATIC}

    def queue(self, request: Request) -> Response:
        return HTMLResponse(self._pages.queue(_root(request)))

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._static:
            raise HTTPException(404)
        return Response(self._static[name], media_type=STATIC[name])

    def submission(self, request: Request) -> Response:
        number = request.path_params["number"]
        self._submission(request)
        return HTMLResponse(self._pages.submission(_root(request), number))

    def file(self, request: Request) -> Response:
        number, kind, file = self._file(request)
        shown = self._desk.shown(number, kind, file)
        return HTMLResponse(self._pages.file(shown, f"{_root(request)}/submissions/{number}/{kind}/{file}/page"))

    def frame(self, request: Request) -> Response:
        """Answer with an agent's page, which runs nothing, loads nothing and leads nowhere."""
        page = self._desk.shown(*self._file(request)).preview.page
        if not page:
            raise HTTPException(404)
        return HTMLResponse(page.encode(errors="replace"), headers={"Content-Security-Policy": FRAME})

    def save(self, request: Request, body: bytes) -> Response:
        submission = self._submission(request)
        return _state(self._desk.save(submission, _change(submission, body)))

    def finish(self, request: Request, body: bytes) -> Response:
        submission = self._submission(request)
        draft = self._desk.save(submission, _change(submission, body))
        if lacking := draft.lacking(submission):
            return _json({"lacking": lacking, "revision": draft.revision, "seconds": draft.seconds}, 422)
        file = self._desk.finish(submission, draft)
        return _json({"file": file, "minutes": draft.minutes, "revision": draft.revision, "seconds": draft.seconds})

    def gold(self, request: Request, body: bytes) -> Response:
        note = _decoded(body, Note).text[:LONGEST_NOTE]
        return _json({"gives_away": self._desk.gives_away(self._submission(request), note)})

    def _submission(self, request: Request) -> Submission:
        every, number = self._desk.queue.submissions, int(request.path_params["number"])
        if number >= len(every):
            raise HTTPException(404)
        return every[number]

    def _file(self, request: Request) -> tuple[int, str, int]:
        """Return a file's numbers."""
        submission, kind, file = self._submission(request), request.path_params["kind"], request.path_params["file"]
        if kind not in (ATTACHMENTS, DELIVERABLE) or file >= len(self._desk.names(submission, kind)):
            raise HTTPException(404)
        return request.path_params["number"], kind, file


def _posted(answer: Callable[[Request, bytes], Response]) -> Callable[[Request], Awaitable[Response]]:
    """Return what reads a request's body, up to a limit, before it is answered."""

    async def read(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise HTTPException(413)
        try:
            return await run_in_threadpool(partial(answer, request, body))
        except ConflictError as conflict:
            return _state(conflict.draft, 409)

    return read


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(400, str(error)) from None


def _change(submission: Submission, body: bytes) -> Change:
    change = _decoded(body, Change)
    if unknown := change.entries.keys() - submission.criteria.keys():
        raise HTTPException(400, f"no such criterion: {min(unknown)[:80]!r}")
    return change


def _state(draft: Draft, status: int = 200) -> Response:
    told = {"revision": draft.revision, "seconds": draft.seconds}
    return _json(told | {"entries": msgspec.to_builtins(draft.entries)} if status == 409 else told, status)


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def _root(request: Request) -> str:
    return str(request.scope["root_path"])


def _told(request: Request, error: Exception) -> Response:
    """Say what went wrong; where it went wrong on this machine's disk is nobody's business in a blind review."""
    text = error.strerror if isinstance(error, OSError) else str(error)
    return PlainTextResponse(text or "The disk has failed.", 500)
