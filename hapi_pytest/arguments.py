"""What several subcommands take on the command line, and how it is read."""

import argparse
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hapi_pytest.stand_in import Fault


def add_projects(parser: argparse.ArgumentParser) -> None:
    """Let a command take projects and variants."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        default=[Path("projects")],
        help="A project's folder, or a folder of projects (default: projects)",
    )
    parser.add_argument(
        "--variant",
        action="append",
        type=variants,
        default=[],
        metavar="K",
        help="Variant to build: 1, 0..6 or held-out:2 (repeatable, default: 0..2)",
    )


def numbers(given: Sequence[Sequence[int]]) -> list[int]:
    """Return the variants that were asked for, each once; 0 to 2 where none were."""
    return sorted({number for several in given or [range(3)] for number in several})


def fault(text: str) -> "Fault":
    """Read a fault of the stand-in; raises ArgumentTypeError."""
    from hapi_pytest.stand_in import parsed

    try:
        return parsed(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def seconds(text: str) -> float:
    """Read a time of up to an hour; raises ArgumentTypeError."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) <= 3600:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 3600")


def variants(text: str) -> Sequence[int]:
    """Read a number, a range of variants, or held-out ones; raises ArgumentTypeError."""
    from hapi_pytest.projects import variant_numbers

    try:
        return variant_numbers(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
