"""MySQL's protocol, spoken by PyMySQL with a peer: how rows come, what is asked, and how readings end."""

import asyncio
from typing import Any

import pytest
from mysql_mimic import ColumnType, ResultColumn
from mysql_mimic.charset import CharacterSet

from shared.domain.errors import StepError, TransientError
from shared.domain.parameter import ParameterValue
from tests.contract.sources.databases.mysql_server import PASSWORD, USER, endless, error, mysql_peer
from tests.contract.sources.databases.reading import DAYS, database, rows

ONE = ([(1,)], [ResultColumn("one", ColumnType.LONGLONG)])
NAMES = ([("id",), ("paid_at",), ("a `%% name",)], [ResultColumn("column_name", ColumnType.VAR_STRING)])
TABLES = ([("shop", "orders")], [ResultColumn(name, ColumnType.VAR_STRING) for name in ("schema", "name")])
SAID: list[tuple[ColumnType, Any, Any]] = [
    (ColumnType.TINY, 1, 1),
    (ColumnType.LONGLONG, "18446744073709551615", "18446744073709551615"),
    (ColumnType.LONGLONG, "9007199254740992", 9007199254740992),
    (ColumnType.NEWDECIMAL, "12345678901234567890.1234567890", "12345678901234567890.1234567890"),
    (ColumnType.DOUBLE, "0.1", 0.1),
    (ColumnType.FLOAT, "1e10", 1e10),
    (ColumnType.DATE, "2025-11-15", "2025-11-15"),
    (ColumnType.DATETIME, "2025-11-15 10:30:00.500000", "2025-11-15T10:30:00.500000"),
    (ColumnType.TIMESTAMP, "2025-11-15 10:30:00", "2025-11-15T10:30:00Z"),
    (ColumnType.TIME, "10:30:00", "10:30:00"),
    (ColumnType.YEAR, "2025", 2025),
    (ColumnType.JSON, '{"a": 1.10000000000000000001}', {"a": "1.10000000000000000001"}),
    (ColumnType.VAR_STRING, "zwölf", "zwölf"),
    (ColumnType.STRING, "ok", "ok"),
    (ColumnType.NEWDECIMAL, None, None),
]


class CancelledError(Exception):
    """What `look` raises."""


def mysql(port: int, **words: Any) -> Any:
    """A source of the peer's."""
    return database(port, **{"dialect": "mysql", "database": "shop", "user": USER, **words})


def as_it_is(_: ResultColumn, value: bytes) -> bytes:
    """The bytes themselves."""
    return value


def test_values_are_read_without_loss() -> None:
    columns = [ResultColumn(f"c{number}", kind) for number, (kind, _, _) in enumerate(SAID)]
    columns.append(ResultColumn("bytes", ColumnType.BLOB, CharacterSet.binary, as_it_is))
    columns.append(ResultColumn("bits", ColumnType.BIT, CharacterSet.binary, as_it_is))
    values = [*(value for _, value, _ in SAID), b"text", b"\x01\x02"]
    with mysql_peer({"SELECT kinds": ([values], columns)}) as peer:
        [row] = rows(mysql(peer.port, query="SELECT kinds"))

    assert list(row.values()) == [*(said for _, _, said in SAID), "text", 258]
    assert [type(value) for value in row.values()][: len(SAID)] == [type(said) for _, _, said in SAID]


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        (ColumnType.DATE, "0000-00-00", "outside the years 1 to 9999"),
        (ColumnType.DATE, "2025-00-00", "outside the years 1 to 9999"),
        (ColumnType.DATETIME, "0000-00-00 00:00:00", "outside the years 1 to 9999"),
        (ColumnType.TIME, "-838:59:59", "holds a time that no day has"),
    ],
)
def test_a_value_that_cannot_be_said_is_told_by_row_and_column(
    kind: ColumnType, value: str, problem: str
) -> None:
    with (
        mysql_peer({"SELECT held": ([(None,), (value,)], [ResultColumn("held", kind)])}) as peer,
        pytest.raises(StepError, match=f"gives row 2 in which 'held' .*{problem}"),
    ):
        rows(mysql(peer.port, query="SELECT held"))


