"""Statements by what they use: the rows of the last one, that it is refused, or in what it differs from BigQuery.

`{d}` stands for a dataset that holds nothing yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.contract.googlesql.cases.definitions import DEFINITIONS
from tests.contract.googlesql.refused import Refused

_T = """CREATE TABLE {d}.t (a INT64, b STRING, arr ARRAY<STRUCT<x INT64, y STRING>>);
INSERT INTO {d}.t VALUES (1, 'a', [(1, 'p'), (2, 'q')]), (2, 'b', []), (3, 'a', NULL); """
_LOCATED = "`region-us`.INFORMATION_SCHEMA."


@dataclass(frozen=True)
class Case:
    """What is used, by the words of Google's reference; a script; and what its last statement gives."""

    use: str
    sql: str
    expected: Any


QUERIES = [
    Case("WITH", "WITH q AS (SELECT 1 AS a) SELECT a FROM q", [(1,)]),
    Case(
        "WITH RECURSIVE",
        "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT x FROM n ORDER BY x",
        [(1,), (2,), (3,)],
    ),
    Case(
        "SELECT \\* EXCEPT, REPLACE",
        "SELECT * EXCEPT (b) REPLACE (a + 1 AS a) FROM (SELECT 1 AS a, 2 AS b, 3 AS c)",
        [(2, 3)],
    ),
    Case("SELECT AS STRUCT", "SELECT (SELECT AS STRUCT 1 AS a, 2 AS b) AS s", [({"a": 1, "b": 2},)]),
    Case(
        "every JOIN, by ON and USING",
        "SELECT a FROM (SELECT 1 AS a) FULL JOIN (SELECT 9 AS a) USING (a) ORDER BY a",
        [(1,), (9,)],
    ),
    Case(
        "UNNEST WITH OFFSET",
        _T + "SELECT t.a, e.y, o FROM {d}.t AS t, UNNEST(t.arr) AS e WITH OFFSET AS o ORDER BY a, o",
        [(1, "p", 0), (1, "q", 1)],
    ),
    Case(
        "arrays of structs",
        _T
        + "SELECT ARRAY(SELECT AS STRUCT e.y, e.x * 2 AS z FROM UNNEST(t.arr) AS e ORDER BY e.x DESC) AS r "
        "FROM {d}.t AS t WHERE a = 1",
        [([{"y": "q", "z": 4}, {"y": "p", "z": 2}],)],
    ),
    Case(
        "correlated subqueries",
        _T
        + "SELECT a FROM {d}.t AS t WHERE EXISTS (SELECT 1 FROM {d}.t AS u WHERE u.a = t.a + 1) ORDER BY a",
        [(1,), (2,)],
    ),
    Case(
        "GROUP BY ALL", _T + "SELECT b, SUM(a) AS s FROM {d}.t GROUP BY ALL ORDER BY b", [("a", 4), ("b", 2)]
    ),
    Case(
        "GROUPING SETS",
        _T + "SELECT b, SUM(a) AS s FROM {d}.t GROUP BY GROUPING SETS (b, ()) ORDER BY b",
        [(None, 6), ("a", 4), ("b", 2)],
    ),
    Case(
        "ROLLUP",
        _T + "SELECT b, GROUPING(b) AS g, SUM(a) AS s FROM {d}.t GROUP BY ROLLUP (b) ORDER BY b",
        [(None, 1, 6), ("a", 0, 4), ("b", 0, 2)],
    ),
    Case(
        "CUBE",
        "SELECT a, b, COUNT(*) AS n FROM (SELECT 1 AS a, 2 AS b) GROUP BY CUBE (a, b) ORDER BY a, b",
        [(None, None, 1), (None, 2, 1), (1, None, 1), (1, 2, 1)],
    ),
    Case(
        "QUALIFY",
        _T + "SELECT a FROM {d}.t QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY a DESC) = 1 ORDER BY a",
        [(2,), (3,)],
    ),
    Case(
        "WINDOW, frames",
        "SELECT SUM(a) OVER w AS s FROM UNNEST([1, 2, 4]) AS a "
        "WINDOW w AS (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY s",
        [(1,), (3,), (6,)],
    ),
    Case("PIVOT", _T + "SELECT * FROM (SELECT a, b FROM {d}.t) PIVOT (SUM(a) FOR b IN ('a', 'b'))", [(4, 2)]),
    Case(
        "UNPIVOT",
        "SELECT n, v FROM (SELECT 1 AS p, 2 AS q) UNPIVOT (v FOR n IN (p, q)) ORDER BY n",
        [("p", 1), ("q", 2)],
    ),
    Case(
        "UNION, INTERSECT, EXCEPT",
        "(SELECT 1 AS a INTERSECT DISTINCT SELECT 1) EXCEPT DISTINCT SELECT 2",
        [(1,)],
    ),
    Case("LIKE ANY, LIKE ALL", "SELECT 'a' LIKE ANY ('b', 'a%') AS v", [(True,)]),
    Case("TABLESAMPLE", _T + "SELECT COUNT(*) AS n FROM {d}.t TABLESAMPLE SYSTEM (100 PERCENT)", [(3,)]),
    Case(
        "wildcard tables",
        "CREATE TABLE {d}.w_1 AS SELECT 1 AS a; CREATE TABLE {d}.w_2 AS SELECT 2 AS a; "
        "SELECT a, _TABLE_SUFFIX AS s FROM `{d}.w_*` WHERE _TABLE_SUFFIX >= '2'",
        [(2, "2")],
    ),
    Case(
        "pipe syntax",
        _T
        + "FROM {d}.t |> WHERE a > 1 |> AGGREGATE SUM(a) AS s GROUP BY b |> EXTEND s * 2 AS u |> ORDER BY b",
        [("a", 3, 6), ("b", 2, 4)],
    ),
    Case(
        "SAFE. before a function",
        "SELECT SAFE.DIV(x, 0) AS d, SAFE.LN(x) AS l, SAFE.SUBSTR('a', x, x) AS s FROM UNNEST([-1]) AS x",
        [(None, None, None)],
    ),
    Case(
        "COLLATE in ORDER BY",
        "SELECT a FROM UNNEST(['b', 'A']) AS a ORDER BY a COLLATE 'und:ci'",
        Refused("does not have COLLATE in ORDER BY"),
    ),
    Case(
        "time travel (FOR SYSTEM_TIME AS OF)",
        _T + "SELECT a FROM {d}.t FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)",
        Refused("time travel"),
    ),
    Case(
        "system variables, e.g. `@@project_id`",
        "SELECT @@project_id AS p",
        Refused("does not have the system variable @@project_id"),
    ),
]

