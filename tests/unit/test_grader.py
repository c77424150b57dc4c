"""The process in which checks run: what overruns there is stopped, and it is found out whose doing it was."""

import os
import signal
import time
from pathlib import Path

import pytest

from hapi_pytest import grader
from hapi_pytest.errors import RubricError, SandboxError, UnscoredError
from hapi_pytest.grader import GradingProcess
from hapi_pytest.model import Verdict
from hapi_pytest.projects import Project
from hapi_pytest.rubric import load_rubric
from hapi_pytest.workspace import Taken

RUBRIC = """\
import os
import signal
import socket
import sys
import time

from hapi_pytest import Rubric

rubric = Rubric()


@rubric.critical("The notice names the day", brief="We close on")
def names_the_day(deliverable, facts, sandbox):
    BODY


@rubric.critical("The notice names the shop", brief="a notice for")
def names_the_shop(deliverable, facts):
    assert facts.shop in deliverable.text("notice.txt")
"""
ON_BAD = "assert facts.day in deliverable.text('notice.txt')\n    if 'bad' in deliverable.text('notice.txt'):\n        "


class Bench:
    """A project whose first check has a body of the test's choice, and a process that grades hand-ins of it."""

    def __init__(self, project: Project, folder: Path, sandbox: str) -> None:
        self.project, self.folder = project, folder
        self.process = GradingProcess(project.folder.parents[1], sandbox)

    def verdict(self, more: str = "", *, refused: dict[str, str] | None = None) -> Verdict:
        """Grade the reference's notice with something more in it."""
        file = self.folder / "handed-in.txt"
        file.write_bytes(self.project.reference(self.project.variant(0))["notice.txt"] + more.encode())
        files = {} if refused else {"notice.txt": file}
        taken = Taken(files=files, refused=refused or {})
        return self.process.grade(self.project, load_rubric(self.project), 0, taken)[0]


@pytest.fixture
def bench(make_project, project_file, tmp_path):
    made: list[Bench] = []
    feedback = project_file("feedback.toml") + 'names-the-shop = "Say who."\n'

    def make(body: str, sandbox: str = "auto") -> Bench:
        files = {"test_shop_notice.py": RUBRIC.replace("BODY", body), "feedback.toml": feedback}
        made.append(Bench(Project(make_project(files)), tmp_path, sandbox))
        return made[-1]

    yield make
    for one in made:
        one.process.close()


@pytest.fixture
def quick(monkeypatch):
    """Little time for a check."""
    monkeypatch.setattr(grader, "CHECK_SECONDS", 1.0)


def test_a_verdict_comes_back_with_the_details_that_pytest_gives(bench):
    made = bench("assert [1, len(deliverable.text('notice.txt'))] == [1, 3]")
    verdict = made.verdict()
    assert verdict.results == {"names-the-day": False, "names-the-shop": True}
    assert verdict.failed[0].reason.startswith("assert [1, ") and "At index 1 diff: " in verdict.failed[0].reason
    assert made.verdict("more").results == verdict.results


def test_reasons_are_the_same_whatever_the_environment_says(bench, monkeypatch):
    body = "assert list(range(60)) == list(range(59))"
    plain = bench(body).verdict().failed[0].reason
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "PYTHONVERBOSE"):
        monkeypatch.setenv(name, "-vv")
    assert bench(body).verdict().failed[0].reason == plain and "Use -v to get more diff" in plain


@pytest.mark.parametrize(
    ("spends", "what"),
    [
        ("time.sleep(60)", "took longer than 1 seconds"),
        ("while True: pass", "took longer than 1 seconds"),
        ("bytearray(8 << 30)", "took more than 2048 MiB of memory"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "ended the grading process (signal 11)"),
        ("os._exit(3)", "ended the grading process (exit code 3)"),
    ],
)
def test_what_only_the_deliverable_makes_overrun_fails_its_criterion(bench, quick, spends, what):
    made = bench(f"{ON_BAD}{spends}")
    assert made.verdict().is_complete
    verdict = made.verdict("bad")
    assert verdict.results == {"names-the-day": False, "names-the-shop": True}
    assert verdict.failed[0].reason == f"notice.txt: the check {what}, which the accepted deliverable does not"
    assert made.verdict().is_complete


@pytest.mark.parametrize("spends", ["time.sleep(60)", "bytearray(8 << 30)", "os._exit(0)"])
def test_what_the_reference_makes_overrun_too_is_the_rubrics_fault(bench, quick, spends):
    made = bench(spends)
    with pytest.raises(RubricError, match=r"the check of 'names-the-day': the check .*; on the reference: the check"):
        made.verdict()


