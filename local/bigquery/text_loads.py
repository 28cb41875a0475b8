"""Loading files of text: DuckDB takes the rows that are good for certain, Python reads the others one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import duckdb

from local.bigquery.catalog import Table
from local.bigquery.destination import Destination, insert_select
from local.bigquery.doubts import Doubt, Doubts
from local.bigquery.inserts import rows_parameter, rows_source
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.source_files import PlainFile
from local.bigquery.values import ValueRefusedError

_BATCH_ROWS = 1000
_PREFIX = "Error while reading data, error message: "


class TextRows(Protocol):
    """How the rows of one file are read into a table."""

    columns: list[str]
    file: PlainFile
    # Whether Python is quicker, or the only one that can.
    is_for_python: bool

    def good_sql(self, doubt: Doubt) -> str: ...
    def read(self, raw: Any) -> dict[str, Any]: ...
    def raw_rows(self) -> Iterator[tuple[str, Any]]: ...


class TextLoad:
    """Carries files into a table; `bad_rows` of them were left out, as `maxBadRecords` allows."""

    def __init__(
        self, session: Session, destination: Destination, table: Table, *, doubts: Doubts, most_bad: int
    ) -> None:
        self._session = session
        self._doubts = doubts
        self._destination = destination
        self._table = table
        self._most_bad = most_bad
        self.bad_rows = 0

    def load(self, rows: TextRows) -> int:
        """Append the file's rows; how many. Raises ApiError that says what is wrong, and where."""
        file = rows.file
        if rows.is_for_python or file.has_long_lines:
            return self._insert(rows, rows.raw_rows())
        with self._doubts.collect() as doubt:
            try:
                sql = rows.good_sql(doubt)
                written = insert_select(
                    self._session, self._destination, self._table, columns=rows.columns, source=sql
                )
            except (duckdb.InterruptException, duckdb.TransactionException):
                raise
            except duckdb.Error as error:
                raise self._refusal(rows, error) from error
            # DuckDB can't say where they are.
            return written + self._insert(rows, (("", row) for row in doubt.rows()))

    def _insert(self, rows: TextRows, raw_rows: Iterable[tuple[str, Any]]) -> int:
        written, batch = 0, []
        for where, raw in raw_rows:
            try:
                batch.append(rows.read(raw))
            except ValueRefusedError as refused:
                self.bad_rows += 1
                if self.bad_rows > self._most_bad:
                    told = _refusal(rows.file, where, refused) if where else self._refusal(rows, refused)
                    raise told from refused
            if len(batch) == _BATCH_ROWS:
                written += self._write(batch)
                batch = []
        return written + self._write(batch)

    def _write(self, batch: list[dict[str, Any]]) -> int:
        if not batch:
            return 0
        return insert_select(
            self._session,
            self._destination,
            self._table,
            columns=[name for name, _kind in self._table.columns],
            source=rows_source(self._table),
            parameters=rows_parameter(batch),
        )

    def _refusal(self, rows: TextRows, cause: Exception) -> ApiError:
        """What is wrong with the first wrong row of the file."""
        for where, raw in rows.raw_rows():
            try:
                rows.read(raw)
            except ValueRefusedError as refused:
                return _refusal(rows.file, where, refused)
        unknown = ValueRefusedError("", "The file can't be read.")
        return _refusal(rows.file, "", cause if isinstance(cause, ValueRefusedError) else unknown)


def _refusal(file: PlainFile, where: str, refused: ValueRefusedError) -> ApiError:
    message = refused.message[:1].upper() + refused.message[1:]
    at = f"{where}: " if where else ""
    field = f"Field: {refused.location}; " if refused.location else ""
    return ApiError("invalid", f"{_PREFIX}{at}{message} {field}File: {file.name}", location=file.name)
