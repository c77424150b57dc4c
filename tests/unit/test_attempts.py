"""Attempts live and from their recordings, and the engagements made of them, on a scripted model."""

import msgspec
import pytest

from hapi_pytest import Rubric
from hapi_pytest.agents import DefaultAgent
from hapi_pytest.attempts import Attempts, missing_text, record_command
from hapi_pytest.deliverable import Deliverable
from hapi_pytest.engagement import Engagement
from hapi_pytest.errors import MissingRecordingError, RubricError, StaleRecordingError, UnscoredError
from hapi_pytest.grading import grade
from hapi_pytest.harness import Harness
from hapi_pytest.model import Arm, Limits, Status
from hapi_pytest.projects import Project
from hapi_pytest.prompts import RETRY, brief_message
from hapi_pytest.recordings import Identity, Slot
from hapi_pytest.runs import Run

SLOT = Slot(project="writing/shop-notice")


class InProcess:
    """A grader without a process of its own."""

    def grade(self, project, rubric, variant, taken):
        deliverable = Deliverable(taken.files, refused=taken.refused)
        return grade(rubric, deliverable, project.variant(variant).facts, None), ""


class ScriptedHarness(Harness):
    """A harness whose model is a script, one list of replies per attempt, and whose sandbox does nothing."""

    def __init__(self, scripts, sandbox, **rest) -> None:
        super().__init__(**rest)
        self.scripts, self.models = list(scripts), []
        self._scripted = sandbox

    def live_model(self):
        self.models.append(self.scripts.pop(0))
        return self.models[-1]

    def sandbox(self):
        return self._scripted


@pytest.fixture
def project(make_project) -> Project:
    return Project(make_project())


@pytest.fixture
def day(project) -> str:
    return project.variant(0).facts.day


@pytest.fixture
def rubric() -> Rubric:
    made = Rubric()

    @made.critical("The notice names the day", brief="We close on {day}.")
    def names_the_day(deliverable, facts):
        assert facts.day in deliverable.text("notice.txt")

    @made.optional("The notice is short", brief="Please")
    def is_short(deliverable):
        assert len(deliverable.text("notice.txt")) < 20

    return made


@pytest.fixture
def model(stage, say):
    """Return a maker of models that hand in a text."""
    stage.live(DefaultAgent(), [say("", ("x", "submit", {}))])

    def make(text: str):
        calls = ("a", "write_file", {"path": "deliverable/notice.txt", "content": text}), ("b", "submit", {})
        return type(stage.model)([say("", *calls)])

    return make


@pytest.fixture
def harness(tmp_path, scripted_sandbox):
    made: list[ScriptedHarness] = []

    def make(*scripts, run="r1", **rest) -> ScriptedHarness:
        plain = {"identity": Identity(model="gpt-5"), "agent": DefaultAgent(), "record": "missing" if scripts else ""}
        folders = {"recordings": tmp_path / "cassettes", "projects": tmp_path, "run": Run(tmp_path, run)}
        made.append(ScriptedHarness(scripts, scripted_sandbox(), **{**plain, **folders, "grader": InProcess(), **rest}))
        return made[-1]

    yield make
    for each in made:
        each.close()
        each.run.close()


@pytest.fixture
def engaged(harness, project, rubric):
    def make(*scripts, **rest) -> Engagement:
        return Engagement(harness(*scripts, **rest), project, rubric, 0, 1)

    return make


def test_an_arm_completed_alone_needs_no_other(engaged, model, day):
    engagement = engaged(model(f"Closed on {day}"))
    alone, retry, reviewed = (engagement.result(arm) for arm in Arm)
    assert {r.outcome.status for r in (alone, retry, reviewed)} == {Status.COMPLETED}
    assert [r.outcome.is_forked for r in (alone, retry, reviewed)] == [False, False, False]
    assert reviewed.outcome.recordings == ("gpt-5/writing/shop-notice/v0-alone",)
    assert alone.outcome.usage.input_tokens == 10 and retry.outcome.usage.input_tokens == 0


def test_an_incomplete_one_is_forked_and_told_what_the_arm_tells(engaged, model, day, project):
    engagement = engaged(model("Closed"), model("Closed still"), model(f"Closed {day}"))
    alone, retry, reviewed = (engagement.result(arm) for arm in Arm)
    assert [str(r.outcome.status) for r in (alone, retry, reviewed)] == ["incomplete", "incomplete", "completed"]
    assert reviewed.outcome.alone == {"names-the-day": False, "is-short": True} == alone.outcome.final
    assert reviewed.outcome.final == {"names-the-day": True, "is-short": True} and reviewed.outcome.is_forked
    assert (reviewed.outcome.notes_applied, reviewed.outcome.notes_kept) == (1, 0)
    first, blind, told = (m.sent[0] for m in engagement._harness.models)
    assert "Please write a notice" in first[1]["content"] and blind[-1]["content"] == RETRY
    assert project.variant(0).notes["names-the-day"] in told[-1]["content"] and told[:-1] == blind[:-1]


