"""What a failed model call means, told by the service's own answer and not by the classes its clients make of it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from hapi_pytest.errors import (
    ContentFilterError,
    ContextLengthError,
    HapiError,
    ServiceError,
    StoppedError,
    TransientError,
)
from hapi_pytest.secrets import environment_secrets, scrubbed_text

RATE_LIMIT = "rate limit"
SERVER_ERROR = "server error"
REFUSED_CONNECTION = "refused connection"
BROKEN_CONNECTION = "broken connection"
TIMEOUT = "timeout"
UNREADABLE_ANSWER = "unreadable answer"

_KEYS = {
    name: f"{name.upper()}_API_KEY"
    for name in ("anthropic", "cohere", "deepseek", "gemini", "groq", "mistral", "openai", "openrouter", "xai")
}
_TRANSPORT = (
    ("TimeoutException", TIMEOUT),
    ("ConnectError", REFUSED_CONNECTION),
    ("ProxyError", REFUSED_CONNECTION),
    ("TransportError", BROKEN_CONNECTION),
    ("DecodingError", BROKEN_CONNECTION),
)
"""httpx's classes, the special ones first."""
_RETRIED = {408, 409, 425, 499}
_REFUSALS = {400, 403, 413, 422}

_CONTEXT_LENGTH = re.compile(
    r"context_length_exceeded|context window|context limit|context size|maximum context|model's context length"
    r"|prompt is too long|maximum number of tokens allowed|input tokens? (?:count )?exceed|maximum input length",
    re.IGNORECASE,
)
_CONTENT_FILTER = re.compile(
    r"content_filter|content_policy|content filtering policy|content management policy|responsibleaipolicyviolation"
    r"|violating our usage policy|safety system|data_inspection_failed",
    re.IGNORECASE,
)
# Gemini says "exceeded your current quota" of a limit per minute too, so that OpenAI's words for it prove nothing.
_CREDIT = re.compile(
    r"insufficient_quota|credit balance is too low|billing_(?:hard_limit_reached|not_active)"
    r"|insufficient (?:credit|balance)|billing (?:to be|is not) enabled|specified api usage limits|PerDay",
    re.IGNORECASE,
)
_KEY = re.compile(r"API_KEY_INVALID|api key (?:not valid|expired)|invalid_api_key", re.IGNORECASE)
_NO_KEY = re.compile(r"missing (?:credentials|(?:\S+ )?api key)", re.IGNORECASE)
_MODEL = re.compile(r"model_not_found|not a valid model|invalid model|LLM Provider NOT provided", re.IGNORECASE)
_TOO_LARGE = re.compile(r"request too large", re.IGNORECASE)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the service answered, as far as it did."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: str


def meaning(model: str, error: Exception, *, outer: BaseException | None, was_sent: bool, key: str = "") -> HapiError:
    """Return the error of ours that says what an exception of the client means.

    `outer` is the exception that was being handled before the call, and `was_sent` tells whether a request was made.
    """
    chain = tuple(_chain(error, outer))
    secrets = (*environment_secrets(), *([key] if key else []))
    for link in chain:
        if answer := _answer(link):
            reason = _reason(answer.body) or "it gives no reason"
            return _of_answer(model, answer, scrubbed_text(reason, secrets))
    for link in chain:
        if found := _of_transport(model, _names(link), scrubbed_text(_first_line(str(link)), secrets)):
            return found
    names = {name for link in chain for name in _names(link)}
    return _of_client(model, names, scrubbed_text(_first_line(str(error)), secrets), was_sent)


def provider(model: str) -> str:
    """Return whose a model is by litellm's prefix; names without one are OpenAI's and Anthropic's."""
    prefix, slash, _ = model.partition("/")
    return prefix if slash else "anthropic" if model.startswith("claude") else "openai"


def unreadable(model: str, what: str) -> TransientError:
    """Return the error for an answer that holds no reply."""
    return TransientError(f"{model}: the service sent an {UNREADABLE_ANSWER}: {what}", kind=UNREADABLE_ANSWER)


