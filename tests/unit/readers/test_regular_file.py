"""Nothing but regular files is opened."""

import contextlib
import os
from pathlib import Path

import pytest

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.regular_file import content


def test_a_file_is_read_up_to_its_cap(tmp_path):
    (tmp_path / "a").write_bytes(b"four")
    assert content(tmp_path / "a", "a", 4) == b"four"
    with pytest.raises(DeliverableError, match=r"^a: is larger than 3 bytes$"):
        content(tmp_path / "a", "a", 3)


def test_a_file_whose_size_is_not_told_is_read_up_to_its_cap_too(tmp_path):
    with pytest.raises(DeliverableError, match=r"^status: is larger than 10 bytes$"):
        content(Path("/proc/self/status"), "status", 10)


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder"])
def test_anything_else_is_neither_followed_nor_waited_for(tmp_path, kind):
    path = tmp_path / kind
    (tmp_path / "secret").write_text("secret")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("secret" if kind == "link" else "nowhere")
    with pytest.raises(DeliverableError, match=r"^a: is not a file$"):
        content(path, "a", 100)


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(DeliverableError, match=r"^a: No such file or directory$"):
        content(tmp_path / "gone", "a", 100)


def test_no_descriptor_stays_open(tmp_path):
    (tmp_path / "a").write_bytes(b"four")
    before = len(os.listdir("/proc/self/fd"))
    for most in (3, 4):
        with contextlib.suppress(DeliverableError):
            content(tmp_path / "a", "a", most)
    assert len(os.listdir("/proc/self/fd")) == before
