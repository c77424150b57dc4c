"""What agents come to that ask no model: the rows that stand beside every result, as the last self-check left them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from hapi_pytest.recordings import IDLE, REFERENCE, write_whole

AGENTS = (REFERENCE, IDLE, "spam")
FILE = "baselines.json"
"""In the folder of recordings."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's work on one project, the worst variant of the reference and the best of the others."""

    project: str
    agent: str
    rubric: str
    """SHA-256 of the rubric's file: with another rubric the row is void."""
    is_complete: bool
    passed: int
    """Criteria."""
    of: int


def read(recordings: Path) -> list[Row]:
    """Return the rows that lie with the recordings; none where there is no file, or none that can be read."""
    try:
        return _decoder.decode((recordings / FILE).read_bytes())
    except (OSError, msgspec.DecodeError):
        return []


def keep(recordings: Path, rows: Sequence[Row]) -> None:
    """Write rows in the place of those of the same projects, where anything is otherwise."""
    before = read(recordings)
    fresh = {row.project for row in rows}
    every = sorted([*(row for row in before if row.project not in fresh), *rows], key=lambda r: (r.project, r.agent))
    if every != before:
        lines = ",\n".join(msgspec.json.encode(row).decode() for row in every)
        write_whole(recordings / FILE, f"[\n{lines}\n]\n".encode())


def valid(rows: Iterable[Row], rubrics: Mapping[str, str]) -> list[Row]:
    """Return the rows of these projects, given with the digests of their rubrics, that still hold."""
    return [row for row in rows if rubrics.get(row.project) == row.rubric]


def line(rows: Sequence[Row], projects: int) -> str:
    """Say in a line what these agents come to, and of how many projects that is known."""
    known = len({row.project for row in rows})
    if not known:
        return "beside it: reference, idle and spam are not measured on these rubrics; pytest --selfcheck does it"
    told = []
    for agent in AGENTS:
        own = [row for row in rows if row.agent == agent]
        count, complete = max(1, len(own)), sum(row.is_complete for row in own)
        share = sum(row.passed / row.of for row in own) / count
        told.append(f"{agent} {complete}/{len(own)} {100 * complete / count:.0f} %, criteria {100 * share:.0f} %")
    missing = f"; not measured on {projects - known} of {projects} projects" if known < projects else ""
    return f"beside it: {'; '.join(told)}, by the last self-check{missing}"


_decoder = msgspec.json.Decoder(list[Row])
