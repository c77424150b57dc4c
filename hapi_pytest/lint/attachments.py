"""What agents get of a project: brief and attachments, checked for leaks, hints and gaps."""

import re
from collections.abc import Iterator

from hapi_pytest.lint.gold import Gold
from hapi_pytest.lint.places import attachment_place, key_line, line_of
from hapi_pytest.lint.problems import Problem
from hapi_pytest.lint.traces import Trace, traces
from hapi_pytest.projects import BRIEF, FEEDBACK, PROJECT, Project, Variant

FIXES = {
    "history-in-inputs": "attach the files without their version control folder",
    "hidden-file": "leave it out, or attach it under a name that does not hide it",
    "personal-metadata": "remove the property; hapi_pytest.writers.office_bytes writes office files without",
    "hidden-comment": "remove the comment, or write it into the text",
    "tracked-change": "accept or reject the changes before the file is attached",
}


def gold_problems(project: Project, variant: Variant, gold: Gold) -> Iterator[Problem]:
    """Yield every note that gives a gold value away, and the brief if it does."""
    file = project.folder / FEEDBACK
    for key, note in variant.notes.items():
        if leaks := gold.leaks(note):
            yield Problem(
                file=str(file), line=key_line(file, key), rule="gold-in-note",
                message=f"the note {key} gives a gold value away: {_named(leaks)}",
                fix="name the place and the reason, never the value",
            )  # fmt: skip
    file = project.folder / BRIEF
    if leaks := gold.leaks(variant.brief):
        spellings = [leak.partition(": ")[2] for leak in leaks]
        yield Problem(
            file=str(file), line=line_of(file, *spellings), rule="gold-in-brief",
            message=f"the brief gives a gold value away: {_named(leaks)}",
            fix="take it out, or make it a given fact if agents are meant to know it",
        )  # fmt: skip


def trace_problems(project: Project, variant: Variant, gold: Gold) -> Iterator[Problem]:
    """Yield what attachments hold besides what agents are meant to read, and where that gives a gold value away."""
    for name, content in variant.attachments.items():
        for trace in traces(name, content):
            if trace.rule:
                yield _problem(project, name, trace.rule, _described(trace), FIXES[trace.rule])
            if leaks := gold.leaks(trace.text):
                yield _problem(
                    project, name, "gold-in-metadata", f"{trace.place} gives a gold value away: {_named(leaks)}",
                    "name the file otherwise, or remove the property",
                )  # fmt: skip


def naming_problems(project: Project, variant: Variant) -> Iterator[Problem]:
    """Yield every deliverable that the brief does not name."""
    file = project.folder / PROJECT
    for name in project.settings.deliverables:
        if not re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", variant.brief):
            yield Problem(
                file=str(file), line=key_line(file, "deliverables"), rule="unnamed-deliverable",
                message=f"the brief does not name the deliverable {name}",
                fix=f"ask for {name} in {BRIEF}, or remove it from the deliverables",
            )  # fmt: skip


def _problem(project: Project, name: str, rule: str, message: str, fix: str) -> Problem:
    file, line = attachment_place(project.folder, name)
    return Problem(file=str(file), line=line, rule=rule, message=message, fix=fix)


def _described(trace: Trace) -> str:
    if trace.rule in ("history-in-inputs", "hidden-file"):
        return f"{trace.place} is attached"
    text = trace.text if len(trace.text) <= 60 else f"{trace.text[:60]}…"
    return f"{trace.place} says {text!r}"


def _named(leaks: list[str]) -> str:
    return ", ".join(leaks[:3]) + (f" and {len(leaks) - 3} more" if len(leaks) > 3 else "")
