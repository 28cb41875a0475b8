"""Rows of a MySQL or MariaDB database, as the server sends them. Imports PyMySQL, which only this dialect needs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias, cast

import pymysql
from pydantic import JsonValue
from pymysql.converters import conversions
from pymysql.cursors import Cursor, SSCursor

from shared.domain.address_use import Address
from shared.domain.errors import StepError, TransientError
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
from shared.sources.sql_database.reading.mysql_failures import not_connected, translated
from shared.sources.sql_database.reading.mysql_values import convert_of, cursor_type
from shared.sources.sql_database.reading.sql.statement import statement
from shared.sources.sql_database.reading.watched_socket import watched_socket, watched_tls

_MARGIN_SECONDS = 30
"""A statement that the server should have ended is waited for so much longer."""
_MARIADB = "MariaDB"
_ENCODERS: Any = {kind: encode for kind, encode in conversions.items() if isinstance(kind, type)}
"""How values are written into statements. Those that come stay text: PyMySQL would lose some of what they say."""
Connected: TypeAlias = "pymysql.Connection[Cursor]"
Look = Callable[[], None]
Values = Mapping[str, BoundValue]


def read_mysql(
    login: Login, *, parameters: tuple[ParameterValue, ...], look: Look, memory: Memory | None
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
        with _streamed(connection, query, bound, login=login) as cursor:
            fields = _result(cursor).fields
            yield from rows_of(
                _chunks(cursor, look),
                names=[field.name for field in fields],
                converts=[convert_of(field.type_code, field.charsetnr) for field in fields],
                login=login,
            )
    if reach is not None:
        reach.keep(memory)


@contextmanager
def _opened(login: Login, look: Look) -> Iterator[Connected]:
    with ExitStack() as stack:
        authorities = stack.enter_context(login.authorities())
        connection = login.connected(lambda address: _connect(login, address, authorities, look=look))
        try:
            yield connection
        finally:
            with suppress(pymysql.Error):
                connection.close()


def _connect(login: Login, address: Address, authorities: Path, *, look: Look) -> Connected:
    source = login.source
    silence = source.statement_timeout_seconds + _MARGIN_SECONDS
    tls = None
    if source.is_encrypted:
        is_full = source.sslmode == "verify-full"
        tls = watched_tls(authorities, checks_name=is_full, look=look, silence_seconds=silence)
    connection = pymysql.Connection(
        # The certificate's name is checked against `host`; what is connected to is the address, which was checked.
        host=source.host,
        port=source.port_number,
        user=source.user,
        password=login.password,
        database=source.database,
        charset="utf8mb4",
        conv=_ENCODERS,
        ssl=tls,
        ssl_disabled=tls is None,
        read_timeout=CONNECT_SECONDS,
        write_timeout=CONNECT_SECONDS,
        program_name="convergence",
        defer_connect=True,
    )
    try:
        made = watched_socket(
            address,
            source.port_number,
            look=look,
            connect_seconds=CONNECT_SECONDS,
            silence_seconds=silence,
        )
        connection.connect(made)
    except (pymysql.Error, OSError) as error:
        raise not_connected(error, login) from None
    return connection


def _settle(connection: Connected, login: Login) -> None:
    """Begin the transaction, by settings of ours."""
    seconds = login.source.statement_timeout_seconds
    _answer(connection, statement("mysql_settings"), {"silence": SILENT_SECONDS})
    _answer(connection, statement("mysql_isolation"), {})
    if _MARIADB in str(cast(Any, connection).get_server_info()):
        _answer(connection, statement("mariadb_time_limit"), {"seconds": seconds})
    else:
        _answer(connection, statement("mysql_time_limit"), {"milliseconds": seconds * 1_000})
    _answer(connection, statement("mysql_begin"), {})


def _query(
    connection: Connected, login: Login, values: Values, *, memory: Memory | None
) -> tuple[str, Reach | None]:
    source = login.source
    if source.query is not None:
        return own_query(login, source.query, given=values), None
    schema, name = table_names(source)
    asked = {"schema": schema, "table": name}
    found = [str(row[0]) for row in _answer(connection, statement("mysql_columns"), asked)]
    if not found:
        tables = _answer(connection, statement("mysql_tables"), {"schema": schema})
        raise unknown_table(login, [(str(row[0]), str(row[1])) for row in tables])
    columns = ", ".join(_quoted(column) for column in wanted_columns(login, found))
    return rows_query(
        login,
        columns=columns,
        table=".".join(_quoted(part) for part in (schema, name) if part is not None),
        window="mysql_window",
        quoted=_quoted,
        ask=lambda sql: _typed_answer(connection, sql),
        memory=memory,
    )


def _quoted(name: str) -> str:
    """The name as a statement with parameters has it."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def _typed_answer(connection: Connected, sql: str) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute(sql, {})
        field = cast(Any, cursor)._result.fields[0]
        convert = convert_of(field.type_code, field.charsetnr)
        return Answer(list(cursor.fetchall()), cursor_type(field.type_code), convert)


def _answer(connection: Connected, sql: str, values: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


@contextmanager
def _streamed(connection: Connected, sql: str, values: Values, *, login: Login) -> Iterator[SSCursor]:
    """A cursor whose rows come as they are taken. One that isn't read to its end is ended at the server, too."""
    cursor = connection.cursor(SSCursor)
    is_read = False
    try:
        cursor.execute(sql, values)
        yield cursor
        is_read = True
    finally:
        if not is_read:
            _kill(connection, login)
            _forget(cursor)


def _kill(connection: Connected, login: Login) -> None:
    """Have the server end what the connection has asked for, by another connection."""
    session = statement("mysql_kill", session=str(int(cast(Any, connection).thread_id())))
    with suppress(pymysql.Error, OSError, StepError, TransientError):
        with login.authorities() as authorities:
            other = login.connected(lambda address: _connect(login, address, authorities, look=lambda: None))
        with other:
            _answer(other, session, {})


def _forget(cursor: SSCursor) -> None:
    """Keep the driver from reading all the rest of the rows when the cursor goes."""
    result = _result(cursor)
    if result is not None:
        result.unbuffered_active = False
    cursor.connection = cast(Any, None)


def _result(cursor: SSCursor) -> Any:
    """What the driver knows of the rows, which its cursor says in part only."""
    return cast(Any, cursor)._result


def _chunks(cursor: SSCursor, look: Look) -> Iterator[Sequence[Row]]:
    rows = list(cursor.fetchmany(FIRST_ROWS))
    while rows:
        yield rows
        look()
        rows = list(cursor.fetchmany(next_count(rows)))
