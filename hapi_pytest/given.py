"""What was given on the command line, read into values; what cannot be is refused with what is allowed."""

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from hapi_pytest.held_out import is_held_out
from hapi_pytest.model import Arm, Limits


def categories(names: list[str]) -> tuple[str, ...]:
    """Read `--category`; raises UsageError for a name that is none."""
    from hapi_pytest.projects import CATEGORIES

    for name in names:
        if name not in CATEGORIES:
            raise pytest.UsageError(
                f"--category {name!r}: there is none of that name\n  allowed: {', '.join(CATEGORIES)}"
            )
    return tuple(names)


def variants(texts: list[str]) -> tuple[int, ...]:
    """Read `--variant`: numbers and ranges, or held-out ones, whose recordings lie elsewhere."""
    from hapi_pytest.projects import variant_numbers

    try:
        numbers = {number for text in texts for number in variant_numbers(text)}
    except ValueError as error:
        raise pytest.UsageError(f"--variant {error}") from None
    if len(set(map(is_held_out, numbers))) > 1:
        raise pytest.UsageError("--variant: held-out variants run by themselves; give the others to another run")
    return tuple(sorted(numbers))


def model_arguments(texts: list[str]) -> dict[str, Any]:
    """Read `--model-arg`: values are JSON, or text."""
    arguments: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise pytest.UsageError(f"--model-arg {text!r}: give KEY=VALUE, for example reasoning_effort=low")
        if key in ("model", "messages", "tools", "api_key", "api_base", "stream"):
            raise pytest.UsageError(
                f"--model-arg {key}: the harness sets it; use --model or --base-url, or leave it out"
            )
        try:
            arguments[key] = json.loads(value)
        except ValueError:
            arguments[key] = value
    return dict(sorted(arguments.items()))


def gates(texts: list[str], arms: Sequence[Arm] = (Arm.ALONE,)) -> dict[Arm, float]:
    """Read `--min-completion`: a share, for one arm or for those of `--gate-arm`."""
    gates: dict[Arm, float] = {}
    for text in texts:
        arm, equals, share = text.rpartition("=")
        try:
            value = float(share)
            gates |= dict.fromkeys([Arm(arm)] if equals else arms, value)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise pytest.UsageError(f"--min-completion {text!r}: give a share from 0 to 1, such as 0.6 or reviewed=0.6")
    return gates


def arms(option: str, names: Sequence[str]) -> tuple[Arm, ...]:
    """Read names of arms; `alone` when there are none."""
    for name in names:
        if name not in list(Arm):
            raise pytest.UsageError(f"{option} {name!r}: there is no such arm\n  allowed: {', '.join(Arm)}")
    return tuple(dict.fromkeys(Arm(name) for name in names)) or (Arm.ALONE,)


def margin(text: str, baseline: str) -> float | None:
    """Read `--margin`: a share, and only beside a baseline."""
    if not text:
        return None
    if not baseline:
        raise pytest.UsageError("--margin says how much lower than a baseline is conceded: give --baseline PATH too")
    return share("--margin", text)


def share(option: str, text: str) -> float:
    """Read a share from 0 to 1."""
    return _number(option, text, "give a share from 0 to 1, such as 0.05", most=1)


def dollars(option: str, text: str) -> float:
    """Read an amount of US dollars."""
    return _number(option, text, "give dollars, such as 25 or 2.50")


def seconds(option: str, text: str) -> float:
    """Read a length of time."""
    return _number(option, text, "give seconds, such as 600", least=0.001)


def at_least_one(option: str, number: int) -> int:
    """Read a count."""
    if number < 1:
        raise pytest.UsageError(f"{option} {number}: give 1 or more")
    return number


def limits(texts: list[str]) -> Limits:
    """Read `--limit`: what one attempt may use."""
    found: dict[str, float] = {}
    kinds = {field.name: field.type for field in msgspec.structs.fields(Limits)}
    for text in texts:
        name, _, value = text.partition("=")
        if name not in kinds:
            raise pytest.UsageError(f"--limit {text!r}: give NAME=NUMBER\n  allowed: {', '.join(kinds)}")
        number = _number("--limit", value, f"of {name}, give a number above 0", shown=text, least=1e-9)
        if kinds[name] is int and number != int(number):
            raise pytest.UsageError(f"--limit {text!r}: of {name}, give a whole number")
        found[name] = int(number) if kinds[name] is int else number
    return msgspec.convert(found, Limits)


def shard(text: str) -> tuple[int, int] | None:
    """Read `--shard I/N`; None for the whole."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    number, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= of:
        raise pytest.UsageError(f"--shard {text!r}: give I/N with I from 1 to N, such as 3/16")
    return number, of


def _number(
    option: str, text: str, allowed: str, *, shown: str = "", least: float = 0, most: float = math.inf
) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (least <= value <= most and math.isfinite(value)):
        raise pytest.UsageError(f"{option} {shown or text!r}: {allowed}")
    return value
