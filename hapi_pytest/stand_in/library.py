"""The client projects that the stand-in knows, and how it recognises them by what it reads."""

import contextlib
import functools
import json
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from hapi_pytest import held_out
from hapi_pytest.errors import DeliverableError, ProjectError
from hapi_pytest.extract import readable_text
from hapi_pytest.projects import BRIEF, Project, Variant, discover, load
from hapi_pytest.stand_in.attempts import Shown

VARIANTS = 40
"""Variants 0 to 39 are known, and as many held-out ones where their secret is."""
_PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")


class Library:
    """Every project below a root, built as far as a conversation needs it."""

    def __init__(self, root: Path) -> None:
        self._templates = {project: _literals(project) for project in _loaded(root)}
        self._lock = threading.Lock()

    def project(self, message: str) -> Project | None:
        """Return the project whose brief stands in a message, by the parts of it that no variant changes."""
        said = folded(message)
        found = [project for project, parts in self._templates.items() if _stand_in_order(parts, said)]
        return max(found, key=lambda project: sum(map(len, self._templates[project])), default=None)

    def variants(self, project: Project, message: str) -> Iterator[Variant]:
        """Yield the known variants whose filled brief stands in a message."""
        said = folded(message)
        for number in (*range(VARIANTS), *held_out.known(VARIANTS)):
            with self._lock:
                variant = project.variant(number)
            if folded(variant.brief) in said:
                yield variant

    def variant(self, project: Project, message: str, shown: Mapping[str, Shown]) -> Variant | None:
        """Return the variant whose attachments read as the tools have shown them."""
        return next((v for v in self.variants(project, message) if _is_shown(_texts(project, v.number), shown)), None)

    def reference(self, project: Project, variant: Variant, flaws: frozenset[str]) -> dict[str, bytes]:
        """Return what is handed in with these flaws."""
        with self._lock:
            return _reference(project, variant.number, flaws)


def folded(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


def _loaded(root: Path) -> Iterator[Project]:
    for folder in discover(root):
        try:
            yield load(folder)
        except ProjectError:
            continue  # its own tests tell what is wrong with it; the others can still be worked on


def _literals(project: Project) -> tuple[str, ...]:
    template = (project.folder / BRIEF).read_text(encoding="utf-8")
    return tuple(part for part in map(folded, _PLACEHOLDER.split(template)) if part)


def _stand_in_order(parts: tuple[str, ...], text: str) -> bool:
    place = 0
    for part in parts:
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return bool(parts)


def _is_shown(texts: Mapping[str, str], shown: Mapping[str, Shown]) -> bool:
    for name, text in texts.items():
        seen = folded(shown[name].text) if name in shown else None
        if seen is None or not (text.startswith(seen) if shown[name].offset else _is_same(text, seen)):
            return False
    return True


def _is_same(text: str, seen: str) -> bool:
    """Compare texts, and JSON by its values: for some services litellm parses and respaces it."""
    if text == seen or not text.startswith("{"):
        return text == seen
    try:
        return bool(json.loads(text) == json.loads(seen))
    except ValueError:
        return False


@functools.lru_cache(maxsize=1024)
def _texts(project: Project, number: int) -> dict[str, str]:
    """Return the folded texts of the attachments that have a text."""
    texts = {}
    for name, content in project.variant(number).attachments.items():
        with contextlib.suppress(DeliverableError):
            texts[name] = folded(readable_text(name, content))
    return texts


@functools.lru_cache(maxsize=256)
def _reference(project: Project, number: int, flaws: frozenset[str]) -> dict[str, bytes]:
    return project.reference(project.variant(number), flaws)
