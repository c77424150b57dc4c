"""Rubric: library fix."""
# hapi-pytest canary 68276dbc-93d3-4f1d-8564-92d334de84a6

import calendar
import datetime
import difflib
import itertools
import json
import re

from hapi_pytest import Rubric
from hapi_pytest.readers.nodes import json_node

rubric = Rubric()

MODULES = ("duely/__init__.py", "duely/steps.py", "duely/schedule.py", "duely/reminders.py")
MOST_LINES = 2000
MOST_OF_ONE = 12
"""Lines that a single expectation may be laid out on, with a remark."""
WALK = """    def _walk(self):
        for index in itertools.count():
            day = @step@(self.@start@, index * self.@every@, self.@unit@)
            yield @settle@(day, self.@rule@, self.@closed@)

"""
NEXT_DUE = """    for index in itertools.count():
        day = @step@(schedule.@start@, index * schedule.@every@, schedule.@unit@)
        due = @settle@(day, schedule.@rule@, schedule.@closed@)
        if due > today:
            return due


"""
ASKING = """import datetime
import inspect
import json

with open("orders.json", encoding="utf-8") as file:
    orders = json.load(file)
words, iso = orders["words"], datetime.date.fromisoformat


def shown(days):
    return [day.isoformat() for day in days]


def asked(what):
    try:
        return what()
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]


def answers(case):
    import duely

    kinds = {"after": words["after"], "before": words["before"], "keep": words["keep"]}
    closed = [iso(day) for day in case["closed"]]
    arguments = (iso(case["start"]), case["every"], case["unit"], kinds[case["rule"]], closed)
    names = [words[name] for name in ("start", "every", "unit", "rule", "closed")]
    make = lambda: getattr(duely, words["cls"])(**dict(zip(names, arguments)))
    first, last, today = (iso(case[name]) for name in ("first", "last", "today"))
    return {
        "dates": asked(lambda: shown(getattr(make(), words["dates"])(case["count"]))),
        "between": asked(lambda: shown(getattr(make(), words["between"])(first, last))),
        "next_due": asked(lambda: getattr(duely, words["next_due"])(make(), today).isoformat()),
        "ahead": asked(lambda: shown(getattr(duely, words["ahead"])(make(), today, case["ahead"]))),
    }


def signatures():
    import duely

    places = [duely, getattr(duely, words["cls"])]
    members = ["cls", "dates", "between", "next_due", "ahead", "settle", "step"]
    found = {}
    for name in members:
        thing = next((getattr(place, words[name]) for place in places if hasattr(place, words[name])), None)
        values = inspect.signature(thing).parameters.values()
        found[name] = [f"{p.name}={p.default!r}" if p.default is not p.empty else p.name for p in values]
    return {"members": found, "all": sorted(duely.__all__)}


cases = {name: [asked(lambda: answers(case)) for case in some] for name, some in orders["cases"].items()}
print()
print(json.dumps({"cases": cases, "signatures": asked(signatures)}))
"""
TESTING = """import json
import os
import sys
import unittest


def ended(folder):
    os.chdir(folder)
    sys.path.insert(0, os.getcwd())
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromName("tests.test_it").run(result)
    wrong = result.failures + result.errors
    return {"ran": result.testsRun, "wrong": len(wrong), "said": "".join(text for _, text in wrong)[-600:],
            "broken": any("_FailedTest" in str(type(test)) for test, _ in wrong)}


def child(folder, end):
    try:
        told = json.dumps(ended(folder))
    except BaseException as error:
        told = json.dumps({"ran": 0, "wrong": 0, "said": repr(error)[:300], "broken": True})
    os.write(end, told.encode())
    os._exit(0)


pipes = {}
for folder in json.load(open("jobs.json", encoding="utf-8")):
    pipes[folder], end = os.pipe()
    if not os.fork():
        child(folder, end)
    os.close(end)
print(json.dumps({folder: open(pipe, encoding="utf-8").read() for folder, pipe in pipes.items()}))
"""


