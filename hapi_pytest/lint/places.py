"""Lines of authors' files, found again from what was read there."""

import re
from pathlib import Path

from hapi_pytest.projects import BUILD, INPUTS


def line_of(file: Path, *texts: str) -> int:
    """Return the first line that holds the first of the texts to be found at all, else 1."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 1
    return next((number for text in texts for number, line in enumerate(lines, 1) if text in line), 1)


def key_line(file: Path, key: str) -> int:
    """Return the line on which a TOML file sets a key, else 1."""
    name = re.escape(key.partition("[")[0])
    try:
        found = re.search(rf"(?m)^[ \t]*(?:\w+[ \t]*\.[ \t]*)?[\"']?{name}[\"']?[ \t]*=", _text(file))
    except OSError:
        return 1
    return _text(file).count("\n", 0, found.start()) + 1 if found else 1


def table_line(file: Path, name: str) -> int:
    """Return the line on which a table of a TOML file begins, else 1."""
    return line_of(file, f"[{name}]")


def attachment_place(folder: Path, name: str) -> tuple[Path, int]:
    """Return where an attachment comes from: its own file, or the line of inputs.py that names or builds it."""
    static = folder / INPUTS / name
    if static.is_file():
        return static, 1
    return folder / BUILD, line_of(folder / BUILD, f'"{name}"', f"'{name}'", name, "def build(")


def fact_place(folder: Path, name: str) -> tuple[Path, int]:
    """Return the line of inputs.py that names or builds a fact."""
    return folder / BUILD, line_of(folder / BUILD, f'"{name}":', f'"{name}"', f"{name}=", "def build(")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
