"""The documents say what the code does: options, names, modules, projects, links; no file names what it must not."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.config.argparsing import Parser

import hapi_pytest
from hapi_pytest import cli, options
from hapi_pytest.deliverable import Deliverable
from hapi_pytest.errors import ProjectError
from hapi_pytest.grading import grade
from hapi_pytest.lint import RULES, lint
from hapi_pytest.projects import discover, load, rubric_file
from hapi_pytest.rubric import check_citations, check_rubric
from hapi_pytest.selfcheck import CHECKS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "hapi_pytest"
DOCS = ROOT / "docs"
OTHERS = {"--check", "--security-opt", "--install", "--user", "--max-warnings"}
"""Options of commands other than pytest and hapi that the documents show."""


def repository() -> list[Path]:
    """Return every file that is tracked, or neither tracked nor ignored."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # an unpacked archive
        caches = re.compile(r"/(\.git|\.hapi|\.venv|venv|\.hypothesis|__pycache__|\.\w+_cache|[\w.]+\.egg-info)/")
        paths = [path for path in sorted(ROOT.rglob("*")) if not caches.search(path.as_posix())]
    return [path for path in paths if path.is_file()]


MARKDOWN = [path for path in repository() if path.suffix == ".md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def cells(text: str) -> list[list[str]]:
    """Return the body rows of every table in a text, without marks of code and emphasis."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    bodies = [row for row, below in zip(rows, [*rows[1:], ""], strict=True) if not re.match(r"\|[-|: ]+\|$", below)]
    return [
        [cell.strip().replace("`", "") for cell in row.strip("|").split(" | ")]
        for row in bodies
        if not re.match(r"\|[-|: ]+\|$", row)
    ]


def module_at(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"documented_{file.stem}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def parser() -> Parser:
    parser = Parser(_ispytest=True)
    options.add_options(parser)
    return parser


@pytest.fixture
def command_options(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    for command in [
        "check",
        "compare",
        "export",
        "import",
        "lint",
        "merge",
        "new",
        "regrade",
        "report",
        "review",
        "stand-in",
    ]:
        monkeypatch.setattr(sys, "argv", ["hapi", command, "--help"])
        with pytest.raises(SystemExit):
            cli.main()
    return set(re.findall(r"^ +(--[a-z-]+)", capsys.readouterr().out, re.MULTILINE)) - {"--help"}


def test_the_reference_has_every_option_and_no_other(parser: Parser) -> None:
    real = {name for option in parser.getgroup("hapi").options for name in option.names()}
    documented = [row[0] for row in cells(section(read("docs/reference.md"), "Options"))]
    assert sorted(documented) == sorted(real)


def test_the_reference_has_every_setting_and_no_other(parser: Parser) -> None:
    documented = {row[0]: row[2] for row in cells(section(read("docs/reference.md"), "Settings"))}
    assert documented == {name: default for name, (_, _, default) in parser._inidict.items()}


def test_the_reference_has_every_option_of_the_command(command_options: set[str]) -> None:
    documented = {row[0] for row in cells(section(read("docs/reference.md"), "The hapi command"))}
    assert documented == command_options


def test_no_document_names_an_option_that_does_not_exist(
    pytestconfig: pytest.Config, command_options: set[str]
) -> None:
    groups = [pytestconfig._parser._anonymous, *pytestconfig._parser._groups]
    known = {name for group in groups for option in group.options for name in option.names()}
    for path in MARKDOWN:
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", path.read_text(encoding="utf-8")))
        assert named - known - command_options - OTHERS == set(), path


def test_the_reference_has_every_public_name() -> None:
    assert len(hapi_pytest.__all__) <= 10
    rows = cells(section(read("docs/reference.md"), "Python names"))
    documented = {name for row in rows for name in row[0].split(", ")}
    own = {name for name in _assigned(PACKAGE / "testing.py") if not name.startswith("_")}
    assert documented == {*hapi_pytest.__all__, *own}


def _assigned(file: Path) -> set[str]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    classes = {node.name for node in body if isinstance(node, ast.ClassDef)}
    names = {t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)}
    return classes | names


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_relative_links_resolve(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), f"{target} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, target


def modules() -> dict[str, Path]:
    """Return every module of the package by its name behind `hapi_pytest.`; the package itself under its own."""
    names = {
        path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "template"
    }
    return {name.removesuffix("__init__").rstrip(".") or "hapi_pytest": path for path, name in names.items()}


def imports(name: str) -> tuple[set[str], set[str]]:
    """Return which modules of the package a module imports: when it is imported itself, and later, inside functions."""
    every = modules()
    tree = ast.parse(every[name].read_text(encoding="utf-8"))
    typing = {n for top in tree.body if isinstance(top, ast.If) for n in ast.walk(top)}
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node in typing:
            continue
        if node.level:  # the launcher's own, which is started without our package on the path
            package = name if every[name].name == "__init__.py" else name.rpartition(".")[0]
            base = f"{package}.{node.module or ''}".rstrip(".")
        elif (node.module or "").split(".")[0] == "hapi_pytest":
            base = (node.module or "").removeprefix("hapi_pytest").lstrip(".")
        else:
            continue
        for alias in node.names:
            inner = f"{base}.{alias.name}".lstrip(".")
            found[node in tree.body].add(inner if inner in every else base or "hapi_pytest")
    return found[True] - {name}, found[False] - found[True] - {name}


def shown_imports(name: str) -> str:
    """Return a module's last cell of the table."""
    now, late = imports(name)
    return ", ".join([*sorted(now), *(f"({other})" for other in sorted(late))]) or "–"


def module_rows() -> list[list[str]]:
    return cells(section(read("docs/design.md"), "Modules"))


def test_the_module_table_names_every_module_once_with_its_imports() -> None:
    rows = module_rows()
    assert sorted(row[1] for row in rows) == sorted(modules())
    wrong = [f"{row[1]}: {shown_imports(row[1])}" for row in rows if row[3] != shown_imports(row[1])]
    assert wrong == [], "write these imports into the table"


def test_modules_import_only_from_above() -> None:
    order = [row[1] for row in module_rows()]
    rows = {row[1]: row[0] for row in module_rows()}
    groups = list(dict.fromkeys(rows.values()))
    for name in order:
        for other in set().union(*imports(name)):
            assert groups.index(rows[other]) <= groups.index(rows[name]), f"{name} imports {other}"


def test_heavy_libraries_are_imported_where_the_design_says() -> None:
    rows = {row[1]: row[0] for row in module_rows()}
    importers: dict[str, set[str]] = {"litellm": set(), "openai": set(), "vcr": set(), "httpx": set(), "pytest": set()}
    for name, path in modules().items():
        for library in importers:
            if re.search(rf"^\s*(?:import|from) {library}\b", path.read_text(encoding="utf-8"), re.MULTILINE):
                importers[library].add(name)
    assert importers["litellm"] == {"llm", "call_parts"}
    assert importers["openai"] == {"call_parts"}
    assert importers["vcr"] == {"cassettes"}
    assert importers["httpx"] == {"cassettes", "call_parts"}
    assert {rows[name] for name in importers["pytest"]} == {"pytest and command line"}


def test_every_rule_of_integrity_names_tests_that_exist() -> None:
    rows = cells(section(read("docs/integrity.md"), "The rules"))
    assert [row[0] for row in rows] == [f"D{number}" for number in range(1, 37)]
    for rule, _, state, _, shown in rows:
        assert state in ("held", "partly", "not yet") and bool(shown) is (state != "not yet"), rule
        for name in filter(None, shown.split(", ")):
            file, _, test = name.partition("::")
            assert f"\ndef {test}(" in read(file), name


def test_the_table_of_lint_is_the_codes() -> None:
    assert {row[0]: row[1] for row in cells(section(read("docs/projects.md"), "Lint"))} == {
        rule: what.replace("`", "") for rule, what in RULES.items()
    }


def test_the_table_of_checks_is_complete() -> None:
    rows = cells(section(read("docs/integrity.md"), "The self-check"))
    assert [name for row in rows for name in row[0].split(", ")] == list(CHECKS)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Write the project that the docs show; return its folder."""
    shown = re.findall(r"^`(projects/[^`]+)`\n\n```\w*\n(.*?)^```$", read("docs/projects.md"), re.M | re.S)
    for name, content in shown:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    (folder,) = discover(tmp_path / "projects")
    return folder


@pytest.mark.parametrize("number", range(7))
def test_the_documented_project_proves_its_rubric(example: Path, tmp_path: Path, number: int, sandbox) -> None:
    project, rubric = load(example), module_at(rubric_file(example)).rubric
    variant = project.variant(number)
    check_citations(project, check_rubric(project, rubric), variant)
    assert [str(problem) for problem in lint(example, [number])] == []

    def failed(name: str, files: dict[str, bytes]) -> set[str]:
        deliverable = Deliverable.written(tmp_path / name, files)
        return {mark.criterion for mark in grade(rubric, deliverable, variant.facts, sandbox).failed}

    assert failed("reference", project.reference(variant)) == set()
    assert failed("idle", {}) == {criterion.id for criterion in rubric.criteria}
    for form in project.equivalents:
        assert failed(form, project.reference(variant, [form])) == set(), form
    for flaw, criteria in project.flaws.items():
        assert failed(flaw, project.reference(variant, [flaw])) == set(criteria), flaw


def test_the_documented_mistake_is_told_as_shown(example: Path) -> None:
    file = example / "project.toml"
    file.write_text(file.read_text().replace("price_usd = 15", 'price_usd = "ten"'))
    with pytest.raises(ProjectError) as told:
        load(example.parent / "." / example.name)
    assert str(told.value).partition(": ")[2] in read("docs/projects.md")


def _forbidden() -> re.Pattern[bytes]:
    """Return what no file may hold, put together from pieces so that this file does not hold it either."""
    hosts = ["pypi org", "pythonhosted org", "npmjs com", "npmjs org", "crates io", "rubygems org", "anaconda org"]
    hosts += ["docker io", "ghcr io", "quay io", "proxy golang org", "repo1 maven org", "packagist org"]
    folders = ["home [a-z]", "Users [A-Za-z]", "root [A-Za-z]", "work (?:main|shared|[.]library)", "tmp w[0-9]?/"]
    patterns = [r"\b" + re.escape(".".join(host.split())) + r"\b" for host in hosts]
    patterns += [r"(?<![\w.}])/" + "/".join(folder.split()) for folder in folders]
    return re.compile("|".join(patterns).encode())


@pytest.mark.parametrize(
    ("parts", "is_forbidden"),
    [(("https://pypi", ".org/x"), True), (("/ho", "me/bob/suite"), True), (("/ho", "me", "/.cache"), False)],
)
def test_the_search_finds_what_it_looks_for(parts: tuple[str, ...], is_forbidden: bool) -> None:
    assert bool(_forbidden().search("".join(parts).encode())) is is_forbidden


def test_no_file_names_a_registry_or_a_developers_machine() -> None:
    forbidden = _forbidden()
    found = {path.relative_to(ROOT).as_posix(): forbidden.findall(path.read_bytes()) for path in repository()}
    assert {name: hits for name, hits in found.items() if hits} == {}
