"""Rubric: csv to JSON."""
# hapi-pytest canary da36c25b-699f-4551-a8fb-cb7899d35984

import ast
import math
import sys
import warnings

from hapi_pytest import Rubric
from hapi_pytest.programs import Program
from hapi_pytest.readers.nodes import json_node
from hapi_pytest.readers.tables import csv_table

rubric = Rubric()


CALL = ("stock.csv", "shop.json", "--errors", "bad.csv")


def ran(sandbox, deliverable, facts):
    """Every run of the handed-in program, alone with the given files, so that nothing else of the hand-in matters."""
    program = {"convert.py": deliverable.read("convert.py")}
    runs = {
        name: Program(["python3", "convert.py", *CALL], program | {"stock.csv": case["text"]})
        for name, case in facts.cases.items()
    }
    runs["piped"] = Program(["python3", "convert.py", "-", "-"], program, facts.cases["piped"]["text"])
    plain = program | {"stock.csv": facts.cases["piped"]["text"]}
    runs["without site packages"] = Program(["python3", "-S", "convert.py", *CALL], plain)
    headless = program | {"stock.csv": facts.headless}
    runs["a required column missing"] = Program(["python3", "convert.py", *CALL[:2]], headless)
    runs["no input"] = Program(["python3", "convert.py", "nothing.csv", "shop.json"], program)
    runs["help"] = Program(["python3", "convert.py", "--help"], program)
    return sandbox.run_all(runs)


def written(run, name):
    assert name in run.files, f"convert.py wrote no {name}: {run.stderr.strip()[-200:]}"
    return run.files[name].decode("utf-8-sig", errors="replace")


def is_same(found, wanted):
    """Compare JSON values without taking true for 1 or text for numbers."""
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and found.keys() == wanted.keys()
            and all(is_same(found[key], value) for key, value in wanted.items())
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(is_same, found, wanted))
    if isinstance(wanted, float) and isinstance(found, float):
        return math.isclose(found, wanted, rel_tol=1e-9)
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    return found == wanted


def assert_records(text, case, aside=()):
    found, wanted = json_node("shop.json", text).list(), case["records"]
    assert len(found) == len(wanted), f"shop.json: {len(found)} records instead of {len(wanted)}"
    for number, (node, record) in enumerate(zip(found, wanted, strict=True)):
        values = node.mapping()
        keys = [key for key in record if key not in aside]
        wrong = [key for key in keys if key not in values or not is_same(values[key].value, record[key])]
        assert not wrong, f"shop.json, record {number}: wrong are {wrong}"
        assert len(values) == len(record), f"shop.json, record {number}: has keys of its own"


def assert_converted(sandbox, deliverable, facts, name):
    assert_records(written(ran(sandbox, deliverable, facts)[name], "shop.json"), facts.cases[name])


@rubric.critical(
    "A clean export becomes records with the right keys, types and nesting, and exit code 0",
    brief="what should come out of it",
    attachments={
        "spec.md": "A dot in the JSON column means an object inside the record",
        "changes.txt": "writes large amounts with dots",
    },
)
def typed_records(deliverable, facts, sandbox):
    run = ran(sandbox, deliverable, facts)["plain"]
    assert_records(written(run, "shop.json"), facts.cases["plain"])
    assert run.exit_code == 0, f"exit code {run.exit_code}"


@rubric.critical(
    "Quoted fields may hold line breaks, separators and quotes",
    brief="remarks with a line break in them came out as two articles",
    attachments={"spec.md": "A field in double quotes may hold separators, line breaks and doubled quotes"},
)
def line_breaks_in_fields(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "quoted")


@rubric.important(
    "Texts stay texts, with their zeros, whatever they look like",
    brief="article numbers lost their zeros",
    attachments={"spec.md": "stays text, character by character, whatever it looks like"},
)
def texts_stay_texts(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "texts")


@rubric.critical(
    "Bad rows are left out, the rest is converted, and the exit code says so",
    brief="it stopped at the first bad row",
    attachments={"spec.md": "Bad rows are left out of the JSON; the rest is converted"},
)
def bad_rows_set_aside(deliverable, facts, sandbox):
    run = ran(sandbox, deliverable, facts)["bad"]
    # What a remark with a line break says is decided elsewhere.
    assert_records(written(run, "shop.json"), facts.cases["bad"], aside=("note",))
    assert run.exit_code == 1, f"exit code {run.exit_code}"


