"""The fields of a source's rows, held against the table that they go into."""

from collections.abc import Iterator, Mapping

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.destination import IngestDestination
from shared.domain.source import QuerySource, Source
from shared.domain.source_column import SourceColumn, typed_columns
from shared.domain.table import SOURCE_FILE, ColumnType, Table

_HOLDS: dict[ColumnType, tuple[ColumnType, ...]] = {
    "NUMERIC": ("INTEGER",),
    "BIGNUMERIC": ("INTEGER", "NUMERIC"),
    "FLOAT": ("INTEGER",),
}
"""The other types whose values a column holds without loss."""


def check_fields(
    source: Source, destination: IngestDestination, table: Table, *, place: Place, step: Place
) -> Iterator[ConfigProblem]:
    """Columns that the table lacks or that hold something else, and words about fields where they mean nothing.

    `place` is the source's document, `step` the step that reads it.
    """
    here = step.at("destination", "schema")
    if "fields" in destination.model_fields_set and isinstance(source, QuerySource):
        yield here.problem(
            kinds.REFUSED_WORD,
            "says nothing about a source in BigQuery: its query says which columns there are",
        )
    elif "new_columns" in destination.fields.model_fields_set and table.takes_json:
        yield here.at("new_columns").problem(
            kinds.REFUSED_WORD, f"says nothing about {table.name}, which keeps every row whole"
        )
    if isinstance(source, QuerySource) or table.takes_json:
        return
    own = {column.name: column.type for column in table.own_columns}
    if source.needs.names_files and table.tells_file:
        own.pop(SOURCE_FILE)
    elif source.needs.names_files and SOURCE_FILE in source.columns and not table.has(SOURCE_FILE):
        # Added by its name, it would be filled in by two.
        yield place.at("columns", SOURCE_FILE).problem(
            kinds.WRONG_FIELDS,
            f"the platform fills in '{SOURCE_FILE}' of every table that has it; choose another name",
        )
    yield from _check_columns(source.columns, destination, table, own=own, place=place.at("columns"))


def table_with_fields(source: Source, destination: IngestDestination, table: Table) -> Table:
    """The table as it is once the columns of the source are added, where the destination says so."""
    if isinstance(source, QuerySource) or table.takes_json or destination.fields.new_columns != "add":
        return table
    return table.with_columns(typed_columns(source.columns))


def _check_columns(
    columns: Mapping[str, SourceColumn],
    destination: IngestDestination,
    table: Table,
    *,
    own: Mapping[str, ColumnType],
    place: Place,
) -> Iterator[ConfigProblem]:
    for name, column in columns.items():
        here = place.at(name)
        if name not in own and table.has(name):
            yield here.problem(kinds.WRONG_FIELDS, f"the platform fills in '{name}' of {table.name} itself")
        elif name not in own and destination.fields.new_columns != "add":
            yield here.unknown(
                kinds.UNKNOWN_COLUMN, name, tuple(own), what=f"a column of {table.name} that rows fill"
            )
        elif name not in own and column.type is None:
            yield here.problem(
                kinds.MISSING_KEY, f"'type' is missing: {table.name} gets '{name}', and a column has one"
            )
        elif name in own and not _fits(column.type, own[name]):
            yield here.at("type").problem(
                kinds.WRONG_FIELDS, f"'{name}' is {own[name]} in {table.name}, and not {column.type}"
            )


def _fits(column_type: ColumnType | None, own: ColumnType) -> bool:
    return column_type in (None, own) or column_type in _HOLDS.get(own, ())
