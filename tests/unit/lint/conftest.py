"""A sound project to spoil, and its copies."""

import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOUND = HERE / "projects" / "admin-support" / "guest-list"
CANARY = "8d0f2a5e-6b1c-4e0f-9a77-2f6c9f1d3b42"
collect_ignore = ["projects"]


def copied(root: Path, edits: Mapping[str, tuple[str, str]], canary: str = "") -> Path:
    """Copy the sound project, with a canary of its own, and replace a text in each named file; "" makes a new file."""
    folder = root / "admin-support" / "guest-list"
    shutil.copytree(SOUND, folder, ignore=shutil.ignore_patterns("__pycache__"))
    canary = canary or str(uuid.uuid5(uuid.NAMESPACE_URL, str(root)))
    for file in folder.iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace(CANARY, canary), encoding="utf-8")
    for name, (old, new) in edits.items():
        file, old, new = folder / name, old.replace("CANARY", canary), new.replace("CANARY", canary)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8") if old else ""
        assert text.count(old) == 1 or not old, f"{old!r} stands {text.count(old)} times in {name}"
        file.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def copy_to() -> Callable[..., Path]:
    """Return what copies the sound project below a folder."""
    return copied


@pytest.fixture
def copy(tmp_path: Path) -> Callable[..., Path]:
    """Copy the sound project with a text replaced in some of its files."""

    def make(edits: Mapping[str, tuple[str, str]] | None = None, under: str = "copy", canary: str = "") -> Path:
        return copied(tmp_path / under, edits or {}, canary)

    return make
