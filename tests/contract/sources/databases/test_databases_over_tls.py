"""TLS to databases: whose certificate is taken, and whose isn't."""

from pathlib import Path

import pytest

from shared.domain.errors import StepError
from tests.contract.sources.databases.certificates import certified
from tests.contract.sources.databases.mysql_greeter import mysql_greeter
from tests.contract.sources.databases.postgresql_server import PostgresqlServer
from tests.contract.sources.databases.proxy import proxy_to
from tests.contract.sources.databases.reading import database, rows
from tests.fakes.gates import Names, gate_with

HOST = "db.example.com"


def test_a_server_of_postgresql_is_asked_if_its_certificate_is_right(
    postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    right, other = certified(HOST, tmp_path), certified("other.example.com", tmp_path)
    gate = gate_with(Names({HOST: [["127.0.0.1"]]}))
    query = "SELECT 1 AS one"
    with proxy_to(postgresql.port, tls=right.tls) as good, proxy_to(postgresql.port, tls=other.tls) as bad:

        def read(port: int, sslmode: str, authority: str | None) -> object:
            source = database(port, host=HOST, query=query, sslmode=sslmode, ca_certificate=authority)
            return rows(source, gate=gate)

        assert read(good.port, "verify-full", right.authority) == [{"one": 1}]
        assert read(bad.port, "verify-ca", other.authority) == [{"one": 1}]
        for port, sslmode, authority in (
            (bad.port, "verify-full", other.authority),
            (good.port, "verify-full", None),
            (good.port, "verify-ca", other.authority),
        ):
            with pytest.raises(
                StepError, match="shows a certificate that is not trusted or is another host's"
            ):
                read(port, sslmode, authority)


def test_a_server_of_mysql_is_told_who_asks_if_its_certificate_is_right(tmp_path: Path) -> None:
    right, other = certified(HOST, tmp_path), certified("other.example.com", tmp_path)
    gate = gate_with(Names({HOST: [["127.0.0.1"]]}))
    with mysql_greeter(right.tls) as good, mysql_greeter(other.tls) as bad:

        def failure(port: int, sslmode: str, authority: str | None) -> str:
            source = database(
                port, dialect="mysql", host=HOST, query="SELECT 1", sslmode=sslmode, ca_certificate=authority
            )
            with pytest.raises(StepError) as caught:
                rows(source, gate=gate)
            return str(caught.value)

        assert "refuses the user" in failure(good.port, "verify-full", right.authority)
        assert "refuses the user" in failure(bad.port, "verify-ca", other.authority)
        assert [len(good.logins), len(bad.logins)] == [1, 1]
        for port, sslmode, authority in (
            (bad.port, "verify-full", other.authority),
            (good.port, "verify-full", None),
            (good.port, "verify-ca", other.authority),
        ):
            assert "shows a certificate that is not trusted or is another" in failure(
                port, sslmode, authority
            )
        assert [len(good.logins), len(bad.logins)] == [1, 1]
