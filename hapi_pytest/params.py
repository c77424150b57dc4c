"""Which tests a client project becomes: one per model, variant, sample and arm."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from hapi_pytest import reviews
from hapi_pytest.errors import ProjectError
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.options import Settings
from hapi_pytest.projects import PROJECT, Project, load, project_id
from hapi_pytest.rubric import check_rubric
from hapi_pytest.shards import shard_of

FIXTURE = "engagement"


class EngagementParam(msgspec.Struct, frozen=True, kw_only=True):
    """What one test of a project is about."""

    model: str
    variant: int
    sample: int
    arm: Arm

    @property
    def id(self) -> str:
        """The test's id within its project."""
        sample = f"-s{self.sample}" if self.sample > 1 else ""
        return f"{self.model}-v{self.variant}{sample}-{self.arm}"

    def unscored(self, agent: str, project: Project, reason: str, seconds: float = 0) -> Outcome:
        """Return the outcome of a test that came to no verdict."""
        return Outcome(
            **msgspec.structs.asdict(self),
            agent=agent,
            project=project.id,
            status=Status.UNSCORED,
            price_usd=project.settings.price_usd,
            reason=reason,
            seconds=round(seconds, 3),
        )


class SelfcheckParam(msgspec.Struct, frozen=True, kw_only=True):
    """What one test of a project is about in a self-check."""

    check: str
    variant: int

    @property
    def id(self) -> str:
        """The test's id within its project."""
        return f"{self.check}-v{self.variant}"


def every(settings: Settings) -> list[EngagementParam]:
    """Return the parameters of a project's tests, in their order."""
    return [
        EngagementParam(model=model, variant=variant, sample=sample, arm=arm)
        for model in settings.models
        for variant in settings.variants
        for sample in range(1, settings.samples + 1)
        for arm in settings.arms
    ]


def parametrize(metafunc: pytest.Metafunc, settings: Settings) -> None:
    """Give a project's test its parameters; an author's mistake becomes a collection error."""
    if FIXTURE not in metafunc.fixturenames:
        return
    folder = metafunc.definition.path.parent
    if not (folder / PROJECT).exists():
        raise pytest.Collector.CollectError(
            f"{metafunc.definition.path}: the engagement fixture needs a client project's folder, with {PROJECT}"
        )
    try:
        check_rubric(load(folder), getattr(metafunc.module, "rubric", None))
        reviews.load(folder)
    except ProjectError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    params: Sequence[EngagementParam | SelfcheckParam] = every(settings)
    if settings.is_selfcheck:
        from hapi_pytest.selfcheck import CHECKS

        params = [SelfcheckParam(check=check, variant=variant) for variant in settings.variants for check in CHECKS]
    metafunc.parametrize(FIXTURE, params, indirect=True, ids=[param.id for param in params])


def deselect(config: pytest.Config, items: list[pytest.Item], settings: Settings) -> None:
    """Deselect the projects of other categories and other shards than those asked for."""
    if not settings.categories and not settings.shard:
        return
    chosen: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        is_other = FIXTURE in getattr(item, "fixturenames", ()) and not _is_asked_for(item.path.parent, settings)
        (others if is_other else chosen).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = chosen


def _is_asked_for(folder: Path, settings: Settings) -> bool:
    category = folder.parent.name
    if settings.categories and category not in settings.categories:
        return False
    return settings.shard is None or shard_of(project_id(folder), settings.shard[1]) == settings.shard[0]
