"""JSON values whose shape is never taken for granted."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import told

DEEPEST = 200
"""Checks walk through documents by recursion; a deeper one would stop them."""
MOST_VALUES = 3_000_000

_HALF_CHARACTER = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


class Node:
    """A place in a JSON document; a missing key or another type is a DeliverableError that names the place."""

    def __init__(self, place: str, value: object) -> None:
        self.place = place
        self.value = value

    def __repr__(self) -> str:
        return f"<{self.place}: {repr(self.value)[:80]}>"

    def __getitem__(self, key: str | int) -> "Node":
        if isinstance(key, str):
            members = self._members()
            if key in members:
                return Node(f"{self.place}.{key}", members[key])
        elif 0 <= key < len(items := self._items()):
            return Node(f"{self.place}[{key}]", items[key])
        raise DeliverableError(f"{self.place}: there is no {key!r}")

    def __contains__(self, key: str) -> bool:
        return key in self._members()

    def __len__(self) -> int:
        return len(self.value if isinstance(self.value, list) else self._members())

    def __iter__(self) -> Iterator["Node"]:
        return iter(self.list())

    def keys(self) -> list[str]:
        """Return the keys in their order."""
        return list(self._members())

    def mapping(self) -> dict[str, "Node"]:
        """Return the members of an object."""
        return {key: Node(f"{self.place}.{key}", value) for key, value in self._members().items()}

    def list(self) -> "list[Node]":
        """Return the items of an array."""
        return [Node(f"{self.place}[{index}]", value) for index, value in enumerate(self._items())]

    def _members(self) -> dict[Any, object]:
        if not isinstance(self.value, dict):
            raise DeliverableError(f"{self.place}: is {_kind(self.value)}, not an object")
        return self.value

    def _items(self) -> Sequence[object]:
        if not isinstance(self.value, list):
            raise DeliverableError(f"{self.place}: is {_kind(self.value)}, not an array")
        return self.value

    def text(self) -> str:
        """Return a string."""
        if not isinstance(self.value, str):
            raise DeliverableError(f"{self.place}: is {_kind(self.value)}, not a string")
        return self.value

    def number(self) -> float:
        """Return a number; a string of digits is none."""
        if isinstance(self.value, str):
            raise DeliverableError(f"{self.place}: is a string, not a number")
        return scalars.number(self.value, self.place)

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise DeliverableError(f"{self.place}: is {_kind(self.value)}, not true or false")
        return self.value


def json_node(name: str, text: str) -> Node:
    """Read a JSON document; keys that stand twice are refused."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
            raise DeliverableError(f"{name}: a key stands twice in one object: {repr(twice)[:200]}")
        return found

    Allowance(name, MOST_VALUES, "values").take(sum(map(text.count, ",[{")))
    try:
        value = json.loads(text, object_pairs_hook=unique)
        if _HALF_CHARACTER.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DeliverableError(f"{name}: is not valid JSON: a string holds half a character") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise DeliverableError(f"{name}: is not valid JSON: {told(error)}") from None
    if _is_deep(value):
        raise DeliverableError(f"{name}: nests values more than {DEEPEST} deep")
    return Node(name, value)


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if type(outer) is dict or type(outer) is list
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


def _kind(value: object) -> str:
    kinds = {type(None): "null", bool: "true or false", str: "a string", list: "an array", dict: "an object"}
    return kinds.get(type(value), "a number")
