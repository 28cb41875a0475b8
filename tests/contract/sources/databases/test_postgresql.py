"""What is read of a PostgreSQL database, and what is said where it can't be."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.domain.errors import StepError, TransientError
from shared.domain.parameter import ParameterValue
from tests.contract.sources.databases.postgresql_server import ADMIN, PASSWORD, PostgresqlServer
from tests.contract.sources.databases.proxy import proxy_to
from tests.contract.sources.databases.reading import DAYS, Row, database, rows
from tests.fakes.gates import Names, gate_with

READER = "reader"
ALL_ROWS = 20_000


class CancelledError(Exception):
    """What `look` raises."""


@pytest.fixture(scope="module")
def shop(postgresql: PostgresqlServer) -> Iterator[PostgresqlServer]:
    postgresql.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
    postgresql.execute("CREATE SCHEMA sales")
    postgresql.execute(f"GRANT USAGE ON SCHEMA sales TO {READER}")
    postgresql.execute(
        'CREATE TABLE sales.orders (id int, paid_at timestamptz, on_day date, "a ""%% name" text, '
        "amount numeric(12, 2))"
    )
    postgresql.execute(
        "INSERT INTO sales.orders VALUES "
        "(1, '2025-10-31 23:59:59.999999+00', '2025-10-31', 'x', 1.10), "
        "(2, '2025-11-01 00:00+00', '2025-11-01', NULL, 2.20), "
        "(3, '2025-11-02 23:59:59.999999+00', '2025-11-02', 'y', 3.30), "
        "(4, '2025-11-03 00:00+00', '2025-11-03', 'z', NULL)"
    )
    postgresql.execute(f"GRANT SELECT ON sales.orders TO {READER}")
    postgresql.execute("CREATE TABLE sales.secrets (id int)")
    postgresql.execute(
        f"CREATE TABLE many AS SELECT n AS id, md5(n::text) AS note FROM generate_series(1, {ALL_ROWS}) AS n"
    )
    yield postgresql
    postgresql.execute("DROP SCHEMA sales CASCADE")
    postgresql.execute("DROP TABLE many")


def ids(found: list[Row]) -> list[Any]:
    return [row["id"] for row in found]


def test_a_table_is_read_with_its_columns_in_their_order(shop: PostgresqlServer) -> None:
    found = rows(database(shop.port, table="sales.orders", user=READER))

    assert found[0] == {
        "id": 1,
        "paid_at": "2025-10-31T23:59:59.999999Z",
        "on_day": "2025-10-31",
        'a "%% name': "x",
        "amount": "1.10",
    }
    assert ids(found) == [1, 2, 3, 4]


@pytest.mark.parametrize("column", ["paid_at", "on_day"])
def test_declared_columns_of_a_window_of_days_are_read(shop: PostgresqlServer, column: str) -> None:
    window = {"column": column, "parameter": "days"}
    columns = ['a "%% name', "id"]

    found = rows(
        database(shop.port, table='sales."orders"', included_columns=columns, window=window), parameters=DAYS
    )

    assert found == [{'a "%% name': None, "id": 2}, {'a "%% name': "y", "id": 3}]


def test_a_query_has_the_parameters_of_the_run_as_values(shop: PostgresqlServer) -> None:
    query = """
        SELECT id, ':days_start' AS "100%", :who::text AS who, :least AS least, $$:who$$ AS quoted -- :nobody
        FROM sales.orders
        WHERE on_day BETWEEN :days_start AND :days_end AND id >= :least /* :nobody */;
    """
    given = (
        *DAYS,
        ParameterValue(name="who", type="string", text="Robert'); DROP TABLE sales.orders; --%s"),
        ParameterValue(name="least", type="number", text="2.5"),
    )

    assert rows(database(shop.port, query=query), parameters=given) == [
        {
            "id": 3,
            "100%": ":days_start",
            "who": "Robert'); DROP TABLE sales.orders; --%s",
            "least": "2.5",
            "quoted": ":who",
        }
    ]


def test_fields_get_the_names_and_types_that_the_source_says(shop: PostgresqlServer) -> None:
    columns = {"paid": {"from": "amount", "type": "NUMERIC"}}

    found = rows(
        database(shop.port, table="sales.orders", included_columns=["id", "amount"], columns=columns)
    )

    assert found[0] == {"id": 1, "paid": "1.1"}


def test_a_table_without_rows_gives_none(shop: PostgresqlServer) -> None:
    assert rows(database(shop.port, table="sales.secrets")) == []


def test_many_rows_come_in_chunks_of_one_state_of_the_database(shop: PostgresqlServer) -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            shop.execute("DELETE FROM many WHERE id = 20000")
            shop.execute("INSERT INTO many VALUES (20001, 'late')")

    found = rows(database(shop.port, table="many"), look=look)

    assert ids(found) == list(range(1, ALL_ROWS + 1))
    assert 3 < len(looks) < 200
    assert shop.readers() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"password": "no"},
            f"refuses the user '{ADMIN}' or its password; see that the secret 'db_password'",
        ),
        ({"user": "nobody"}, "refuses the user 'nobody' or its password"),
        ({"database": "shop"}, "The database 'shop' at 127.0.0.1:.* is not there; see 'database'"),
        ({"table": "sales.order"}, r"has no table 'sales.order' .*Did you mean 'sales.orders'\?"),
        ({"table": "orders"}, r"has no table 'orders' .*Did you mean 'sales.orders'\?"),
        ({"table": "salse.orders"}, r"Did you mean 'sales.orders'\?"),
        (
            {"included_columns": ["ammount"]},
            r"without a column 'ammount'; its columns are id, .*mean 'amount'\?",
        ),
        ({"window": {"column": "day", "parameter": "days"}}, "without a column 'day'"),
        ({"table": "sales.secrets", "user": READER}, f"does not let the user '{READER}' read .*42501"),
        ({"query": "SELECT nope FROM many"}, "can't read the query .*42703.*'column \"nope\" does not exist"),
        ({"query": "SELECT FROM FROM"}, "can't read the query .*42601"),
        ({"query": "SELECT note::int FROM many"}, r"has a value that .* computed with \(state 22P02\)$"),
        ({"query": "SELECT id, id FROM many"}, "gives 'id' twice"),
        ({"query": "SELECT FROM many"}, "gives rows without columns"),
        ({"query": "SELECT nextval('numbers')"}, "may only be read: the query changes something"),
        ({"query": "SELECT :day"}, "the run has no parameter for ':day'"),
        ({"sslmode": "verify-full"}, "does not speak TLS"),
    ],
)
def test_what_is_wrong_is_said_for_good(shop: PostgresqlServer, words: dict[str, Any], said: str) -> None:
    shop.execute("CREATE SEQUENCE IF NOT EXISTS numbers")
    words = dict(words)
    password = words.pop("password", PASSWORD)
    what = {} if "query" in words else {"table": "sales.orders"}

    with pytest.raises(StepError, match=said) as caught:
        rows(database(shop.port, **{**what, **words}), password=password, parameters=DAYS)

    assert PASSWORD not in str(caught.value)


def test_a_statement_that_takes_too_long_is_ended_by_the_database(shop: PostgresqlServer) -> None:
    source = database(shop.port, query="SELECT pg_sleep(10000)", statement_timeout_seconds=1)

    with pytest.raises(TransientError, match="took longer than 'statement_timeout_seconds'") as caught:
        rows(source)

    assert caught.value.kind == "timeout"


def test_a_reading_that_is_ended_leaves_nothing_at_work_in_the_database(shop: PostgresqlServer) -> None:
    def look() -> None:
        if any(state == "active" for (state,) in shop.readers()):
            raise CancelledError

    with pytest.raises(CancelledError):
        # For hours: what ends before was ended.
        rows(database(shop.port, query="SELECT pg_sleep(10000)"), look=look)

    until(lambda: shop.readers() == [])


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does in a moment; for ever is what the time limit of tests is for."""
    while not holds():
        pass


