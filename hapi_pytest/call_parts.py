"""What litellm is given so that a call takes little time; imported only when one is made."""

import functools
import os
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import litellm
from litellm.litellm_core_utils.litellm_logging import Logging
from litellm.llms.custom_httpx.http_handler import HTTPHandler, get_ssl_configuration
from openai import OpenAI
from openai.resources.chat import Completions
from openai.types.chat import ChatCompletion

KEPT = httpx.Limits(max_connections=None, max_keepalive_connections=None)
"""With httpx's own limit, as soon as twenty connections are open every call opens a new one."""


@functools.cache
def handler(seconds: float) -> HTTPHandler:
    """Return litellm's client for services that have none of their own, which may be silent for so long."""
    return HTTPHandler(timeout=seconds, client=_connections(seconds))


@functools.cache
def chats(key: str, base_url: str | None, seconds: float) -> OpenAI:
    """Return OpenAI's client for a key and an address, which may be silent for so long."""
    http = _connections(seconds)
    client = OpenAI(api_key=key, base_url=base_url, http_client=http, timeout=seconds, max_retries=0)
    client.chat.completions = _PlainCompletions(client)  # type: ignore[misc]  # typed as read-only, but cached as set
    return client


def log(model: str, messages: Sequence[Mapping[str, Any]]) -> Logging | None:
    """Return litellm's log of one call; None where somebody listens to litellm's own."""
    if litellm.callbacks or litellm.success_callback or litellm.failure_callback:
        return None
    return _ShortLog(
        model=model,
        messages=list(messages),
        stream=False,
        call_type="completion",
        start_time=datetime.now(),
        litellm_call_id=str(uuid.uuid4()),
        function_id="",
    )


@functools.cache
def _connections(seconds: float) -> httpx.Client:
    """Return the connections of all calls with a time limit; they follow no redirect and take no cookie along."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    certificate = os.environ.get("SSL_CERTIFICATE") or litellm.ssl_certificate
    return httpx.Client(
        verify=get_ssl_configuration(), cert=certificate, timeout=seconds, limits=KEPT, cookies=no_cookies
    )


class _ShortLog(Logging):
    """A log without a price and without a report at the end: prices are ours, and nobody would read the report."""

    def _response_cost_calculator(self, *_: Any, **__: Any) -> None:
        pass

    def success_handler(self, *_: Any, **__: Any) -> None:
        pass


class _PlainCompletions(Completions):
    """OpenAI's chats, sent as they are.

    By itself the client goes over every message once for each kind of message there is, in case a field has another
    name in the request. No field of a chat has one, and at thirteen messages it takes as long as the rest of a call.
    """

    def create(  # type: ignore[override]  # the client lists every field of a request, and this one takes them all
        self,
        *,
        extra_headers: Any = None,
        extra_query: Any = None,
        extra_body: Any = None,
        timeout: Any = None,
        **body: Any,
    ) -> ChatCompletion:
        given = {"headers": extra_headers, "params": extra_query, "extra_json": extra_body, "timeout": timeout}
        options: Any = {name: value for name, value in given.items() if value is not None}
        return self._client.post("/chat/completions", cast_to=ChatCompletion, body=body, options=options)
