"""Scripts: variables, IF and blocks around statements, each of which stays done.

https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language
"""

from __future__ import annotations

import pytest

from local.bigquery.problem import ApiError
from tests.contract.statements.running import Running

_EVERY_TYPE = """
DECLARE told TIMESTAMP DEFAULT TIMESTAMP '2025-11-15 10:30:45.000001+00';
DECLARE document JSON DEFAULT JSON '{"a": 1.5}';
DECLARE span INTERVAL DEFAULT INTERVAL '1-2 3 4:5:6.5' YEAR TO SECOND;
DECLARE pairs ARRAY<STRUCT<p INT64, q STRING>> DEFAULT [(1, "it's"), (NULL, NULL)];
DECLARE content BYTES DEFAULT b'\\x00\\xff';
DECLARE cost NUMERIC DEFAULT 1.5;
DECLARE odd FLOAT64 DEFAULT CAST('nan' AS FLOAT64);
DECLARE wide FLOAT64 DEFAULT 3;
DECLARE moment DATETIME DEFAULT '2025-11-15 10:30:45';
DECLARE days RANGE<DATE> DEFAULT RANGE(DATE '2025-11-15', NULL);
DECLARE nothing STRING;
SELECT UNIX_MICROS(told), document, CAST(span AS STRING), pairs, content, cost, odd, wide, moment, days, nothing;
"""


def test_a_variable_holds_a_value_of_every_type(running: Running) -> None:
    pairs = [{"v": {"f": [{"v": "1"}, {"v": "it's"}]}}, {"v": {"f": [{"v": None}, {"v": None}]}}]

    (row,) = running.rows(_EVERY_TYPE)

    assert row == [
        "1763202645000001",
        '{"a":1.5}',
        "1-2 3 4:5:6.500",
        pairs,
        "AP8=",
        "1.5",
        "NaN",
        "3.0",
        "2025-11-15T10:30:45",
        "[2025-11-15, UNBOUNDED)",
        None,
    ]


def test_statements_see_the_variables_as_they_are_there(running: Running) -> None:
    running.rows("""
        DECLARE n INT64 DEFAULT 1; DECLARE name STRING;
        CREATE TABLE d.t AS SELECT n AS k, 'first' AS v;
        SET (n, name) = ((SELECT MAX(k) + 1 FROM d.t), 'second');
        INSERT INTO d.t VALUES (n, name);
        UPDATE d.t SET v = CONCAT(v, '!') WHERE k = n;
        MERGE d.t USING (SELECT n + 1 AS k) AS s ON t.k = s.k WHEN NOT MATCHED THEN INSERT VALUES (s.k, name);
        SET n = 2;
        DELETE FROM d.t WHERE k < n""")

    assert running.rows("SELECT * FROM d.t ORDER BY k") == [["2", "second!"], ["3", "second"]]


def test_a_column_comes_before_a_variable_of_its_name(running: Running) -> None:
    assert running.rows("DECLARE x INT64 DEFAULT 3; SELECT x FROM (SELECT 7 AS x)") == [["7"]]


def test_a_block_has_variables_of_its_own_and_changes_those_around_it(running: Running) -> None:
    found = running.rows("""
        DECLARE x INT64 DEFAULT 1;
        BEGIN DECLARE y INT64 DEFAULT 5; SET x = x + y; END;
        IF x = 1 THEN SET x = 100; ELSEIF x = 6 THEN BEGIN SET x = x * 2; END; ELSE SET x = 200; END IF;
        IF NULL THEN SET x = 300; END IF;
        SELECT x""")

    assert found == [["12"]]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("SET x = 1", "Undeclared variable: x"),
        ("DECLARE x INT64; DECLARE X INT64", "Variable 'x' redeclaration"),
        ("BEGIN DECLARE y INT64; END; SELECT y", "Unrecognized name: y at [1:36]"),
        ("DECLARE x INT64; SET x = 'a'", "Cannot coerce a value of type STRING to the type INT64"),
        ("DECLARE x INT64 DEFAULT 1.5", "Cannot coerce a value of type FLOAT64 to the type INT64"),
        ("DECLARE x DATE; SET x = CONCAT('2025-', '11-15')", "Cannot coerce a value of type STRING"),
        ("DECLARE x STRING(2) DEFAULT 'ab'", "a variable of a parameterized type (STRING(2))"),
        ("DECLARE x", "Syntax error: Unexpected end of script at [1:10]"),
        ("DECLARE x, y INT64; SET (x, y) = (1, 2, 3)", "SET of 2 variables needs a STRUCT of as many fields"),
        ("IF 1 THEN SELECT 1; END IF", "An IF condition has to be of type BOOL, and not INT64"),
        ("DECLARE x INT64;\nSET x =\n  missing", "Unrecognized name: missing at [3:3]"),
        ("SELECT 1;\n  SELECT missing", "Unrecognized name: missing at [2:10]"),
        ("DECLARE x INT64 DEFAULT 1;\nSELECT x FROM d.missing", "Not found: Table p:d.missing"),
    ],
)
def test_what_is_wrong_in_a_script_is_told_with_its_place(running: Running, script: str, said: str) -> None:
    with pytest.raises(ApiError) as refused:
        running.rows(script)

    assert said in refused.value.message


