"""Rows that a test gives or expects, held against the table that they are of."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from pydantic import JsonValue

from shared.config import kinds
from shared.config.kind import Kind
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.rows_files import UnreadableRowError, csv_rows, json_rows, parse_json, plain_json
from shared.domain.message import nearest
from shared.domain.pipeline_tests import RowOfTest, RowsFile, RowsOfTest
from shared.domain.table import GIVEN_COLUMNS, ColumnType, Table, ddl_type
from shared.domain.typed_value import typed_value

FOLDER = "tests"
ROWS_FILES = (".csv", ".ndjson")
"""What the names of files end in that rows stand in."""


@dataclass(frozen=True)
class _WrittenRow:
    """A row as it is written at a place in YAML, or in a line of a file; `is_text` where all values are texts."""

    values: dict[str, object]
    place: Place
    file: str | None = None
    line: int = 1
    is_text: bool = False

    def typed(self, name: str, column_type: ColumnType) -> JsonValue:
        """The value as JSON that the column takes. Raises ValueError, which says what it is not."""
        value = self.values[name]
        if value is None:
            return None
        if column_type == "JSON":
            return parse_json(str(value)) if self.is_text else plain_json(value)
        if column_type == "STRING" and not isinstance(value, str):
            raise ValueError("is no text; write it in quotes")
        if isinstance(value, float):
            value = self._digits(name) or value
        return typed_value(cast(JsonValue, str(value) if isinstance(value, Decimal) else value), column_type)

    def problem(
        self, kind: Kind, message: str, *, at: str | None, known: tuple[str, ...] = ()
    ) -> ConfigProblem:
        """What is wrong with the value of a column, or with the row."""
        suggestion = nearest(at, known) if at is not None else None
        if self.file is None:
            # A column that is not known is the key's mistake, not the value's.
            here = self.place if at is None else self.place.key(at) if known else self.place.at(at)
            return here.problem(kind, message, allowed=known, suggestion=suggestion)
        return ConfigProblem(self.file, self.line, 1, at or "", message, known, suggestion, kind=kind)

    def _digits(self, name: str) -> str | None:
        """A number as YAML has it, so that no digit is lost."""
        document, location = self.place.document, (*self.place.location, name)
        scalar = document.scalars.get(location)
        if scalar is None or scalar.start.line != scalar.end.line:
            return None
        return document.text.split("\n")[scalar.start.line - 1][
            scalar.start.column - 1 : scalar.end.column - 1
        ]


@dataclass(frozen=True)
class RowReading:
    """Reads rows of tests; what is wrong with them goes into the reading."""

    reading: Reading

    def rows(
        self, written: RowsOfTest, place: Place, table: Table, *, is_whole: bool
    ) -> tuple[RowOfTest, ...]:
        """The rows, typed by the table's columns; in one that `is_whole`, a column without a value is NULL."""
        return tuple(self._typed(each, table, is_whole=is_whole) for each in self._written(written, place))

    def _written(self, written: RowsOfTest, place: Place) -> Iterator[_WrittenRow]:
        if not isinstance(written, RowsFile):
            yield from (_WrittenRow(dict(row), place.at(index)) for index, row in enumerate(written))
            return
        path, is_csv = f"{self.reading.tenant_id}/{FOLDER}/{written.file}", written.file.endswith(".csv")
        text = self.reading.folder.read(path)
        if text is None:
            names = self.reading.folder.names(f"{self.reading.tenant_id}/{FOLDER}")
            known = tuple(name for name in names if name.endswith(ROWS_FILES))
            what = f"a file of {FOLDER}/"
            self._tell(place.at("file").unknown(kinds.UNKNOWN_FILE, written.file, known, what=what))
        elif not isinstance(text, str):
            self._tell(place.at("file").problem(kinds.UNREADABLE_FILE, text.message))
        else:
            file = f"{self.reading.folder.label}/{path}"
            try:
                for line, row in csv_rows(text) if is_csv else json_rows(text):
                    yield _WrittenRow(row, place, file, line, is_text=is_csv)
            except UnreadableRowError as error:
                self._tell(ConfigProblem(file, error.line, 1, "", str(error), kind=kinds.TEST_VALUE))

    def _typed(self, row: _WrittenRow, table: Table, *, is_whole: bool) -> RowOfTest:
        typed: RowOfTest = {}
        for name in row.values:
            column = table.column(name)
            if column is None:
                known = tuple(sorted(column.name for column in table.columns))
                message = f"'{name}' is not a column of {table.name}"
                self._tell(row.problem(kinds.UNKNOWN_COLUMN, message, at=name, known=known))
                continue
            try:
                typed[name] = row.typed(name, column.type)
            except ValueError as error:
                message = f"{error}; the column is {ddl_type(column.type)} in {table.name}"
                self._tell(row.problem(kinds.TEST_VALUE, message, at=name))
        is_read = len(typed) == len(row.values)
        for column in table.columns if is_whole and is_read else ():
            is_needed = column.mode == "REQUIRED" and column.name not in GIVEN_COLUMNS
            if is_needed and row.values.get(column.name) is None:
                message = f"has no value for '{column.name}', which is REQUIRED in {table.name}"
                at = column.name if column.name in row.values else None
                self._tell(row.problem(kinds.TEST_VALUE, message, at=at))
        return typed

    def _tell(self, problem: ConfigProblem) -> None:
        self.reading.problems.append(problem)
