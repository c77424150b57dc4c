"""Single steps in the calendar."""

import calendar
import datetime

WEEKEND = (4, 5)
UNITS = ("day", "week", "month", "year")


def stepped(day, count, unit):
    """Return the day that is `count` units later; a month that is too short ends on its last day."""
    if unit not in UNITS:
        raise ValueError(f"no such unit: {unit!r}")
    if unit == "day":
        return day + datetime.timedelta(days=count)
    if unit == "week":
        return day + datetime.timedelta(weeks=count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def opened(day, rule, days_off=()):
    """Return the day itself when it is open or the rule is "same", otherwise the next or last open one."""
    if rule not in ("after", "before", "same"):
        raise ValueError(f"no such rule: {rule!r}")
    if rule == "same":
        return day
    way = datetime.timedelta(days=1 if rule == "after" else -1)
    while day.weekday() in WEEKEND or day in days_off:
        day += way
    return day
