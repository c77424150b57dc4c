"""How the stand-in works: purely, on what it reads, with the flaws that its persona makes."""

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hapi_pytest.projects import load
from hapi_pytest.stand_in.hand_in import ROOM_CHARS, flaws_after, notes_in, writing
from hapi_pytest.stand_in.persona import JUNIOR, STAND_IN, persona

PHONES = load(Path(__file__).parent / "projects" / "admin-support" / "phone-list")
RETRY = "It was not accepted. Check your work and submit again."


@pytest.fixture
def asking(stand_in, tools):
    """Make a function that asks for the next message in the OpenAI format."""
    with httpx.Client(base_url=stand_in.url, headers={"authorization": "Bearer any"}) as client:

        def asking(**arguments):
            def ask(messages):
                body = {"model": "stand-in", "messages": messages, "tools": tools} | arguments
                answer = client.post("/v1/chat/completions", json={k: v for k, v in body.items() if v is not None})
                assert answer.status_code == 200, answer.text
                return answer.json()["choices"][0]["message"]

            return ask

        yield asking


def feedback(variant, criteria=None):
    return "\n".join(note for criterion, note in variant.notes.items() if criteria is None or criterion in criteria)


@pytest.mark.parametrize("number", [0, 1, 2, 7, 39])
@pytest.mark.parametrize("model", ["stand-in", "stand-in-junior"])
def test_it_hands_in_the_variant_whose_attachments_it_read(asking, desk, model, number):
    place, variant = desk(number), PHONES.variant(number)
    said = place.work(asking(model=model, seed=number))
    flaws = flaws_after(persona(model), PHONES, variant, number, [])
    assert place.handed_in == PHONES.reference(variant, flaws)
    assert 5 <= len(said) <= 12 and all(message["content"] for message in said)


def test_every_round_follows_from_the_messages_so_far(asking, desk):
    place, variant, ask = desk(), PHONES.variant(0), asking(model="stand-in-junior", seed=5)
    place.work(ask)
    messages = []
    for message in (RETRY, feedback(variant), RETRY, feedback(variant)):
        messages.append(message)
        place.messages.append({"role": "user", "content": message})
        place.work(ask)
        assert place.handed_in == PHONES.reference(variant, flaws_after(JUNIOR, PHONES, variant, 5, messages))


def test_one_call_at_a_time_hands_in_the_same(asking, desk):
    place, variant = desk(), PHONES.variant(0)
    said = place.work(asking(parallel_tool_calls=False))
    assert all(len(message["tool_calls"]) == 1 for message in said)
    assert place.handed_in == PHONES.reference(variant, flaws_after(STAND_IN, PHONES, variant, 0, []))


def test_an_output_limit_spreads_the_writing(asking, desk):
    place, variant = desk(), PHONES.variant(0)
    said = place.work(asking(max_tokens=4_096))
    assert all(len(str(message["tool_calls"])) < 4 * 4_096 for message in said)
    assert place.handed_in == PHONES.reference(variant, flaws_after(STAND_IN, PHONES, variant, 0, []))


def test_a_user_message_before_the_submission_starts_no_new_attempt(asking, desk):
    place, variant, ask = desk(), PHONES.variant(0), asking()
    place.messages.append(ask(place.messages))
    for call in place.messages[-1]["tool_calls"]:
        output = place.use(call["function"]["name"], json.loads(call["function"]["arguments"]))
        place.messages.append({"role": "tool", "tool_call_id": call["id"], "content": output})
    place.messages.append({"role": "user", "content": "Go on with the tools."})
    place.work(ask)
    assert place.handed_in == PHONES.reference(variant, flaws_after(STAND_IN, PHONES, variant, 0, []))


def test_an_unknown_brief_ends_in_notes(asking, desk):
    place = desk()
    place.messages[1]["content"] = "Please paint my house."
    place.work(asking())
    assert place.handed_in.keys() == {"notes.txt"}


def test_attachments_of_no_variant_end_in_notes(asking, desk):
    place = desk()
    place.write("inputs/changes.txt", b"Nobody has left.\n")
    place.work(asking())
    assert place.handed_in.keys() == {"notes.txt"}


