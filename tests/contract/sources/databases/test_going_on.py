"""Tables that are read from where an earlier reading ended: on a real PostgreSQL, and as MySQL is asked."""

from datetime import UTC, datetime
from typing import Any

import pytest
from mysql_mimic import ColumnType, ResultColumn

from shared.domain.errors import StepError
from tests.contract.sources.databases.mysql_server import USER, mysql_peer
from tests.contract.sources.databases.postgresql_server import PostgresqlServer
from tests.contract.sources.databases.reading import database, rows, rows_from

TYPES = [
    ("int", ("1", "2", "10", "11"), ("1", "10", "11"), 1),
    (
        "bigint",
        ("1", "2", "9007199254740993", "9007199254740995"),
        ("1", '"9007199254740993"', '"9007199254740995"'),
        2,
    ),
    (
        "numeric(38,9)",
        ("1", "2", "12345678901234567890.000000001", "12345678901234567891.000000001"),
        ('"1.000000000"', '"12345678901234567890.000000001"', '"12345678901234567891.000000001"'),
        1,
    ),
    (
        "date",
        ("2025-10-31", "2025-11-01", "2025-11-15", "2025-11-16"),
        ('"2025-10-31"', '"2025-11-15"', '"2025-11-16"'),
        1,
    ),
    (
        "timestamptz",
        (
            "2025-11-15 10:29:59.999999Z",
            "2025-11-15 10:30:00Z",
            "2025-11-15 12:30:05.000001+02",
            "2025-11-15 10:30:06.000001Z",
        ),
        ('"2025-11-15T10:29:59.999999Z"', '"2025-11-15T10:30:05.000001Z"', '"2025-11-15T10:30:06.000001Z"'),
        1,
    ),
    (
        "timestamp",
        (
            "2025-11-15 10:29:59.999999",
            "2025-11-15 10:30:00",
            "2025-11-15 10:30:05.5",
            "2025-11-15 10:30:06.5",
        ),
        ('"2025-11-15T10:29:59.999999"', '"2025-11-15T10:30:05.5"', '"2025-11-15T10:30:06.5"'),
        1,
    ),
]


def orders(server: PostgresqlServer, **words: Any) -> Any:
    return database(server.port, table="growing", incremental={"column": "a % at", "lag": 0, **words})


def put(server: PostgresqlServer, *values: str | None) -> None:
    for value in values:
        said = "NULL" if value is None else f"'{value}'"
        server.execute(f'INSERT INTO growing ("a % at") VALUES ({said})')


def ids(found: list[Any]) -> list[Any]:
    return [row["id"] for row in found]


@pytest.fixture
def empty(postgresql: PostgresqlServer) -> Any:
    postgresql.execute("DROP TABLE IF EXISTS growing")

    def make(kind: str) -> PostgresqlServer:
        postgresql.execute(f'CREATE TABLE growing (id serial, "a % at" {kind})')
        return postgresql

    return make


@pytest.mark.parametrize(("kind", "values", "cursors", "lag"), TYPES, ids=[each[0] for each in TYPES])
def test_each_run_reads_what_came_since_what_stands_beside_the_last_and_what_lies_within_the_lag(
    empty: Any, kind: str, values: tuple[str, ...], cursors: tuple[str, ...], lag: int
) -> None:
    server = empty(kind)
    source = orders(server)
    put(server, values[0])

    assert rows_from(source) == (rows(source), cursors[0])
    put(server, *values[1:3], values[2])
    found, cursor = rows_from(source, cursors[0])
    assert (ids(found), cursor) == ([1, 2, 3, 4], cursors[1])
    put(server, values[2])
    assert ids(rows_from(source, cursor)[0]) == [3, 4, 5]
    put(server, values[3])
    assert (ids(rows_from(source, cursor)[0]), rows_from(source, cursor)[1]) == ([3, 4, 5, 6], cursors[2])
    assert ids(rows_from(source, cursors[2])[0]) == [6]
    assert ids(rows_from(orders(server, lag=lag), cursors[2])[0]) == [3, 4, 5, 6]
    assert ids(rows_from(orders(server, initial_value=values[1]))[0]) == [2, 3, 4, 5, 6]
    assert ids(rows_from(orders(server, initial_value=values[3], lag=lag), cursors[2])[0]) == [6]


def test_an_answer_without_rows_keeps_the_cursor_and_none_lowers_it(empty: Any) -> None:
    server = empty("int")

    assert rows_from(orders(server)) == ([], None)
    assert rows_from(orders(server), "7") == ([], "7")
    put(server, "5")
    assert rows_from(orders(server), "7") == ([], "7")


