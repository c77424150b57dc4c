"""Every rule is broken once, on a copy of a sound project, and named with its file and line."""

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hapi_pytest.lint import RULES, Problem, lint, lint_all

RUBRIC = "test_guest_list.py"
SAVED = '"rules.docx": office_bytes(document),'


@dataclass
class Break:
    """What is done to a sound project, and what lint must say of it."""

    rule: str
    edits: Mapping[str, tuple[str, str]]
    file: str
    at: str = ""
    """What stands on the line that is named; empty for line 1."""
    says: str = ""
    also: set[str] = field(default_factory=set)
    """Rules that the same edit breaks."""


def edit(
    rule: str, file: str, old: str, new: str, at: str | None = None, says: str = "", also: set[str] = frozenset()
) -> Break:
    return Break(rule, {file: (old, new)}, file, new if at is None else at, says, set(also))


def build(rule: str, old: str, new: str, at: str, says: str = "", also: set[str] = frozenset()) -> Break:
    return edit(rule, "inputs.py", old, new, at, says, also)


def printed(expression: str, at: str = '"rules.docx"', says: str = "") -> Break:
    """Write something unsteady into an attachment."""
    line = '    document.add_paragraph(f"A night costs {price}.")\n'
    return build("unsteady-inputs", line, f"{line}    document.add_paragraph(str({expression}))\n", at, says)


