"""New projects: copied whole, built from what there is, marked where lint asks; refusals stand in test_refusals.py."""

import json
import os
from pathlib import Path

import pytest

from hapi_pytest.authoring import folders, home
from hapi_pytest.authoring.command import run_import, run_new
from hapi_pytest.authoring.names import category_of, function_of, slug_of
from hapi_pytest.authoring.skeletons import TODO, left_to_do
from hapi_pytest.errors import ProjectError
from hapi_pytest.lint import lint
from hapi_pytest.projects import CATEGORIES, Project, load
from hapi_pytest.rubric import Rubric, imported_rubric

NEW = Path("projects/writing/shop-notice")
VALUES = {"price_usd": 30, "deliverables": ["out.txt"], "reviewer": "Printer", "minutes": 5, "recorded_on": "drafts"}
"""What an author would write where a skeleton has marks."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def job() -> Path:
    """A brief with the files that came with it, one of them hidden."""
    texts = {"brief.txt": "Fill {name} and {Name} into `out.txt`.\n", "a/liste ä.csv": "1\n", ".x/y": "2\n"}
    for name, text in texts.items():
        path = Path("job", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Path("job")


def contents(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def answered(line: str) -> str:
    """Put the author's value in the place of a mark of a TOML file."""
    key, _, rest = line.partition(" = ")
    return f"{key} = {json.dumps(VALUES[key])}" if TODO in rest else line


def statements(folder: Path) -> list[str]:
    rubric = imported_rubric(finished(folder))
    assert isinstance(rubric, Rubric)
    return [criterion.statement for criterion in rubric.criteria]


def finished(folder: Path) -> Project:
    """Load a skeleton whose TOML files an author has finished."""
    for file in folder.glob("*.toml"):
        file.write_text("\n".join(map(answered, file.read_text().splitlines())) + "\n")
    return Project(folder.absolute())


def test_a_new_project_has_nothing_of_the_template_but_its_content(capsys):
    assert run_new("admin-support", "tea-list", None, None) == 0
    folder = Path("projects/admin-support/tea-list")
    files = contents(folder)
    assert files.keys() == {
        *("brief.md", "inputs.py", "inputs/rules.md", "reference.py", "project.toml", "feedback.toml"),
        "test_tea_list.py",
    }
    text = "\n".join(files.values())
    assert "reorder" not in text.casefold() and "2020" not in text and "\ndef test_tea_list(" in text
    settings = Project(folder.absolute()).settings
    assert (settings.title, settings.category, settings.published) == ("Tea list", "admin-support", None)
    assert lint(folder) == []
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "  hapi lint projects/admin-support/tea-list",
        "  hapi check projects/admin-support/tea-list",
        "  pytest projects/admin-support/tea-list --record missing",
    ]


def test_every_new_project_has_a_canary_of_its_own_in_all_its_hidden_files():
    run_new("admin-support", "tea-list", None, None)
    run_new("Sales & Marketing", "reorder-list-2", None, None)
    projects = [Project(path.parent.absolute()) for path in Path().glob("projects/*/*/project.toml")]
    assert {project.settings.title for project in projects} == {"Tea list", "Reorder list 2"}
    assert len({project.settings.canary for project in projects}) == 2
    for project in projects:
        assert all(project.settings.canary in file.read_text() for file in project.hidden_files)


def test_a_bare_folder_becomes_a_suite():
    run_new("writing", "shop-notice", None, None)
    assert (Path("conftest.py").read_text(), Path("pytest.ini").read_text()) == (home.CONFTEST_TEXT, home.CONFIG_TEXT)


