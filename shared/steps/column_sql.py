"""Columns and paths into them, as SQL."""

from shared.domain.source import ReadAs, Window
from shared.domain.table import Table
from shared.sql.statement import quoted

_TYPE_BY_READ_AS = {
    "string": "STRING",
    "integer": "INT64",
    "number": "NUMERIC",
    "boolean": "BOOL",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def column_sql(path: str, *, alias: str, is_json: bool) -> str:
    """The value at `path` of the row `alias`: a column, a field of a struct, or a scalar inside a JSON column."""
    root, *inside = path.split(".")
    if inside and is_json:
        return f"JSON_VALUE({alias}.{quoted(root)}, '$.{'.'.join(inside)}')"
    return ".".join((alias, *map(quoted, (root, *inside))))


def table_column_sql(path: str, *, alias: str, table: Table) -> str:
    """Like `column_sql`, for a table whose columns are known."""
    column = table.column(path.split(".", maxsplit=1)[0])
    return column_sql(path, alias=alias, is_json=column is not None and column.type == "JSON")


def read_as_sql(value: str, read_as: ReadAs) -> str:
    """The value as a type; NULL where it can't be read so."""
    return f"SAFE_CAST({value} AS {_TYPE_BY_READ_AS[read_as]})"


def window_sql(value: str, window: Window) -> str:
    """Whether a value, read as the window says, lies in the window's days."""
    return _in_days(read_as_sql(value, window.read_as), window)


def table_window_sql(window: Window, *, alias: str, table: Table) -> str:
    """Whether a row of the table lies in the window's days.

    A column that already is what the window reads it as stays bare: then BigQuery can leave out whole partitions.
    """
    value = table_column_sql(window.column, alias=alias, table=table)
    column = table.column(window.column)
    if column is not None and column.type.lower() == window.read_as:
        return _in_days(value, window)
    return window_sql(value, window)


def _in_days(moment: str, window: Window) -> str:
    first, last = f"@{window.parameter}_start", f"@{window.parameter}_end"
    if window.read_as == "date":
        return f"{moment} BETWEEN {first} AND {last}"
    return f"({moment} >= TIMESTAMP({first}) AND {moment} < TIMESTAMP(DATE_ADD({last}, INTERVAL 1 DAY)))"
