"""A leaked answer is useless: what completes one variant of a project comes nowhere in another."""

import itertools
from pathlib import Path

import pytest

from hapi_pytest.deliverable import Deliverable
from hapi_pytest.grading import given, mark
from hapi_pytest.lint.gold import Gold
from hapi_pytest.model import Importance
from hapi_pytest.projects import discover, load
from hapi_pytest.rubric import load_rubric
from tests.projects.conftest import LEAKED

FOLDERS = discover(Path(__file__).parents[2] / "projects")
VARIANTS = range(7)
MOST_RECURRING = 0.1
NEEDED = (Importance.CRITICAL, Importance.IMPORTANT)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def project(request):
    return load(request.param)


@pytest.fixture(scope="module")
def variants(project):
    """The variants of a project, built once for all that is asked of them."""
    return [project.variant(number) for number in VARIANTS]


def test_the_accepted_hand_in_of_one_variant_fails_in_every_other(project, variants, tmp_path, sandbox):
    criteria = [criterion for criterion in load_rubric(project).criteria if criterion.importance in NEEDED]
    for leaked in variants:
        hand_in = Deliverable.written(tmp_path / str(leaked.number), project.reference(leaked))
        for other in (variant for variant in variants if variant is not leaked):
            available = given(hand_in, other.facts, sandbox)
            marks = (mark(criterion, available) for criterion in criteria)
            failed = list(itertools.islice((m.criterion for m in marks if not m.passed), 2))
            assert len(failed) == 2, f"the reference of variant {leaked.number} fails only {failed} in {other.number}"


def test_the_facts_to_find_out_are_others_in_every_variant(variants, record_property):
    golds = [Gold(variant).hunted for variant in variants]
    shares = [
        (len(one & other) / min(len(one), len(other)), one & other)
        for one, other in itertools.combinations(golds, 2)
        if one and other
    ]
    share, recurring = max(shares, key=lambda found: found[0], default=(0.0, frozenset()))
    record_property(LEAKED, f"{share:.3f}")
    assert share <= MOST_RECURRING, f"recurring: {[min(value.exact) for value in recurring]}"
