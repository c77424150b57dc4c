"""What `hapi new` and `hapi import` refuse: place, problem and fix in one message, and nothing is written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hapi_pytest.authoring.command import run_import, run_new

JOB = {"title": "Shop notice", "brief": "Write `notice.txt`.", "category": "writing"}
HEADER = "title,brief,category,price\n"
NEW = "projects/writing/shop-notice"
MALFORMED: dict[str, tuple[str, str | bytes, str, str]] = {
    "no file": ("", "", "nowhere.csv: ", "the file is missing"),
    "a folder": ("jobs.csv/x", "", "jobs.csv: ", "cannot be read: Is a directory"),
    "an unknown suffix": ("jobs.xlsx", "x", "jobs.xlsx: ", "allowed: .jsonl, .csv"),
    "no suffix": ("jobs", "x", "jobs: ", "allowed: .jsonl, .csv"),
    "not UTF-8": ("jobs.csv", HEADER.encode() + b"Caf\xe9,a,writing,1\n", "jobs.csv: ", "save it as UTF-8"),
    "binary": ("jobs.csv", b"PK\x03\x04\x00\x00", "jobs.csv: ", "is a binary file"),
    "empty": ("jobs.jsonl", "", "jobs.jsonl: ", "there is no job in it"),
    "a header alone": ("jobs.csv", HEADER, "jobs.csv: ", "there is no job in it"),
    "no header": ("jobs.csv", "Shop notice,Write it.,writing,1\n", "jobs.csv:1: ", "there is no header"),
    "an unknown column": ("jobs.csv", "title,brief,category,cost\n", "jobs.csv:1: ", "key:     cost"),
    "a column twice": ("jobs.csv", "title,brief,category,Title\n", "jobs.csv:1: ", "stands there twice"),
    "a missing column": ("jobs.csv", "title,brief,price\n", "jobs.csv:1: ", "key:     category"),
    "a ragged row": ("jobs.csv", f"{HEADER}\nA,b,writing\n", "jobs.csv:3: ", "4 fields; this row has 3"),
    "an open quote": ("jobs.csv", f'{HEADER}A,"b,writing,1\n', "jobs.csv:2: ", "close the quotes"),
    "a price that is no number": ("jobs.csv", f"{HEADER}A,b,writing,nan\n", "jobs.csv:2: ", "value:   'nan'"),
    "an empty title": ("jobs.csv", f"{HEADER}  ,b,writing,1\n", "jobs.csv:2: ", "key:     title"),
    "broken JSON": ("jobs.jsonl", '\n{"title": "A",}\n', "jobs.jsonl:2: ", "is not valid JSON"),
    "NaN in JSON": ("jobs.jsonl", json.dumps(JOB | {"price": float("nan")}), "jobs.jsonl:1: ", "is not valid JSON"),
    "half a character": ("jobs.jsonl", '{"title": "\\ud800"}', "jobs.jsonl:1: ", "is not valid JSON"),
    "a JSON tower": ("jobs.jsonl", "[" * 100_000, "jobs.jsonl:1: ", "is not valid JSON"),
    "a JSON list": ("jobs.jsonl", "[1]", "jobs.jsonl:1: ", "is no JSON object"),
}
"""What is wrong: the file's name and content, the place that is told, and words of the message."""
WRONG: dict[str, tuple[dict[str, object], str, str]] = {
    "a missing key": ({"brief": None}, "brief", "a key is missing"),
    "an unknown key": ({"prize": 4}, "prize", "allowed: title, brief, attachments, price, category, criteria"),
    "a title of the wrong type": ({"title": 5}, "title", "value:   5"),
    "a blank title": ({"title": " "}, "title", "a text that is not empty"),
    "an unknown category": ({"category": "poetry"}, "category", "allowed: accounting-consulting, "),
    "a category in pieces": ({"category": ["writing"]}, "category", "has the wrong form"),
    "a negative price": ({"price": -3}, "price", "a number above 0 and below 500"),
    "a price of nothing": ({"price": 0}, "price", "a number above 0 and below 500"),
    "a price beyond the format": ({"price": 500}, "price", "a number above 0 and below 500"),
    "a price in words": ({"price": "ten"}, "price", "value:   'ten'"),
    "a price that is a word of logic": ({"price": True}, "price", "value:   True"),
    "one criterion for many": ({"criteria": "It is short"}, "criteria", "a list of texts"),
    "criteria with numbers": ({"criteria": ["a", 5]}, "criteria", "a list of texts"),
    "an empty criterion": ({"criteria": [""]}, "criteria", "a list of texts"),
    "no folder": ({"attachments": "nowhere"}, "attachments", "there is no such folder"),
    "a folder that is a file": ({"attachments": "old/file"}, "attachments", "is no folder"),
    "an absolute folder": ({"attachments": os.sep}, "attachments", "move the folder there"),
    "a folder elsewhere": ({"attachments": "old/../.."}, "attachments", "move the folder there"),
    "a folder behind a link": ({"attachments": "away"}, "attachments", "the folder lies elsewhere"),
    "a folder that no system names": ({"attachments": "a\0b"}, "attachments", "there is no such folder"),
    "a folder with an endless name": ({"attachments": "a" * 5000}, "attachments", "there is no such folder"),
    "folders in a list": ({"attachments": ["old"]}, "attachments", "cannot be the attachments' folder"),
}
"""What is wrong with one row: its keys, the key that is told, and words of the message."""
ARGUMENTS: dict[str, tuple[tuple[str, str, str, str], str]] = {
    "an unknown category": (("poetry", "a", "", ""), "CATEGORY 'poetry': there is none of that name"),
    "a slug with a slash": (("writing", "../x", "", ""), "fix:     write x"),
    "a slug in capitals": (("writing", "Shop Notice", "", ""), "fix:     write shop-notice"),
    "a slug that ends in a dash": (("writing", "a-", "", ""), "fix:     write a"),
    "no slug": (("writing", "", "", ""), "SLUG '': cannot be"),
    "an endless slug": (("writing", "a" * 300, "", ""), "at most 60 characters"),
    "files without a brief": (("writing", "a", "", "old"), "add --from-brief FILE"),
    "no such brief": (("writing", "a", "nowhere.txt", ""), "nowhere.txt: cannot be read: No such file"),
    "a brief that is a folder": (("writing", "a", "old", ""), "old: cannot be read: Is a directory"),
    "a binary brief": (("writing", "a", "old/image", ""), "is a binary file"),
    "a blank brief": (("writing", "a", "old/blank.txt", ""), "there is no text in it"),
    "no such files": (("writing", "a", "old/file", "nowhere"), "nowhere: there is no file to attach"),
    "a link among the files": (("writing", "a", "old/file", "linked"), "linked/link: cannot be attached"),
    "a project of that name": (("writing", "taken", "", ""), "projects/writing/taken: there is a project of this name"),
}
"""What is wrong: category, slug, brief and files as typed, and words of the message."""

