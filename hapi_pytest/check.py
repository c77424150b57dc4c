"""The `hapi check` command: the self-check of a few projects, told to the one who writes them."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hapi_pytest.errors import CommandLineError, ProjectError
from hapi_pytest.lint.paths import project_folders
from hapi_pytest.projects import rubric_file
from hapi_pytest.tomlfile import read_text

PLUGIN = ("-p", "hapi_pytest.plugin", "--import-mode=importlib")
"""What a suite's settings say too; a project that lies in none can be checked with them."""
TOLD_BY_US = ("--tb=no", "-rN", "--continue-on-collection-errors")


def run(paths: Sequence[Path], variants: Sequence[int]) -> int:
    """Check projects and print a table; return the exit code: 0, 1 when something does not hold, 2 for a wrong path."""
    try:
        folders = project_folders("hapi check", paths)
        for folder in folders:  # which pytest would not find
            read_text(rubric_file(folder), "write the rubric and its test; docs/projects.md shows one")
    except CommandLineError as error:
        print(error, file=sys.stderr)
        return 2
    except ProjectError as error:
        print(error)
        return 1
    asked = [argument for number in variants for argument in ("--variant", str(number))]
    ended = pytest.main(["--selfcheck", "-q", *TOLD_BY_US, *PLUGIN, *asked, *map(str, folders)])
    return 2 if ended == pytest.ExitCode.USAGE_ERROR else int(ended)
