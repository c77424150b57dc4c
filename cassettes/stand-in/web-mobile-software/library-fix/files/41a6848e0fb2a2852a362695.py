"""Tests of duely; run with: python3 -m unittest tests/test_duely.py"""

import datetime
import unittest

from duely import Series, coming_up, next_due, opened, stepped

iso = datetime.date.fromisoformat


def shown(days):
    return [day.isoformat() for day in days]


class Steps(unittest.TestCase):
    def test_short_month(self):
        self.assertEqual(stepped(iso("2042-03-31"), 1, "month"), iso("2042-04-30"))

    def test_leap_year(self):
        self.assertEqual(stepped(iso("2040-02-29"), 4, "year").day, 29)

    def test_open_days_stay(self):
        self.assertEqual(opened(iso("2042-03-16"), "after"), iso("2042-03-16"))

    def test_unknown_rule(self):
        with self.assertRaises(ValueError):
            opened(iso("2042-03-16"), "sometimes")


class Schedules(unittest.TestCase):
    def test_fortnight(self):
        found = shown(Series(iso("2042-04-11"), 2, "week").occurrences(2))
        self.assertEqual(found, ["2042-04-11", "2042-04-25"])

    def test_months_from_the_last(self):
        found = shown(Series(iso("2042-01-31")).occurrences(4))
        self.assertEqual(found, ["2042-01-31", "2042-02-28", "2042-03-31", "2042-04-30"])

    def test_no_days(self):
        self.assertEqual(Series(iso("2042-03-16")).occurrences(0), [])

    def test_backwards(self):
        with self.assertRaises(ValueError):
            Series(iso("2042-03-16"), 0)


class Reminders(unittest.TestCase):
    def test_today_is_not_next(self):
        fortnight = Series(iso("2042-04-11"), 2, "week")
        self.assertEqual(next_due(fortnight, iso("2042-04-11")), iso("2042-04-25"))

    def test_nothing_ahead(self):
        fortnight = Series(iso("2042-04-11"), 2, "week")
        self.assertEqual(coming_up(fortnight, iso("2042-04-11"), 13), [])


if __name__ == "__main__":
    unittest.main()
