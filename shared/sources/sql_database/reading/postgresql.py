"""Rows of a PostgreSQL database, by a cursor on the server. Imports psycopg, which only this dialect needs."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from pydantic import JsonValue

from shared.domain.address_use import Address
from shared.domain.parameter import ParameterValue
from shared.domain.progress import Memory
from shared.sources.sql_database.reading.asked import (
    own_query,
    table_names,
    unknown_table,
    wanted_columns,
)
from shared.sources.sql_database.reading.chunks import FIRST_ROWS, Row, next_count, rows_of
from shared.sources.sql_database.reading.going_on import Answer, Reach, rows_query
from shared.sources.sql_database.reading.login import (
    CONNECT_SECONDS,
    SILENT_SECONDS,
    BoundValue,
    Login,
    bound_values,
)
from shared.sources.sql_database.reading.postgresql_failures import not_connected, translated
from shared.sources.sql_database.reading.postgresql_values import (
    convert_of,
    cursor_type,
    read_as_arrays,
    read_as_text,
    unknown_types,
)
from shared.sources.sql_database.reading.sql.statement import statement

_CANCEL_SECONDS = 5
Values = Mapping[str, BoundValue | list[int]]


class _Connection(psycopg.Connection[Row]):
    """Calls `look` every tenth of a second that it waits for an answer; what that raises ends the waiting."""

    look: Callable[[], None]

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        return super().wait(_looked_at(gen, self.look), *args, **kwargs)


def _looked_at(gen: Generator[Any, Any, Any], look: Callable[[], None]) -> Generator[Any, Any, Any]:
    """The same generator; one that is told that nothing is ready yet looks."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready:
                look()
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value


def read_postgresql(
    login: Login, *, parameters: tuple[ParameterValue, ...], look: Callable[[], None], memory: Memory | None
) -> Iterator[dict[str, JsonValue]]:
    """The rows, all of one state of the database; with `incremental`, from where `memory` says.

    `look` is called between chunks and while an answer is waited for. However the reading ends, the database carries
    nothing of it on. Raises StepError for what only a person can mend, TransientError for what may pass.
    """
    values = bound_values(parameters)
    look()
    with _opened(login, look) as connection, translated(login):
        _settle(connection, login)
        query, reach = _query(connection, login, values, memory=memory)
        bound = values if reach is None else reach.values
        _execute(connection, statement("postgresql_cursor", query=query), bound)
        columns = _fetch(connection, 0).description or ()
        arrays = _arrays(connection, [column.type_code for column in columns])
        yield from rows_of(
            _chunks(connection, look),
            names=[column.name for column in columns],
            converts=[convert_of(column.type_code, arrays) for column in columns],
            login=login,
        )
    if reach is not None:
        reach.keep(memory)


@contextmanager
def _opened(login: Login, look: Callable[[], None]) -> Iterator[_Connection]:
    with ExitStack() as stack:
        authorities = stack.enter_context(login.authorities())
        connection = login.connected(lambda address: _connect(login, address, authorities))
        connection.look = look
        try:
            yield connection
        finally:
            _end(connection)


def _end(connection: _Connection) -> None:
    """Close it. What is still being answered goes on at the server unless it is told."""
    if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
        with suppress(psycopg.Error):
            connection.cancel_safe(timeout=_CANCEL_SECONDS)
    connection.close()


def _connect(login: Login, address: Address, authorities: Path) -> _Connection:
    source = login.source
    try:
        return _Connection.connect(
            # The certificate is checked against `host`; what is connected to is `hostaddr`, which the gate let pass.
            host=source.host,
            hostaddr=str(address),
            port=source.port_number,
            dbname=source.database,
            user=source.user,
            password=login.password,
            sslmode=source.sslmode,
            sslrootcert=str(authorities) if source.is_encrypted else None,
            # Nothing of the platform's own: no certificates, no Kerberos, no file of passwords.
            sslcertmode="disable",
            gssencmode="disable",
            passfile="/dev/null",
            require_auth=None if source.is_encrypted else "!password",
            client_encoding="UTF8",
            application_name="convergence",
            connect_timeout=CONNECT_SECONDS,
            prepare_threshold=None,
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
        )
    except psycopg.Error as error:
        raise not_connected(str(error), login) from None


def _settle(connection: _Connection, login: Login) -> None:
    """Begin the transaction, by settings of ours."""
    read_as_text(connection)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    limits = {
        "statement_timeout": f"{login.source.statement_timeout_seconds}s",
        "silence": f"{SILENT_SECONDS}s",
    }
    _execute(connection, statement("postgresql_settings"), limits)


def _query(
    connection: _Connection, login: Login, values: Values, *, memory: Memory | None
) -> tuple[str, Reach | None]:
    source = login.source
    if source.query is not None:
        return own_query(login, source.query, given=values), None
    schema, name = table_names(source)
    table = ".".join(_quoted(part) for part in (schema, name) if part is not None)
    found = _execute(connection, statement("postgresql_columns"), {"table": table})
    columns = wanted_columns(login, [row[0] for row in found]) if found.rowcount else ()
    if not columns:
        known = _execute(connection, statement("postgresql_tables"), {})
        raise unknown_table(login, [(row[0], row[1]) for row in known])
    return rows_query(
        login,
        columns=", ".join(_written(column) for column in columns),
        table=table.replace("%", "%%"),
        window="postgresql_window",
        quoted=_written,
        ask=lambda sql: _answer(connection, sql),
        memory=memory,
    )


def _answer(connection: _Connection, sql: str) -> Answer:
    found = _execute(connection, sql, {})
    (oid,) = (column.type_code for column in found.description or ())
    return Answer(found.fetchall(), cursor_type(oid), convert_of(oid, {}))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _written(name: str) -> str:
    """The name as a statement with parameters has it."""
    return _quoted(name).replace("%", "%%")


def _arrays(connection: _Connection, types: list[int]) -> dict[int, int]:
    """The arrays among the types that the database has made itself, and their items; they are lists from now."""
    unknown = unknown_types(types)
    found = _execute(connection, statement("postgresql_arrays"), {"types": unknown}) if unknown else ()
    item_by_array = {row[0]: row[1] for row in found}
    read_as_arrays(connection, item_by_array)
    return item_by_array


def _chunks(connection: _Connection, look: Callable[[], None]) -> Iterator[list[Row]]:
    rows = _fetch(connection, FIRST_ROWS).fetchall()
    while rows:
        yield rows
        look()
        rows = _fetch(connection, next_count(rows)).fetchall()


def _fetch(connection: _Connection, count: int) -> psycopg.Cursor[Row]:
    return _execute(connection, statement("postgresql_fetch", count=str(count)), {})


def _execute(connection: _Connection, sql: str, values: Values) -> psycopg.Cursor[Row]:
    # Identifiers in it are quoted, and values are parameters.
    return connection.execute(sql, values)
