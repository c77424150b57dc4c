"""Numbers, dates and text as people write them."""

import datetime
import functools
import re
import unicodedata

from hapi_pytest.errors import DeliverableError

_NUMBER = re.compile(r"[-+]?(?=[.\d])(?:\d{1,3}(?:[, \u00a0\u202f']\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CURRENCY = re.compile(r"^([-+(]?)\s*(?:USD|EUR|GBP|CHF|[$€£])|(?:USD|EUR|GBP|CHF|[$€£])\s*(\)?)$", re.IGNORECASE)


LARGEST = 1e100
"""No figure of a client's work is as large; sums and squares of what is smaller stay finite."""


def folded(text: str) -> str:
    """Return the text in NFC, lower case, with white space folded: the form in which names are compared."""
    return _kept_folded(text) if len(text) < 200 else _folded(text)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


_kept_folded = functools.lru_cache(maxsize=4096)(_folded)


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
        return float(value) if abs(value) < LARGEST else None  # never so for NaN
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
    return result if abs(result) < LARGEST else None


def date(value: object, place: str) -> datetime.date:
    """Read a date from a date cell or from ISO text such as 2026-03-31, with or without a time behind it.

    Raises DeliverableError for anything else, and for years that leave no room to reckon with.
    """
    found = value
    if not isinstance(value, datetime.date):
        try:
            found = datetime.datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise DeliverableError(f"{place}: {_shown(value)} is not an ISO date (YYYY-MM-DD)") from None
    day = found.date() if isinstance(found, datetime.datetime) else found
    assert isinstance(day, datetime.date)
    if not 1000 <= day.year < 9000:
        raise DeliverableError(f"{place}: {_shown(value)} is not a date between the years 1000 and 8999")
    return day


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
    if value is None or value == "":
        return "an empty cell"
    try:
        return repr(value)[:80]
    except ValueError:  # a whole number of thousands of digits
        return "a whole number beyond reason"
