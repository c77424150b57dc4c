"""Two sets of results side by side, pair by pair: the same projects, variants and samples in the same arm."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from hapi_pytest import measures, significance
from hapi_pytest.intervals import Interval, difference_bounds, difference_interval
from hapi_pytest.measures import Rate
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.results import ProjectFacts, Results


class Verdict(StrEnum):
    """What a comparison allows to say."""

    IDENTICAL = "identical"
    """The same recordings, the same rubrics."""
    BETTER = "better"
    NOT_WORSE = "not worse"
    """By less than the margin, if at all."""
    WORSE = "worse"
    UNDECIDED = "undecided"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One engagement that came out otherwise."""

    before: Outcome
    after: Outcome

    @property
    def lost(self) -> list[str]:
        """Criteria that passed before and do not now."""
        return sorted(c for c, passed in self.before.final.items() if passed and not self.after.final.get(c, False))

    @property
    def gained(self) -> list[str]:
        """Criteria that pass now and did not before."""
        return sorted(c for c, passed in self.after.final.items() if passed and not self.before.final.get(c, False))


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One arm of one model beside that of another."""

    first: str
    second: str
    arm: Arm
    margin: float | None
    pairs: tuple[tuple[Outcome, Outcome], ...]
    """Engagements scored in both."""
    dropped: int
    """Engagements that are not scored in both."""
    is_identical: bool

    @property
    def before(self) -> Rate:
        """Completion in the first results, over the pairs."""
        return measures.completion(a for a, _ in self.pairs)

    @property
    def after(self) -> Rate:
        """Completion in the second results, over the pairs."""
        return measures.completion(b for _, b in self.pairs)

    @property
    def criteria(self) -> tuple[Rate, Rate]:
        """Criterion pass rate before and after, over the pairs."""
        return (
            measures.criterion_pass_rate(a for a, _ in self.pairs),
            measures.criterion_pass_rate(b for _, b in self.pairs),
        )

    @property
    def difference(self) -> Rate:
        """Completion after less before."""
        return Rate(self.after.count - self.before.count, len(self.pairs))

    @property
    def differences(self) -> list[list[int]]:
        """For each project -1, 0 or 1 for each of its pairs."""
        return significance.differences(self.pairs)

    @property
    def interval(self) -> Interval | None:
        """Where the difference may lie, at 95 %; None for too few projects."""
        return difference_interval(self.differences)

    @property
    def bounds(self) -> Interval | None:
        """One-sided bounds of the difference, each at 95 %; None for too few projects."""
        return difference_bounds(self.differences)

    @property
    def p(self) -> float:
        """Two-sided p of the sign-flip test, project by project."""
        return significance.sign_flip(self.differences)

    @property
    def detectable(self) -> float | None:
        """The smallest difference that so many pairs would show in four of five such comparisons."""
        if not self.pairs:
            return None
        projects = self.differences
        effect = significance.design_effect(projects)
        discordant = sum(abs(difference) for project in projects for difference in project)
        return significance.detectable_effect(discordant, len(self.pairs), design_effect=effect)

    @property
    def needed(self) -> int | None:
        """How many projects would probably decide what these do not; None when no number would."""
        return significance.projects_needed(self.differences, self.margin)

    @property
    def changes(self) -> list[Change]:
        """The pairs whose status or criteria differ."""
        return [Change(before=a, after=b) for a, b in self.pairs if (a.status, a.final) != (b.status, b.final)]

    @property
    def verdict(self) -> Verdict:
        """What may be said: the test must agree with the bound, for with few projects a bound is only approximate."""
        if self.is_identical:
            return Verdict.IDENTICAL
        bounds, is_shown = self.bounds, self.p <= 2 * significance.ALPHA
        gain = self.difference.count
        if is_shown and gain > 0 and (bounds is None or bounds.low > 0):
            return Verdict.BETTER
        if self.margin is not None and bounds is not None and bounds.low > -self.margin:
            return Verdict.NOT_WORSE
        if is_shown and gain < 0 and (bounds is None or bounds.high < 0):
            return Verdict.WORSE
        return Verdict.UNDECIDED


def compare(
    before: Sequence[Outcome],
    after: Sequence[Outcome],
    arm: Arm,
    margin: float | None = None,
    *,
    counts_unscored: bool = False,
    has_same_rubrics: bool = True,
) -> Comparison:
    """Pair two models' outcomes of an arm; with `counts_unscored` what is unscored now counts as incomplete."""
    first = {outcome.engagement[2:]: outcome for outcome in measures.of_arm(before, arm)}
    second = {outcome.engagement[2:]: outcome for outcome in measures.of_arm(after, arm)}
    pairs = []
    for key in sorted(first.keys() & second.keys()):
        now = second[key]
        if counts_unscored and now.status is Status.UNSCORED:
            now = msgspec.structs.replace(now, status=Status.INCOMPLETE)
        if Status.UNSCORED not in (first[key].status, now.status):
            pairs.append((first[key], now))
    dropped = len(first.keys() | second.keys()) - len(pairs)
    is_identical = bool(pairs) and not dropped and has_same_rubrics and all(_are_one(a, b) for a, b in pairs)
    return Comparison(
        first=_name(before),
        second=_name(after),
        arm=arm,
        margin=margin,
        pairs=tuple(pairs),
        dropped=dropped,
        is_identical=is_identical,
    )


