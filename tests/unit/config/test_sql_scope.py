"""Which tables a tenant's SQL may name."""

import pytest

from shared.config.sql_scope import (
    SqlScope,
    check_expression,
    check_query,
    named_tables,
    own_tables,
    uses_parameter,
)

NOT_AS_BIGQUERY_READS_IT = (
    "SELECT 1 AS `a\\` /*` , x.run_id FROM umbrella.raw_data AS x -- */",
    r"""SELECT '''\''' AS a /*''' AS b, x.run_id FROM umbrella.raw_data AS x -- */""",
    r'''SELECT """\""" AS a /*""" AS b, x.run_id FROM umbrella.raw_data AS x -- */''',
    r"""SELECT r'''\''' AS a /*''' AS b, x.run_id FROM umbrella.raw_data AS x -- */""",
    r"""SELECT b'''\''' AS a /*''' AS b, x.run_id FROM umbrella.raw_data AS x -- */""",
    "SELECT @{#\n a=1} x.run_id FROM umbrella.raw_data AS x -- #} run_id",
)
SCOPE = SqlScope("acme", frozenset({"billing.export", "their-project.billing.export"}))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "(SELECT 1)",
        "SELECT * FROM raw_data",
        "SELECT * FROM acme.raw_data",
        "SELECT * FROM `acme.raw_data` AS r, UNNEST(r.items) AS item",
        "SELECT r.data.cost FROM raw_data AS r, r.items",
        "SELECT * FROM billing.export",
        "SELECT * FROM `their-project.billing.export`",
        "SELECT * FROM `their-project`.billing.export",
        "WITH metadata AS (SELECT 1 AS x) SELECT x FROM metadata",
        "SELECT NET.HOST('x'), SAFE.PARSE_DATE('%Y', '1'), JSON_VALUE(data, '$.a') FROM raw_data",
        "SELECT * FROM raw_data UNION ALL SELECT * FROM raw_data",
        "SELECT 'FROM metadata.api_keys' AS text -- FROM metadata.api_keys",
    ],
)
def test_a_tenant_may_read_its_own_tables_and_those_of_its_sources(sql: str) -> None:
    assert check_query(sql, SCOPE) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM metadata.api_keys",
        "SELECT * FROM `metadata.api_keys`",
        "SELECT * FROM `metadata`.`api_keys`",
        "SELECT * FROM `my-project.metadata.api_keys`",
        "SELECT * FROM my_project.acme.raw_data",
        "SELECT * FROM `metadata.*`",
        "SELECT * FROM ACME.raw_data",
        "SELECT * FROM their_project.billing.export",
        "SELECT (SELECT COUNT(*) FROM umbrella.raw_data)",
        "SELECT ARRAY(SELECT x FROM umbrella.raw_data)",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM umbrella.raw_data)",
        "WITH a AS (SELECT * FROM umbrella.raw_data) SELECT * FROM a",
        "SELECT * FROM raw_data JOIN umbrella.raw_data USING (run_id)",
        "SELECT * FROM raw_data, umbrella.raw_data",
        "SELECT 1 UNION ALL SELECT 1 FROM umbrella.raw_data",
        "SELECT * FROM umbrella.raw_data FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()",
        "SELECT * FROM raw_data QUALIFY 1 = (SELECT 1 FROM umbrella.raw_data)",
        "FROM umbrella.raw_data |> SELECT *",
        "SELECT * FROM raw_data |> JOIN umbrella.raw_data USING (run_id)",
        "SELECT * FROM INFORMATION_SCHEMA.TABLES",
        "SELECT * FROM acme.INFORMATION_SCHEMA.TABLES",
        "SELECT * FROM `region-us`.INFORMATION_SCHEMA.JOBS",
        "SELECT * FROM `region-us.information_schema.JOBS`",
        "SELECT * FROM `my-project`.metadata.INFORMATION_SCHEMA.TABLES",
        "SELECT * FROM EXTERNAL_QUERY('connection', 'SELECT 1')",
        "SELECT * FROM metadata.reveal(1)",
        "SELECT * FROM reveal(1)",
        "SELECT * FROM APPENDS(TABLE metadata.run_events)",
        "SELECT * FROM ML.PREDICT(MODEL metadata.m, TABLE raw_data)",
        "SELECT * FROM VECTOR_SEARCH(TABLE umbrella.raw_data, 'e', TABLE raw_data)",
        "SELECT metadata.reveal(1)",
        "SELECT `metadata`.reveal(1)",
        "SELECT `metadata.reveal`(1)",
        "SELECT my_project.metadata.reveal(1)",
        "SELECT 1; SELECT 2",
        "INSERT INTO raw_data SELECT * FROM raw_data",
        "EXPORT DATA OPTIONS (uri = 'gs://theirs/*') AS SELECT 1",
        "CREATE TEMP FUNCTION f() AS (1); SELECT f()",
        "DECLARE x INT64; SELECT x",
        "EXECUTE IMMEDIATE 'SELECT * FROM metadata.api_keys'",
        "CALL metadata.reveal()",
        "SELECT x.run_id FROM DESCRIBE END WITH umbrella.raw_data AS x",
        "SELECT 1 -> 1e5",
        "SELECT * FROM raw_data @p AT",
        "SELECT * FROM DESCRIBE.USING(a)",
        f"SELECT {'(' * 3000}1{')' * 3000}",
        "SELECT * FROM",
        "SELECT 'open",
        "/* open",
        "",
        "-- nothing",
    ],
)
def test_nothing_else_is_let_through(sql: str) -> None:
    assert check_query(sql, SCOPE)


