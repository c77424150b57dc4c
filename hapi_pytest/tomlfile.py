"""Authors' files, read with errors that say what to mend."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hapi_pytest.errors import ProjectError

S = TypeVar("S", bound=msgspec.Struct)


def read_text(file: Path, fix: str) -> str:
    """Read a text file; raises ProjectError when it is missing or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ProjectError(file, "the file is missing", fix=fix) from None
    except UnicodeDecodeError as error:
        raise ProjectError(file, f"the file is not UTF-8: {error}", fix="save it as UTF-8") from None


def read_toml(file: Path, kind: type[S]) -> S:
    """Read a TOML file into a struct; raises ProjectError for unknown, missing and malformed keys."""
    text = read_text(file, f"write it with the keys {', '.join(kind.__struct_fields__)}")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(
            file, f"is not valid TOML: {error}", fix="mend the line; dates stand bare, as in 2026-03-31"
        ) from None
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise _explained(file, kind, raw, str(error)) from None


def _explained(file: Path, kind: type[msgspec.Struct], raw: dict[str, Any], problem: str) -> ProjectError:
    """Turn msgspec's one line into file, key, value, what is allowed and the fix."""
    keys = ", ".join(kind.__struct_fields__)
    if field := re.search(r"missing required field `(.+?)`", problem):
        return ProjectError(file, "a key is missing", key=field[1], allowed=keys, fix=f"add {field[1]} = …")
    if field := re.search(r"unknown field `(.+?)`", problem):
        fix = "correct the spelling or remove the line"
        return ProjectError(file, "there is no such key", key=field[1], value=raw.get(field[1]), allowed=keys, fix=fix)
    what, _, path = problem.partition(" - at `$.")
    key, allowed = path.rstrip("`"), what.replace("Expected ", "").split(", got")[0]
    allowed = "a date such as 2026-03-31" if "date" in what else allowed
    allowed = allowed.replace("`float`", "a number").replace("`str`", "a text in quotes")
    value = raw.get(re.split(r"[.\[]", key)[0])
    fix = f"write {key} as {allowed}"
    return ProjectError(file, "a value has the wrong form", key=key, value=value, allowed=allowed, fix=fix)
