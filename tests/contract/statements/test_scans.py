"""What BigQuery would bill of a partitioned table: the columns that a query names, in the partitions that it names.

https://cloud.google.com/bigquery/docs/querying-partitioned-tables
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.statements.running import Running

_TABLE = """CREATE TABLE d.t (day DATE, n INT64, ok BOOL, name STRING) PARTITION BY day;
    INSERT INTO d.t SELECT DATE_ADD(DATE '2025-01-01', INTERVAL MOD(n, 10) DAY), n, TRUE, 'x'
    FROM UNNEST(GENERATE_ARRAY(1, 100)) AS n"""
_VIEW = """CREATE VIEW d.v AS
    SELECT day, n, MAX(ok) OVER (PARTITION BY day) AS best FROM d.t GROUP BY day, n, ok"""
DAY, N, OK, NAME = 8, 8, 1, 24
A_DAY, ALL = 10, 100


def processed(running: Running, sql: str, **query: Any) -> int:
    return int(running.job(sql, **query)["statistics"]["totalBytesProcessed"])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM d.t", ALL * (DAY + N + OK + NAME)),
        ("SELECT n FROM d.t", ALL * N),
        ("SELECT n FROM d.t WHERE ok", ALL * (N + OK)),
        ("SELECT COUNT(*) FROM d.t", 0),
        ("SELECT n FROM d.t WHERE day = '2025-01-03'", A_DAY * (DAY + N)),
        ("SELECT n FROM d.t WHERE day IN ('2025-01-03', '2025-01-05')", 2 * A_DAY * (DAY + N)),
        (
            "SELECT n FROM d.t WHERE day BETWEEN '2025-01-03' AND '2025-01-05' AND n = 3 AND name = 'x'",
            3 * A_DAY * (DAY + N + NAME),
        ),
        ("SELECT n FROM d.t WHERE day = '2025-01-03' OR n = 3", ALL * (DAY + N)),
        ("SELECT n FROM d.t WHERE day >= CURRENT_DATE()", 0),
        ("SELECT n FROM d.t WHERE day = (SELECT MAX(day) FROM d.t)", ALL * (DAY + N)),
        ("SELECT t.n FROM d.t AS t JOIN (SELECT DATE '2025-01-03' AS day) AS s USING (day)", ALL * (DAY + N)),
        (
            "SELECT n FROM d.t WHERE day = '2025-01-03' UNION ALL SELECT n FROM d.t WHERE day = '2025-01-04'",
            2 * A_DAY * (DAY + N),
        ),
        ("SELECT n, best FROM d.v WHERE day = '2025-01-03'", A_DAY * (DAY + N + OK)),
        ("SELECT n, best FROM d.v WHERE n = 3", ALL * (DAY + N + OK)),
    ],
)
def test_what_is_named_is_billed(running: Running, sql: str, expected: int) -> None:
    running.rows(_TABLE)
    running.rows(_VIEW)

    assert processed(running, sql) == expected


def test_a_parameter_names_days_as_a_constant_does_and_before_the_query_the_same_is_said(
    running: Running,
) -> None:
    running.rows(_TABLE)
    sql = "SELECT n FROM d.t WHERE day >= @first"
    first = {"name": "first", "parameterType": {"type": "DATE"}, "parameterValue": {"value": "2025-01-09"}}
    given = {"useLegacySql": False, "queryParameters": [first], "parameterMode": "NAMED"}

    done = processed(running, sql, **given)
    limited = processed(running, sql, maximumBytesBilled="10485760", **given)
    dry = running.call("POST", "jobs", {"configuration": {"dryRun": True, "query": {"query": sql, **given}}})

    assert done == 2 * A_DAY * (DAY + N)
    assert limited == done
    assert dry["statistics"]["totalBytesProcessed"] == str(done)


def test_of_a_day_of_times_all_rows_count_whatever_hour_is_asked_for(running: Running) -> None:
    running.rows("""CREATE TABLE d.t (hour TIMESTAMP, n INT64) PARTITION BY DATE(hour);
        INSERT INTO d.t SELECT TIMESTAMP_ADD(TIMESTAMP '2025-01-01', INTERVAL n HOUR), n
        FROM UNNEST(GENERATE_ARRAY(0, 47)) AS n""")

    assert processed(running, "SELECT n FROM d.t WHERE hour < '2025-01-01 03:00:00'") == 24 * (8 + 24)


def test_a_table_without_partitions_is_counted_whole(running: Running) -> None:
    running.rows("CREATE TABLE d.u AS SELECT 1 AS n, 'x' AS name")

    assert processed(running, "SELECT n FROM d.u WHERE n = 1") == N + NAME
