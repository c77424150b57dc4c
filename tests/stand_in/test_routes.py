"""litellm works whole engagements through the stand-in, in each of the three wire formats."""

import pytest

from hapi_pytest.llm import load
from hapi_pytest.stand_in.hand_in import flaws_after
from hapi_pytest.stand_in.persona import STAND_IN

ROUTES = {
    "openai": ("openai/stand-in", "/v1", {}),
    "openai-reasoning": ("gpt-5", "/v1", {"reasoning_effort": "low", "seed": 0}),
    "anthropic": ("anthropic/claude-sonnet-4-5", "", {}),
    "anthropic-thinking": (
        "anthropic/claude-sonnet-4-5",
        "",
        {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 16_000},
    ),
    "gemini": ("gemini/gemini-2.5-pro", "/v1beta", {}),
    "gemini-thinking": ("gemini/gemini-3-pro-preview", "/v1beta", {"reasoning_effort": "low"}),
}
SEED = 3
ROUTES |= {
    "openai-seeded": ("openai/stand-in", "/v1", {"seed": SEED}),
    "anthropic-seeded": ("anthropic/claude-sonnet-4-5", "", {"metadata": {"user_id": f"seed-{SEED}"}}),
    "gemini-seeded": ("gemini/gemini-2.5-pro", "/v1beta", {"seed": SEED}),
}
every_route = pytest.mark.parametrize("route", [route for route in ROUTES if "seeded" not in route])


@pytest.fixture
def ask(stand_in, route, tools):
    litellm = load()

    model, path, arguments = ROUTES[route]

    def ask(messages):
        answer = litellm.completion(
            model=model, messages=messages, tools=tools, api_key="any", api_base=stand_in.url + path,
            num_retries=0, max_retries=0, **arguments,
        )  # fmt: skip
        assert answer.usage.prompt_tokens > 0 and answer.usage.completion_tokens > 0
        return {key: value for key, value in answer.choices[0].message.model_dump().items() if value is not None}

    return ask


def telling(project):
    """The first variant whose first hand-in has flaws that the notes change."""
    for number in range(10):
        variant = project.variant(number)
        feedback = "\n".join(variant.notes.values())
        before, after = (flaws_after(STAND_IN, project, variant, 0, said) for said in ([], [feedback]))
        if before != after:
            return variant, feedback, before, after
    raise AssertionError("no variant tells anything")


@every_route
def test_an_engagement_with_feedback_goes_through_every_format(route, ask, desk, project):
    variant, feedback, before, after = telling(project)
    place = desk(variant.number)
    first = place.work(ask)
    assert place.handed_in == project.reference(variant, before)
    assert any(len(message["tool_calls"]) > 1 for message in first)
    assert (place.folder / "draft/notes.md").exists()
    ids = [call["id"] for message in first for call in message["tool_calls"]]
    assert len(set(ids)) == len(ids)
    place.messages.append({"role": "user", "content": f"The client is not content.\n\n{feedback}"})
    place.work(ask)
    assert place.handed_in == project.reference(variant, after)


@pytest.mark.parametrize("route", ["openai-seeded", "anthropic-seeded", "gemini-seeded"])
def test_a_seed_reaches_the_stand_in(route, ask, desk, project):
    variant = project.variant(0)
    seeded, plain = (flaws_after(STAND_IN, project, variant, seed, []) for seed in (SEED, 0))
    place = desk(variant.number)
    place.work(ask)
    assert seeded != plain and place.handed_in == project.reference(variant, seeded)


def drop_thinking(message):
    del message["thinking_blocks"]


def alter_thinking(message):
    message["thinking_blocks"][0]["thinking"] += " "


def drop_signatures(message):
    for call in message["tool_calls"]:
        call["id"] = call["id"].partition("__thought__")[0]
        call.pop("provider_specific_fields", None)


def clean_ids(message):
    for call in message["tool_calls"]:
        call["id"] = call["id"].partition("__thought__")[0]


def keep_ids_only(message):
    message.pop("provider_specific_fields")
    for call in message["tool_calls"]:
        call.pop("provider_specific_fields", None)


def with_answers(messages, answer):
    """The conversation after every call of an answer was carried out."""
    calls = [{"role": "tool", "tool_call_id": call["id"], "content": "done"} for call in answer["tool_calls"]]
    return [*messages, answer, *calls]


@pytest.mark.parametrize(
    ("route", "loss", "said"),
    [
        ("anthropic-thinking", drop_thinking, "Expected `thinking` or `redacted_thinking`"),
        ("anthropic-thinking", alter_thinking, "Invalid `signature` in `thinking` block"),
        ("gemini", drop_signatures, "missing a thought_signature"),
        ("gemini-thinking", drop_signatures, "Thought signature is not valid"),  # litellm puts a dummy in its place
    ],
)
def test_what_litellm_was_given_to_send_back_is_missed(ask, desk, route, loss, said):
    messages = desk().messages
    answer = ask(messages)
    loss(answer)
    with pytest.raises(Exception, match=said):
        ask(with_answers(messages, answer))


@pytest.mark.parametrize("route", ["gemini", "gemini-thinking"])
@pytest.mark.parametrize("loss", [clean_ids, keep_ids_only])
def test_a_gemini_signature_may_travel_in_the_call_or_in_its_id(ask, desk, route, loss):
    messages = desk().messages
    answer = ask(messages)
    assert "__thought__" in answer["tool_calls"][0]["id"]
    loss(answer)
    assert ask(with_answers(messages, answer))["tool_calls"]
