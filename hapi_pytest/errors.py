"""The tree of everything that hapi-pytest raises on purpose.

HapiError
├── ProjectError              an author's mistake in a project folder: file, key, value, allowed, fix
├── DeliverableError          the hand-in is missing, unreadable or malformed: fails the criterion
├── CommandLineError          the command line asks for something that cannot be
└── UnscoredError             the engagement ends unscored: a pytest error, never the agent's failure
    ├── RubricError           a check crashed
    ├── SandboxError          no sandbox, or it broke
    ├── ServiceError          the model's service refused or failed, after all tries
    │   ├── TransientError    it may well answer when it is asked again
    │   ├── ContextLengthError
    │   └── ContentFilterError
    ├── StoppedError          the whole run was stopped, for going on is pointless or not wanted
    │   └── BudgetError       --max-cost is used up
    ├── MissingRecordingError
    ├── StaleRecordingError
    └── MissingReviewError    --reviews exact, and nobody has reviewed this very submission
"""

from pathlib import Path


class HapiError(Exception):
    """Root of the tree; its text is meant to be read by a person and is printed without a traceback."""


class ProjectError(HapiError):
    """An author's mistake, told with everything needed to mend it."""

    def __init__(
        self, file: Path | str, problem: str, *, key: str = "", value: object = None, allowed: str = "", fix: str
    ) -> None:
        self.file, self.key = str(file), key
        lines = [f"{file}: {problem}"]
        if key:
            lines.append(f"  key:     {key}")
        if value is not None:
            lines.append(f"  value:   {value!r}")
        if allowed:
            lines.append(f"  allowed: {allowed}")
        lines.append(f"  fix:     {fix}")
        super().__init__("\n".join(lines))


class DeliverableError(HapiError):
    """What the agent handed in cannot be read as it must be; the text names the file."""


class CommandLineError(HapiError):
    """A command line that cannot be carried out; the text says what to type instead."""


class UnscoredError(HapiError):
    """The engagement cannot be scored for a reason that is not the agent's."""


class RubricError(UnscoredError):
    """A check raised something other than an assertion: a bug in the rubric."""


class SandboxError(UnscoredError):
    """No sandbox holds on this host, or the one in use broke."""


class ServiceError(UnscoredError):
    """The model's service refused or failed."""


class TransientError(ServiceError):
    """The service failed in a way that another try may mend."""

    def __init__(self, text: str, *, kind: str, status: int = 0, retry_after_seconds: float | None = None) -> None:
        super().__init__(text)
        self.kind = kind
        """rate limit, server error, refused connection, broken connection, timeout, or unreadable answer."""
        self.status = status
        """The HTTP status; 0 when there was none."""
        self.retry_after_seconds = retry_after_seconds
        """How long the service asks us to wait; None when it does not say."""


class ContextLengthError(ServiceError):
    """The conversation has become longer than the model takes: the agent's doing, so that its attempt ends."""


class ContentFilterError(ServiceError):
    """The service's content filter refused the conversation: its attempt ends."""


class StoppedError(UnscoredError):
    """The whole run was stopped; the text says why and what to do."""


class BudgetError(StoppedError):
    """What `--max-cost` allows is used up."""


class MissingRecordingError(UnscoredError):
    """There is nothing recorded to replay; the text names the folder and the line that records it."""


class StaleRecordingError(UnscoredError):
    """What would be sent now is not what was recorded; the text shows the first difference."""


class MissingReviewError(UnscoredError):
    """Only a review of this very submission will do, and there is none."""
