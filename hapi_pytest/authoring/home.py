"""The folder that a suite lives in, and the two files that it needs beside its projects."""

from collections.abc import Iterator
from pathlib import Path

from hapi_pytest.errors import CommandLineError

PLUGIN = "hapi_pytest.plugin"
CONFTEST, CONFTEST_TEXT = "conftest.py", f'pytest_plugins = ["{PLUGIN}"]\n'
CONFIG, CONFIG_TEXT = "pytest.ini", "[pytest]\ntestpaths = projects\naddopts = --import-mode=importlib\n"
CONFIGS = ("pytest.toml", ".pytest.toml", CONFIG, ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
"""Wherever pytest looks for its configuration."""


def check(folder: Path) -> None:
    """Raise CommandLineError for a folder within a suite: pytest would take it for no suite of its own."""
    if (folder / CONFTEST).exists():
        return
    for parent in folder.absolute().parents:
        if PLUGIN in _text(parent / CONFTEST):
            raise CommandLineError(
                f"{folder.absolute()} lies within the suite {parent}\n  fix:     run this in {parent}"
            )


def furnish(folder: Path) -> Iterator[str]:
    """Write what a suite needs and has no file for; yield a line for each, and what existing files lack."""
    if not (folder / CONFTEST).exists():
        _write(folder / CONFTEST, CONFTEST_TEXT)
        yield f"{CONFTEST}: written, it loads the plugin"
    elif PLUGIN not in _text(folder / CONFTEST):
        yield f"{CONFTEST}: loads no plugin of ours yet; add the line {CONFTEST_TEXT.strip()}"
    configs = [name for name in CONFIGS if (folder / name).exists()]
    if not configs:
        _write(folder / CONFIG, CONFIG_TEXT)
        yield f"{CONFIG}: written, it tells pytest where the projects lie"
    elif not any("import-mode=importlib" in _text(folder / name) for name in configs):
        yield (
            f"{configs[0]}: says nothing of projects yet; add to the settings of pytest"
            ' testpaths = ["projects"] and addopts = ["--import-mode=importlib"]'
        )


def _write(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8") as stream:  # never over what has come there meanwhile
        stream.write(text)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
