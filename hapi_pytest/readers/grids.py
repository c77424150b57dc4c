"""The cells of a workbook as they were saved."""

import functools
import io
from collections.abc import Iterator
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers.allowance import Allowance

MOST_CELLS = 1_000_000
"""Of all sheets' rectangles together, empty ones included."""
MOST_TEXT = 50_000_000
"""Characters of all cells and formulas together."""
LONGEST_FORMULA = 8_192
"""Excel's own limit; the engine needs stack for each level of nesting."""
DEEPEST_FORMULA = 256


class Grid:
    """One sheet's cells from A1, with formulas where they stand."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.values: list[list[object]] = []
        """Rows of equal length."""
        self.formulas: dict[str, str] = {}
        """Cell address to formula text with its equals sign."""
        self.arrays: set[str] = set()
        """Addresses of the formulas that fill an area."""
        self.computed: dict[tuple[int, int], bool] = {}
        """Row and column of the cells that must be computed, and whether they show a date."""


class Reader:
    """Reads the sheets of an xlsx file within what a file may hold."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cells = Allowance(name, MOST_CELLS, "cells, empty ones between them included")
        self._text = Allowance(name, MOST_TEXT, "characters in its cells")

    def grids(self, content: io.BytesIO, *, as_saved: bool = False) -> list[Grid]:
        """Return every sheet; with `as_saved` formulas are the values that their maker saved.

        Raises DeliverableError for a file that holds too much, and whatever openpyxl raises.
        """
        import openpyxl

        # Read-only, openpyxl makes no cells for merged areas, links and comments that span a million rows.
        book = openpyxl.load_workbook(content, read_only=True, keep_links=False, data_only=as_saved)
        return [self._grid(sheet) for sheet in book]

    def _grid(self, sheet: Any) -> Grid:
        grid = Grid(sheet.title)
        sheet.reset_dimensions()  # which the file claims
        for line in self._lines(sheet):
            grid.values.append([cell.value for cell in line])
            for cell in line:
                if cell.data_type == "f":
                    self._add_formula(grid, cell)
                elif type(cell.value) is str:
                    self._text.take(len(cell.value))
        while grid.values and not grid.values[-1]:
            grid.values.pop()
        width = max(map(len, grid.values), default=0)
        self._cells.take(sum(width - len(line) for line in grid.values))
        for line in grid.values:
            line.extend([None] * (width - len(line)))
        return grid

    def _lines(self, sheet: Any) -> Iterator[Any]:
        for line in sheet.iter_rows():
            self._cells.take(len(line) or 1)
            yield line

    def _add_formula(self, grid: Grid, cell: Any) -> None:
        formula, area = str(getattr(cell.value, "text", cell.value)), getattr(cell.value, "ref", None)
        if problem := _problem_of(formula, area):
            raise DeliverableError(f"{self._name}, sheet {grid.title!r}, cell {cell.coordinate}: {problem}")
        self._text.take(len(formula))
        grid.formulas[cell.coordinate] = formula
        if area:
            grid.arrays.add(cell.coordinate)
        grid.computed[cell.row, cell.column] = _shows_date(cell.number_format)


def _problem_of(formula: str, area: str | None) -> str:
    """Return why a formula would break the engine, or nothing; an array formula fills an area."""
    if len(formula) > LONGEST_FORMULA or _depth(formula) > DEEPEST_FORMULA:
        return "its formula is longer or deeper than Excel allows"
    if area:
        from openpyxl.utils.cell import range_boundaries

        left, top, right, bottom = range_boundaries(area)
        left, top, right, bottom = left or 1, top or 1, right or MOST_CELLS, bottom or MOST_CELLS  # as in "A:B"
        if (right - left + 1) * (bottom - top + 1) > MOST_CELLS:
            return f"its array formula fills {area}"
    return ""


@functools.lru_cache(maxsize=1024)
def _shows_date(number_format: str) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(number_format))


def _depth(formula: str) -> int:
    depth = deepest = 0
    if formula.count("(") > DEEPEST_FORMULA:
        for char in formula:
            depth += (char == "(") - (char == ")")
            deepest = max(deepest, depth)
    return deepest
