"""Recordings lie where their identity and slot say, are swapped in whole and are never half there."""

import os
import tomllib

import pytest

from hapi_pytest.errors import StaleRecordingError, UnscoredError
from hapi_pytest.model import Arm, Limits
from hapi_pytest.recordings import Identity, Recordings, Slot, parsed, write_whole
from hapi_pytest.transcripts import Header, StoredFile, Transcript

SLOT = Slot(project="writing/shop-notice")
KEY = "sk-" + "a1B2" * 8


def transcript(deliverable=None, workspace=None, **rest) -> Transcript:
    header = Header(recording=str(SLOT), model="m", agent="a", attachments={}, tools={}, limits=Limits())
    files = {"deliverable": deliverable or {}, "workspace": workspace or {}}
    return Transcript(header=header, origin="service", turns=[], ended="submitted", **files, **rest)


@pytest.fixture
def recordings(tmp_path) -> Recordings:
    return Recordings(tmp_path / "cassettes", Identity(model="gpt-5"))


@pytest.mark.parametrize(
    ("model", "folder"),
    [
        ("stand-in", "stand-in"), ("gpt-5.1", "gpt-5.1"), ("anthropic/claude-x", "anthropic--claude-x"),
        ("ollama/qwen3:8b", "ollama--qwen3--8b"),
    ],
)  # fmt: skip
def test_a_default_identity_has_its_models_folder(model, folder):
    assert Identity(model=model).folder == folder and Identity(model=model, agent="default").folder == folder


def test_anything_else_than_default_has_a_folder_of_its_own():
    identities = [
        Identity(model="m", agent="a:b"),
        Identity(model="m", base_url="http://h"),
        Identity(model="m", arguments={"temperature": 0}),
        Identity(model="m", arguments={"temperature": "0"}),
        Identity(model="m", arguments={"temperature": 0, "seed": 1}),
        Identity(model="m", agent="a:b", arguments={"temperature": 0}),
    ]
    folders = {identity.folder for identity in identities}
    assert len(folders) == len(identities)
    assert all(folder.startswith("m@") and len(folder) == 12 for folder in folders)


def test_the_order_of_arguments_does_not_count():
    one, other = ({"a": 1, "b": {"x": 1, "y": 2}}, {"b": {"y": 2, "x": 1}, "a": 1})
    assert Identity(model="m", arguments=one).folder == Identity(model="m", arguments=other).folder


def test_a_folders_name_stays_the_same_for_ever():
    identity = Identity(model="openai/gpt-5", agent="mine:make", arguments={"reasoning_effort": "low"})
    assert identity.folder == "openai--gpt-5@c9e0eb95df"


@pytest.mark.parametrize(
    ("model", "is_stand_in"), [("stand-in", True), ("stand-in-junior", True), ("gpt-5", False), ("stand-inn", False)]
)
def test_stand_ins_are_known_by_name(model, is_stand_in):
    assert Identity(model=model).is_stand_in is is_stand_in


@pytest.mark.parametrize("text", ["low", 'with "quotes" \\ and\nlines', "Grüße", "😀", ""])
def test_an_identity_is_spelled_out_in_toml(text):
    arguments = {"effort": text, "temperature": 0.5, "seed": 7, "think": True, "stop": ["a", "b"]}
    read = tomllib.loads(Identity(model="m", agent="a:b", base_url="http://h/v1", arguments=arguments).toml())
    assert read == {
        "model": "m",
        "agent": "a:b",
        "base_url": "http://h/v1",
        "arguments": {**arguments, "stop": '["a", "b"]'},
    }


NAMES = [
    ({}, "v0-alone"), ({"arm": Arm.RETRY}, "v0-retry"), ({"variant": 12, "arm": Arm.REVIEWED}, "v12-reviewed"),
    ({"sample": 3}, "v0-s3-alone"), ({"arm": Arm.RETRY, "round": 2}, "v0-retry-2"),
    ({"variant": 1, "sample": 2, "arm": Arm.REVIEWED, "round": 3}, "v1-s2-reviewed-3"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "name"), NAMES)
def test_a_slot_and_its_name_stand_for_each_other(parts, name):
    slot = Slot(project="writing/x", **parts)
    assert slot.name == name and parsed("writing/x", name) == slot


@pytest.mark.parametrize(
    "name",
    ["", "v0", "alone", "v-alone", "v0-other", "v0-alone.http", "v0-alone-", "x-v0-alone", "v0-alone-1", "v00-alone",
     "v0-s1-alone", "v0-s0-alone", "v0-alone-0", "v0-alone-02", "V0-alone", "v0-ALONE", "v\u0663-alone"],
)  # fmt: skip
def test_no_other_name_stands_for_a_slot(name):
    assert parsed("writing/x", name) is None


def test_a_slot_is_told_in_words():
    assert str(SLOT) == "writing/shop-notice, variant 0, arm alone, round 1"
    other = Slot(project="a/b", variant=2, sample=3, arm=Arm.RETRY, round=2)
    assert str(other) == "a/b, variant 2, sample 3, arm retry, round 2"


def test_a_recording_is_written_and_read(recordings):
    assert not recordings.has(SLOT)
    digest = recordings.write(SLOT, transcript(), b"{}\n")
    assert recordings.has(SLOT) and recordings.read(SLOT) == (transcript(), digest)
    assert recordings.http_file(SLOT).read_bytes() == b"{}\n"
    assert (
        recordings.transcript_file(SLOT).relative_to(recordings.folder).as_posix()
        == "writing/shop-notice/v0-alone.json"
    )
    assert recordings.http_file(SLOT).name == "v0-alone.http.json"


