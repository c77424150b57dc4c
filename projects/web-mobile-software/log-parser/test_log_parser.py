"""Rubric: log parser."""
# hapi-pytest canary 6ea2c349-e433-4c0e-a2dc-6b1bce18064f

import datetime
import math
import re

from hapi_pytest import Rubric
from hapi_pytest.readers.tables import csv_table

rubric = Rubric()

SUMMARY = re.compile(r"entries=(\d{1,9}) errors=(\d{1,9}) malformed=(\d{1,9})")
FEWEST = 5
"""Rows of a log that must be there before their columns are compared."""


def run(sandbox, deliverable, log):
    """Return what the program printed, and its table."""
    files = {"parse.py": deliverable.read("parse.py"), "app.log": log["text"]}
    done = sandbox.run(["python3", "parse.py", "app.log", "out.csv"], files)
    assert "out.csv" in done.files, f"parse.py wrote no out.csv: {done.stderr.strip()[-300:]}"
    text = done.files["out.csv"].decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    return done.stdout, csv_table("the out.csv of the next log", text)


def matched(table, log):
    """Pairs of found and wanted rows with the same id, the first of each."""
    found = {row["id"]: row for row in reversed(table.rows)}
    pairs = [(found[row["id"]], row) for row in log["rows"] if row["id"] in found]
    assert len(pairs) >= FEWEST, f"{table.place}: only {len(pairs)} of the rows have an id of the log"
    return pairs