CHANGES = [
    Case("INSERT of VALUES", _T + "SELECT a, b FROM {d}.t ORDER BY a", [(1, "a"), (2, "b"), (3, "a")]),
    Case(
        "INSERT of a query",
        _T
        + "INSERT INTO {d}.t (a) SELECT x FROM UNNEST([8, 9]) AS x; SELECT a FROM {d}.t WHERE a > 3 ORDER BY a",
        [(8,), (9,)],
    ),
    Case(
        "UPDATE FROM",
        _T + "UPDATE {d}.t AS t SET b = s.b FROM (SELECT 2 AS a, 'q' AS b) AS s WHERE t.a = s.a; "
        "SELECT b FROM {d}.t WHERE a = 2",
        [("q",)],
    ),
    Case(
        "UPDATE of a field",
        "CREATE TABLE {d}.c AS SELECT STRUCT(1 AS a, ['x'] AS b) AS s; UPDATE {d}.c SET s.a = 5 WHERE s.a = 1; "
        "SELECT s FROM {d}.c",
        [({"a": 5, "b": ["x"]},)],
    ),
    Case(
        "changes within an array",
        _T + "UPDATE {d}.t SET (DELETE arr AS e WHERE e.x = 1) WHERE a = 1",
        Refused("nested DML"),
    ),
    Case("DELETE", _T + "DELETE FROM {d}.t WHERE a < 3; SELECT a FROM {d}.t", [(3,)]),
    Case("TRUNCATE TABLE", _T + "TRUNCATE TABLE {d}.t; SELECT COUNT(*) AS n FROM {d}.t", [(0,)]),
    Case(
        "MERGE, every kind of WHEN",
        _T + "MERGE {d}.t AS t USING (SELECT 1 AS a, 'm' AS b UNION ALL SELECT 5, 'n') AS s ON t.a = s.a "
        "WHEN MATCHED THEN UPDATE SET b = s.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (a, b) "
        "WHEN NOT MATCHED BY SOURCE THEN DELETE; SELECT a, b FROM {d}.t ORDER BY a",
        [(1, "m"), (5, "n")],
    ),
    Case(
        "LOAD DATA",
        "LOAD DATA INTO {d}.t FROM FILES (format = 'CSV', uris = ['gs://b/f'])",
        Refused("does not have the statement LOAD DATA"),
    ),
    Case(
        "EXPORT DATA",
        "EXPORT DATA OPTIONS (uri = 'gs://b/*.csv', format = 'CSV') AS SELECT 1 AS a",
        Refused("EXPORT DATA"),
    ),
]

