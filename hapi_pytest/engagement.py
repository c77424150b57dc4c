"""One agent on one project variant: the alone attempt, and the arms forked from it."""

import contextlib
import re
import time
from collections.abc import Iterator

import msgspec

from hapi_pytest import feedback
from hapi_pytest.adversaries import CAST, MARKER, Scene
from hapi_pytest.attempts import Attempts, Submission
from hapi_pytest.disk import stops_when_full
from hapi_pytest.errors import BudgetError, StoppedError, UnscoredError
from hapi_pytest.feedback import Feedback
from hapi_pytest.harness import Harness
from hapi_pytest.model import Arm, Outcome, Status, Usage, Verdict
from hapi_pytest.network import blocked
from hapi_pytest.projects import Project
from hapi_pytest.prompts import RETRY, brief_message
from hapi_pytest.recordings import STAND_IN, Slot
from hapi_pytest.rubric import Rubric
from hapi_pytest.runs import taken_digest
from hapi_pytest.sandbox import Sandbox, not_held, temporary_folder
from hapi_pytest.workspace import Taken, Workspace

REASON_CHARS = 400
"""Kept of each reason in an outcome."""


class Graded(msgspec.Struct, frozen=True):
    """A submission and its verdict."""

    submission: Submission
    verdict: Verdict


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome with the verdict behind it; unscored ones have none."""

    outcome: Outcome
    verdict: Verdict | None = None
    taken: Taken | None = None
    """What was handed in last."""
    error: UnscoredError | None = None


class Engagement:
    """One agent on one project variant and sample; its `alone` attempt is made once, for all arms."""

    def __init__(self, harness: Harness, project: Project, rubric: Rubric, variant: int, sample: int) -> None:
        self._harness = harness
        self._project = project
        self._rubric = rubric
        self._variant = project.variant(variant)
        self._sample = sample
        self._attempts = Attempts(harness, project, self._variant)
        self._asked_before = 0
        """Requests before the arm that is carried out now."""
        self._alone: Graded | UnscoredError | None = None
        self._rung = ""

    def result(self, arm: Arm) -> Result:
        """Carry out one arm and return how it ended; an unscored one carries its error instead of raising it."""
        started, self._asked_before = time.monotonic(), self._attempts.asked
        used: list[Graded] = []
        error: UnscoredError | None = None
        told: list[Feedback] = []
        try:
            with stops_when_full(), self._recording() if self._harness.record else blocked():
                self._carry_out(arm, used, told)
        except UnscoredError as raised:
            error = raised
        outcome = self._outcome(arm, used, told, error, time.monotonic() - started)
        try:
            self._harness.run.journal.settle(outcome, is_paid=outcome.asked > 0)
        except StoppedError as full:
            error = full
            outcome = self._outcome(arm, used, told, error, time.monotonic() - started)
        if isinstance(error, StoppedError):
            error = self._stopped(error)
        if error or not used:
            return Result(outcome=outcome, error=error)
        return Result(outcome=outcome, verdict=used[-1].verdict, taken=used[-1].submission.taken)

    def _stopped(self, error: StoppedError) -> StoppedError:
        """Stop the whole run where going on is pointless for everybody, and return what to tell of it.

        A recording needs no budget.
        """
        if not self._harness.record or isinstance(error, BudgetError):
            return error
        return StoppedError(self._harness.live.stop(str(error)))

    def _carry_out(self, arm: Arm, used: list[Graded], told: list[Feedback]) -> None:
        """Fill `used` with the submissions of this arm, `alone` first, and `told` with the feedback on them."""
        used.append(self._first())
        if arm is Arm.ALONE:
            return
        for number in range(1, self._harness.rounds + 1):
            last = used[-1]
            if last.verdict.is_complete:
                break
            message = RETRY
            if arm is Arm.REVIEWED:
                told.append(self._feedback(last))
                message = told[-1].message
            is_renewed = bool(told and told[-1].review)
            used.append(self._graded(self._slot(arm, number), message, last.submission, is_renewed=is_renewed))

    def _first(self) -> Graded:
        """Make the `alone` attempt, or return or raise what it came to: another arm does not try it again."""
        if self._alone is None:
            try:
                self._alone = self._graded(self._slot(Arm.ALONE), brief_message(self._project, self._variant), None)
            except UnscoredError as error:
                self._alone = error
        if isinstance(self._alone, UnscoredError):
            raise self._alone
        return self._alone

    def _feedback(self, graded: Graded) -> Feedback:
        handed_in, is_exact = taken_digest(graded.submission.taken), self._harness.needs_reviews
        return feedback.on(self._project, self._variant, graded.verdict, handed_in, is_exact=is_exact)

    def _graded(self, slot: Slot, message: str, parent: Submission | None, *, is_renewed: bool = False) -> Graded:
        if self._harness.is_unrecorded:
            submission = self._handed_in(slot, message)
        else:
            submission = self._attempts.perform(slot, message, parent, is_renewed=is_renewed)
        verdict, rung = self._harness.grader.grade(self._project, self._rubric, self._variant.number, submission.taken)
        self._rung = rung or submission.rung or self._rung
        return Graded(submission, verdict)

    def _handed_in(self, slot: Slot, message: str) -> Submission:
        """Let an agent without a model work, and keep what it hands in with the run."""
        harness = self._harness
        with temporary_folder() as folder:
            workspace = Workspace(folder)
            workspace.lay_out(self._variant.attachments)
            CAST[harness.identity.agent](
                Scene(
                    project=self._project,
                    variant=self._variant,
                    workspace=workspace,
                    message=message,
                    sandbox=self._sandbox,
                    hidden=harness.hidden,
                    marker=str(harness.run.folder / MARKER),
                )
            )
            # By worker, because two of them can make the same attempt at the same time.
            name = f"{harness.run.worker}/{harness.identity.folder}/{slot.project}/{slot.name}"
            taken = harness.run.keep(name, workspace.deliverable())
        return Submission(taken=taken, messages=[], kept=name)

    def _sandbox(self) -> Sandbox:
        """Return the sandbox, and remember that it was needed."""
        sandbox = self._harness.sandbox()
        self._rung = sandbox.rung
        return sandbox

    def _slot(self, arm: Arm, number: int = 1) -> Slot:
        return Slot(project=self._project.id, variant=self._variant.number, sample=self._sample, arm=arm, round=number)

    def _cost(self, graded: list[Graded]) -> float | None:
        """Price the recorded calls; None when nobody knows the price, or when no model was asked."""
        price = None if self._harness.is_unrecorded else self._harness.price
        transcripts = [each.submission.transcript for each in graded if each.submission.transcript]
        return sum(price.cost_usd(turn.usage) for each in transcripts for turn in each.turns) if price else None

    @contextlib.contextmanager
    def _recording(self) -> Iterator[None]:
        """While recording, keep other workers off this engagement: what they need is then recorded once."""
        if self._harness.is_unrecorded:
            yield
            return
        with self._harness.run.lock(self._slot(Arm.ALONE)):
            yield

    def _outcome(
        self, arm: Arm, used: list[Graded], told: list[Feedback], error: UnscoredError | None, seconds: float
    ) -> Outcome:
        identity = self._harness.identity
        own = used if arm is Arm.ALONE else used[1:]
        recorded = [graded.submission for graded in used if graded.submission.slot and graded.submission.transcript]
        outcome = Outcome(
            model=identity.model,
            agent=identity.agent,
            project=self._project.id,
            variant=self._variant.number,
            sample=self._sample,
            arm=arm,
            status=_status(used, error),
            price_usd=self._project.settings.price_usd,
            alone=used[0].verdict.results if used else {},
            final=used[-1].verdict.results if used else {},
            reasons={mark.criterion: _short(mark.reason) for mark in used[-1].verdict.failed} if used else {},
            is_forked=len(used) > 1,
            notes_applied=sum(each.applied for each in told),
            notes_kept=sum(each.kept for each in told),
            reviews=tuple(each.review for each in told if each.review),
            feedback_minutes=sum(each.minutes for each in told),
            is_given_away=any(each.gives_away for each in told),
            usage=sum((graded.submission.usage for graded in own), Usage()),
            kept=tuple(graded.submission.kept for graded in used if graded.submission.kept),
            handed_in=taken_digest(used[-1].submission.taken) if used else "",
            cost_usd=self._cost(own),
            asked=self._attempts.asked - self._asked_before,
            service=identity.base_url,
            rung=self._rung,
            not_held=not_held(self._rung) if self._rung else (),
            is_over_budget=isinstance(error, BudgetError),
            drift=tuple(line for graded in own for line in graded.submission.drift),
            reason=str(error) if error else "",
            seconds=round(seconds, 3),
        )
        return self._with_recordings(outcome, recorded) if recorded else outcome

    def _with_recordings(self, outcome: Outcome, recorded: list[Submission]) -> Outcome:
        """Add what an outcome's recordings tell."""
        transcripts = [submission.transcript for submission in recorded if submission.transcript]
        header = transcripts[-1].header
        return msgspec.structs.replace(
            outcome,
            setup=transcripts[0].setup,
            recordings=tuple(self._harness.recording(s.slot) for s in recorded if s.slot),
            transcripts=tuple(submission.digest for submission in recorded),
            made=max(transcript.made for transcript in transcripts),
            is_stand_in=any(transcript.origin == STAND_IN for transcript in transcripts),
            offered=(*header.programs, *header.packages),
        )


def _short(reason: str) -> str:
    """Return the beginning of a reason, without what is another number each time."""
    steady = re.sub(r" at 0x[0-9a-f]+", "", reason)
    return steady if len(steady) <= REASON_CHARS else f"{steady[:REASON_CHARS]}…"


def _status(used: list[Graded], error: UnscoredError | None) -> Status:
    if error:
        return Status.UNSCORED
    return Status.COMPLETED if used[-1].verdict.is_complete else Status.INCOMPLETE
