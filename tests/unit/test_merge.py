"""Merging shards whose folders are written here, line by line."""

from pathlib import Path

import msgspec
import pytest

from hapi_pytest.cli import main
from hapi_pytest.journal import EndLine, lines, settled
from hapi_pytest.merge import run
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.runs import ABOUT, KEPT, About, Run, about
from hapi_pytest.scoreboard import lines as scoreboard
from hapi_pytest.shards import shard_of

OPTIONS = {"--model": ["m"], "--category": None, "--samples": 1, "-k": "", "-m": "", "paths": []}
PROJECTS = [f"writing/p{n}" for n in range(9)]


def outcome(project: str, status: str = "completed", **rest) -> Outcome:
    return Outcome(
        model="m", agent="default", project=project, variant=0, sample=1, arm=Arm.ALONE, status=Status(status),
        price_usd=60, final={"x": True}, setup="s1", **rest,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch) -> Path:
    """Work in the root folder of a suite with nine projects."""
    monkeypatch.chdir(tmp_path)
    for project in PROJECTS:
        (tmp_path / "projects" / project).mkdir(parents=True)
        (tmp_path / "projects" / project / "project.toml").touch()
    return tmp_path


def shard(
    root: Path, number: int, of: int, *, name: str = "", collected: int | None = None, is_cut: bool = False,
    projects: str = "projects", status: str = "completed", outcomes: list[Outcome] | None = None, **options,
) -> str:  # fmt: skip
    """Write a shard's run and return its name."""
    told = About(
        root="/elsewhere", projects=projects, cassettes="cassettes", sandbox="auto", arguments=(),
        options={**OPTIONS, "--shard": f"{number}/{of}" if of else "", **options},
    )  # fmt: skip
    own = [p for p in PROJECTS if of and shard_of(p, of) == number]
    settled = [outcome(p, status) for p in own] if outcomes is None else outcomes
    written = Run(root, name or f"s{number}", "main", told)
    written.begin()
    for one in settled:
        written.journal.settle(one, is_paid=False)
    written.close()
    controller = Run(root, name or f"s{number}", "controller", told)
    controller.journal.end(collected=len(settled) if collected is None else collected, is_cut=is_cut)
    controller.close()
    return written.id


def merged(root: Path) -> Path:
    return max(path for path in (root / ".hapi/runs").iterdir() if path.name.startswith("20"))


def test_every_project_falls_to_one_shard():
    for of in (1, 2, 3, 16):
        assert {shard_of(project, of) for project in PROJECTS} <= set(range(1, of + 1))
    assert {shard_of(project, 3) for project in PROJECTS} == {1, 2, 3}


def test_a_project_falls_to_the_same_shard_for_ever():
    """By hand: sha256sum of the id, in hex, modulo the number of shards, plus one."""
    assert [shard_of("writing/grant-report", of) for of in (1, 2, 3, 7, 16)] == [1, 2, 1, 1, 4]


def test_shards_become_one_run(root, capsys):
    names = [shard(root, number, 3) for number in (1, 2, 3)]
    assert run(names[::-1], {}, 0.05) == 0
    folder = merged(root)
    outcomes = settled(folder)
    assert [one.project for one in outcomes] == PROJECTS
    assert capsys.readouterr().out.splitlines() == [
        *scoreboard(outcomes), f"merged: 3 runs, 9 outcomes, .hapi/runs/{folder.name}"
    ]  # fmt: skip
    told = about(folder)
    assert told.options == {**OPTIONS, "--shard": ""} and told.root == str(root)
    (end,) = [line for line in lines(folder) if isinstance(line, EndLine)]
    assert end.collected == 9 and not end.is_cut


def test_a_run_of_one_shard_and_runs_from_elsewhere_are_merged(root, tmp_path_factory, capsys):
    elsewhere = tmp_path_factory.mktemp("artifacts")
    shard(elsewhere, 1, 2)
    shard(elsewhere, 2, 2)
    assert run([str(elsewhere / ".hapi/runs" / name) for name in ("s1", "s2")], {}, 0.05) == 0
    shard(root, 1, 1, name="only")
    assert run(["only"], {}, 0.05) == 0
    assert "merged: 1 runs, 9 outcomes" in capsys.readouterr().out