def test_a_session_that_is_ended_from_outside_may_succeed_later(shop: PostgresqlServer) -> None:
    def look() -> None:
        shop.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'convergence'"
        )

    with pytest.raises(TransientError, match=r"The database 'postgres' at 127\.0\.0\.1:[0-9]+ ") as caught:
        rows(database(shop.port, table="many"), look=look)

    assert caught.value.kind == "unavailable"


def test_a_connection_that_breaks_in_the_middle_may_succeed_later(shop: PostgresqlServer) -> None:
    with proxy_to(shop.port, most_bytes=200_000) as proxy:
        with pytest.raises(TransientError, match="broke the connection off"):
            rows(database(proxy.port, table="many"))
        port = proxy.port

    with pytest.raises(TransientError, match="can't be reached; see that 'host' and 'port' are right"):
        rows(database(port, table="many"))


def test_the_gate_says_which_address_is_connected_to(shop: PostgresqlServer) -> None:
    # Who asked a second time would be led elsewhere.
    names = Names(
        {"db.example.com": [["127.0.0.1"], ["169.254.169.254"]], "evil.example.com": [["10.0.0.7"]]}
    )
    source = database(shop.port, host="db.example.com", table="sales.orders", sslmode="verify-full")

    with pytest.raises(StepError, match="does not speak TLS"):
        rows(source, gate=gate_with(names))
    with pytest.raises(StepError, match=r"'evil\.example\.com' leads to an address that is not global"):
        rows(source.model_copy(update={"host": "evil.example.com"}), gate=gate_with(names))
    with pytest.raises(StepError, match=r"'db\.example\.com' is asked without TLS"):
        rows(
            source.model_copy(update={"sslmode": "disable"}),
            gate=gate_with(Names({"db.example.com": [["127.0.0.1"]]})),
        )
    with pytest.raises(TransientError, match="the name of its host has no address now"):
        rows(source.model_copy(update={"host": "nowhere.example.com"}), gate=gate_with(names))

    assert names.asked == ["db.example.com", "evil.example.com", "nowhere.example.com"]
