"""The commands `hapi new` and `hapi import`."""

import datetime
import shlex
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from hapi_pytest.authoring import home, jobs
from hapi_pytest.authoring.folders import Files, attached, check_free, place
from hapi_pytest.authoring.names import checked
from hapi_pytest.authoring.skeletons import FEWEST, Material, left_to_do, skeleton
from hapi_pytest.authoring.template import copied
from hapi_pytest.errors import CommandLineError, DeliverableError, HapiError, ProjectError
from hapi_pytest.extract import readable_text

PROJECTS = Path("projects")
"""Where projects lie in a suite, as seen from its folder."""


def run_new(category: str, slug: str, brief: Path | None, inputs: Path | None) -> int:
    """Write a new project and print how to go on; returns 0, or 2 when it cannot be written."""
    try:
        home.check(Path())
        category, slug = checked(category, slug)
        if inputs and not brief:
            raise CommandLineError("--inputs: belongs to a brief of your own\n  fix:     add --from-brief FILE")
        folder = PROJECTS / category / slug
        check_free(folder)
        material = _material(category, slug, brief, inputs) if brief else None
        today = datetime.date.today()
        files: Files = (
            skeleton(slug, material, _canary(), today) if material else copied(category, slug, _canary(), today)
        )
        place(PROJECTS, {f"{category}/{slug}": files})
        furnished = list(home.furnish(Path()))
    except (HapiError, OSError) as mistake:
        return _refused("new", mistake)
    print(f"{folder}: written, {_count(len(files), 'file')}", *furnished, *_left_out(material), sep="\n")
    for name, line, text in left_to_do(files):
        print(f"{folder / name}:{line}: to do: {text}")
    print("next:", *(f"  {command}" for command in _commands(folder)), sep="\n")
    return 0


def run_import(file: Path) -> int:
    """Write a skeleton for each past job of a file and print what each lacks; returns 0, or 2 with nothing written."""
    try:
        home.check(Path())
        materials, problems = _read(file)
        if problems:
            print(f"hapi import: {_count(len(problems), 'problem')}, so nothing is imported", file=sys.stderr)
            print(*problems, sep="\n", file=sys.stderr)
            return 2
        today = datetime.date.today()
        place(PROJECTS, {name: skeleton(Path(name).name, job, _canary(), today) for name, job in materials.items()})
        furnished = list(home.furnish(Path()))
    except (HapiError, OSError) as mistake:
        return _refused("import", mistake)
    hidden = [f"{PROJECTS / name}: {line}" for name, job in materials.items() for line in _left_out(job)]
    print(*furnished, *hidden, *_table(materials), sep="\n")
    print(f"{_count(len(materials), 'skeleton')} below {PROJECTS}; next, for each of them:")
    print(*(f"  {command}" for command in _commands(PROJECTS / next(iter(materials)))), sep="\n")
    return 0


def _read(file: Path) -> tuple[Mapping[str, Material], list[ProjectError]]:
    try:
        return jobs.read(file, PROJECTS)
    except ProjectError as problem:
        return {}, [problem]


def _material(category: str, slug: str, brief: Path, inputs: Path | None) -> Material:
    """Read a brief and the files that belong to it; raises ProjectError."""
    try:
        text = readable_text(brief.name, brief.read_bytes())
    except OSError as error:
        raise ProjectError(brief, f"cannot be read: {error.strerror}", fix="name the file with the brief") from None
    except DeliverableError as error:
        raise ProjectError(brief, str(error), fix="save the brief as text in UTF-8") from None
    if not text.strip() or "\0" in text:
        raise ProjectError(brief, "there is no text in it", fix="save the brief as text in UTF-8")
    files, hidden = attached(inputs) if inputs else ({}, [])
    return Material(
        category=category,
        title=slug.replace("-", " ").capitalize(),
        brief=text.replace("\r\n", "\n").replace("\r", "\n"),
        source=f"Brought in from {brief.name} with hapi new.",
        attachments={name: path for name, path in files.items() if not path.samefile(brief)},
        hidden=hidden,
    )


def _canary() -> str:
    return f"hapi-pytest canary {uuid.uuid4()}"


def _commands(folder: Path) -> Iterator[str]:
    path = shlex.quote(str(folder))
    yield from (f"hapi lint {path}", f"hapi check {path}", f"pytest {path} --record missing")


def _left_out(material: Material | None) -> Iterator[str]:
    for name in material.hidden if material else ():
        yield f"{name}: left out, for it is hidden"


def _table(materials: Mapping[str, Material]) -> Iterator[str]:
    """Yield a row for each skeleton: what the job brought with it, and what is missing."""
    head = ("project", "attachments", "price", "criteria", "deliverables", "checks", "reference", "notes")
    lines: list[tuple[str, ...]] = [head]
    for name, job in materials.items():
        count = len(job.criteria)
        lines.append(
            (
                name,
                _count(len(job.attachments), "file") if job.attachments else "none",
                "missing" if job.price_usd is None else f"{job.price_usd:g} $",
                f"{count}, {FEWEST - count} missing" if 0 < count < FEWEST else str(count or "missing"),
                *(["missing"] * 4),
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _refused(command: str, mistake: HapiError | OSError) -> int:
    told = str(mistake)
    if isinstance(mistake, OSError):
        told = f"{mistake.filename or PROJECTS}: {mistake.strerror}\n  fix:     make it a place that can be written to"
    print(f"hapi {command}: {told}", file=sys.stderr)
    return 2


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
