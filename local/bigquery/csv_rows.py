"""CSV files: rows as DuckDB reads them, and as Python does where that is not certain."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.column_limits import fits
from local.bigquery.doubts import Doubt
from local.bigquery.problem import ApiError
from local.bigquery.source_files import PlainFile
from local.bigquery.text_columns import literal, value_sql
from local.bigquery.values import ValueRefusedError, row_reader

_ENCODINGS = {"UTF-8": ("utf-8", "utf-8-sig"), "ISO-8859-1": ("latin-1", "latin-1")}
# BigQuery takes cells of up to 100 MB.
_LONGEST_CELL = 100 << 20


class CsvOptions:
    """What a load job says about its CSV files. Raises ApiError `invalid`."""

    def __init__(self, load: dict[str, Any]) -> None:
        delimiter = load.get("fieldDelimiter") or ","
        self.delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
        self.quote = '"' if load.get("quote") is None else str(load["quote"])
        self.nulls = _null_markers(load)
        self.is_jagged = bool(load.get("allowJaggedRows"))
        self.takes_newlines = bool(load.get("allowQuotedNewlines"))
        self.ignores_unknown = bool(load.get("ignoreUnknownValues"))
        rows = load.get("skipLeadingRows")
        # A schema that was detected came from a header; BigQuery skips that one by itself.
        self.skipped = int(rows) if rows is not None else int(bool(load.get("autodetect")))
        named = str(load.get("encoding") or "UTF-8").upper()
        if named not in _ENCODINGS:
            raise ApiError("invalid", f"Encoding {named} is not offered here")
        self.duckdb_encoding, self.encoding = _ENCODINGS[named]
        if len(self.delimiter) != 1 or len(self.quote) > 1:
            raise ApiError("invalid", "fieldDelimiter is one character, quote one or none")

    def relation(self, file: PlainFile, names: list[str]) -> str:
        """The DuckDB table function that yields the file's cells as text."""
        columns = "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names) + "}"
        nulls = ", ".join(map(literal, self.nulls))
        return (
            f"read_csv({literal(str(file.path))}, auto_detect = FALSE, header = FALSE, compression = 'none',"
            f" skip = {self.skipped}, delim = {literal(self.delimiter)}, quote = {literal(self.quote)},"
            f" escape = {literal(self.quote)}, nullstr = [{nulls}], allow_quoted_nulls = FALSE,"
            f" null_padding = {self.is_jagged}, encoding = {literal(self.duckdb_encoding)}, columns = {columns})"
        )

    def cells(self, file: PlainFile) -> Iterator[tuple[int, list[str] | None]]:
        """The rows' cells and the line each begins in, read by Python; None for where the file breaks off."""
        csv.field_size_limit(_LONGEST_CELL)
        with file.path.open(encoding=self.encoding, newline="") as text:
            rows = csv.reader(
                text,
                delimiter=self.delimiter,
                quotechar=self.quote or None,
                quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
                strict=True,
            )
            yield from self._numbered(rows)

    def _numbered(self, rows: Any) -> Iterator[tuple[int, list[str] | None]]:
        number = 1
        try:
            for row in rows:
                if number > self.skipped and row:
                    yield number, row
                number = rows.line_num + 1
        except (csv.Error, ValueError):
            yield number, None


def _null_markers(load: dict[str, Any]) -> tuple[str, ...]:
    markers = load.get("nullMarkers")
    if markers and load.get("nullMarker"):
        raise ApiError("invalid", "nullMarker and nullMarkers can't be set both")
    return tuple(map(str, markers)) if markers else (str(load.get("nullMarker") or ""),)


class CsvRows:
    """How the rows of one file are read into a table, by the order of its columns."""

    def __init__(self, table: Table, file: PlainFile, load: dict[str, Any]) -> None:
        self.columns = [name for name, _kind in table.columns]
        self.file = file
        self._table = table
        self._options = CsvOptions(load)
        for name, kind in table.columns:
            if kind.is_array or kind.is_struct:
                message = f"A CSV file can't hold nested or repeated data. Field: {name}"
                raise ApiError("invalid", f"Error while reading data, error message: {message}")
        self.is_for_python = (
            self._options.ignores_unknown or bool(load.get("maxBadRecords")) or file.has_lone_returns
        )
        self._read = row_reader(table.fields)

    def good_sql(self, doubt: Doubt) -> str:
        """A query of the rows that are good for certain, in the table's columns; the others are put aside."""
        values = ", ".join(f"v{place}" for place in range(len(self.columns)))
        texts = ", ".join(f"t{place}" for place in range(len(self.columns)))
        kept = doubt.keeps(f"CAST(to_json([{texts}]) AS VARCHAR)")
        return f"SELECT {values} FROM ({self._judged}) WHERE {kept}"

    def read(self, raw: Any) -> dict[str, Any]:
        """The row as `inserts` takes it. Raises ValueRefusedError."""
        if isinstance(raw, str):
            # As DuckDB put it aside.
            raw = json.loads(raw)
        if raw is None:
            raise ValueRefusedError(
                "", "The file is not well-formed here: a quote is not closed, or not alone."
            )
        extra = len(raw) - len(self.columns)
        if extra > 0 and not self._options.ignores_unknown:
            raise ValueRefusedError("", f"Too many values in row: {len(raw)}, columns: {len(self.columns)}.")
        if extra < 0 and not self._options.is_jagged:
            raise ValueRefusedError("", f"Too few values in row: {len(raw)}, columns: {len(self.columns)}.")
        cells = zip(self._table.columns, raw, strict=False)
        return self._read({name: self._cell(text, kind.kind, name) for (name, kind), text in cells})

    def raw_rows(self) -> Iterator[tuple[str, Any]]:
        """The rows' cells, and where each row is, read by Python."""
        for number, cells in self._options.cells(self.file):
            nulls = self._options.nulls
            row = None if cells is None else [None if cell in nulls else cell for cell in cells]
            yield f"CSV parsing error in row starting at line {number}", row

    def _cell(self, text: str | None, kind: str, name: str) -> str | None:
        if text is None:
            return None
        if "\n" in text and not self._options.takes_newlines:
            raise ValueRefusedError(name, "A line break in quotes, and allowQuotedNewlines is not set.")
        # A quoted nothing: text where there is text, NULL where there is none.
        is_nothing = text == "" and "" in self._options.nulls and kind not in ("STRING", "BYTES")
        return None if is_nothing else text

    @property
    def _judged(self) -> str:
        """A query of the cells, their values and whether all of these are certain."""
        places = range(len(self.columns))
        kinds = [kind for _name, kind in self._table.columns]
        values = ", ".join(f"{value_sql(kinds[place], f't{place}')} AS v{place}" for place in places)
        # As in `json_lines`: keeps DuckDB from judging before it has read.
        conditions = " AND ".join(["random() >= 0", *(self._condition(place) for place in places)])
        relation = self._options.relation(self.file, [f"t{place}" for place in places])
        return f"SELECT *, {conditions} AS good FROM (SELECT *, {values} FROM {relation})"

    def _condition(self, place: int) -> str:
        kind, text = self._table.columns[place][1].kind, f"t{place}"
        field = self._table.fields[place]
        limit = fits(field, f"v{place}")
        good = f"v{place} IS NOT NULL{f' AND {limit}' if limit else ''}"
        if field.get("mode") != "REQUIRED":
            good = f"({text} IS NULL OR {good})"
        if kind in ("STRING", "JSON") and not self._options.takes_newlines:
            return f"{good} AND ({text} IS NULL OR NOT contains({text}, chr(10)))"
        return good
