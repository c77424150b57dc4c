"""How much of something one file may hold."""

from hapi_pytest.errors import DeliverableError


class Allowance:
    """Counts what a file holds of one thing, so that a file that unfolds without end is refused while it is small."""

    def __init__(self, name: str, most: int, of: str) -> None:
        self._name, self._most, self._of = name, most, of
        self._left = most

    def take(self, amount: int = 1) -> None:
        """Use some of it; raises DeliverableError when there is more than the file may hold."""
        self._left -= amount
        if self._left < 0:
            raise DeliverableError(f"{self._name}: holds more than {self._most:,} {self._of}")