Refused = Callable[[Callable[[], int]], str]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Check that a command ends with exit code 2, with a fix and without a trace; return what it says."""
    folder = tmp_path / "suite"
    for name in ("old", "linked", "projects/writing/taken"):
        (folder / name).mkdir(parents=True)
    (folder / "old/file").write_text("Write it.")
    (folder / "old/image").write_bytes(b"\x89PNG\r\n\xff")
    (folder / "old/blank.txt").write_text(" \n")
    (folder / "linked/link").symlink_to("/")
    (folder / "away").symlink_to(tmp_path)
    monkeypatch.chdir(folder)

    def check(command: Callable[[], int]) -> str:
        before = sorted(folder.rglob("*"))
        assert command() == 2
        out, err = capsys.readouterr()
        assert sorted(folder.rglob("*")) == before
        assert out == "" and err.startswith("hapi ") and err.count("  fix:     ") == 1, err
        return err

    return check


@pytest.mark.parametrize("what", MALFORMED)
def test_a_file_that_cannot_be_read_is_told_with_its_place(refused, what):
    name, content, place, words = MALFORMED[what]
    if name:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    told = refused(lambda: run_import(Path(name.partition("/")[0] or "nowhere.csv")))
    assert f"\n{place}" in told and words in told, told


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_row_is_told_with_its_line_and_key_and_stops_the_good_ones(refused, what):
    change, key, words = WRONG[what]
    row = {name: value for name, value in (JOB | change).items() if value is not None}
    Path("jobs.jsonl").write_text(f"{json.dumps(JOB | {'title': 'Good'})}\n{json.dumps(row)}\n")
    told = refused(lambda: run_import(Path("jobs.jsonl")))
    assert told.startswith("hapi import: 1 problem, so nothing is imported\njobs.jsonl:2: "), told
    assert f"\n  key:     {key}\n" in told and words in told, told


@pytest.mark.parametrize("what", ARGUMENTS)
def test_a_new_project_that_cannot_be_is_told(refused, what):
    (category, slug, brief, inputs), words = ARGUMENTS[what]
    told = refused(lambda: run_new(category, slug, Path(brief) if brief else None, Path(inputs) if inputs else None))
    assert words in told, told


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        (["Shop notice", "SHOP  notice"], ["jobs.jsonl:2: the title stands there twice, first in line 1"]),
        (["Taken"], ["jobs.jsonl:1: there is a project of this name already"]),
    ],
)
def test_a_name_is_given_once(refused, titles, told):
    Path("jobs.jsonl").write_text("\n".join(json.dumps(JOB | {"title": title}) for title in titles))
    said = refused(lambda: run_import(Path("jobs.jsonl")))
    assert [line for line in said.splitlines() if line.startswith("jobs.jsonl:")] == told


@pytest.mark.parametrize("name", [b"link", b"caf\xe9", b"two\nlines"])
def test_files_that_cannot_be_attached_are_told(refused, name):
    Path("linked/link").rename(os.fsdecode(b"linked/" + name))
    Path("jobs.jsonl").write_text(json.dumps(JOB | {"attachments": "linked"}))
    assert ": cannot be attached\n" in refused(lambda: run_import(Path("jobs.jsonl")))


def test_every_wrong_row_is_told_at_once(tmp_path):
    rows = [JOB | {"price": -1, "category": 4}, JOB, JOB | {"title": ""}]
    (tmp_path / "jobs.jsonl").write_text("\n".join(map(json.dumps, rows)))
    code = "from hapi_pytest.cli import main; main()"
    command = [sys.executable, "-c", code, "import", "jobs.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hapi import: 3 problems, so nothing is imported\n")
    places = [line.partition(": ")[0] for line in done.stderr.splitlines() if line.startswith("jobs.jsonl:")]
    assert places == ["jobs.jsonl:1", "jobs.jsonl:1", "jobs.jsonl:3"]
    assert not (tmp_path / "projects").exists()


def test_a_folder_within_a_suite_is_refused(refused, monkeypatch):
    Path("conftest.py").write_text('pytest_plugins = ["hapi_pytest.plugin"]\n')
    monkeypatch.chdir("projects")
    assert "lies within the suite" in refused(lambda: run_new("writing", "a", None, None))


def test_a_file_where_the_projects_should_be_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("projects").write_text("")
    assert run_new("writing", "a", None, None) == 2
    assert capsys.readouterr().err.startswith("hapi new: projects: ")