def test_the_digest_changes_with_the_transcript(recordings):
    first = recordings.write(SLOT, transcript(), b"")
    assert recordings.write(SLOT, transcript(), b"") == first
    assert recordings.write(SLOT, transcript(removed=["a"]), b"") != first


def test_a_broken_recording_is_stale_and_named(recordings):
    write_whole(recordings.transcript_file(SLOT), b"{")
    with pytest.raises(StaleRecordingError, match=r"v0-alone\.json: is not a transcript"):
        recordings.read(SLOT)


def test_an_identity_is_spelled_out_beside_its_recordings_only_when_it_must_be(recordings, tmp_path):
    recordings.write(SLOT, transcript(), b"")
    assert not (recordings.folder / "agent.toml").exists()
    other = Recordings(tmp_path, Identity(model="m", agent="a:b"))
    other.write(SLOT, transcript(), b"")
    assert (other.folder / "agent.toml").read_text() == 'model = "m"\nagent = "a:b"\n'


@pytest.mark.parametrize("part", ["transcript", "cassette"])
def test_a_recording_with_a_key_is_not_written(recordings, part):
    removed, http = ([KEY], b"") if part == "transcript" else ([], f'{{"x": "{KEY}"}}'.encode())
    with pytest.raises(UnscoredError, match=rf"the {part} would hold a secret key \(sk-.*…\); it is not recorded"):
        recordings.write(SLOT, transcript(removed=removed), http)
    assert not recordings.has(SLOT) and not recordings.http_file(SLOT).exists()


def test_a_file_is_stored_by_its_content(recordings):
    one = recordings.store(SLOT, "deliverable/Report.XLSX", b"content", is_executable=True)
    other = recordings.store(SLOT, "copy.xlsx", b"content")
    assert one.file == other.file and one.file.endswith(".xlsx") and one.is_executable
    (path,) = recordings.stored(SLOT, {"x": one}).values()
    assert path.read_bytes() == b"content" and path.parent.name == "files"


@pytest.mark.parametrize("name", ["noend", "a.tar.überlang", "a.", "a.b c", "a.toolongsuffix", ".hidden", "a.;rm"])
def test_a_stored_files_name_is_plain(recordings, name):
    assert recordings.store(SLOT, name, b"x").file.isalnum()


def test_a_file_with_a_key_is_not_stored(recordings):
    with pytest.raises(UnscoredError, match=r"the agent's file 'notes\.txt' holds a secret key \(sk-"):
        recordings.store(SLOT, "notes.txt", f"key={KEY}".encode())
    assert not (recordings.folder / SLOT.project).exists()


def test_a_missing_stored_file_is_stale_and_named(recordings):
    stored = recordings.store(SLOT, "a.txt", b"x")
    (recordings.folder / SLOT.project / "files" / stored.file).unlink()
    with pytest.raises(StaleRecordingError, match=r"arm alone, round 1: the recording's file 'a\.txt' is missing: /"):
        recordings.stored(SLOT, {"a.txt": stored})


def test_a_recording_never_names_files_outside_its_folder(recordings, tmp_path):
    (tmp_path / "secret.txt").write_text("x")
    recordings.store(SLOT, "a.txt", b"x")
    for name in ("../../../../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(StaleRecordingError):
            recordings.stored(SLOT, {"a.txt": StoredFile(file=name, digest="d")})


def test_tidying_keeps_what_is_named_and_nothing_else(recordings):
    kept = recordings.store(SLOT, "a.txt", b"kept")
    work = recordings.store(SLOT, "b.txt", b"kept too")
    lost = recordings.store(SLOT, "c.txt", b"lost")
    recordings.write(SLOT, transcript({"a.txt": kept}, {"b.txt": work}), b"{}")
    recordings.tidy([SLOT.project, "writing/other"])
    files = {file.name for file in (recordings.folder / SLOT.project / "files").iterdir()}
    assert files == {kept.file, work.file} and lost.file not in files


def test_a_transcript_without_workspace_names_its_deliverable(recordings):
    kept = recordings.store(SLOT, "a.txt", b"kept")
    whole = transcript({"a.txt": kept})
    whole.workspace = None
    recordings.write(SLOT, whole, b"")
    assert {path.name for path in recordings.named_files(SLOT.project)} == {kept.file}


def test_slots_are_listed_without_cassettes_and_strangers(recordings):
    for parts, _ in NAMES:
        recordings.write(Slot(project=SLOT.project, **parts), transcript(), b"{}")
    for stranger in ("v0-alone-1.json", "notes.json", "v0.json"):
        (recordings.folder / SLOT.project / stranger).write_text("{}")
    assert [slot.name for slot in recordings.slots(SLOT.project)] == sorted((n for _, n in NAMES), key="{}.json".format)
    assert recordings.slots("writing/other") == []


def test_a_file_is_replaced_whole(tmp_path):
    target = tmp_path / "a" / "b.json"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new" and os.listdir(target.parent) == ["b.json"]
    assert target.stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path):
    target = tmp_path / "b.json"
    write_whole(target, b"old")
    with pytest.raises(TypeError):
        write_whole(target, "no bytes")  # type: ignore[arg-type]
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "folder", b"x")
    assert target.read_bytes() == b"old" and sorted(os.listdir(tmp_path)) == ["b.json", "folder"]
