"""The engine on jobs that are plain functions."""

import threading
from collections.abc import Iterator

import pytest

from hapi_pytest.engagement import Result
from hapi_pytest.live.engine import Engine, Job
from hapi_pytest.live.pool import Threads
from hapi_pytest.live.run import LiveRun
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.runs import Run

ALL = tuple(Arm)


def result(arm: Arm, project: str = "writing/a", status: Status = Status.COMPLETED) -> Result:
    outcome = Outcome(
        model="m", agent="default", project=project, variant=0, sample=1, arm=arm, status=status, price_usd=1
    )
    return Result(outcome=outcome)


@pytest.fixture
def live(tmp_path) -> Iterator[LiveRun]:
    run = Run(tmp_path, "r1")
    live = LiveRun(run)
    yield live
    live.close()
    run.close()


def test_every_arm_is_carried_out_once_in_its_order(live):
    done: list[Arm] = []

    def work(arm: Arm) -> Result:
        done.append(arm)
        return result(arm)

    engine = Engine(Threads(2), live)
    job = Job(key="a", arms=ALL, result=work)
    engine.start([job])
    engine.start([job])
    for arm in reversed(ALL):
        found = engine.result("a", arm)
        assert found and found.outcome.arm is arm
    assert tuple(done) == ALL
    engine.stop("over")


def test_the_longest_start_first_where_durations_are_known(live):
    started: list[str] = []
    engine = Engine(Threads(1), live)
    gate = threading.Event()

    def job(key: str, seconds: float) -> Job:
        def work(arm: Arm) -> Result:
            started.append(key)
            gate.wait(10)
            return result(arm)

        return Job(key=key, arms=(Arm.ALONE,), result=work, seconds=seconds)

    engine.start([job("short", 1), job("unknown", 0), job("long", 9)])
    gate.set()
    assert engine.result("unknown", Arm.ALONE)
    assert started == ["long", "short", "unknown"]
    engine.stop("over")


def test_a_crash_is_told_to_the_test_that_waits_and_to_no_other(live):
    def work(arm: Arm) -> Result:
        if arm is Arm.RETRY:
            raise ZeroDivisionError
        return result(arm)

    engine = Engine(Threads(1), live)
    engine.start([Job(key="a", arms=ALL, result=work)])
    with pytest.raises(ZeroDivisionError):
        engine.result("a", Arm.RETRY)
    assert engine.result("a", Arm.REVIEWED)
    engine.stop("over")


def test_what_was_not_started_has_no_result(live):
    engine = Engine(Threads(1), live)
    assert engine.result("a", Arm.ALONE) is None
    engine.stop("over")


def test_a_stopped_engine_waits_a_moment_and_leaves_what_hangs(live):
    engine, hanging, begun = Engine(Threads(1), live), threading.Event(), threading.Event()

    def hang(arm: Arm) -> Result:
        begun.set()
        hanging.wait(60)
        return result(arm)

    engine.start([Job(key=key, arms=(Arm.ALONE,), result=hang) for key in ("a", "b")])
    assert begun.wait(10)
    engine.stop("enough")
    assert engine.result("a", Arm.ALONE) is None
    assert engine.result("b", Arm.ALONE) is None
    assert live.stopped() == "enough"
    hanging.set()


def test_whoever_waits_is_let_go_when_the_run_is_stopped_elsewhere(live, tmp_path):
    engine, hanging = Engine(Threads(1), live), threading.Event()
    engine.start([Job(key="a", arms=(Arm.ALONE,), result=lambda arm: (hanging.wait(60), result(arm))[1])])
    run = Run(tmp_path, "r1", "gw1")
    other = LiveRun(run)
    other.stop("the key is wrong")
    assert engine.result("a", Arm.ALONE) is None
    assert live.stopped() == "the key is wrong"
    hanging.set()
    other.close()
    run.close()


def test_counts_are_posted_for_the_line(live):
    engine = Engine(Threads(2), live)
    status = {Arm.ALONE: Status.INCOMPLETE, Arm.RETRY: Status.UNSCORED, Arm.REVIEWED: Status.COMPLETED}
    engine.start([Job(key="a", arms=ALL, result=lambda arm: result(arm, status=status[arm]))])
    assert engine.result("a", Arm.REVIEWED)
    engine.stop("over")
    counts = live.posted()
    assert counts["settled"] == 3
    assert (counts["scored_alone"], counts["completed_alone"]) == (1, 0)
    assert (counts["scored_reviewed"], counts["completed_reviewed"]) == (1, 1)
    assert counts["scored_retry"] == 0
    assert counts["in_flight"] == 0
