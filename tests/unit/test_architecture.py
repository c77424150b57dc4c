"""The rules of imports, sizes and laziness, walked over the package's syntax trees."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hapi_pytest

ROOT = Path(hapi_pytest.__file__).parent
FILES = {
    ".".join(("hapi_pytest", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): file
    for file in sorted(ROOT.rglob("*.py"))
    if file.relative_to(ROOT).parts[0] != "template"  # a client project, checked as one
}
KNOWS_PYTEST = {f"hapi_pytest.{name}" for name in (
    "plugin", "params", "options", "fixtures", "preflight", "suite", "summary", "proof", "grading_process", "cli",
    "given", "gates", "resume", "ahead", "progress", "estimate", "check", "rubric_module",
)}  # fmt: skip
LAZY = ("litellm", "vcr", "openpyxl", "docx", "httpx")
LATE = {"hapi_pytest.call_parts"}
"""Imported only inside functions themselves."""
FILE_LINES, FUNCTION_LINES = 300, 40
OWN_PROCESS = {"hapi_pytest.forks", "hapi_pytest.sandbox.launcher", "hapi_pytest.sandbox.launcher.command"}
"""Run in programs of their own, which have one thread."""
FORKING = {"preexec_fn", "fork", "forkpty", "fork_exec", "ProcessPoolExecutor", "set_start_method", "get_context"}
MARSHALS = {"hapi_pytest.sandbox.supervision", "hapi_pytest.sandbox.launcher.command"}
FORKING_MODULES = {"multiprocessing", "pty"}


@functools.cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def origin(module: str, node: ast.ImportFrom) -> str:
    """Return the full name of the module that an import takes names from."""
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    return ".".join([*above, node.module] if node.module else above)


def imports(module: str, *, top_level_only: bool = False) -> Iterator[str]:
    """Yield the full names that a module imports when it runs."""

    def walk(node: ast.AST) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                source = origin(module, child)
                yield source
                yield from (f"{source}.{alias.name}" for alias in child.names)
            elif is_type_checking(child) or (top_level_only and isinstance(child, ast.FunctionDef | ast.Lambda)):
                continue
            else:
                yield from walk(child)

    yield from walk(tree(module))


def importers(package: str, *, top_level_only: bool = False) -> set[str]:
    return {
        module
        for module in FILES
        if package in {name.split(".")[0] for name in imports(module, top_level_only=top_level_only)}
    }


def functions(top: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(top) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_only_cassettes_imports_vcr():
    assert importers("vcr") == {"hapi_pytest.cassettes"}


@pytest.mark.parametrize(
    "package",
    [*LAZY, "pptx", "pypdf", "bs4", "icalendar", "ironcalc", "ezdxf", "trimesh", "numpy", "srt", "polib", "fpdf"],
)
def test_heavy_packages_are_imported_only_when_they_are_needed(package):
    assert importers(package, top_level_only=True) <= LATE
    assert not {name for module in FILES for name in imports(module, top_level_only=True)} & LATE


def test_only_the_last_row_knows_pytest():
    assert importers("pytest") | importers("_pytest") == KNOWS_PYTEST & FILES.keys()


def test_nothing_evaluates_what_it_reads():
    """What others wrote is parsed, never run; marshal is for the launcher, whom nobody else can talk to."""
    for module in FILES:
        called = {node.func.id for node in ast.walk(tree(module)) if is_call_of_a_name(node)}
        assert not called & {"eval", "exec", "compile", "__import__"}, module
        loaded = {name.split(".")[0] for name in imports(module)}
        assert not loaded & {"pickle", "shelve", "dill", "cloudpickle", "yaml", "jsonpickle"}, module
        assert "marshal" not in loaded or module in MARSHALS, module


def is_call_of_a_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


def test_nothing_imports_tests_or_projects():
    names = {name.split(".")[0] for module in FILES for name in imports(module)}
    assert not names & {"tests", "projects", "conftest", "hypothesis", "syrupy"}


def test_modules_import_each_other_in_one_direction():
    edges = {module: {name for name in imports(module) if name in FILES and name != module} for module in FILES}
    for module in edges:  # a module runs the packages above it first; those that only gather names add no edge back
        edges[module] -= {".".join(module.split(".")[:count]) for count in range(1, module.count(".") + 1)}
    left = dict(edges)
    while free := {module for module, needed in left.items() if not needed & left.keys()}:
        left = {module: needed for module, needed in left.items() if module not in free}
    while unneeded := left.keys() - set().union(*left.values()):  # they only stand before a circle
        left = {module: needed for module, needed in left.items() if module not in unneeded}
    assert not left, f"these import each other: { {module: sorted(left[module] & left.keys()) for module in left} }"


@pytest.mark.parametrize("module", FILES)
def test_files_and_functions_stay_short(module):
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) < FILE_LINES
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions(tree(module))
        if node.end_lineno - node.lineno + 1 >= FUNCTION_LINES
    }
    assert not long


def test_every_module_says_what_it_is_for():
    assert not [module for module in FILES if not ast.get_docstring(tree(module))]


def forks(top: ast.AST) -> set[str]:
    """Return what a syntax tree names that forks this very process; a thread of ours may hold a lock at that moment."""
    words: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(top):
        match node:
            case ast.Attribute(attr=word) | ast.Name(id=word) | ast.keyword(arg=str(word)) | ast.Constant(str(word)):
                words.add(word)
            case ast.Import(names) | ast.ImportFrom(names=names):
                words |= {alias.name for alias in names}
                modules |= {(getattr(node, "module", None) or alias.name).split(".")[0] for alias in names}
    return (words & FORKING) | (modules & FORKING_MODULES)


def test_nothing_forks_a_process_with_threads():
    found = {module: forks(tree(module)) for module in FILES if module not in OWN_PROCESS}
    assert {module: names for module, names in found.items() if names} == {}
    assert {module: forks(tree(module)) for module in OWN_PROCESS} == {module: {"fork"} for module in OWN_PROCESS}


@pytest.mark.parametrize(
    "code",
    [
        "subprocess.Popen(['true'], preexec_fn=os.setsid)",
        "os.fork()",
        "from os import forkpty",
        "pty.fork()",
        "import multiprocessing.pool",
        "from concurrent.futures import ProcessPoolExecutor",
        "getattr(os, 'fork')()",
    ],
)
def test_a_fork_is_found(code):
    assert forks(ast.parse(code))


@pytest.mark.parametrize("module", ["hapi_pytest", "hapi_pytest.plugin"])
def test_importing_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(*[name for name in {LAZY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    assert done.stdout.split() == []


def test_the_public_names_are_few():
    assert len(hapi_pytest.__all__) <= 10
    assert all(hasattr(hapi_pytest, name) for name in hapi_pytest.__all__)
