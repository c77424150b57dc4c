"""Malformed projects: lint and pytest tell each in one message with file, place and fix, and without a traceback."""

import json
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hapi_pytest.projects import rubric_file

SOUND = Path(__file__).parents[1] / "unit/lint/projects/admin-support/guest-list"
RUBRIC, CANARY = "test_guest_list.py", "8d0f2a5e-6b1c-4e0f-9a77-2f6c9f1d3b42"
REVIEW = f"""\
# hapi-pytest canary {CANARY}
reviewer = "Ada"
minutes = 9.5
recorded = 2026-11-20
variant = 0
handed_in = "{"a1" * 32}"
is_blind = false

[marks.sorted-by-name]
finding = "fail"
note = "Look at the second line."

[marks.nights-are-right]
finding = "pass"
"""
BUILD = "from hapi_pytest import Inputs\n\n\ndef build(draw):\n    return"
Spoil = Callable[[Path], None]


@dataclass
class Case:
    """What is done to a sound project, and what must be said of it."""

    spoil: Spoil
    rule: str
    file: str
    says: str
    at: str = ""
    """What stands on the line that lint names; empty for line 1."""
    reaches_pytest: bool = True


def put(file: str, content: str | bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    return spoil


def edit(file: str, old: str, new: str) -> Spoil:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def gone(file: str) -> Spoil:
    return lambda folder: (folder / file).unlink()


def folder_instead(file: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        (folder / file).mkdir(parents=True)

    return spoil


def loop(folder: Path) -> None:
    (folder / "inputs").mkdir()
    (folder / "inputs" / "more").symlink_to(folder / "inputs")


def reviewed(old: str, new: str) -> Spoil:
    assert REVIEW.count(old) == 1, old
    return put("reviews/v0-a1.toml", REVIEW.replace(old, new))


def toml(old: str, new: str, says: str, at: str | None = None) -> Case:
    return Case(edit("project.toml", old, new), "malformed-project", "project.toml", says, new if at is None else at)


def notes(old: str, new: str, says: str, at: str | None = None, rule: str = "malformed-project") -> Case:
    return Case(edit("feedback.toml", old, new), rule, "feedback.toml", says, new if at is None else at)


def inputs(old: str, new: str, says: str, at: str) -> Case:
    return Case(edit("inputs.py", old, new), "crashing-build", "inputs.py", says, at)


def returned(value: str, says: str) -> Case:
    return Case(
        put("inputs.py", f"# hapi-pytest canary {CANARY}\n{BUILD} {value}\n"), "crashing-build", "inputs.py", says
    )


def rubric(old: str, new: str, says: str, at: str, rule: str = "broken-rubric") -> Case:
    return Case(edit(RUBRIC, old, new), rule, RUBRIC, says, at)


def review(spoil: Spoil, says: str, at: str = "", rule: str = "malformed-review") -> Case:
    return Case(spoil, rule, "reviews/v0-a1.toml", says, at, rule == "malformed-review")


AGAIN = """@rubric.optional("There is one" * 2, brief="if you like")
def has_a_heading(deliverable): ...


def test_"""
SORTED = '@rubric.critical("Lines are sorted by name", brief="sorted by name")'
CASES: Mapping[str, Case] = {
    "toml-broken": toml("= 15", "= = 15", "not valid TOML"),
    "toml-cut-off": toml('["Data entry"]', '["Data entry"', "not valid TOML", "deliverables ="),
    "toml-unknown-key": toml("price_usd = 15", "price = 15", "there is no such key; key: price; value: 15"),
    "toml-extra-key": toml("price_usd = 15", 'price_usd = 15\nurgency = "high"', "there is no such key; key: urgency"),
    "toml-wrong-type": toml("= 15", '= "15"', "allowed: a number"),
    "toml-wrong-list": toml('["Data entry"]', '"Data entry"', "allowed: a list in brackets"),
    "toml-long-number": toml("= 15", f"= {'9' * 5000}", "not valid TOML", ""),
    "toml-missing": Case(gone("feedback.toml"), "malformed-project", "feedback.toml", "the file is missing"),
    "category-unknown": toml('"admin-support"', '"gardening"', "there is no such category"),
    "category-of-another-folder": toml('"admin-support"', '"writing"', "the category is not the folder's"),
    "price-negative": toml("= 15", "= -15", "the price is out of range"),
    "price-nan": toml("= 15", "= nan", "the price is out of range"),
    "canary-missing": toml(f'canary = "hapi-pytest canary {CANARY}"\n', "", "key: canary", ""),
    "canary-empty": Case(
        edit("project.toml", f"hapi-pytest canary {CANARY}", ""), "canary-form", "project.toml", "'' is no canary",
        "canary =", reaches_pytest=False,
    ),
    "brief-empty": Case(put("brief.md", " \n"), "malformed-project", "brief.md", "the brief is empty"),
    "brief-in-latin-1": Case(put("brief.md", b"Gr\xfc\xdfe"), "malformed-project", "brief.md", "is not UTF-8"),
    "brief-unknown-placeholder": Case(
        edit("brief.md", "{signed}", "{singed}"), "crashing-build", "brief.md", "names no given fact", "{singed}"
    ),
    "brief-a-folder": Case(folder_instead("brief.md"), "malformed-project", "brief.md", "Is a directory"),
    "minutes-of-0": notes("minutes = 5", "minutes = 0", "took no time"),
    "note-no-text": notes(
        'last-day-is-right = "Add', 'last-day-is-right = 5 # "Add', "key: notes.last-day-is-right; value: 5"
    ),
    "note-for-nothing": notes("[notes]", '[notes]\nother = "x"', "a criterion that does not exist", rule="stray-note"),
    "inputs-no-python": inputs("def build(draw: Draw) ->", "def build(draw: Draw ->", "SyntaxError", "def build("),
    "inputs-no-build": inputs("def build(", "def make(", "there is no build in it", ""),
    "inputs-raises": inputs("/ 100", "/ 0", "ZeroDivisionError", "/ 0"),
    "inputs-raises-elsewhere": inputs("draw.choice(NAMES)", "draw.choice(())", "build() crashed", "draw.choice(())"),
    "inputs-exits": inputs("    import docx", "    raise SystemExit(1)", "SystemExit", "raise SystemExit"),
    "inputs-no-inputs": returned("{}", "does not return Inputs; value: 'dict'"),
    "inputs-files-a-list": returned("Inputs(files=[], given={}, gold={})", "files of the wrong kind"),
    "inputs-gold-a-list": returned("Inputs(files={}, given={'signed': 'x'}, gold=[])", "gold of the wrong kind"),
    "inputs-file-a-number": returned("Inputs(files={'a.txt': 5}, given={}, gold={})", "build() returns 'a.txt' as int"),
    "inputs-file-outside": returned("Inputs(files={'../a.txt': ''}, given={}, gold={})", "that it cannot have"),
    "attachment-loop": Case(loop, "malformed-project", "inputs/more", "a link is no attachment"),
    "attachment-not-utf-8": Case(
        lambda folder: put("inputs/x", b"")(folder) or (folder / "inputs/x").rename(folder / "inputs/x\udcff"),
        "malformed-project", "inputs/x\\udcff", "no file that can be attached",
    ),
    "inputs-a-file": Case(put("inputs", "x"), "malformed-project", "inputs", "it is no folder"),
    "reference-without-build": Case(
        edit("reference.py", "def build(", "def make("), "broken-reference", "reference.py", "there is no build in it"
    ),
    "reference-without-flaws": Case(
        edit("reference.py", "FLAWS = {", "SLIPS = {"), "broken-reference", "reference.py", "there is no FLAWS in it",
        reaches_pytest=False,
    ),
    "reference-a-folder": Case(folder_instead("reference.py"), "broken-reference", "reference.py", "Is a directory"),
    "rubric-no-python": rubric("= Rubric()", "= Rubric(", "SyntaxError", "= Rubric("),
    "rubric-no-name": rubric("= Rubric()", "= Rubrik()", "NameError", "= Rubrik()"),
    "rubric-import": rubric("\nrubric =", "import no_such_module\n\nrubric =", "No module named", "import no_such"),
    "rubric-exits": rubric("= Rubric()", "= Rubric()\nraise SystemExit(1)", "SystemExit", "raise SystemExit"),
    "rubric-without-criteria": rubric("def test_", "rubric = Rubric()\n\n\ndef test_", "there is no rubric", ""),
    "rubric-without-test": rubric("list(engagement)", "list()", "no test asks for the engagement", ""),
    "rubric-ids-twice": rubric("def test_", AGAIN, "stands there twice, first in line", 'optional("There is one"'),
    "rubric-argument": rubric("cancelled_left_out(deliverable, facts)", "cancelled_left_out(deliverable, fact)",
        "asks for an argument that is not there", "@rubric.pitfall"),
    "rubric-importance": rubric("@rubric.optional", "@rubric.decisive", "no importance 'decisive'", "@rubric.decisive"),
    "rubric-statement": rubric(SORTED, "@rubric.critical", "needs a statement", "@rubric.critical\n"),
    "rubric-citation-nowhere": rubric(
        'brief="sorted by name"', 'brief="sorted by rank"', "does not stand in brief.md", SORTED[:30],
        "citation-not-found",
    ),
    "rubric-citation-no-text": rubric(
        'brief="sorted by name"', "brief=[5]", "quotes nothing", SORTED[:30], "uncited-criterion"
    ),
    "review-broken": review(reviewed("minutes = 9.5", "minutes = = 9.5"), "not valid TOML", "minutes = = 9.5"),
    "review-minutes-of-0": review(reviewed("= 9.5", "= 0"), "the review took no time", "minutes = 0"),
    "review-finding": review(
        reviewed('"pass"', '"perfect"'), 'allowed: "pass", "fail", "cannot tell"', 'finding = "perfect"'
    ),
    "review-mark-key": review(reviewed("note =", "remark ="), "key: marks.sorted-by-name.remark", "remark ="),
    "review-variant": review(reviewed("variant = 0", 'variant = "0"'), "allowed: a whole number", "variant ="),
    "review-of-nothing": review(reviewed("a1" * 32, "a1"), "names no submission", "handed_in ="),
    "review-a-folder": review(folder_instead("reviews/v0-a1.toml"), "Is a directory"),
    "review-of-no-criterion": review(
        reviewed("marks.nights-are-right", "marks.days-are-right"), "days-are-right, which is no criterion",
        "[marks.days", "stray-review",
    ),
    "review-without-canary": review(reviewed(f"canary {CANARY}", ""), "canary does not stand", "", "canary-missing"),
}  # fmt: skip


def malformed(root: Path, name: str) -> Path:
    """Copy the sound project under a name of its own and with a canary of its own, and spoil it."""
    folder = root / "projects" / "admin-support" / name
    shutil.copytree(SOUND, folder, ignore=shutil.ignore_patterns("__pycache__"))
    CASES[name].spoil(folder)
    if (folder / RUBRIC).exists():
        text = (folder / RUBRIC).read_text(encoding="utf-8")
        rubric_file(folder).write_text(text.replace("test_guest_list", rubric_file(folder).stem), encoding="utf-8")
        (folder / RUBRIC).unlink()
    for file in folder.rglob("*"):
        if file.is_file() and CANARY.encode() in file.read_bytes():
            own = str(uuid.uuid5(uuid.NAMESPACE_URL, name)).encode()
            file.write_bytes(file.read_bytes().replace(CANARY.encode(), own))
    return folder


@pytest.fixture(scope="module")
def suite_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("malformed")
    shutil.copy(Path(__file__).with_name("suite") / "pyproject.toml", root)
    shutil.copy(Path(__file__).with_name("suite") / "prices.toml", root)
    (root / "conftest.py").write_text('pytest_plugins = ["hapi_pytest.plugin"]\n')
    for name in CASES:
        malformed(root, name)
    return root


@pytest.fixture(scope="module")
def linted(suite_root: Path, suite_at: Callable[[Path], Any]) -> list[dict]:
    done = suite_at(suite_root).hapi("lint", "--variant", "0", "--format", "json")
    assert done.returncode == 1 and done.stderr == "", done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def collected(suite_root: Path, suite_at: Callable[[Path], Any]) -> dict[str, list[str]]:
    """Return what pytest says under ERRORS, by project."""
    alone = ("--agent", "reference", "--arm", "alone", "-p", "no:xdist", "--continue-on-collection-errors")
    done = suite_at(suite_root).run(*alone)
    assert "INTERNALERROR" not in done.stdout + done.stderr
    errors = done.stdout.split("= ERRORS =")[1].split("= FAILURES =")[0]
    found: dict[str, list[str]] = {}
    for block in re.split(r"(?m)^_+ (?=ERROR )", errors)[1:]:
        name = re.search(r"test_(\w+)", block.splitlines()[0])
        assert name, block
        found.setdefault(name[1].replace("_", "-"), []).append(block)
    return found


@pytest.mark.parametrize("name", CASES)
def test_lint_tells_it_once_with_file_line_and_fix(suite_root, linted, name):
    case, folder = CASES[name], suite_root / "projects/admin-support" / name
    (found,) = [one for one in linted if one["file"].startswith(f"projects/admin-support/{name}/")]
    file = rubric_file(folder).name if case.file == RUBRIC else case.file
    assert (found["rule"], found["file"]) == (case.rule, f"projects/admin-support/{name}/{file}"), found
    assert case.says in found["message"] and found["fix"] and "\n" not in found["message"] + found["fix"]
    if case.at:
        lines = (folder / file).read_text(encoding="utf-8").split("\n")
        assert case.at.rstrip("\n").splitlines()[-1] in lines[found["line"] - 1], found
    else:
        assert found["line"] == 1, found


@pytest.mark.parametrize("name", CASES)
def test_pytest_tells_it_once_without_traceback(collected, name):
    case, blocks = CASES[name], collected.get(name, [])
    assert len(blocks) == case.reaches_pytest, "\n".join(blocks)
    for block in blocks:
        said = block.partition("\n")[2]
        said = said.replace(f"admin-support/{name}/{rubric_file(Path(name)).name}", f"admin-support/{name}/{RUBRIC}")
        assert f"admin-support/{name}/{case.file}" in said and said.count("\n  fix:     ") == 1, block
        words = re.sub(r" *\n +(key|value|allowed): +", r"; \1: ", said)
        assert case.says in words, words
        assert "Traceback" not in block and 'File "' not in block and "^^^" not in block, block
