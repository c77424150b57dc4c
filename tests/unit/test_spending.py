"""Calls within the budget: what is reserved, what is settled, and how long a request can be."""

import json
from pathlib import Path
from typing import Any

import pytest

from hapi_pytest.errors import (
    BudgetError,
    ContentFilterError,
    ContextLengthError,
    ServiceError,
    StoppedError,
    TransientError,
)
from hapi_pytest.live.ledger import Ledger
from hapi_pytest.live.spending import MESSAGE_TOKENS, REQUEST_TOKENS, Budgeted
from hapi_pytest.llm import Reply
from hapi_pytest.model import Usage
from hapi_pytest.prices import Price, price
from hapi_pytest.tools import schemas

DOLLAR = Price(input=1_000_000, output=1_000_000, max_output_tokens=100_000)
"""A dollar a token, so that reservations show tokens."""
BRIEF = [{"role": "system", "content": "You work alone."}, {"role": "user", "content": "Übersetze „Zwölf“: 十二"}]


class Service:
    """Gives the outcomes of a list, and keeps what was reserved while it was asked."""

    def __init__(self, ledger: Ledger, *outcomes: Any) -> None:
        self.ledger, self.outcomes = ledger, list(outcomes)
        self.reserved: list[float] = []

    def complete(self, messages, tools):
        self.reserved.append(self.ledger.spending().reserved_usd)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@pytest.fixture
def ledger(tmp_path: Path):
    opened = Ledger(tmp_path / "ledger.sqlite", 1e6)
    yield opened
    opened.close()


def never(seconds: float) -> None:
    raise AssertionError("there is nothing to wait for")


def reply(text: str = "Fertig.", **usage: int) -> Reply:
    counted = Usage(**{"input_tokens": 40, "output_tokens": 10, **usage})
    return Reply(message={"role": "assistant", "content": text}, usage=counted)


def byte_count(*values: Any) -> int:
    return sum(len(json.dumps(list(value), ensure_ascii=False).encode()) for value in values)


def budgeted(ledger: Ledger, service: Service, priced: Price | None = DOLLAR, **options: Any) -> Budgeted:
    return Budgeted(service.complete, ledger, priced, **{"pause": never, "max_output_tokens": 500, **options})


def test_an_answer_is_settled_by_what_the_provider_counted(ledger):
    service = Service(ledger, reply(input_tokens=40, output_tokens=10, reasoning_tokens=8), reply(input_tokens=60))
    layer = budgeted(ledger, service)
    assert layer.spent_usd == 0
    assert layer.complete(BRIEF, ()).message["content"] == "Fertig."
    assert layer.spent_usd == 50 == ledger.spending().spent_usd
    layer.complete(BRIEF, ())
    assert layer.spent_usd == 120 == ledger.spending().spent_usd and ledger.spending().reserved_usd == 0
    assert ledger.spending().overshoot_usd == 0


def test_a_first_call_reserves_a_token_for_every_byte(ledger):
    service = Service(ledger, reply())
    budgeted(ledger, service).complete(BRIEF, schemas())
    parts = len(BRIEF) + len(schemas())
    assert service.reserved == [byte_count(BRIEF, schemas()) + parts * MESSAGE_TOKENS + REQUEST_TOKENS + 500]


def test_a_conversation_that_goes_on_reserves_what_was_counted_and_the_bytes_of_what_is_new(ledger):
    service = Service(ledger, reply(), reply(input_tokens=70, output_tokens=20), reply())
    layer = budgeted(ledger, service)
    first = layer.complete(BRIEF, schemas())
    second = [*BRIEF, first.message, {"role": "tool", "tool_call_id": "a", "content": "zwölf Zeilen"}]
    answer = layer.complete(second, schemas())
    assert service.reserved[1] == 40 + 10 + byte_count(second[3:]) + 2 * MESSAGE_TOKENS + 500
    layer.complete([*second, answer.message], schemas())
    assert service.reserved[2] == 70 + 20 + byte_count([]) + MESSAGE_TOKENS + 500


@pytest.mark.parametrize("change", ["other reply", "other brief", "other tools", "shorter", "uncounted"])
def test_a_conversation_that_does_not_extend_the_last_is_counted_anew(ledger, change):
    counted = {"input_tokens": 0, "output_tokens": 0} if change == "uncounted" else {}
    service = Service(ledger, reply(**counted), reply())
    layer = budgeted(ledger, service)
    first = layer.complete(BRIEF, schemas())
    changed = {**first.message, "content": "Doch nicht."}
    messages = {"other reply": [*BRIEF, changed], "other brief": [BRIEF[0], first.message], "shorter": BRIEF}
    sent, tools = messages.get(change, [*BRIEF, first.message]), () if change == "other tools" else schemas()
    layer.complete(sent, tools)
    parts = len(sent) + len(tools)
    assert service.reserved[1] == byte_count(sent, tools) + parts * MESSAGE_TOKENS + REQUEST_TOKENS + 500


def test_messages_that_were_changed_in_place_are_not_taken_for_counted(ledger):
    service = Service(ledger, reply(), reply())
    layer = budgeted(ledger, service)
    messages = [dict(message) for message in BRIEF]
    messages.append(layer.complete(messages, ()).message)
    messages[1]["content"] = "x" * 100_000
    layer.complete(messages, ())
    assert service.reserved[1] > 100_000