REVIEW = f"""# hapi-pytest canary CANARY
reviewer = "Ada"
minutes = 9
recorded = 2026-11-20
variant = 0
handed_in = "{"a1" * 32}"
is_blind = false
[marks.sorted-by-name]
finding = "fail"
"""
LAST = "    return Inputs("
MANY = """
for _number in range(15):
    def _extra(deliverable): ...
    _extra.__name__ = f"extra_{_number}"
    rubric.optional("One more", brief="sorted by name")(_extra)


def test_guest_list(engagement):"""
BREAKS = {
    "a price in words": edit("malformed-project", "project.toml", "= 15", '= "ten"', says="key: price_usd"),
    "no minutes": edit("malformed-project", "feedback.toml", "minutes = 5", "minutes = 0", says="took no time"),
    "no toml": edit("malformed-project", "project.toml", "= 2026-11-01", "= 01.11.2026", says="not valid TOML"),
    "a crash": build("crashing-build", "/ 100", "/ 0", "/ 0", says="ZeroDivisionError"),
    "a placeholder": edit("crashing-build", "brief.md", "{signed}", "{singed}", says="{singed}"),
    "no such class": edit("broken-rubric", RUBRIC, "= Rubric()", "= Rubrik()", says="NameError"),
    "no syntax": edit("broken-rubric", RUBRIC, "rubric = Rubric()", "rubric = (", says="SyntaxError"),
    "no rubric": edit("broken-rubric", RUBRIC, "def test_", "rubric = None\n\n\ndef test_", "", "there is no rubric"),
    "no such argument": edit(
        "broken-rubric", RUBRIC, "has_a_heading(deliverable)", "has_a_heading(delivery)", "@rubric.optional", "delivery"
    ),
    "too few criteria": edit(
        "rubric-size", RUBRIC, "def test_", "rubric.criteria[:] = rubric.criteria[:4]\n\n\ndef test_", "= Rubric()",
        "4 criteria", {"stray-note", "unknown-criterion"},
    ),
    "too many criteria": edit(
        "rubric-size", RUBRIC, "\ndef test_guest_list(engagement):", MANY, "= Rubric()", "21 criteria",
        {"unfailed-criterion"},
    ),
    "no citation": edit("uncited-criterion", RUBRIC, ', brief="sorted by name")', ")", "@rubric.critical", "sorted-by"),
    "a citation that is no text": edit(
        "uncited-criterion", RUBRIC, '{"rules.docx": "A night costs"}', '{"rules.docx": 5}', '@rubric.important("The t'
    ),
    "an empty citation": edit("uncited-criterion", RUBRIC, '"must be left out"', '" "', "@rubric.pitfall"),
    "a wrong citation": edit("citation-not-found", RUBRIC, '="sorted by name', '="sorted by rank', "@rubric.critical"),
    "a wrong file": edit("citation-not-found", RUBRIC, '"rules.docx"', '"rule.docx"', says="does not exist"),
    "no note": edit(
        "missing-note", "feedback.toml", "sorted-by-name =", "# sorted-by-name =", "[notes]", "sorted-by-name"
    ),
    "a stray note": edit("stray-note", "feedback.toml", "[notes]", '[notes]\nother = "x"', 'other = "x"', "note other"),
    "a number in a note": edit(
        "gold-in-note", "feedback.toml", "The first figure", "Not 795 is the figure", says="nights: 795"
    ),
    "an amount in a longer note": edit(
        "gold-in-note", "feedback.toml", "Look for it", "36.029,40 is right. Look", "takings-are-right", "36.029,40"
    ),
    "a date in a note": edit(
        "gold-in-note", "feedback.toml", "Add the nights", "They stay until November 29th", says="last_day: november 29"
    ),
    "a gold value in the brief": edit(
        "gold-in-brief", "brief.md", "Start with", "About 36,029 euros, I think. Start with", says="takings: 36,029"
    ),
    "a gold value in a title": build(
        "gold-in-metadata", LAST, f'    document.core_properties.title = f"{{nights}} nights"\n{LAST}', SAVED, "title"
    ),
    "a gold value in a file name": build(
        "gold-in-metadata", '"list.csv":', 'f"list-of-{nights}.csv":', "def build(", "nights: 795"
    ),
    "an unnamed deliverable": Break(
        "unnamed-deliverable", {"brief.md": ("And totals.txt", "And subtotals.txt")}, "project.toml", "deliverables =",
        "totals.txt",
    ),
    "no canary": edit(
        "canary-form", "project.toml", "hapi-pytest canary CANARY", "hapi-pytest canary", 'canary = "hapi', "",
    ),
    "a canary left out": edit("canary-missing", "reference.py", "# hapi-pytest canary CANARY", "#", ""),
    "a canary in the brief": edit("canary-shown", "brief.md", "Thank you", "hapi-pytest canary CANARY", "hapi-pytest"),
    "a canary in an attachment": build(
        "canary-shown", LAST, f'    document.add_paragraph("hapi-pytest canary CANARY")\n{LAST}', SAVED, "rules.docx"
    ),
    "a repository": Break("history-in-inputs", {"inputs/.git/HEAD": ("", "ref")}, "inputs/.git/HEAD", says=".git/HEAD"),
    "a packed repository": build(
        "history-in-inputs", SAVED, f'{SAVED}\n            "old.zip": zip_bytes({{"a/.git/HEAD": b"x"}}),', '"old.zip"'
    ),
    "a hidden file": Break("hidden-file", {"inputs/.env": ("", "KEY=x")}, "inputs/.env", says=".env is attached"),
    "an author": build(
        "personal-metadata", SAVED, '"rules.docx": saved(document, "Jane"),', '"rules.docx"',
        "'Jane'",
    ),
    "a comment": build("hidden-comment", SAVED, f'{SAVED}\n            "a.xlsx": commented("Ask Jane"),', '"a.xlsx"'),
    "a tracked change": build("tracked-change", LAST, f"    track(document)\n{LAST}", SAVED, "document.xml says 'old'"),
    "an unsafe check": edit("unsafe-grader", RUBRIC, "from hapi_pytest import Rubric", "import subprocess\n"
        "from hapi_pytest import Rubric", "import subprocess", "uses subprocess"),
    "no flaws": edit("broken-reference", "reference.py", "FLAWS = {", "FLAWS = None\nOTHERS = {", "", "FLAWS"),
    "equivalents of a wrong kind": edit(
        "broken-reference", "reference.py", "EQUIVALENTS = {", "EQUIVALENTS = 2\nOTHERS = {", "", "EQUIVALENTS"
    ),
    "no equivalents": edit("few-equivalents", "reference.py", "EQUIVALENTS = {", "OTHERS = {", "", "0 equivalent"),
    "one equivalent": edit(
        "few-equivalents", "reference.py", '    "spoken-date"', '    # "spoken-date"', "EQUIVALENTS", "1 equivalent"
    ),
    "one name for two": edit("flaw-and-equivalent", "reference.py", '"spoken-date":', '"unsorted":', '"unsorted": ("'),
    "an unknown criterion": edit(
        "unknown-criterion", "reference.py", '("has-a-heading",)', '("has-a-heading", "a-title")', says="a-title"
    ),
    "a criterion without flaw": edit(
        "unfailed-criterion", "reference.py", '    "no-heading"', '    # "no-heading"', "FLAWS", "has-a-heading"
    ),
    "no review": Break(
        "malformed-review", {"reviews/a.toml": ("", REVIEW.replace("variant = 0\n", ""))}, "reviews/a.toml",
        says="key: variant",
    ),
    "a review of another rubric": Break(
        "stray-review", {"reviews/a.toml": ("", REVIEW.replace("sorted", "ordered"))}, "reviews/a.toml",
        "[marks.ordered-by-name]", "Ada reviewed ordered-by-name",
    ),
    "a review without canary": Break(
        "canary-missing", {"reviews/a.toml": ("", REVIEW.replace("canary CANARY", "canary"))}, "reviews/a.toml"
    ),
    "no test": edit("broken-rubric", RUBRIC, "guest_list(engagement)", "guest_list(engagements)", "", "no test asks"),
    "no build": edit("broken-reference", "reference.py", "def build(", "def builds(", "", "there is no build"),
    "a fact of a class": build(
        "formless-fact", '"nights": nights', '"nights": nights, "draw": draw', '"draw": draw', "a Draw has no"
    ),
    "the clock": printed("datetime.datetime.now().isoformat()", says="3 seconds later"),
    "the year": printed("datetime.date.today().year", says="five years later"),
    "a hash": printed("hash(price)+hash('x')"),
    "the order of a set": printed("list({'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'})", says="PYTHONHASHSEED="),
    "the time zone": printed("datetime.datetime.fromtimestamp(0)", says="TZ="),
    "the process": printed("__import__('os').getpid()"),
    "no encoding": printed("len(__import__('pathlib').Path(__file__).read_text())", "", "the build breaks"),
    "a fact of the clock": build(
        "unsteady-inputs", '"nights": nights', '"nights": datetime.date.today().isoformat()', '"nights": datetime',
        "fact nights of variant 0",
    ),
}  # fmt: skip
TOOLS = """

def saved(document, author):
    import io

    document.core_properties.author, document.core_properties.comments = author, ""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def commented(text):
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.active["A1"].comment = Comment(text, "")
    return office_bytes(book)


def track(document):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    run = "<w:r><w:delText>old</w:delText></w:r>"
    document.paragraphs[0]._p.append(parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="">{run}</w:del>'))
"""


