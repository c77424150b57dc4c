"""JSON values whose shape is never taken for granted."""

import json
from collections.abc import Iterator

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars


class Node:
    """A place in a JSON document; a missing key or another type is a DeliverableError that names the place."""

    def __init__(self, place: str, value: object) -> None:
        self.place = place
        self.value = value

    def __repr__(self) -> str:
        return f"<{self.place}: {repr(self.value)[:80]}>"

    def __getitem__(self, key: str | int) -> "Node":
        inside = self.mapping() if isinstance(key, str) else dict(enumerate(self.list()))
        if key not in inside:
            raise DeliverableError(f"{self.place}: there is no {key!r}")
        return inside[key]  # type: ignore[index]  # the two kinds of key never meet

    def __contains__(self, key: str) -> bool:
        return key in self.mapping()

    def __len__(self) -> int:
        return len(self.list() if isinstance(self.value, list) else self.mapping())

    def __iter__(self) -> Iterator["Node"]:
        return iter(self.list())

    def keys(self) -> list[str]:
        """Return the keys in their order."""
        return list(self.mapping())

    def mapping(self) -> dict[str, "Node"]:
        """Return the members of an object."""
        if not isinstance(self.value, dict):
            raise DeliverableError(f"{self.place}: is {_kind(self.value)}, not an object")
        return {key: Node(f"{self.place}.{key}", value) for key, value in self.value.items()}

    def list(self) -> "list[Node]":
        """Return the items of an array."""
        if not isinstance(self.value, list):
            raise DeliverableError(f"{self.place}: is {_kind(self.value)}, not an array")
        return [Node(f"{self.place}[{index}]", value) for index, value in enumerate(self.value)]

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
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            raise DeliverableError(f"{name}: a key stands twice in one object: {sorted(keys)}")
        return dict(pairs)

    try:
        return Node(name, json.loads(text, object_pairs_hook=unique))
    except (ValueError, RecursionError) as error:
        raise DeliverableError(f"{name}: is not valid JSON: {error}") from None


def _kind(value: object) -> str:
    kinds = {type(None): "null", bool: "true or false", str: "a string", list: "an array", dict: "an object"}
    return kinds.get(type(value), "a number")
