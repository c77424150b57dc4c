"""Every usual spelling of a fact, and the search for one in a text.

Numbers are spelled with and without thousands separators, with decimal point and comma, in full, rounded to 0 to 4
places, and as percent; dates as 2026-03-03, 03.03.2026, 3/3/2026, 3 March 2026, March 3rd and the like, in English and
in figures, with and without year; moments also by their time of day. What is shorter than three significant digits or
six characters gives nothing away and has no spelling. Not found are words for numbers, shortened numbers such as 1.3
million, months in other languages, translations and paraphrases.
"""

import dataclasses
import datetime
import enum
import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import msgspec

DIGITS, CHARACTERS = 3, 6
"""The least that a spelling must have to give something away."""
LARGEST = 20
"""Numbers with more digits are spelled in one way only."""
PARSERS: tuple[Callable[[str], object], ...] = (
    *(Decimal, datetime.date.fromisoformat, datetime.datetime.fromisoformat, datetime.time.fromisoformat),
)
"""What a text may be besides a text."""
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
SEPARATORS = (("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), (" ", "."), ("'", "."), ("'", ","))
"""Thousands separator and decimal mark."""
_BEFORE_WORD, _AFTER_WORD = re.compile(r"(?<!\w)"), re.compile(r"(?!\w)")
_BEFORE_NUMBER, _AFTER_NUMBER = re.compile(r"(?<!\w)(?<!\d[.,'])(?<![^\W\d]-)"), re.compile(r"(?!\d|[.,']\d)")
_WORD, _NUMBER = re.compile(r"\w+"), re.compile(r"\d+")
_MARKS = str.maketrans(
    {**dict.fromkeys("‘’ʼ′", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-")}
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
)


class Spelled(msgspec.Struct, frozen=True):
    """The spellings of one value, folded."""

    exact: frozenset[str] = frozenset()
    """Those that say the whole value: who reads one knows it."""
    loose: frozenset[str] = frozenset()
    """Those that say most of it, such as a rounded number or a date without its year."""

    def __or__(self, other: "Spelled") -> "Spelled":
        return Spelled(self.exact | other.exact, self.loose | other.loose)


class Text:
    """A text to search, with Unicode forms, case, white space and typographic marks folded."""

    def __init__(self, text: str) -> None:
        self._folded = folded(text)
        self._compact = re.sub(r"(?<=\d)[\s()./-]+(?=\d)", "", self._folded)  # telephone numbers in groups

    def found(self, spellings: Iterable[str]) -> list[str]:
        """Return those of many folded spellings that stand there."""
        return [spelling for spelling in spellings if self.has(spelling)]

    def has(self, spelling: str) -> bool:
        """Whether a folded spelling stands there as words or as a number of its own, not within longer ones."""
        if self._may_have(spelling) and any(self._stands_at(place, spelling) for place in self._places(spelling)):
            return True
        return len(spelling) > 6 and spelling.isdecimal() and spelling in self._compact

    def _may_have(self, spelling: str) -> bool:
        """Tell quickly of most spellings that they do not stand there: no word begins as they do."""
        first = _WORD.match(spelling)
        is_whole = first is not None and (first[0].isdecimal() or not first[0][-1].isdecimal())
        return first is None or first[0] in self._starts or not is_whole

    def _places(self, spelling: str) -> Iterator[int]:
        place = self._folded.find(spelling)
        while place >= 0:
            yield place
            place = self._folded.find(spelling, place + 1)

    def _stands_at(self, place: int, spelling: str) -> bool:
        before = _BEFORE_NUMBER if spelling[0].isdecimal() else _BEFORE_WORD
        after = _AFTER_NUMBER if spelling[-1].isdecimal() else _AFTER_WORD
        return bool(before.match(self._folded, place) and after.match(self._folded, place + len(spelling)))

    @functools.cached_property
    def _starts(self) -> frozenset[str]:
        """Every word, and of those such as 25kg also the number that they begin with."""
        words = set(_WORD.findall(self._folded))
        return frozenset(words | {number[0] for word in words if (number := _NUMBER.match(word))})


def folded(text: str) -> str:
    """Fold a text so that only what a reader takes for a difference is one."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_MARKS).casefold().split())


def leaves(value: object) -> Iterator[object]:
    """Yield the single values that a fact is made of; of the keys of mappings those that are more than a name."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str) or re.search(r"\s", key) or key.isdecimal():
                yield from leaves(key)
            yield from leaves(inner)
    elif isinstance(value, enum.Enum):
        yield from leaves(value.value)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from itertools.chain.from_iterable(map(leaves, value))
    elif isinstance(value, msgspec.Struct):
        yield from leaves(list(msgspec.structs.asdict(value).values()))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from leaves([getattr(value, field.name) for field in dataclasses.fields(value)])
    else:
        yield value


def spelled(leaf: object) -> Spelled:
    """Return every usual spelling of a single value that is long enough to give something away."""
    if isinstance(leaf, str):
        return _text(leaf)
    if isinstance(leaf, datetime.datetime):
        return _moment(leaf)
    if isinstance(leaf, datetime.date):
        return _date(leaf)
    if isinstance(leaf, datetime.time):
        return Spelled(_telling(_times(leaf)))
    if isinstance(leaf, int | float | Decimal) and not isinstance(leaf, bool):
        return _number(Decimal(str(leaf)))
    return Spelled()


def _text(text: str) -> Spelled:
    """Spell a text whole, line by line, and as the number, date or moment that it may be."""
    lines = {folded(part) for part in (text, *text.splitlines())}
    result = Spelled(frozenset(line for line in lines if len(line) >= CHARACTERS))
    for read in PARSERS:
        try:
            return result | spelled(read(text.strip()))
        except (ValueError, ArithmeticError):
            continue
    return result


def _number(number: Decimal) -> Spelled:
    number = number.copy_abs()  # abs() would round a long one
    if not number.is_finite() or abs(number.adjusted()) > LARGEST:
        return Spelled(_telling([str(number)]))
    whole = [number, number.normalize(), *([_rounded(number, 2)] if _places(number) < 2 else [])]
    parts = _roundings(number, range(5))
    if number < 10 and _places(number):
        parts += [number * 100, *_roundings(number * 100, range(3))]
    exact = _telling(text for one in whole for text in _separated(one))
    return Spelled(exact, _telling(text for one in parts for text in _separated(one)) - exact)


def _roundings(number: Decimal, places: range) -> list[Decimal]:
    modes = (ROUND_HALF_UP, ROUND_HALF_EVEN)
    return [_rounded(number, count, mode) for count in places if count < _places(number) for mode in modes]


def _rounded(number: Decimal, places: int, mode: str = ROUND_HALF_UP) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), mode)


def _places(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _separated(number: Decimal) -> Iterator[str]:
    english = f"{number:,f}"
    for thousands, mark in SEPARATORS:
        yield english.translate({ord(","): thousands, ord("."): mark})


def _telling(spellings: Iterable[str]) -> frozenset[str]:
    """Keep what has enough significant digits."""
    return frozenset(text for text in spellings if len(re.sub(r"\D", "", text).strip("0")) >= DIGITS)


def _date(date: datetime.date) -> Spelled:
    year, month, day = date.year, date.month, date.day
    exact = {f"{year}{mark}{month:02}{mark}{day:02}" for mark in ("-", "/", ".", "")}
    loose = {f"{month}/{day}/{year}", f"{month:02}/{day:02}/{year}", f"{month:02}-{day:02}-{year}"}
    for mark in (".", "/", "-"):
        exact |= {f"{day:02}{mark}{month:02}{mark}{year}", f"{day}{mark}{month}{mark}{year}"}
        loose |= {f"{day:02}{mark}{month:02}{mark}{year % 100:02}", f"{day}{mark}{month}{mark}{year % 100:02}"}
    for spoken in _spoken(day, MONTHS[month - 1]):
        loose.add(spoken)
        exact |= {f"{spoken} {year}", f"{spoken}, {year}", f"{spoken}-{year}".replace(" ", "-")}
    return Spelled(frozenset(exact), frozenset(loose))


def _spoken(day: int, month: str) -> Iterator[str]:
    """Yield a day of a month as people write it, without the year."""
    ordinal = f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"
    for name in dict.fromkeys((month, month[:3], month[:4] if month == "september" else month)):
        yield from (f"{day} {name}", f"{day:02} {name}", f"{day}. {name}", f"{ordinal} {name}", f"{ordinal} of {name}")
        yield from (f"{name} {day}", f"{name} {day:02}", f"{name} {ordinal}", f"{name} the {ordinal}")


def _moment(moment: datetime.datetime) -> Spelled:
    day, times = _date(moment.date()), set(_times(moment.time()))
    exact = {f"{date}{mark}{time}" for date in day.exact for time in times for mark in (" ", ", ", " at ")}
    exact |= {moment.isoformat().casefold(), moment.isoformat(" ")}
    return Spelled(frozenset(exact), day.exact | day.loose | _telling(times))


def _times(time: datetime.time) -> Iterator[str]:
    hour, half = time.hour % 12 or 12, "am" if time.hour < 12 else "pm"
    for mark in (":", "."):
        yield f"{time.hour:02}{mark}{time.minute:02}"
        yield f"{time.hour}{mark}{time.minute:02}"
        yield from (f"{hour}{mark}{time.minute:02} {half}", f"{hour}{mark}{time.minute:02}{half}")
