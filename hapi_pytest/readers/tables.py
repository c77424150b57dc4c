"""Tables of csv files and sheets."""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping, Sequence

from hapi_pytest.errors import DeliverableError
from hapi_pytest.readers import scalars
from hapi_pytest.readers.allowance import Allowance
from hapi_pytest.readers.faults import told

MOST_ROWS = 1_048_576
"""As many as a sheet has."""
MOST_CELLS = 5_000_000


TWICE = -1
"""The index of a column whose name another column has too: neither can be meant."""


class Row:
    """One row below a header; columns are found by name, whatever their order, case or surrounding space."""

    __slots__ = ("_cells", "_columns", "_line", "_table")

    def __init__(self, table: str, line: int, columns: Mapping[str, int], cells: Sequence[object]) -> None:
        self._table, self._line = table, line
        self._columns = columns
        self._cells = cells

    def __repr__(self) -> str:
        return f"<{self.place}>"

    @property
    def place(self) -> str:
        """The file and the row's number."""
        return f"{self._table}, row {self._line}"

    def value(self, column: str) -> object:
        """Return the cell as it is; raises DeliverableError when there is no such column."""
        index = self._columns.get(scalars.folded(column))
        if index is None:
            raise DeliverableError(f"{self.place}: there is no column {column!r}")
        if index == TWICE:
            raise DeliverableError(f"{self._table}: the column {column!r} stands there more than once")
        return self._cells[index] if index < len(self._cells) else None

    def __getitem__(self, column: str) -> str:
        """Return the cell as stripped text."""
        return scalars.text(self.value(column)).strip()

    def number(self, column: str) -> float:
        """Return the cell as a number; raises DeliverableError when it is none."""
        return scalars.number(self.value(column), f"{self.place}, column {column!r}")

    def date(self, column: str) -> datetime.date:
        """Return the cell as a date; raises DeliverableError when it is none."""
        return scalars.date(self.value(column), f"{self.place}, column {column!r}")


class Column(Sequence[str]):
    """One column's cells from top to bottom, as text unless asked otherwise."""

    def __init__(self, name: str, rows: Sequence[Row], place: str) -> None:
        self.name = name
        self.place = place
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # Sequence's overloads add nothing for a reader
        if isinstance(index, slice):
            return [row[self.name] for row in self._rows[index]]
        return self._rows[index][self.name]

    def __repr__(self) -> str:
        return repr(list(self))

    def numbers(self) -> list[float]:
        """Return every cell as a number; raises DeliverableError at the first that is none."""
        return [row.number(self.name) for row in self._rows]

    def sum(self) -> float:
        """Return the sum of the column's numbers; raises DeliverableError when there are none: that is no zero."""
        numbers = self.numbers()
        if not numbers:
            raise DeliverableError(f"{self.place}: there are no rows below {self.name!r}")
        return float(sum(numbers))


class Keyed(dict[str, Row]):
    """Rows by key; asking for a key that is not there is the deliverable's fault."""

    place = ""

    def __missing__(self, key: str) -> Row:
        raise DeliverableError(f"{self.place}: there is no row for {key!r}")


class Table(Sequence[Row]):
    """A header and the rows below it."""

    def __init__(
        self, place: str, header: Sequence[object], rows: Sequence[Sequence[object]], first_line: int = 2
    ) -> None:
        self.place = place
        self.header = [scalars.text(name).strip() for name in header]
        """Column names as written, in order."""
        columns: dict[str, int] = {}
        for index, name in enumerate(map(scalars.folded, self.header)):
            columns[name] = TWICE if name in columns else index
        self.rows = [
            Row(place, line, columns, row)
            for line, row in enumerate(rows, first_line)
            if any(cell not in (None, "") for cell in row)
        ]

    def __repr__(self) -> str:
        return f"<{self.place}: {len(self.rows)} rows>"

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # Sequence's overloads add nothing for a reader
        return self.rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def column(self, name: str) -> Column:
        """Return a column by name; raises DeliverableError when there is none."""
        if scalars.folded(name) not in (scalars.folded(other) for other in self.header):
            columns = repr(self.header)[:500]
            raise DeliverableError(f"{self.place}: there is no column {name!r}; its columns are {columns}")
        return Column(name, self.rows, self.place)

    def by(self, name: str) -> Keyed:
        """Return the rows by the text of one column; raises DeliverableError when a value stands there twice."""
        result = Keyed()
        result.place = self.place
        for key, row in zip(self.column(name), self.rows, strict=True):
            if key in result:
                raise DeliverableError(f"{self.place}: {name} {key!r} stands there more than once")
            result[key] = row
        return result


def csv_table(name: str, text: str) -> Table:
    """Read csv with a header line; comma, semicolon or tab, whichever the header uses most."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    Allowance(name, MOST_ROWS, "lines").take(max(map(text.count, "\n\r")))
    Allowance(name, MOST_CELLS, "fields").take(text.count(delimiter))
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, MemoryError) as error:
        raise DeliverableError(f"{name}: is not readable csv: {told(error)}") from None
    if not lines:
        raise DeliverableError(f"{name}: is empty")
    for line, row in enumerate(lines[1:], 2):
        if len(row) > len(lines[0]):
            raise DeliverableError(f"{name}, row {line}: has {len(row)} fields, the header has {len(lines[0])}")
    return Table(name, lines[0], lines[1:])
