"""The list of shipped projects in docs/projects.md is generated, and kept true here.

After a change of a project write it anew: python -m tests.docs.test_shipped_projects
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hapi_pytest.projects import CATEGORIES, Project, discover, load
from hapi_pytest.recordings import STAND_IN, Identity, Recordings
from hapi_pytest.rubric import load_rubric

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/projects.md"
HEADING = "## The shipped projects"
COLUMNS = ("project", "folder", "price", "hand in", "criteria", "recorded variants", "a strong model alone")
EXPECTED = {"easy": "surely", "medium": "now and then", "hard": "seldom"}
PROJECTS = [load(folder) for folder in discover(ROOT / "projects")]


def row(project: Project) -> list[str]:
    settings = project.settings
    assert settings.difficulty, project.id
    slots = Recordings(ROOT / "cassettes", Identity(model=STAND_IN)).slots(project.id)
    return [
        settings.title,
        f"`{project.slug}`",
        f"${settings.price_usd:g}",
        ", ".join(f"`{name}`" for name in settings.deliverables),
        str(len(load_rubric(project).criteria)),
        ", ".join(sorted({str(slot.variant) for slot in slots})),
        EXPECTED[settings.difficulty.expected],
    ]


def listed() -> Iterator[str]:
    """Yield the lines of the list: a table for each category, and a total."""
    for category in CATEGORIES:
        yield from (f"### {category}", "", "| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|")
        yield from ("| " + " | ".join(row(project)) + " |" for project in PROJECTS if project.category == category)
        yield ""
    worth = sum(project.settings.price_usd for project in PROJECTS)
    yield f"In all {len(PROJECTS)} projects, worth ${worth:g}."


def written(text: str) -> str:
    """Return the document with the list as it must be."""
    before, heading, after = text.partition(HEADING)
    introduction = after.partition("\n###")[0].rstrip()
    return "\n".join([f"{before}{heading}{introduction}", "", *listed(), ""])


def test_the_list_of_shipped_projects_is_what_the_loader_says():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == written(text), "if this is meant: python -m tests.docs.test_shipped_projects"


def test_every_category_has_six_projects():
    assert Counter(project.category for project in PROJECTS) == dict.fromkeys(CATEGORIES, 6)


def test_prices_are_spread_as_in_the_study():
    """Nine in ten between 10 and 200 dollars, all under 500."""
    prices = [project.settings.price_usd for project in PROJECTS]
    assert max(prices) < 500 and sum(10 <= price <= 200 for price in prices) >= 0.9 * len(prices)
    assert len(set(prices)) >= len(prices) // 4


@pytest.mark.parametrize("expected", EXPECTED)
def test_some_are_easy_and_some_are_hard(expected):
    found = [project for project in PROJECTS if project.settings.difficulty.expected == expected]
    assert len(found) >= len(PROJECTS) / 12
    assert all(len(project.settings.difficulty.why) >= 60 for project in found)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
