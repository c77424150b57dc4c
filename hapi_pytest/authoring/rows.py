"""The rows of a file of past jobs, from JSON Lines or csv, with the line that each begins on."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hapi_pytest.errors import ProjectError
from hapi_pytest.tomlfile import read_text

KEYS = ("title", "brief", "attachments", "price", "category", "criteria")
NEEDED = ("title", "brief", "category")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One past job as it is written."""

    line: int
    values: dict[str, object]
    """What is given, by key; an empty cell and null are not."""


def rows(file: Path) -> Iterator[Row | ProjectError]:
    """Yield each row, or what is wrong with it; raises ProjectError where there are no rows to be had."""
    reader = {".jsonl": _json_rows, ".csv": _csv_rows}.get(file.suffix.lower())
    if reader is None:
        raise ProjectError(
            file, "is of no kind that can be read", key="suffix", value=file.suffix, allowed=".jsonl, .csv",
            fix="save it as csv, or as one JSON object a line",
        )  # fmt: skip
    text = read_text(file, "name a file of past jobs")
    if "\0" in text:
        raise ProjectError(file, "is a binary file", allowed="text in UTF-8", fix="export it as csv in UTF-8")
    found = list(reader(file, text))
    if not found:
        raise ProjectError(file, "there is no job in it", allowed=", ".join(KEYS), fix="write a line for each job")
    yield from found


def _json_rows(file: Path, text: str) -> Iterator[Row | ProjectError]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            yield ProjectError(
                f"{file}:{number}", f"is not valid JSON: {error}", value=_short(line),
                allowed="one JSON object on one line", fix="mend the line, or write it anew with a program",
            )  # fmt: skip
            continue
        if isinstance(values, dict):
            yield Row(line=number, values={key: value for key, value in values.items() if value is not None})
        else:
            yield ProjectError(
                f"{file}:{number}", "is no JSON object", value=_short(line), allowed='{"title": …, "brief": …, …}',
                fix="write one object for each job",
            )  # fmt: skip


def _csv_rows(file: Path, text: str) -> Iterator[Row | ProjectError]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    begins = 1
    try:
        for cells in lines:
            if not header:
                header = [cell.strip().casefold() for cell in cells]
                _check_header(file, header)
            elif any(cell.strip() for cell in cells):
                yield _csv_row(file, begins, header, cells)
            begins = lines.line_num + 1
    except csv.Error as error:
        yield ProjectError(
            f"{file}:{begins}", f"is not valid csv: {error}", allowed="texts with commas or line ends in quotes",
            fix="close the quotes, or export the table anew",
        )  # fmt: skip


def _check_header(file: Path, header: Sequence[str]) -> None:
    place, allowed = f"{file}:1", ", ".join(KEYS)
    if not set(header) & set(NEEDED):
        raise ProjectError(
            place, "there is no header", value=_short(", ".join(header)), allowed=allowed,
            fix="name the columns in the first line",
        )  # fmt: skip
    for name in header:
        if name not in KEYS:
            raise ProjectError(
                place, "there is no such column", key=name, allowed=allowed, fix="rename the column, or take it out"
            )
        if header.count(name) > 1:
            raise ProjectError(place, "a column stands there twice", key=name, allowed=allowed, fix="take one out")
    for name in NEEDED:
        if name not in header:
            raise ProjectError(place, "a column is missing", key=name, allowed=allowed, fix=f"add the column {name}")


def _csv_row(file: Path, line: int, header: Sequence[str], cells: Sequence[str]) -> Row | ProjectError:
    if len(cells) != len(header):
        return ProjectError(
            f"{file}:{line}", "the row does not fit the header", value=_short(", ".join(cells)),
            allowed=f"{len(header)} fields; this row has {len(cells)}", fix="put texts with commas in quotes",
        )  # fmt: skip
    values: dict[str, object] = {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()}
    if isinstance(criteria := values.get("criteria"), str):
        sentences = [sentence.strip(" \t-*•") for sentence in criteria.splitlines()]
        values["criteria"] = [sentence for sentence in sentences if sentence]
    return Row(line=line, values=values)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