@pytest.fixture(scope="module")
def found(copy_to: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Problem]]:
    """Lint all broken copies at once, so that they share the processes that build them again."""
    folders = {}
    for number, (name, broken) in enumerate(BREAKS.items()):
        folder = folders[name] = copy_to(tmp_path_factory.mktemp(f"broken-{number}"), broken.edits)
        inputs = (
            (folder / "inputs.py").read_text(encoding="utf-8").replace("office_bytes\n", "office_bytes, zip_bytes\n")
        )
        (folder / "inputs.py").write_text(inputs + TOOLS, encoding="utf-8")
    problems = lint_all(folders.values(), [0])
    return {name: [one for one in problems if Path(one.file).is_relative_to(at)] for name, at in folders.items()}


def line_with(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text.splitlines()[-1] in line) if text else 1


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_named_with_file_and_line(found, name):
    broken, problems = BREAKS[name], found[name]
    named = [one for one in problems if one.rule not in broken.also]
    assert [one.rule for one in named] == [broken.rule], "\n".join(map(str, problems))
    file = Path(named[0].file)
    assert file.as_posix().endswith(f"guest-list/{broken.file}")
    assert named[0].line == line_with(file, broken.at), named[0]
    assert broken.says in named[0].message and named[0].fix


def test_every_rule_is_broken_here():
    assert {broken.rule for broken in BREAKS.values()} | {"canary-not-unique", "held-out-among-published"} == set(RULES)


def test_the_sound_project_has_no_problem(copy):
    noisy = copy({"inputs.py": (LAST, f"    print('noise')\n{LAST}")})
    assert lint(noisy) == []


