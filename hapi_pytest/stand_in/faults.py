"""Faults that a model's service can have, and the text form that asks for them."""

import msgspec

from hapi_pytest.stand_in.occasions import ALLOWED, Condition, Occasion, conditions

REFUSALS = ("429", "500", "502", "503", "529", "401", "404", "quota", "context-length")
"""The service says no, with a status of 400 or more."""
BREAKS = ("reset", "hang", "truncated", "malformed", "empty", "content-filter")
"""The client gets no answer, or none that it can use."""
SLIPS = ("unknown-tool", "bad-json", "bad-arguments", "no-tool", "never-submit")
"""The service works, and the model makes a mistake."""
KINDS = (*REFUSALS, *BREAKS, *SLIPS, "slow", "huge")
_MOST = 1_000_000
_VALUES = {"429": 0.0, "hang": 3600.0, "slow": 1.0, "huge": 10.0}
"""The kinds that take a value, with what it is when none is given."""


class Fault(msgspec.Struct, frozen=True):
    """One way to go wrong; raises ValueError for a kind that does not exist or a value that it does not take."""

    kind: str
    value: float | None = None
    """Seconds of `429` (as Retry-After says), `hang` and `slow`, megabytes of `huge`."""
    when: tuple[Condition, ...] = ()
    """What must hold for it to happen; nothing for always."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of fault; allowed: {', '.join(KINDS)}")
        if self.value is None:
            return
        if self.kind not in _VALUES:
            raise ValueError(f"{self.kind} takes no value; those that do: {', '.join(_VALUES)}")
        if not 0 <= self.value <= _MOST:
            raise ValueError(f"{self.kind}={self.value:g} is no value; allowed: a number from 0 to {_MOST}")

    @property
    def amount(self) -> float:
        """The value, or the kind's own where none is given."""
        return _VALUES.get(self.kind, 0.0) if self.value is None else self.value

    def strikes(self, occasion: Occasion) -> bool:
        """Tell whether it happens to a request."""
        return all(condition.holds(occasion) for condition in self.when)


def parsed(text: str) -> Fault:
    """Read a fault from its text form `KIND[=VALUE][@WHEN]`; raises ValueError that says what is allowed."""
    named, at, when = text.partition("@")
    kind, equals, value = named.partition("=")
    try:
        return Fault(kind, _number(value) if equals else None, conditions(when, kind) if at else ())
    except ValueError as error:
        raise ValueError(
            f"no fault {text!r}: {error}\n"
            f"  allowed: KIND[=VALUE][@WHEN]\n  KIND:    {', '.join(KINDS)}\n  WHEN:    {ALLOWED}"
        ) from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None
