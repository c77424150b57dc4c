"""What each service says when it refuses or fails: statuses, codes and words."""

from collections.abc import Mapping
from typing import Any

from hapi_pytest.stand_in import anthropic, gemini, openai
from hapi_pytest.stand_in.formats import Format
from hapi_pytest.stand_in.refusal import RefusedError

GATEWAY = b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
"""What stands before all three services answers 502 itself, with a page."""

_OPENAI = {
    "429": (
        429,
        "Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500, Requested 1.",
        "rate_limit_exceeded",
    ),
    "500": (500, "The server had an error while processing your request. Sorry about that!", ""),
    "503": (503, "The engine is currently overloaded, please try again later", ""),
    "529": (529, "The engine is currently overloaded, please try again later", ""),
    "401": (401, "Incorrect API key provided.", "invalid_api_key"),
    "404": (404, "The model `{model}` does not exist or you do not have access to it.", "model_not_found"),
    "quota": (
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
    ),
    "context-length": (
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. "
        "Please reduce the length of the messages.",
        "context_length_exceeded",
    ),
}
_ANTHROPIC = {
    "429": (429, "This request would exceed your organization's rate limit of 50 requests per minute.", ""),
    "500": (500, "Internal server error", ""),
    "503": (503, "Service unavailable", ""),
    "529": (529, "Overloaded", ""),
    "401": (401, "invalid x-api-key", ""),
    "404": (404, "model: {model}", ""),
    "quota": (
        400,
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or "
        "purchase credits.",
        "",
    ),
    "context-length": (400, "prompt is too long: 210000 tokens > 200000 maximum", ""),
}
_GEMINI = {
    "429": (429, "Resource has been exhausted (e.g. check quota).", ""),
    "500": (500, "An internal error has occurred. Please retry or report it.", ""),
    "503": (503, "The model is overloaded. Please try again later.", ""),
    "529": (529, "The model is overloaded. Please try again later.", ""),
    # This service has no status of its own for a wrong key.
    "401": (400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID"),
    "404": (404, "models/{model} is not found for API version v1beta, or is not supported for generateContent.", ""),
    # A quota that is used up looks like a rate limit here; only missing billing is beyond doubt.
    "quota": (403, "This API method requires billing to be enabled.", "BILLING_DISABLED"),
    "context-length": (
        400,
        "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
        "",
    ),
}
_SAID: Mapping[Format, Mapping[str, tuple[int, str, str]]] = {openai: _OPENAI, anthropic: _ANTHROPIC, gemini: _GEMINI}


def outage(wire: Format, kind: str, model: str, retry_seconds: float | None) -> tuple[int, dict[str, Any]]:
    """Return the status and body with which a service refuses a request to a model."""
    status, message, code = _SAID[wire][kind]
    path = "messages" if kind == "context-length" else ""
    body = wire.refusal(RefusedError(status, message.format(model=model), path=path, code=code))
    if wire is gemini and retry_seconds is not None:
        delay = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_seconds:.12g}s"}
        body["error"]["details"] = [delay]
    return status, body
