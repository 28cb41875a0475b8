"""A table that requires a filter on its partitions is read with one, or not at all.

https://cloud.google.com/bigquery/docs/querying-partitioned-tables#require_a_partition_filter_in_queries
"""

from __future__ import annotations

import pytest

from local.bigquery.problem import ApiError
from tests.contract.statements.running import Running

_TABLE = """CREATE TABLE d.t (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = TRUE);
    INSERT INTO d.t VALUES ('2024-01-01', 1), ('2024-01-02', 2)"""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM d.t",
        "SELECT COUNT(*) FROM d.t",
        "SELECT n FROM d.t WHERE n = 1",
        "SELECT n FROM d.t WHERE n = 1 OR day = '2024-01-01'",
        "SELECT a.n FROM d.t AS a JOIN d.t AS b ON a.n = b.n WHERE a.day = '2024-01-01'",
        "UPDATE d.t SET n = 3 WHERE TRUE",
        "DELETE FROM d.t WHERE n = 1",
        "CREATE TABLE d.u AS SELECT n FROM d.t",
    ],
)
def test_a_statement_without_a_filter_is_refused(running: Running, sql: str) -> None:
    running.rows(_TABLE)

    with pytest.raises(
        ApiError, match=r"Cannot query over table 'd\.t' without a filter over column\(s\) 'day'"
    ):
        running.rows(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM d.t WHERE day = '2024-01-02'",
        "SELECT n FROM d.t WHERE n > 0 AND (day > '2024-01-01' AND TRUE)",
        "SELECT n FROM (SELECT * FROM d.t) WHERE day > '2024-01-01'",
        "WITH q AS (SELECT day AS d, n FROM d.t) SELECT n FROM q WHERE d > '2024-01-01'",
        "SELECT n FROM (SELECT * FROM d.t UNION ALL SELECT * FROM d.t) WHERE day > '2024-01-01' LIMIT 1",
        "SELECT a.n FROM d.t AS a JOIN (SELECT 2 AS n) AS b ON a.n = b.n AND a.day > '2024-01-01'",
        "UPDATE d.t SET n = 2 WHERE day = '2024-01-02'; SELECT n FROM d.t WHERE day = '2024-01-02'",
        "DELETE FROM d.t WHERE day = '2024-01-01'; SELECT n FROM d.t WHERE day IS NOT NULL",
        "ALTER TABLE d.t SET OPTIONS (require_partition_filter = FALSE); SELECT MAX(n) FROM d.t",
    ],
)
def test_a_statement_with_a_filter_is_carried_out(running: Running, sql: str) -> None:
    running.rows(_TABLE)

    assert running.rows(sql) == [["2"]]
