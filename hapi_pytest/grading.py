"""Deciding a rubric's criteria on a deliverable."""

import os
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from hapi_pytest.deliverable import Deliverable, written
from hapi_pytest.errors import DeliverableError, RubricError, UnscoredError
from hapi_pytest.model import Mark, Verdict
from hapi_pytest.projects import Facts
from hapi_pytest.rubric import Criterion, Rubric
from hapi_pytest.sandbox import Sandbox, temporary_folder
from hapi_pytest.workspace import Workspace

MOST_REASON = 8000
"""Characters of a reason that are kept: some are made of what was handed in."""


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a handed-in program did."""

    exit_code: int
    stdout: str
    stderr: str
    files: Mapping[str, bytes]
    """Every file in the program's folder afterwards."""


class Programs:
    """The `sandbox` argument of a check: runs handed-in programs and reads their results from the pipe."""

    def __init__(self, sandbox: Callable[[], Sandbox]) -> None:
        self._sandbox = sandbox

    def run(
        self, argv: Sequence[str], files: Mapping[str, bytes | str], *, stdin: str | bytes = b"", seconds: float = 20
    ) -> Ran:
        """Run a command in a fresh folder that holds `files`, without network.

        Raises DeliverableError when it takes longer than `seconds`.
        """
        with temporary_folder() as folder:
            written(folder, files)
            content = stdin.encode() if isinstance(stdin, str) else stdin
            done = self._sandbox().run(folder, argv, stdin=content, seconds=seconds)
            if done.is_timed_out:
                raise DeliverableError(f"{' '.join(argv)}: was stopped after {seconds:g} seconds")
            left = Workspace(folder).everything().files
            return Ran(
                exit_code=done.exit_code,
                stdout=done.stdout.decode(errors="replace"),
                stderr=done.stderr.decode(errors="replace"),
                files={name: path.read_bytes() for name, path in left.items() if os.access(path, os.R_OK)},
            )


def grade(rubric: Rubric, deliverable: Deliverable, facts: Facts, sandbox: Callable[[], Sandbox]) -> Verdict:
    """Decide every criterion; the sandbox is chosen when the first check runs something.

    An assertion or a DeliverableError fails the criterion. Raises RubricError when a check raises anything else, and
    lets SandboxError through: neither is the agent's doing.
    """
    available = given(deliverable, facts, sandbox)
    return Verdict(tuple(mark(criterion, available) for criterion in rubric.criteria))


def given(deliverable: Deliverable, facts: Facts, sandbox: Callable[[], Sandbox]) -> dict[str, Any]:
    """Return what checks can ask for, by argument name."""
    return {"deliverable": deliverable, "facts": facts, "sandbox": Programs(sandbox)}


def mark(criterion: Criterion, available: Mapping[str, Any]) -> Mark:
    """Decide one criterion; raises RubricError, SandboxError, or MemoryError when the memory did not suffice."""
    try:
        criterion.check(**{name: available[name] for name in criterion.arguments})
    except (AssertionError, DeliverableError) as error:
        reason = str(error) or "the check asserted without saying why"
        return criterion.marked(reason[:MOST_REASON].encode(errors="replace").decode())
    except (UnscoredError, MemoryError):
        raise
    except Exception as error:
        trace = "".join(traceback.format_exception(error)[-3:])
        raise RubricError(
            f"{criterion.check.__code__.co_filename}:{criterion.line}: the check of {criterion.id!r} crashed, so this "
            f"engagement is unscored\n{trace}  fix:     read the deliverable through its typed readers, and assert"
        ) from error
    return criterion.marked()
