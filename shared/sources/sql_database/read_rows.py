"""Reads a database with the tenant's password."""

from collections.abc import Iterator

from pydantic import JsonValue

from shared.adapters.source_access import SourceAccess
from shared.domain.json_lines import RowOrLines
from shared.domain.row_fit import RowFit
from shared.domain.shaped_rows import RowShaper
from shared.sources.sql_database.reading.login import Login
from shared.sources.sql_database.source import SqlDatabaseSource


def read_rows(source: SqlDatabaseSource, access: SourceAccess) -> Iterator[RowOrLines]:
    """The rows of its table or query. `look` is called between chunks of rows, and while an answer is waited for."""
    login = Login(
        source=source,
        password=access.secrets.load(access.tenant_id, source.password.secret),
        gate=access.gate,
    )
    rows = _read(login, access)
    return _shaped(rows, login, access.fit) if source.columns or access.fit else rows


def _read(login: Login, access: SourceAccess) -> Iterator[dict[str, JsonValue]]:
    match login.source.dialect:
        # Each imports its own driver.
        case "postgresql":
            from shared.sources.sql_database.reading.postgresql import read_postgresql

            return read_postgresql(
                login, parameters=access.parameters, look=access.look, memory=access.memory
            )
        case "mysql":
            from shared.sources.sql_database.reading.mysql import read_mysql

            return read_mysql(login, parameters=access.parameters, look=access.look, memory=access.memory)


def _shaped(rows: Iterator[dict[str, JsonValue]], login: Login, fit: RowFit | None) -> Iterator[RowOrLines]:
    shaper = RowShaper(login.source.columns, fit)
    yield from shaper.shaped(rows, at=lambda number: f"{login.where}: row {number}", have_all_fields=True)
    shaper.require_seen()
