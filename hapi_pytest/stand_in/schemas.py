"""What the services accept as a tool's parameters."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class _Schema(msgspec.Struct, rename="camel"):
    """The keys of a JSON schema that lead to other schemas, or that services look at."""

    type: str | list[str] = []
    properties: dict[str, dict[str, Any]] = {}
    required: list[str] = []
    enum: list[Any] = []
    items: dict[str, Any] | bool | None = None
    any_of: list[dict[str, Any]] = []
    one_of: list[dict[str, Any]] = []
    all_of: list[dict[str, Any]] = []
    additional_properties: dict[str, Any] | bool = True

    @property
    def types(self) -> list[str]:
        """The allowed types, in small letters: Gemini takes capitals too."""
        return [kind.lower() for kind in ([self.type] if isinstance(self.type, str) else self.type)]

    @property
    def inner(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the schemas within, by their place."""
        yield from ((f"properties.{name}", schema) for name, schema in self.properties.items())
        if isinstance(self.items, dict):
            yield "items", self.items
        for key, schemas in (("anyOf", self.any_of), ("oneOf", self.one_of), ("allOf", self.all_of)):
            yield from ((f"{key}.{index}", schema) for index, schema in enumerate(schemas))


def schema_problem(raw: Mapping[str, Any], place: str = "()") -> str:
    """Say what is wrong with a tool's parameter schema; empty when nothing is."""
    try:
        schema = msgspec.convert(raw, _Schema)
    except msgspec.ValidationError as error:
        return f"In context={place}, {error}"
    if place == "()" and schema.types != ["object"]:
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {schema.type!r}'"
    if unknown := [kind for kind in schema.types if kind not in TYPES]:
        return f"In context={place}, {unknown[0]!r} is not one of {', '.join(TYPES)}"
    if "array" in schema.types and schema.items is None:
        return f"In context={place}, array schema missing items"
    if undefined := [name for name in schema.required if name not in schema.properties]:
        return f"In context={place}, 'required' names {undefined[0]!r}, which is not defined in 'properties'"
    problems = (schema_problem(inner, f"{place}.{name}") for name, inner in schema.inner)
    return next(filter(None, problems), "")


def strict_problem(raw: Mapping[str, Any], place: str = "()") -> str:
    """Say what keeps a sound schema from being followed strictly: each object must be closed and need all it has."""
    schema = msgspec.convert(raw, _Schema)
    if "object" in schema.types:
        if schema.additional_properties is not False:
            return f"In context={place}, 'additionalProperties' is required to be supplied and to be false"
        if set(schema.required) != set(schema.properties):
            return f"In context={place}, 'required' is required to include every key in properties"
    problems = (strict_problem(inner, f"{place}.{name}") for name, inner in schema.inner)
    return next(filter(None, problems), "")
