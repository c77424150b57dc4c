"""What the real services refuse is refused, with their status codes and error bodies."""

import copy

import httpx
import pytest

GENERATE = "/v1beta/models/gemini-2.5-pro:generateContent"
PARAMETERS = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
every_service = pytest.mark.parametrize("service", ["openai", "anthropic", "gemini"])


def at(*path, **change):
    """A change of the valid body: `put` a value at a path, or `drop` what is there."""

    def changed(body):
        body = copy.deepcopy(body)
        place = body
        for step in path[:-1]:
            place = place[step]
        if change.get("drop"):
            del place[path[-1]]
        elif "add" in change:
            place[path[-1]].append(change["add"])
        else:
            place[path[-1]] = change["put"]
        return body

    return changed


def put(*path_and_value):
    *path, value = path_and_value
    return at(*path, put=value)


def drop(*path):
    return at(*path, drop=True)


def add(*path_and_value):
    *path, value = path_and_value
    return at(*path, add=value)


FUNCTION = ("tools", 0, "function")
TEXT = {"type": "text", "text": " "}
MARK = {"cache_control": {"type": "ephemeral"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "again"}
REFUSED = {
    "openai": [
        (put("stream", True), "does not stream"),
        (put("stream_options", {"include_usage": True}), "only allowed when 'stream' is enabled"),
        (put("top_k", 5), "Unknown parameter: 'top_k'"),
        (drop("model"), "Missing required parameter: 'model'"),
        (drop("messages"), "Missing required parameter: 'messages'"),
        (put("messages", []), "empty array"),
        (put("messages", "hello"), "Invalid value for 'messages'"),
        (put("temperature", 2.5), "Invalid value for 'temperature'"),
        (put("temperature", "warm"), "Invalid value for 'temperature'"),
        (put("n", 0), "Invalid value for 'n'"),
        (put("max_completion_tokens", 0), "Invalid value for 'max_completion_tokens'"),
        (put("reasoning_effort", "huge"), "Invalid value for 'reasoning_effort'"),
        (put("messages", 0, "role", "robot"), "Invalid value for 'messages[0].role'"),
        (put("messages", 1, "content", None), "Invalid value for 'messages[1].content'"),
        (put("messages", 1, "mood", "good"), "Unknown parameter: 'messages[1].mood'"),
        (drop("messages", 2, "tool_calls"), "Invalid value for 'messages[2].content'"),
        (put("messages", 2, "tool_calls", []), "empty array"),
        (drop("messages", 2), "must be a response to a preceeding message with 'tool_calls'"),
        (drop("messages", 3), "did not have response messages: c2"),
        (put("messages", 3, "tool_call_id", "c9"), "tool_call_id 'c9'"),
        (add("messages", {"role": "tool", "tool_call_id": "c1", "content": "again"}), "tool_call_id 'c1'"),
        (put("messages", 4, {"role": "user", "content": "Wait."}), "did not have response messages: c1"),
        (put("messages", 2, "tool_calls", 1, "id", "c1"), "Duplicate"),
        (put(*FUNCTION, "name", "read file"), "does not match pattern"),
        (put(*FUNCTION, "parameters", {"type": "string"}), "Invalid schema for function 'read_file'"),
        (put(*FUNCTION, "parameters", "properties", "path", {"type": "text"}), "Invalid schema"),
        (put(*FUNCTION, "parameters", "properties", "path", {"type": "array"}), "array schema missing items"),
        (put(*FUNCTION, "parameters", "required", "path"), "Expected `array`, got `str` - at `$.required`"),
        (put(*FUNCTION, "strict", True), "'additionalProperties' is required to be supplied"),
        (put("tools", []), "empty array"),
        (put("tool_choice", {"type": "function", "function": {"name": "fly"}}), "not in 'tools'"),
        (lambda body: body | {"model": "gpt-5", "max_tokens": 9}, "Use 'max_completion_tokens' instead"),
        (lambda body: body | {"model": "gpt-5.1", "temperature": 0}, "Only the default (1) value is supported"),
        (lambda body: {"model": "m", "messages": body["messages"][:2], "tool_choice": "auto"}, "'tool_choice' is only"),
    ],
    "anthropic": [
        (put("stream", True), "does not stream"),
        (put("frequency_penalty", 1), "frequency_penalty: Extra inputs are not permitted"),
        (drop("max_tokens"), "max_tokens: Field required"),
        (put("max_tokens", 0), "max_tokens:"),
        (put("messages", []), "messages: at least one message is required"),
        (put("messages", 0, "role", "system"), "messages.0.role:"),
        (put("messages", 0, "role", "assistant"), 'first message must use the "user" role'),
        (put("messages", 0, "content", ""), "messages.0: user messages must have non-empty content"),
        (put("messages", 0, "content", [TEXT]), "text content blocks must contain non-whitespace text"),
        (put("messages", 0, "content", [{"type": "tool_use", "id": "a", "name": "b", "input": {}}]), "not allowed"),
        (put("messages", 0, "name", "Ida"), "messages.0.name: Extra inputs are not permitted"),
        (put("messages", 1, "content", 2, "input", "{}"), "messages.1.content.2.input"),
        (put("messages", 1, "content", 2, "id", "t 1"), "messages.1.content.2.id"),
        (drop("messages", 2), "`tool_use` ids were found without `tool_result` blocks immediately after: t1"),
        (put("messages", 2, "content", "one"), "without `tool_result` blocks"),
        (put("messages", 2, "content", [{"type": "text", "text": "Look:"}, RESULT]), "without `tool_result` blocks"),
        (put("messages", 2, "content", 0, "tool_use_id", "t9"), "unexpected `tool_use_id` found"),
        (add("messages", 2, "content", RESULT), "each tool_use must have a single result"),
        (drop("tools"), "must define tools"),
        (put("tools", 0, "input_schema", {"type": "string"}), "tools.0.custom.input_schema"),
        (put("tools", 0, "name", "read file"), "tools.0.name"),
        (add("tools", {"name": "read_file", "input_schema": PARAMETERS}), "Tool names must be unique"),
        (put("tool_choice", {"type": "tool", "name": "read_file"}), "Thinking may not be enabled"),
        (put("thinking", "budget_tokens", 1000), "thinking.budget_tokens"),
        (put("thinking", "budget_tokens", 4096), "`max_tokens` must be greater than `thinking.budget_tokens`"),
        (put("temperature", 0.5), "`temperature` may only be set to 1"),
        (put("top_k", 5), "`top_k` must be unset"),
        (put("top_p", 0.5), "`top_p` must be"),
        (put("messages", 1, "content", 0, "thinking", "So!"), "Invalid `signature` in `thinking` block"),
        (put("messages", 1, "content", 0, "signature", ""), "Invalid `signature` in `thinking` block"),
        (drop("messages", 1, "content", 0, "signature"), "signature: Field required"),
        (drop("messages", 1, "content", 0), "Expected `thinking` or `redacted_thinking`, but found `text`"),
        (lambda body: body | MARK | {"tools": [body["tools"][0] | {"name": n} | MARK for n in "abcd"]}, "Found 5"),
        (lambda body: drop("thinking")(body) | {"temperature": 1.5}, "temperature:"),
        (lambda body: drop("thinking")(body) | {"tool_choice": {"type": "tool", "name": "fly"}}, "'fly' not found"),
    ],
    "gemini": [
        (put("messages", []), 'Unknown name "messages"'),
        (drop("contents"), "contents is not specified"),
        (put("contents", []), "contents is not specified"),
        (put("contents", 0, "parts", []), "contents.parts must not be empty"),
        (put("contents", 0, "parts", 0, {}), "must have one initialized field"),
        (put("contents", 0, "role", "assistant"), "contents[0].role"),
        (drop("contents", 0), "starts with a user turn"),
        (put("contents", 1, "role", "user"), "is not allowed in a turn of the role user"),
        (drop("contents", 1), "function response turn comes immediately after a function call turn"),
        (drop("contents", 2), "is followed by a function response turn"),
        (put("contents", 2, "parts", [{"text": "Wait."}]), "number of function response parts"),
        (drop("contents", 2, "parts", 1), "number of function response parts"),
        (put("contents", 2, "parts", 1, "functionResponse", "name", "fly"), "`fly` answers no function call"),
        (add("contents", {"role": "model", "parts": [{"functionCall": {"name": "a"}}]}), "missing a thought_signature"),
        (drop("contents", 1, "parts", 0, "thoughtSignature"), "is missing a thought_signature in functionCall parts"),
        (put("contents", 1, "parts", 0, "thoughtSignature", "c2tpcA=="), "Thought signature is not valid"),
        (put("contents", 1, "parts", 0, "functionCall", "args", {"path": "b"}), "Thought signature is not valid"),
        (put("generationConfig", {"temperature": 3}), "generationConfig.temperature"),
        (put("generationConfig", {"tempo": 3}), "Unknown name \"tempo\" at 'generationConfig'"),
        (put("generationConfig", {"maxOutputTokens": 0}), "generationConfig.maxOutputTokens"),
        (put("tools", 0, "functionDeclarations", 0, "name", "read file"), "functionDeclarations[0].name"),
        (
            put("tools", 0, "functionDeclarations", 0, "parameters", "additionalProperties", False),
            'Unknown name "additionalProperties"',
        ),
        (
            put("tools", 0, "functionDeclarations", 0, "parameters", {"type": "object", "properties": {}}),
            "should be non-empty for OBJECT type",
        ),
        (
            put("tools", 0, "functionDeclarations", 0, "parameters", "required", ["paths"]),
            "'paths', which is not defined",
        ),
        (add("tools", {"functionDeclarations": [{"name": "read_file"}]}), "Duplicate function declaration"),
        (put("toolConfig", {"functionCallingConfig": {"mode": "SOMETIMES"}}), "functionCallingConfig.mode"),
    ],
}
CASES = [
    pytest.param(service, change, said, id=f"{service}-{said[:44]}")
    for service, cases in REFUSED.items()
    for change, said in cases
]


def message(service, answer):
    """The message of an error body, whose other fields must be the service's."""
    error = answer.json()["error"]
    if service == "openai":
        assert error.keys() == {"message", "type", "param", "code"}
    elif service == "anthropic":
        assert answer.json()["type"] == "error" and error.keys() == {"type", "message"}
    else:
        assert error.keys() == {"code", "message", "status"} and error["code"] == answer.status_code
    return error["message"]


@pytest.fixture(scope="module")
def post(stand_in, services):
    with httpx.Client(base_url=stand_in.url) as client:

        def post(service, change=lambda body: body, **request):
            address, body, headers = services[service]
            if "content" not in request:
                request["json"] = change(copy.deepcopy(body))
            return client.post(request.pop("url", address), **{"headers": headers} | request)

        yield post


@every_service
def test_a_valid_request_is_answered(post, service):
    answer = post(service)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("service", "change", "said"), CASES)
