"""What there is to review in a run: its incomplete submissions, each once, whoever handed it in."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import HapiError, StaleRecordingError
from hapi_pytest.model import Arm, Importance, Outcome, Status
from hapi_pytest.projects import Project, load
from hapi_pytest.report.matrix import ordered
from hapi_pytest.results import CriterionFacts, Results
from hapi_pytest.runs import about, taken_digest
from hapi_pytest.sources import Source, Sources
from hapi_pytest.workspace import Taken


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Who handed a submission in, and when; not shown to a blind reviewer."""

    model: str
    arm: Arm
    round: int
    """From 1; 0 for the `alone` submission."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One incomplete submission."""

    project: Project
    variant: int
    handed_in: str
    """Its digest."""
    taken: Taken
    before: Taken | None
    """What the same engagement handed in before."""
    attachments: Mapping[str, str] | None
    """Digests of the attachments that the agent had; None where they were not written down."""
    criteria: Mapping[str, CriterionFacts]
    passed: Mapping[str, bool]
    """The checks' own marks, where they are known."""
    reasons: Mapping[str, str]
    origins: tuple[Origin, ...]

    @property
    def blocking(self) -> list[str]:
        """The criteria without which it cannot be complete."""
        return [name for name, criterion in self.criteria.items() if criterion.importance.is_blocking]


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, in an order that tells nothing of models and arms."""

    submissions: list[Submission]
    troubles: list[str]
    """Why others cannot be shown."""


def waiting(results: Results, run: Path) -> Queue:
    """Return what there is to review; raises HapiError for a broken project."""
    told, sources = about(run), Sources(run)
    found: dict[tuple[str, int, str], Submission] = {}
    troubles: dict[str, None] = {}
    for outcome in results.outcomes:
        project = load(Path(told.root) / told.projects / outcome.project)
        criteria = ordered(results.projects[outcome.project].criteria)
        for number in _incomplete(outcome, criteria, sources):
            try:
                one = _submission(outcome, number, project, criteria, sources)
            except HapiError as error:
                troubles[str(error)] = None
                continue
            key = (project.id, one.variant, one.handed_in)
            found[key] = _joined(found[key], one) if key in found else one
    return Queue(submissions=[found[key] for key in sorted(found)], troubles=list(troubles))


def _incomplete(outcome: Outcome, criteria: Mapping[str, CriterionFacts], sources: Sources) -> Iterator[int]:
    """Yield the numbers of an outcome's incomplete submissions that feedback may be given on.

    An arm that ended unscored names only submissions that were graded. In the blind arm nobody gives feedback.
    """
    count = sources.count(outcome)
    importances = {name: criterion.importance for name, criterion in criteria.items()}
    failed = [name for name, passed in outcome.alone.items() if not passed]
    if count and any(importances.get(name, Importance.IMPORTANT).is_blocking for name in failed):
        yield 0
    if outcome.arm is Arm.REVIEWED:
        for number in range(1, count):
            if number < count - 1 or outcome.status is not Status.COMPLETED:
                yield number


def _submission(
    outcome: Outcome, number: int, project: Project, criteria: Mapping[str, CriterionFacts], sources: Sources
) -> Submission:
    """Return one submission; raises HapiError when it is not there as it was."""
    source = sources.find(outcome, number)
    before = sources.find(outcome, number - 1).taken if number else None
    try:
        digest = taken_digest(source.taken)
    except OSError as error:
        raise StaleRecordingError(f"{project.id}: a file that was handed in is gone: {error}") from None
    is_last = number == sources.count(outcome) - 1
    is_other = is_last and outcome.handed_in and digest != outcome.handed_in
    if is_other or not _is_as_stored(source):
        raise StaleRecordingError(f"{project.id}: what was handed in has changed since the run, so it is not shown")
    return Submission(
        project=project,
        variant=outcome.variant,
        handed_in=digest,
        taken=source.taken,
        before=before,
        attachments=source.transcript.header.attachments if source.transcript else None,
        criteria=criteria,
        passed=outcome.final if is_last else {} if number else outcome.alone,
        reasons=outcome.reasons if is_last else {},
        origins=(Origin(model=outcome.model, arm=outcome.arm if number else Arm.ALONE, round=number),),
    )


def _is_as_stored(source: Source) -> bool:
    """Whether recorded files hold what they were stored with: it is in their names."""
    files = source.taken.files.values() if source.transcript else ()
    return all(raw_digest(path.read_bytes()).startswith(path.name.partition(".")[0]) for path in files)


def _joined(one: Submission, other: Submission) -> Submission:
    """Return what was handed in several times, with all that is known of it."""
    return msgspec.structs.replace(
        one,
        before=one.before or other.before,
        passed=one.passed or other.passed,
        reasons=one.reasons or other.reasons,
        origins=tuple(dict.fromkeys((*one.origins, *other.origins))),
    )