@pytest.mark.parametrize("arguments", [{"tools": None}, {"tool_choice": "none"}])
def test_without_tools_it_only_talks(asking, desk, arguments):
    message = asking(**arguments)(desk().messages)
    assert message["content"] and "tool_calls" not in message


def test_with_other_tools_it_only_talks(asking, desk):
    fly = {"type": "function", "function": {"name": "fly", "parameters": {"type": "object"}}}
    assert "tool_calls" not in asking(tools=[fly])(desk().messages)


def test_after_the_submission_it_only_talks(asking, desk):
    place, ask = desk(), asking()
    place.work(ask)
    assert "tool_calls" not in ask(place.messages)


def test_forks_are_answered_alike_in_any_order_and_at_once(asking, desk):
    place, ask = desk(), asking()
    place.work(ask)
    forks = [[*place.messages, {"role": "user", "content": text}] for text in (RETRY, feedback(PHONES.variant(0)))]
    once = [ask(fork) for fork in forks]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, [*forks, *reversed(forks)] * 5)) == [*once, *reversed(once)] * 5


@given(
    seed=st.integers(0, 10_000),
    number=st.integers(0, 3),
    rounds=st.lists(st.sets(st.sampled_from(sorted(PHONES.variant(0).notes))), max_size=4),
    model=st.sampled_from([STAND_IN, JUNIOR]),
)
def test_flaws_end_by_notes_or_luck_and_never_return(seed, number, rounds, model):
    variant = PHONES.variant(number)
    messages = [feedback(variant, criteria) or RETRY for criteria in rounds]
    history = [flaws_after(model, PHONES, variant, seed, messages[:count]) for count in range(len(rounds) + 1)]
    assert len(history[0]) <= 3 and history[0] <= PHONES.flaws.keys()
    ever = set(history[0])
    for before, after, criteria in zip(history, history[1:], rounds, strict=False):
        assert len(after - before) <= 1 and not (after - before) & ever
        if criteria:
            assert all(criteria.intersection(PHONES.flaws[flaw]) for flaw in before - after)
        ever |= after


def test_personas_differ_by_their_chances():
    def flawless(who):
        drawn = [flaws_after(who, PHONES, PHONES.variant(0), seed, []) for seed in range(400)]
        return sum(not flaws for flaws in drawn) / 400

    assert flawless(STAND_IN) == pytest.approx(STAND_IN.skill, abs=0.08)
    assert flawless(JUNIOR) == pytest.approx(JUNIOR.skill, abs=0.08)
    assert persona("openai/stand-in-junior") is JUNIOR and persona("gpt-5") is STAND_IN


def test_notes_are_found_whatever_the_spacing():
    variant = PHONES.variant(0)
    note = variant.notes["leaver-is-gone"].replace(" ", "\n  ")
    assert notes_in(variant, f"- The leaver is gone: {note}") == {"leaver-is-gone"}


def made(kind, size):
    """Text with line ends and letters beyond ASCII, or bytes that are no text."""
    if kind == "text":
        return ("zeile ä\r\n" * (size // 9 + 1)).encode()[:size].rstrip(b"\xc3")
    return bytes(index * index % 251 for index in range(size))


sizes = st.one_of(st.integers(0, 60), st.integers(19_000, 70_000))
contents = st.one_of(st.text(max_size=60).map(str.encode), st.tuples(st.sampled_from(["text", "bytes"]), sizes))


@settings(max_examples=15, deadline=None)
@given(
    drawn=st.dictionaries(st.sampled_from(["a.txt", "b/c.bin", "ü 1.csv"]), contents, max_size=3),
    room=st.sampled_from([12_000, ROOM_CHARS]),
)
def test_what_it_writes_arrives_byte_by_byte(desk_in, drawn, room):
    files = {name: content if isinstance(content, bytes) else made(*content) for name, content in drawn.items()}
    with tempfile.TemporaryDirectory() as folder:
        place = desk_in(Path(folder), PHONES.variant(0))
        place.write("deliverable/old.txt", b"old")
        for group in writing(files, ["old.txt"], room=room):
            assert sum(len(str(value)) for call in group for value in call.arguments.values()) <= room + 400
            for call in reversed(group):
                assert "error" not in (output := place.use(call.name, dict(call.arguments))), output
        assert place.handed_in == files