def test_what_the_service_refuses_is_refused(post, service, change, said):
    answer = post(service, change)
    assert answer.status_code == 400, answer.text
    assert said in message(service, answer)
    assert answer.headers["x-hapi-stand-in"] == "1"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("key", [None, ""])
@pytest.mark.parametrize(("service", "status"), [("openai", 401), ("anthropic", 401), ("gemini", 403)])
def test_a_missing_key_is_refused(post, services, service, status, key):
    headers = {name: value for name, value in services[service][2].items() if "version" in name}
    if key is not None:
        name = {"openai": "authorization", "anthropic": "x-api-key", "gemini": "x-goog-api-key"}[service]
        headers[name] = f"Bearer{key}" if service == "openai" else key
    answer = post(service, headers=headers)
    assert answer.status_code == status
    assert "key" in message(service, answer).lower()


@every_service
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"model": "\xff"}'])
def test_a_body_that_is_no_json_object_is_refused(post, service, content):
    answer = post(service, content=content)
    assert answer.status_code == 400
    assert message(service, answer)


def test_anthropic_wants_a_version(post):
    answer = post("anthropic", headers={"x-api-key": "any"})
    assert (answer.status_code, message("anthropic", answer)) == (400, "anthropic-version: header is required")


def test_gemini_does_not_stream_and_knows_no_other_method(post):
    refused = post("gemini", url="/v1beta/models/m:streamGenerateContent")
    unknown = post("gemini", url="/v1beta/models/m:countTokens")
    assert (refused.status_code, unknown.status_code) == (400, 404)


def test_gemini_takes_the_key_from_the_address_too(post):
    assert post("gemini", url=f"{GENERATE}?key=any", headers={}).status_code == 200


def test_thinking_may_be_missing_in_turns_before_the_users_last_words(post):
    last = {"type": "text", "text": "And now this."}
    change = drop("messages", 1, "content", 0)
    assert post("anthropic", lambda body: add("messages", 2, "content", last)(change(body))).status_code == 200
