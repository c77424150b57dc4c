"""Past jobs, read from a file and checked whole: either all of them are sound, or all that is wrong is told."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import TypeVar

from hapi_pytest.authoring.folders import attached, check_free
from hapi_pytest.authoring.names import category_of, free, slug_of
from hapi_pytest.authoring.rows import KEYS, NEEDED, Row, rows
from hapi_pytest.authoring.skeletons import Material
from hapi_pytest.errors import DeliverableError, ProjectError
from hapi_pytest.projects import CATEGORIES
from hapi_pytest.readers import scalars

T = TypeVar("T")


def read(file: Path, root: Path) -> tuple[dict[str, Material], list[ProjectError]]:
    """Return the jobs of a file by the ids that their projects get below a folder, and everything that is wrong.

    Raises ProjectError when the file cannot be read at all.
    """
    found: dict[str, Material] = {}
    problems: list[ProjectError] = []
    lines: dict[tuple[str, str], int] = {}
    for row in rows(file):
        if isinstance(row, ProjectError):
            problems.append(row)
            continue
        reader = _Reader(file, row)
        if job := reader.job():
            first = lines.setdefault((job.category, job.title.casefold()), row.line)
            if first != row.line:
                reader.refuse(
                    f"the title stands there twice, first in line {first}", "title", job.title,
                    "one title for each job of a category", "rename one of the two, or take it out",
                )  # fmt: skip
            else:
                name = free(f"{job.category}/{slug_of(job.title, 'job')}", found)
                found[name] = job
                reader.check_free(root / name)
        problems += reader.problems
    return found, problems


class _Reader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(self, file: Path, row: Row) -> None:
        self.problems: list[ProjectError] = []
        self._file, self._row = file, row

    def job(self) -> Material | None:
        """Return what the row has for a project; None when something is wrong with it."""
        for key, value in self._row.values.items():
            if key not in KEYS:
                self.refuse("there is no such key", key, value, ", ".join(KEYS), "correct the name, or take it out")
        title, brief, name = (self._text(key) for key in NEEDED)
        category = category_of(name)
        if name and not category:
            self.refuse("there is no such category", "category", name, ", ".join(CATEGORIES), "name one of the eight")
        price = self._read("price", _price, "a number above 0 and below 500", "write the fixed price in US dollars")
        criteria = self._read("criteria", _sentences, "a list of texts", "write each thing that must hold as a text")
        attachments, hidden = self._attachments()
        if self.problems or not category:
            return None
        return Material(
            category=category,
            title=" ".join(title.split()),
            brief=brief,
            source=f"Brought in from line {self._row.line} of {self._file.name} with hapi import.",
            attachments=attachments,
            hidden=hidden,
            price_usd=price,
            criteria=criteria or (),
        )

    def check_free(self, folder: Path) -> None:
        """Refuse the row when something has its project's name already."""
        try:
            check_free(folder, f"{self._file}:{self._row.line}")
        except ProjectError as problem:
            self.problems.append(problem)

    def refuse(self, problem: str, key: str, value: object, allowed: str, fix: str) -> None:
        """Note a problem of the row."""
        shown = f"{value[:60]}…" if isinstance(value, str) and len(value) > 60 else value
        self.problems.append(
            ProjectError(f"{self._file}:{self._row.line}", problem, key=key, value=shown, allowed=allowed, fix=fix)
        )

    def _text(self, key: str) -> str:
        value = self._row.values.get(key)
        if isinstance(value, str) and value.strip():
            return value
        told = "a key is missing" if value is None else "a value has the wrong form"
        self.refuse(told, key, value, "a text", f"write {key} as a text that is not empty")
        return ""

    def _read(self, key: str, read: Callable[[object], T], allowed: str, fix: str) -> T | None:
        if key not in self._row.values:
            return None
        try:
            return read(self._row.values[key])
        except (ValueError, DeliverableError):
            self.refuse("a value has the wrong form", key, self._row.values[key], allowed, fix)
            return None

    def _attachments(self) -> tuple[Mapping[str, Path], list[str]]:
        """Return the files of the row's folder, which lies beside the file or below, and hidden ones."""
        value = self._row.values.get("attachments")
        if value is None:
            return {}, []
        where = f"a folder in {self._file.parent}, named from there"
        folder = self._file.parent / value if isinstance(value, str) else self._file
        if not isinstance(value, str) or PurePath(value).is_absolute() or ".." in PurePath(value).parts:
            self.refuse("cannot be the attachments' folder", "attachments", value, where, "move the folder there")
        elif not os.path.isdir(folder):  # unlike Path's, it takes whatever can be written
            told = "is no folder" if os.path.exists(folder) else "there is no such folder"
            self.refuse(told, "attachments", value, where, "correct the name, or leave it empty without attachments")
        elif not folder.resolve().is_relative_to(self._file.parent.resolve()):
            self.refuse("the folder lies elsewhere", "attachments", value, where, "copy it there instead of a link")
        else:
            try:
                return attached(folder)
            except ProjectError as problem:
                self.problems.append(problem)
        return {}, []


def _price(value: object) -> float:
    price = scalars.number(value, "price")
    if not 0 < price < 500:
        raise ValueError(value)
    return price


def _sentences(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(sentence, str) and sentence.strip() for sentence in value):
        raise ValueError(value)
    return tuple(" ".join(sentence.split()) for sentence in value)