def test_a_check_that_overruns_and_would_fail_the_reference_is_the_rubrics_fault(bench, quick):
    made = bench("assert 'bad' in deliverable.text('notice.txt')\n    time.sleep(60)")
    with pytest.raises(RubricError, match="on the reference: it fails"):
        made.verdict("bad")


def test_a_file_that_takes_too_long_to_read_is_not_read_by_each_criterion(bench, quick, monkeypatch):
    slow = "deliverable.text('notice.txt')"
    made = bench(slow)
    source = made.project.folder / "test_shop_notice.py"
    patch = (
        "from hapi_pytest.deliverable import Deliverable\n"
        "plain = Deliverable.read\n"
        "def read(self, name):\n"
        "    content = plain(self, name)\n"
        "    if b'bad' in content: self._watch(name); time.sleep(60)\n"
        "    return content\n"
        "Deliverable.read = read\n"
    )
    source.write_text(source.read_text().replace("rubric = Rubric()\n", f"rubric = Rubric()\n{patch}"))
    started = time.monotonic()
    verdict = made.verdict("bad")
    assert verdict.results == {"names-the-day": False, "names-the-shop": False}
    assert all("notice.txt" in mark.reason and "took longer than 1 seconds" in mark.reason for mark in verdict.marks)
    assert time.monotonic() - started < 60


def test_getting_ready_changes_no_verdict_and_hides_no_error(bench):
    made = bench("assert facts.day in deliverable.text('notice.txt')")
    for variant in (0, 1, 0):
        made.process.prepare(made.project, variant)
    assert made.verdict().is_complete and made.verdict("more").is_complete
    rubric = load_rubric(made.project)
    source = made.project.folder / "test_shop_notice.py"
    source.write_text("raise ValueError('no')\n")
    made.process.close()
    made.process.prepare(made.project, 0)
    with pytest.raises(RubricError, match=r"test_shop_notice\.py"):
        made.process.grade(made.project, rubric, 0, Taken(files={}, refused={}))


def test_a_crash_is_a_rubric_error_and_the_process_goes_on(bench):
    made = bench("{}['x']")
    for _ in range(2):
        with pytest.raises(RubricError, match=r"test_shop_notice\.py:\d+: the check of 'names-the-day' crashed"):
            made.verdict()
    assert not made.process._child.is_over


def test_a_rubric_that_cannot_be_imported_is_a_rubric_error(bench):
    made = bench("pass")
    source = made.project.folder / "test_shop_notice.py"
    rubric = load_rubric(made.project)
    source.write_text("raise ValueError('no')\n")
    with pytest.raises(RubricError, match=r"test_shop_notice\.py"):
        made.process.grade(made.project, rubric, 0, Taken(files={}, refused={}))


def test_checks_have_no_network_no_key_and_no_terminal(bench, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    keys = bench("assert not [n for n in os.environ if 'KEY' in n] and not sys.stdin.read()\n    print('x' * 100000)")
    assert keys.verdict().is_complete
    with pytest.raises(UnscoredError, match="replay is offline"):
        bench("socket.create_connection(('127.0.0.1', 9))").verdict()


def test_nothing_is_imported_from_the_working_folder(bench, tmp_path, monkeypatch):
    for name in ("csv", "json", "openpyxl", "msgspec", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('an agent was here')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert bench("import csv, json, openpyxl").verdict().is_complete


def test_a_missing_sandbox_is_told(bench, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxError, match="bubblewrap is not installed"):
        bench("sandbox.run(['true'], {})", sandbox="bwrap").verdict()


def test_what_was_refused_is_the_reason(bench):
    verdict = bench("deliverable.text('notice.txt')").verdict(refused={"notice.txt": "is a link"})
    assert all("notice.txt" in mark.reason and "is a link" in mark.reason for mark in verdict.marks)
    assert not any(verdict.results.values())


def test_the_process_ends_with_us_even_in_the_middle_of_a_check(bench):
    made = bench(f"{ON_BAD}time.sleep(1)")
    assert made.verdict().is_complete
    pid = made.process._child._process.pid
    os.kill(pid, 0)
    made.process._child._ours.shutdown(2)
    assert made.process._child._process.wait(10) == 0
    assert signal.SIGALRM  # the alarm that ends a check of a dead parent is set in grading_process
