"""Facts as text that is the same in every process: mappings and sets sorted, each kind of value told from others."""

import dataclasses
import datetime
import enum
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from hapi_pytest.digests import raw_digest


def canonical(value: object) -> str:
    """Return the canonical text of a fact; raises TypeError for a value that has none, such as an object of a class."""
    return json.dumps(_form(value), ensure_ascii=False, separators=(",", ":"))


def fact_digest(value: object) -> str:
    """SHA-256 of a fact's canonical text, in hex; raises TypeError for a value that has none."""
    return raw_digest(canonical(value).encode("utf-8", "surrogatepass"))


def _form(value: object) -> Any:
    if isinstance(value, enum.Enum):
        return [type(value).__name__, value.name]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [_form(inner) for inner in value]
    if isinstance(value, Mapping):
        return ["mapping", sorted(([_form(key), _form(inner)] for key, inner in value.items()), key=_text)]
    if isinstance(value, set | frozenset):
        return ["set", sorted(map(_form, value), key=_text)]
    if isinstance(value, msgspec.Struct):
        return [type(value).__name__, _form(msgspec.structs.asdict(value))]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return [type(value).__name__, _form(fields)]
    return _scalar(value)


def _scalar(value: object) -> Any:
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, Decimal | Fraction):
        return [type(value).__name__, str(value)]
    if isinstance(value, datetime.date | datetime.time):
        return [type(value).__name__, value.isoformat()]
    if isinstance(value, datetime.timedelta):
        return ["timedelta", str(value)]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    raise TypeError(f"a {type(value).__name__} has no canonical form")


def _text(form: Any) -> str:
    return json.dumps(form, ensure_ascii=False)