def filled(text, facts):
    """Fill the library's drawn words into a template."""
    return re.sub(r"@(\w+)@", lambda mark: str(getattr(facts, mark[1])), text)


def repaired(facts, *names):
    """The package as attached, with some modules repaired."""
    modules = dict(facts.modules)
    if "schedule" in names:
        head, _, rest = modules["duely/schedule.py"].partition("    def _walk")
        kept = rest[rest.index("    def ") :]
        modules["duely/schedule.py"] = head + filled(WALK, facts) + kept
    if "reminders" in names:
        text = modules["duely/reminders.py"].replace("import datetime\n", "import datetime\nimport itertools\n")
        start = text.index("    day = schedule.")
        modules["duely/reminders.py"] = text[:start] + filled(NEXT_DUE, facts) + text[text.index("def ", start) :]
    return modules


def package(deliverable):
    """The modules that were handed in; all four have to be there."""
    needed = {name: deliverable.text(name) for name in MODULES}
    more = [name for name in deliverable.names if re.fullmatch(r"duely/\w+\.py", name)]
    assert len(more) <= 50, "the package has more than fifty modules"
    return needed | {name: deliverable.text(name) for name in more}


def results(sandbox, files):
    done = sandbox.run(["python3", "driver.py"], files)
    line = done.stdout.strip().rpartition("\n")[2]
    assert line.startswith("{"), f"nothing came of it: {done.stderr.strip()[-300:]}"
    return json_node("the driver's answer", line)


def answers(deliverable, facts, sandbox):
    """What the repaired package gives for the hidden cases, and its signatures."""
    words = {name: getattr(facts, name) for name in facts.names}
    orders = json.dumps({"words": words, "cases": facts.cases})
    return results(sandbox, package(deliverable) | {"driver.py": ASKING, "orders.json": orders})


def outcomes(deliverable, facts, sandbox):
    """How the tests end on the repaired package, the old one, and some that we repaired ourselves."""
    fresh, old = deliverable.text("tests/test_regression.py"), deliverable.text("tests/test_duely.py")
    folders = {
        "mine": (package(deliverable), fresh), "mine-old": (package(deliverable), old),
        "before": (repaired(facts), fresh), "ours": (repaired(facts, "schedule", "reminders"), fresh),
        "half-schedule": (repaired(facts, "schedule"), fresh), "half-reminders": (repaired(facts, "reminders"), fresh),
    }  # fmt: skip
    files = {"driver.py": TESTING, "jobs.json": json.dumps(list(folders))}
    for folder, (modules, test) in folders.items():
        files |= {f"{folder}/{name}": text for name, text in modules.items()}
        files[f"{folder}/tests/test_it.py"] = test
    return results(sandbox, files)


def ending(outcome, name):
    """How many tests ran and failed in one of the folders, what was said, and whether the tests could be read."""
    told = json_node(name, outcome[name].text())
    return told["ran"].number(), told["wrong"].number(), f"{name}: {told['said'].text().strip()}", told["broken"].flag()


def assert_passes(outcome, name):
    count, wrong, said, is_broken = ending(outcome, name)
    assert count and not wrong and not is_broken, said


def assert_fails(outcome, name):
    count, wrong, said, is_broken = ending(outcome, name)
    assert count and wrong and not is_broken, f"{said or name}: {wrong:g} of {count:g} tests fail"


def expected(case, facts):
    """The days that the README asks for."""
    start = datetime.date.fromisoformat(case["start"])
    days = []
    for index in range(case["count"] + 40):
        count, unit = index * case["every"], case["unit"]
        day = start + datetime.timedelta(days=count * {"day": 1, "week": 7}.get(unit, 0))
        if unit in ("month", "year"):
            year, month = divmod(start.year * 12 + start.month - 1 + count * (12 if unit == "year" else 1), 12)
            day = datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
        while case["rule"] != "keep" and (day.weekday() in facts.weekend or day.isoformat() in case["closed"]):
            day += datetime.timedelta(days=1 if case["rule"] == "after" else -1)
        days.append(day.isoformat())
    until = datetime.date.fromisoformat(case["today"]) + datetime.timedelta(days=case["ahead"])
    coming = [day for day in days if day > case["today"]]
    return {
        "dates": days[: case["count"]],
        "between": [day for day in days if case["first"] <= day <= case["last"]],
        "next_due": coming[0],
        "ahead": [day for day in coming if day <= until.isoformat()],
    }


