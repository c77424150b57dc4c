"""What tools have shown of a file, put together again from its parts."""

import pytest

from hapi_pytest.stand_in import attempts

PARTS = [("one two ", "three"), ("line\n", "line"), ("word\t", "\nnext"), ("end", " start")]


@pytest.mark.parametrize(("first", "second"), PARTS)
def test_white_space_at_a_cut_stays(first, second):
    whole = first + second
    marked = f"{first}\n[cut: {len(first)} of {len(whole)} characters shown; continue with offset={len(first)}]"
    match = attempts._CUT.search(marked)
    assert match
    assert marked[: match.start()] + second == whole
    assert int(match[1]) == len(first)