def test_what_was_recorded_is_replayed_alike(engaged, model, day):
    live = [engaged(model("Closed")).result(Arm.ALONE).outcome]
    engagement = engaged(model("still"), model(f"On {day}"), run="r2")
    live += [engagement.result(arm).outcome for arm in (Arm.RETRY, Arm.REVIEWED)]
    again = engaged(run="r3")
    for then, arm in zip(live, Arm, strict=True):
        now = again.result(arm).outcome
        assert (now.status, now.final, now.usage, now.recordings) == (
            then.status,
            then.final,
            then.usage,
            then.recordings,
        )
        assert now.asked == 0 and now.reason == ""


def test_a_missing_recording_is_unscored_and_says_how_to_record(engaged):
    result = engaged().result(Arm.ALONE)
    assert result.outcome.status is Status.UNSCORED and result.verdict is None
    assert isinstance(result.error, MissingRecordingError)
    assert "pytest --model gpt-5 --record missing" in result.outcome.reason and "v0-alone.json" in result.outcome.reason


def test_a_fork_of_a_parent_that_was_recorded_anew_is_stale(engaged, model):
    engagement = engaged(model("Closed"), model("still"))
    for arm in (Arm.ALONE, Arm.RETRY):
        engagement.result(arm)
    engaged(model("Closed!"), record="all", run="r2").result(Arm.ALONE)
    result = engaged(run="r3").result(Arm.RETRY)
    assert isinstance(result.error, StaleRecordingError) and "was recorded anew" in result.outcome.reason


def test_recording_all_replaces_once_per_run(engaged, model):
    engaged(model("one")).result(Arm.ALONE)
    for _ in range(2):
        assert engaged(model("two"), record="all", run="r2").result(Arm.ALONE).outcome.status is Status.INCOMPLETE
    replayed = engaged(run="r3")._attempts.perform(SLOT, message_of(engaged()), None)
    assert replayed.taken.files["notice.txt"].read_text() == "two"


def message_of(engagement: Engagement) -> str:
    return brief_message(engagement._project, engagement._variant)


def test_changed_attachments_are_stale_and_named(harness, engaged, model, rubric, make_project):
    engaged(model("x")).result(Arm.ALONE)
    changed = Project(make_project({"inputs/logo.svg": "<svg/>"}))
    result = Engagement(harness(), changed, rubric, 0, 1).result(Arm.ALONE)
    assert "attachments: logo.svg changed since the recording" in result.outcome.reason


def test_changed_limits_are_stale_and_named(engaged, model):
    engaged(model("x")).result(Arm.ALONE)
    assert "limits: recorded Limits(steps=40" in engaged(limits=Limits(steps=39)).result(Arm.ALONE).outcome.reason


def test_an_end_that_differs_is_stale(engaged, harness, stage, say, project, rubric):
    class Asks:
        def __init__(self, turns: int) -> None:
            self.turns = turns

        def run(self, task) -> None:
            for _ in range(self.turns):
                task.ask()

    stage.live(Asks(1), [say("x")])
    limits = Limits(steps=1)
    live = harness(type(stage.model)([say("one")]), agent=Asks(2), limits=limits)
    Engagement(live, project, rubric, 0, 1).result(Arm.ALONE)
    assert engaged(agent=Asks(2), limits=limits).result(Arm.ALONE).outcome.reason == ""
    reason = engaged(agent=Asks(1), limits=limits).result(Arm.ALONE).outcome.reason
    assert "the attempt ended 'steps' then, 'stopped' now" in reason


def test_a_fork_starts_from_the_files_that_were_left(engaged, harness, stage, say, project, rubric):
    class Works:
        def run(self, task) -> None:
            for call in task.ask()["tool_calls"]:
                task.use(call)

    stage.live(Works(), [say("", ("x", "submit", {}))])
    write = ("a", "write_file", {"path": "notes/a.txt", "content": "kept"})
    read = ("b", "read_file", {"path": "notes/a.txt"}), ("c", "read_file", {"path": "inputs/rules.md"})
    live = harness(type(stage.model)([say("", write)]), agent=Works())
    Engagement(live, project, rubric, 0, 1).result(Arm.ALONE)
    fork = harness(type(stage.model)([say("", *read)]), agent=Works(), run="r2")
    Engagement(fork, project, rubric, 0, 1).result(Arm.RETRY)
    transcript, _ = fork.recordings.read(msgspec.structs.replace(SLOT, arm=Arm.RETRY))
    assert [m["content"] for m in transcript.tail] == ["kept", project.variant(0).attachments["rules.md"].decode()]
    assert transcript.header.parent == fork.recordings.read(SLOT)[1]


