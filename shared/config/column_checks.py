"""Columns, paths and windows that a recipe names, held against the table that they are about."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.column_path import is_field_name, path_names, path_of
from shared.domain.pipeline import Pipeline
from shared.domain.read_as import ReadAs
from shared.domain.table import ColumnType, Table
from shared.domain.window import Window

_READABLE_AS: dict[ColumnType, tuple[ReadAs, ...]] = {
    "STRING": ("string", "integer", "number", "boolean", "date", "timestamp"),
    "INTEGER": ("string", "integer", "number", "boolean"),
    "NUMERIC": ("string", "integer", "number"),
    "BIGNUMERIC": ("string", "integer", "number"),
    "FLOAT": ("string", "integer", "number"),
    "BOOLEAN": ("string", "integer", "boolean"),
    "DATE": ("string", "date", "timestamp"),
    "DATETIME": ("string", "date", "timestamp"),
    "TIMESTAMP": ("string", "date", "timestamp"),
    "JSON": ("string", "integer", "number", "boolean", "date", "timestamp"),
}
"""What a column can be cast to ("Conversion rules" of GoogleSQL); inside JSON there is text."""
_NO_GROUPS = ("FLOAT",)


def check_column(
    path: str, table: Table, place: Place, *, read_as: ReadAs | None = None
) -> Iterator[ConfigProblem]:
    """A column exists, only JSON columns have an inside, and what it holds can be read as the type."""
    root, *inside = path_names(path)
    column = table.column(root)
    if column is None:
        names = tuple(column.name for column in table.columns)
        yield place.unknown(kinds.UNKNOWN_COLUMN, root, names, what=f"a column of {table.name}")
    elif inside and column.type != "JSON":
        yield place.problem(
            kinds.WRONG_PATH, f"'{root}' is {column.type}; only a JSON column has paths into it"
        )
    elif not inside and column.type == "JSON":
        yield place.problem(
            kinds.WRONG_PATH, f"'{root}' is JSON; say what in it is meant, e.g. {path_of((root, 'cost'))}"
        )
    elif read_as is not None and read_as not in _READABLE_AS[column.type]:
        yield place.problem(
            kinds.UNREADABLE_AS,
            f"'{root}' is {column.type}, which can't be read as {read_as}",
            allowed=_READABLE_AS[column.type],
        )


def check_keys(keys: tuple[str, ...], table: Table, place: Place) -> Iterator[ConfigProblem]:
    """Keys are columns that BigQuery can compare, and leave something to update."""
    for index, key in enumerate(keys):
        yield from check_column(key, table, place.at(index))
        column = table.column(path_names(key)[0])
        if column is not None and column.type in _NO_GROUPS:
            yield place.at(index).problem(
                kinds.WRONG_KEYS, f"'{key}' is {column.type}, which is no key: two of the same may differ"
            )
    names = {column.name for column in table.columns}
    if keys and names <= {*keys, "pipeline_id"}:
        yield place.problem(
            kinds.WRONG_KEYS, f"all columns of {table.name} are keys, so there is nothing to update"
        )


def check_window(
    window: Window, pipeline: Pipeline, place: Place, *, table: Table | None
) -> Iterator[ConfigProblem]:
    """A window goes by a date_range parameter and by a column of the table; of somebody else's where there is none."""
    ranges = tuple(name for name, value in pipeline.parameters.items() if value.type == "date_range")
    if window.parameter not in ranges:
        yield place.at("parameter").unknown(
            kinds.UNKNOWN_PARAMETER, window.parameter, ranges, what="a date_range parameter of this pipeline"
        )
    if table is not None:
        yield from check_column(window.column, table, place.at("column"), read_as=window.read_as)
        return
    for name in path_names(window.column):
        if not is_field_name(name):
            yield place.at("column").problem(
                kinds.UNKNOWN_COLUMN, f"'{name}' can't be the name of a column of BigQuery"
            )
