"""Rubric modules, read for calls that would run, unpickle or import what agents hand in."""

import ast
import re
from collections.abc import Iterator

from hapi_pytest.lint.problems import Problem
from hapi_pytest.projects import Project, rubric_file

BUILTINS = {"eval", "exec", "compile", "__import__"}
MODULES = {
    *("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "jsonpickle", "joblib", "marshal", "shelve"),
    *("subprocess", "multiprocessing", "pty", "ctypes", "code", "codeop"),
    *("importlib", "runpy", "imp", "pkgutil", "zipimport", "builtins"),
}
NAMES = re.compile(
    r"os\.(system|popen|startfile|exec\w+|spawn\w+|posix_spawn\w*|fork\w*)|asyncio\.create_subprocess_\w+"
    r"|sys\.(path|modules|meta_path|path_hooks)|(ruamel\.)?yaml\.(load|load_all|unsafe_load\w*|full_load\w*)"
)
FIX = "read what was handed in through `deliverable`, and run programs through `sandbox`"


def grader_problems(project: Project) -> Iterator[Problem]:
    """Yield each line of the rubric that makes its checks unsafe.

    It names what honest authors write; a module that wants to hide what it does can.
    """
    file = rubric_file(project.folder)
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # told where the rubric is imported
    imports = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    known = {alias.asname or alias.name: alias.name for alias in imports}
    for node in ast.walk(tree):
        for name in _used(node, known):
            yield Problem(
                file=str(file), line=getattr(node, "lineno", 1), rule="unsafe-grader",
                message=f"the rubric uses {name}", fix=FIX,
            )  # fmt: skip


def _used(node: ast.AST, known: dict[str, str]) -> Iterator[str]:
    """Yield what a node uses that a rubric must not."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name for name in names if node.module.split(".")[0] in MODULES or NAMES.fullmatch(name))
    elif isinstance(node, ast.Name) and node.id in BUILTINS:
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        name = f"{known.get(node.value.id, node.value.id)}.{node.attr}"
        if node.value.id in known and NAMES.fullmatch(name):
            yield name