def test_a_fork_of_a_workspace_over_the_cap_is_refused(engaged, model):
    engagement = engaged(model("Closed"))
    engagement.result(Arm.ALONE)
    recordings = engagement._harness.recordings
    transcript, _ = recordings.read(SLOT)
    transcript.workspace = None
    recordings.write(SLOT, transcript, b"{}")
    result = engaged(model("x"), run="r2").result(Arm.RETRY)
    assert result.outcome.status is Status.UNSCORED
    assert "its workspace was too large to store, so it cannot be forked" in result.outcome.reason


def test_rounds_go_on_until_complete(engaged, model, day):
    engagement = engaged(model("a"), model("b"), model(f"On {day}"), model("never asked"), rounds=5)
    outcome = engagement.result(Arm.REVIEWED).outcome
    assert outcome.status is Status.COMPLETED and outcome.notes_applied == 2
    assert [name.rsplit("/")[-1] for name in outcome.recordings] == ["v0-alone", "v0-reviewed", "v0-reviewed-2"]


def test_a_crashing_check_is_unscored_but_its_recording_is_kept(harness, model, project):
    rubric = Rubric()
    rubric.critical("It crashes", brief="Please")(lambda deliverable: 1 / 0)
    made = harness(model("x"))
    result = Engagement(made, project, rubric, 0, 1).result(Arm.ALONE)
    assert isinstance(result.error, RubricError) and result.verdict is None and made.recordings.has(SLOT)


@pytest.mark.parametrize(("agent", "status"), [("reference", Status.COMPLETED), ("idle", Status.INCOMPLETE)])
def test_agents_without_a_model_hand_in_the_reference_or_nothing(engaged, agent, status):
    engagement = engaged(identity=Identity(model=agent, agent=agent), agent=None)
    outcomes = [engagement.result(arm).outcome for arm in Arm]
    assert {outcome.status for outcome in outcomes} == {status} and outcomes[0].recordings == ()


def test_one_arms_edits_do_not_reach_the_other(engaged, harness, model, say, stage, project, rubric):
    class Rewrites(DefaultAgent):
        """Cuts the earlier conversation in place before it goes on."""

        def run(self, task) -> None:
            for message in task.messages[1:-1]:
                message["content"] = "(cut)"
            super().run(task)

    live = harness(model("a"), model("b"), model("c"), agent=Rewrites())
    engagement = Engagement(live, project, rubric, 0, 1)
    for arm in Arm:
        engagement.result(arm)
    for arms in (list(Arm), list(Arm)[::-1], [Arm.REVIEWED]):
        again = engaged(agent=Rewrites(), run=f"replay-{len(arms)}-{arms[0]}")
        assert [again.result(arm).outcome.reason for arm in arms] == [""] * len(arms)


def test_the_line_that_records_spells_the_identity_out():
    identity = Identity(
        model="openai/x", agent="mine:make", arguments={"effort": "low", "n": 2}, base_url="http://h/v1"
    )
    assert record_command(identity) == (
        "pytest --model openai/x --agent mine:make --model-arg effort=low --model-arg n=2 --base-url http://h/v1 "
        "--record missing"
    )


def test_what_is_missing_is_told_with_and_without_a_slot(tmp_path):
    identity = Identity(model="m")
    assert missing_text(identity, None, tmp_path).startswith("nothing is recorded for the model 'm'")
    assert missing_text(identity, SLOT, tmp_path).startswith(
        "writing/shop-notice, variant 0, arm alone, round 1 is not recorded"
    )


def test_an_attempt_can_be_made_by_itself(harness, model, project):
    made = harness(model("x"))
    attempts = Attempts(made, project, project.variant(0))
    assert attempts.perform(SLOT, "Work.", None).taken.files["notice.txt"].read_text() == "x"
    assert attempts.asked == 1


def test_an_attempt_with_a_key_in_its_files_is_unscored_and_not_kept(harness, project, rubric):
    key = "sk-" + "a1B2" * 8

    class Leaks:
        def run(self, task) -> None:
            task.call("write_file", path="deliverable/notice.txt", content=key)

    made = harness(type("Silent", (), {"complete": None, "provider": "nobody"})(), agent=Leaks())
    result = Engagement(made, project, rubric, 0, 1).result(Arm.ALONE)
    assert isinstance(result.error, UnscoredError) and "holds a secret key" in result.outcome.reason
    assert not made.recordings.has(SLOT)
