"""PostgreSQL's values reach the rows as the database has them, or the reading says which can't."""

import pytest

from shared.domain.errors import StepError
from tests.contract.sources.databases.postgresql_server import PostgresqlServer
from tests.contract.sources.databases.reading import database, rows

SAID = [
    ("true", True),
    ("9007199254740992::bigint", 9007199254740992),
    ("9223372036854775807::bigint", "9223372036854775807"),
    ("-9007199254740993::bigint", "-9007199254740993"),
    ("12345678901234567890.12345678901234567890::numeric", "12345678901234567890.12345678901234567890"),
    ("0.10::numeric(20, 4)", "0.1000"),
    ("1e-20::numeric", "0.00000000000000000001"),
    ("'NaN'::numeric", "NaN"),
    ("'-Infinity'::numeric", "-Infinity"),
    ("0.1::float8", 0.1),
    ("0.1::float4", 0.1),
    ("'NaN'::float8", "NaN"),
    ("'-Infinity'::float8", "-Infinity"),
    ("'zwölf'", "zwölf"),
    ("'x'::char(3)", "x  "),
    ("'2025-11-15'::date", "2025-11-15"),
    ("'2025-11-15 10:30:00.5'::timestamp", "2025-11-15T10:30:00.5"),
    ("'2025-11-15 10:30:00.123456+02'::timestamptz", "2025-11-15T08:30:00.123456Z"),
    ("'0001-01-01'::date", "0001-01-01"),
    ("'10:30'::time", "10:30:00"),
    ("'10:30+02'::timetz", "10:30:00+02"),
    ("interval '1 year 2 days 03:04:05.5'", "P1Y2DT3H4M5.5S"),
    (
        """'{"a": 1.10000000000000000001, "b": [12345678901234567890]}'::json""",
        {"a": "1.10000000000000000001", "b": ["12345678901234567890"]},
    ),
    ("""'[1, null, "x"]'::jsonb""", [1, None, "x"]),
    ("'null'::jsonb", None),
    ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("'text'::bytea", "text"),
    ("encode('\\xff'::bytea, 'base64')", "/w=="),
    ("ARRAY[1, 2, NULL]", [1, 2, None]),
    ("ARRAY[[1.10, 2.20], [3.3, 4.4]]", [["1.10", "2.20"], ["3.3", "4.4"]]),
    ("""ARRAY['a,b', '"q"', 'NULL']""", ["a,b", '"q"', "NULL"]),
    ("ARRAY['2025-11-15 10:30+02'::timestamptz]", ["2025-11-15T08:30:00Z"]),
    ("ARRAY[9223372036854775807]", ["9223372036854775807"]),
    ("ARRAY[]::text[]", []),
    ("'ok'::mood", "ok"),
    ("ARRAY['ok', 'sad']::mood[]", ["ok", "sad"]),
    ("ARRAY[7]::small[]", [7]),
    ("7::small", 7),
    ("'10.0.0.1'::inet", "10.0.0.1"),
    ("int4range(1, 5)", "[1,5)"),
    ("ROW(1, 'a')", "(1,a)"),
    ("NULL::numeric", None),
    ("NULL::int[]", None),
]


@pytest.fixture(scope="module")
def kinds(postgresql: PostgresqlServer) -> PostgresqlServer:
    postgresql.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    postgresql.execute("CREATE DOMAIN small AS int CHECK (VALUE < 10)")
    # What a server is set to must not matter.
    for setting in ("TimeZone = 'Asia/Tokyo'", "DateStyle = 'German'", "IntervalStyle = 'sql_standard'"):
        postgresql.execute(f"ALTER DATABASE postgres SET {setting}")
    return postgresql


def test_values_are_read_without_loss(kinds: PostgresqlServer) -> None:
    columns = ", ".join(f"{sql} AS c{number}" for number, (sql, _) in enumerate(SAID))

    [row] = rows(database(kinds.port, query=f"SELECT {columns}"))

    assert row == {f"c{number}": value for number, (_, value) in enumerate(SAID)}
    assert [type(value) for value in row.values()] == [type(value) for _, value in SAID]


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("'infinity'::timestamptz", "outside the years 1 to 9999, or an infinite one"),
        ("'-infinity'::date", "outside the years 1 to 9999, or an infinite one"),
        ("'0044-03-15 BC'::date", "outside the years 1 to 9999, or an infinite one"),
        ("'20000-01-01'::timestamp", "outside the years 1 to 9999, or an infinite one"),
        ("ARRAY['infinity'::date]", "outside the years 1 to 9999, or an infinite one"),
        ("'24:00'::time", "holds a time that no day has"),
        ("'\\xff'::bytea", "holds bytes that are not UTF-8 text; write a query that gives them as text"),
        ("""'{"a": 1, "a": 2}'::json""", "holds JSON with a field twice"),
    ],
)
def test_a_value_that_cannot_be_said_is_told_by_row_and_column(
    kinds: PostgresqlServer, sql: str, problem: str
) -> None:
    query = f"SELECT CASE WHEN n = 2 THEN {sql} END AS held FROM generate_series(1, 2) AS n"

    with pytest.raises(StepError, match="gives row 2 in which 'held'") as caught:
        rows(database(kinds.port, query=query))

    assert problem in str(caught.value)
