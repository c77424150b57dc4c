"""Client projects on disk: the only place that knows the names of their files."""

import datetime
import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from hapi_pytest import held_out
from hapi_pytest.authored import authored, blamed
from hapi_pytest.digests import canonical_digest, raw_digest
from hapi_pytest.draw import Draw
from hapi_pytest.errors import ProjectError
from hapi_pytest.extract import readable_text
from hapi_pytest.inputs import attached, built, encoded, fixed
from hapi_pytest.tomlfile import read_text, read_toml

CATEGORIES = (
    "accounting-consulting",
    "admin-support",
    "data-science-analytics",
    "engineering-architecture",
    "sales-marketing",
    "translation",
    "web-mobile-software",
    "writing",
)
PROJECT, BRIEF, FEEDBACK = "project.toml", "brief.md", "feedback.toml"
INPUTS, BUILD, REFERENCE = "inputs", "inputs.py", "reference.py"


class Difficulty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How hard the author expects the work to be, to be confronted with recordings."""

    expected: Literal["easy", "medium", "hard"]
    """Whether a strong model surely completes it alone, does so now and then, or seldom."""
    why: str


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What project.toml says."""

    title: str
    category: str
    price_usd: float
    """The fixed price that the client pays."""
    skills: list[str]
    deliverables: list[str]
    """Names of the files to hand in."""
    posted: datetime.date
    published: datetime.date | None = None
    """The day from which anyone could read the project; None for a held-out one."""
    canary: str
    """A line that must never turn up in a model's training data or in an agent's hands."""
    provenance: str
    """Who wrote the project, and after what."""
    difficulty: Difficulty | None = None


class Feedback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What feedback.toml says: an expert's notes by criterion."""

    reviewer: str
    minutes: float
    """Time the reviewer took, in minutes."""
    recorded: datetime.date
    recorded_on: str
    """The deliverables that the reviewer had before them."""
    is_authored: bool
    """Whether the notes were written with the project rather than recorded from a review."""
    notes: dict[str, str]
    """Criterion id to note: the place and the reason, never the value."""


class Facts:
    """Everything a seed decides about a project, by attribute: `given` and `gold` together."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"inputs.py gives no fact named {name!r}; it gives {', '.join(sorted(self.__dict__))}")

    def __repr__(self) -> str:
        return "facts"


class Variant(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A project built from one seed."""

    number: int
    brief: str
    """The brief with its placeholders filled."""
    attachments: Mapping[str, bytes]
    facts: Facts
    given: Mapping[str, Any]
    gold: Mapping[str, Any]
    notes: Mapping[str, str]
    """The expert's notes with their placeholders filled."""

    @functools.cached_property
    def digests(self) -> dict[str, str]:
        """Canonical digest of each attachment."""
        return {name: canonical_digest(name, content) for name, content in self.attachments.items()}


class Project:
    """One client project folder, read and checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.category, self.slug = folder.parent.name, folder.name
        self.id = f"{self.category}/{self.slug}"
        self.settings = read_toml(folder / PROJECT, Settings)
        self.feedback = read_toml(folder / FEEDBACK, Feedback)
        self._brief = read_text(folder / BRIEF, "write the client's post into it")
        if not self._brief.strip():
            raise ProjectError(folder / BRIEF, "the brief is empty", fix="write the client's post into it")
        attached(folder / INPUTS)
        _check_settings(folder / PROJECT, self.category, self.settings)
        check_minutes(folder / FEEDBACK, self.feedback.minutes)
        self._variants: dict[int, Variant] = {}

    def __repr__(self) -> str:
        return f"<project {self.id}>"

    @property
    def hidden_files(self) -> list[Path]:
        """Every file of the folder that an agent must never read: all but the brief and the fixed attachments."""
        kept = (self.folder / BRIEF, self.folder / INPUTS)
        files = (path for path in sorted(self.folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
        return [path for path in files if not any(path.is_relative_to(place) for place in kept)]

    def seed(self, number: int) -> str:
        """Return what a variant is drawn from; raises CommandLineError for a held-out one without its secret."""
        return held_out.seed(self.id, number) if held_out.is_held_out(number) else f"{self.id}:{number}"

    def variant(self, number: int, seed: str = "") -> Variant:
        """Build the inputs and facts of one variant; the same number gives the same bytes everywhere.

        `seed` is for processes that do not know the secret of held-out variants. Raises ProjectError when inputs.py
        breaks or a placeholder has no fact, and CommandLineError without that secret.
        """
        if number not in self._variants:
            self._variants[number] = self._build(number, seed or self.seed(number))
        return self._variants[number]

    def reference(self, variant: Variant, flaws: Iterable[str] = ()) -> dict[str, bytes]:
        """Build the accepted deliverable of a variant, or one with the named flaws or in the named equivalent form."""
        file = self.folder / REFERENCE
        with blamed(file, "build()"):
            return encoded(file, authored(file, "build")(variant.facts, frozenset(flaws)))

    @property
    def flaws(self) -> dict[str, tuple[str, ...]]:
        """The named flaws of the reference and the criteria that each of them must fail."""
        file = self.folder / REFERENCE
        with blamed(file, "FLAWS"):
            return {name: tuple(criteria) for name, criteria in authored(file, "FLAWS").items()}

    @property
    def equivalents(self) -> dict[str, str]:
        """Other ways to build an accepted deliverable, and why the brief allows each."""
        file = self.folder / REFERENCE
        with blamed(file, "EQUIVALENTS"):
            return {name: str(reason) for name, reason in authored(file, "EQUIVALENTS").items()}

    def _build(self, number: int, seed: str) -> Variant:
        files = fixed(self.folder / INPUTS)
        given: Mapping[str, Any] = {}
        gold: Mapping[str, Any] = {}
        if (self.folder / BUILD).exists():
            inputs = built(self.folder / BUILD, Draw(seed))
            files |= encoded(self.folder / BUILD, inputs.files)
            given, gold = dict(inputs.given), dict(inputs.gold)
        return Variant(
            number=number,
            brief=filled(self._brief, given, self.folder / BRIEF),
            attachments=dict(sorted(files.items())),
            facts=Facts({**given, **gold}),
            given=given,
            gold=gold,
            notes={key: filled(note, given, self.folder / FEEDBACK, key) for key, note in self.feedback.notes.items()},
        )

    def filled(self, span: str, variant: Variant) -> str:
        """Fill the placeholders of a span that a criterion cites."""
        return filled(span, variant.given, rubric_file(self.folder))


def filled(text: str, given: Mapping[str, Any], file: Path, key: str = "") -> str:
    """Replace every `{name}` by the given fact; raises ProjectError for a name that is not given, or a part of one."""

    def fact(match: re.Match[str]) -> str:
        if match[1] not in given:
            raise ProjectError(
                file,
                "a placeholder names no given fact",
                key=key,
                value=match[0],
                allowed=", ".join(f"{{{name}}}" for name in sorted(given)) or "none: inputs.py gives no facts",
                fix=f"add {match[1]!r} to `given` in {BUILD}, or write the braces otherwise",
            )
        return str(given[match[1]])

    if part := re.search(r"\{[a-z][a-z0-9_]*[\[.][^{}]*\}", text):
        raise ProjectError(
            file,
            "a placeholder asks for a part of a fact",
            key=key,
            value=part[0],
            allowed="a name alone, such as {town}",
            fix=f"give the part a name of its own in `given` in {BUILD}",
        )
    return re.sub(r"\{([a-z][a-z0-9_]*)\}", fact, text)


def check_minutes(file: Path, minutes: float) -> None:
    """Raise ProjectError for feedback that took its reviewer no time, or for ever."""
    if not 0 < minutes < math.inf:
        raise ProjectError(
            file, "the review took no time", key="minutes", value=minutes, allowed="a number above 0",
            fix="write how many minutes the reviewer needed",
        )  # fmt: skip


def rubric_digest(folder: Path) -> str:
    """Return the SHA-256 of a project's rubric as it stands."""
    return raw_digest(rubric_file(folder).read_bytes())


