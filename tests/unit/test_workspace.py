"""Workspaces are confined, and only regular files within the caps leave them."""

import os
import socket

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.workspace import Caps, Workspace

NO_FILE = "is no regular file (link, pipe, socket or device)"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    made = Workspace(tmp_path / "work")
    made.lay_out({"a.csv": b"1", "docs/b.txt": b"2"})
    return made


def test_attachments_are_laid_out_beside_an_empty_hand_in(workspace):
    assert workspace.read("inputs/docs/b.txt") == b"2"
    assert list((workspace.root / "deliverable").iterdir()) == [] and workspace.deliverable().files == {}


def test_files_are_written_with_the_folders_above(workspace):
    workspace.write("deliverable/x/y.txt", b"new")
    workspace.write("deliverable/x/y.txt", b"newer")
    assert workspace.read("deliverable/x/../x/y.txt") == b"newer"
    assert list(workspace.deliverable().files) == ["x/y.txt"]


def test_a_file_can_be_executable(workspace):
    workspace.write("run.sh", b"x", is_executable=True)
    assert os.access(workspace.root / "run.sh", os.X_OK) and not os.access(workspace.root / "inputs/a.csv", os.X_OK)


@pytest.mark.parametrize(
    "name",
    ["../outside/secret.txt", "/etc/passwd", "inputs/../../outside/secret.txt", "out/secret.txt", "file", "..",
     "~/../..", "deliverable/../out/secret.txt", "dangling", "chain"],
)  # fmt: skip
def test_no_path_leads_outside(workspace, name, tmp_path):
    (workspace.root / "out").symlink_to(tmp_path / "outside")
    (workspace.root / "file").symlink_to(tmp_path / "outside" / "secret.txt")
    (workspace.root / "dangling").symlink_to(tmp_path / "outside" / "new.txt")
    (workspace.root / "chain").symlink_to("dangling")
    if name == "~/../..":
        name = "inputs/../../.."
    for use in (workspace.path, workspace.read, lambda name: workspace.write(name, b"x")):
        with pytest.raises(DeliverableError, match="lies outside the workspace"):
            use(name)
    assert os.listdir(tmp_path / "outside") == ["secret.txt"]
    assert (tmp_path / "outside" / "secret.txt").read_text() == "secret"


def test_links_within_are_followed(workspace):
    (workspace.root / "link").symlink_to("inputs/a.csv")
    assert workspace.read("link") == b"1"


@pytest.mark.parametrize("name", ["a\0b", "x" * 1001, "\ud800"])
def test_what_is_no_path_is_told(workspace, name):
    for use in (workspace.path, workspace.read, lambda name: workspace.write(name, b"x")):
        with pytest.raises(DeliverableError, match="is not a path"):
            use(name)


@pytest.mark.parametrize("name", ["", ".", "inputs", "pipe", "loop", "no/such.txt", "inputs/a.csv/x", "n" * 300])
def test_what_is_no_file_cannot_be_read(workspace, name):
    os.mkfifo(workspace.root / "pipe")
    (workspace.root / "loop").symlink_to("loop")
    with pytest.raises(DeliverableError, match=f"^{name}: "):
        workspace.read(name)


@pytest.mark.parametrize("name", ["", ".", "inputs", "pipe", "loop", "inputs/a.csv/x", "n" * 300])
def test_what_is_no_file_cannot_be_written(workspace, name):
    os.mkfifo(workspace.root / "pipe")
    (workspace.root / "loop").symlink_to("loop")
    with pytest.raises(DeliverableError, match=f"^{name}: "):
        workspace.write(name, b"x")


def test_a_large_file_is_not_read(workspace):
    with (workspace.root / "large").open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(DeliverableError, match=r"^large: is larger than 52428800 bytes$"):
        workspace.read("large")


def test_links_pipes_and_sockets_are_refused_with_their_reason(workspace, tmp_path, monkeypatch):
    hand_in = workspace.root / "deliverable"
    (hand_in / "link.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (hand_in / "inner.txt").symlink_to("../inputs/a.csv")
    (hand_in / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(hand_in / "pipe")
    monkeypatch.chdir(hand_in)  # the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket")
    (hand_in / "good.txt").write_text("x")
    taken = workspace.deliverable()
    assert list(taken.files) == ["good.txt"]
    assert taken.refused == dict.fromkeys(["folder", "inner.txt", "link.txt", "pipe", "socket"], NO_FILE)


def test_a_hand_in_that_is_a_link_holds_nothing(workspace, tmp_path):
    (workspace.root / "deliverable").rmdir()
    (workspace.root / "deliverable").symlink_to(tmp_path / "outside")
    assert workspace.deliverable().files == {}
    assert workspace.everything().refused == {"deliverable": NO_FILE}


def test_a_missing_hand_in_holds_nothing(workspace):
    (workspace.root / "deliverable").rmdir()
    assert workspace.deliverable().files == {}


def test_a_sparse_giant_is_refused_without_being_read(workspace):
    with (workspace.root / "deliverable" / "giant").open("wb") as file:
        file.truncate(10 << 30)
    assert workspace.deliverable().refused == {"giant": "is larger than 52428800 bytes"}


def test_files_beyond_the_caps_are_not_taken(workspace):
    for name in "abcde":
        workspace.write(f"deliverable/{name}", b"four")
    few = workspace.deliverable(Caps(files=2))
    assert list(few.files) == ["a", "b"] and few.refused == {"…": "more than 2 files or 209715200 bytes"}
    little = workspace.deliverable(Caps(total_bytes=15))
    assert list(little.files) == ["a", "b", "c"] and little.refused == {"…": "more than 500 files or 15 bytes"}
    assert workspace.deliverable(Caps(files=5, total_bytes=20, file_bytes=4)).refused == {}


def test_everything_holds_inputs_and_hand_in_sorted(workspace):
    workspace.write("deliverable/z.txt", b"")
    workspace.write("notes.txt", b"")
    assert list(workspace.everything().files) == ["notes.txt", "deliverable/z.txt", "inputs/a.csv", "inputs/docs/b.txt"]


def test_a_name_that_is_not_utf8_is_refused(workspace):
    (workspace.root / "deliverable" / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    taken = workspace.deliverable()
    assert taken.files == {} and list(taken.refused) == ["caf\ufffd.txt"]
    assert str(taken.refused).encode()
