"""The frozen values that everything else passes around."""

from enum import StrEnum

import msgspec


class Importance(StrEnum):
    """How much a criterion weighs; everything but `optional` blocks completion."""

    CRITICAL = "critical"
    IMPORTANT = "important"
    OPTIONAL = "optional"
    PITFALL = "pitfall"

    @property
    def is_blocking(self) -> bool:
        """Whether a failed criterion of this importance makes the submission incomplete."""
        return self is not Importance.OPTIONAL


class Arm(StrEnum):
    """How the second submission comes about."""

    ALONE = "alone"
    RETRY = "retry"
    REVIEWED = "reviewed"


class Status(StrEnum):
    """How an arm of an engagement ended."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    UNSCORED = "unscored"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion's result."""

    criterion: str
    """The criterion's id in kebab-case."""
    importance: Importance
    statement: str
    """What must hold, as the rubric words it."""
    passed: bool
    reason: str = ""
    """Why it failed, for people; never sent to an agent and no part of a verdict's identity."""


class Verdict(msgspec.Struct, frozen=True):
    """All marks of one submission."""

    marks: tuple[Mark, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every critical and important criterion passed and no pitfall was tripped."""
        return all(mark.passed for mark in self.marks if mark.importance.is_blocking)

    @property
    def failed(self) -> tuple[Mark, ...]:
        """The marks that did not pass, in the rubric's order."""
        return tuple(mark for mark in self.marks if not mark.passed)

    @property
    def results(self) -> dict[str, bool]:
        """Criterion id to passed: the verdict's identity."""
        return {mark.criterion: mark.passed for mark in self.marks}


class Usage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens of one or more model calls, as the provider counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Input tokens that were read from the provider's cache."""
    cache_write_tokens: int = 0
    """Input tokens that were written to it."""
    reasoning_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt may use; part of every recording and every result."""

    steps: int = 40
    """Model calls."""
    tokens: int = 1_000_000
    """Input and output tokens of all calls together."""
    seconds: int = 1_800
    """Time of the attempt: its model calls and tools, without queueing, failed calls and back-off."""
    usd: float = 5.0
    """US dollars of the attempt's model calls, where the model's price is known."""
    command_seconds: int = 120
    """Wall time of one tool command."""
    output_chars: int = 16_000
    """Characters of a tool's output that the agent gets to see."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one arm of one engagement ended: what a test reports and every summary is made of."""

    model: str
    agent: str
    project: str
    """Category and name with a slash between."""
    variant: int
    sample: int
    arm: Arm
    status: Status
    price_usd: float
    alone: dict[str, bool] = {}
    """The `alone` submission's results by criterion."""
    final: dict[str, bool] = {}
    """The results of this arm's last submission; those of `alone` where the arm made none."""
    is_forked: bool = False
    """Whether this arm made a submission of its own."""
    notes_applied: int = 0
    """Notes that the agent was given."""
    notes_kept: int = 0
    """Notes of the project whose criteria had passed."""
    reviews: tuple[str, ...] = ()
    """Reviews of the very submission that the agent was given, by file; other rounds had the project's notes."""
    feedback_minutes: float = 0
    """What the feedback took its reviewers, all rounds together."""
    is_given_away: bool = False
    """Whether a note that the agent was given holds a gold value."""
    usage: Usage = Usage()
    """Tokens of this arm's own submissions."""
    setup: str = ""
    """Digest of what the agent was set up with: name, arguments, system prompt, tools and limits."""
    recordings: tuple[str, ...] = ()
    """Recordings that were used, from the recordings' folder on."""
    transcripts: tuple[str, ...] = ()
    """Digests of those recordings' transcripts, in their order."""
    made: int = 1
    """How often the one that was made anew most was made: the best of several is no measure."""
    kept: tuple[str, ...] = ()
    """Submissions that lie with the run because they are recorded nowhere, from its folder of files on."""
    handed_in: str = ""
    """Digest of the last submission, names and contents."""
    reasons: dict[str, str] = {}
    """Why each criterion failed in the last submission, in short."""
    asked: int = 0
    """Requests that went to the model's service."""
    is_stand_in: bool = False
    """Whether the answers came from the stand-in."""
    service: str = ""
    """The base URL that answered, where it is not the provider's own."""
    rung: str = ""
    """The sandbox that ran something; empty when nothing had to be run."""
    not_held: tuple[str, ...] = ()
    """What that sandbox cannot hold on this host, by the words of its table."""
    offered: tuple[str, ...] = ()
    """Programs and Python packages that the agent was told it has."""
    drift: tuple[str, ...] = ()
    """What full replay found to be different now without being an error."""
    reason: str = ""
    """Why it is unscored."""
    is_over_budget: bool = False
    """Whether it is unscored because the run's budget was used up."""
    cost_usd: float | None = None
    """What this arm's own submissions cost, by our table of prices; None when nobody knows."""
    seconds: float = 0
    """Wall time of this test's part, in seconds."""

    @property
    def category(self) -> str:
        """The project's category."""
        return self.project.split("/")[0]

    @property
    def engagement(self) -> tuple[str, str, str, int, int]:
        """What the arms of one engagement have in common."""
        return (self.model, self.agent, self.project, self.variant, self.sample)
