"""Projects as `hapi new` makes them are worked on like any other, even several that read alike."""

import json

import pytest

from tests.plugin.conftest import Suite


@pytest.fixture
def empty_suite(tmp_path) -> Suite:
    (tmp_path / "suite").mkdir()
    return Suite(tmp_path / "suite")


def outcomes(suite: Suite) -> dict[tuple[str, str], dict[str, bool]]:
    """Return the last run's results by project and arm."""
    last = max((suite.root / ".hapi/runs").iterdir())
    found = json.loads((last / "results.json").read_text())["outcomes"]
    return {(outcome["project"], outcome["arm"]): outcome["final"] for outcome in found}


def test_new_projects_are_recorded_and_replayed_side_by_side(empty_suite):
    for category, slug in (("writing", "tea-list"), ("translation", "tea-list"), ("writing", "tea-list-2")):
        made = empty_suite.hapi("new", category, slug)
        assert made.returncode == 0, made.stderr
    done = empty_suite.run("projects", "--record", "missing")
    assert done.returncode in (0, 1) and "unscored: 0 of 9" in done.stdout, done.stdout
    recorded = outcomes(empty_suite)
    assert len(recorded) == 9
    slips = [list(final.values()).count(False) for final in recorded.values()]
    assert max(slips) <= 4, slips  # as many as the stand-in makes, where it takes no project for another
    replayed = empty_suite.run()
    assert replayed.returncode == done.returncode and outcomes(empty_suite) == recorded
    assert {"writing", "translation"} < {line.partition(" ")[0] for line in replayed.stdout.splitlines()}
