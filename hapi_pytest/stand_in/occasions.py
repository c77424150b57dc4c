"""When a fault happens: conditions on a request, its conversation, and how often it came."""

import random
from typing import Protocol

import msgspec

ALLOWED = "all, N, N..M, every:N, share:P, turn:N, first:N, about:TEXT; several joined with &, all of which must hold"
"""The conditions' text form, as a person is told it."""
_SEED = "hapi-pytest faults"


class Occasion(msgspec.Struct, frozen=True):
    """One request, as conditions see it."""

    number: int
    """Which request to the server it is, from 1."""
    times: int
    """How often the very same request has come by now, this time included."""
    turn: int
    """Which answer of its conversation it asks for, from 1: asking again for the same one does not count on."""
    opening: str
    """The conversation's first user message."""
    digest: str
    """The digest of the request."""


class Condition(Protocol):
    """Something that holds on some occasions."""

    def holds(self, occasion: Occasion) -> bool:
        """Tell whether it holds on this one."""


class Numbered(msgspec.Struct, frozen=True):
    """From one request of the server to another, both included."""

    first: int
    last: int

    def holds(self, occasion: Occasion) -> bool:
        """Tell whether the request is one of them."""
        return self.first <= occasion.number <= self.last


class Every(msgspec.Struct, frozen=True):
    """Every so many requests of the server."""

    step: int

    def holds(self, occasion: Occasion) -> bool:
        """Tell whether it is this request's turn."""
        return occasion.number % self.step == 0


class Share(msgspec.Struct, frozen=True):
    """Each request with a probability, drawn for itself.

    The draw follows from the request and how often it came, so the threads' order does not matter; the salt lets
    several shares of one server draw independently.
    """

    probability: float
    salt: str = ""

    def holds(self, occasion: Occasion) -> bool:
        """Draw for this request."""
        draw = random.Random(f"{_SEED} {self.salt} {occasion.digest} {occasion.times}")
        return draw.random() < self.probability


class Turn(msgspec.Struct, frozen=True):
    """One answer of each conversation, however often it is asked for."""

    number: int

    def holds(self, occasion: Occasion) -> bool:
        """Tell whether this answer is asked for."""
        return occasion.turn == self.number


class First(msgspec.Struct, frozen=True):
    """The first so many times that the very same request comes."""

    times: int

    def holds(self, occasion: Occasion) -> bool:
        """Tell whether it has not come more often yet."""
        return occasion.times <= self.times


class About(msgspec.Struct, frozen=True):
    """Conversations whose first user message contains a text."""

    text: str

    def holds(self, occasion: Occasion) -> bool:
        """Tell whether this one does."""
        return self.text in occasion.opening


def conditions(text: str, salt: str = "") -> tuple[Condition, ...]:
    """Read conditions from their text form; raises ValueError that says what is allowed."""
    return tuple(_condition(part, salt) for part in text.split("&") if part != "all")


def _condition(text: str, salt: str) -> Condition:
    name, colon, value = text.partition(":")
    try:
        if not colon:
            first, dots, last = name.partition("..")
            numbered = Numbered(_count(first), _count(last if dots else first))
            if numbered.first <= numbered.last:
                return numbered
        match name:
            case "every":
                return Every(_count(value))
            case "share" if 0 <= float(value) <= 1:
                return Share(float(value), salt)
            case "turn":
                return Turn(_count(value))
            case "first":
                return First(_count(value))
            case "about" if value:
                return About(value)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no WHEN; allowed: {ALLOWED}")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ValueError(text)
    return int(text)
