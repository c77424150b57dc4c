"""The engagements of a report: what was asked, said and handed in, and what each criterion came to."""

from collections.abc import Sequence
from itertools import count, islice

import msgspec

from hapi_pytest.errors import HapiError
from hapi_pytest.model import Arm, Importance, Outcome, Status
from hapi_pytest.report.conversation import Conversation, Text, capped, conversation
from hapi_pytest.report.matrix import known
from hapi_pytest.report.preview import MOST_FILES, Preview, Previews
from hapi_pytest.results import Results
from hapi_pytest.sources import Sources

REASON = 600
"""Characters of a reason."""


SHOWN_BYTES = 300_000
"""Of one submission's files."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a criterion failed, in one arm or in several alike."""

    arms: str
    text: Text


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion in every arm."""

    number: int
    name: str
    statement: str
    importance: Importance
    passed: list[bool | None]
    """In each arm; None where it is unscored."""
    reasons: list[Reason]


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One submission: the conversation that led to it, and its files."""

    title: str
    trouble: str = ""
    """Why there is nothing to show."""
    talk: Conversation | None = None
    files: list[Preview] = []
    refused: list[tuple[str, str]] = []
    files_left_out: int = 0
    is_feedback: bool = False
    """Whether its opening is an expert's feedback."""


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one engagement beyond its head."""

    brief: Text | None
    criteria: list[Criterion]
    submissions: list[Submission]
    trouble: str
    """What holds for all submissions alike."""


class Engagement(msgspec.Struct, frozen=True, kw_only=True):
    """One engagement's head."""

    anchor: str
    title: str
    project: str
    variant: int
    sample: int
    model: str
    outcomes: list[Outcome]

    @property
    def is_incomplete(self) -> bool:
        """Whether any arm did not complete it."""
        return any(outcome.status is not Status.COMPLETED for outcome in self.outcomes)


def engagements(results: Results) -> list[Engagement]:
    """Return every engagement, by model and project."""
    groups: dict[tuple[str, str, str, int, int], list[Outcome]] = {}
    for outcome in results.outcomes:
        groups.setdefault(outcome.engagement, []).append(outcome)
    numbers = count(1)
    return [
        Engagement(
            anchor=f"e{next(numbers)}",
            title=facts.title if (facts := results.projects.get(key[2])) else key[2],
            project=key[2],
            variant=key[3],
            sample=key[4],
            model=key[0],
            outcomes=sorted(outcomes, key=lambda outcome: list(Arm).index(outcome.arm)),
        )
        for key, outcomes in sorted(groups.items())
    ]


class Details:
    """Gathers details."""

    def __init__(self, results: Results, sources: Sources) -> None:
        self._results, self._sources = results, sources
        self._previews = Previews()

    def of(self, engagement: Engagement) -> Detail:
        """Return an engagement's details."""
        submissions = self._submissions(engagement.outcomes)
        troubles = {submission.trouble for submission in submissions}
        is_same = len(troubles) == 1
        first = submissions[0].talk if submissions else None
        brief = first.opening if first else capped(self._sources.brief(engagement.outcomes[0]))
        return Detail(
            brief=brief if brief.shown else None,
            criteria=self._criteria(engagement),
            submissions=[] if is_same and "" not in troubles else submissions,
            trouble=troubles.pop() if is_same else "",
        )

    def _submissions(self, outcomes: Sequence[Outcome]) -> list[Submission]:
        """Return the first submission, and those of each arm."""
        wanted: dict[str, tuple[Outcome, int]] = {}
        for outcome in outcomes:
            for number in range(self._sources.count(outcome)):
                later = f"{outcome.arm}" + (f", round {number}" if number > 1 else "")
                wanted.setdefault(later if number else str(Arm.ALONE), (outcome, number))
        seen: dict[str, tuple[str, str]] = {}
        return [self._submission(title, *wanted[title], seen) for title in wanted]

    def _submission(self, title: str, outcome: Outcome, number: int, seen: dict[str, tuple[str, str]]) -> Submission:
        try:
            source = self._sources.find(outcome, number)
        except HapiError as error:
            return Submission(title=title, trouble=str(error))
        files, room = [], SHOWN_BYTES
        for name, path in islice(source.taken.files.items(), MOST_FILES):
            preview, digest = self._previews.of(name, path)
            before, where = seen.get(name, ("", ""))
            if digest and digest == before:
                preview = Preview(name=name, size=preview.size, note=f"The same as in {where}.")
            elif digest:
                seen[name] = (digest, title)
            if (room := room - preview.weight) < 0:
                preview = Preview(name=name, size=preview.size, note="Left out: the files before it take up the room.")
            files.append(preview)
        return Submission(
            title=title,
            talk=conversation(source.transcript) if source.transcript else None,
            files=files,
            refused=list(islice(source.taken.refused.items(), MOST_FILES)),
            files_left_out=max(0, len(source.taken.files) - MOST_FILES),
            is_feedback=bool(number) and outcome.arm is Arm.REVIEWED,
        )

    def _criteria(self, engagement: Engagement) -> list[Criterion]:
        facts = known(self._results, engagement.project, engagement.outcomes)
        return [
            Criterion(
                number=number,
                name=name,
                statement=criterion.statement,
                importance=criterion.importance,
                passed=[
                    None if outcome.status is Status.UNSCORED else outcome.final.get(name)
                    for outcome in engagement.outcomes
                ],
                reasons=_reasons(engagement.outcomes, name),
            )
            for number, (name, criterion) in enumerate(facts.items(), 1)
        ]


def _reasons(outcomes: Sequence[Outcome], criterion: str) -> list[Reason]:
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        if text := outcome.reasons.get(criterion):
            found.setdefault(text, []).append(outcome.arm)
    return [Reason(arms=", ".join(arms), text=capped(text, REASON)) for text, arms in found.items()]