def test_a_window_of_a_table_is_asked_for_in_a_transaction_that_reads_one_state() -> None:
    answers = {"information_schema.columns": NAMES, "FROM `sales`": ONE}
    window = {"column": "paid_at", "parameter": "days"}
    columns = ["a `%% name", "id"]
    with mysql_peer(answers) as peer:
        rows(mysql(peer.port, table="sales.orders", included_columns=columns, window=window), parameters=DAYS)

    assert peer.asked[-6:] == [
        (
            "SET SESSION time_zone = '+00:00', sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES', "
            "net_write_timeout = 900"
        ),
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET SESSION max_execution_time = 3600000",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        (
            "SELECT column_name FROM information_schema.columns WHERE table_schema = COALESCE('sales', DATABASE()) "
            "AND table_name = 'orders' ORDER BY ordinal_position"
        ),
        (
            "SELECT `a ``%% name`, `id` FROM `sales`.`orders` WHERE `paid_at` >= '2025-11-01' "
            "AND `paid_at` <= TIMESTAMP('2025-11-02', '23:59:59.999999')"
        ),
    ]


def test_the_parameters_of_a_query_are_written_as_values() -> None:
    given = (
        ParameterValue(name="who", type="string", text="Robert'); DROP TABLE orders; --%s\\"),
        ParameterValue(name="least", type="number", text="2.50"),
    )
    query = "SELECT ':who' AS `100%` FROM orders WHERE who = :who AND amount >= :least # :nobody"
    with mysql_peer({"SELECT": ONE}) as peer:
        rows(mysql(peer.port, query=query), parameters=given)

    assert peer.asked[-1] == (
        "SELECT ':who' AS `100%` FROM orders WHERE who = 'Robert\\'); DROP TABLE orders; --%s\\\\' "
        "AND amount >= 2.50 # :nobody"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"user": "nobody"}, "refuses the user 'nobody' or its password; see that the secret 'db_password'"),
        ({"password": "no"}, f"refuses the user '{USER}' or its password"),
        ({"sslmode": "verify-full"}, "does not speak TLS"),
        (
            {"table": "orders", "included_columns": ["paid_on"]},
            "without a column 'paid_on'; .*mean 'paid_at'",
        ),
        ({"table": "ordres"}, "has no table 'ordres' .*Did you mean 'shop.orders'"),
        ({"query": "SELECT nope"}, r"can't read the query \(error 1054\): 'Unknown column 'nope''"),
        ({"query": "SELECT bad"}, r"refuses the query \(error 1292\)$"),
        ({"query": "SELECT f()"}, "may only be read: the query changes something"),
    ],
)
def test_what_is_wrong_is_said_for_good(words: dict[str, Any], said: str) -> None:
    answers = {
        "information_schema.columns.*'orders'": NAMES,
        "information_schema.tables": TABLES,
        "nope": error(1054, "Unknown column 'nope'"),
        "bad": error(1292, "Truncated incorrect DOUBLE value: 'a row of theirs'"),
        "f\\(\\)": error(1792, "Cannot execute statement in a READ ONLY transaction."),
    }
    words = dict(words)
    password = words.pop("password", PASSWORD)
    words = words if {"query", "table"} & set(words) else {**words, "table": "orders"}
    with mysql_peer(answers) as peer, pytest.raises(StepError, match=said):
        rows(mysql(peer.port, **words), password=password)


@pytest.mark.parametrize(
    ("number", "kind"), [(3024, "timeout"), (1040, "rate_limit"), (1205, "conflict"), (1053, "unavailable")]
)
def test_what_may_pass_is_said_to_be_so(number: int, kind: str) -> None:
    with (
        mysql_peer({"SELECT": error(number, "words")}) as peer,
        pytest.raises(TransientError, match=f"error {number}") as caught,
    ):
        rows(mysql(peer.port, query="SELECT 1"))

    assert caught.value.kind == kind


def test_a_reading_that_is_ended_is_ended_at_the_server_too() -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise CancelledError

    columns = [ResultColumn("id", ColumnType.LONGLONG)]
    with mysql_peer({"SELECT": (endless(lambda number: (number,))(), columns)}) as peer:
        with pytest.raises(CancelledError):
            rows(mysql(peer.port, query="SELECT id"), look=look)

        assert peer.asked[-1].startswith("KILL QUERY ")


def test_a_server_that_is_silent_is_waited_for_no_longer_than_is_wanted() -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 2:
            raise CancelledError

    async def never() -> Any:
        await asyncio.Event().wait()
        yield ()

    with mysql_peer({"SELECT": (never(), [ResultColumn("id", ColumnType.LONGLONG)])}) as peer:
        with pytest.raises(CancelledError):
            rows(mysql(peer.port, query="SELECT id"), look=look)

        assert peer.asked[-1].startswith("KILL QUERY ")


def test_a_connection_that_breaks_may_succeed_later() -> None:
    with mysql_peer({}) as peer:
        port = peer.port

    with pytest.raises(TransientError, match="can't be reached; see that 'host' and 'port' are right"):
        rows(mysql(port, table="orders"))
