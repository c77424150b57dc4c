"""Merging the shards of a run: one result, as if it had been run in one piece."""

import itertools
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hapi_pytest import gate, measures, scoreboard
from hapi_pytest.errors import CommandLineError, HapiError
from hapi_pytest.journal import RUNS, EndLine, lines, settled
from hapi_pytest.model import Arm, Outcome, Status
from hapi_pytest.projects import discover, project_id
from hapi_pytest.runs import KEPT, About, Run, about, new_run_id, run_folder
from hapi_pytest.shards import shard_of

SHARD = "--shard"


class Shard(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a run, as it lies in its folder."""

    folder: Path
    about: About
    number: int
    of: int
    outcomes: Sequence[Outcome]

    def __str__(self) -> str:
        return f"shard {self.number}/{self.of} ({self.folder})"


def run(names: Sequence[str], gates: Mapping[Arm, float], max_unscored: float) -> int:
    """Merge runs and print the result; returns pytest's exit code of the whole, 2 when they are no whole."""
    try:
        shards = [_shard(run_folder(name, Path(RUNS))) for name in names]
        shards.sort(key=lambda shard: (shard.of, shard.number))
        outcomes = [outcome for shard in shards for outcome in shard.outcomes]
        _check(shards)
        notes = list(_missing(shards))
        folder = _written(shards, outcomes, names)
    except HapiError as mistake:
        print(f"hapi merge: {mistake}", file=sys.stderr)
        return 2
    code, verdicts = _judged(outcomes, gates, max_unscored)
    print(*notes, *scoreboard.lines(outcomes), *verdicts, sep="\n")
    print(f"merged: {len(shards)} runs, {len(outcomes)} outcomes, {folder}")
    return code


def _shard(folder: Path) -> Shard:
    """Read one shard; raises CommandLineError for what is none, and for one that did not come to its end."""
    told = about(folder)
    part = re.fullmatch(r"(\d+)/(\d+)", str(told.options.get(SHARD)))
    if not part:
        raise CommandLineError(
            f"{folder}: is no shard of a run, for it was run without {SHARD}\n"
            f"  fix:     run every part with {SHARD} I/N, and name those runs"
        )
    outcomes = settled(folder)
    shard = Shard(folder=folder, about=told, number=int(part[1]), of=int(part[2]), outcomes=outcomes)
    ends = [line for line in lines(folder) if isinstance(line, EndLine)]
    if not ends or ends[-1].is_cut or len(outcomes) < ends[-1].collected:
        raise CommandLineError(
            f"{shard} did not come to its end\n  fix:     resume it: pytest --resume {folder.resolve().name}"
        )
    return shard


def _check(shards: Sequence[Shard]) -> None:
    """Raise CommandLineError for shards that are not of one run."""
    first = shards[0]
    problems = [f"{other} and {first} are parts of different wholes" for other in shards if other.of != first.of]
    for one, next_one in itertools.pairwise(shards):
        if (one.number, one.of) == (next_one.number, next_one.of):
            problems.append(f"shard {one.number}/{one.of} is given twice: {one.folder} and {next_one.folder}")
    for other in shards[1:]:
        problems += _differences(first, other)
    problems += _other_setups(shards)
    if not any(shard.outcomes for shard in shards):
        problems.append("there is no outcome in any of them")
    if problems:
        told = ["these runs are no shards of one run", *(f"  {problem}" for problem in problems)]
        raise CommandLineError("\n".join([*told, "  fix:     name each shard once, all run with the same options"]))


def _differences(first: Shard, other: Shard) -> Iterator[str]:
    """Yield the settings in which two shards differ."""
    then, now = _settings(first.about), _settings(other.about)
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield f"{name}: {then.get(name)!r} in {first}, {now.get(name)!r} in {other}"


def _settings(told: About) -> dict[str, Any]:
    options = {name: value for name, value in told.options.items() if name != SHARD}
    return options | {"hapi_projects": told.projects, "hapi_cassettes": told.cassettes}


def _other_setups(shards: Iterable[Shard]) -> Iterator[str]:
    """Yield the models whose agent was set up otherwise in another shard."""
    seen: dict[str, tuple[str, Shard]] = {}
    for shard in shards:
        for model, outcomes in measures.grouped(shard.outcomes, lambda outcome: outcome.model).items():
            setups = {outcome.setup for outcome in outcomes} - {""}
            if len(setups) != 1:  # a setup of each project's own says nothing about other projects
                continue
            before, where = seen.setdefault(model, (min(setups), shard))
            if {before} != setups:
                yield (
                    f"{model}: the agent's prompt, tools or limits are {before} in {where}, {min(setups)} in {shard}"
                )


def _missing(shards: Sequence[Shard]) -> Iterator[str]:
    """Yield a line for each part that no project falls to; raises CommandLineError for parts that are missing."""
    given, of = {shard.number for shard in shards}, shards[0].of
    absent = [number for number in range(1, of + 1) if number not in given]
    if not absent:
        return
    taken = {shard_of(project, of) for project in _projects(shards)}
    for number in absent:
        if number in taken:
            raise CommandLineError(
                f"shard {number}/{of} is missing\n"
                f"  fix:     run pytest {SHARD} {number}/{of} with the same options, and name that run too"
            )
        yield f"shard {number}/{of}: no project falls to it"


def _projects(shards: Sequence[Shard]) -> list[str]:
    """Return all projects that the whole run may have; raises CommandLineError when they are not known here."""
    told = shards[0].about
    folders = [folder.resolve() for folder in discover(Path(told.projects))]
    found = {project_id(folder): folder for folder in folders}
    elsewhere = {outcome.project for shard in shards for outcome in shard.outcomes} - found.keys()
    if elsewhere:
        raise CommandLineError(
            f"{told.projects}: has no {min(elsewhere)}, so that nobody can tell whether the missing shards are empty\n"
            "  fix:     run hapi merge in the root folder of the suite"
        )
    categories = told.options.get("--category") or []
    paths = [Path(path.partition("::")[0]).resolve() for path in told.options.get("paths") or ["."]]
    return [
        project
        for project, folder in found.items()
        if (not categories or project.split("/")[0] in categories)
        and any(folder.is_relative_to(path) or path.is_relative_to(folder) for path in paths)
    ]


def _written(shards: Sequence[Shard], outcomes: Sequence[Outcome], names: Sequence[str]) -> Path:
    """Write the run of the whole and return its folder."""
    told = msgspec.structs.replace(
        shards[0].about,
        root=str(Path.cwd()),
        options=shards[0].about.options | {SHARD: ""},
        arguments=("hapi", "merge", *names),
    )
    merged = Run(Path(), new_run_id(), "merge", told)
    for shard in shards:
        if (shard.folder / KEPT).is_dir():
            shutil.copytree(shard.folder / KEPT, merged.folder / KEPT, symlinks=True, dirs_exist_ok=True)
    for outcome in outcomes:
        merged.journal.settle(outcome, is_paid=False)
    merged.journal.end(collected=len(outcomes), is_cut=False)
    merged.close()
    return merged.folder


def _judged(outcomes: Sequence[Outcome], gates: Mapping[Arm, float], max_unscored: float) -> tuple[int, list[str]]:
    """Return the exit code and the lines that tell what it depends on, as pytest does."""
    decided = gate.decide(outcomes, sorted({outcome.model for outcome in outcomes}), gates)
    told = [str(result) for result in decided]
    if invalid := scoreboard.invalid(outcomes, max_unscored):
        undecided = ["the gate does not decide: too much is unscored"] if decided else []
        return scoreboard.INVALID, [*told, *undecided, invalid]
    if decided:
        return (0 if all(result.is_met for result in decided) else 1), told
    return (0 if all(outcome.status is Status.COMPLETED for outcome in outcomes) else 1), told
