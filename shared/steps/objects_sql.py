"""From loaded objects to the rows that reading them would give."""

from shared.domain.loadable import LoadableColumn, LoadableText
from shared.domain.table import SOURCE_FILE, Column, Table, ddl_type
from shared.sql.statement import literal, quoted, statement
from shared.steps.lines_sql import lines_query

_EXACT_INTEGER = 2**53
_UNSURE_TEXT = "A text is not UTF-8, or holds the character that stands for such text"
_NO_NUMBER = "A number is NaN or infinite"


def takes_json(table: Table) -> bool:
    """Whether the table keeps whole rows in one JSON column, as raw_data does."""
    return table.takes_json


def why_not_loaded(
    columns: tuple[LoadableColumn, ...], table: Table, own_columns: tuple[Column, ...]
) -> str | None:
    """Why the objects can't go into the table's own columns by a statement, None where they can."""
    if takes_json(table):
        # Whoever writes a double as JSON chooses how: 1.0 or 1.
        unlike = next((column.name for column in columns if column.type == "FLOAT"), None)
        return f"'{unlike}' is a double, which JSON may write in several ways" if unlike else None
    own = {column.name: column.type for column in own_columns}
    for column in columns:
        if column.name not in own:
            return f"the table has no column '{column.name}'"
        if column.type != own[column.name]:
            return f"'{column.name}' is {column.type} in the objects and {own[column.name]} in the table"
    return None


def objects_query(
    columns: tuple[LoadableColumn, ...],
    table: Table,
    own_columns: tuple[Column, ...],
    *,
    source: str,
    file: str | None,
    text: LoadableText | None = None,
) -> str:
    """The SELECT of the table's own columns, and of the file's name where there is one.

    It fails for a value that may have been another one in the objects. With `text`, they are loaded lines of it.
    """
    rows = lines_query(text, source=source) if text else _rows(columns, table, own_columns, source=source)
    if file is None:
        return rows
    return statement("rows_of_file", value=literal(file), file=quoted(SOURCE_FILE), rows=rows)


def _rows(
    columns: tuple[LoadableColumn, ...], table: Table, own_columns: tuple[Column, ...], *, source: str
) -> str:
    if takes_json(table):
        values = ", ".join(f"{_as_json(column)} AS {quoted(column.name)}" for column in columns)
        return statement("objects_as_json", values=values, source=source)
    found = {column.name: column for column in columns}
    values = ", ".join(f"{_as_column(own, found.get(own.name))} AS {quoted(own.name)}" for own in own_columns)
    return statement("objects_as_columns", values=values, source=source)


def _as_column(own: Column, found: LoadableColumn | None) -> str:
    if found is None:
        return f"CAST(NULL AS {ddl_type(own.type)})"
    return _sure(found)


def _as_json(column: LoadableColumn) -> str:
    value = _sure(column)
    match column.type:
        case "STRING" | "BOOLEAN" | "FLOAT":
            return value
        case "INTEGER":
            # What a double can't hold is text.
            is_exact = f"{value} BETWEEN -{_EXACT_INTEGER} AND {_EXACT_INTEGER}"
            return f"IF({is_exact}, TO_JSON({value}), TO_JSON(CAST({value} AS STRING)))"
        case "NUMERIC":
            return _with_digits(f"CAST({value} AS STRING)", column.scale)
        case "DATE":
            return f"CAST({value} AS STRING)"
        case "TIMESTAMP":
            form = "IF(EXTRACT(MICROSECOND FROM {0}) = 0, FORMAT_TIMESTAMP({1}, {0}), FORMAT_TIMESTAMP({2}, {0}))"
            whole, part = literal("%E4Y-%m-%dT%H:%M:%SZ"), literal("%E4Y-%m-%dT%H:%M:%E6SZ")
            return form.format(value, whole, part)


def _with_digits(text: str, scale: int) -> str:
    """A decimal's text with so many digits behind the point: NUMERIC writes none that is a zero at the end."""
    if scale == 0:
        return text
    point = f"STRPOS({text}, '.')"
    digits = f"IF({point} = 0, 0, LENGTH({text}) - {point})"
    return f"CONCAT({text}, IF({point} = 0, '.', ''), REPEAT('0', {scale} - {digits}))"


def _sure(column: LoadableColumn) -> str:
    name = quoted(column.name)
    if column.type == "STRING":
        return f"IF(STRPOS({name}, {literal(chr(0xFFFD))}) > 0, ERROR({literal(_UNSURE_TEXT)}), {name})"
    if column.type == "FLOAT":
        return f"IF(IS_NAN({name}) OR IS_INF({name}), ERROR({literal(_NO_NUMBER)}), {name})"
    return name
