"""HTTP recordings beneath the transcripts, as compact vcrpy cassettes.

vcrpy patches process-wide, so conversations in several threads would mix. Here httpx's transport is patched once and
each conversation's cassette is chosen by a context variable.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from hapi_pytest.baton import BATON
from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import StaleRecordingError
from hapi_pytest.secrets import environment_secrets, scrubbed_text

if TYPE_CHECKING:
    import httpx
    from vcr.cassette import Cassette
    from vcr.request import Request

STAND_IN_MARK = "x-hapi-stand-in"
_KEPT_HEADERS = ("content-type", STAND_IN_MARK)
_HOST = "http://service"  # hosts and ports differ between runs; the path tells the route

_importing = threading.Lock()
"""vcrpy's modules import each other, so that two threads which begin at once find them half-made."""
_current: ContextVar["Cassette | None"] = ContextVar("hapi_cassette", default=None)
_patching = threading.Lock()


class HttpLog:
    """What passed through one conversation's cassette."""

    def __init__(self, cassette: "Cassette") -> None:
        self._cassette = cassette

    @property
    def requests(self) -> int:
        """How many answers were recorded or played."""
        return len(self._cassette.requests)

    @property
    def is_stand_in(self) -> bool:
        """Whether any answer carried the stand-in's mark."""
        return any(STAND_IN_MARK in response["headers"] for response in self._cassette.responses)

    @property
    def left_over(self) -> int:
        """How many recorded answers were not played."""
        return len(self._cassette.requests) - int(self._cassette.play_count)

    def encode(self) -> bytes:
        """Write the cassette in vcrpy's format."""
        from vcr.serialize import serialize

        content = {"requests": self._cassette.requests, "responses": self._cassette.responses}
        return str(serialize(content, _Json)).encode()


@contextmanager
def recorded() -> Iterator[HttpLog]:
    """Record every answer that arrives in this context."""
    kind, record_mode = _vcr()
    cassette = kind(**_settings("recording", record_mode.ALL))
    cassette.can_play_response_for = lambda request: False  # vcrpy would compare the request with all before it first
    with _used(cassette) as log:
        yield log


@contextmanager
def played(file: Path) -> Iterator[HttpLog]:
    """Answer every request of this context from a cassette, in its order; nothing reaches the network.

    Raises StaleRecordingError when the cassette is missing or broken.
    """
    kind, record_mode = _vcr()
    try:
        cassette = kind.load(**_settings(str(file), record_mode.NONE))
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise StaleRecordingError(f"{file}: cannot be read as a cassette: {error!r}") from None
    if not len(cassette):
        raise StaleRecordingError(f"{file}: the cassette is missing or empty\n  fix:     restore it, or record again")
    with _used(cassette) as log:
        yield log


@contextmanager
def forgetting_failures() -> Iterator[None]:
    """Drop again what this context's recording gains in a block that raises: only what led to a reply belongs in it."""
    cassette = _current.get()
    gained_from = 0 if cassette is None else len(cassette.data)
    try:
        yield
    except BaseException:
        if cassette is not None:
            del cassette.data[gained_from:]  # a cassette that is played gains nothing
        raise


def _vcr() -> tuple[Any, Any]:
    """Return vcrpy's cassette and its record modes."""
    with _importing:
        from vcr.cassette import Cassette
        from vcr.record_mode import RecordMode
    return Cassette, RecordMode


class _Json:
    """vcrpy serializer: JSON with one interaction a line, the same content giving the same bytes."""

    @staticmethod
    def serialize(content: dict[str, Any]) -> str:
        lines = [
            json.dumps(interaction, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            for interaction in content["interactions"]
        ]
        return f'{{"version": {content["version"]}, "interactions": [\n' + ",\n".join(lines) + "\n]}\n"

    @staticmethod
    def deserialize(text: str) -> Any:
        return json.loads(text)


def is_miss(error: BaseException | None) -> bool:
    """Tell whether an error, however wrapped by clients, began as a request that the cassette does not hold."""
    from vcr.errors import CannotOverwriteExistingCassetteException

    while error is not None:
        if isinstance(error, CannotOverwriteExistingCassetteException):
            return True
        error = error.__cause__ or error.__context__
    return False


def _settings(path: str, mode: Any) -> dict[str, Any]:
    from vcr import matchers

    return {
        "path": path,
        "serializer": _Json,
        "record_mode": mode,
        "match_on": (matchers.method, matchers.path, matchers.body),
        "before_record_request": _compact_request,
        "before_record_response": _clean_response,
    }


def _compact_request(request: "Request") -> "Request":
    """Keep method, path and the digest of the body; called several times per request, so it must be idempotent."""
    from vcr.request import Request

    sent = request.body or b""
    if not sent.startswith(b"sha256:"):
        sent = b"sha256:" + raw_digest(_canonical_json(sent))[:20].encode()
    path = urlsplit(request.uri).path
    return Request(request.method, _HOST + scrubbed_text(path, environment_secrets()), sent, {})


def _canonical_json(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except ValueError:
        return body


def _clean_response(response: dict[str, Any]) -> dict[str, Any]:
    """Keep the body, uncompressed and without keys, and the few headers that replay needs."""
    from vcr.filters import decode_response

    response = decode_response(response)
    headers = {name.lower(): values for name, values in response["headers"].items()}
    text = response["body"]["string"].decode("utf-8", errors="replace")
    return {
        "status": response["status"],
        "headers": {name: headers[name] for name in _KEPT_HEADERS if name in headers},
        "body": {"string": scrubbed_text(text, environment_secrets()).encode()},
    }


@contextmanager
def _used(cassette: "Cassette") -> Iterator[HttpLog]:
    with _patching:
        _patch_transport()
    token = _current.set(cassette)
    try:
        yield HttpLog(cassette)
    finally:
        _current.reset(token)


def _patch_transport() -> None:
    import httpx
    from vcr.stubs.httpx_stubs import vcr_handle_request

    real = httpx.HTTPTransport.handle_request
    if getattr(real, "is_hapi", False):
        return

    def whole(transport: "httpx.HTTPTransport", request: "httpx.Request") -> "httpx.Response":
        """Wait for an answer to its end: a service may send its head long before."""
        with BATON.laid_down():
            response = real(transport, request)
            stream = cast(httpx.SyncByteStream, response.stream)
            with contextlib.closing(stream):
                response.stream = httpx.ByteStream(b"".join(stream))
        return response

    def handle_request(transport: "httpx.HTTPTransport", request: "httpx.Request") -> "httpx.Response":
        cassette = _current.get()
        if cassette is None:
            return real(transport, request)
        # zstd and brotli depend on what happens to be installed
        request.headers["accept-encoding"] = "gzip"
        response: httpx.Response = vcr_handle_request(cassette, whole, httpx)(transport, request)
        if response.has_redirect_location:
            # Clients follow up to twenty, and take headers such as x-api-key along to any host.
            raise httpx.TooManyRedirects("the service redirects to another address", request=request)
        return response

    setattr(handle_request, "is_hapi", True)  # noqa: B010  # marks our patch, so that it is applied once
    setattr(httpx.HTTPTransport, "handle_request", handle_request)  # noqa: B010  # see the module's text
