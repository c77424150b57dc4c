"""Saying no as the real services do."""

import re
from typing import Any, TypeVar

import msgspec

from hapi_pytest.errors import HapiError

T = TypeVar("T")


class RefusedError(HapiError):
    """A request that the real service would refuse, with the status and the details of its error body."""

    def __init__(self, status: int, message: str, *, path: str = "", code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.path, self.code = status, message, path, code


class MalformedError(Exception):
    """A body that has not the service's form; `kind` is missing, unknown, empty or type."""

    def __init__(self, kind: str, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.kind, self.path, self.problem = kind, path, problem


def decoded(body: bytes) -> Any:
    """Parse a JSON body; raises MalformedError when it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("json", "", str(error)) from None


def shaped(raw: object, kind: type[T]) -> T:
    """Read a decoded body into its declared shape; raises MalformedError for the first misfit."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def _explained(text: str) -> MalformedError:
    problem, _, path = text.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    if field := re.search(r"(missing required|unknown) field `(.+?)`", problem):
        kind = "missing" if field[1].startswith("missing") else "unknown"
        return MalformedError(kind, f"{path}.{field[2]}".lstrip("."), problem)
    if "of length >= 1" in problem:
        return MalformedError("empty", path, problem)
    return MalformedError("type", path, problem)
