"""The published study's table, to be shown beside a run of one's own; its jobs are another task set."""

import functools
from pathlib import Path

import msgspec

from hapi_pytest.intervals import Interval, wilson
from hapi_pytest.measures import Rate
from hapi_pytest.tomlfile import read_toml

FILE = Path(__file__).with_name("published.toml")


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model's percentages, as printed."""

    name: str
    alone: float
    reviewed: float
    """After one turn of human feedback."""
    second: float
    """After two."""
    is_predicted: bool
    """Whether `second` was computed instead of observed."""
    lift: float
    relative_lift: float
    rescue: float
    """Over a denominator that the study does not tell."""


class Category(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One category's percentages, in the order of the models."""

    name: str
    jobs: int
    alone: tuple[float, ...]
    reviewed: tuple[float, ...]


class Study(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    title: str
    source: str
    jobs: int
    models: tuple[Model, ...]
    categories: tuple[Category, ...]

    def alone(self, model: Model) -> Rate:
        """Return the jobs that were complete alone: the whole count that has the printed percentage."""
        return self._rate(model.alone)

    def reviewed(self, model: Model) -> Rate:
        """Return the jobs that were complete after one turn of feedback."""
        return self._rate(model.reviewed)

    def lift(self, model: Model) -> Rate:
        """Return reviewed - alone over all jobs: the rescued ones, since what was complete stays so."""
        return Rate(self.reviewed(model).count - self.alone(model).count, self.jobs)

    def relative_lift(self, model: Model) -> Rate:
        """Return (reviewed - alone) / alone."""
        return Rate(self.lift(model).count, int(self.alone(model).count))

    def rescue(self, model: Model) -> Rate:
        """Return rescued / incomplete alone, all of them: our rescue rate."""
        return Rate(self.lift(model).count, self.jobs - int(self.alone(model).count))

    def rescue_of_retried(self, model: Model) -> Rate:
        """Return rescued / the only whole number that gives the printed rescue rate: those retried, it seems.

        For Claude Sonnet 4 it is 37/159, while 194 jobs were incomplete.
        """
        rescued, incomplete = self.lift(model).count, self.rescue(model).of
        (retried,) = (of for of in range(1, incomplete + 1) if round(100 * rescued / of, 1) == model.rescue)
        return Rate(rescued, retried)

    def interval(self, model: Model) -> Interval:
        """Return Wilson's interval of the completion rate alone; the study gives none."""
        alone = self.alone(model)
        return wilson(alone.count, alone.of)

    def _rate(self, percent: float) -> Rate:
        return Rate(round(percent * self.jobs / 100), self.jobs)


@functools.cache
def study() -> Study:
    """Read the table, once in a process."""
    return read_toml(FILE, Study)


def lines() -> list[str]:
    """Return the table as text, marked as another task set."""
    table = study()
    return [
        f"published: {table.title}, {table.source}: another task set ({table.jobs} jobs, not public), other agents",
        f"{'':24}  {'n':>3}  {'alone':>24}  {'reviewed':>12}  {'lift':>11}  {'relative':>8}  {'rescue':>12}",
        *(_overall(table, model) for model in table.models),
        "alone and reviewed by category, as printed, in % of jobs",
        f"{'':24}  {'n':>3}  " + "  ".join(f"{model.name:>15}" for model in table.models),
        *(_by_category(category) for category in table.categories),
        "reviewed is one turn of human feedback; the study has no retry, so its lift holds what a mere retry brings.",
        "Intervals and counts are ours; rescue is of all jobs incomplete alone, the study prints "
        + ", ".join(f"{model.rescue:.1f} %" for model in table.models)
        + ".",
    ]


def _overall(table: Study, model: Model) -> str:
    alone, reviewed, rescue = table.alone(model), table.reviewed(model), table.rescue(model)
    found = table.interval(model)
    share = f"{alone.count:g}/{alone.of} {model.alone:.1f} % ({100 * found.low:.1f}–{100 * found.high:.1f})"
    after = f"{reviewed.count:g}/{reviewed.of} {model.reviewed:.1f} %"
    rescued = f"{rescue.count:g}/{rescue.of} {100 * rescue.count / rescue.of:.1f} %"
    lift = f"+{model.lift:.1f} points"
    return (
        f"{model.name:24}  {table.jobs:>3}  {share:>26}  {after:>14}  {lift:>12}  "
        f"{model.relative_lift:>6.1f} %  {rescued:>13}"
    )


def _by_category(category: Category) -> str:
    pairs = zip(category.alone, category.reviewed, strict=True)
    return f"{category.name:24}  {category.jobs:>3}  " + "  ".join(f"{f'{a:g} → {b:g}':>15}" for a, b in pairs)
