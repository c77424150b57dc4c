"""The shipped recordings: the stand-in's, said to be so, complete, small, and free of answers."""

import datetime
import decimal
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest.projects import attachment_texts, discover, load
from hapi_pytest.recordings import parsed
from hapi_pytest.transcripts import Message, Transcript, decode

ROOT = Path(__file__).parents[2]
CASSETTES = ROOT / "cassettes"
TRANSCRIPTS = sorted(file for file in CASSETTES.glob("*/*/*/v*.json") if not file.name.endswith(".http.json"))
every_transcript = pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: f"{file.parent.name}-{file.stem}")


def read(file: Path) -> Transcript:
    return decode(file.read_bytes(), str(file))


def spellings(value: object) -> Iterator[str]:
    """Every usual spelling of a gold value that is long enough to give something away."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from spellings(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from spellings(inner)
    elif isinstance(value, datetime.date):
        yield value.isoformat()
    elif isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool):
        if len(re.sub(r"\D", "", str(value)).strip("0")) >= 3:
            yield from {str(value), f"{value:,}", f"{value:.2f}", f"{value:,.2f}"}
    elif isinstance(value, str) and len(value) >= 6:
        yield value


def written_by_the_harness(transcript: Transcript) -> Iterator[Message]:
    """Messages that the agent has not written itself: the prompts, and what tools show before its first own file."""
    has_written = False
    for turn in transcript.turns:
        for message in turn.messages:
            if message["role"] in ("system", "user") or not has_written:
                yield message
        has_written = has_written or '"deliverable/' in json.dumps(turn.reply) or "draft" in json.dumps(turn.reply)


@every_transcript
def test_no_message_gives_a_gold_value_that_the_inputs_do_not(file):
    transcript = read(file)
    project = load(ROOT / "projects" / file.parent.parent.name / file.parent.name)
    slot = parsed(project.id, file.stem)
    variant = project.variant(slot.variant)
    given = "\n".join([variant.brief, *attachment_texts(variant).values(), *variant.notes.values()])
    statements = (ROOT / "projects" / project.id).glob("test_*.py")
    given += "\n".join(path.read_text() for path in statements)
    gold = {text for text in spellings(variant.gold) if text not in given}
    for message in written_by_the_harness(transcript):
        content = str(message["content"])
        found = [text for text in gold if re.search(rf"(?<![\w.]){re.escape(text)}(?![\w])", content)]
        assert found == [], (message["role"], found)


@pytest.mark.parametrize("folder", discover(ROOT / "projects"), ids=lambda folder: folder.name)
def test_no_note_gives_a_gold_value(folder):
    project = load(folder)
    for number in range(3):
        variant = project.variant(number)
        inputs = "\n".join([*attachment_texts(variant).values(), *map(str, variant.given.values())])
        gold = {text for text in spellings(variant.gold) if text not in inputs}
        for key, note in variant.notes.items():
            assert [text for text in gold if text in note] == [], key
        assert [text for text in gold if text in variant.brief] == []


@every_transcript
def test_every_recording_says_that_it_is_the_stand_ins(file):
    transcript = read(file)
    assert transcript.origin == "stand-in"
    assert transcript.header.model in ("stand-in", "stand-in-junior")
    cassette = json.loads(file.with_name(f"{file.stem}.http.json").read_text())
    assert all(i["response"]["headers"].get("x-hapi-stand-in") == ["1"] for i in cassette["interactions"])
    assert len(cassette["interactions"]) == len(transcript.turns)


def test_every_project_is_recorded_and_the_whole_is_small():
    recorded = {str(file.parent.relative_to(CASSETTES / "stand-in")) for file in TRANSCRIPTS}
    assert recorded == {load(folder).id for folder in discover(ROOT / "projects")}
    assert sum(file.stat().st_size for file in CASSETTES.rglob("*") if file.is_file()) < 40 << 20