def differences(before: Results, after: Results, first: Sequence[Outcome], second: Sequence[Outcome]) -> Iterator[str]:
    """Yield in what two results are not comparable: suite, projects, rubrics, and how the agents were set up."""
    if before.suite != after.suite:
        yield f"the suite's version is {before.suite!r} before, {after.suite!r} now"
    mine, other = {o.project for o in first}, {o.project for o in second}
    for what, only in (("before", mine - other), ("now", other - mine)):
        if only:
            yield f"{_some(only, 'project')} only {what}"
    both = sorted(mine & other)
    for what, of in (("brief, attachments or feedback", _content), ("rubric", _rubric)):
        changed = [project for project in both if of(before.projects, project) != of(after.projects, project)]
        if changed:
            yield f"{what} changed: {_some(changed, 'project')}"
    setups = {project: (_setup(first, project), _setup(second, project)) for project in both}
    changed = [project for project, (then, now) in setups.items() if then and now and then != now]
    if changed:
        yield f"the agent's name, arguments, prompt, tools or limits differ: {_some(changed, 'project')}"


def has_same_rubrics(before: Results, after: Results) -> bool:
    """Tell whether the projects of both have the same rubrics."""
    both = before.projects.keys() & after.projects.keys()
    return all(_rubric(before.projects, project) == _rubric(after.projects, project) for project in both)


def frozen_changes(comparison: Comparison) -> list[Change]:
    """Return the pairs of one and the same recording whose verdicts differ: the checks changed, and not the work."""
    return [change for change in comparison.changes if _are_one(change.before, change.after)]


def _are_one(a: Outcome, b: Outcome) -> bool:
    """Tell whether two outcomes come from one and the same recording."""
    return bool(a.transcripts) and (a.transcripts, a.handed_in) == (b.transcripts, b.handed_in)


def _content(projects: Mapping[str, ProjectFacts], project: str) -> str:
    return projects[project].digest if project in projects else ""


def _rubric(projects: Mapping[str, ProjectFacts], project: str) -> str:
    return projects[project].rubric if project in projects else ""


def _setup(outcomes: Sequence[Outcome], project: str) -> frozenset[str]:
    return frozenset(outcome.setup for outcome in outcomes if outcome.project == project and outcome.setup)


def _name(outcomes: Sequence[Outcome]) -> str:
    return outcomes[0].model if outcomes else "nobody"


def _some(names: Sequence[str] | set[str], noun: str) -> str:
    every = sorted(names)
    more = f" and {len(every) - 3} more" if len(every) > 3 else ""
    return f"{len(every)} {noun}{'' if len(every) == 1 else 's'} ({', '.join(every[:3])}{more})"
