"""The results of a run as one file: what was measured, on what, and how each arm of each engagement ended.

Everything is derived from the run's journal and its projects; no rate and no sum is stored.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hapi_pytest import baselines, reviews
from hapi_pytest.baselines import Row
from hapi_pytest.digests import raw_digest
from hapi_pytest.errors import CommandLineError, HapiError
from hapi_pytest.held_out import check_target
from hapi_pytest.journal import RUNS, EndLine, lines, outcomes_of
from hapi_pytest.model import Importance, Outcome, Status
from hapi_pytest.projects import load, rubric_digest, rubric_file
from hapi_pytest.recordings import UNRECORDED, write_whole
from hapi_pytest.reviews import Review
from hapi_pytest.rubric import load_rubric
from hapi_pytest.runs import ABOUT, about, folder_behind, run_folder

SCHEMA = 1
FILE = "results.json"


class CriterionFacts(msgspec.Struct, frozen=True):
    """One criterion, as the rubric words it."""

    statement: str
    importance: Importance


class ProjectFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One project, as it was when the run was made."""

    title: str
    price_usd: float
    digest: str
    """SHA-256 of everything in its folder but the rubric and reviews, which are bound to submissions."""
    rubric: str
    """SHA-256 of the rubric's file."""
    criteria: Mapping[str, CriterionFacts]
    """By id."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to."""

    schema: int = SCHEMA
    suite: str
    """Version of the suite: it changes whenever a verdict on the same hand-in can change."""
    run: str
    at: str
    """When its last line was written, in ISO 8601."""
    collected: int
    is_cut: bool
    """Whether something stopped the run before everything was settled."""
    options: Mapping[str, Any]
    """The options and the selection that decide what was measured."""
    projects: Mapping[str, ProjectFacts]
    reviews: Mapping[str, tuple[Review, ...]] = {}
    """Recorded reviews of these projects' submissions, by project; also of submissions that this run did not see."""
    baselines: tuple[Row, ...] = ()
    """What agents without a model come to on these rubrics."""
    outcomes: tuple[Outcome, ...]

    @property
    def models(self) -> list[str]:
        """Whose results these are."""
        return sorted({outcome.model for outcome in self.outcomes})

    def of(self, model: str) -> list[Outcome]:
        """Return one model's outcomes."""
        return [outcome for outcome in self.outcomes if outcome.model == model]

    @property
    def marks(self) -> dict[tuple[str, int, str], dict[str, bool]]:
        """What the checks found in each submission, by project, variant and digest of what was handed in."""
        found = {}
        for outcome in self.outcomes:
            if outcome.handed_in and outcome.final:
                found[outcome.project, outcome.variant, outcome.handed_in] = outcome.final
            for review in self.reviews.get(outcome.project, ()):  # a run without the alone arm has its marks here alone
                if outcome.reviews[:1] == (review.file_name,) and len(outcome.recordings) == 2:
                    found.setdefault((outcome.project, outcome.variant, review.handed_in), outcome.alone)
        return found

    def encode(self) -> bytes:
        """Write the results as JSON, one outcome a line."""
        plain = msgspec.to_builtins(self)
        outcomes = [msgspec.json.encode(outcome).decode() for outcome in plain.pop("outcomes")]
        head = msgspec.json.format(msgspec.json.encode(plain), indent=1).decode().removesuffix("\n}")
        every = ",\n".join(outcomes)
        return f'{head},\n "outcomes": [\n{every}\n ]\n}}\n'.encode()


