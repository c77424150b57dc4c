"""The report's figures: rates with their counts and intervals, by arm, category and importance."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from hapi_pytest import measures
from hapi_pytest.intervals import FEWEST, Interval, difference_interval, interval
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Importance, Outcome, Status
from hapi_pytest.results import Results

ORDER = (Importance.CRITICAL, Importance.IMPORTANT, Importance.PITFALL, Importance.OPTIONAL)
"""Of criteria, wherever they are shown: what blocks completion comes first."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One rate as it is shown."""

    name: str
    arm: Arm
    value: float | None
    counted: str
    """What it is made of."""
    of: int
    """Engagements."""
    interval: Interval | None
    projects: int
    least: float | None = None
    """Its lower bound, with all that is unscored as the worst; None where nothing is."""

    @property
    def uncertainty(self) -> str:
        """The interval in words, or why there is none."""
        if self.interval is None:
            plural = "" if self.projects == 1 else "s"
            return f"too few for an interval: {self.projects} project{plural}, {FEWEST} needed"
        return f"95 % interval {self.bounds}"

    @property
    def bounds(self) -> str:
        """The interval as a table shows it."""
        if self.interval is None:
            return "too few projects"
        return f"{100 * self.interval.low:.0f} to {100 * self.interval.high:.0f} %"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One arm's completion less another's, over engagements scored in both."""

    name: str
    meaning: str
    points: float
    of: int
    interval: Interval | None
    projects: int

    @property
    def uncertainty(self) -> str:
        """The interval in words, or why there is none."""
        if self.interval is None:
            return f"too few for an interval: {self.projects} projects, {FEWEST} needed"
        return f"95 % interval {100 * self.interval.low:+.1f} to {100 * self.interval.high:+.1f} points"


def arms(outcomes: Sequence[Outcome]) -> list[Arm]:
    """Return the arms that were run, in their order."""
    return [arm for arm in Arm if measures.of_arm(outcomes, arm)]


def completion(name: str, outcomes: Sequence[Outcome], arm: Arm) -> Figure:
    """Return an arm's completion: of single engagements, or the mean where there are several samples of each."""
    group = measures.of_arm(outcomes, arm)
    rate, least = measures.completion_at_1(group), measures.completion_at_1_at_least(group)
    has_samples = len({outcome.sample for outcome in group}) > 1
    counted = f"mean of {rate.of}" if has_samples else f"{rate.count:g} of {rate.of}"
    return _figure(name, arm, rate, counted, measures.completion_by_project(group), least)


def criteria(name: str, outcomes: Sequence[Outcome], arm: Arm) -> Figure:
    """Return an arm's criterion pass rate: the mean over engagements of passed / all criteria."""
    group = measures.of_arm(outcomes, arm)
    rate, least = measures.criterion_pass_rate(group), measures.criterion_pass_rate_at_least(group)
    return _figure(name, arm, rate, f"mean of {rate.of}", _passed(group, lambda _: True), least)


def categories(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Return completion by category and arm."""
    groups = measures.grouped(outcomes, lambda outcome: outcome.category)
    return [completion(name, group, arm) for name, group in groups.items() for arm in arms(outcomes)]


def importances(results: Results, outcomes: Sequence[Outcome]) -> list[Figure]:
    """Return the share of criteria that passed, by importance and arm: the mean over engagements that have such."""
    found = []
    for importance in ORDER:
        for arm in arms(outcomes):
            group = measures.of_arm(outcomes, arm)
            projects = _passed(group, _Those(results, importance))
            rates = [rate for project in projects for rate in project]
            rate = Rate(sum(rate.count / rate.of for rate in rates), len(rates))
            count, of = sum(rate.count for rate in rates), sum(rate.of for rate in rates)
            if rates:
                found.append(_figure(str(importance), arm, rate, f"{count:g} of {of} criteria", projects))
    return found


def differences(outcomes: Sequence[Outcome]) -> list[Difference]:
    """Return what feedback adds to no second submission, and to a blind one."""
    wanted = [
        (Arm.ALONE, "Lift", "reviewed − alone; it cannot be negative, so there is nothing to test"),
        (Arm.RETRY, "Net lift", "reviewed − retry: what the feedback itself is worth"),
    ]
    found = []
    for first, name, meaning in wanted:
        projects: dict[str, list[int]] = {}
        for before, after in measures.paired(outcomes, first, Arm.REVIEWED):
            gained = (after.status is Status.COMPLETED) - (before.status is Status.COMPLETED)
            projects.setdefault(before.project, []).append(gained)
        every = [gained for project in projects.values() for gained in project]
        if every:
            told = difference_interval(list(projects.values()))
            points = 100 * sum(every) / len(every)
            found.append(Difference(
                name=name, meaning=meaning, points=points, of=len(every), interval=told, projects=len(projects)
            ))  # fmt: skip
    return found


class _Those:
    """Tells which criteria of a project are of an importance."""

    def __init__(self, results: Results, importance: Importance) -> None:
        self._names = {
            (project, name)
            for project, facts in results.projects.items()
            for name, criterion in facts.criteria.items()
            if criterion.importance is importance
        }

    def __call__(self, criterion: tuple[str, str]) -> bool:
        return criterion in self._names


def _passed(outcomes: Iterable[Outcome], is_meant: Callable[[tuple[str, str]], bool]) -> list[list[Rate]]:
    """Return passed / all of the meant criteria for each scored engagement, project by project."""
    projects: dict[str, list[Rate]] = {}
    for outcome in outcomes:
        meant = [passed for name, passed in outcome.final.items() if is_meant((outcome.project, name))]
        if meant and outcome.status is not Status.UNSCORED:
            projects.setdefault(outcome.project, []).append(Rate(sum(meant), len(meant)))
    return list(projects.values())


def _figure(
    name: str, arm: Arm, rate: Rate, counted: str, projects: Sequence[Sequence[Rate]], least: Rate | None = None
) -> Figure:
    return Figure(
        name=name,
        arm=arm,
        value=rate.value,
        counted=counted if rate.of else "nothing scored",
        of=rate.of,
        interval=interval(projects),
        projects=sum(bool(project) for project in projects),
        least=least.value if least and least.of != rate.of else None,
    )
