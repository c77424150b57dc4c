"""No path leads out of a workspace."""

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hapi_pytest.errors import DeliverableError
from hapi_pytest.workspace import Workspace

PARTS = st.one_of(
    st.sampled_from(
        [
            "..",
            ".",
            "",
            "inputs",
            "deliverable",
            "a.txt",
            "out",
            "up",
            "self",
            "loop",
            "ring",
            "file",
            "gone",
            "~",
            "\\..",
        ]
    ),
    st.text(max_size=8),
    st.characters(categories=["Cs"]),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> tuple[Workspace, Path]:
    """A workspace full of links, and the folder around it."""
    around = tmp_path_factory.mktemp("around")
    (around / "outside").mkdir()
    (around / "outside" / "secret.txt").write_text("secret")
    workspace = Workspace(around / "work")
    workspace.lay_out({"a.txt": b"1"})
    links = {
        "out": around / "outside", "up": "..", "self": ".", "loop": "loop", "ring": "inputs/../ring",
        "file": around / "outside" / "secret.txt", "gone": around / "outside" / "new.txt",
    }  # fmt: skip
    for name, target in links.items():
        (workspace.root / name).symlink_to(target)
        (workspace.root / "inputs" / name).symlink_to(target)
    return workspace, around


@st.composite
def names(draw, around: Path) -> str:
    start = draw(st.sampled_from(["", "/", "//", str(around), f"{around}/outside", "/proc/self/root", "/etc"]))
    return start + ("/" if start else "") + "/".join(draw(st.lists(PARTS, max_size=7)))


@given(st.data())
def test_a_path_is_inside_or_refused(place, data):
    workspace, around = place
    try:
        target = workspace.path(data.draw(names(around)))
    except DeliverableError:
        return
    assert target.is_relative_to(os.path.realpath(workspace.root))


@given(st.data())
def test_nothing_outside_is_read_or_written(place, data):
    workspace, around = place
    name = data.draw(names(around))
    with contextlib.suppress(DeliverableError):
        assert workspace.read(name) != b"secret"
    with contextlib.suppress(DeliverableError):
        workspace.write(name, b"1")
    assert os.listdir(around / "outside") == ["secret.txt"] and sorted(os.listdir(around)) == ["outside", "work"]
    assert (around / "outside" / "secret.txt").read_text() == "secret"


@given(st.data())
def test_what_is_collected_is_regular_and_below(place, data):
    workspace, around = place
    with contextlib.suppress(DeliverableError):
        workspace.write("deliverable/" + data.draw(names(around)), b"x")
    for taken in (workspace.deliverable(), workspace.everything()):
        for path in taken.files.values():
            assert path.is_file() and not path.is_symlink()
            assert Path(os.path.realpath(path)).is_relative_to(os.path.realpath(workspace.root))