def of_run(folder: Path) -> Results:
    """Derive the results of a run from its journal; raises CommandLineError for what is no run."""
    told, every = about(folder), lines(folder)
    outcomes = outcomes_of(every)
    ends = [line for line in every if isinstance(line, EndLine)]
    root = Path(told.root) / told.projects
    projects = {project: _facts(root / project) for project in sorted({o.project for o in outcomes})}
    rubrics = {project: facts.rubric for project, facts in projects.items()}
    return Results(
        suite=told.suite,
        run=folder.resolve().name,
        at=every[-1].at if every else "",
        collected=ends[-1].collected if ends else len(outcomes),
        is_cut=not ends or ends[-1].is_cut,
        options=told.options,
        projects=projects,
        reviews={project: tuple(found) for project in projects if (found := reviews.load(root / project))},
        baselines=tuple(baselines.valid(baselines.read(Path(told.root) / told.cassettes), rubrics)),
        outcomes=tuple(outcomes),
    )


def found(name: str, runs: Path = Path(RUNS)) -> Results:
    """Return results by their file, or by a run: its folder, its name, or `latest`.

    Raises CommandLineError when there are none, when they are of another schema, and when they are not valid.
    """
    path = Path(name)
    if path.is_file():
        return _read(path)
    folder = run_folder(name, runs)
    if (folder / FILE).is_file() and not (folder / ABOUT).is_file():
        return _read(folder / FILE)
    results = of_run(folder)
    _check(results, str(folder))
    return results


def write(results: Results, path: Path) -> None:
    """Write results to a file, whole or not at all."""
    write_whole(path, results.encode())


def written(command: str, name: str, folder: Path, write: Callable[[Results, Path | None], Sequence[Path]]) -> int:
    """Let a command write something of results and their run, if it is there, into a folder, and print the paths.

    Returns 2 for a wrong name or folder, and otherwise 0.
    """
    try:
        results = found(name)
        check_target(folder, (outcome.variant for outcome in results.outcomes), Path.cwd())
        paths = write(results, folder_behind(name))
    except HapiError as mistake:
        print(f"hapi {command}: {mistake}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"hapi {command}: {folder}: {error.strerror}\n  fix:     name a folder to write to", file=sys.stderr)
        return 2
    print(*paths, sep="\n")
    return 0


def unaudited(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Name what counts as completed without anything that shows it: no hand-in, or no transcript."""
    for outcome in outcomes:
        has_work = bool(outcome.transcripts) or bool(outcome.kept) or outcome.agent in UNRECORDED
        if outcome.status is Status.COMPLETED and not (outcome.handed_in and has_work):
            yield f"{outcome.project}, variant {outcome.variant}, {outcome.model}, {outcome.arm}"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file."""
    return msgspec.json.schema(Results)


def _facts(folder: Path) -> ProjectFacts:
    """Describe a project as it is now; raises ProjectError for a broken one."""
    project = load(folder)
    rubric = rubric_file(folder)
    content = {
        path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode(): raw_digest(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != rubric and "__pycache__" not in path.parts
        if not path.is_relative_to(folder / reviews.FOLDER)
    }
    return ProjectFacts(
        title=project.settings.title,
        price_usd=project.settings.price_usd,
        digest=raw_digest(msgspec.json.encode(content)),
        rubric=rubric_digest(folder),
        criteria={c.id: CriterionFacts(c.statement, c.importance) for c in load_rubric(project).criteria},
    )


def _read(path: Path) -> Results:
    try:
        results = _decoder.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise CommandLineError(
            f"{path}: {error}\n  fix:     name a file that a run has written as {FILE}, or a run"
        ) from None
    if results.schema != SCHEMA:
        raise CommandLineError(
            f"{path}: schema {results.schema} is another version's\n  allowed: {SCHEMA}\n"
            "  fix:     use the version of hapi-pytest that wrote it"
        )
    _check(results, str(path))
    return results


def _check(results: Results, place: str) -> None:
    """Raise CommandLineError for results that cannot be believed."""
    for what in unaudited(results.outcomes):
        raise CommandLineError(
            f"{place}: is not valid: {what} is completed, and names no transcript or no hand-in that shows it\n"
            "  fix:     run the suite again; such a line is not written by a run"
        )


_decoder = msgspec.json.Decoder(Results)
