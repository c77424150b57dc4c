"""Authors' files, read with errors that say what to mend."""

import re
import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from hapi_pytest.errors import ProjectError

WORDS = {
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "a text in quotes",
    "`bool`": "true or false",
    "`array`": "a list in brackets",
    "`object`": "a table",
}
S = TypeVar("S", bound=msgspec.Struct)


def read_text(file: Path, fix: str) -> str:
    """Read a text file; raises ProjectError when it is missing, no file or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ProjectError(file, "the file is missing", fix=fix) from None
    except UnicodeDecodeError as error:
        raise ProjectError(file, f"the file is not UTF-8: {error}", fix="save it as UTF-8") from None
    except OSError as error:
        fix = "make it a file that can be read"
        raise ProjectError(file, f"it cannot be read: {error.strerror}", fix=fix) from None


def read_toml(file: Path, kind: type[S]) -> S:
    """Read a TOML file into a struct; raises ProjectError for unknown, missing and malformed keys."""
    text = read_text(file, f"write it with the keys {', '.join(kind.__struct_fields__)}")
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of a number with thousands of digits, and of lists in lists
        raise ProjectError(
            file, f"is not valid TOML: {error}", fix="mend the line; dates stand bare, as in 2026-03-31"
        ) from None
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise _explained(file, kind, raw, str(error)) from None


def _explained(
    file: Path, kind: type[msgspec.Struct], raw: Mapping[str, Any], problem: str, table: str = ""
) -> ProjectError:
    """Turn msgspec's one line into file, key, value, what is allowed and the fix."""
    what, _, path = problem.rstrip("`").partition(" - at `$.")
    first = re.split(r"[.\[]", path)[0]
    of, value = get_type_hints(kind).get(first), raw.get(first)
    if path.startswith(f"{first}[...]") and isinstance(value, Mapping):  # which of several, it does not say
        of = get_args(of)[1]
        name, value, what = _first_wrong(value, of)
        if isinstance(of, type) and issubclass(of, msgspec.Struct):
            return _explained(file, of, value, what, f"{table}{first}.{name}.")
        path = f"{first}.{name}"
    keys = ", ".join(kind.__struct_fields__)
    if field := re.search(r"missing required field `([^`]+)", what):
        key = table + field[1]
        return ProjectError(file, "a key is missing", key=key, allowed=keys, fix=f"add {field[1]} = …")
    if field := re.search(r"unknown field `([^`]+)", what):
        key, fix = table + field[1], "correct the spelling or remove the line"
        return ProjectError(file, "there is no such key", key=key, value=raw.get(field[1]), allowed=keys, fix=fix)
    allowed, key = _allowed(of, what), (table + path).rstrip(".") or kind.__name__.lower()
    fix = f"write {key} as {allowed}"
    return ProjectError(file, "a value has the wrong form", key=key, value=value, allowed=allowed, fix=fix)


def _first_wrong(values: Mapping[str, Any], kind: Any) -> tuple[str, Any, str]:
    """Return name and value of the first that is not of its kind, and what is wrong with it."""
    for name, value in values.items():
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            return name, value, str(error)
    raise AssertionError("one of them is wrong")


def _allowed(kind: object, what: str) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f'"{member.value}"' for member in kind)
    if "date" in what:
        return "a date such as 2026-03-31"
    allowed = what.replace("Expected ", "").split(", got")[0]
    for word, said in WORDS.items():
        allowed = allowed.replace(word, said)
    return allowed
