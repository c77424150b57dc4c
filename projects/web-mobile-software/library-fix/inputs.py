"""A small library of due dates with one fault in two places, its tests, and an issue about half of it."""
# hapi-pytest canary 68276dbc-93d3-4f1d-8564-92d334de84a6

import datetime
import json
import re
from typing import Any

from hapi_pytest import Draw, Inputs

# The library's own words are drawn, so that a repair of one variant is no repair of another.
WORDS = {
    "cls": ("Schedule", "Cycle", "Rhythm", "Series", "Recurrence", "Rota"),
    "dates": ("dates", "upcoming", "occurrences", "first_days", "due_days"),
    "between": ("between", "within", "inside", "from_to"),
    "next_due": ("next_due", "next_after", "following", "due_after"),
    "ahead": ("due_within", "soon", "looming", "coming_up"),
    "settle": ("settled", "moved", "shifted", "opened"),
    "step": ("stepped", "advanced", "forward_by", "hopped"),
    "start": ("start", "anchor", "begin", "origin"),
    "every": ("every", "interval", "stride", "gap"),
    "unit": ("unit", "per", "period"),
    "rule": ("rule", "when_closed", "policy", "roll"),
    "closed": ("closed", "holidays", "shut", "days_off"),
    "after": ("after", "next", "forward"),
    "before": ("before", "previous", "back"),
    "keep": ("keep", "same", "stay"),
}
FIRMS = (
    "Hollis & Perč Lettings",
    "Quay Street Storage",
    "Nørregade Studios",
    "Tallow Yard Workshops",
    "Éclair Rentals",
)
PEOPLE = ("oyelaran", "mbruck", "s-hadžić", "tessellate", "jköhler", "pia.q", "brannigan", "wren42", "ngozi-a", "lvd")
OWNERS = ("Ottoline", "Kasimir", "Þóra", "Benedikt", "Yewande", "Solvej")

Case = dict[str, Any]


def build(draw: Draw) -> Inputs:
    """Draw the library's words, the issue and the cases that decide."""
    words = {name: draw.choice(some) for name, some in WORDS.items()}
    weekend = draw.choice(((5, 6), (4, 5)))
    year, issue = draw.integer(2026, 2069), draw.integer(118, 960)
    given: dict[str, Any] = words | {
        "firm": draw.choice(FIRMS), "owner": draw.choice(OWNERS), "issue": issue, "year": year,
        "weekend": list(weekend), "weekend_text": {5: "Saturday or Sunday", 4: "Friday or Saturday"}[weekend[0]],
        "version": f"{draw.integer(1, 4)}.{draw.integer(2, 19)}", "most_lines": draw.integer(32, 46),
        **dict(zip(("o0", "o1"), draw.sample(range(11, 98), 2), strict=True)), "w0": weekend[0], "w1": weekend[1],
    }  # fmt: skip
    sheet = Sheet(draw, weekend, year)
    wrong_line, right_line = sheet.expectations()
    given |= {"wrong_line": wrong_line, "names": list(WORDS)}
    modules = {name: written(text, given) for name, text in MODULES.items()}
    files = modules | {
        "tests/test_duely.py": written(TESTS, given | sheet.tests | {"expectation": wrong_line}),
        "README.md": written(README, given),
        "CHANGELOG.md": written(CHANGELOG, given),
        "issue.md": written(ISSUE, given | sheet.issue(draw)),
    }
    given["modules"] = modules
    given["old_tests"], given["old_changes"] = files["tests/test_duely.py"], files["CHANGELOG.md"]
    cases = sheet.cases()
    gold = {"right_line": right_line, "cases": cases}
    return Inputs(files=files, given=given, gold=gold)


def written(text: str, words: dict[str, Any]) -> str:
    """Fill @name@ in a template of Python or Markdown."""
    return re.sub(r"@(\w+)@", lambda mark: str(words[mark[1]]), text)


