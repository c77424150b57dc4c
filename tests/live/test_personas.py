"""Two stand-in personas, one better than the other: comparison and gate tell which, from recordings."""

import pytest

from tests.live.conftest import Orders

FIRST, PROJECTS = 344, 16
"""A stretch in which the better one is lucky: elsewhere it takes eighty to tell the two apart."""
ALONE = ("--arm", "alone")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    """A few projects, recorded from both."""
    suite = Orders(tmp_path_factory.mktemp("personas") / "suite", PROJECTS, FIRST)
    for model in ("stand-in", "stand-in-junior"):
        done = suite.run(*ALONE, "--model", model, "--record", "missing", "--results", f"{model}.json")
        assert done.returncode == 1, done.stdout
    return suite


def test_the_gate_tells_better_worse_and_identical(recorded):
    for model, baseline, code, verdict in (
        ("stand-in-junior", "stand-in", 1, "gate FAILED: stand-in-junior alone against the baseline: worse: "),
        ("stand-in", "stand-in-junior", 0, "gate met: stand-in alone against the baseline: better: "),
        ("stand-in", "stand-in", 0, "gate met: stand-in alone against the baseline: identical: "),
    ):
        done = recorded.run(*ALONE, "--model", model, "--baseline", f"{baseline}.json", "--margin", "0.02")
        assert (done.returncode, verdict in done.stdout) == (code, True), done.stdout


def test_the_comparison_names_what_changed(recorded):
    done = recorded.hapi("compare", "stand-in.json", "stand-in-junior.json")
    assert done.returncode == 1
    assert "stand-in → stand-in-junior, alone: 16 pairs in 16 projects, 0 not scored in both" in done.stdout
    changes = [line.split() for line in done.stdout.splitlines() if line.startswith("  writing/order-")]
    assert changes[0][2:5] == ["completed", "→", "incomplete"] and changes[0][5].startswith("-")
    assert done.stdout.splitlines()[-1].startswith("verdict: worse: completion is lower, at most -")
    assert recorded.hapi("compare", "stand-in-junior.json", "stand-in.json").returncode == 0
