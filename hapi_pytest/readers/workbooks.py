"""Spreadsheets with their live formulas computed."""

import datetime
import functools
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.archives import repacked
from hapi_pytest.readers.faults import reading
from hapi_pytest.readers.grids import Grid, Reader
from hapi_pytest.readers.tables import Column, Table

_COLUMNS = re.compile(
    r"""("[^"]*"|'[^']*')|(?<![\w.$[:])\$?([A-Z]{1,3})(\$?1)?:\$?([A-Z]{1,3})(?(3)\$?1048576)(?![\w.(!:])""",
    re.IGNORECASE,
)
"""Texts and quoted names, or whole columns such as A:A, $B:C and A1:A1048576."""


class Sheet:
    """One sheet: values with formulas computed, and the formulas themselves."""

    def __init__(self, place: str, values: list[list[object]], formulas: Mapping[str, str]) -> None:
        self.place = place
        self.values = values
        """Rows of computed values, from A1."""
        self.formulas = formulas
        """Cell address to formula text with its equals sign."""

    def __repr__(self) -> str:
        return f"<{self.place}>"

    def cell(self, address: str) -> object:
        """Return the computed value of a cell such as "B3"; None when it is empty."""
        from openpyxl.utils.cell import coordinate_to_tuple

        row, column = coordinate_to_tuple(address)
        if row > len(self.values) or column > len(self.values[row - 1]):
            return None
        return self.values[row - 1][column - 1]

    def number(self, address: str) -> float:
        """Return the computed value of a cell as a number; raises DeliverableError when it is none."""
        return scalars.number(self.cell(address), f"{self.place}, cell {address}")

    def table(self, *columns: str) -> Table:
        """Return the table whose header is the first row that holds all the named columns.

        Without names the first row that is not empty is the header. Raises DeliverableError when there is none.
        """
        wanted = {scalars.folded(name) for name in columns}
        for index, row in enumerate(self.values):
            names = {scalars.folded(scalars.text(cell)) for cell in row} - {""}
            if names and wanted <= names:
                return Table(self.place, row, self.values[index + 1 :], first_line=index + 2)
        raise DeliverableError(f"{self.place}: no row holds the column names {list(columns)}")

    def column(self, name: str) -> Column:
        """Return the column below the first cell that holds this name."""
        return self.table(name).column(name)


class Workbook:
    """An xlsx file."""

    def __init__(
        self,
        name: str,
        content: bytes,
        inputs: Mapping[tuple[str, str], float | str] | None = None,
        watch: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self._content = content
        self._watch = watch or (lambda name: None)
        with reading(name, "a workbook"):
            self._sheets = _sheets(name, content, inputs or {})

    def __repr__(self) -> str:
        return f"<{self.name}: {self.sheet_names}>"

    @property
    def sheet_names(self) -> list[str]:
        """The sheets' names as written, in order."""
        return list(self._sheets)

    def sheet(self, name: str) -> Sheet:
        """Return a sheet by its exact name; raises DeliverableError when there is none."""
        if name not in self._sheets:
            raise DeliverableError(f"{self.name}: there is no sheet {name!r}; its sheets are {self.sheet_names}")
        return self._sheets[name]

    def changed(self, inputs: Mapping[tuple[str, str], float | str]) -> "Workbook":
        """Return the workbook as it computes with other values in some cells, keyed by sheet and address.

        Raises DeliverableError when there is no such sheet.
        """
        self._watch(self.name)
        try:
            return Workbook(self.name, self._content, inputs, self._watch)
        finally:
            self._watch("")


def _sheets(name: str, content: bytes, inputs: Mapping[tuple[str, str], float | str]) -> dict[str, Sheet]:
    from openpyxl.utils.cell import coordinate_to_tuple

    packed = repacked(name, content)
    grids = Reader(name).grids(packed)
    if inputs or any(grid.computed for grid in grids):
        places = {(title, *coordinate_to_tuple(address)): value for (title, address), value in inputs.items()}
        engine = _computed(name, packed.getvalue(), grids, places)

        @functools.cache
        def saved() -> dict[str, list[list[object]]]:
            """Return the values that the file's maker saved; read only where the engine has none."""
            return {grid.title: grid.values for grid in Reader(name).grids(packed, as_saved=True)}

        for grid in grids:
            for title, row, column in places:
                if title == grid.title and row <= len(grid.values) and column <= len(grid.values[0]):
                    typed_in = grid.values[row - 1][column - 1]
                    grid.computed.setdefault((row, column), isinstance(typed_in, datetime.date))
            _fill_in(grid, engine, None if inputs else saved)
    return {grid.title: Sheet(f"{name}, sheet {grid.title!r}", grid.values, grid.formulas) for grid in grids}


def _computed(
    name: str, content: bytes, grids: Sequence[Grid], inputs: Mapping[tuple[str, int, int], float | str]
) -> Any:
    import ironcalc
    from openpyxl.utils.cell import coordinate_to_tuple

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:  # the engine reads from a path alone
        file.write(content)
        file.flush()
        engine = ironcalc.load_from_xlsx(file.name, "en", "UTC")
    names = [sheet["name"] for sheet in engine.get_worksheets_properties()]
    last_row = max([1, *(len(grid.values) for grid in grids), *(row for _, row, _ in inputs)])
    for grid in grids:
        for address in grid.formulas.keys() - grid.arrays:
            formula = grid.formulas[address]
            if (short := _cut_columns(formula, last_row)) != formula:
                engine.set_user_input(names.index(grid.title), *coordinate_to_tuple(address), short)
    for (sheet, row, column), value in inputs.items():
        if sheet not in names:
            raise DeliverableError(f"{name}: there is no sheet {sheet!r}")
        engine.set_user_input(names.index(sheet), row, column, str(value))
    engine.evaluate()
    return engine


def _cut_columns(formula: str, last_row: int) -> str:
    """Return a formula with its whole columns cut behind the last row that holds anything.

    The engine looks at each of a column's million cells, which takes up to seconds for a single VLOOKUP.
    """
    return _COLUMNS.sub(lambda found: found[1] or f"${found[2]}$1:${found[4]}${last_row}", formula)


def _fill_in(grid: Grid, engine: Any, saved: Callable[[], Mapping[str, list[list[object]]]] | None) -> None:
    """Put what the engine computed where formulas and inputs stand."""
    index = [sheet["name"] for sheet in engine.get_worksheets_properties()].index(grid.title)
    for (row, column), shows_date in grid.computed.items():
        value = engine.get_cell_value(index, row, column)
        if isinstance(value, int | float) and not isinstance(value, bool) and shows_date:
            value = _date(value)
        if isinstance(value, str) and value.startswith("#") and saved is not None:
            value = saved()[grid.title][row - 1][column - 1] or value
        grid.values[row - 1][column - 1] = value


def _date(number: float) -> object:
    """Return the date that a number stands for in a cell that shows dates; the number where it stands for none."""
    from openpyxl.utils.datetime import from_excel

    try:
        moment = from_excel(number)
    except (ValueError, OverflowError):
        return number
    return moment if isinstance(moment, datetime.date) else number