def test_a_canary_is_unique_among_the_projects_that_are_linted(copy):
    one, other = (copy(under=name, canary="00000000-0000-4000-8000-000000000000") for name in ("a", "b"))
    (problem,) = lint_all([one, other], [])
    assert (problem.rule, problem.file) == ("canary-not-unique", str(other / "project.toml"))
    assert problem.line == line_with(other / "project.toml", "canary =")
    assert lint(one, []) == lint(other, []) == []


def test_a_held_out_project_does_not_lie_among_published_ones(copy):
    public = copy({"project.toml": ("posted =", "published = 2026-11-22\nposted =")}, under="suite")
    held_out = public.with_name("house-rules")
    shutil.copytree(copy(under="other"), held_out)
    (held_out / RUBRIC).rename(held_out / "test_house_rules.py")
    (problem,) = lint_all([public, held_out], [])
    assert (problem.rule, problem.file) == ("held-out-among-published", str(held_out / "project.toml"))
    assert problem.line == line_with(held_out / "project.toml", "posted =")
    assert lint_all([public], []) == lint_all([held_out], []) == []


def test_every_mistake_of_a_kind_is_told(copy):
    folder = copy({"feedback.toml": ("[notes]", "[notes]\nsome = ''\nmore = ''")})
    text = (folder / RUBRIC).read_text(encoding="utf-8")
    text = text.replace('="sorted by name"', '="a rank"').replace(', brief="all nights together"', "")
    text = text.replace('"must be left out"', '"never there"')
    (folder / RUBRIC).write_text(text, encoding="utf-8")
    rules = [problem.rule for problem in lint(folder, [0])]
    assert sorted(rules) == ["citation-not-found"] * 2 + ["stray-note"] * 2 + ["uncited-criterion"]


def test_a_leak_of_one_variant_is_found_in_that_variant(copy):
    folder = copy({"feedback.toml": ("The first figure", "Not 795 is the figure")})
    assert [problem.rule for problem in lint(folder)] == ["gold-in-note"]
    assert lint(folder, [1, 2]) == []


def test_a_build_that_ends_its_process_is_told(copy):
    ends = "    import os, time\n    time.time() > 1_900_000_000 and os._exit(7)\n"
    (problem,) = lint(copy({"inputs.py": (LAST, ends + LAST)}))
    assert problem.rule == "unsteady-inputs" and "exit code 7" in problem.message and "five years" in problem.message


def test_sound_reviews_have_no_problem(copy):
    assert lint(copy({"reviews/v0-a1-ada.toml": ("", REVIEW)}), [0]) == []


def test_every_malformed_review_is_told(copy):
    folder = copy({f"reviews/{name}.toml": ("", f"# hapi-pytest canary CANARY\n{name} = ") for name in "ab"})
    assert [(one.rule, one.line) for one in lint(folder, [])] == [("malformed-review", 2)] * 2
    shutil.rmtree(folder / "reviews")
    (folder / "reviews").touch()
    (problem,) = lint(folder, [])
    assert (problem.rule, problem.file) == ("malformed-review", str(folder / "reviews"))


def test_a_canary_that_is_none_is_told_once(copy):
    folder = copy()
    text = (folder / "project.toml").read_text(encoding="utf-8")
    (folder / "project.toml").write_text(re.sub('canary = ".*"', 'canary = ""', text), encoding="utf-8")
    assert [problem.rule for problem in lint(folder, [0])] == ["canary-form"]


@pytest.mark.parametrize("missing", ["project.toml", "brief.md", "feedback.toml", "reference.py", RUBRIC])
def test_a_missing_file_is_a_problem_and_no_crash(copy, missing):
    folder = copy()
    (folder / missing).unlink()
    problems = lint(folder, [])
    assert problems and {problem.file for problem in problems} == {str(folder / missing)}


def test_a_module_that_exits_is_a_problem_and_no_crash(copy):
    folder = copy({"reference.py": ("FLAWS = {", "raise SystemExit(3)\nFLAWS = {")})
    assert {problem.rule for problem in lint(folder, [])} == {"broken-reference"}


def test_a_problem_reads_like_a_compilers():
    problem = Problem(file="a/feedback.toml", line=9, rule="gold-in-note", message="it leaks", fix="name the place")
    assert str(problem) == "a/feedback.toml:9: gold-in-note: it leaks\n    fix: name the place"
    with pytest.raises(ValueError, match="no rule 'gold'"):
        Problem(file="a", line=1, rule="gold", message="", fix="")
