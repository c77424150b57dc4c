"""The rows that stand beside every result."""

from hapi_pytest.baselines import FILE, Row, keep, line, read, valid


def row(project, agent, passed=0, rubric="r"):
    is_complete = agent == "reference"
    return Row(project=project, agent=agent, rubric=rubric, is_complete=is_complete, passed=passed, of=10)


THREE = [row("writing/a", "reference", 10), row("writing/a", "idle"), row("writing/a", "spam", 1)]


def test_rows_replace_those_of_their_projects_alone(tmp_path):
    assert read(tmp_path) == []
    keep(tmp_path, [*THREE, row("writing/b", "idle")])
    keep(tmp_path, [row("writing/b", "spam", 2)])
    assert {(r.project, r.agent, r.passed) for r in read(tmp_path)} == {
        ("writing/a", "reference", 10), ("writing/a", "idle", 0), ("writing/a", "spam", 1), ("writing/b", "spam", 2),
    }  # fmt: skip
    before = (tmp_path / FILE).stat().st_mtime_ns
    keep(tmp_path, THREE)
    assert (tmp_path / FILE).stat().st_mtime_ns == before


def test_rows_on_another_rubric_do_not_count():
    rows = [*THREE, row("writing/b", "idle"), row("writing/c", "idle")]
    assert valid(rows, {"writing/a": "r", "writing/b": "other"}) == THREE


def test_the_line_says_what_is_known():
    assert line(THREE, 1) == (
        "beside it: reference 1/1 100 %, criteria 100 %; idle 0/1 0 %, criteria 0 %; spam 0/1 0 %, criteria 10 %, "
        "by the last self-check"
    )
    assert line(THREE, 3).endswith("by the last self-check; not measured on 2 of 3 projects")
    assert "pytest --selfcheck does it" in line([], 3)


def test_what_cannot_be_read_is_not_measured(tmp_path):
    (tmp_path / FILE).write_text("{")
    assert read(tmp_path) == []