SCRIPTS = [
    Case("several statements in one job", "SELECT 1 AS a; SELECT 2 AS b", [(2,)]),
    Case("DECLARE", "DECLARE x, y INT64 DEFAULT 1; SELECT x + y AS s", [(2,)]),
    Case(
        "SET",
        "DECLARE x INT64; DECLARE y STRING; SET (x, y) = (1, 'a'); SET x = x + 1; SELECT x, y",
        [(2, "a")],
    ),
    Case(
        "IF",
        _T + "IF EXISTS (SELECT 1 FROM {d}.t WHERE a = 9) THEN SELECT 'found' AS r; "
        "ELSEIF (SELECT COUNT(*) FROM {d}.t) = 3 THEN SELECT 'three' AS r; ELSE SELECT 'none' AS r; END IF",
        [("three",)],
    ),
    Case(
        "BEGIN … END",
        "BEGIN DECLARE x DATE DEFAULT '2025-11-15'; SELECT EXTRACT(DAY FROM x) AS d; END",
        [(15,)],
    ),
    Case(
        "EXCEPTION",
        "BEGIN SELECT ERROR('x'); EXCEPTION WHEN ERROR THEN SELECT 1; END",
        Refused("does not have EXCEPTION"),
    ),
    Case("LOOP, WHILE, FOR, REPEAT", "LOOP SELECT 1; LEAVE; END LOOP", Refused("does not have LOOP, WHILE")),
    Case("CASE", "CASE WHEN TRUE THEN SELECT 1; END CASE", Refused("does not have CASE in a script")),
    Case("RAISE, RETURN", "RAISE USING MESSAGE = 'x'", Refused("does not have RAISE in a script")),
    Case(
        "BEGIN … COMMIT TRANSACTION",
        _T + "BEGIN TRANSACTION; DELETE FROM {d}.t WHERE a = 1; "
        "INSERT INTO {d}.t (a) SELECT COUNT(*) + 10 FROM {d}.t; COMMIT TRANSACTION; "
        "SELECT COUNT(*) AS n, MAX(a) AS a FROM {d}.t",
        [(3, 12)],
    ),
    Case(
        "ROLLBACK TRANSACTION, DDL in a transaction",
        "BEGIN TRANSACTION; SELECT 1; ROLLBACK TRANSACTION",
        Refused("does not have anything but queries, INSERT, UPDATE, DELETE and MERGE in a transaction"),
    ),
    Case("EXECUTE IMMEDIATE", "EXECUTE IMMEDIATE 'SELECT 1'", Refused("does not have EXECUTE IMMEDIATE")),
    Case("CALL", "CALL {d}.p()", Refused("does not have procedures")),
    Case("ASSERT", "ASSERT 1 = 1", Refused("does not have the statement ASSERT")),
]

INFORMATION = [
    Case(
        "SCHEMATA", "SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = '{d}'", [(1,)]
    ),
    Case(
        "TABLES",
        _T + "SELECT table_name, table_type FROM {d}.INFORMATION_SCHEMA.TABLES",
        [("t", "BASE TABLE")],
    ),
    Case(
        "COLUMNS",
        _T + "SELECT column_name, data_type FROM {d}.INFORMATION_SCHEMA.COLUMNS ORDER BY ordinal_position",
        [("a", "INT64"), ("b", "STRING"), ("arr", "ARRAY<STRUCT<x INT64, y STRING>>")],
    ),
    Case(
        "COLUMN_FIELD_PATHS",
        _T + "SELECT field_path FROM {d}.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS ORDER BY field_path",
        [("a",), ("arr",), ("arr.x",), ("arr.y",), ("b",)],
    ),
    Case(
        "TABLE_OPTIONS",
        "CREATE TABLE {d}.o (a INT64) OPTIONS (description = 'd'); "
        "SELECT option_name, option_value FROM {d}.INFORMATION_SCHEMA.TABLE_OPTIONS",
        [("description", '"d"')],
    ),
    Case(
        "VIEWS",
        "CREATE VIEW {d}.v AS SELECT 1 AS a; SELECT view_definition FROM {d}.INFORMATION_SCHEMA.VIEWS",
        [("SELECT 1 AS a",)],
    ),
    Case("JOBS, JOBS_BY_PROJECT", f"SELECT COUNT(*) > 0 AS v FROM {_LOCATED}JOBS", [(True,)]),
    Case("every other view", "SELECT * FROM {d}.INFORMATION_SCHEMA.PARTITIONS", Refused("PARTITIONS")),
    Case(
        "MATERIALIZED_VIEWS",
        "CREATE MATERIALIZED VIEW {d}.m AS SELECT 1 AS a; "
        "SELECT table_name FROM {d}.INFORMATION_SCHEMA.MATERIALIZED_VIEWS",
        [("m",)],
    ),
    Case(
        "`__TABLES__`",
        "CREATE TABLE {d}.n AS SELECT 1 AS a; CREATE VIEW {d}.v AS SELECT 1 AS a; "
        "SELECT dataset_id = '{d}', table_id, row_count, size_bytes, type FROM {d}.__TABLES__ ORDER BY table_id",
        [(True, "n", 1, 8, 1), (True, "v", 0, 0, 2)],
    ),
]

STATEMENTS: dict[str, list[Case]] = {
    "Queries": QUERIES,
    "Changes of rows": CHANGES,
    "Definitions": [Case(*one) for one in DEFINITIONS],
    "Scripts": SCRIPTS,
    "INFORMATION_SCHEMA": INFORMATION,
}
"""By the subjects of the page."""
