"""Transcripts hold each message once, and tell what differs."""

import json

import pytest

from hapi_pytest.errors import StaleRecordingError
from hapi_pytest.model import Limits, Usage
from hapi_pytest.transcripts import (
    Header,
    OwnCall,
    StoredFile,
    Transcript,
    Turn,
    arguments_digest,
    decode,
    header_difference,
    message_difference,
)

SYSTEM = {"role": "system", "content": "You work."}
BRIEF = {"role": "user", "content": "Write a notice.\nIn English.\nBy Monday."}


def said(text: str) -> dict:
    return {"role": "assistant", "content": text}


def header(**changes) -> Header:
    plain = {
        "recording": "writing/shop-notice, variant 0, arm alone, round 1",
        "model": "gpt-5",
        "agent": "default",
        "arguments": {"effort": "low"},
        "attachments": {"a.csv": "1", "b.csv": "2"},
        "tools": {"run": "1", "version": "1"},
        "limits": Limits(),
        "programs": ("bash",),
        "packages": ("openpyxl",),
        "parent": "p",
    }
    return Header(**{**plain, **changes})


def transcript(**changes) -> Transcript:
    turns = [
        Turn(messages=[SYSTEM, BRIEF], reply=said("one"), usage=Usage(input_tokens=10, output_tokens=2)),
        Turn(messages=[{"role": "user", "content": "Go on"}], reply=said("two"), usage=Usage(input_tokens=15)),
    ]
    plain = {"header": header(), "origin": "service", "turns": turns, "ended": "submitted", "deliverable": {}}
    return Transcript(**{**plain, **changes})


def test_a_setup_is_its_own_digest():
    plain = transcript().setup
    assert plain == transcript(ended="steps", header=header(recording="another", attachments={}, parent="")).setup
    others = [{"agent": "mine:Own"}, {"arguments": {}}, {"tools": {"run": "2"}}, {"limits": Limits(steps=3)}]
    digests = {transcript(header=header(**other)).setup for other in others}
    turn = Turn(messages=[{**SYSTEM, "content": "You rest."}, BRIEF], reply=said("one"), usage=Usage())
    assert len({plain, *digests, transcript(turns=[turn]).setup}) == 6


def test_what_is_written_is_read_again():
    stored = StoredFile(file="abc.csv", digest="d", is_executable=True)
    whole = transcript(
        tail=[{"role": "tool", "tool_call_id": "c", "content": "handed in"}],
        tail_kept=0,
        outputs={"c": "long"},
        own_calls=[OwnCall(name="run", arguments="a", output="o")],
        deliverable={"out.csv": stored},
        refused={"link": "is no regular file"},
        workspace=None,
        removed=["a.csv"],
    )
    assert decode(whole.encode(), "x") == whole
    assert decode(transcript().encode(), "x") == transcript()


def test_the_same_content_gives_the_same_bytes():
    one = transcript(header=header(attachments={"a.csv": "1", "b.csv": "2"}))
    other = transcript(header=header(attachments={"b.csv": "2", "a.csv": "1"}))
    assert one.encode() == other.encode()


def test_it_is_written_for_people_to_review():
    lines = transcript().encode().decode().splitlines()
    assert sum("Write a notice." in line for line in lines) == 1 and len(lines) > 30
    assert transcript(tail=[said("Grüße 😀")]).encode().decode().count("Grüße 😀") == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"header": 1}', b"\xff"])
def test_a_broken_transcript_is_stale_and_named(content):
    with pytest.raises(StaleRecordingError, match=r"^cassettes/x\.json: is not a transcript of schema 1: (.|\n)*fix: "):
        decode(content, "cassettes/x.json")


def test_a_transcript_of_another_schema_is_stale():
    plain = json.loads(transcript().encode())
    plain["header"]["schema"] = 2
    with pytest.raises(StaleRecordingError, match="is not a transcript of schema 1"):
        decode(json.dumps(plain).encode(), "x")


def test_the_schema_is_written_down():
    assert json.loads(transcript().encode())["header"]["schema"] == 1


def test_what_a_model_may_say_can_be_written():
    cut_emoji = transcript(tail=[said("half an emoji: \ud83d")])
    assert decode(cut_emoji.encode(), "x").tail


def test_usage_is_the_sum_of_all_turns():
    assert transcript().usage == Usage(input_tokens=25, output_tokens=2)
    assert transcript(turns=[]).usage == Usage()


def test_the_conversation_is_put_together_again():
    tail = [{"role": "user", "content": "end"}]
    messages = transcript(tail=tail).conversation([])
    assert [m["content"] for m in messages] == [SYSTEM["content"], BRIEF["content"], "one", "Go on", "two", "end"]


