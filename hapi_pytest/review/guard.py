"""Who may ask the review app what: this machine's browser with the token, from the app's own pages."""

import secrets
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Refuses whatever does not come from the reviewer, before the app sees it, and words every answer's headers.

    The host's name is checked against names that lead to another machine's page (DNS rebinding), the origin against
    other pages in the same browser, and the token against other users of this machine.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the app answer it."""
        if scope["type"] != "http":
            return

        async def worded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal := _refusal(scope, self._token, self._hosts):
            await refusal(scope, receive, worded)
        else:
            await self._app({**scope, "root_path": f"/{self._token}"}, receive, worded)


def _refusal(scope: Scope, token: str, hosts: Collection[str]) -> PlainTextResponse | None:
    headers = Headers(scope=scope)
    host = headers.getlist("host")
    if len(host) != 1 or host[0] not in hosts:
        return PlainTextResponse("This is not the review's address.\n", 400)
    given = scope["path"].split("/")[1:2]
    if not given or not secrets.compare_digest(given[0].encode(errors="replace"), token.encode()):
        return PlainTextResponse("Open the address that hapi review has printed.\n", 404)
    if scope["method"] not in ("GET", "HEAD"):
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or not _is_own(headers, f"http://{host[0]}"):
            return PlainTextResponse("This comes from no page of the review.\n", 403)
    return None


def _is_own(headers: Headers, origin: str) -> bool:
    """Whether a request comes from a page of ours: by its origin, and where that is not told, by the browser's word."""
    told = headers.getlist("origin")
    return told == [origin] if told else headers.get("sec-fetch-site") == "same-origin"
