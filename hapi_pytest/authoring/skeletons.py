"""A skeleton of a project from what there is of a job; what nobody can know is marked, where lint asks for it."""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import tomli_w

from hapi_pytest.authoring.names import function_of
from hapi_pytest.projects import BRIEF, BUILD, FEEDBACK, INPUTS, PROJECT, REFERENCE

TODO = "TODO: "
FEWEST, MOST = 5, 20
"""Criteria of a rubric, by lint's rule."""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of a job."""

    category: str
    title: str
    brief: str
    source: str
    """Where it comes from, in words of provenance."""
    attachments: Mapping[str, Path] = {}
    hidden: Sequence[str] = ()
    """Hidden files beside the attachments, which are left out."""
    price_usd: float | None = None
    criteria: Sequence[str] = ()
    """What must hold, each as a sentence."""


def skeleton(slug: str, material: Material, canary: str, today: datetime.date) -> dict[str, str | Path]:
    """Return the files of a project that is still to be finished."""
    words = slug.replace("-", " ")
    return {
        PROJECT: _settings(material, canary, today),
        BRIEF: material.brief.strip() + "\n",
        BUILD: _build(material, canary),
        f"test_{slug.replace('-', '_')}.py": _rubric(words, material.criteria, canary),
        REFERENCE: REFERENCE_TEXT.format(canary=canary, todo=TODO),
        FEEDBACK: FEEDBACK_TEXT.format(canary=canary, today=today, todo=TODO),
        **{f"{INPUTS}/{name}": path for name, path in material.attachments.items()},
    }


def left_to_do(files: Mapping[str, str | Path]) -> list[tuple[str, int, str]]:
    """Return the file, line and text of every mark in a skeleton."""
    return [
        (name, number, line.partition(f"# {TODO}")[2])
        for name, content in files.items()
        if isinstance(content, str) and name != BRIEF
        for number, line in enumerate(content.splitlines(), 1)
        if f"# {TODO}" in line
    ]


def _settings(material: Material, canary: str, today: datetime.date) -> str:
    source = material.source.encode(errors="replace").decode()  # a file's name may be no text
    price = f"0  # {TODO}the fixed price in US dollars, above 0 and below 500"
    if material.price_usd is not None:
        price = f"{material.price_usd:g}" if material.price_usd.is_integer() else f"{material.price_usd!r}"
    return (
        tomli_w.dumps({"title": material.title, "category": material.category}) + f"price_usd = {price}\n"
        "skills = []\n"
        f"deliverables = []  # {TODO}the names of the files to hand in, as the brief says them\n"
        f"posted = {today}\n" + tomli_w.dumps({"canary": canary, "provenance": source})
    )


def _build(material: Material, canary: str) -> str:
    """Write inputs.py; a word in braces in the brief is a fact that reads as it stands there."""
    words = dict.fromkeys(re.findall(r"\{([a-z][a-z0-9_]*)\}", material.brief))
    given = json.dumps({word: f"{{{word}}}" for word in words})
    return BUILD_TEXT.format(canary=canary, given=given, note=BRACES_NOTE if words else "")


def _rubric(words: str, criteria: Sequence[str], canary: str) -> str:
    size = "" if FEWEST <= len(criteria) <= MOST else f"  # {TODO}{FEWEST} to {MOST} criteria"
    blocks: dict[str, str] = {}
    for sentence in criteria or ["What must hold"]:
        name = function_of(sentence, blocks)
        statement = json.dumps(sentence, ensure_ascii=False)
        blocks[name] = CRITERION_TEXT.format(statement=statement, name=name, todo=TODO)
    return RUBRIC_TEXT.format(
        words=words, canary=canary, size=size, criteria="".join(blocks.values()), function=words.replace(" ", "_")
    )


BUILD_TEXT = '''\
"""The facts of this job; what is drawn here differs from variant to variant."""
# {canary}

from hapi_pytest import Draw, Inputs


def build(draw: Draw) -> Inputs:
    """Give the attachments that are built, the facts that agents may read, and those that the work must find out."""
    return Inputs(
        files={{}},
        given={given},{note}
        gold={{}},
    )
'''
BRACES_NOTE = "  # in braces in the brief, and left as they are"
RUBRIC_TEXT = '''\
"""Rubric: {words}."""
# {canary}

from hapi_pytest import Rubric

rubric = Rubric(){size}
{criteria}

def test_{function}(engagement):
    engagement.assert_complete()
'''
CRITERION_TEXT = """

@rubric.critical({statement})  # {todo}quote the words that ask for it, and write the check
def {name}(deliverable, facts):
    raise NotImplementedError("read what was handed in and compare it with the facts")
"""
REFERENCE_TEXT = '''\
"""The accepted deliverable, and flawed ones."""
# {canary}

from hapi_pytest import Facts

FLAWS: dict[str, tuple[str, ...]] = {{"a-slip": ("id-of-a-criterion",)}}  # {todo}name slips, and what each must fail
EQUIVALENTS: dict[str, str] = {{}}  # {todo}two or more other correct forms, with the reason why the brief allows each


def build(facts: Facts, flaws: frozenset[str]) -> dict[str, str | bytes]:
    """Build what is handed in; any set of flaws and equivalent forms can be had together."""
    raise NotImplementedError("build the accepted deliverable")
'''
FEEDBACK_TEXT = """\
# {canary}
reviewer = 0  # {todo}in quotes, who the expert is: the trade, and years in it
minutes = 0  # {todo}how long the review took
recorded = {today}
recorded_on = 0  # {todo}in quotes, which deliverables the expert had at hand
is_authored = true

[notes]  # {todo}for each criterion but optional ones, the place and the reason, never the value
"""
