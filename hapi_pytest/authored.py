"""Authors' modules, imported plainly, with whatever they raise told as the author's mistake."""

import contextlib
import functools
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from hapi_pytest.errors import ProjectError
from hapi_pytest.tomlfile import read_text


@functools.cache
def author_module(file: Path) -> ModuleType:
    """Import a module of a project once; raises ProjectError when there is none, and whatever it raises itself."""
    read_text(file, "write it; docs/projects.md shows one")
    name = "hapi_projects." + ".".join(part.replace("-", "_") for part in file.with_suffix("").parts[-3:])
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None  # a .py file always has one
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def blamed(file: Path, what: str) -> Iterator[None]:
    """While an author's module is used, turn whatever it raises into a ProjectError."""
    try:
        yield
    except ProjectError:
        raise
    except (Exception, SystemExit) as error:
        line = _line(file, error)
        raise ProjectError(
            f"{file}:{line}" if line else file,
            f"{what} crashed: {type(error).__name__}: {error}",
            fix=f"mend {what}; docs/projects.md shows one",
        ) from error


def authored(file: Path, name: str) -> Any:
    """Return what a module of a project calls by that name; raises ProjectError when it does not."""
    module = author_module(file)
    if not hasattr(module, name):
        raise ProjectError(file, f"there is no {name} in it", key=name, fix=f"write {name}; docs/projects.md shows one")
    return getattr(module, name)


def _line(file: Path, error: BaseException) -> int:
    """Return the last line of the file that an exception went through; 0 when it was none."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == str(file)), 0)
