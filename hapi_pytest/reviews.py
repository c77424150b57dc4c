"""Recorded reviews: what an expert said of one very deliverable, criterion by criterion."""

import datetime
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec
import tomli_w

from hapi_pytest.errors import ProjectError
from hapi_pytest.projects import check_minutes
from hapi_pytest.recordings import write_whole
from hapi_pytest.tomlfile import read_toml

FOLDER = "reviews"


class Finding(StrEnum):
    """What a reviewer says of one criterion."""

    PASS = "pass"
    FAIL = "fail"
    UNCLEAR = "cannot tell"


class ReviewMark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One criterion in a review."""

    finding: Finding
    note: str = ""
    """Handed to the agent word for word."""
    gives_away: tuple[str, ...] = ()
    """The gold facts whose values stand in the note: such feedback solves instead of reviewing."""


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reviewer's findings on one submission."""

    reviewer: str
    minutes: float
    """Time the reviewer took, in minutes, without pauses."""
    recorded: datetime.date
    variant: int
    handed_in: str
    """Digest of the submission that was reviewed, as in a run's results."""
    is_blind: bool
    """Whether the reviewer saw neither model nor arm nor the checks' own marks."""
    marks: dict[str, ReviewMark]
    """By criterion."""

    @property
    def file_name(self) -> str:
        """Where it lies in its project's folder of reviews: one file for each reviewer and submission."""
        return file_name(self.variant, self.handed_in, self.reviewer)

    @property
    def gives_away(self) -> bool:
        """Whether any note gives a gold value away."""
        return any(mark.gives_away for mark in self.marks.values())


def file_name(variant: int, handed_in: str, reviewer: str) -> str:
    """Name the file of a reviewer's review of a submission; names that differ in marks alone share it."""
    slug = re.sub(r"[^a-z0-9]+", "-", reviewer.lower()).strip("-") or "reviewer"
    return f"v{variant}-{handed_in[:12]}-{slug}.toml"


def load(project: Path) -> list[Review]:
    """Read all reviews of a project's folder, oldest first; raises ProjectError for a malformed one."""
    found = [read(file) for file in files(project)]
    return sorted(found, key=lambda review: (review.recorded, review.reviewer))


def files(project: Path) -> list[Path]:
    """Return where the reviews of a project's folder lie; raises ProjectError when that is no folder."""
    folder = project / FOLDER
    if folder.exists() and not folder.is_dir():
        raise ProjectError(folder, "it is no folder", fix="make it a folder of reviews, or remove it")
    return sorted(folder.glob("*.toml"))


def of_submission(reviews: Sequence[Review], variant: int, handed_in: str) -> list[Review]:
    """Return the reviews of one very submission, oldest first; the first is what an agent gets."""
    return [review for review in reviews if (review.variant, review.handed_in) == (variant, handed_in)]


def save(project: Path, review: Review, canary: str) -> Path:
    """Write a review beside its project, whole or not at all, in the place of the same reviewer's earlier one.

    Raises OSError. The canary goes into the first line, as into everything that agents must not see.
    """
    path = project / FOLDER / review.file_name
    plain: Mapping[str, object] = msgspec.to_builtins(review, builtin_types=[datetime.date])
    write_whole(path, f"# {canary}\n{tomli_w.dumps(plain)}".encode())
    return path


def read(file: Path) -> Review:
    """Read one review; raises ProjectError for a malformed one."""
    review = read_toml(file, Review)
    check_minutes(file, review.minutes)
    if not re.fullmatch(r"[0-9a-f]{64}", review.handed_in):
        raise ProjectError(
            file,
            "names no submission",
            key="handed_in",
            value=review.handed_in,
            allowed="the SHA-256 that a run's results.json gives as handed_in",
            fix="restore the line, or record the review again with hapi review",
        )
    return review
