"""Acceptance lists: what authors write, one function per criterion."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from hapi_pytest.authored import author_module, blamed
from hapi_pytest.errors import DeliverableError, ProjectError
from hapi_pytest.extract import readable_text
from hapi_pytest.model import Importance, Mark
from hapi_pytest.projects import BRIEF, FEEDBACK, Project, Variant, rubric_file

Check = Callable[..., None]
Spans = str | Iterable[str]
"""Words that a criterion cites, of one place or of several."""
CHECK_ARGUMENTS = ("deliverable", "facts", "sandbox")


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One pass/fail statement and the check that decides it."""

    id: str
    """Kebab-case, made from the check's name."""
    statement: str
    importance: Importance
    brief: tuple[str, ...]
    """Spans of the brief that ask for it."""
    attachments: tuple[tuple[str, str], ...]
    """File name and span of attachments that ask for it."""
    check: Check
    arguments: tuple[str, ...]
    """The names that the check asks for."""
    line: int
    """Where the check stands in its file."""

    def marked(self, reason: str | None = None) -> Mark:
        """Return the criterion's mark: passed, or failed for a reason."""
        return Mark(
            criterion=self.id,
            importance=self.importance,
            statement=self.statement,
            passed=reason is None,
            reason=reason or "",
        )


class Rubric:
    """The acceptance list of one project, filled by decorating checks.

        rubric = Rubric()

        @rubric.critical("The file has one row per invoice", brief="one row for every invoice")
        def one_row_per_invoice(deliverable, facts):
            assert len(deliverable.csv("out.csv")) == facts.invoices

    A check takes any of `deliverable`, `facts` and `sandbox`, and passes unless it asserts. Mistakes are not raised
    here but found by the project's loader, which knows the file to name.
    """

    def __init__(self) -> None:
        self.criteria: list[Criterion] = []

    def critical(
        self, statement: str, *, brief: Spans = (), attachments: Mapping[str, Spans] | None = None
    ) -> Callable[[Check], Check]:
        """Declare a criterion that must pass; cite the brief's or the attachments' words that ask for it."""
        return self._declare(Importance.CRITICAL, statement, brief, attachments)

    def important(
        self, statement: str, *, brief: Spans = (), attachments: Mapping[str, Spans] | None = None
    ) -> Callable[[Check], Check]:
        """Declare a criterion that completion needs too, of less weight to the client."""
        return self._declare(Importance.IMPORTANT, statement, brief, attachments)

    def optional(
        self, statement: str, *, brief: Spans = (), attachments: Mapping[str, Spans] | None = None
    ) -> Callable[[Check], Check]:
        """Declare a criterion that is nice to have and never blocks completion."""
        return self._declare(Importance.OPTIONAL, statement, brief, attachments)

    def pitfall(
        self, statement: str, *, brief: Spans = (), attachments: Mapping[str, Spans] | None = None
    ) -> Callable[[Check], Check]:
        """Declare something to avoid, worded positively: passing means that it was avoided."""
        return self._declare(Importance.PITFALL, statement, brief, attachments)

    def _declare(
        self,
        importance: Importance,
        statement: str,
        brief: Spans,
        attachments: Mapping[str, Spans] | None,
    ) -> Callable[[Check], Check]:
        if not isinstance(statement, str) or not statement.strip():
            raise TypeError(
                f'@rubric.{importance} needs a statement: @rubric.{importance}("What must hold", brief="…")'
            )

        cited = attachments or {}

        def declare(check: Check) -> Check:
            self.criteria.append(
                Criterion(
                    id=check.__name__.replace("_", "-"),
                    statement=statement,
                    importance=importance,
                    brief=_several(brief),
                    attachments=tuple((name, span) for name, spans in cited.items() for span in _several(spans)),
                    check=check,
                    arguments=tuple(inspect.signature(check).parameters),
                    line=check.__code__.co_firstlineno,
                )
            )
            return check

        return declare

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(f"there is no importance {name!r}; there are {', '.join(Importance)}")


def imported_rubric(project: Project) -> object:
    """Import a project's rubric plainly, without pytest; None when its module has none. Raises ProjectError."""
    file = rubric_file(project.folder)
    with blamed(file, "the rubric"):
        return getattr(author_module(file), "rubric", None)


def load_rubric(project: Project) -> Rubric:
    """Import a project's rubric and check it, as far as no variant is needed; raises ProjectError."""
    return check_rubric(project, imported_rubric(project))


