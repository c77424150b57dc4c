"""docs/measures.md: its examples run as they stand, and hold those of the docstrings."""

import doctest
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from hapi_pytest import agreement, economics, intervals, measures, significance

DOCUMENT = Path(__file__).parents[2] / "docs" / "measures.md"
MODULES = [measures, intervals, significance, economics, agreement]
FLAGS = doctest.ELLIPSIS


def examples() -> doctest.DocTest:
    """Return all examples of the document as one, with lines as they are there."""
    text = DOCUMENT.read_text(encoding="utf-8")
    kept, is_example = [], False
    for line in text.splitlines():
        is_example = line == "```pycon" or (is_example and line != "```")
        kept.append(line if is_example and line != "```pycon" else "")
    return doctest.DocTestParser().get_doctest("\n".join(kept), {}, DOCUMENT.name, str(DOCUMENT), 0)


def public(module: ModuleType) -> list[str]:
    return [
        name
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
    ]


def test_the_examples_give_what_they_say():
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(examples(), out=told.append)
    assert result.failed == 0, "".join(told)
    assert result.attempted > 40


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_function_of_the_measures_has_an_example(module):
    sources = " ".join(example.source for example in examples().examples)
    kinds = {"grouped"}  # it sorts outcomes and measures nothing
    assert [name for name in public(module) if name not in kinds and not re.search(rf"\b{name}\(", sources)] == []


@pytest.mark.parametrize("module", MODULES[1:], ids=lambda module: module.__name__)
def test_the_examples_of_the_docstrings_are_in_the_document(module):
    told = {(example.source, example.want) for example in examples().examples}
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        assert {(example.source, example.want) for example in test.examples} <= told, test.name


def test_the_constants_of_the_document_are_those_of_the_code():
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    assert f"Below {intervals.FEWEST} projects there is none" in text
    assert f"one of {100 * intervals.LEVEL:g} %" in text and f"an interval of {100 * intervals.ONE_SIDED:g} %" in text
    assert f"one-sided test at {100 * significance.ALPHA:g} % (`ALPHA`)" in text
    assert f"probability of {100 * significance.POWER:g} % (`POWER`)" in text
    assert f"{economics.INSPECTION_MINUTES:g} minutes to find out" in text