def test_what_was_done_before_a_statement_that_fails_stays(running: Running) -> None:
    ended = running.job(
        "CREATE TABLE d.t AS SELECT 1 AS a; INSERT INTO d.t SELECT 2; SELECT ERROR('broken') AS e"
    )

    assert ended["status"]["errorResult"]["message"] == "broken"
    assert running.rows("SELECT a FROM d.t ORDER BY a") == [["1"], ["2"]]
    shown = running.rows(
        "SELECT state FROM `region-us`.INFORMATION_SCHEMA.JOBS"
        f" WHERE job_id = '{ended['jobReference']['jobId']}'"
    )
    assert shown == [["DONE"]]


def test_of_a_transaction_all_statements_stay_done_or_none(running: Running) -> None:
    running.rows("CREATE TABLE d.t AS SELECT 1 AS a; CREATE TABLE d.u AS SELECT 5 AS a")

    broken = running.job(
        "BEGIN TRANSACTION; INSERT INTO d.t SELECT 2; DELETE FROM d.u WHERE TRUE; "
        "INSERT INTO d.u SELECT ERROR('broken'); COMMIT TRANSACTION"
    )
    after = running.rows("SELECT a FROM d.t UNION ALL SELECT a FROM d.u ORDER BY a")
    running.rows("""
        BEGIN TRANSACTION;
        INSERT INTO d.t SELECT 2;
        MERGE d.u USING (SELECT a FROM d.t) AS s ON FALSE
          WHEN NOT MATCHED BY SOURCE THEN DELETE
          WHEN NOT MATCHED BY TARGET THEN INSERT (a) VALUES (s.a);
        COMMIT TRANSACTION""")

    assert broken["status"]["errorResult"]["message"] == "broken"
    assert after == [["1"], ["5"]]
    assert running.rows("SELECT a FROM d.u ORDER BY a") == [["1"], ["2"]]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("BEGIN TRANSACTION; SELECT 1", "BEGIN TRANSACTION without COMMIT TRANSACTION"),
        ("COMMIT TRANSACTION", "COMMIT TRANSACTION without BEGIN TRANSACTION"),
        ("BEGIN; CREATE TABLE d.v AS SELECT 1; COMMIT", "anything but queries, INSERT, UPDATE, DELETE"),
    ],
)
def test_what_is_no_whole_transaction_of_queries_and_dml_is_refused(
    running: Running, script: str, said: str
) -> None:
    with pytest.raises(ApiError) as refused:
        running.rows(script)

    assert said in refused.value.message


def test_a_script_is_one_job_with_the_sums_of_its_statements(running: Running) -> None:
    running.rows("CREATE TABLE d.t AS SELECT 1 AS a")

    ended = running.job("DECLARE n INT64 DEFAULT (SELECT COUNT(*) FROM d.t); SELECT a FROM d.t; SELECT n")

    query = ended["statistics"]["query"]
    assert (query["statementType"], query["totalBytesProcessed"]) == ("SCRIPT", "16")
    assert [one["tableId"] for one in query["referencedTables"]] == ["t"]
    assert ended["rows"] == [["1"]]


def test_a_function_of_google_s_evaluator_works_on_a_table_that_the_script_made(running: Running) -> None:
    found = running.rows("CREATE TABLE d.t AS SELECT 'é' AS a; SELECT SOUNDEX(a), NORMALIZE(a, NFD) FROM d.t")

    assert found == [["", "e\u0301"]]


def test_a_script_is_not_carried_out_by_a_dry_run(running: Running) -> None:
    configuration = {"query": {"query": "DECLARE x INT64; CREATE TABLE d.t (a INT64)", "useLegacySql": False}}

    answer = running.call("POST", "jobs", {"configuration": {**configuration, "dryRun": True}})

    assert answer["statistics"]["query"]["statementType"] == "SCRIPT"
    assert running.rows("SELECT COUNT(*) FROM d.INFORMATION_SCHEMA.TABLES") == [["0"]]


def test_the_script_with_which_dbt_overwrites_partitions_is_carried_out(running: Running) -> None:
    running.rows("CREATE TABLE d.t (id INT64, day DATE) PARTITION BY day")
    running.rows("INSERT INTO d.t VALUES (1, '2024-01-01'), (2, '2024-01-02')")

    running.rows("""
        declare partitions array<date>;
        -- what there is to write
        create or replace table d.tmp partition by day as (select 3 as id, date '2024-01-02' as day);
        set (partitions) = (select as struct array_agg(distinct date(day) ignore nulls) from d.tmp);
        merge into d.t as old using (select * from d.tmp) as late on false
        when not matched by source and date(old.day) in unnest(partitions) then delete
        when not matched then insert (id, day) values (id, day);
        drop table if exists d.tmp""")

    assert running.rows("SELECT * FROM d.t ORDER BY id") == [["1", "2024-01-01"], ["3", "2024-01-02"]]
    assert running.rows("SELECT table_name FROM d.INFORMATION_SCHEMA.TABLES") == [["t"]]
