"""Schedules: a first day and how it comes again."""

import itertools

from duely.steps import opened, stepped


class Series:
    """Days that come again: every so many units from a first day on."""

    def __init__(self, anchor, every=1, unit="month", rule="same", days_off=()):
        if every < 1:
            raise ValueError("a schedule steps forward")
        self.anchor = anchor
        self.every = every
        self.unit = unit
        self.rule = rule
        self.days_off = frozenset(days_off)

    def _walk(self):
        for number in itertools.count():
            day = stepped(self.anchor, number * self.every, self.unit)
            yield opened(day, self.rule, self.days_off)

    def occurrences(self, count):
        """Return the first `count` due days."""
        if count < 0:
            raise ValueError("no schedule has fewer than no days")
        return list(itertools.islice(self._walk(), count))

    def within(self, first, last):
        """Return the due days from `first` to `last`, both included."""
        days = itertools.takewhile(lambda day: day <= last, self._walk())
        return [day for day in days if day >= first]
