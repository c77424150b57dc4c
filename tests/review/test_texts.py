"""Texts as a reviewer gets them: compared, coloured and unwrapped, however hostile they are."""

import pytest

from hapi_pytest.review.changes import MOST_LINES, MOST_SHOWN, State, changes
from hapi_pytest.review.highlight import highlighted
from hapi_pytest.review.pages import _unwrapped
from tests.review.conftest import document


@pytest.mark.parametrize(
    ("name", "before", "after", "state", "lines", "note"),
    [
        ("a.txt", None, b"x", State.NEW, [], ""),
        ("a.txt", b"x\n", b"x\n", State.SAME, [], ""),
        ("a.txt", b"x\ny\n", b"x\nz\n", State.CHANGED, [("@", ""), (" ", "x"), ("-", "y"), ("+", "z")], ""),
        ("a.bin", b"\xff", b"\xfe", State.CHANGED, [], "There is no text to compare."),
        ("a.docx", document("a"), document("a", ""), State.CHANGED, [], "Its text is the same."),
        ("a.docx", document("a"), document("b"), State.CHANGED, [("@", ""), ("-", "a"), ("+", "b")], ""),
        ("a.docx", b"broken", document("b"), State.CHANGED, [], "There is no text to compare."),
    ],
)
def test_a_file_is_compared_with_the_one_before(name, before, after, state, lines, note):
    found = changes(name, before, after)
    assert (found.state, found.lines, found.note) == (state, lines, note)


def test_of_large_differences_a_part_is_shown():
    before, after = ("\n".join(f"{word} {n}" for n in range(3 * MOST_LINES)) for word in ("old", "new"))
    found = changes("a.txt", before.encode(), after.encode())
    assert len(found.lines) == MOST_SHOWN
    assert found.note == f"Only the first {MOST_LINES} lines of the texts are compared."


def test_code_is_marked_and_escaped():
    code = highlighted("a.py", "def a(): '</pre><script>'")
    assert code and '<span class="k">def</span>' in code
    assert "&lt;/pre&gt;&lt;script&gt;" in code and "<script" not in code
    assert highlighted("a.csv", "x") is None


def test_paragraphs_become_lines_and_everything_else_stays():
    wrapped = "# Title\nof it\n\nOne line\nand another.\n- a point\n- **b** and\nmore\n2. two\n    code\n| a |\n"
    assert _unwrapped(wrapped) == (
        "# Title of it\n\nOne line and another.\n- a point\n- **b** and more\n2. two\n    code\n| a |\n"
    )
