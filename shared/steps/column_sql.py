"""Columns of sources, and the days of windows, as SQL."""

from shared.domain.column_path import path_names
from shared.domain.table import Table
from shared.domain.table_column import SQL_TYPE_BY_READ_AS, TableColumn
from shared.domain.window import Window
from shared.sql.statement import literal, quoted_field


def column_sql(path: str, *, alias: str) -> str:
    """The value at `path` of the row `alias` of somebody else's table: a column, or a field of a struct."""
    return f"{alias}.{quoted_field(*path_names(path))}"


def window_sql(value: str, window: Window) -> str:
    """Whether a value of a source, read as the window says, lies in the window's days.

    What can't be read so fails the statement: its row would be in no window, and never be read.
    """
    return _in_days(f"CAST({value} AS {SQL_TYPE_BY_READ_AS[window.read_as]})", window)


def table_window_sql(window: Window, *, alias: str, table: Table) -> str:
    """Whether a row of the table lies in the window's days.

    A column that already is what the window reads it as stays bare: then BigQuery can leave out whole partitions.
    """
    place = TableColumn(window.column, alias, table)
    is_bare = not place.is_in_json and place.column and place.column.type.lower() == window.read_as
    return _in_days(place.value if is_bare else place.read_as(window.read_as), window)


def window_value_sql(window: Window, *, alias: str, table: Table) -> str:
    """The column that the window goes by where a row lies in its days; an error that says why not, where it doesn't."""
    place = TableColumn(window.column, alias, table)
    unreadable = f"A row to write has a value in {place.path} that can't be read as {window.read_as}"
    reasons = {
        f"{place.value} IS NULL": literal(
            f"A row to write has no value in {place.path}, by which the window goes"
        ),
        f"{place.read_as(window.read_as)} IS NULL": literal(unreadable),
    }
    if place.is_in_json:
        lacking = literal(f"A row to write has no field {place.path}, by which the window goes; it has ")
        reasons = {f"{place.field} IS NULL": f"CONCAT({lacking}, {place.fields_beside})", **reasons}
    tests = " ".join(f"WHEN {test} THEN ERROR({reason})" for test, reason in reasons.items())
    return (
        f"CASE WHEN {table_window_sql(window, alias=alias, table=table)} THEN {place.root} {tests} "
        "ELSE ERROR('A row to write lies outside the window that is replaced') END"
    )


def _in_days(moment: str, window: Window) -> str:
    first, last = f"@{window.parameter}_start", f"@{window.parameter}_end"
    if window.read_as == "date":
        return f"{moment} BETWEEN {first} AND {last}"
    return f"({moment} >= TIMESTAMP({first}) AND {moment} < TIMESTAMP(DATE_ADD({last}, INTERVAL 1 DAY)))"