def _of_answer(model: str, answer: Answer, reason: str) -> HapiError:
    """Judge an HTTP status and what stands in the body."""
    status, body = answer.status, answer.body
    said = f"(HTTP {status}): {reason}"
    if status in _REFUSALS and _CONTEXT_LENGTH.search(body):
        return ContextLengthError(f"{model}: the conversation is longer than the model takes {said}")
    if status in _REFUSALS and _CONTENT_FILTER.search(body):
        return ContentFilterError(f"{model}: the service's content filter refused the conversation {said}")
    if status == 402 or (status in {*_REFUSALS, 429} and _CREDIT.search(body)):
        fix = "top up or raise the limit at the provider, then go on with --resume"
        return _stopped(f"{model}: the account's credit or quota is used up {said}", fix)
    if status in (401, 403) or (status == 400 and _KEY.search(body)):
        return _stopped(f"{model}: the service refuses the key {said}", f"{_set_key(model)}; it must allow this model")
    if status < 400:
        return _redirected(model)
    if status in (404, 405) or (status == 400 and _MODEL.search(body)):
        fix = "check the model's name and --base-url"
        return _stopped(f"{model}: the service knows no such model or route {said}", fix)
    if status == 429 and _TOO_LARGE.search(body):
        return ServiceError(f"{model}: one request is larger than the account's limit per minute {said}")
    if status == 429 or status in _RETRIED or status >= 500:
        kind = RATE_LIMIT if status == 429 else SERVER_ERROR
        wait = retry_after(answer)
        return TransientError(f"{model}: {kind} {said}", kind=kind, status=status, retry_after_seconds=wait)
    return ServiceError(f"{model}: the service refused the request {said}")


def _of_transport(model: str, names: set[str], reason: str) -> HapiError | None:
    """Judge a request that no answer came to; None when the exception is not about that."""
    if "TooManyRedirects" in names:
        return _redirected(model)
    if names & {"UnsupportedProtocol", "InvalidURL"}:
        return _stopped(f"{model}: the service's address is none: {reason}", "correct --base-url")
    if "LocalProtocolError" in names and "header" in reason:  # the reason would show the key
        return _stopped(f"{model}: the key cannot be sent", f"{_set_key(model)}, without spaces and line ends")
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return _stopped(f"{model}: {reason}", "set SSL_CERT_FILE to the certificates that your network uses")
    for name, kind in _TRANSPORT:
        if name in names:
            return TransientError(f"{model}: {kind}: {reason}", kind=kind)
    return None


def _of_client(model: str, names: set[str], reason: str, was_sent: bool) -> HapiError:
    """Judge what the client itself raised: over an answer that it cannot read, or before it sent anything."""
    if "ContextWindowExceededError" in names:
        return ContextLengthError(f"{model}: the conversation is longer than the model takes: {reason}")
    if "ContentPolicyViolationError" in names:
        return ContentFilterError(f"{model}: the service's content filter refused the conversation: {reason}")
    if was_sent:
        return unreadable(model, reason)
    if "AuthenticationError" in names or _NO_KEY.search(reason):
        return _stopped(f"{model}: there is no key for the service: {reason}", _set_key(model))
    if _MODEL.search(reason):
        fix = "write the model as PROVIDER/NAME, for example openai/gpt-5 or anthropic/claude-sonnet-4-5"
        return _stopped(f"{model}: litellm does not know whose model this is", fix)
    return ServiceError(f"{model}: the request could not be made: {reason}")


def _redirected(model: str) -> StoppedError:
    return _stopped(f"{model}: the service redirects to another address", "give that address as --base-url")


def _stopped(what: str, fix: str) -> StoppedError:
    return StoppedError(f"{what}\n  fix:     {fix}")


def _set_key(model: str) -> str:
    variable = _KEYS.get(provider(model))
    return f"set {variable}" if variable else "set the provider's key in the environment"


def _chain(error: BaseException | None, outer: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what it came from, up to what was being handled before."""
    seen: set[int] = set()
    while error is not None and error is not outer and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _names(error: BaseException) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}


def _answer(error: BaseException) -> Answer | None:
    """Return what an exception of httpx carries; litellm's own carry answers that it made up."""
    if type(error).__name__ != "HTTPStatusError":
        return None
    response: Any = getattr(error, "response")  # noqa: B009  # httpx is not imported here
    try:
        body = response.text
    except Exception:  # it was never read, or not to its end
        body = ""
    return Answer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=body,
    )


def retry_after(answer: Answer) -> float | None:
    """Return how many seconds the service asks us to wait; None when it does not say, or not so that it can be read."""
    with_unit = answer.headers.get("retry-after-ms", "")
    plain = answer.headers.get("retry-after", "")
    if (found := _number(with_unit)) is not None:
        return found / 1000
    if (found := _number(plain)) is not None:
        return found
    if plain:
        try:
            moment = parsedate_to_datetime(plain)
        except ValueError:
            return None
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    delay = re.search(r'"retryDelay":\s*"(\d+(?:\.\d+)?)s"', answer.body)  # Gemini says it in the body
    return float(delay[1]) if delay else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d{1,9}(?:\.\d{1,9})?\s*", text) else None


def _reason(body: str) -> str:
    """Return the sentence in an error's body, in the forms that services have for it."""
    try:
        content = json.loads(body)
    except ValueError:
        return _first_line(body)
    for _ in range(3):
        if isinstance(content, list) and content:
            content = content[0]
        if isinstance(content, dict):
            content = content.get("error") or content.get("message") or content.get("detail") or ""
    return _first_line(content if isinstance(content, str) else body)


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 300 else f"{line[:300]}…"
