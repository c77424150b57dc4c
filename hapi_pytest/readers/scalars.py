"""Numbers, dates and text as people write them."""

import datetime
import functools
import math
import re
import unicodedata

from hapi_pytest.errors import DeliverableError

_NUMBER = re.compile(r"[-+]?(?=[.\d])(?:\d{1,3}(?:[, \u00a0\u202f']\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CURRENCY = re.compile(r"^([-+(]?)\s*(?:USD|EUR|GBP|CHF|[$€£])|(?:USD|EUR|GBP|CHF|[$€£])\s*(\)?)$", re.IGNORECASE)


@functools.lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return the text in NFC, lower case, with white space folded: the form in which names are compared."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def number(value: object, place: str) -> float:
    """Read a number as a person may write it: 1234.5, 1,234.50, $1,234.50, (1,234.50), 12 %.

    A percent sign divides by 100. Raises DeliverableError naming `place` for anything else, so that missing, empty,
    NaN and infinite values never equal a number.
    """
    result = _number(value)
    if result is None:
        raise DeliverableError(f"{place}: {_shown(value)} is not a number")
    return result


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:  # a whole number of hundreds of digits
            return None
    if not isinstance(value, str):
        return None
    text = _CURRENCY.sub(r"\1\2", value.strip().replace("\u2212", "-")).strip()
    divisor = 1
    if text.endswith("%"):
        text, divisor = text[:-1].strip(), 100
    if text.startswith("(") and text.endswith(")"):
        text, divisor = text[1:-1].strip(), -divisor
    if not any(char.isdigit() for char in text) or not _NUMBER.fullmatch(text):
        return None
    result = float(re.sub(r"[, \u00a0\u202f']", "", text)) / divisor
    return result if math.isfinite(result) else None


def date(value: object, place: str) -> datetime.date:
    """Read a date from a date cell or from ISO text such as 2026-03-31, with or without a time behind it."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.datetime.fromisoformat(str(value).strip()).date()
    except ValueError:
        raise DeliverableError(f"{place}: {_shown(value)} is not an ISO date (YYYY-MM-DD)") from None


def text(value: object) -> str:
    """Show a cell as text: nothing for an empty cell, no `.0` behind a whole number, dates in ISO."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _shown(value: object) -> str:
    return "an empty cell" if value is None or value == "" else repr(value)[:80]
