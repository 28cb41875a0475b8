"""Reading CSV, newline-delimited JSON and Parquet files, gzipped or not, as DuckDB relations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from bqemulator.api.routes.tables import _field_to_rest
from bqemulator.catalog.models import TableMeta
from bqemulator.storage.type_map import bq_schema_to_duckdb_columns

from local.bigquery.problem import ApiError

_GZIP_MAGIC = b"\x1f\x8b"
_READER_BY_FORMAT = {
    "CSV": "read_csv",
    "NEWLINE_DELIMITED_JSON": "read_json",
    "JSON": "read_json",
    "PARQUET": "read_parquet",
}


class SourceFile:
    """One file and the load options that say how to read it."""

    def __init__(self, path: Path, load: dict[str, Any]) -> None:
        self.path = path
        self.load = load
        self.format = str(load.get("sourceFormat") or "CSV").upper()
        if self.format not in _READER_BY_FORMAT:
            raise ApiError("invalid", f"Source format {self.format} is not offered here")

    @property
    def describes_itself(self) -> bool:
        """Whether the file carries its schema."""
        return self.format == "PARQUET"

    def relation(self, options: dict[str, str]) -> str:
        """The DuckDB table function that reads the file; `options` are SQL expressions by name."""
        if self.format != "PARQUET":
            with self.path.open("rb") as file:
                gzipped = file.read(2) == _GZIP_MAGIC
            # Each reader has its own word for none.
            plain = "'none'" if self.format == "CSV" else "'uncompressed'"
            options = {**options, "compression": "'gzip'" if gzipped else plain}
        arguments = [_literal(str(self.path)), *(f"{name} = {value}" for name, value in options.items())]
        return f"{_READER_BY_FORMAT[self.format]}({', '.join(arguments)})"


def file_columns(
    connection: duckdb.DuckDBPyConnection, source: SourceFile, *, table: TableMeta | None = None
) -> list[tuple[str, str]]:
    """Name and DuckDB type of the file's columns; a CSV file loaded into a table has the table's.

    BigQuery matches CSV columns by position (the header is skipped, not read), JSON and Parquet by name.
    """
    if table is not None and source.format == "CSV":
        return [(column.name, "VARCHAR") for column in table.schema_.fields]
    options = {} if source.format == "PARQUET" else {"sample_size": "-1"}
    if source.format == "CSV":
        options |= {**_csv_options(source.load), "header": "true"}
    if source.format in ("NEWLINE_DELIMITED_JSON", "JSON"):
        options |= {"format": "'newline_delimited'"}
    rows = connection.execute(f"DESCRIBE SELECT * FROM {source.relation(options)}").fetchall()  # noqa: S608 - names are validated and quoted
    return [(str(row[0]), str(row[1])) for row in rows]


def select_rows(table: TableMeta, source: SourceFile, *, names: list[str]) -> tuple[list[str], str]:
    """The table's columns the file has, and the SELECT that yields them in the table's types.

    Raises ApiError for columns the table lacks. Scalars are read as text and cast, so that a NUMERIC never
    goes through a float.
    """
    fields = [_field_to_rest(column) for column in table.schema_.fields]
    kinds = {name.lower(): (name, kind) for name, kind in bq_schema_to_duckdb_columns(fields)}
    if not source.load.get("ignoreUnknownValues"):
        for name in names:
            if name.lower() not in kinds:
                raise ApiError("invalid", f"Error while reading data, error message: No such field: {name}.")
    present = [(name, *kinds[name.lower()]) for name in names if name.lower() in kinds]
    _require_required(table, {column for _name, column, _kind in present})
    columns = [column for _name, column, _kind in present]
    casts = ", ".join(
        f"CAST({_quoted(name)} AS {kind}) AS {_quoted(column)}" for name, column, kind in present
    )
    return columns, f"SELECT {casts or 'NULL'} FROM {source.relation(_options(source, names, kinds))}"  # noqa: S608 - names are validated and quoted


def _options(source: SourceFile, names: list[str], kinds: dict[str, tuple[str, str]]) -> dict[str, str]:
    if source.format == "PARQUET":
        return {}
    columns = {name: _read_as(kinds.get(name.lower(), ("", "VARCHAR"))[1]) for name in names}
    described = "{" + ", ".join(f"{_literal(name)}: {_literal(kind)}" for name, kind in columns.items()) + "}"
    if source.format == "CSV":
        skip = str(_leading_rows(source.load))
        text = "{" + ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in names) + "}"
        return {
            **_csv_options(source.load),
            "header": "false",
            "skip": skip,
            "columns": text,
            "auto_detect": "false",
        }
    return {"format": "'newline_delimited'", "columns": described, "maximum_object_size": "104857600"}


def _read_as(kind: str) -> str:
    """Nested values and JSON are read as what they are, everything else as text."""
    nested = kind.startswith("STRUCT") or kind.endswith("[]")
    return kind if nested or kind == "JSON" else "VARCHAR"


def _csv_options(load: dict[str, Any]) -> dict[str, str]:
    quote = load.get("quote")
    delimiter = {"\\t": "\t", "tab": "\t"}.get(
        load.get("fieldDelimiter") or ",", load.get("fieldDelimiter") or ","
    )
    options = {
        "delim": _literal(delimiter),
        "quote": _literal('"' if quote is None else quote),
        "escape": _literal('"' if quote is None else quote),
        "nullstr": _literal(load.get("nullMarker") or ""),
    }
    if load.get("allowJaggedRows"):
        options["null_padding"] = "true"
    return options


def _leading_rows(load: dict[str, Any]) -> int:
    """Rows to skip. A schema that was detected came from a header; BigQuery skips that one by itself."""
    rows = load.get("skipLeadingRows")
    return int(rows) if rows is not None else int(bool(load.get("autodetect")))


def _require_required(table: TableMeta, columns: set[str]) -> None:
    for column in table.schema_.fields:
        if column.mode == "REQUIRED" and column.name not in columns:
            message = f"Error while reading data, error message: Missing required field: {column.name}."
            raise ApiError("invalid", message)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
