"""What is due next."""

import datetime
import itertools

from duely.steps import opened, stepped


def next_due(schedule, today):
    """Return the first due day of a schedule that lies after `today`."""
    for number in itertools.count():
        day = stepped(schedule.anchor, number * schedule.every, schedule.unit)
        due = opened(day, schedule.rule, schedule.days_off)
        if due > today:
            return due


def coming_up(schedule, today, days):
    """Return the due days of the `days` days after `today`."""
    end = today + datetime.timedelta(days=days)
    found = []
    due = next_due(schedule, today)
    while due <= end:
        found.append(due)
        due = next_due(schedule, due)
    return found
