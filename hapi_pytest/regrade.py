"""Grading the deliverables of a run again: the verdicts must be the run's own, criterion by criterion."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from hapi_pytest.errors import CommandLineError, HapiError, StaleRecordingError
from hapi_pytest.grader import Grader, GradingProcess
from hapi_pytest.journal import RUNS, settled
from hapi_pytest.model import Outcome, Status
from hapi_pytest.projects import Project, load
from hapi_pytest.recordings import located
from hapi_pytest.rubric import load_rubric
from hapi_pytest.runs import KEPT, About, about, kept, run_folder, taken_digest
from hapi_pytest.workspace import Taken


def run(name: str) -> int:
    """Regrade a run and print what differs; returns 0 when nothing does, 1 when something does, 2 for a wrong name."""
    try:
        folder = run_folder(name, Path(RUNS))
        made = about(folder)
        outcomes = [outcome for outcome in settled(folder) if outcome.status is not Status.UNSCORED]
    except CommandLineError as mistake:
        print(f"hapi regrade: {mistake}", file=sys.stderr)
        return 2
    grader = GradingProcess(Path(made.root), made.sandbox)
    try:
        found = [(outcome, list(differences(outcome, folder, made, grader))) for outcome in outcomes]
    finally:
        grader.close()
    for outcome, lines in found:
        sample = f"-s{outcome.sample}" if outcome.sample > 1 else ""
        for line in lines:
            print(f"{outcome.project} {outcome.model} v{outcome.variant}{sample} {outcome.arm}: {line}")
    same = sum(not lines for _, lines in found)
    print(f"{folder.name}: {same} of {len(outcomes)} verdicts are the same, criterion by criterion")
    return 0 if same == len(outcomes) else 1


def differences(outcome: Outcome, folder: Path, made: About, grader: Grader) -> Iterator[str]:
    """Yield what is otherwise now than in an outcome's verdict."""
    try:
        project = load(Path(made.root) / made.projects / outcome.project)
        taken = _last(outcome, folder, made)
        if taken_digest(taken) != outcome.handed_in:
            raise StaleRecordingError(
                "what was handed in is not there any more: the recording has changed since the run"
            )
        now = _verdict(project, outcome, taken, grader)
    except HapiError as error:
        yield str(error)
        return
    for criterion in sorted({*outcome.final, *now}):
        before, after = outcome.final.get(criterion), now.get(criterion)
        if before is not after:
            yield f"{criterion}: {_word(before)} in the run, {_word(after)} now"


def _verdict(project: Project, outcome: Outcome, taken: Taken, grader: Grader) -> Mapping[str, bool]:
    return grader.grade(project, load_rubric(project), outcome.variant, taken)[0].results


def _last(outcome: Outcome, folder: Path, made: About) -> Taken:
    """Find the last submission of an arm: with the run, or among the recordings."""
    if outcome.kept:
        return kept(folder / KEPT / outcome.kept[-1])
    recordings, slot = located(Path(made.root) / made.cassettes, outcome.recordings[-1])
    assert slot  # written by ourselves
    if not recordings.has(slot):
        raise StaleRecordingError(f"{outcome.recordings[-1]}: the recording is gone")
    transcript, _ = recordings.read(slot)
    return recordings.handed_in(slot, transcript)


def _word(is_passed: bool | None) -> str:
    return {True: "passed", False: "failed", None: "not there"}[is_passed]
