"""Whether a seed gives the same variant in every process."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from hapi_pytest.lint.builds import Built, Order, Parts, parts
from hapi_pytest.lint.canonical import canonical
from hapi_pytest.lint.places import attachment_place, fact_place
from hapi_pytest.lint.problems import Problem
from hapi_pytest.projects import BRIEF, BUILD, FEEDBACK, Project, Variant

START = "import sys; sys.path[:] = sys.argv[1:]; from hapi_pytest.lint.builds import main; main()"
BUILD_SECONDS = 60.0
"""Wall time for building one project's variants."""
FIX = "draw everything through `draw`, sort sets, name encodings, and use neither clock nor locale"


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What is other in another process."""

    later_seconds: float
    environment: Mapping[str, str]

    def __str__(self) -> str:
        variables = " ".join(f"{name}={value}" for name, value in self.environment.items())
        later = f"{self.later_seconds:.0f} seconds" if self.later_seconds < 60 else "five years"
        return f"{later} later with {variables}"


SETTINGS = (
    Setting(later_seconds=3, environment={"PYTHONHASHSEED": "1", "TZ": "AHEAD-14", "LC_ALL": "C"}),
    Setting(
        later_seconds=(5 * 365 + 100) * 86400.0,
        environment={"PYTHONHASHSEED": "2", "TZ": "BEHIND+9:30", "LC_ALL": "de_DE.UTF-8"},
    ),
)


def formless_problems(project: Project, variant: Variant) -> Iterator[Problem]:
    """Yield every fact that has no canonical form."""
    for name, fact in {**variant.given, **variant.gold}.items():
        try:
            canonical(fact)
        except TypeError as error:
            file, line = fact_place(project.folder, name)
            yield Problem(
                file=str(file), line=line, rule="formless-fact", message=f"the fact {name}: {error}",
                fix="make it of numbers, texts, dates, lists, sets and mappings, or of dataclasses of them",
            )  # fmt: skip


class Comparison:
    """The same projects built in other processes meanwhile, one process a setting for all of them."""

    def __init__(self, projects: Sequence[Project], variants: Sequence[int]) -> None:
        order = Order(folders=[str(project.folder) for project in projects], variants=list(variants), moment=0)
        self._count = len(projects)
        self._running = [(setting, _started(setting, order)) for setting in SETTINGS if projects and variants]

    def __enter__(self) -> "Comparison":
        return self

    def __exit__(self, *error: object) -> None:
        for _, process in self._running:
            if process.returncode is None:  # something else went wrong here
                process.kill()
                process.communicate()

    def problems(self, projects: Sequence[Project]) -> Iterator[Problem]:
        """Yield every part of these projects that comes out otherwise there than here, where they can be built."""
        told: set[tuple[Path, str]] = set()
        for setting, process in self._running:
            answers, error = _answered(process, self._count)
            for project in projects:
                built = answers.get(str(project.folder), Built(error=error))
                for part, message in _differences(project, built):
                    if (project.folder, part) not in told:
                        told.add((project.folder, part))
                        yield _problem(project, part, f"{message} {setting}")


def _started(setting: Setting, order: Order) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-X", "warn_default_encoding", "-c", START, *sys.path],
        env={**os.environ, **setting.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    order = msgspec.structs.replace(order, moment=time.time() + setting.later_seconds)
    with contextlib.suppress(BrokenPipeError), process.stdin as stdin:  # what broke it is told by its exit code
        stdin.write(msgspec.json.encode(order))
    process.stdin = None
    return process


def _answered(process: subprocess.Popen[bytes], projects: int) -> tuple[dict[str, Built], str]:
    """Wait for the answer; without one, say what happened instead."""
    try:
        answer, errors = process.communicate(timeout=BUILD_SECONDS * projects)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return {}, f"no end of it within {BUILD_SECONDS * projects:.0f} s"
    try:
        return msgspec.json.decode(answer, type=dict[str, Built]), ""
    except msgspec.DecodeError:
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        return {}, f"exit code {process.returncode}: {' '.join(last)}"


def _differences(project: Project, built: Built) -> Iterator[tuple[str, str]]:
    """Yield the name of each part that differs, and what is other."""
    if built.error:
        yield "", f"the build breaks ({' '.join(built.error.split())})"
    for number, there in built.variants.items():
        here: Parts = parts(project.variant(number))
        for part in dict.fromkeys((*here, *there)):
            if here.get(part) != there.get(part):
                yield part, f"{part} of variant {number} comes out otherwise"


def _problem(project: Project, part: str, message: str) -> Problem:
    kind, _, name = part.partition(" ")
    file, line = project.folder / BUILD, 1
    if kind == "attachment":
        file, line = attachment_place(project.folder, name)
    elif kind == "fact":
        file, line = fact_place(project.folder, name)
    elif kind in ("note", BRIEF):
        file = project.folder / (FEEDBACK if kind == "note" else BRIEF)
    return Problem(file=str(file), line=line, rule="unsteady-inputs", message=message, fix=FIX)