def test_a_time_after_the_reading_began_moves_the_cursor_no_further_than_that(empty: Any) -> None:
    server = empty("timestamptz")
    put(server, "2025-11-15 10:30:00Z", "2999-01-01 00:00:00Z")
    began_at = datetime(2025, 11, 15, 10, 29, tzinfo=UTC)

    assert rows_from(orders(server), began_at=began_at)[1] == '"2025-11-15T10:29:00Z"'


def test_where_the_column_has_another_type_now_it_is_read_from_the_beginning(empty: Any) -> None:
    server = empty("date")
    put(server, "2025-11-15")

    found, cursor = rows_from(orders(server), "7")

    assert (ids(found), cursor) == ([1], '"2025-11-15"')


def test_rows_without_a_value_fail_the_step_unless_it_is_said_what_to_do(empty: Any) -> None:
    server = empty("int")
    put(server, "1", None, "2")

    with pytest.raises(
        StepError, match=r"'growing' in which 'a % at' is NULL.*'on_cursor_value_missing: include'"
    ):
        rows_from(orders(server))
    for said, first, later in (("exclude", [1, 3], [3]), ("include", [1, 2, 3], [2, 3])):
        source = orders(server, on_cursor_value_missing=said)
        assert [ids(rows_from(source, cursor)[0]) for cursor in (None, "2")] == [first, later]


@pytest.mark.parametrize(
    ("kind", "value", "words", "said"),
    [
        ("text", "a", {}, "a column 'a % at' that is no integer, NUMERIC, date or time"),
        ("double precision", "1", {}, "is no integer, NUMERIC, date or time"),
        ("int[]", "{1}", {}, "is no integer, NUMERIC, date or time"),
        ("numeric", "NaN", {}, "a greatest value of 'a % at' that is not a number, such as NaN or Infinity"),
        (
            "timestamp",
            "infinity",
            {},
            "a greatest value of 'a % at' that holds a date or time outside the years",
        ),
        (
            "int",
            "1",
            {"initial_value": "2025-11-15"},
            "'initial_value' of 'incremental', which must be a number",
        ),
        (
            "timestamp",
            "2025-11-15",
            {"initial_value": "2025-11-15T10:30:00Z"},
            "must be a time without a zone",
        ),
        ("int", "1", {"column": "a % et"}, "without a column 'a % et'.*mean 'a % at'"),
    ],
)
def test_what_is_no_cursor_is_said_to_be_none(
    empty: Any, kind: str, value: str, words: dict[str, Any], said: str
) -> None:
    server = empty(kind)
    put(server, value)

    with pytest.raises(StepError, match=said):
        rows_from(orders(server, **words))


@pytest.mark.parametrize(
    ("kind", "greatest", "cursor", "begins", "ends"),
    [
        (
            ColumnType.LONGLONG,
            "9007199254740995",
            '"9007199254740993"',
            "9007199254740992",
            '"9007199254740995"',
        ),
        (ColumnType.NEWDECIMAL, "10.50", '"10.25"', "9.25", '"10.50"'),
        (ColumnType.DATE, "2025-11-16", '"2025-11-15"', "'2025-11-14'", '"2025-11-16"'),
        (
            ColumnType.DATETIME,
            "2025-11-15 10:30:00.5",
            '"2025-11-15T10:30:00"',
            "'2025-11-15 10:29:59.0'",
            '"2025-11-15T10:30:00.5"',
        ),
        (
            ColumnType.TIMESTAMP,
            "2025-11-15 10:30:00",
            '"2025-11-15T10:30:00.25Z"',
            "'2025-11-15 10:29:59.25'",
            '"2025-11-15T10:30:00.25Z"',
        ),
    ],
)
def test_mysql_is_asked_with_exact_values_in_the_one_state_that_it_shows(
    kind: ColumnType, greatest: str, cursor: str, begins: str, ends: str
) -> None:
    names = ([("id",), ("at",)], [ResultColumn("column_name", ColumnType.VAR_STRING)])
    ids_only = ([(1,)], [ResultColumn("id", ColumnType.LONGLONG)])
    answers = {
        "information_schema.columns": names,
        r"MAX\(": ([(greatest,)], [ResultColumn("greatest", kind)]),
        "IS NULL": ([], [ResultColumn("one", ColumnType.LONGLONG)]),
        "SELECT": ids_only,
    }
    with mysql_peer(answers) as peer:
        words = {"dialect": "mysql", "database": "shop", "user": USER, "included_columns": ["id"]}
        source = database(peer.port, table="orders", incremental={"column": "at", "lag": 1}, **words)
        found, ended = rows_from(source, cursor)

    assert (found, ended) == ([{"id": 1}], ends)
    assert peer.asked[-3:] == [
        "SELECT MAX(`at`) FROM `orders`",
        "SELECT 1 FROM `orders` WHERE `at` IS NULL LIMIT 1",
        f"SELECT `id` FROM `orders` WHERE `at` >= {begins}",
    ]
