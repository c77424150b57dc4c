"""The review app's pages; a template escapes whatever it is given."""

import functools
import re
from pathlib import PurePath

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from hapi_pytest.report.preview import PAGES
from hapi_pytest.results import CriterionFacts
from hapi_pytest.review.desk import ATTACHMENTS, DELIVERABLE, Desk, Shown
from hapi_pytest.review.drafts import LONGEST_NOTE, Draft, Entry
from hapi_pytest.review.highlight import highlighted
from hapi_pytest.review.queue import Origin, Submission
from hapi_pytest.reviews import Finding

UNFOLDED = 6
"""Files of each kind that are shown without being asked for."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One submission in the queue."""

    number: int
    title: str
    project: str
    variant: int
    digest: str
    state: str
    marked: int
    of: int
    minutes: float | None


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion with what was entered for it."""

    number: int
    name: str
    facts: CriterionFacts
    entry: Entry
    gives_away: list[str]
    passed: bool | None
    """The check's own mark; None where it is unknown or hidden."""
    reason: str


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file's place on the page; it is shown when it is asked for."""

    name: str
    address: str
    is_open: bool


class Pages:
    """Makes pages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._environment = Environment(
            loader=PackageLoader("hapi_pytest.review", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"reviewer": desk.reviewer, "run": desk.run, "is_blind": desk.is_blind}
        self._environment.filters |= {"column": _column}

    def queue(self, root: str) -> str:
        """Return the page of all submissions."""
        items = [self._item(number, one) for number, one in enumerate(self._desk.queue.submissions)]
        done = sum(item.state == "finished" for item in items)
        troubles = self._desk.queue.troubles
        return self._environment.get_template("queue.html").render(root=root, items=items, done=done, troubles=troubles)

    def submission(self, root: str, number: int) -> str:
        """Return the page of one submission; who is not blind is then known to have seen who worked."""
        desk, submission = self._desk, self._desk.queue.submissions[number]
        draft = desk.opened(submission)
        origins: tuple[Origin, ...] = () if desk.is_blind else submission.origins
        return self._environment.get_template("submission.html").render(
            root=root,
            address=f"{root}/submissions/{number}",
            settings=submission.project.settings,
            item=self._item(number, submission),
            key=f"{submission.project.id} {submission.variant} {submission.handed_in} {desk.reviewer}",
            draft=draft,
            brief=_unwrapped(desk.variant(submission).brief),
            is_outdated=desk.is_outdated(submission),
            attachments=self._files(f"{root}/submissions/{number}", submission, ATTACHMENTS),
            files=self._files(f"{root}/submissions/{number}", submission, DELIVERABLE),
            files_left_out=max(0, len(submission.taken.files) - len(desk.names(submission, DELIVERABLE))),
            refused=submission.taken.refused,
            gone=desk.gone(submission),
            origins=origins,
            criteria=self._criteria(submission, draft),
            findings=list(Finding),
            longest_note=LONGEST_NOTE,
        )

    def file(self, shown: Shown, page: str) -> str:
        """Return what is shown of one file."""
        preview = shown.preview
        return self._environment.get_template("file.html").render(
            file=preview,
            code=highlighted(preview.name, preview.text.shown) if preview.text else None,
            changes=shown.changes,
            page=page,
            is_folded=bool(preview.image) or PurePath(preview.name).suffix.lower() in PAGES,
        )

    def _item(self, number: int, submission: Submission) -> Item:
        draft = self._desk.draft(submission)
        return Item(
            number=number,
            title=submission.project.settings.title,
            project=submission.project.id,
            variant=submission.variant,
            digest=submission.handed_in[:12],
            state=_state(draft),
            marked=sum(draft.finding(name) is not None for name in submission.criteria),
            of=len(submission.criteria),
            minutes=draft.minutes if draft.seconds else None,
        )

    def _files(self, address: str, submission: Submission, kind: str) -> list[File]:
        return [
            File(name=name, address=f"{address}/{kind}/{number}/", is_open=number < UNFOLDED)
            for number, name in enumerate(self._desk.names(submission, kind))
        ]

    def _criteria(self, submission: Submission, draft: Draft) -> list[Criterion]:
        leaks = functools.partial(self._desk.gives_away, submission)
        passed, reasons = ({}, {}) if self._desk.is_blind else (submission.passed, submission.reasons)
        return [
            Criterion(
                number=number,
                name=name,
                facts=facts,
                entry=(entry := draft.entries.get(name, Entry())),
                gives_away=leaks(entry.note) if entry.note else [],
                passed=passed.get(name),
                reason=reasons.get(name, ""),
            )
            for number, (name, facts) in enumerate(submission.criteria.items(), 1)
        ]


def _unwrapped(text: str) -> str:
    """Return a text whose paragraphs are lines; lists, tables, headings and what is indented stay as they are."""
    return re.sub(r"(?<=\S)\n(?=[^\s|>#+-])(?!\*\s|\d+[.)]\s)", " ", text)


def _state(draft: Draft) -> str:
    if draft.finished is not None:
        return "finished" if draft.finished == draft.revision else "changed since it was finished"
    return "begun" if draft.entries else "not begun"


def _column(number: int) -> str:
    """Return a column's letters as spreadsheets have them, from 1 on."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
