"""What lint finds, and the rules by which it does."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hapi_pytest.errors import ProjectError
from hapi_pytest.lint.places import from_here, key_line, last_line, line_of

RULES: Mapping[str, str] = {
    "malformed-project": "Every file of a project is there and says what it must",
    "crashing-build": "Every variant can be built, and every placeholder names a given fact",
    "broken-rubric": "The rubric can be imported, its ids differ, and its checks ask for arguments that there are",
    "rubric-size": "A rubric has five to twenty criteria",
    "uncited-criterion": "Each criterion quotes the words that ask for it",
    "citation-not-found": "Each quoted span stands in the brief or the attachment that is named, in every variant",
    "missing-note": "Every critical, important and pitfall criterion has a note",
    "stray-note": "Every note is for a criterion that exists",
    "gold-in-note": "No note gives a gold value away",
    "gold-in-brief": "The brief gives no gold value away",
    "gold-in-metadata": "No file name, property or comment of an attachment gives a gold value away",
    "unnamed-deliverable": "The brief names every deliverable",
    "canary-form": 'The canary reads "hapi-pytest canary" and a UUID',
    "canary-not-unique": "Each project has a canary of its own",
    "canary-missing": "The canary stands in every file that agents must not see",
    "canary-shown": "The canary stands in nothing that agents see",
    "held-out-among-published": "A held-out project, which says no day of publication, lies apart from published ones",
    "history-in-inputs": "No attachment is or holds a version control folder",
    "hidden-file": "No attachment is or holds a hidden file",
    "personal-metadata": "No attachment's properties name an author, an editor, a manager or a company",
    "hidden-comment": "No attachment has comments that an agent's read_file does not show",
    "tracked-change": "No attachment keeps tracked changes",
    "unsafe-grader": "No rubric runs, unpickles or imports what agents hand in",
    "broken-reference": "The reference names its flaws and equivalent forms",
    "few-equivalents": "The reference can be built in two or more equivalent forms",
    "flaw-and-equivalent": "No equivalent form has the name of a flaw",
    "unknown-criterion": "Every criterion that a flaw names exists",
    "unfailed-criterion": "Every criterion is failed by a flaw",
    "malformed-review": "Every recorded review can be read and says what it must",
    "stray-review": "Every recorded review is of criteria that exist",
    "formless-fact": "Every fact is made of plain values, so that it can be compared between processes",
    "unsteady-inputs": "A seed gives the same variant whatever the process, hash seed, time zone, locale and clock",
}
"""Rule id to what the rule asks for."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A mistake in a project, with its place."""

    file: str
    line: int
    """Counted from 1; 1 too where the whole file is meant."""
    rule: str
    """One of RULES."""
    message: str
    fix: str

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"there is no rule {self.rule!r}")

    def from_here(self) -> "Problem":
        """Return it with its file as seen from the current folder."""
        return msgspec.structs.replace(self, file=from_here(self.file))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}\n    fix: {self.fix}"


def told(rule: str, error: ProjectError, line: int = 0) -> Problem:
    """Turn what loading or checking refuses into a problem; without `line` the place is looked up in the file."""
    file, colon, number = error.file.rpartition(":")
    if not (colon and number.isdecimal()):
        file, number = error.file, "0"
    head, _, fix = str(error).removeprefix(f"{error.file}: ").rpartition("\n  fix:     ")
    message = re.sub(r"\s*\n  (key|value|allowed): +", r"; \1: ", head)
    return Problem(
        file=file,
        line=line or int(number) or _line(Path(file), error),
        rule=rule,
        message=" ".join(message.split()),
        fix=fix,
    )


def _line(file: Path, error: ProjectError) -> int:
    if found := re.search(r"not valid TOML: .*\(at (?:line (\d+)|end of document)", str(error)):
        return int(found[1]) if found[1] else last_line(file)
    if error.key and file.suffix == ".toml":
        return key_line(file, error.key)
    if placeholder := re.search(r"value: +'(\{\w+\})'", str(error)):
        return line_of(file, placeholder[1])
    return 1
