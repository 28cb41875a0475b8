"""A PostgreSQL server for all tests of a process, and who may be asked."""

from collections.abc import Iterator

import pytest

from tests.contract.sources.databases.postgresql_server import PostgresqlServer, postgresql_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with postgresql_server() as server:
        yield server
