"""The accepted repair with its test, and repairs that look like one."""
# hapi-pytest canary 68276dbc-93d3-4f1d-8564-92d334de84a6

import re

from hapi_pytest import Facts

CASES = (
    "months-find-back", "moved-days-move-no-others", "reminders-find-back", "leap-days-find-back",
    "nothing-else-changes", "interface-is-unchanged",
)  # fmt: skip
TESTED = ("new-test-notices-the-fault", "new-test-passes-on-repaired-code", "old-tests-pass")
FLAWS: dict[str, tuple[str, ...]] = {
    "stops-after-two-years": ("months-find-back",),
    "first-day-settled-first": ("moved-days-move-no-others",),
    "reminders-give-up": ("reminders-find-back",),
    "years-step-by-step": ("leap-days-find-back",),
    "last-stays-last": ("nothing-else-changes",),
    "parameter-more": ("interface-is-unchanged",),
    "only-the-schedule": ("reminders-find-back", "new-test-passes-on-repaired-code"),
    "test-of-the-example-only": ("new-test-notices-the-fault",),
    "test-of-private-parts": ("new-test-passes-on-repaired-code",),
    "old-expectation-kept": ("old-tests-pass",),
    "expectation-half-corrected": ("old-tests-pass",),
    "expectation-deleted": ("old-tests-pass",),
    "old-test-deleted": ("old-tests-pass", "old-tests-are-kept"),
    "old-tests-tidied": ("old-tests-are-kept",),
    "test-added-to-the-old-ones": ("old-tests-are-kept",),
    "tidied-up-on-the-way": ("change-is-small",),
    "changelog-under-the-old-version": ("change-is-told",),
    "changelog-without-number": ("change-is-told",),
    "module-forgotten": (*CASES, *TESTED, "change-is-small"),
}
EQUIVALENTS: dict[str, str] = {
    "reminders-walk-the-schedule": "the brief asks for the fault to be gone, not for a way to do it",
    "test-in-other-words": "the brief says what the new test must notice, not how",
    "expectation-on-several-lines": "the brief has the expectation corrected; how it is laid out stays ours",
    "helper-in-a-module-of-its-own": "the brief limits lines and names of the package, not modules that nobody imports",
    "changelog-in-front": "the new line has to stand under Unreleased, before or behind the others",
}
WALK = """    def _walk(self):
        for number in itertools.count():
            day = @step@(self.@start@, number * self.@every@, self.@unit@)
            yield @settle@(day, self.@rule@, self.@closed@)

"""
NEXT_DUE = """    for number in itertools.count():
        day = @step@(schedule.@start@, number * schedule.@every@, schedule.@unit@)
        due = @settle@(day, schedule.@rule@, schedule.@closed@)
        if due > today:
            return due
"""
WALKING = """    return next(day for day in schedule._walk() if day > today)
"""
TIDIED = r'''\1"""\2

\1Everything that is given is checked before it is used.
\1What is not known is told by a ValueError.
\1What is returned is told by the first line.
\1"""
'''
HELPER = '''"""Days counted from the first one."""

import itertools

from duely.steps import @settle@, @step@


def counted(schedule):
    for number in itertools.count():
        day = @step@(schedule.@start@, number * schedule.@every@, schedule.@unit@)
        yield @settle@(day, schedule.@rule@, schedule.@closed@)
'''
# The module, and what each flaw puts there into the place of the accepted code.
EDITS: dict[str, tuple[str, str, str]] = {
    "stops-after-two-years": ("duely/schedule.py", "in itertools.count():", "in range(24):"),
    "first-day-settled-first": (
        "duely/schedule.py",
        "        for number in itertools.count():\n            day = @step@(self.@start@,",
        "        first = @settle@(self.@start@, self.@rule@, self.@closed@)\n"
        "        for number in itertools.count():\n            day = @step@(first,",
    ),
    "reminders-give-up": ("duely/reminders.py", "in itertools.count():", "in range(6):"),
    "years-step-by-step": (
        "duely/schedule.py",
        "            yield @settle@(day",
        '            if number and self.@unit@ == "year":\n'
        "                day = @step@(last, self.@every@, self.@unit@)\n            last = day\n"
        "            yield @settle@(day",
    ),
    "last-stays-last": (
        "duely/steps.py",
        "min(day.day, last))",
        "last if (day + datetime.timedelta(days=1)).day == 1 else min(day.day, last))",
    ),
    "parameter-more": ("duely/schedule.py", "def @dates@(self, count):", "def @dates@(self, count, offset=0):"),
}
REGRESSION = '''"""Due days are counted from the first one (issue #@issue@)."""

import datetime
import unittest

from duely import @cls@, @ahead@, @next_due@

iso = datetime.date.fromisoformat
FIRST = iso("@year@-01-31")


class DueDaysFindBack(unittest.TestCase):
    def test_dates(self):
        found = @cls@(FIRST).@dates@(5)
        self.assertEqual([day.day for day in found][2::2], [31, 31])

    def test_between(self):
        found = @cls@(FIRST).@between@(iso("@year@-03-01"), iso("@year@-05-31"))
        self.assertEqual([day.day for day in found], [31, 30, 31])

    def test_moved_days(self):
        open_days = @cls@(FIRST, @closed@=[FIRST], @rule@="@after@").@dates@(12)
        plain = @cls@(FIRST, @rule@="@after@").@dates@(12)
        self.assertEqual(open_days[1:], plain[1:])


class RemindersFindBack(unittest.TestCase):
    def test_next(self):
        self.assertEqual(@next_due@(@cls@(FIRST), iso("@year@-04-30")), iso("@year@-05-31"))

    def test_ahead(self):
        found = @ahead@(@cls@(FIRST), iso("@year@-03-01"), 91)
        self.assertEqual([day.day for day in found], [31, 30, 31])


if __name__ == "__main__":
    unittest.main()
'''
OTHER_REGRESSION = '''import datetime
import unittest

import duely


class Issue@issue@(unittest.TestCase):
    """One table for every way in."""

    def test_every_way_in(self):
        for month, day in ((3, 31), (5, 31)):
            with self.subTest(month=month):
                wanted = datetime.date(@year@, month, day)
                made = duely.@cls@(datetime.date(@year@, 1, 31))
                self.assertIn(wanted, made.@dates@(12))
                self.assertEqual(duely.@next_due@(made, wanted - datetime.timedelta(days=1)), wanted)
'''
MORE = """    def test_nothing_new(self):
        self.assertEqual(shown([]), [])
"""
PRIVATE = """

class Private(unittest.TestCase):
    def test_counted(self):
        from duely import schedule

        self.assertTrue(hasattr(schedule, "COUNTED"))
"""


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build the repaired package, both test files and the changelog."""
    files: dict[str, str | bytes] = dict(_package(facts, flaws))
    files["tests/test_duely.py"] = _old_tests(facts, flaws)
    files["tests/test_regression.py"] = _new_test(facts, flaws)
    files["CHANGELOG.md"] = _changes(facts, flaws)
    if "module-forgotten" in flaws:
        del files["duely/steps.py"]
    return files


def _filled(text: str, facts: Facts) -> str:
    return re.sub(r"@(\w+)@", lambda mark: str(getattr(facts, mark[1])), text)


def _package(facts: Facts, flaws: frozenset[str]) -> dict[str, str]:
    modules = dict(facts.modules)
    head, _, rest = modules["duely/schedule.py"].partition("    def _walk")
    modules["duely/schedule.py"] = head + _filled(WALK, facts) + rest[rest.index("    def ") :]
    if "only-the-schedule" not in flaws:
        modules["duely/reminders.py"] = _reminders(facts, flaws)
    for flaw in sorted(flaws & EDITS.keys()):
        name, right, wrong = (_filled(text, facts) for text in EDITS[flaw])
        modules[name] = modules[name].replace(right, wrong)
    if "tidied-up-on-the-way" in flaws:
        modules = {name: re.sub(r'( +)"""(.+)"""\n', TIDIED, text) for name, text in modules.items()}
    if "test-of-private-parts" in flaws:
        modules["duely/schedule.py"] = modules["duely/schedule.py"].replace(
            "\n\n\nclass", "\n\nCOUNTED = True\n\n\nclass"
        )
    if "helper-in-a-module-of-its-own" in flaws and not flaws & set(EDITS):
        modules["duely/counting.py"] = _filled(HELPER, facts)
    return modules


def _reminders(facts: Facts, flaws: frozenset[str]) -> str:
    text = facts.modules["duely/reminders.py"]
    start = text.index("    day = schedule.")
    end = text.index("\n\n\ndef ", start)
    if "reminders-walk-the-schedule" in flaws and not flaws & EDITS.keys():
        return text[:start] + WALKING.rstrip("\n") + text[end:]
    text = text[:start] + _filled(NEXT_DUE, facts).rstrip("\n") + text[end:]
    return text.replace("import datetime\n", "import datetime\nimport itertools\n")


def _old_tests(facts: Facts, flaws: frozenset[str]) -> str:
    text, wrong, right = facts.old_tests, facts.wrong_line, facts.right_line
    if "old-expectation-kept" in flaws:
        return text
    if "old-test-deleted" in flaws:
        start = text.index("    def test_months_from_the_last")
        return text[:start] + text[text.index("    def ", start + 8) :]
    if "expectation-half-corrected" in flaws:
        right = right[: -len('"2000-01-01"])')] + wrong[-len('"2000-01-01"])') :]
    if "expectation-on-several-lines" in flaws:
        right = right.replace("[", "[\n            ").replace(', "', ',\n            "').replace("])", ",\n        ])")
    if "expectation-deleted" in flaws:
        right = "        self.assertTrue(found)"
    if "old-tests-tidied" in flaws:
        text = text.replace(
            "    return [day.isoformat() for day in days]", "    return list(map(datetime.date.isoformat, days))"
        )
    if "test-added-to-the-old-ones" in flaws:
        text = text.replace("    def test_no_days", f"{MORE}\n    def test_no_days")
    return text.replace(wrong, right)


def _new_test(facts: Facts, flaws: frozenset[str]) -> str:
    text = _filled(OTHER_REGRESSION if "test-in-other-words" in flaws else REGRESSION, facts)
    if "first-day-settled-first" in flaws:
        text = re.sub(r"    def test_moved_days(.|\n)*?(?=\n\nclass)", "", text)
    if "test-of-the-example-only" in flaws:
        text = _filled(REGRESSION, facts)
        start = text.index("class Reminders")
        text = text[:start] + text[text.index("if __name__") :]
    if "test-of-private-parts" in flaws:
        text = text.partition("\n\nif __name__")[0] + PRIVATE
    return text


def _changes(facts: Facts, flaws: frozenset[str]) -> str:
    number = "" if "changelog-without-number" in flaws else f" (#{facts.issue})"
    line = f"- Due days are counted from the first one and no longer drift{number}."
    head, _, rest = facts.old_changes.partition("## Unreleased\n\n")
    first, _, others = rest.partition("\n")
    if "changelog-under-the-old-version" in flaws:
        return f"{facts.old_changes}{line}\n"
    if "changelog-in-front" in flaws:
        return f"{head}## Unreleased\n\n{line}\n{rest}"
    return f"{head}## Unreleased\n\n{first}\n{line}\n{others}"