def test_hand_ins_that_are_recorded_nowhere_come_along(root):
    for number in (1, 2):
        shard(root, number, 2)
        project = next(project for project in PROJECTS if shard_of(project, 2) == number)
        file = root / ".hapi/runs" / f"s{number}" / KEPT / "main/idle" / project / "v0-alone/notice.txt"
        file.parent.mkdir(parents=True)
        file.write_text(project)
    run(["s1", "s2"], {}, 0.05)
    kept = sorted((merged(root) / KEPT / "main/idle/writing").glob("*/v0-alone/notice.txt"))
    assert len(kept) == 2 and all(file.read_text() == f"writing/{file.parts[-3]}" for file in kept)


def test_the_last_end_of_a_resumed_run_counts(root):
    shard(root, 1, 2, is_cut=True)
    shard(root, 2, 2)
    assert run(["s1", "s2"], {}, 0.05) == 2
    shard(root, 1, 2)
    assert run(["s1", "s2"], {}, 0.05) == 0


@pytest.mark.parametrize(
    ("statuses", "gates", "max_unscored", "code"),
    [
        (("completed", "completed"), {}, 0.05, 0),
        (("completed", "incomplete"), {}, 0.05, 1),
        (("completed", "unscored"), {}, 0.6, 1),
        (("completed", "unscored"), {}, 0.05, 6),
        (("completed", "incomplete"), {Arm.ALONE: 0.4}, 0.05, 0),
        (("completed", "incomplete"), {Arm.ALONE: 0.9}, 0.05, 1),
        (("completed", "completed"), {Arm.REVIEWED: 0.1}, 0.05, 1),
        (("completed", "unscored"), {Arm.ALONE: 0.4}, 0.6, 0),
        (("completed", "unscored"), {Arm.ALONE: 0.4}, 0.05, 6),
    ],
)
def test_the_exit_code_is_that_of_pytest(root, statuses, gates, max_unscored, code, capsys):
    first = [outcome(project, statuses[0]) for project in PROJECTS[:5]]
    rest = [outcome(project, statuses[1]) for project in PROJECTS[5:]]
    shard(root, 1, 2, outcomes=first)
    shard(root, 2, 2, outcomes=rest)
    assert run(["s1", "s2"], gates, max_unscored) == code
    out = capsys.readouterr().out
    assert ("the run is invalid: 4 of 9 unscored" in out) is (code == 6)
    assert out.count("gate met") + out.count("gate FAILED") == len(gates)
    assert ("the gate does not decide: too much is unscored" in out) is (code == 6 and bool(gates))


def empty_shard(of: int) -> int:
    return min({*range(1, of + 1)} - {shard_of(project, of) for project in PROJECTS})


def test_a_missing_shard_is_named_unless_no_project_falls_to_it(root, capsys):
    for number in (1, 2, 3):
        shard(root, number, 3)
    assert run(["s1", "s3"], {}, 0.05) == 2
    assert "shard 2/3 is missing\n  fix:     run pytest --shard 2/3" in capsys.readouterr().err
    of, empty = 8, empty_shard(8)
    full = sorted({shard_of(project, of) for project in PROJECTS})
    names = [shard(root, number, of, name=f"e{number}") for number in full]
    assert run(names, {}, 0.05) == 0
    assert f"shard {empty}/8: no project falls to it\n" in capsys.readouterr().out
    assert run(names[1:], {}, 0.05) == 2
    assert f"shard {full[0]}/8 is missing" in capsys.readouterr().err


@pytest.mark.parametrize("narrowed", ["--category", "paths"])
def test_what_was_not_asked_for_is_not_missing(root, capsys, narrowed):
    (root / "projects/translation/other").mkdir(parents=True)
    (root / "projects/translation/other/project.toml").touch()
    number = shard_of("translation/other", 2)
    chosen = {"--category": ["translation"], "paths": ["projects/translation/other/test_other.py::test_project[x]"]}
    shard(root, number, 2, outcomes=[outcome("translation/other")], **{narrowed: chosen[narrowed]})
    assert run([f"s{number}"], {}, 0.05) == 0
    assert f"shard {3 - number}/2: no project falls to it" in capsys.readouterr().out
    shard(root, number, 2, name="wide", outcomes=[outcome("translation/other")])
    assert run(["wide"], {}, 0.05) == 2


def test_away_from_the_projects_nobody_knows_whether_a_shard_is_empty(root, capsys):
    shard(root, 1, 2)
    (root / "projects").rename(root / "moved")
    assert run(["s1"], {}, 0.05) == 2
    assert "fix:     run hapi merge in the root folder of the suite" in capsys.readouterr().err


