"""The gold values of a variant, and texts that give them away."""

import functools
from collections.abc import Iterable, Mapping

from hapi_pytest.errors import DeliverableError
from hapi_pytest.extract import readable_text
from hapi_pytest.lint.spellings import Spelled, Text, leaves, spelled
from hapi_pytest.projects import Variant


class Gold:
    """What the work on a variant must find out, hunted in texts in every usual spelling.

    A value is in the open, and no text gives it away, when an attachment, a given fact or one of the further texts
    that are in the open shows all of it in any spelling. So is a single spelling that stands there anyway, such as a
    rounded number that is also another one. In the open means as words or a number of its own: 131 does not show in
    1,131.5 or in TY-000131. A value that the attachments show among many others, such as one name of a list, is
    therefore not hunted, even where a note that picks it out would help; nor is a number of three digits that
    happens to stand in a large table.
    """

    def __init__(self, variant: Variant, in_the_open: Iterable[str] = ()) -> None:
        self._variant = variant
        self._further = tuple(in_the_open)

    def leaks(self, text: str) -> list[str]:
        """Return the gold values that a text gives away, each as `fact: spelling`, without repeats."""
        leaks: dict[tuple[str, Spelled], list[str]] = {}
        for spelling in Text(text).found(self._values):
            if not self._shows(spelling):
                for name, value in self._values[spelling]:
                    leaks.setdefault((name, value), []).append(spelling)
        hidden = {where: found for where, found in leaks.items() if not self._is_open(where[1])}
        longest = {f"{name}: {max(found, key=lambda one: (len(one), one))}" for (name, _), found in hidden.items()}
        return sorted(longest)

    @functools.cached_property
    def hunted(self) -> frozenset[Spelled]:
        """The values that are not in the open."""
        values = frozenset(value for found in self._values.values() for _, value in found)
        return frozenset(value for value in values if not self._is_open(value))

    @functools.cached_property
    def _values(self) -> Mapping[str, list[tuple[str, Spelled]]]:
        """Every spelling with the facts and values that it spells."""
        result: dict[str, list[tuple[str, Spelled]]] = {}
        for name, fact in self._variant.gold.items():
            for value in _spelled(fact):
                for spelling in value.exact | value.loose:
                    result.setdefault(spelling, []).append((name, value))
        return result

    @functools.cached_property
    def _open_text(self) -> Text:
        """All that is in the open, with a sign between the texts that stands in no spelling."""
        given = "\n".join(str(leaf) for leaf in leaves(self._variant.given))
        return Text(" \0 ".join((given, *texts(self._variant).values(), *self._further)))

    @functools.cached_property
    def _given(self) -> frozenset[str]:
        """Spellings of given facts: a given 2026-09-30 shows 30 September 2026."""
        return frozenset().union(*(value.exact for value in _spelled(self._variant.given)))

    def _shows(self, spelling: str) -> bool:
        return spelling in self._given or self._open_text.has(spelling)

    def _is_open(self, value: Spelled) -> bool:
        return any(self._shows(spelling) for spelling in value.exact)


def texts(variant: Variant) -> dict[str, str]:
    """Return each attachment's text as an agent can read it, and none for what is not text."""
    result = {}
    for name, content in variant.attachments.items():
        try:
            result[name] = readable_text(name, content)
        except DeliverableError:
            result[name] = ""
    return result


def _spelled(fact: object) -> frozenset[Spelled]:
    return frozenset(spelled(leaf) for leaf in leaves(fact)) - {Spelled()}
