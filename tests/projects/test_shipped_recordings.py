"""The shipped recordings: the stand-in's, said to be so, complete, small, and free of answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest.lint import Gold
from hapi_pytest.projects import discover, load, rubric_file
from hapi_pytest.recordings import parsed
from hapi_pytest.transcripts import Message, Transcript, decode

ROOT = Path(__file__).parents[2]
CASSETTES = ROOT / "cassettes"
TRANSCRIPTS = sorted(file for file in CASSETTES.glob("*/*/*/v*.json") if not file.name.endswith(".http.json"))
every_transcript = pytest.mark.parametrize(
    "file", TRANSCRIPTS, ids=lambda file: f"{file.parts[-4]}-{file.parent.name}-{file.stem}"
)


def read(file: Path) -> Transcript:
    return decode(file.read_bytes(), str(file))


def written_by_the_harness(transcript: Transcript) -> Iterator[Message]:
    """Messages that the agent has not written itself: the prompts, and what tools show before its first own file."""
    has_written = False
    for turn in transcript.turns:
        for message in turn.messages:
            if message["role"] in ("system", "user") or not has_written:
                yield message
        has_written = has_written or '"deliverable/' in json.dumps(turn.reply) or "draft" in json.dumps(turn.reply)


@pytest.mark.parametrize("folder", discover(ROOT / "projects"), ids=lambda folder: folder.name)
def test_no_message_gives_a_gold_value_that_the_inputs_do_not(folder):
    project = load(folder)
    variant = project.variant(0)
    statements = rubric_file(folder).read_text(encoding="utf-8")
    gold = Gold(variant, [variant.brief, *variant.notes.values(), statements])
    files = [file for file in TRANSCRIPTS if file.parent == CASSETTES / "stand-in" / project.id]
    told = {str(message["content"]) for file in files for message in written_by_the_harness(read(file))}
    assert {parsed(project.id, file.stem).variant for file in files} == {0} and len(told) > len(files)
    for text in sorted(told):
        assert gold.leaks(text) == []


@every_transcript
def test_every_recording_says_that_it_is_the_stand_ins(file):
    transcript = read(file)
    assert transcript.origin == "stand-in"
    assert transcript.header.model == "stand-in"
    cassette = json.loads(file.with_name(f"{file.stem}.http.json").read_text())
    assert all(i["response"]["headers"].get("x-hapi-stand-in") == ["1"] for i in cassette["interactions"])
    assert len(cassette["interactions"]) == len(transcript.turns)


def test_every_project_is_recorded_and_the_whole_is_small():
    projects = {load(folder).id for folder in discover(ROOT / "projects")}
    folder = CASSETTES / "stand-in"
    assert {str(file.parent.relative_to(folder)) for file in TRANSCRIPTS} == projects
    assert sum(file.stat().st_size for file in CASSETTES.rglob("*") if file.is_file()) < 40 << 20