def moment(text):
    """A moment in UTC as the brief writes it, without regard to fractions of nothing."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.0{1,9})?(?:Z|\+00:00)", text, re.IGNORECASE)
    if not found:
        return None
    try:
        return datetime.datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return None


def assert_ids(table, log):
    found, wanted = list(table.column("id")), [row["id"] for row in log["rows"]]
    missing = [one for one in wanted if one not in found]
    assert not missing, f"{table.place}: {len(missing)} entries have no row, such as {missing[0]}"
    order = [one for one in found if one in wanted]
    at = next((n for n, (one, other) in enumerate(zip(order, wanted, strict=False)) if one != other), 0)
    assert order == wanted, f"{table.place}: the rows are not in order, or an entry has two, near {order[at]}"


def assert_times(table, log):
    for row, wanted in matched(table, log):
        is_right = moment(row["time"]) == moment(wanted["time"])
        assert is_right, f"{row.place}: the time of {wanted['id']} is {row['time']!r}"


def assert_durations(table, log):
    for row, wanted in matched(table, log):
        is_right = math.isclose(row.number("ms"), wanted["ms"], abs_tol=0.0004)
        assert is_right, f"{row.place}: the duration of {wanted['id']} is {row['ms']}"


def assert_requests(table, log):
    for row, wanted in matched(table, log):
        found = [row["method"], row["path"], row.number("status")]
        assert found == [wanted[name] for name in ("method", "path", "status")], f"{row.place}: {found}"
        is_nothing = wanted["bytes"] is None
        is_right = row["bytes"] == "" if is_nothing else row.number("bytes") == wanted["bytes"]
        assert is_right, f"{row.place}: the bytes of {wanted['id']} are {row['bytes']!r}"


def assert_agents(table, log):
    for row, wanted in matched(table, log):
        assert row["agent"] == wanted["agent"], f"{row.place}: the agent of {wanted['id']} is {row['agent'][:120]!r}"


def assert_traces(table, log):
    for row, wanted in matched(table, log):
        found = (row["error"], row.number("trace"))
        assert found == (wanted["error"], wanted["trace"]), f"{row.place}: the trace of {wanted['id']} is {found}"


@rubric.critical(
    "From the next log the program makes one row for each entry and no other, with its request, sorted by time",
    brief="I will run it on the next logs straight away",
    attachments={"format.md": "Malformed lines make no row"},
)
def next_log_has_its_rows(deliverable, facts, sandbox):
    _, table = run(sandbox, deliverable, facts.second)
    assert_ids(table, facts.second)
    assert len(table) == len(facts.second["rows"]), f"there are {len(table)} rows"
    assert_requests(table, facts.second)


@rubric.critical(
    "out.csv has each entry of the log in one row, sorted by time",
    brief=["One row for each entry", "sorted by time; what has the same time stays in the order of the log"],
    attachments={"format.md": "the first one holds, the other makes no row"},
)
def entries_have_rows(deliverable, facts):
    assert_ids(deliverable.csv("out.csv"), facts.first)


@rubric.pitfall(
    "No row stands for the watchdog or for a malformed line",
    attachments={"format.md": "are our own watchdog's. They make no row and are not counted"},
)
def what_is_no_entry_has_no_row(deliverable, facts):
    table = deliverable.csv("out.csv")
    matched(table, facts.first)
    wanted = [row["id"] for row in facts.first["rows"]]
    strange = [one for one in table.column("id") if one not in wanted]
    assert not strange, f"{len(strange)} rows stand for no entry, such as {strange[0]!r}"


@rubric.critical(
    "Times are in UTC, with the offset that held",
    brief="when it happened, in UTC",
    attachments={"format.md": "all entries below it until the next of its kind"},
)
def times_in_utc(deliverable, facts):
    assert_times(deliverable.csv("out.csv"), facts.first)


@rubric.important(
    "Method, path, status and bytes are those of the log",
    brief=["the path without what comes behind the question mark", "empty where nothing was sent"],
)
def requests_as_in_the_log(deliverable, facts):
    assert_requests(deliverable.csv("out.csv"), facts.first)


@rubric.important(
    "Durations are in milliseconds, whatever unit held",
    brief="the duration in milliseconds, to the microsecond where the log has it so",
    attachments={"format.md": "what durations are in: s, ms or us (microseconds)"},
)
def durations_in_milliseconds(deliverable, facts):
    assert_durations(deliverable.csv("out.csv"), facts.first)


@rubric.critical(
    "Agents are whole, without the log's quotation marks and escapes",
    brief="what the browser calls itself, as it meant it",
    attachments={"format.md": "It may be anything."},
)
def agents_are_whole(deliverable, facts):
    assert_agents(deliverable.csv("out.csv"), facts.first)


@rubric.critical(
    "Traces are counted and named at the entries that they belong to",
    brief="the name of its root and how many trace lines it has",
    attachments={"format.md": "above it, whatever else the other worker has written in between"},
)
def traces_at_their_entries(deliverable, facts):
    assert_traces(deliverable.csv("out.csv"), facts.first)


@rubric.critical(
    "From the next log the program gets times and durations right",
    brief="when it happened, in UTC",
    attachments={"format.md": "two kinds of remarks count, and each holds for"},
)
def next_log_has_its_times(deliverable, facts, sandbox):
    _, table = run(sandbox, deliverable, facts.second)
    assert_times(table, facts.second)
    assert_durations(table, facts.second)


@rubric.critical(
    "From the next log the program gets agents right, even odd ones",
    brief="without the log's quotation marks and escapes",
    attachments={"format.md": "It may be anything."},
)
def next_log_has_its_agents(deliverable, facts, sandbox):
    assert_agents(run(sandbox, deliverable, facts.second)[1], facts.second)


@rubric.critical(
    "From the next log the program gets traces right",
    brief="where a trace belongs to the entry",
    attachments={"format.md": "The last of them is the root, and without any"},
)
def next_log_has_its_traces(deliverable, facts, sandbox):
    assert_traces(run(sandbox, deliverable, facts.second)[1], facts.second)


@rubric.important(
    "It prints the three counts in one line and nothing else",
    brief="it prints one line on standard output and nothing else",
    attachments={"format.md": "So is a trace line whose ID stands in no entry above it"},
)
def counts_in_one_line(deliverable, facts, sandbox):
    printed, _ = run(sandbox, deliverable, facts.second)
    found, counts = SUMMARY.fullmatch(printed.strip()), facts.second["counts"]
    assert found, f"it printed {printed[:200]!r}"
    names = ("entries", "errors", "malformed")
    wrong = [name for name, text in zip(names, found.groups(), strict=True) if text.lstrip("0") != str(counts[name])]
    assert not wrong, f"it printed {printed.strip()!r}; wrong are {wrong}"


@rubric.pitfall(
    "A log from a Windows machine is read like any other",
    brief="with its line ends and a byte-order mark",
)
def windows_log_is_read(deliverable, facts, sandbox):
    _, table = run(sandbox, deliverable, facts.windows)
    found = sorted((row["id"], str(moment(row["time"]))) for row in table)
    wanted = sorted((row["id"], str(moment(row["time"]))) for row in facts.windows["rows"])
    assert found == wanted, f"there are {len(found)} rows, of which {len(set(found) & set(wanted))} are right"


def test_log_parser(engagement):
    engagement.assert_complete()
