"""Variants built in a process of its own, under another hash seed, time zone, locale and clock, and their digests."""

import contextlib
import locale
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import ProjectError
from hapi_pytest.lint.canonical import fact_digest
from hapi_pytest.projects import BRIEF, Project, Variant

Parts = Mapping[str, str]
"""What a variant is made of, by name, with digests."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to build, and when."""

    folders: Sequence[str]
    variants: Sequence[int]
    moment: float
    """What the clock shows when building starts, as a Unix time."""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """One project's variants, or why they cannot be built."""

    variants: Mapping[int, Parts] = {}
    error: str = ""


def parts(variant: Variant) -> Parts:
    """Return the canonical digests of brief, attachments, notes and facts, without facts that have no form."""
    result = {BRIEF: raw_digest(variant.brief.encode())}
    result |= {f"attachment {name}": digest for name, digest in variant.digests.items()}
    result |= {f"note {name}": raw_digest(note.encode()) for name, note in variant.notes.items()}
    for name, fact in {**variant.given, **variant.gold}.items():
        with contextlib.suppress(TypeError):  # told by its own rule
            result[f"fact {name}"] = fact_digest(fact)
    return result


def main() -> None:
    """Read an order, build under the clock that it says, and answer with the digests."""
    import time_machine

    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    with open(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # whatever an author's module prints is no part of the answer
        with contextlib.suppress(locale.Error):  # where it is not installed, C stays
            locale.setlocale(locale.LC_ALL, "")
        # A file that is opened without naming its encoding is read by the locale's.
        warnings.filterwarnings("error", category=EncodingWarning, module="hapi_projects")
        with time_machine.travel(order.moment):
            built = {folder: _built(Path(folder), order.variants) for folder in order.folders}
        answer.write(msgspec.json.encode(built))


def _built(folder: Path, variants: Sequence[int]) -> Built:
    try:
        project = Project(folder)
        return Built(variants={number: parts(project.variant(number)) for number in variants})
    except (ProjectError, OSError) as error:
        return Built(error=str(error))