def assert_cases(found, facts, name, *functions):
    for node, case in zip(found["cases"][name].list(), facts.cases[name], strict=True):
        wanted = expected(case, facts)
        for function in functions:
            value = node[function].value
            told = (
                f"{getattr(facts, function)} from {case['start']} by {case['every']} {case['unit']}: {str(value)[:200]}"
            )
            assert value == wanted[function], told


@rubric.critical(
    "Schedules by the month keep the day of their first day through short months, however long they run",
    brief="Now there is issue #{issue}",
    attachments={"README.md": "it is the last of that month, **for"},
)
def months_find_back(deliverable, facts, sandbox):
    assert_cases(answers(deliverable, facts, sandbox), facts, "issue", "dates", "between")


@rubric.critical(
    "A due day that was moved moves no other one",
    brief="I want the fault gone wherever a user can run into it",
    attachments={"README.md": "**How one due day was settled has no"},
)
def moved_days_move_no_others(deliverable, facts, sandbox):
    assert_cases(answers(deliverable, facts, sandbox), facts, "closed", "dates", "between")


@rubric.critical(
    "What is due next, and what is due soon, is reckoned from the first day, too",
    brief="I want the fault gone wherever a user can run into it",
    attachments={"README.md": "the first one after `today`"},
)
def reminders_find_back(deliverable, facts, sandbox):
    found = answers(deliverable, facts, sandbox)
    for name in ("issue", "closed", "reminders", "years"):
        assert_cases(found, facts, name, "next_due", "ahead")


@rubric.critical(
    "Schedules by the year find back to the 29th of February",
    brief="I want the fault gone wherever a user can run into it",
    attachments={"README.md": "days, weeks, months"},
)
def leap_days_find_back(deliverable, facts, sandbox):
    assert_cases(answers(deliverable, facts, sandbox), facts, "years", "dates", "between")


@rubric.pitfall(
    "A first day that happens to be the last of its month stays what it is, and days and weeks are as before",
    brief="advice in the issue is advice",
    attachments={"README.md": "A first day that happens to be the last of its month means nothing special"},
)
def nothing_else_changes(deliverable, facts, sandbox):
    assert_cases(answers(deliverable, facts, sandbox), facts, "others", "dates", "between")


@rubric.important(
    "Names, parameters and defaults are as they were",
    brief="The functions keep their names, their parameters and their defaults",
)
def interface_is_unchanged(deliverable, facts, sandbox):
    found = answers(deliverable, facts, sandbox)["signatures"]
    own = [
        facts.start,
        f"{facts.every}=1",
        f"{facts.unit}='month'",
        f"{facts.rule}={facts.keep!r}",
        f"{facts.closed}=()",
    ]
    wanted = {
        "cls": own, "dates": ["self", "count"], "between": ["self", "first", "last"],
        "next_due": ["schedule", "today"], "ahead": ["schedule", "today", "days"],
        "settle": ["day", facts.rule, f"{facts.closed}=()"], "step": ["day", "count", facts.unit],
    }  # fmt: skip
    for name, parameters in wanted.items():
        value = found["members"][name].value
        assert value == parameters, f"{getattr(facts, name)} takes {value}"
    names = sorted(getattr(facts, name) for name in ("cls", "ahead", "next_due", "settle", "step"))
    missing = [name for name in names if name not in [node.value for node in found["all"].list()]]
    assert not missing, f"duely no longer exports {missing}"