@pytest.mark.parametrize(("of_price", "of_request", "taken"), [(700, 500, 500), (300, 500, 300), (300, None, 300)])
def test_output_is_bounded_by_the_model_and_by_the_request(ledger, of_price, of_request, taken):
    service = Service(ledger, reply())
    priced = Price(input=0, output=1_000_000, max_output_tokens=of_price)
    budgeted(ledger, service, priced, max_output_tokens=of_request).complete(BRIEF, ())
    assert service.reserved == [taken]


@pytest.mark.parametrize("text", ["\ud83d", "\x00\x1f", "😀" * 50, '"\\' * 50])
def test_any_text_can_be_bounded(ledger, text):
    service = Service(ledger, reply())
    budgeted(ledger, service).complete([{"role": "user", "content": text}], ())
    assert service.reserved[0] >= len(text.encode("utf-8", "surrogatepass")) + 500


@pytest.mark.parametrize("kind", ["timeout", "broken connection", "unreadable answer"])
def test_a_failed_call_that_may_be_billed_costs_its_reservation(ledger, kind):
    service = Service(ledger, TransientError("it failed", kind=kind))
    layer = budgeted(ledger, service)
    with pytest.raises(TransientError, match="it failed"):
        layer.complete(BRIEF, ())
    assert ledger.spending().spent_usd == service.reserved[0] > 0 and ledger.spending().reserved_usd == 0
    assert layer.spent_usd == 0  # it is not the attempt's doing


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a bug")])
def test_a_call_that_ended_unforeseen_costs_its_reservation(ledger, error):
    service = Service(ledger, error)
    with pytest.raises(type(error)):
        budgeted(ledger, service).complete(BRIEF, ())
    assert ledger.spending().spent_usd == service.reserved[0] > 0


@pytest.mark.parametrize(
    "error",
    [
        *(TransientError("no", kind=kind) for kind in ("rate limit", "server error", "refused connection")),
        ContextLengthError("too long"),
        ContentFilterError("filtered"),
        ServiceError("refused"),
        StoppedError("the key is wrong"),
    ],
)
def test_a_call_that_was_refused_costs_nothing(ledger, error):
    service = Service(ledger, error)
    with pytest.raises(type(error)):
        budgeted(ledger, service).complete(BRIEF, ())
    spending = ledger.spending()
    assert (spending.spent_usd, spending.reserved_usd, spending.calls) == (0, 0, 1) and service.reserved[0] > 0


def test_a_service_that_counts_nothing_is_taken_to_bill_the_most(ledger):
    service = Service(ledger, reply(input_tokens=0, output_tokens=0))
    budgeted(ledger, service).complete(BRIEF, ())
    assert ledger.spending().spent_usd == service.reserved[0] > 0


def test_a_call_waits_for_those_in_flight_and_says_how_long(tmp_path, ledger):
    small = Ledger(tmp_path / "small.sqlite", 2_500)
    service = Service(small, reply())
    other = small.reserve(1_000)
    now = 100.0
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        nonlocal now
        now += seconds
        pauses.append(seconds)
        if len(pauses) == 3:
            small.settle(other, 0)

    layer = budgeted(small, service, pause=pause, clock=lambda: now)
    answer = layer.complete(BRIEF, ())
    assert pauses == [0.1] * 3 and answer.waited_seconds == pytest.approx(0.3)
    assert service.reserved[0] > 1_500 and small.spending().spent_usd == 50
    small.close()


def test_a_stopped_run_ends_the_waiting(tmp_path):
    small = Ledger(tmp_path / "small.sqlite", 2_500)
    small.reserve(1_000)

    def pause(seconds: float) -> None:
        raise StoppedError("Ctrl-C")

    service = Service(small)
    with pytest.raises(StoppedError, match="Ctrl-C"):
        budgeted(small, service, pause=pause).complete(BRIEF, ())
    assert service.reserved == [] and small.spending().reserved_usd == 1_000
    small.close()


def test_without_budget_nothing_is_asked(tmp_path):
    small = Ledger(tmp_path / "small.sqlite", 1_000)
    service = Service(small)
    with pytest.raises(BudgetError, match=r"--max-cost 1000\.00"):
        budgeted(small, service).complete(BRIEF, ())
    assert service.reserved == [] and small.spending().calls == 0
    small.close()


def test_without_a_price_nothing_is_reserved_and_the_cost_stays_unknown(ledger):
    service = Service(ledger, reply(), ServiceError("refused"))
    layer = budgeted(ledger, service, None)
    layer.complete(BRIEF, ())
    with pytest.raises(ServiceError):
        layer.complete(BRIEF, ())
    assert layer.spent_usd is None and ledger.spending().calls == 0 and service.reserved == [0, 0]


def test_the_stand_in_costs_nothing_and_is_counted(ledger):
    layer = budgeted(ledger, Service(ledger, reply()), price("stand-in"))
    assert layer.complete(BRIEF, ()).waited_seconds == 0
    assert layer.spent_usd == 0 == ledger.spending().spent_usd and ledger.spending().calls == 1


def test_the_time_that_other_layers_waited_is_kept(ledger):
    waited = Reply(message={"role": "assistant"}, usage=Usage(input_tokens=1), finish="length", waited_seconds=2.5)
    answer = budgeted(ledger, Service(ledger, waited)).complete(BRIEF, ())
    assert (answer.waited_seconds, answer.finish) == (2.5, "length")