def project_id(folder: Path) -> str:
    """Return the id of the project that lies in a folder: category and name with a slash between."""
    return f"{folder.parent.name}/{folder.name}"


def variant_numbers(text: str) -> Sequence[int]:
    """Return the variants that a number, a range such as `0..6` or `held-out:5` names; raises ValueError."""
    if text.partition(":")[0] == held_out.WORD:
        return held_out.numbers(text)
    first, dots, last = text.partition("..")
    if not first.isdecimal() or (dots and not last.isdecimal()):
        raise ValueError(f"{text!r}: give a number such as 0, a range such as 0..6, or held-out")
    numbers = range(int(first), int(last if dots else first) + 1)
    if not numbers:
        raise ValueError(f"{text!r}: give the lower number first, as in 0..6")
    return numbers


def discover(root: Path) -> list[Path]:
    """Return every project folder below a folder, sorted by category and name."""
    return sorted(file.parent for file in root.glob(f"*/*/{PROJECT}"))


@functools.cache
def load(folder: Path) -> Project:
    """Read and check one project folder; raises ProjectError for an author's mistake."""
    return Project(folder.resolve())


def rubric_file(folder: Path) -> Path:
    """Return where a project's rubric and test stand."""
    return folder / f"test_{folder.name.replace('-', '_')}.py"


def attachment_texts(variant: Variant) -> dict[str, str]:
    """Return each attachment's text as an agent can read it."""
    return {name: readable_text(name, content) for name, content in variant.attachments.items()}


def _check_settings(file: Path, folder: str, settings: Settings) -> None:
    if settings.category not in CATEGORIES or settings.category != folder:
        is_none = settings.category not in CATEGORIES
        raise ProjectError(
            file, "there is no such category" if is_none else "the category is not the folder's", key="category",
            value=settings.category, allowed=folder if folder in CATEGORIES else ", ".join(CATEGORIES),
            fix="move the project into its category's folder, or correct the key",
        )  # fmt: skip
    if not 0 < settings.price_usd < 500:
        raise ProjectError(
            file, "the price is out of range", key="price_usd", value=settings.price_usd,
            allowed="a number above 0 and below 500", fix="write the fixed price in US dollars",
        )  # fmt: skip
    if not settings.deliverables or len(set(settings.deliverables)) < len(settings.deliverables):
        raise ProjectError(
            file, "the deliverables are empty or named twice", key="deliverables", value=settings.deliverables,
            allowed="one or more different file names", fix="name each file to hand in once",
        )  # fmt: skip
    for name in settings.deliverables:
        if not re.fullmatch(r"[\w][\w.-]*(/[\w][\w.-]*)*", name):
            raise ProjectError(
                file, "a deliverable's name cannot be a file in the hand-in", key="deliverables", value=name,
                allowed="letters, digits, dots, dashes and folders", fix="write a plain relative file name",
            )  # fmt: skip
