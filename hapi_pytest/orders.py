"""What is said between us and the grading process, one JSON value a line."""

from collections.abc import Mapping, Sequence

import msgspec

from hapi_pytest.errors import RubricError, SandboxError, UnscoredError
from hapi_pytest.model import Mark


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to grade."""

    folder: str
    """The project's folder."""
    rubric: str
    """The file whose `rubric` decides."""
    variant: int
    seed: str
    """What the variant is drawn from."""
    files: Mapping[str, str] | None
    """Handed-in files by name with where they lie; None for the project's own reference."""
    refused: Mapping[str, str]
    """What was handed in and not taken, with the reasons."""
    sandbox: str
    criteria: Sequence[str]
    """Ids of what is to be decided."""
    seconds: float
    """Wall time of each check."""


class Began(msgspec.Struct, frozen=True, tag=True):
    """A check starts now."""

    criterion: str


class Reading(msgspec.Struct, frozen=True, tag=True):
    """A check starts to read a handed-in file; without a name it is done with it."""

    file: str


class Marked(msgspec.Struct, frozen=True, tag=True):
    """A criterion is decided."""

    mark: Mark


class Exhausted(msgspec.Struct, frozen=True, tag=True):
    """The check that began last ran out of memory."""


class Unscored(msgspec.Struct, frozen=True, tag=True):
    """Grading cannot go on, for a reason that is not the agent's."""

    kind: str
    """The error's class: RubricError, SandboxError or UnscoredError."""
    text: str


class Done(msgspec.Struct, frozen=True, tag=True):
    """The order is carried out."""

    rung: str
    """The sandbox that ran something, if any did."""


Message = Began | Reading | Marked | Exhausted | Unscored | Done
ERRORS = {error.__name__: error for error in (RubricError, SandboxError, UnscoredError)}
