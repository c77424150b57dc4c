"""What lint finds, as it is printed: for people, for GitHub, and for programs."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from hapi_pytest.lint.problems import Problem


def _text(problems: Sequence[Problem], count: str) -> str:
    """Return what compilers print: a line with the place for each problem, and its fix indented below."""
    return "\n".join([*map(str, problems), count])


def _github(problems: Sequence[Problem], count: str) -> str:
    """Return workflow commands, which GitHub Actions shows beside the lines of a change."""
    return "\n".join([*map(_command, problems), count])


def _json(problems: Sequence[Problem], count: str) -> str:
    """Return an array of objects with file, line, rule, message and fix, and no count."""
    return msgspec.json.format(msgspec.json.encode(problems), indent=2).decode()


FORMATS: Mapping[str, Callable[[Sequence[Problem], str], str]] = {"text": _text, "github": _github, "json": _json}
"""By name, what prints problems and their count."""


def _command(problem: Problem) -> str:
    file, rule = _escaped(problem.file, ":,"), _escaped(problem.rule, ":,")
    said = _escaped(f"{problem.message}\nfix: {problem.fix}")
    return f"::error file={file},line={problem.line},title={rule}::{said}"


def _escaped(text: str, also: str = "") -> str:
    """Escape what would end a workflow command's message, or one of its properties: https://github.com/actions/toolkit."""
    for character in "%\r\n" + also:  # the percent sign first: it stands in every other's escape
        text = text.replace(character, f"%{ord(character):02X}")
    return text