def wrong_shards(root: Path, kind: str) -> None:
    match kind:
        case "twice":
            shard(root, 2, 2)
            shard(root, 1, 2, name="s3")
        case "other number":
            shard(root, 2, 3)
        case "other options":
            shard(root, 2, 2, **{"--model": ["n"], "--samples": 3})
        case "other projects":
            shard(root, 2, 2, projects="tasks")
        case "other setup":
            own = [msgspec.structs.replace(outcome(p), setup="s2") for p in PROJECTS if shard_of(p, 2) == 2]
            shard(root, 2, 2, outcomes=own)
        case "no shard":
            shard(root, 2, 0)
        case "cut":
            shard(root, 2, 2, is_cut=True)
        case "less":
            shard(root, 2, 2, collected=99)
        case "no end":
            shard(root, 2, 2)
            (root / ".hapi/runs/s2/journal-controller.jsonl").unlink()
        case "no about":
            shard(root, 2, 2)
            (root / ".hapi/runs/s2" / ABOUT).unlink()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("twice", ["shard 1/2 is given twice: .hapi/runs/s1 and .hapi/runs/s3"]),
        ("other number", ["shard 2/3 (.hapi/runs/s2) and shard 1/2 (.hapi/runs/s1) are parts of different wholes"]),
        ("other options", ["--model: ['m'] in shard 1/2 (.hapi/runs/s1), ['n'] in shard 2/2", "--samples: 1 in"]),
        ("other projects", ["hapi_projects: 'projects' in shard 1/2 (.hapi/runs/s1), 'tasks' in shard 2/2"]),
        ("other setup", ["m: the agent's prompt, tools or limits are s1 in shard 1/2 (.hapi/runs/s1), s2 in shard"]),
        ("no shard", [".hapi/runs/s2: is no shard of a run, for it was run without --shard"]),
        ("cut", ["shard 2/2 (.hapi/runs/s2) did not come to its end", "fix:     resume it: pytest --resume s2"]),
        ("less", ["shard 2/2 (.hapi/runs/s2) did not come to its end"]),
        ("no end", ["shard 2/2 (.hapi/runs/s2) did not come to its end"]),
        ("no about", [".hapi/runs/s2/run.json"]),
        ("nothing there", ["s2: there is no such run"]),
    ],
)
def test_what_is_no_whole_is_told_and_leaves_nothing(root, capsys, kind, told):
    shard(root, 1, 2)
    wrong_shards(root, kind)
    names = ["s1", "s2", *(["s3"] if kind == "twice" else [])]
    before = sorted((root / ".hapi/runs").iterdir())
    assert run(names, {}, 0.05) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("hapi merge: ") and "fix:" in captured.err + "fix:" * (kind == "nothing there")
    assert not captured.out and all(part in captured.err for part in told), captured.err
    assert sorted((root / ".hapi/runs").iterdir()) == before


def test_a_setup_of_each_project_s_own_is_no_difference(root):
    for number in (1, 2):
        own = [msgspec.structs.replace(outcome(p), setup=p) for p in PROJECTS if shard_of(p, 2) == number]
        shard(root, number, 2, outcomes=own)
    assert run(["s1", "s2"], {}, 0.05) == 0


def test_runs_without_any_outcome_are_no_result(root, capsys):
    shard(root, 1, 1, outcomes=[])
    assert run(["s1"], {}, 0.05) == 2
    assert "there is no outcome in any of them" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [["--min-completion", "2"], ["--min-completion", "alone=x"], ["--max-unscored", "-1"], ["--other"]]
)
def test_a_wrong_option_is_refused(root, monkeypatch, capsys, wrong):
    shard(root, 1, 1)
    monkeypatch.setattr("sys.argv", ["hapi", "merge", "s1", *wrong])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2 and wrong[0] in capsys.readouterr().err


def test_the_command_takes_gates_as_pytest_does(root, monkeypatch, capsys):
    shard(root, 1, 1, status="incomplete")
    asked = ["--min-completion", "0", "--max-unscored", "0.2"]
    monkeypatch.setattr("sys.argv", ["hapi", "merge", "s1", *asked])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0 and "gate met: m alone 0.0%, at least 0.0% asked" in capsys.readouterr().out
