"""`--baseline`, `--margin` and `hapi compare`: the exit code says whether a model may take another's place."""

import json
import shutil

import pytest

from tests.plugin.conftest import Suite


@pytest.fixture(scope="module")
def results(recorded_suite, tmp_path_factory):
    """What the small suite's own recordings come to."""
    suite = Suite(shutil.copytree(recorded_suite, tmp_path_factory.mktemp("results") / "suite"))
    suite.run("--results", "before.json")
    return (suite.root / "before.json").read_bytes()


@pytest.fixture
def baseline(suite, results):
    """The small suite beside the results of its own recordings."""
    (suite.root / "before.json").write_bytes(results)
    return suite


def test_results_lie_with_the_run_and_where_they_are_asked_for(suite, run_args):
    suite.run(*run_args, "--results", "here/r.json")
    [run] = (suite.root / ".hapi/runs").iterdir()
    results = json.loads((run / "results.json").read_bytes())
    assert json.loads((suite.root / "here/r.json").read_bytes()) == results
    assert (results["run"], results["collected"], results["is_cut"]) == (run.name, 6, False)
    assert {(o["project"], o["arm"], o["status"]) for o in results["outcomes"]} == {
        (outcome["project"], outcome["arm"], outcome["status"]) for outcome in suite.outcomes().values()
    }
    assert all(o["transcripts"] and o["handed_in"] and o["setup"] for o in results["outcomes"])
    failed = [o for o in results["outcomes"] if not all(o["final"].values())]
    assert failed and all(o["reasons"].keys() == {c for c, passed in o["final"].items() if not passed} for o in failed)
    assert results["projects"]["writing/shop-notice"]["criteria"]


def test_the_same_recordings_are_identical(baseline, run_args):
    done = baseline.run(*run_args, "--baseline", "before.json", "--margin", "0.02")
    assert done.returncode == 0, done.stdout
    assert "gate met: stand-in alone against the baseline: identical: the same recordings and rubrics" in done.stdout


def test_a_run_can_be_the_baseline(suite):
    suite.run()
    done = suite.run("--baseline", "latest")
    assert done.returncode == 0, done.stdout


def test_two_projects_decide_nothing(baseline):
    done = baseline.run("--model", "stand-in-junior", "--record", "missing", "--baseline", "before.json")
    assert done.returncode == 1
    assert "stand-in → stand-in-junior, alone: 2 pairs in 2 projects, 0 not scored in both" in done.stdout
    assert "gate FAILED: stand-in-junior alone against the baseline: undecided: 2 projects do not" in done.stdout
    done = baseline.run("--model", "stand-in-junior", "--baseline", "before.json", "--undecided", "pass")
    assert done.returncode == 0, done.stdout
    assert "; --undecided pass lets it through" in done.stdout
    compared = baseline.hapi("compare", "before.json", "latest", "--gate-arm", "reviewed", "--undecided", "pass")
    assert compared.returncode == 0, compared.stdout + compared.stderr


@pytest.mark.parametrize("cut", ["-x", "--maxfail=1"])
def test_a_run_that_is_cut_short_never_passes(baseline, run_args, cut):
    done = baseline.run(*run_args, cut, "--baseline", "before.json", "--undecided", "pass")
    assert done.returncode in (1, 2), done.stdout


def test_another_failing_test_is_never_hidden(baseline, run_args):
    (baseline.root / "projects/test_other.py").write_text("def test_other():\n    assert 0\n")
    done = baseline.run(*run_args, "--baseline", "before.json")
    assert done.returncode == 1
    assert "the gate does not decide: something else failed" in done.stdout


def test_other_limits_and_projects_are_not_compared(baseline):
    done = baseline.run("--category", "writing", "--baseline", "before.json")
    assert done.returncode == 1
    assert "not comparable; 1 project (admin-support/guest-list) only before" in done.stdout
    done = baseline.run("--record", "all", "--limit", "steps=30", "--baseline", "before.json")
    assert done.returncode == 1
    assert "not comparable; the agent's name, arguments, prompt, tools or limits differ: 2 projects" in done.stdout


