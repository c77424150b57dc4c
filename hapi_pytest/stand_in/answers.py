"""The stand-in's answers as they go over the wire, the faulty ones included."""

from collections.abc import Callable, Mapping

import msgspec

from hapi_pytest.stand_in.conversation import Conversation, Reply
from hapi_pytest.stand_in.faults import REFUSALS, SLIPS, Fault
from hapi_pytest.stand_in.formats import Format
from hapi_pytest.stand_in.mind import Mind
from hapi_pytest.stand_in.outages import GATEWAY, outage
from hapi_pytest.stand_in.refusal import RefusedError
from hapi_pytest.stand_in.slips import silence, slip, without_slips

_NO_JSON = b"upstream is busy, try again in a moment\n"
_WORDS_PER_MEGABYTE = 200_000


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of the server."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""
    wait_seconds: float = 0
    """How long it takes to come."""
    is_good: bool = False
    """Whether it is a whole answer of the model."""
    is_reset: bool = False
    """Whether the connection breaks in the middle of it."""
    is_sent: bool = True
    """Whether it ever comes."""


class Asked(msgspec.Struct, frozen=True):
    """One request to a model."""

    wire: Format
    body: bytes
    headers: Mapping[str, str]
    target: str = ""


def answer(mind: Mind, asked: Asked, struck: Callable[[Conversation], Fault | None]) -> Answer:
    """Answer a request, with the fault that strikes it; one that the service would refuse meets no fault."""
    wire = asked.wire
    try:
        conversation = wire.read(asked.body, asked.headers, asked.target)
        fault = struck(conversation)
        return _faulty(fault, mind, wire, conversation) if fault else _normal(mind, wire, conversation)
    except RefusedError as error:
        refused = error
    except Exception as error:  # a broken project must reach the client as the service's failure, with its reason
        refused = RefusedError(500, f"The stand-in failed: {type(error).__name__}: {error}")
    return Answer(status=refused.status, body=msgspec.json.encode(wire.refusal(refused)))


def _reply(mind: Mind, conversation: Conversation) -> Reply:
    return mind.reply(without_slips(conversation))


def _normal(mind: Mind, wire: Format, conversation: Conversation) -> Answer:
    reply = _reply(mind, conversation).within(conversation.max_tokens)
    return Answer(body=msgspec.json.encode(wire.write(conversation, reply)), is_good=True)


def _faulty(fault: Fault, mind: Mind, wire: Format, conversation: Conversation) -> Answer:
    if fault.kind in REFUSALS:
        return _refusal(fault, wire, conversation.model)
    if fault.kind in SLIPS:
        return Answer(body=msgspec.json.encode(slip(wire, fault.kind, conversation)), is_good=True)
    match fault.kind:
        case "hang":
            return Answer(wait_seconds=fault.amount, is_sent=False)
        case "malformed":
            return Answer(body=_NO_JSON)
        case "empty" | "content-filter":
            return Answer(body=msgspec.json.encode(silence(wire, fault.kind, conversation)))
        case "huge":  # longer than any limit on purpose, so it is not cut
            text = "word " * int(fault.amount * _WORDS_PER_MEGABYTE)
            long = msgspec.structs.replace(_reply(mind, conversation), text=text)
            return Answer(body=msgspec.json.encode(wire.write(conversation, long)), is_good=True)
    whole = _normal(mind, wire, conversation)
    match fault.kind:
        case "slow":
            return msgspec.structs.replace(whole, wait_seconds=fault.amount)
        case "truncated":
            return Answer(body=whole.body[: len(whole.body) // 2])
        case _:
            return Answer(body=whole.body, is_reset=True)


def _refusal(fault: Fault, wire: Format, model: str) -> Answer:
    if fault.kind == "502":
        return Answer(status=502, headers={"content-type": "text/html"}, body=GATEWAY)
    status, body = outage(wire, fault.kind, model, fault.value)
    headers = {} if fault.value is None else {"retry-after": f"{fault.value:.12g}"}
    return Answer(status=status, headers=headers, body=msgspec.json.encode(body))
