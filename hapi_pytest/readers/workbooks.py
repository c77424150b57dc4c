"""Spreadsheets with their live formulas computed."""

import datetime
import functools
import io
import tempfile
import warnings
from collections.abc import Mapping
from typing import Any

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.tables import Column, Table


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

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self._content = content
        self._inputs: Mapping[tuple[str, str], float | str] = {}
        self._sheets: dict[str, Sheet] | None = None

    def __repr__(self) -> str:
        return f"<{self.name}: {self.sheet_names}>"

    @property
    def sheet_names(self) -> list[str]:
        """The sheets' names as written, in order."""
        return list(self._read())

    def sheet(self, name: str) -> Sheet:
        """Return a sheet by its exact name; raises DeliverableError when there is none."""
        sheets = self._read()
        if name not in sheets:
            raise DeliverableError(f"{self.name}: there is no sheet {name!r}; its sheets are {list(sheets)}")
        return sheets[name]

    def changed(self, inputs: Mapping[tuple[str, str], float | str]) -> "Workbook":
        """Return the workbook as it computes with other values in some cells, keyed by sheet and address."""
        other = Workbook(self.name, self._content)
        other._inputs = inputs
        return other

    def _read(self) -> dict[str, Sheet]:
        if self._sheets is None:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of styles and extensions that the library does not know
                    self._sheets = _sheets(self.name, self._content, self._inputs)
            except DeliverableError:
                raise
            except Exception as error:  # whatever the libraries raise on a broken file is the file's fault
                raise DeliverableError(f"{self.name}: cannot be read as a workbook: {error}") from None
        return self._sheets


def _sheets(name: str, content: bytes, inputs: Mapping[tuple[str, str], float | str]) -> dict[str, Sheet]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content))
    has_formulas = any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    engine = _computed(name, content, inputs) if has_formulas or inputs else None
    names = [properties["name"] for properties in engine.get_worksheets_properties()] if engine else []

    @functools.cache
    def saved() -> Any:
        """Return the values that the file's maker saved; read only where the engine has none."""
        return openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    result = {}
    for sheet in book.worksheets:
        formulas: dict[str, str] = {}
        values: list[list[object]] = []
        for row in sheet.iter_rows(min_row=1, min_col=1):
            line: list[object] = []
            for cell in row:
                value: object = cell.value
                if cell.data_type == "f":
                    formulas[cell.coordinate] = str(getattr(value, "text", value))
                if engine is not None and (cell.data_type == "f" or (sheet.title, cell.coordinate) in inputs):
                    value = _value(engine, names.index(sheet.title), cell)
                    if isinstance(value, str) and value.startswith("#") and not inputs:
                        value = saved()[sheet.title][cell.coordinate].value or value
                line.append(value)
            values.append(line)
        result[sheet.title] = Sheet(f"{name}, sheet {sheet.title!r}", values, formulas)
    return result


def _computed(name: str, content: bytes, inputs: Mapping[tuple[str, str], float | str]) -> Any:
    import ironcalc
    from openpyxl.utils.cell import coordinate_to_tuple

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:  # the engine reads from a path alone
        file.write(content)
        file.flush()
        engine = ironcalc.load_from_xlsx(file.name, "en", "UTC")
    names = [sheet["name"] for sheet in engine.get_worksheets_properties()]
    for (sheet, address), value in inputs.items():
        if sheet not in names:
            raise DeliverableError(f"{name}: there is no sheet {sheet!r}")
        engine.set_user_input(names.index(sheet), *coordinate_to_tuple(address), str(value))
    engine.evaluate()
    return engine


def _value(engine: Any, sheet: int, cell: Any) -> object:
    """Return a formula's result, as a date where the cell shows one."""
    from openpyxl.styles.numbers import is_date_format
    from openpyxl.utils.datetime import from_excel

    value = engine.get_cell_value(sheet, cell.row, cell.column)
    if isinstance(value, int | float) and not isinstance(value, bool) and is_date_format(cell.number_format):
        moment = from_excel(value)
        return moment if isinstance(moment, datetime.date) else value
    return value
