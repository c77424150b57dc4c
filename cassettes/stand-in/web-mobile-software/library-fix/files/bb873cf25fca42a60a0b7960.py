"""Due days are counted from the first one (issue #502)."""

import datetime
import unittest

from duely import Series, coming_up, next_due

iso = datetime.date.fromisoformat
FIRST = iso("2042-01-31")


class DueDaysFindBack(unittest.TestCase):
    def test_dates(self):
        found = Series(FIRST).occurrences(5)
        self.assertEqual([day.day for day in found][2::2], [31, 31])

    def test_between(self):
        found = Series(FIRST).within(iso("2042-03-01"), iso("2042-05-31"))
        self.assertEqual([day.day for day in found], [31, 30, 31])

    def test_moved_days(self):
        open_days = Series(FIRST, days_off=[FIRST], rule="after").occurrences(12)
        plain = Series(FIRST, rule="after").occurrences(12)
        self.assertEqual(open_days[1:], plain[1:])


class RemindersFindBack(unittest.TestCase):
    def test_next(self):
        self.assertEqual(next_due(Series(FIRST), iso("2042-04-30")), iso("2042-05-31"))

    def test_ahead(self):
        found = coming_up(Series(FIRST), iso("2042-03-01"), 91)
        self.assertEqual([day.day for day in found], [31, 30, 31])


if __name__ == "__main__":
    unittest.main()
