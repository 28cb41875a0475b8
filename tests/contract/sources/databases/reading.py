"""Reading databases as a step does, with a tenant's password."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.parameter import ParameterValue
from shared.domain.progress import Memory, Progress
from shared.domain.source import SqlDatabaseSource
from tests.contract.sources.databases.postgresql_server import ADMIN, DATABASE, PASSWORD
from tests.fakes.gates import LOCAL_GATE
from tests.fakes.reader import one_by_one

Row = dict[str, JsonValue]
DAYS = (ParameterValue(name="days", type="date_range", text="2025-11-01/2025-11-02"),)


def database(port: int, **words: Any) -> SqlDatabaseSource:
    """A source of the server at the port; of PostgreSQL, and without TLS, where nothing else is said."""
    said = {
        "type": "sql_database",
        "dialect": "postgresql",
        "host": "127.0.0.1",
        "port": port,
        "database": DATABASE,
        "user": ADMIN,
        "password": {"secret": "db_password"},
        "sslmode": "disable",
    }
    return SqlDatabaseSource.model_validate({**said, **words})


def rows(
    source: SqlDatabaseSource,
    *,
    password: str = PASSWORD,
    parameters: tuple[ParameterValue, ...] = (),
    look: Callable[[], None] = lambda: None,
    gate: Gate = LOCAL_GATE,
    memory: Memory | None = None,
) -> list[Row]:
    """All its rows, with a memory those that it doesn't know."""
    with TemporaryDirectory() as folder:
        secrets = Path(folder) / "acme" / "secrets"
        secrets.mkdir(parents=True)
        (secrets / "db_password.txt").write_text(password)
        files = DiskFiles(Path(folder), None)
        reader = SourceReader(
            own_files=files, bucket_files=files, secrets=FolderSecrets(Path(folder)), gate=gate
        )
        found = reader.read(source, tenant_id="acme", parameters=parameters, look=look, memory=memory)
        return list(one_by_one(found))


def rows_from(
    source: SqlDatabaseSource, cursor: str | None = None, *, began_at: datetime | None = None
) -> tuple[list[Row], str | None]:
    """The rows that are read after the cursor, and where it is then."""
    kept: list[Progress] = []
    found = rows(source, memory=Memory(Progress(cursor=cursor), kept.append, began_at or datetime.now(UTC)))
    [progress] = kept
    return found, progress.cursor