@pytest.mark.parametrize(
    "sql",
    [
        "cost >= 0",
        "cost >= 0 -- always",
        "a IN (SELECT a FROM raw_data)",
        "x IN UNNEST([1, 2])",
        "NOT a AND b",
    ],
)
def test_an_expression_is_a_condition_over_the_tenants_own_tables(sql: str) -> None:
    assert check_expression(sql, SCOPE) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "(SELECT 1)",
        "TRUE) OR (TRUE",
        "TRUE; DROP TABLE raw_data",
        "a = 1 FROM umbrella.raw_data",
        "a IN (SELECT a FROM umbrella.raw_data)",
        "metadata.reveal(a)",
        "`metadata.reveal`(a)",
        "a, b",
        "a AS b",
        "a >",
        "a /* open",
        "",
    ],
)
def test_other_expressions_are_refused(sql: str) -> None:
    assert check_expression(sql, SCOPE)


@pytest.mark.parametrize("sql", NOT_AS_BIGQUERY_READS_IT)
def test_a_text_that_bigquery_reads_in_another_way_is_refused(sql: str) -> None:
    assert check_query(sql, SCOPE)
    assert check_expression(f"a IN ({sql}\n)", SCOPE)
    assert named_tables(sql) == []


@pytest.mark.parametrize(
    "sql", ["SELECT a <=> b", "SELECT user-defined", "SELECT a #> b\n||| c", "REPEAT(a, 2) = 'aa'"]
)
def test_a_text_that_is_cut_into_other_tokens_than_bigquerys_is_refused(sql: str) -> None:
    assert check_query(sql, SCOPE)
    assert check_expression(sql, SCOPE)


def test_comments_and_what_they_hold_are_nothing() -> None:
    sql = "SELECT a # it's `open\nFROM raw_data -- {{ FROM umbrella.raw_data\n/* ' */ WHERE b = @run_id"

    assert check_query(sql, SCOPE) == []
    assert own_tables(sql, SCOPE.tenant_id) == {"raw_data"}
    assert uses_parameter(sql, "run_id")


def test_a_doubtful_text_has_its_line_and_column() -> None:
    assert [(p.line, p.column) for p in check_query("SELECT 1 -- a\n, rb'a'", SCOPE)] == [(2, 3)]
    assert [(p.line, p.column) for p in check_query("SELECT\n a <=> b", SCOPE)] == [(2, 4)]


def test_a_problem_has_its_line_and_column() -> None:
    (problem,) = check_query("SELECT 1\nFROM\n  umbrella.raw_data", SCOPE)

    assert (problem.line, problem.column) == (3, 3)


def test_the_qualified_tables_of_a_query_are_found() -> None:
    assert named_tables("SELECT * FROM a.b JOIN c JOIN `p-q.d.e`") == ["a.b", "p-q.d.e"]
    assert named_tables("SELECT FROM") == []