@rubric.critical(
    "The new test fails on the old code, and on code that is repaired in one place only",
    brief=["it fails on the code as it is now", "repaired in one place and left in another"],
)
def new_test_notices_the_fault(deliverable, facts, sandbox):
    outcome = outcomes(deliverable, facts, sandbox)
    for name in ("before", "half-schedule", "half-reminders"):
        assert_fails(outcome, name)


@rubric.critical(
    "The new test passes on the repaired code, whoever repaired it",
    brief=["passes on the repaired one", "It uses only what `duely` exports"],
)
def new_test_passes_on_repaired_code(deliverable, facts, sandbox):
    outcome = outcomes(deliverable, facts, sandbox)
    for name in ("mine", "ours"):
        assert_passes(outcome, name)


@rubric.critical(
    "The old tests pass, the one that had the fault written down corrected",
    brief="If one of its expectations contradicts the README, correct that expectation",
    attachments={"README.md": "**for"},
)
def old_tests_pass(deliverable, facts, sandbox):
    assert_passes(outcomes(deliverable, facts, sandbox), "mine-old")
    _, _, rest = deliverable.text("tests/test_duely.py").partition("def test_months_from_the_last")
    told = rest.partition("def ")[0]
    missing = [day for day in re.findall(r"\d{4}-\d\d-\d\d", facts.right_line) if day not in told]
    assert not missing, f"the corrected test does not expect {len(missing)} of its days"


@rubric.pitfall(
    "Apart from that expectation the old tests are as they were, line for line",
    brief="leave the rest of the file as it is, line for line",
)
def old_tests_are_kept(deliverable, facts):
    found, old = lines(deliverable.text("tests/test_duely.py")), lines(facts.old_tests)
    at = old.index(facts.wrong_line.strip())
    head, tail = old[:at], old[at + 1 :]
    count = len(found) - len(head) - len(tail)
    moved = [line for line, own in zip(found, head, strict=False) if line != own]
    moved += [line for line, own in zip(reversed(found), reversed(tail), strict=False) if line != own]
    assert count >= 0 and not moved, f"lines of the old tests are gone or changed, near {(moved or found)[:1]}"
    assert count <= MOST_OF_ONE, f"{count} lines stand where one expectation stood"
    assert not any("def " in line or "skip" in line for line in found[at : at + count]), "a test is new or skipped"


def lines(text):
    """The lines of a module without empty ones and without the blanks around."""
    found = [line.strip() for line in text.split("\n") if line.strip()]
    assert len(found) <= MOST_LINES, f"a module of {len(found)} lines"
    return found


@rubric.important(
    "The package was changed in few lines",
    brief="no more than {most_lines} lines may be added or removed altogether",
)
def change_is_small(deliverable, facts):
    modules = package(deliverable)
    count = 0
    for name, text in modules.items():
        old, new = (
            [line.rstrip() for line in one.split("\n") if line.strip()] for one in (facts.modules.get(name, ""), text)
        )
        assert len(new) <= MOST_LINES, f"{name} has {len(new)} lines"
        matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
        same = sum(block.size for block in matcher.get_matching_blocks())
        count += len(old) + len(new) - 2 * same
    assert 0 < count <= facts.most_lines, f"{count} lines were added or removed"


@rubric.important(
    "The changelog has a new line under Unreleased that names the issue, and the old ones",
    brief='one more line under "Unreleased" that names the issue as #{issue}',
)
def change_is_told(deliverable, facts):
    found, old = lines(deliverable.text("CHANGELOG.md")), lines(facts.old_changes)
    following = iter(found)
    lost = [line for line in old if line not in following]
    assert not lost, f"the changelog lost {lost[0]!r}"
    start = found.index("## Unreleased")
    fresh = itertools.takewhile(lambda line: not line.startswith("## "), found[start + 1 :])
    told = [line for line in fresh if line not in old and re.search(rf"#{facts.issue}(?!\d)", line)]
    assert told, f"no new line under Unreleased names #{facts.issue}"


def test_library_fix(engagement):
    engagement.assert_complete()
