"""Workspaces are confined, and only regular files within the caps leave them."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

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


def test_a_hand_in_that_is_a_link_holds_nothing_and_says_so(workspace, tmp_path):
    (workspace.root / "deliverable").rmdir()
    (workspace.root / "deliverable").symlink_to(tmp_path / "outside")
    taken = workspace.deliverable()
    assert taken.files == {} and taken.refused == {"deliverable": NO_FILE}
    assert workspace.everything().refused == {"deliverable": NO_FILE}


@pytest.mark.parametrize("target", ["../outside/secret.txt", "/etc/passwd", "nowhere", ".", "..", "/proc/self/environ"])
def test_no_link_is_taken_wherever_it_leads(workspace, target):
    (workspace.root / "deliverable" / "report.csv").symlink_to(target)
    assert workspace.deliverable().files == {} and workspace.deliverable().refused == {"report.csv": NO_FILE}


def test_a_second_name_of_a_file_is_one_more_file(workspace):
    (workspace.root / "deliverable" / "copy.csv").hardlink_to(workspace.root / "inputs" / "a.csv")
    taken = workspace.deliverable()
    assert taken.refused == {} and taken.files["copy.csv"].read_bytes() == b"1"


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


def test_names_that_are_not_utf8_are_refused_each(workspace):
    for name in (b"caf\xe9.txt", b"caf\xe8.txt"):
        (workspace.root / "deliverable" / os.fsdecode(name)).write_text("x")
    taken = workspace.deliverable()
    assert taken.files == {} and list(taken.refused) == ["caf\\xe8.txt", "caf\\xe9.txt"]
    assert str(taken.refused).encode()


@pytest.mark.parametrize("char", ["\n", "\r", "\x1b", "\x7f", "\u2028"])
def test_names_that_break_a_line_are_refused(workspace, char):
    (workspace.root / "deliverable" / f"a{char}b").write_text("x")
    taken = workspace.deliverable()
    assert taken.files == {} and list(taken.refused.values()) == ["has a name with control characters"]
    assert all(name.isprintable() and name.startswith("a\\") for name in taken.refused)


def test_names_that_look_alike_are_different_files(workspace):
    names = ["Cafe\u0301.txt", "Caf\u00e9.txt", "caf\u00e9.txt", "a b\u00a0c.txt"]
    for name in names:
        workspace.write(f"deliverable/{name}", name.encode())
    taken = workspace.deliverable().files
    assert {name: path.read_text() for name, path in taken.items()} == {name: name for name in names}


def nest(folder: Path, names: list[str]) -> None:
    """Make folders inside each other, deeper than a path can name them."""
    here = os.open(folder, os.O_RDONLY)
    for name in names:
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("end.txt", os.O_CREAT, dir_fd=here))
    os.close(here)


def test_folders_beyond_the_longest_path_are_refused(workspace):
    nest(workspace.root / "deliverable", ["x" * 200] * 25)
    nest(workspace.root / "deliverable", ["y"] * 700)
    taken = workspace.deliverable()
    assert taken.files == {} and all("more than 1000 bytes" in reason for reason in taken.refused.values())
    assert [name[:3] for name in taken.refused] == ["xxx", "y/y"] and all(len(name) == 201 for name in taken.refused)


def test_of_endless_folders_and_links_some_are_looked_at(workspace):
    for number in range(30):
        (workspace.root / "deliverable" / f"d{number:02}").mkdir()
        (workspace.root / "deliverable" / f"link{number:02}").symlink_to("x")
    folders = workspace.deliverable(Caps(folders=10))
    assert folders.is_cut and folders.refused["…"] == "more than 10 folders"
    links = workspace.deliverable(Caps(files=10))
    assert links.is_cut and len(links.refused) == 11 and links.refused["…"] == "more than 10 entries that are refused"


def test_a_hundred_thousand_files_are_not_all_looked_at(workspace):
    here = os.open(workspace.root / "deliverable", os.O_RDONLY)
    for number in range(100_000):
        os.close(os.open(f"{number:06}", os.O_CREAT, dir_fd=here))
    os.close(here)
    started = time.thread_time()
    taken = workspace.deliverable()
    assert time.thread_time() - started < 3
    assert list(taken.files)[::499] == ["000000", "000499"] and taken.is_cut
    assert taken.refused == {"…": "more than 500 files or 209715200 bytes"}


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder, and a process without root's right to read everything."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        was = os.geteuid()
        if not was:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(was)


def test_what_cannot_be_read_is_refused_with_its_reason(as_nobody):
    workspace = Workspace(as_nobody / "work")
    workspace.lay_out({})
    for name in ("closed.txt", "closed/a.txt", "unlisted/b.txt", "open.txt"):
        workspace.write(f"deliverable/{name}", b"x")
    hand_in = workspace.root / "deliverable"
    for name, mode in (("closed.txt", 0), ("closed", 0), ("unlisted", 0o600)):
        (hand_in / name).chmod(mode)
    taken = workspace.deliverable()
    assert list(taken.files) == ["open.txt"]
    assert taken.refused == {
        "closed.txt": "cannot be read: Permission denied",
        "closed": "is a folder that cannot be read: Permission denied",
        "unlisted/b.txt": "cannot be read: Permission denied",
    }
    with pytest.raises(DeliverableError, match=r"^deliverable/closed\.txt: Permission denied$"):
        workspace.read("deliverable/closed.txt")
    for name in ("closed", "unlisted"):
        (hand_in / name).chmod(0o700)


def test_a_device_is_neither_taken_nor_read(workspace):
    if os.geteuid():
        pytest.skip("only root makes devices")
    os.mknod(workspace.root / "deliverable" / "zero", 0o020666, os.makedev(1, 5))
    assert workspace.deliverable().refused == {"zero": NO_FILE}
    with pytest.raises(DeliverableError, match=r"^deliverable/zero: is not a file$"):
        workspace.read("deliverable/zero")
