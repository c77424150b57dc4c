"""Seeded draws that give the same sequence on every Python."""

import datetime
import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A seeded source of choices for one project variant.

    Everything is derived from `random.Random.random()`, the only method whose sequence Python promises to keep
    between versions.
    """

    def __init__(self, seed: str) -> None:
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
        self._random = random.Random(number).random

    def fraction(self) -> float:
        """Draw a float in [0, 1)."""
        return self._random()

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        if low > high:
            raise ValueError(f"integer({low}, {high}): the low end is above the high end")
        return low + int(self._random() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Draw True with the given probability."""
        return self._random() < probability

    def choice(self, options: Sequence[T]) -> T:
        """Draw one of the options."""
        return options[self.integer(0, len(options) - 1)]

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """Draw `count` different options, in drawn order."""
        if count > len(options):
            raise ValueError(f"sample of {count}: there are only {len(options)} options")
        return self.shuffled(options)[:count]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """Return the options in a drawn order."""
        result = list(options)
        for last in range(len(result) - 1, 0, -1):
            other = self.integer(0, last)
            result[last], result[other] = result[other], result[last]
        return result

    def cents(self, low: int, high: int, step: int = 1) -> int:
        """Draw an amount of money in cents from `low` to `high`, a multiple of `step` above `low`."""
        return low + step * self.integer(0, (high - low) // step)

    def date(self, low: datetime.date, high: datetime.date) -> datetime.date:
        """Draw a date from `low` to `high`, both included."""
        return low + datetime.timedelta(days=self.integer(0, (high - low).days))