class Sheet:
    """Draws cases; rules are after, before and keep here whatever the library calls them."""

    def __init__(self, draw: Draw, weekend: tuple[int, int], year: int) -> None:
        self.draw, self.weekend, self.year = draw, weekend, year
        self.tests = {"week_start": self.day(4), "week_next": "", "leap": year - year % 4}
        start = datetime.date.fromisoformat(self.tests["week_start"])
        self.tests |= {"week_next": (start + datetime.timedelta(days=14)).isoformat(), "late": self.open_day()}

    def day(self, low: int = 1, high: int = 28) -> str:
        """Draw a day of the first months."""
        return datetime.date(self.year, self.draw.integer(1, 11), self.draw.integer(low, high)).isoformat()

    def open_day(self) -> str:
        """Draw a day that is no weekend."""
        day = datetime.date.fromisoformat(self.day())
        while day.weekday() in self.weekend:
            day += datetime.timedelta(days=1)
        return day.isoformat()

    def month_end(self) -> str:
        """Draw the last day of a month of 31 days that is followed by a shorter one within three months."""
        return datetime.date(self.year, self.draw.choice((1, 3, 5, 8, 10, 12)), 31).isoformat()

    def closed_start(self) -> str:
        """Draw a start in the middle of a month that is a weekend day."""
        day = datetime.date(self.year, self.draw.integer(1, 12), self.draw.integer(8, 18))
        while day.weekday() not in self.weekend:
            day += datetime.timedelta(days=1)
        return day.isoformat()

    def expectations(self) -> tuple[str, str]:
        """Return the line of the old tests that tells the fault, and what it should be."""
        case = {"start": datetime.date(self.year, 1, 31).isoformat(), "every": 1, "unit": "month", "rule": "keep"}
        walked, right = drifting(case, 4, self.weekend), self.dates(case | {"closed": []}, 4)
        return tuple(f"        self.assertEqual(found, {json.dumps(days)})" for days in (walked, right))

    def issue(self, draw: Draw) -> dict[str, Any]:
        """Return the words of the issue, with what its first writer sees."""
        start = datetime.date(self.year, draw.choice((1, 3, 5, 8, 10)), 31).isoformat()
        case = {"start": start, "every": 1, "unit": "month", "rule": "keep", "closed": []}
        writers = draw.sample(PEOPLE, 3)
        return {"shown": drifting(case, 4, self.weekend), "shown_start": start, "rent": draw.integer(310, 1890),
                "one": writers[0], "two": writers[1], "three": writers[2]}  # fmt: skip

    def dates(self, case: Case, count: int) -> list[str]:
        """Return the first due days of a case as they should be."""
        start, every, closed = datetime.date.fromisoformat(case["start"]), case["every"], case["closed"]
        days = [stepped(start, index * every, case["unit"]) for index in range(count)]
        return [settled(day, case["rule"], closed, self.weekend).isoformat() for day in days]

    def case(self, start: str, unit: str, rule: str, count: int, *, every: int = 1, far: int = 0) -> Case:
        """Make a schedule with what its functions are asked."""
        draw, closed = self.draw, []
        if far:
            closed = [self.dates({"start": start, "every": every, "unit": unit, "rule": "keep", "closed": []}, far)[-1]]
        case = {"start": start, "every": every, "unit": unit, "rule": rule, "closed": closed}
        many = self.dates(case, count)
        today = datetime.date.fromisoformat(many[count // 2]) - datetime.timedelta(days=draw.integer(0, 3))
        ahead = draw.integer(40, 420) if unit in ("month", "year") else draw.integer(8, 30)
        return case | {
            "count": count, "first": many[1], "last": many[-1], "today": today.isoformat(), "ahead": ahead,
        }  # fmt: skip

    def cases(self) -> dict[str, list[Case]]:
        """Return the cases by the criterion that they decide."""
        draw = self.draw
        leap = datetime.date(self.year - self.year % 4, 2, 29).isoformat()
        short = datetime.date(self.year + (self.year % 4 == 0), 2, 28).isoformat()
        thirty = datetime.date(self.year, draw.choice((4, 6, 9, 11)), 30).isoformat()
        return {
            "issue": [self.case(self.month_end(), "month", "keep", draw.integer(27, 40), every=n) for n in (1, 2)],
            "closed": [
                self.case(self.closed_start(), "month", rule, draw.integer(9, 14), far=draw.integer(2, 5))
                for rule in ("after", "before")
            ],
            "reminders": [
                self.case(self.month_end(), "month", "keep", draw.integer(8, 14)),
                self.case(self.month_end(), "month", "after", draw.integer(8, 14), every=3),
            ],
            "years": [self.case(leap, "year", "keep", draw.integer(9, 12)),
                      self.case(leap, "year", "keep", draw.integer(6, 9), every=draw.integer(2, 3))],
            "others": [
                self.case(short, "month", "keep", 9),
                self.case(thirty, "month", "keep", 12),
                self.case(self.open_day(), "week", "keep", 8, every=draw.integer(2, 5)),
                self.case(self.open_day(), "day", "keep", 12, every=draw.integer(2, 9)),
            ],
        }  # fmt: skip


def stepped(day: datetime.date, count: int, unit: str) -> datetime.date:
    """Go some units on from a day; a month that is too short ends on its last day."""
    if unit in ("day", "week"):
        return day + datetime.timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    after = datetime.date(year + month // 12, month % 12 + 1, 1)
    return datetime.date(year, month, min(day.day, (after - datetime.timedelta(days=1)).day))


def settled(day: datetime.date, rule: str, closed: list[str], weekend: tuple[int, int]) -> datetime.date:
    """Move a closed day to the open one after or before it."""
    while rule != "keep" and (day.weekday() in weekend or day.isoformat() in closed):
        day += datetime.timedelta(days=1 if rule == "after" else -1)
    return day


def drifting(case: Case, count: int, weekend: tuple[int, int]) -> list[str]:
    """Return what the faulty library gives: each day is reckoned from the one before it."""
    day, found = datetime.date.fromisoformat(case["start"]), []
    for _ in range(count):
        found.append(day.isoformat())
        day = stepped(day, case["every"], case["unit"])
    return found


MODULES = {
    "duely/__init__.py": '''"""Due dates that come again: rents, readings, renewals."""

from duely.reminders import @ahead@, @next_due@
from duely.schedule import @cls@
from duely.steps import @settle@, @step@

__all__ = ["@cls@", "@ahead@", "@next_due@", "@settle@", "@step@"]
''',
    "duely/steps.py": '''"""Single steps in the calendar."""

import calendar
import datetime

WEEKEND = (@w0@, @w1@)
UNITS = ("day", "week", "month", "year")


def @step@(day, count, @unit@):
    """Return the day that is `count` units later; a month that is too short ends on its last day."""
    if @unit@ not in UNITS:
        raise ValueError(f"no such unit: {@unit@!r}")
    if @unit@ == "day":
        return day + datetime.timedelta(days=count)
    if @unit@ == "week":
        return day + datetime.timedelta(weeks=count)
    months = day.year * 12 + day.month - 1 + count * (12 if @unit@ == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def @settle@(day, @rule@, @closed@=()):
    """Return the day itself when it is open or the rule is "@keep@", otherwise the next or last open one."""
    if @rule@ not in ("@after@", "@before@", "@keep@"):
        raise ValueError(f"no such rule: {@rule@!r}")
    if @rule@ == "@keep@":
        return day
    way = datetime.timedelta(days=1 if @rule@ == "@after@" else -1)
    while day.weekday() in WEEKEND or day in @closed@:
        day += way
    return day
''',
    "duely/schedule.py": '''"""Schedules: a first day and how it comes again."""

import itertools

from duely.steps import @settle@, @step@


class @cls@:
    """Days that come again: every so many units from a first day on."""

    def __init__(self, @start@, @every@=1, @unit@="month", @rule@="@keep@", @closed@=()):
        if @every@ < 1:
            raise ValueError("a schedule steps forward")
        self.@start@ = @start@
        self.@every@ = @every@
        self.@unit@ = @unit@
        self.@rule@ = @rule@
        self.@closed@ = frozenset(@closed@)

    def _walk(self):
        day = self.@start@
        while True:
            day = @settle@(day, self.@rule@, self.@closed@)
            yield day
            day = @step@(day, self.@every@, self.@unit@)

    def @dates@(self, count):
        """Return the first `count` due days."""
        if count < 0:
            raise ValueError("no schedule has fewer than no days")
        return list(itertools.islice(self._walk(), count))

    def @between@(self, first, last):
        """Return the due days from `first` to `last`, both included."""
        days = itertools.takewhile(lambda day: day <= last, self._walk())
        return [day for day in days if day >= first]
''',
    "duely/reminders.py": '''"""What is due next."""

import datetime

from duely.steps import @settle@, @step@


def @next_due@(schedule, today):
    """Return the first due day of a schedule that lies after `today`."""
    day = schedule.@start@
    due = @settle@(day, schedule.@rule@, schedule.@closed@)
    while due <= today:
        day = @step@(day, schedule.@every@, schedule.@unit@)
        due = @settle@(day, schedule.@rule@, schedule.@closed@)
    return due


def @ahead@(schedule, today, days):
    """Return the due days of the `days` days after `today`."""
    end = today + datetime.timedelta(days=days)
    found = []
    due = @next_due@(schedule, today)
    while due <= end:
        found.append(due)
        due = @next_due@(schedule, due)
    return found
''',
}
TESTS = '''"""Tests of duely; run with: python3 -m unittest tests/test_duely.py"""

import datetime
import unittest

from duely import @cls@, @ahead@, @next_due@, @settle@, @step@

iso = datetime.date.fromisoformat


def shown(days):
    return [day.isoformat() for day in days]


class Steps(unittest.TestCase):
    def test_short_month(self):
        self.assertEqual(@step@(iso("@year@-03-31"), 1, "month"), iso("@year@-04-30"))

    def test_leap_year(self):
        self.assertEqual(@step@(iso("@leap@-02-29"), 4, "year").day, 29)

    def test_open_days_stay(self):
        self.assertEqual(@settle@(iso("@late@"), "@after@"), iso("@late@"))

    def test_unknown_rule(self):
        with self.assertRaises(ValueError):
            @settle@(iso("@late@"), "sometimes")


class Schedules(unittest.TestCase):
    def test_fortnight(self):
        found = shown(@cls@(iso("@week_start@"), 2, "week").@dates@(2))
        self.assertEqual(found, ["@week_start@", "@week_next@"])

    def test_months_from_the_last(self):
        found = shown(@cls@(iso("@year@-01-31")).@dates@(4))
@expectation@

    def test_no_days(self):
        self.assertEqual(@cls@(iso("@late@")).@dates@(0), [])

    def test_backwards(self):
        with self.assertRaises(ValueError):
            @cls@(iso("@late@"), 0)


class Reminders(unittest.TestCase):
    def test_today_is_not_next(self):
        fortnight = @cls@(iso("@week_start@"), 2, "week")
        self.assertEqual(@next_due@(fortnight, iso("@week_start@")), iso("@week_next@"))

    def test_nothing_ahead(self):
        fortnight = @cls@(iso("@week_start@"), 2, "week")
        self.assertEqual(@ahead@(fortnight, iso("@week_start@"), 13), [])


if __name__ == "__main__":
    unittest.main()
'''
README = """# duely

Due dates that come again. Pure Python, no dependencies.

```python
from duely import @cls@, @next_due@

rent = @cls@(datetime.date(@year@, 5, 1), @every@=1, @unit@="month", @rule@="@after@")
rent.@dates@(12)
@next_due@(rent, datetime.date.today())
```

## What the days are

The due day number k of a schedule (k counts from 0) is its first day plus k times `@every@` units: days, weeks, months
or years. It has the first day's day of the month; where a month has no such day, it is the last of that month, **for
that month alone**. A first day that happens to be the last of its month means nothing special: from 30 April on it is
the 30th.

Only then is it settled: when it falls on @weekend_text@ or is among `@closed@`, `@rule@` says what happens. "@after@"
takes the next open day, "@before@" the last open day before, "@keep@" leaves it. **How one due day was settled has no
influence on any other.**

- `@cls@.@dates@(count)`: the first `count` due days
- `@cls@.@between@(first, last)`: those from `first` to `last`, both included
- `@next_due@(schedule, today)`: the first one after `today`
- `@ahead@(schedule, today, days)`: those after `today`, up to `days` days on
- `@step@(day, count, @unit@)`, `@settle@(day, @rule@, @closed@)`: the single steps, for whoever needs them. They work.
"""
CHANGELOG = """# Changes

## Unreleased

- `@settle@` refuses rules that it does not know (#@o0@).

## @version@

- `@ahead@` is new (#@o1@).
"""
ISSUE = """# Issue #@issue@: rent comes too early for ever after a short month

**@one@** wrote:

> Our tenants pay on the last. With a schedule from @shown_start@:
>
> ```
> >>> [day.isoformat() for day in @cls@(datetime.date.fromisoformat("@shown_start@")).@dates@(4)]
> @shown@
> ```
>
> Once it has met a short month it never finds back. @rent@ euros come too early each month.

**@two@** wrote:

> Easy: in `@step@`, when the day is the last of its month, take the last of the other month. I have patched it
> like that here and it works for me. Please merge.

**@three@** wrote:

> Does that explain why ours creeps as well? We have "@after@", and since a first of the month fell on a closed day
> every later one is too late, too. No month end anywhere near.
"""