def test_a_verdict_that_changes_needs_another_version_of_the_suite(baseline):
    baseline.replace(
        "projects/writing/shop-notice/test_shop_notice.py",
        'assert facts.day in deliverable.text("notice.txt")',
        "assert not facts.day",
    )
    done = baseline.run("--arm", "alone", "--baseline", "before.json")
    assert done.returncode == 1
    assert "not comparable; rubric changed: 1 project (writing/shop-notice)" in done.stdout
    forced = baseline.hapi("compare", "before.json", "latest", "--force")
    assert forced.returncode == 1
    assert "the checks decide otherwise now, first writing/shop-notice v0: raise hapi_suite_version" in forced.stdout


def test_fixed_shares_and_a_baseline_must_both_be_met(baseline):
    assert baseline.run("--baseline", "before.json", "--min-completion", "0.5").returncode == 0
    assert baseline.run("--baseline", "before.json", "--min-completion", "0.6").returncode == 1
    done = baseline.run("--min-completion", "0.8", "--gate-arm", "retry", "--gate-arm", "reviewed")
    assert done.returncode == 1
    assert "gate FAILED: stand-in retry" in done.stdout and "gate met: stand-in reviewed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--baseline", "nowhere.json"], "--baseline nowhere.json: nowhere.json: there is no such run"),
        (["--baseline", "conftest.py"], "conftest.py: JSON is malformed"),
        (["--margin", "0.1"], "give --baseline PATH too"),
        (["--baseline", "before.json", "--margin", "5"], "--margin '5': give a share from 0 to 1"),
        (["--baseline", "before.json", "--margin", "much"], "--margin 'much': give a share from 0 to 1"),
    ],
)
def test_misuse_is_told(baseline, arguments, told):
    done = baseline.run(*arguments)
    assert done.returncode == 4
    assert told in done.stderr and "Traceback" not in done.stderr


def test_the_summary_of_a_job_gets_the_verdict_and_the_scoreboard(baseline, tmp_path):
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    baseline.run("--baseline", "before.json", environment={"GITHUB_STEP_SUMMARY": str(file)})
    text = file.read_text()
    assert text.startswith("before\n## hapi-pytest\n\n- **gate met: stand-in alone against the baseline: identical: ")
    assert "```text\nstand-in: 2 projects, variant 0\n" in text and text.endswith("\n```\n")


def test_the_published_figures_stand_beside_ones_own(suite):
    done = suite.run("--published")
    assert "another task set" in done.stdout and "Claude Sonnet 4" in done.stdout


def test_recording_anew_is_counted(suite):
    """Choosing the best of several recordings must show."""
    suite.run("--record", "all")
    assert "recorded anew" not in suite.run().stdout  # the stand-in says the same every time
    for file in sorted(suite.root.glob("cassettes/stand-in/*/*/v0-alone.json")):
        transcript = json.loads(file.read_bytes())
        transcript["turns"][-1]["usage"]["output_tokens"] += 1
        file.write_text(json.dumps(transcript))
    done = suite.run("--record", "all")
    assert "recorded anew: 6 results rest on recordings that were made more than once, up to 2 times" in done.stdout
    assert "recorded anew: 6 results" in suite.run().stdout


def test_what_agents_without_a_model_come_to_stands_beside_a_result(suite):
    before = suite.run()
    assert "beside it: reference, idle and spam are not measured on these rubrics" in before.stdout
    suite.run("--selfcheck", "--variant", "0")  # lint has something to say of this suite
    done = suite.run("--results", "r.json")
    assert "beside it: reference 2/2 100 %, criteria 100 %; idle 0/2 0 %, criteria 0 %; spam 0/2 0 %" in done.stdout
    assert len(json.loads((suite.root / "r.json").read_bytes())["baselines"]) == 6
    suite.replace(
        "projects/writing/shop-notice/test_shop_notice.py",
        'assert facts.day in deliverable.text("notice.txt")',
        'assert facts.day in deliverable.text("notice.txt"), "the day"',
    )
    assert "not measured on 1 of 2 projects" in suite.run("--arm", "alone").stdout
    assert "beside it" not in suite.run("--agent", "idle").stdout
