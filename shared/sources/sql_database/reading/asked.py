"""What is asked of a database: the statement of a source's rows, whose names are those that the table has."""

from collections.abc import Callable, Collection, Sequence

from shared.domain.column_path import path_names
from shared.domain.errors import StepError
from shared.domain.message import did_you_mean, listed, nearest
from shared.sources.sql_database.query_text import QueryTextError, parse_query
from shared.sources.sql_database.reading.login import Login
from shared.sources.sql_database.reading.sql.statement import statement
from shared.sources.sql_database.source import SqlDatabaseSource


def table_names(source: SqlDatabaseSource) -> tuple[str | None, str]:
    """The table's schema, where it says one, and its name."""
    *schema, name = path_names(source.table or "")
    return (schema[0] if schema else None), name


def wanted_columns(login: Login, found: Sequence[str]) -> tuple[str, ...]:
    """The columns that are read. Raises StepError for one that the table doesn't have."""
    source = login.source
    going_by = [said.column for said in (source.window, source.incremental) if said is not None]
    named = (*source.included_columns, *going_by)
    for name in named:
        if name not in found:
            raise login.fault(
                f"has a table '{source.table}' without a column '{name}'; its columns are "
                f"{listed(list(found))}{did_you_mean(nearest(name, found))}"
            )
    return source.included_columns or tuple(found)


def window_condition(login: Login, name: str, *, quoted: Callable[[str], str]) -> str:
    """What is true of the rows of the source's window, by the statement of that `name`; of all rows if it has none."""
    window = login.source.window
    if window is None:
        return "TRUE"
    start, end = f"{window.parameter}_start", f"{window.parameter}_end"
    return statement(name, column=quoted(window.column), start=start, end=end)


def unknown_table(login: Login, known: Sequence[tuple[str, str]]) -> StepError:
    """No such table. `known` are the schemas and names of those that the user may know of."""
    schema, name = table_names(login.source)
    here = [table for place, table in known if schema in (None, place)]
    close = nearest(name, here)
    meant = next(
        (f"{place}.{table}" for place, table in known if table == close and schema in (None, place)), None
    )
    if meant is None:
        meant = nearest(f"{schema}.{name}", [".".join(pair) for pair in known])
    return login.fault(
        f"has no table '{login.source.table}' that the user '{login.source.user}' may see{did_you_mean(meant)}"
    )


def own_query(login: Login, text: str, *, given: Collection[str]) -> str:
    """The source's own query, as drivers want it. Raises StepError for one that asks for what isn't `given`."""
    try:
        query = parse_query(text, login.source.dialect)
    except QueryTextError as error:
        raise login.fault(f"is not asked: the query {error}") from error
    missing = [name for name in query.names if name not in given]
    if missing:
        raise login.fault(f"is not asked: the run has no parameter for ':{missing[0]}' of the query")
    return query.sql
