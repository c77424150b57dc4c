"""What a model's tokens cost: our own dated table, and one that a suite may put before it."""

import datetime
import functools
import math
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hapi_pytest.errors import ProjectError
from hapi_pytest.model import Usage
from hapi_pytest.tomlfile import read_toml

SHIPPED = Path(__file__).with_name("prices.toml")
MILLION = 1_000_000


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """US dollars per million tokens of each kind."""

    input: float
    cached_input: float | None = None
    """Of input that the service had in its cache; that of input unless said."""
    cache_write: float | None = None
    """Of input that the service put into its cache; that of input unless said."""
    output: float
    """Of output, reasoning included."""

    def __post_init__(self) -> None:
        for name in ("input", "cached_input", "cache_write", "output"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value}, which is no price")

    @property
    def _cached(self) -> float:
        return self.input if self.cached_input is None else self.cached_input

    @property
    def _written(self) -> float:
        return self.input if self.cache_write is None else self.cache_write

    def _cost_usd(self, usage: Usage) -> float:
        plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
        cached, written = usage.cached_tokens * self._cached, usage.cache_write_tokens * self._written
        return (plain * self.input + cached + written + usage.output_tokens * self.output) / MILLION

    def _most_usd(self, input_tokens: int, output_tokens: int) -> float:
        dearest = max(self.input, self._cached, self._written)
        return (input_tokens * dearest + output_tokens * self.output) / MILLION


class LongRates(Rates, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rates of a whole call whose input is long."""

    above: Annotated[int, msgspec.Meta(ge=1)]
    """They hold for a call with more input tokens than this."""


class Price(Rates, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one model costs, as it was on a day."""

    aliases: tuple[str, ...] = ()
    """Other names; one without provider is meant with and without it."""
    max_output_tokens: Annotated[int, msgspec.Meta(ge=1)] | None
    """The most that one answer can have, reasoning included; None for what is free."""
    long: LongRates | None = None
    date: datetime.date | None = None
    """The day of the price list; None for what is always free."""
    source: str = ""

    def cost_usd(self, usage: Usage) -> float:
        """Return what one call cost; not for the sum of several, for the rates depend on a call's length."""
        rates = self.long if self.long is not None and usage.input_tokens > self.long.above else self
        return rates._cost_usd(usage)

    def most_usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return the most that one call with at most so many tokens can cost, whatever was cached."""
        most = self._most_usd(input_tokens, output_tokens)
        if self.long is not None and input_tokens > self.long.above:
            most = max(most, self.long._most_usd(input_tokens, output_tokens))
        return most


FREE = Price(input=0, output=0, max_output_tokens=None)
"""The stand-in runs on this machine."""


def price(model: str, own: Path | None = None) -> Price | None:
    """Return a model's price, None where it is unknown: nothing is guessed from names that look alike.

    A suite's own table goes before ours; raises ProjectError where that cannot be read.
    """
    if own is not None and (found := _table(own).get(model)):
        return found
    if model == "stand-in" or model.startswith("stand-in-"):
        return FREE
    return _table(SHIPPED).get(model)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: datetime.date
    models: dict[str, dict[str, Any]]
    source: str = ""


@functools.cache
def _table(file: Path) -> dict[str, Price]:
    """Read a table once in a process: each name and alias with its price."""
    table = read_toml(file, _File)
    found: dict[str, Price] = {}
    for name, raw in table.models.items():
        entry = _entry(file, name, {"date": table.date, "source": table.source, **raw})
        for spelling in _spellings(name, entry.aliases):
            if spelling in found:
                key = f'models."{name}"'
                raise ProjectError(file, "a name stands twice", key=key, value=spelling, fix="keep one of them")
            found[spelling] = entry
    return found


def _entry(file: Path, name: str, raw: dict[str, Any]) -> Price:
    try:
        return msgspec.convert(raw, Price)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        key = f'models."{name}"' + (f".{path.rstrip('`')}" if path else "")
        raise ProjectError(
            file,
            f"is no price: {problem}",
            key=key,
            value={field: value for field, value in raw.items() if field not in ("date", "source")},
            allowed=", ".join(Price.__struct_fields__) + "; prices in dollars per million tokens",
            fix="write input, output and max_output_tokens at least",
        ) from None


def _spellings(name: str, aliases: tuple[str, ...]) -> set[str]:
    provider = name.rpartition("/")[0]
    return {name, *aliases, *(f"{provider}/{alias}" for alias in aliases if provider and "/" not in alias)}
