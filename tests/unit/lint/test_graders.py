"""Rubrics that would run what agents hand in are told line by line; honest ones are left alone."""

import pytest

from hapi_pytest.lint.graders import grader_problems
from hapi_pytest.projects import Project

RUBRIC = "test_guest_list.py"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("eval('1')", "eval"), ("exec('1')", "exec"), ("run = compile", "compile"), ("__import__('x')", "__import__"),
        ("import pickle", "pickle"), ("import pickle as p", "pickle"), ("from pickle import loads", "pickle.loads"),
        ("import subprocess", "subprocess"), ("from subprocess import run", "subprocess.run"), ("import dill", "dill"),
        ("import importlib.util", "importlib.util"), ("from importlib import util", "importlib.util"),
        ("import runpy", "runpy"), ("import shelve, json", "shelve"), ("import os; os.system('x')", "os.system"),
        ("import os as o; o.popen('x')", "os.popen"), ("from os import execv", "os.execv"),
        ("import os; os.posix_spawn", "os.posix_spawn"), ("import sys; sys.path.append('x')", "sys.path"),
        ("import yaml; yaml.load('x')", "yaml.load"), ("import yaml; yaml.unsafe_load('x')", "yaml.unsafe_load"),
        ("from yaml import full_load", "yaml.full_load"),
        ("import asyncio; asyncio.create_subprocess_exec", "asyncio.create_subprocess_exec"),
    ],
)  # fmt: skip
def test_an_unsafe_line_is_told(copy, line, name):
    folder = copy({RUBRIC: ("rubric = Rubric()\n", f"rubric = Rubric()\n{line}\n")})
    (problem,) = grader_problems(Project(folder))
    lines = (folder / RUBRIC).read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1] == line
    assert problem.rule == "unsafe-grader" and problem.message == f"the rubric uses {name}"


@pytest.mark.parametrize(
    "line",
    [
        "import re; re.compile('x')", "import yaml; yaml.safe_load('x')", "import sys; sys.stdlib_module_names",
        "import os; os.path.join('a')", "import ast; ast.parse('x'); ast.literal_eval('1')", "evaluate = 'eval'",
        "def load(system): return system.path", "import json; json.load",
    ],
)  # fmt: skip
def test_an_honest_line_is_not(copy, line):
    assert list(grader_problems(Project(copy({RUBRIC: ("rubric = Rubric()\n", f"rubric = Rubric()\n{line}\n")})))) == []
