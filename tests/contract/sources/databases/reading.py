"""Reading databases as a step does, with a tenant's password."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import JsonValue

from shared.adapters.egress.gate import Gate
from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.parameter import ParameterValue
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
) -> list[Row]:
    """All its rows."""
    with TemporaryDirectory() as folder:
        secrets = Path(folder) / "acme" / "secrets"
        secrets.mkdir(parents=True)
        (secrets / "db_password.txt").write_text(password)
        files = DiskFiles(Path(folder), None)
        reader = SourceReader(
            own_files=files, bucket_files=files, secrets=FolderSecrets(Path(folder)), gate=gate
        )
        return list(one_by_one(reader.read(source, tenant_id="acme", parameters=parameters, look=look)))
