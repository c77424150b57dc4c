"""Checks decide criteria: what the deliverable causes fails them, what the rubric causes is unscored."""

from pathlib import Path

import pytest

from hapi_pytest import Facts, Rubric
from hapi_pytest.deliverable import Deliverable
from hapi_pytest.errors import DeliverableError, RubricError, SandboxError, UnscoredError
from hapi_pytest.grading import grade
from hapi_pytest.model import Importance
from hapi_pytest.programs import Programs


@pytest.fixture
def hand_in(tmp_path) -> Deliverable:
    return Deliverable.written(tmp_path, {"out.csv": "n\n3\n", "run.py": "print(1)"})


def rubric_of(*checks, importance="critical") -> Rubric:
    rubric = Rubric()
    for check in checks:
        getattr(rubric, importance)(f"About {check.__name__}", brief="x")(check)
    return rubric


def no_sandbox():
    raise AssertionError("no check has asked for the sandbox")


def graded(hand_in, *checks, sandbox=no_sandbox, **facts):
    return grade(rubric_of(*checks), hand_in, Facts(facts), sandbox)


def test_a_check_that_asserts_nothing_passes(hand_in):
    def holds(deliverable, facts):
        assert deliverable.csv("out.csv").column("n").sum() == facts.total

    (mark,) = graded(hand_in, holds, total=3).marks
    assert (mark.passed, mark.reason, mark.criterion) == (True, "", "holds")
    assert (mark.statement, mark.importance) == ("About holds", Importance.CRITICAL)


def test_an_assertion_fails_with_its_detail(hand_in):
    def sums_up(deliverable, facts):
        assert deliverable.csv("out.csv").column("n").sum() == facts.total, "the total"

    (mark,) = graded(hand_in, sums_up, total=4).marks
    assert not mark.passed and mark.reason.startswith("the total\nassert 3.0 == 4")


def test_a_bare_assertion_has_a_reason_too(hand_in):
    def says_nothing():
        raise AssertionError

    assert graded(hand_in, says_nothing).marks[0].reason == "the check asserted without saying why"


def test_an_unreadable_deliverable_fails_with_its_reason(hand_in):
    def reads(deliverable):
        deliverable.xlsx("ageing.xlsx")

    (mark,) = graded(hand_in, reads).marks
    assert not mark.passed and mark.reason == "ageing.xlsx: was not handed in; there is out.csv, run.py"


def test_a_crash_is_a_rubric_error_that_names_the_check(hand_in):
    def breaks(deliverable):
        return {}[deliverable.names[0]]

    with pytest.raises(RubricError) as caught:
        graded(hand_in, breaks)
    text = str(caught.value)
    assert text.startswith(f"{__file__}:{breaks.__code__.co_firstlineno}: the check of 'breaks' crashed")
    assert "KeyError: 'out.csv'" in text and "return {}[" in text and "\n  fix:     " in text
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("error", [SandboxError("it broke"), UnscoredError("for another reason")])
def test_what_is_nobodys_fault_passes_through(hand_in, error):
    def runs(sandbox):
        raise error

    with pytest.raises(UnscoredError) as caught:
        graded(hand_in, runs)
    assert caught.value is error


def test_every_criterion_is_decided_in_the_rubrics_order(hand_in):
    def b_fails():
        raise DeliverableError("b")

    def a_holds():
        pass

    verdict = graded(hand_in, b_fails, a_holds)
    assert verdict.results == {"b-fails": False, "a-holds": True} and list(verdict.results) == ["b-fails", "a-holds"]
    assert [mark.criterion for mark in verdict.failed] == ["b-fails"] and not verdict.is_complete


@pytest.mark.parametrize(
    ("importance", "is_complete"), [("critical", False), ("important", False), ("pitfall", False), ("optional", True)]
)
def test_only_optional_criteria_may_fail(hand_in, importance, is_complete):
    def fails():
        raise AssertionError

    rubric = rubric_of(fails, importance=importance)
    assert grade(rubric, hand_in, Facts({}), no_sandbox).is_complete is is_complete


def test_a_programs_results_come_back(hand_in, scripted_sandbox):
    def work(folder: Path):
        (folder / "sub").mkdir()
        (folder / "sub" / "result.txt").write_text("42")
        (folder / "link").symlink_to("/etc/passwd")

    sandbox = scripted_sandbox(work, exit_code=3, stdout=b"hello \xff", stderr=b"oh")
    seen = []

    def runs(deliverable, sandbox):
        seen.append(sandbox.run(["python3", "run.py"], deliverable.files, stdin="in", seconds=7))

    graded(hand_in, runs, sandbox=lambda: sandbox)
    (ran,) = seen
    assert (ran.exit_code, ran.stdout, ran.stderr) == (3, "hello \ufffd", "oh")
    assert ran.files == {"out.csv": b"n\n3\n", "run.py": b"print(1)", "sub/result.txt": b"42"}
    (asked,) = sandbox.ran
    assert (asked["argv"], asked["stdin"], asked["seconds"]) == (("python3", "run.py"), b"in", 7)
    assert asked["files"] == {"out.csv", "run.py"}


def test_a_program_that_takes_too_long_fails_the_criterion(scripted_sandbox):
    sandbox = scripted_sandbox(exit_code=124, is_timed_out=True)
    with pytest.raises(DeliverableError, match=r"^python3 -c x: was stopped after 2\.5 seconds$"):
        Programs(lambda: sandbox).run(["python3", "-c", "x"], {}, seconds=2.5)


def test_every_run_starts_in_a_fresh_folder(scripted_sandbox):
    sandbox = scripted_sandbox(lambda folder: (folder / "left").touch())
    programs = Programs(lambda: sandbox)
    programs.run(["x"], {"a/b.txt": "x"})
    programs.run(["x"], {})
    assert [asked["files"] for asked in sandbox.ran] == [{"a/b.txt"}, set()]