@rubric.important(
    "The list of bad rows names record, heading and field",
    brief="the list of bad rows",
    attachments={"spec.md": "a record with line breaks counts once"},
)
def errors_listed(deliverable, facts, sandbox):
    case = facts.cases["bad"]
    text = written(ran(sandbox, deliverable, facts)["bad"], "bad.csv")
    table = csv_table("bad.csv", text.replace("\r\n", "\n"))
    found = sorted((row.number("row"), row["column"], row["value"]) for row in table)
    wanted = [(number, facts.headings.get(key, key), value) for number, key, value in case["errors"]]
    assert found == sorted(wanted), f"bad.csv lists {found}"


@rubric.important(
    "Dates that do not exist and numbers that are none make a row bad",
    brief="where the two disagree, the mail wins",
    attachments={"spec.md": "it must exist in the calendar", "changes.txt": "do not guess what was meant"},
)
def impossible_values_refused(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "impossible")


@rubric.important(
    "Empty fields, empty lists and empty objects come out as agreed",
    brief="where the two disagree, the mail wins",
    attachments={
        "spec.md": "Where all fields of an inner object are empty, the object itself is null",
        "changes.txt": 'An empty "{tags_heading}" must come out as an empty list []',
    },
)
def empty_fields(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "empties")


@rubric.important(
    "An article number counts once, upper or lower case, and only accepted rows use it up",
    brief="what happens to bad rows",
    attachments={"spec.md": "was used by an earlier accepted row, upper or lower case alike"},
)
def repeated_articles_refused(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "doubles")


@rubric.important(
    "Columns are found by their headings, and unknown ones are ignored",
    brief="The warehouse also moves columns around",
    attachments={"spec.md": "in whatever order they come; unknown columns are ignored"},
)
def columns_by_heading(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "shuffled")


@rubric.pitfall(
    "A byte-order mark and Windows line ends do no harm",
    brief="saved the export in a spreadsheet program on Windows",
    attachments={"spec.md": "with or without a byte-order mark; line ends from any system"},
)
def spreadsheet_export_read(deliverable, facts, sandbox):
    assert_converted(sandbox, deliverable, facts, "bom")


@rubric.important(
    "A dash reads standard input and writes standard output, with nothing else on it",
    brief="how the program is called",
    attachments={"spec.md": "`-` writes to standard output (then nothing else is printed there)"},
)
def stdin_and_stdout(deliverable, facts, sandbox):
    run = ran(sandbox, deliverable, facts)["piped"]
    assert_records(run.stdout.removeprefix("\ufeff"), facts.cases["piped"])


@rubric.important(
    "Without a required column, or without input, it ends with code 2, a message and no output",
    brief="exit codes",
    attachments={"spec.md": "the input cannot be opened or a required column is missing"},
)
def unusable_input_refused(deliverable, facts, sandbox):
    for what in ("a required column missing", "no input"):
        run = ran(sandbox, deliverable, facts)[what]
        assert run.exit_code == 2 and run.stderr.strip(), f"{what}: exit code {run.exit_code}"
        assert "shop.json" not in run.files, f"{what}: shop.json was written all the same"


@rubric.pitfall(
    "It works with the standard library alone",
    brief="only the standard library, please, not even an optional import",
)
def standard_library_only(deliverable, facts, sandbox):
    try:
        with warnings.catch_warnings(action="ignore"):  # a careless escape is no matter here
            tree = ast.parse(deliverable.text("convert.py"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AssertionError(f"convert.py is not Python: {error}") from None
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    strange = sorted(name for name in imported if name.split(".")[0] not in sys.stdlib_module_names)
    assert not strange, f"convert.py imports {strange}"
    run = ran(sandbox, deliverable, facts)["without site packages"]
    records = json_node("shop.json", written(run, "shop.json")).list()
    assert len(records) == len(facts.cases["piped"]["records"]), "without site packages it converts otherwise"


@rubric.optional(
    "--help explains the call",
    brief="A help text when one calls it with `--help`",
    attachments={"spec.md": "explains the call"},
)
def help_text(deliverable, facts, sandbox):
    run = ran(sandbox, deliverable, facts)["help"]
    assert run.exit_code == 0 and "--errors" in run.stdout, f"exit code {run.exit_code}: {run.stdout[:100]!r}"


def test_csv_to_json(engagement):
    engagement.assert_complete()