def check_rubric(project: Project, rubric: object) -> Rubric:
    """Check a module's rubric against its project, as far as no variant is needed; raises ProjectError."""
    file = rubric_file(project.folder)
    if not isinstance(rubric, Rubric) or not rubric.criteria:
        raise ProjectError(
            file, "there is no rubric", key="rubric", allowed="a Rubric with criteria",
            fix="write `rubric = Rubric()` and decorate one function per criterion",
        )  # fmt: skip
    seen: dict[str, Criterion] = {}
    for criterion in rubric.criteria:
        place = f"{file}:{criterion.line}"
        if criterion.id in seen:
            raise ProjectError(
                place, f"the criterion stands there twice, first in line {seen[criterion.id].line}", key=criterion.id,
                fix="rename one of the two functions",
            )  # fmt: skip
        seen[criterion.id] = criterion
        _check_criterion(place, criterion)
    _check_notes(project, seen)
    return rubric


def _check_criterion(place: str, criterion: Criterion) -> None:
    if criterion.id.startswith("test"):
        raise ProjectError(
            place, "pytest would take the check for a test", key=criterion.id,
            fix="name the function otherwise; names of tests begin with test",
        )  # fmt: skip
    spans = [*criterion.brief, *(span for _, span in criterion.attachments)]
    if not spans or not all(isinstance(span, str) and span.strip() for span in spans):
        raise ProjectError(
            place, "the criterion quotes nothing that asks for it", key=criterion.id,
            allowed='brief="words of the brief" or attachments={"file": "words of it"}',
            fix="quote the words that the client wrote, or drop the criterion",
        )  # fmt: skip
    if unknown := set(criterion.arguments) - set(CHECK_ARGUMENTS):
        raise ProjectError(
            place, "the check asks for an argument that is not there", key=criterion.id, value=sorted(unknown)[0],
            allowed=", ".join(CHECK_ARGUMENTS), fix="rename or remove the argument",
        )  # fmt: skip


def _check_notes(project: Project, criteria: Mapping[str, Criterion]) -> None:
    file = project.folder / FEEDBACK
    for key, note in project.feedback.notes.items():
        if key not in criteria:
            raise ProjectError(
                file, "the note is for a criterion that does not exist", key=f"notes.{key}", value=note[:60],
                allowed=", ".join(criteria), fix="correct the id, or remove the note",
            )  # fmt: skip
    for key, criterion in criteria.items():
        if criterion.importance.is_blocking and key not in project.feedback.notes:
            raise ProjectError(
                file, f"a {criterion.importance} criterion has no note", key=f"notes.{key}",
                fix="write what the expert says when it fails: the place and the reason, never the value",
            )  # fmt: skip


def _several(spans: Spans) -> tuple[str, ...]:
    if isinstance(spans, Iterable) and not isinstance(spans, str):
        return tuple(spans)
    return (spans,)  # also what is no span at all, of which lint tells


def check_citations(project: Project, rubric: Rubric, variant: Variant) -> None:
    """Check that every quoted span stands where the rubric says; raises ProjectError at the first that does not."""
    file = rubric_file(project.folder)
    texts = {BRIEF: _folded(variant.brief)}
    for criterion in rubric.criteria:
        place = f"{file}:{criterion.line}"
        cited = [(BRIEF, span) for span in criterion.brief] + list(criterion.attachments)
        for name, span in cited:
            if name not in texts:
                texts[name] = _attachment_text(place, criterion.id, variant, name)
            if _folded(project.filled(span, variant)) not in texts[name]:
                raise ProjectError(
                    place, f"the quoted span does not stand in {name}", key=criterion.id, value=span,
                    allowed=f"words of {name} of variant {variant.number}, white space folded",
                    fix="quote it as it is written",
                )  # fmt: skip


def _attachment_text(place: str, criterion: str, variant: Variant, name: str) -> str:
    if name not in variant.attachments:
        raise ProjectError(
            place, "the quoted attachment does not exist", key=criterion, value=name,
            allowed=", ".join(variant.attachments) or "none: the project has no attachments", fix="correct the name",
        )  # fmt: skip
    try:
        return _folded(readable_text(name, variant.attachments[name]))
    except DeliverableError as error:
        raise ProjectError(place, str(error), key=criterion, value=name, fix="quote a readable attachment") from None


def _folded(text: str) -> str:
    return " ".join(text.split())
