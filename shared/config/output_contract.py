"""What a SELECT delivers, held against the table that it is written to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.config import kinds
from shared.config.beyond import Analysis, SqlAnalyzer
from shared.config.kind import Kind
from shared.config.position import Position
from shared.config.select_list import SelectedColumn, has_star, select_place, selected_columns
from shared.domain.message import listed, nearest
from shared.domain.table import Column, Table, ddl_type


@dataclass(frozen=True)
class Breach:
    """One way in which the columns don't fit, at a place in the SQL."""

    at: Position
    kind: Kind
    message: str
    suggestion: str | None = None


@dataclass(frozen=True)
class Contract:
    """The SELECT `sql` and the table that the step `writer` writes its rows to."""

    sql: str
    found: Analysis
    table: Table
    writer: str
    analyzer: SqlAnalyzer

    def breaches(self) -> Iterator[Breach]:
        """Columns that are missing, there twice, of another type, or too many."""
        delivered = [name.casefold() for name, _ in self.found.columns]
        types = dict(zip(delivered, (each for _, each in self.found.columns), strict=True))
        wanted = {column.name.casefold(): column for column in self.table.own_columns}
        extra = [name for name, _ in self.found.columns if name and not self._is_known(name)]
        missing, misspelt = [], set[str]()
        for key, column in wanted.items():
            meant = None if key in types else nearest(column.name, extra)
            if key in types:
                yield from self._of_one(column, types[key], is_twice=Counter(delivered)[key] > 1)
            elif meant is None:
                missing.append(column)
            else:
                misspelt.add(meant)
                yield self._misspelt(column, meant)
        if missing:
            yield self._missing(missing)
        if not has_star(self.sql):
            yield from (self._too_many(name) for name in extra if name not in misspelt)

    def _is_known(self, name: str) -> bool:
        # Google's name for a column that has none.
        return name.startswith("$col") or any(
            name.casefold() == each.name.casefold() for each in self.table.columns
        )

    def _of_one(self, column: Column, sql_type: str, *, is_twice: bool) -> Iterator[Breach]:
        selected = self._selected(column.name)
        if is_twice:
            message = f"the SELECT delivers '{column.name}' twice; take one away"
            yield Breach(selected.at, kinds.COLUMN_TWICE, message)
        elif not self.analyzer.takes(column.type, sql_type):
            wanted = ddl_type(column.type)
            message = (
                f"the SELECT delivers '{column.name}' as {sql_type}, where the table {self.table.name} has {wanted}; "
                f"{_advice(selected, wanted)}"
            )
            yield Breach(selected.at, kinds.COLUMN_OF_ANOTHER_TYPE, message)

    def _misspelt(self, column: Column, meant: str) -> Breach:
        message = f"{self._needs} {_described([column])}, and the SELECT delivers '{meant}'"
        return Breach(self._selected(meant).at, kinds.COLUMN_NOT_DELIVERED, message, suggestion=column.name)

    def _missing(self, columns: list[Column]) -> Breach:
        delivers = listed([name for name, _ in self.found.columns if not name.startswith("$col")])
        added = listed([f"… AS {column.name}" for column in columns])
        message = (
            f"{self._needs} {_described(columns)}, which the SELECT doesn't deliver; "
            f"it delivers {delivers or 'nothing by name'}; add '{added}'"
        )
        return Breach(select_place(self.sql), kinds.COLUMN_NOT_DELIVERED, message)

    @property
    def _needs(self) -> str:
        return f"the table {self.table.name}, which step '{self.writer}' writes to, needs"

    def _too_many(self, name: str) -> Breach:
        own = tuple(column.name for column in self.table.own_columns)
        message = f"the table {self.table.name} has no column '{name}', so it is left out"
        return Breach(self._selected(name).at, kinds.COLUMN_TOO_MANY, message, suggestion=nearest(name, own))

    def _selected(self, name: str) -> SelectedColumn:
        found = selected_columns(self.sql).get(name.casefold())
        return found or SelectedColumn(name, select_place(self.sql))


def _advice(selected: SelectedColumn, wanted: str) -> str:
    if selected.function == "FORMAT_DATE" and wanted == "DATE":
        return "FORMAT_DATE makes a text: write DATE_TRUNC(…, MONTH) in its place, or no function"
    value = "NULL" if selected.is_null else "…"
    return f"write CAST({value} AS {wanted}) AS {selected.name}"


def _described(columns: list[Column]) -> str:
    return listed([f"'{column.name}' ({ddl_type(column.type)})" for column in columns])
