"""The shipped projects come out the same on every Python, and never otherwise by accident.

What they come out as stands in digests.json. After a deliberate change of a project, write it anew:

    python tests/projects/test_digests.py
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hapi_pytest.lint.builds import parts
from hapi_pytest.lint.canonical import fact_digest
from hapi_pytest.projects import discover, load

ROOT = Path(__file__).parents[2] / "projects"
EXPECTED = Path(__file__).with_name("digests.json")
FOLDERS = discover(ROOT)
VARIANTS = (0, 1, 2)


def digests(folder: Path) -> dict[str, dict[str, str]]:
    """Return the digests of every variant by its number: brief and attachments each, notes and facts as a whole."""
    return {str(number): gathered(parts(load(folder).variant(number))) for number in VARIANTS}


def gathered(named: Mapping[str, str]) -> dict[str, str]:
    whole = {
        f"{kind}s": fact_digest({name: digest for name, digest in named.items() if name.startswith(f"{kind} ")})
        for kind in ("note", "fact")
    }
    return {name: digest for name, digest in named.items() if f"{name.split()[0]}s" not in whole} | whole


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_project_comes_out_as_expected(folder):
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert digests(folder) == expected[load(folder).id], "if this is meant: python tests/projects/test_digests.py"


def test_no_project_is_expected_that_is_not_there():
    assert list(json.loads(EXPECTED.read_text(encoding="utf-8"))) == [load(folder).id for folder in FOLDERS]


if __name__ == "__main__":
    found = {load(folder).id: digests(folder) for folder in FOLDERS}
    EXPECTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