def test_existing_files_stay_and_what_they_lack_is_told(capsys):
    Path("conftest.py").write_text("# ours\n")
    Path("pyproject.toml").write_text("[project]\n")
    run_new("writing", "shop-notice", None, None)
    out = capsys.readouterr().out
    assert home.CONFTEST_TEXT.strip() in out and 'testpaths = ["projects"]' in out
    assert (Path("conftest.py").read_text(), Path("pyproject.toml").read_text()) == ("# ours\n", "[project]\n")
    assert not Path("pytest.ini").exists()
    Path("conftest.py").write_text(home.CONFTEST_TEXT)
    Path("pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n')
    run_new("writing", "other", None, None)
    out = capsys.readouterr().out
    assert "conftest" not in out and "pyproject" not in out


def test_a_brief_and_its_files_become_a_skeleton(job, capsys):
    assert run_new("writing", "shop-notice", job / "brief.txt", job) == 0
    out = capsys.readouterr().out
    assert ".x: left out, for it is hidden" in out
    assert "projects/writing/shop-notice/project.toml:3: to do: the fixed price" in out
    variant = finished(NEW).variant(0)
    assert variant.brief == (job / "brief.txt").read_text()
    assert dict(variant.attachments) == {"a/liste ä.csv": b"1\n"}


def test_a_brief_may_have_a_name_that_is_no_text(job):
    brief = (job / "brief.txt").rename(os.fsdecode(b"caf\xe9.txt"))
    assert run_new("writing", "shop-notice", brief, job) == 0
    assert finished(NEW).settings.provenance == "Brought in from caf?.txt with hapi new."


def test_a_brief_in_a_word_document_is_read(job):
    import docx

    document = docx.Document()
    document.add_paragraph("Please write one page.")
    document.save("brief.docx")
    assert run_new("writing", "shop-notice", Path("brief.docx"), None) == 0
    assert (NEW / "brief.md").read_text() == "Please write one page.\n"


def test_lint_leads_through_everything_that_is_left_to_do(job):
    run_new("writing", "shop-notice", job / "brief.txt", job)
    marks = {(name, line) for name, line, _ in left_to_do(contents(NEW))}
    assert len(marks) == 10
    told = set()
    for _ in VALUES:  # one after the other, for none can be left out
        (problem,) = lint(NEW)
        assert problem.rule == "malformed-project"
        file = Path(problem.file)
        told.add((file.name, problem.line))
        lines = file.read_text().splitlines()
        lines[problem.line - 1] = answered(lines[problem.line - 1])
        file.write_text("\n".join(lines) + "\n")
        load.cache_clear()  # as each command is a process of its own
    problems = lint(NEW)
    assert marks <= told | {(Path(problem.file).name, problem.line) for problem in problems}
    rules = {"rubric-size", "uncited-criterion", "missing-note", "few-equivalents", "unknown-criterion"}
    assert {problem.rule for problem in problems} >= rules


def test_past_jobs_become_skeletons_and_what_each_lacks_is_told(capsys):
    Path("old/files").mkdir(parents=True)
    Path("old/files/list.csv").write_text("1\n")
    Path("old/files/.hidden").write_text("1\n")
    job = {"title": "Shop notice", "brief": "Write `notice.txt`.", "category": "writing"}
    criteria = ["Names the day", "class", "2 lines", "Names the day!"]
    rows = [
        job | {"attachments": "files", "price": 40, "criteria": criteria},
        job | {"title": "SHOP – notice", "category": "Web, Mobile & Software Dev", "price": None},
        job | {"title": "Shop, notice"},
        job | {"title": "日本語"},
    ]
    file = Path("old/jobs.jsonl")
    file.write_text("\n\n".join(map(json.dumps, rows)))
    assert run_import(file) == 0
    out = capsys.readouterr().out
    assert "projects/writing/shop-notice: .hidden: left out, for it is hidden\n" in out
    table = [line.split() for line in out.splitlines() if line.endswith("  missing")]
    assert table == [
        ["writing/shop-notice", "1", "file", "40", "$", "4,", "1", *["missing"] * 5],
        ["web-mobile-software/shop-notice", "none", *["missing"] * 6],
        ["writing/shop-notice-2", "none", *["missing"] * 6],
        ["writing/job", "none", *["missing"] * 6],
    ]
    assert "4 skeletons below projects" in out
    assert (NEW / "inputs/list.csv").read_text() == "1\n"
    names = [line[4:].partition("(")[0] for line in contents(NEW)["test_shop_notice.py"].splitlines() if "def " in line]
    assert names == ["names_the_day", "criterion_class", "criterion_2_lines", "names_the_day_2", "test_shop_notice"]
    assert statements(NEW) == criteria


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_with_every_usual_separator_and_line_end(mark):
    rows = [
        ("Title", "brief", "category", "price", "criteria"),
        ("A", '"Two\r\nlines"', "Admin Support", "12.50 $", '"- One.\r\n* Two."'),
        ("", "", "", "", ""),
        ("B", "Brief", "translation", "", ""),
    ]
    Path("jobs.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(map(mark.join, rows)).encode())
    assert run_import(Path("jobs.csv")) == 0
    project = finished(Path("projects/admin-support/a"))
    assert (project.settings.price_usd, project.variant(0).brief) == (12.5, "Two\nlines\n")
    rubric = contents(project.folder)["test_a.py"]
    assert '("One.")' in rubric and '("Two.")' in rubric
    assert contents(Path("projects/translation/b"))["brief.md"] == "Brief\n"


def test_nothing_half_written_stays_when_a_file_cannot_be_copied():
    good, bad = {"brief.md": "a"}, {"brief.md": "a", "inputs/x": Path("nowhere")}
    with pytest.raises(FileNotFoundError):
        folders.place(Path("projects"), {"writing/a": good, "writing/b": bad})
    assert list(Path("projects").rglob("*")) == []


def test_nothing_is_placed_when_a_name_is_taken_while_writing():
    class Slow(dict[str, str]):
        def items(self):
            Path("projects/writing/b").mkdir(parents=True)  # somebody else, at that very moment
            return super().items()

    with pytest.raises(FileExistsError):
        folders.place(Path("projects"), {"writing/a": {"brief.md": "a"}, "writing/b": Slow({"brief.md": "b"})})
    assert sorted(path.as_posix() for path in Path("projects").rglob("*")) == ["projects/writing", "projects/writing/b"]


def test_a_link_with_a_new_projects_name_is_left_alone():
    NEW.parent.mkdir(parents=True)
    NEW.symlink_to("nowhere")
    with pytest.raises(ProjectError, match="nothing is overwritten"):
        folders.place(Path("projects"), {"writing/shop-notice": {"brief.md": "a"}})
    assert NEW.is_symlink()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        *((category, category) for category in CATEGORIES),
        ("Accounting & Consulting", "accounting-consulting"),
        ("ADMIN_SUPPORT", None),
        ("Data Science and Analytics", "data-science-analytics"),
        ("Web, Mobile & Software Development", "web-mobile-software"),
        ("Writing, Translation", None),
        ("", None),
    ],
)
def test_categories_are_known_by_their_words(text, category):
    assert category_of(text) == category


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("A/B test: read-out (2nd)", "a-b-test-read-out-2nd"),
        ("Große Änderung, l'été", "grosse-anderung-lete"),
        ("漢字", "job"),
        ("a" * 80, "a" * 60),
        ("word " * 20, "-".join(["word"] * 12)),
    ],
)
def test_slugs_are_made_of_a_titles_words(title, slug):
    assert slug_of(title, "job") == slug


@pytest.mark.parametrize("sentence", ["test of time", "lambda", "3 rows", "Rubric", "¿?"])
def test_functions_have_names_that_python_and_pytest_take_for_criteria(sentence):
    name = function_of(sentence, {"criterion"})
    assert name.isidentifier() and name.startswith("criterion_")
