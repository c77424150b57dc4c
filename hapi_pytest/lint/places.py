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
    """Return the line on which a TOML file sets a key, given with its tables; else that of its table, else 1."""
    table, _, last = key.partition("[")[0].rpartition(".")
    name = re.escape(last)
    if (header := table_line(file, key)) > 1:
        return header
    begin = (table_line(file, table) if table else 1) - 1
    try:
        lines = _text(file).split("\n")[begin:]
    except OSError:
        return 1
    set_here = re.compile(rf"[ \t]*(?:[\w-]+[ \t]*\.[ \t]*)*[\"']?{name}[\"']?[ \t]*=")
    return begin + next((number for number, line in enumerate(lines, 1) if set_here.match(line)), 1)


def last_line(file: Path) -> int:
    """Return how many lines a file has."""
    return len(_text(file).splitlines())


def table_line(file: Path, name: str) -> int:
    """Return the line on which a table of a TOML file begins, else 1."""
    return line_of(file, f"[{name}]")


def from_here(file: str) -> str:
    """Return a file as seen from the current folder, where it lies below."""
    return str(Path(file).relative_to(Path.cwd())) if Path(file).is_relative_to(Path.cwd()) else file


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
