"""Due dates that come again: rents, readings, renewals."""

from duely.reminders import coming_up, next_due
from duely.schedule import Series
from duely.steps import opened, stepped

__all__ = ["Series", "coming_up", "next_due", "opened", "stepped"]
