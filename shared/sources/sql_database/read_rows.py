"""Reads a database with the tenant's password."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.source_access import SourceAccess
from shared.sources.sql_database.reading.login import Login
from shared.sources.sql_database.source import SqlDatabaseSource


def read_rows(source: SqlDatabaseSource, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
    """The rows of its table or query. `look` is called between chunks of rows, and while an answer is waited for."""
    login = Login(
        source=source,
        password=access.secrets.load(access.tenant_id, source.password.secret),
        gate=access.gate,
    )
    match source.dialect:
        # Each imports its own driver.
        case "postgresql":
            from shared.sources.sql_database.reading.postgresql import read_postgresql

            return read_postgresql(login, parameters=access.parameters, look=access.look)
        case "mysql":
            from shared.sources.sql_database.reading.mysql import read_mysql

            return read_mysql(login, parameters=access.parameters, look=access.look)
