"""Deciding a rubric's criteria on a deliverable."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from hapi_pytest.deliverable import Deliverable
from hapi_pytest.errors import DeliverableError, RubricError, UnscoredError
from hapi_pytest.model import Mark, Verdict
from hapi_pytest.programs import Programs
from hapi_pytest.projects import Facts
from hapi_pytest.rubric import Criterion, Rubric
from hapi_pytest.sandbox import Sandbox

MOST_REASON = 8000
"""Characters of a reason that are kept: some are made of what was handed in."""


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