def test_a_conversation_starts_from_what_was_before():
    assert transcript(turns=[]).conversation([SYSTEM]) == [SYSTEM]
    assert transcript().conversation([said("zero")])[0] == said("zero")


def test_messages_that_were_not_sent_again_are_left_out():
    turns = [
        Turn(messages=[SYSTEM, BRIEF], reply=said("one"), usage=Usage()),
        Turn(kept=1, messages=[{"role": "user", "content": "summary"}], reply=said("two"), usage=Usage()),
        Turn(kept=0, messages=[BRIEF], reply=said("three"), usage=Usage()),
    ]
    assert transcript(turns=turns[:2]).conversation([]) == [SYSTEM, {"role": "user", "content": "summary"}, said("two")]
    assert transcript(turns=turns).conversation([]) == [BRIEF, said("three")]
    assert transcript(turns=turns, tail_kept=1, tail=[said("x")]).conversation([]) == [BRIEF, said("x")]
    assert transcript(turns=turns, tail_kept=0).conversation([SYSTEM]) == []


def test_equal_headers_differ_in_nothing():
    assert header_difference(header(), header()) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"model": "gpt-6"}, "model: recorded 'gpt-5', now 'gpt-6'"),
        ({"agent": "mine:make"}, "agent: recorded 'default', now 'mine:make'"),
        ({"base_url": "http://h"}, "base_url: recorded '', now 'http://h'"),
        ({"parent": "q"}, "the attempt that this one was forked from was recorded anew"),
        ({"arguments": {}}, "arguments: effort changed since the recording"),
        ({"attachments": {"a.csv": "1", "b.csv": "3", "c.csv": "4"}}, "attachments: b.csv, c.csv changed since the"),
        ({"attachments": {}}, "attachments: a.csv, b.csv changed since the recording"),
        ({"tools": {"run": "1", "version": "2"}}, "tools: version changed since the recording"),
        ({"limits": Limits(steps=3)}, "limits: recorded Limits(steps=40, "),
    ],
)
def test_a_header_difference_names_what_differs(changes, told):
    difference = header_difference(header(), header(**changes))
    assert told in difference and "\n" not in difference


def test_every_header_difference_is_told():
    lines = header_difference(header(), header(model="x", tools={}, parent="")).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "model", "the attempt that this one was forked from was recorded anew", "tools",
    ]  # fmt: skip


def test_what_the_sandbox_offers_now_is_no_difference():
    assert header_difference(header(), header(programs=(), packages=("x",))) == ""


def test_equal_messages_differ_in_nothing():
    assert message_difference([SYSTEM, BRIEF], [dict(SYSTEM), dict(BRIEF)]) == ""


def test_the_first_message_that_differs_is_shown_as_a_diff():
    now = [SYSTEM, {**BRIEF, "content": BRIEF["content"].replace("Monday", "Friday")}, said("more")]
    assert message_difference([SYSTEM, BRIEF], now) == "\n".join(
        [
            "message 2 differs:",
            "--- recorded",
            "+++ now",
            "@@ -3,2 +3,2 @@",
            " In English.",
            "-By Monday.",
            "+By Friday.",
        ]
    )


def test_a_missing_and_an_additional_message_are_told():
    assert "message 2 differs:" in message_difference([SYSTEM], [SYSTEM, BRIEF])
    assert "-(no message)" in message_difference([SYSTEM], [SYSTEM, BRIEF])
    assert "+(no message)" in message_difference([SYSTEM, BRIEF], [SYSTEM])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SYSTEM, {**SYSTEM, "role": "user"}),
        ({**SYSTEM, "tool_calls": [{"id": "1"}]}, {**SYSTEM, "tool_calls": [{"id": "2"}]}),
        ({**SYSTEM, "content": None}, {**SYSTEM, "content": ""}),
        (
            {**SYSTEM, "content": [{"type": "text", "text": "a"}]},
            {**SYSTEM, "content": [{"type": "text", "text": "b"}]},
        ),
    ],
)
def test_a_difference_outside_the_text_is_shown_too(old, new):
    difference = message_difference([old], [new])
    assert "\n-" in difference and "\n+" in difference


def test_a_difference_of_white_space_at_the_end_is_shown():
    difference = message_difference([said("done\n")], [said("done")])
    assert len(difference.splitlines()) > 1


def test_a_long_difference_is_cut():
    old, new = (said("\n".join(f"{word} {n}" for n in range(200))) for word in ("old", "new"))
    assert len(message_difference([old], [new]).splitlines()) == 61


def test_arguments_are_told_apart_by_content_not_order():
    assert arguments_digest({"a": 1, "b": "ü"}) == arguments_digest({"b": "ü", "a": 1})
    assert len({arguments_digest(given) for given in ({}, {"a": 1}, {"a": "1"}, {"a": 2}, {"b": 1})}) == 5
