"""Statements that define tables, views and functions: what is used, a script, and what its last statement gives."""

from __future__ import annotations

from typing import Any

from tests.contract.googlesql.cases.differs import Differs
from tests.contract.googlesql.refused import Refused

_T = "CREATE TABLE {d}.t (a INT64, b STRING); INSERT INTO {d}.t VALUES (1, 'x'); "

DEFINITIONS: list[tuple[str, str, Any]] = [
    (
        "CREATE TABLE, of every type but those below",
        (
            "CREATE TABLE {d}.k (a JSON, b BYTES, c TIME, d DATETIME, e BOOL, f FLOAT64, g NUMERIC, h TIMESTAMP, "
            "i INTERVAL, j ARRAY<STRUCT<x DATE>>); SELECT COUNT(*) AS n FROM {d}.k"
        ),
        [(0,)],
    ),
    (
        "PARTITION BY a DATE, TIMESTAMP or DATETIME; CLUSTER BY",
        (
            "CREATE TABLE {d}.p (a TIMESTAMP, b INT64) PARTITION BY TIMESTAMP_TRUNC(a, MONTH) CLUSTER BY b; "
            "SELECT COUNT(*) AS n FROM {d}.p"
        ),
        [(0,)],
    ),
    (
        "PARTITION BY RANGE_BUCKET",
        (
            "CREATE TABLE {d}.r (a INT64) PARTITION BY RANGE_BUCKET(a, GENERATE_ARRAY(0, 100, 10)); "
            "SELECT COUNT(*) AS n FROM {d}.r"
        ),
        [(0,)],
    ),
    (
        "PARTITION BY `_PARTITIONDATE` (time of ingestion)",
        "CREATE TABLE {d}.i (a INT64) PARTITION BY _PARTITIONDATE",
        Refused("_PARTITIONDATE"),
    ),
    ("BIGNUMERIC columns", "CREATE TABLE {d}.n (a BIGNUMERIC)", Refused("BIGNUMERIC columns")),
    ("GEOGRAPHY columns", "CREATE TABLE {d}.g (a GEOGRAPHY)", Refused("does not have the type GEOGRAPHY")),
    (
        "RANGE columns",
        (
            "CREATE TABLE {d}.r (a RANGE<DATE>); INSERT INTO {d}.r VALUES (RANGE<DATE> '[2022-12-01, UNBOUNDED)'); "
            "SELECT a = RANGE<DATE> '[2022-12-01, UNBOUNDED)' AS e, COUNT(*) AS n FROM {d}.r GROUP BY a"
        ),
        [(True, 1)],
    ),
    (
        "NOT NULL",
        (
            "CREATE TABLE {d}.n (a INT64 NOT NULL, b STRING); INSERT INTO {d}.n (a) VALUES (1); "
            "SELECT is_nullable FROM {d}.INFORMATION_SCHEMA.COLUMNS ORDER BY column_name"
        ),
        [("NO",), ("YES",)],
    ),
    (
        "DEFAULT of a column",
        "CREATE TABLE {d}.e (a INT64, b STRING DEFAULT 'x'); INSERT INTO {d}.e (a) VALUES (1); SELECT b FROM {d}.e",
        [("x",)],
    ),
    (
        "STRING(n), BYTES(n)",
        "CREATE TABLE {d}.s (a STRING(3), b BYTES(2)); INSERT INTO {d}.s VALUES ('abc', b'ab'); SELECT a, b FROM {d}.s",
        [("abc", b"ab")],
    ),
    (
        "NUMERIC(p, s)",
        (
            "CREATE TABLE {d}.q (a NUMERIC(3, 1)); INSERT INTO {d}.q VALUES (NUMERIC '12.35'); "
            "SELECT CAST(a AS STRING) AS a FROM {d}.q"
        ),
        [("12.4",)],
    ),
    ("CREATE TABLE AS SELECT", "CREATE OR REPLACE TABLE {d}.t AS SELECT 1 AS a; SELECT a FROM {d}.t", [(1,)]),
    ("CREATE TABLE LIKE", _T + "CREATE TABLE {d}.l LIKE {d}.t; SELECT COUNT(*) AS n FROM {d}.l", [(0,)]),
    ("CREATE TABLE COPY", _T + "CREATE TABLE {d}.c COPY {d}.t; SELECT a, b FROM {d}.c", [(1, "x")]),
    ("CREATE TABLE CLONE", _T + "CREATE TABLE {d}.c CLONE {d}.t; SELECT a, b FROM {d}.c", [(1, "x")]),
    (
        "CREATE SNAPSHOT TABLE",
        _T + "CREATE SNAPSHOT TABLE {d}.c CLONE {d}.t",
        Refused("CREATE SNAPSHOT TABLE"),
    ),
    ("CREATE TEMP TABLE", "CREATE TEMP TABLE t AS SELECT 1 AS a", Refused("temporary tables")),
    (
        "CREATE EXTERNAL TABLE",
        "CREATE EXTERNAL TABLE {d}.x OPTIONS (format = 'CSV', uris = ['gs://b/f'])",
        Refused("external tables"),
    ),
    ("CREATE VIEW", _T + "CREATE VIEW {d}.v (k) AS SELECT a FROM {d}.t; SELECT k FROM {d}.v", [(1,)]),
    (
        "CREATE MATERIALIZED VIEW",
        _T + "CREATE MATERIALIZED VIEW {d}.m AS SELECT COUNT(*) AS n FROM {d}.t; SELECT n FROM {d}.m",
        Differs("is a view, computed at each read", [(1,)]),
    ),
    (
        "ALTER TABLE ADD, DROP, RENAME COLUMN",
        _T + "ALTER TABLE {d}.t ADD COLUMN IF NOT EXISTS c DATE; ALTER TABLE {d}.t DROP COLUMN b; "
        "ALTER TABLE {d}.t RENAME COLUMN a TO z; SELECT z, c FROM {d}.t",
        [(1, None)],
    ),
    ("ALTER TABLE RENAME TO", _T + "ALTER TABLE {d}.t RENAME TO u; SELECT a FROM {d}.u", [(1,)]),
    (
        "ALTER COLUMN DROP NOT NULL, SET OPTIONS",
        (
            "CREATE TABLE {d}.n (a INT64 NOT NULL); ALTER TABLE {d}.n ALTER COLUMN a DROP NOT NULL; "
            "ALTER TABLE {d}.n ALTER COLUMN a SET OPTIONS (description = 'k'); INSERT INTO {d}.n VALUES (NULL); "
            "SELECT a FROM {d}.n"
        ),
        [(None,)],
    ),
    (
        "ALTER COLUMN SET DATA TYPE",
        _T
        + "ALTER TABLE {d}.t ALTER COLUMN a SET DATA TYPE NUMERIC; UPDATE {d}.t SET a = a + 0.5 WHERE TRUE; "
        "SELECT CAST(a AS STRING) AS a FROM {d}.t",
        [("1.5",)],
    ),
    (
        "ALTER COLUMN SET DEFAULT",
        _T + "ALTER TABLE {d}.t ALTER COLUMN a SET DEFAULT 5; INSERT INTO {d}.t (b) VALUES ('y'); "
        "SELECT a FROM {d}.t WHERE b = 'y'",
        [(5,)],
    ),
    (
        "ALTER TABLE SET OPTIONS",
        (
            _T + "ALTER TABLE {d}.t SET OPTIONS (description = 'k'); "
            "SELECT option_value FROM {d}.INFORMATION_SCHEMA.TABLE_OPTIONS"
        ),
        [('"k"',)],
    ),
    (
        "ALTER VIEW SET OPTIONS",
        (
            "CREATE VIEW {d}.v AS SELECT 1 AS a; ALTER VIEW {d}.v SET OPTIONS (description = 'y'); "
            "SELECT option_value FROM {d}.INFORMATION_SCHEMA.TABLE_OPTIONS"
        ),
        [('"y"',)],
    ),
    (
        "DROP MATERIALIZED VIEW",
        (
            "CREATE MATERIALIZED VIEW {d}.m AS SELECT 1 AS a; DROP MATERIALIZED VIEW {d}.m; "
            "DROP MATERIALIZED VIEW IF EXISTS {d}.m; SELECT COUNT(*) AS n FROM {d}.INFORMATION_SCHEMA.TABLES"
        ),
        [(0,)],
    ),
    ("DROP TABLE, DROP VIEW", _T + "DROP TABLE {d}.t; DROP VIEW IF EXISTS {d}.v; SELECT 1 AS a", [(1,)]),
    (
        "CREATE, ALTER, DROP SCHEMA",
        (
            "CREATE SCHEMA {d}_e; ALTER SCHEMA {d}_e SET OPTIONS (description = 'y'); DROP SCHEMA {d}_e CASCADE; "
            "SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = '{d}_e'"
        ),
        [(0,)],
    ),
    (
        "CREATE FUNCTION, temporary or not",
        "CREATE TEMP FUNCTION f(x INT64) AS (x + 1); SELECT f(1) AS v",
        Refused("FUNCTION"),
    ),
    ("CREATE TABLE FUNCTION", "CREATE TABLE FUNCTION {d}.f(x INT64) AS SELECT x", Refused("TABLE FUNCTION")),
    ("CREATE PROCEDURE", "CREATE PROCEDURE {d}.p() BEGIN SELECT 1; END", Refused("CREATE PROCEDURE")),
    (
        "CREATE ROW ACCESS POLICY",
        _T + "CREATE ROW ACCESS POLICY p ON {d}.t GRANT TO ('user:a@b.c') FILTER USING (a = 1)",
        Refused("ROW ACCESS POLICY"),
    ),
    ("CREATE SEARCH INDEX", _T + "CREATE SEARCH INDEX i ON {d}.t (ALL COLUMNS)", Refused("CREATE INDEX")),
    (
        "GRANT, REVOKE",
        "GRANT `roles/bigquery.dataViewer` ON SCHEMA {d} TO 'user:a@b.c'",
        Refused("GRANT"),
    ),
]
