"""DML, DDL and scripts: what a statement leaves behind, and that a failing one leaves nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import BadRequest
from google.cloud import bigquery

_REPLACE = """
MERGE costs AS t USING ({source}) AS s ON FALSE
WHEN NOT MATCHED BY SOURCE AND {condition} THEN DELETE
WHEN NOT MATCHED BY TARGET THEN INSERT (id, day, cost) VALUES (id, day, cost)
"""
_UPSERT = """
MERGE costs AS t USING ({source}) AS s ON t.id = s.id
WHEN MATCHED THEN UPDATE SET day = s.day, cost = s.cost
WHEN NOT MATCHED THEN INSERT (id, day, cost) VALUES (s.id, s.day, s.cost)
"""
_FIRST, _SECOND = "DATE '2025-11-01'", "DATE '2025-11-02'"


class Table:
    """A dataset of the test's own with one table, `costs`."""

    def __init__(self, client: bigquery.Client) -> None:
        self.client = client
        self.dataset = f"dialect_{uuid4().hex[:8]}"
        client.create_dataset(self.dataset)
        self.run("CREATE TABLE costs (id STRING, day DATE, cost NUMERIC) PARTITION BY day CLUSTER BY id")

    def run(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of the statement, whose unqualified tables are in the dataset."""
        config = bigquery.QueryJobConfig(
            default_dataset=f"{self.client.project}.{self.dataset}", query_parameters=parameters
        )
        job = self.client.query(sql, job_config=config, job_retry=None)
        return [tuple(row) for row in job.result(retry=None)]

    def rows(self) -> list[tuple[Any, ...]]:
        """What the table holds, as text, id, and cost."""
        return self.run("SELECT CAST(day AS STRING), id, cost FROM costs ORDER BY day, id, cost")


@pytest.fixture
def costs(bigquery_client: bigquery.Client) -> Table:
    table = Table(bigquery_client)
    table.run(f"INSERT INTO costs (id, day, cost) VALUES ('a', {_FIRST}, 1), ('b', {_SECOND}, 0.0000008)")
    return table


def test_an_insert_takes_a_query_with_named_subqueries(costs: Table) -> None:
    user_sql = f"WITH x AS (SELECT 'c' AS id, {_SECOND} AS day, NUMERIC '0.1' AS cost) SELECT * FROM x"

    costs.run(f"INSERT INTO costs (id, day, cost) SELECT id, day, cost FROM ({user_sql})")

    assert costs.rows()[-1] == ("2025-11-02", "c", Decimal("0.1"))


def test_a_replacement_of_a_window_takes_its_bounds_from_parameters(costs: Table) -> None:
    source = f"SELECT 'n' AS id, {_SECOND} AS day, NUMERIC '5' AS cost"
    sql = _REPLACE.format(source=source, condition="t.day BETWEEN @date_range_start AND @date_range_end")

    costs.run(
        sql,
        bigquery.ScalarQueryParameter("date_range_start", "DATE", "2025-11-02"),
        bigquery.ScalarQueryParameter("date_range_end", "DATE", "2025-11-03"),
    )

    assert costs.rows() == [("2025-11-01", "a", Decimal("1")), ("2025-11-02", "n", Decimal("5"))]


def test_a_replacement_may_read_the_table_that_it_replaces(costs: Table) -> None:
    costs.run(_REPLACE.format(source="SELECT id, day, cost * 2 AS cost FROM costs", condition="TRUE"))

    assert costs.rows() == [("2025-11-01", "a", Decimal("2")), ("2025-11-02", "b", Decimal("0.0000016"))]


def test_a_replacement_by_nothing_empties_the_window(costs: Table) -> None:
    source = "SELECT id, day, cost FROM costs WHERE FALSE"

    costs.run(_REPLACE.format(source=source, condition=f"t.day = {_FIRST}"))

    assert costs.rows() == [("2025-11-02", "b", Decimal("0.0000008"))]


def test_a_replacement_fills_an_empty_table(costs: Table) -> None:
    costs.run("DELETE FROM costs WHERE TRUE")

    costs.run(
        _REPLACE.format(source=f"SELECT 'x' AS id, {_FIRST} AS day, NUMERIC '1' AS cost", condition="TRUE")
    )

    assert costs.rows() == [("2025-11-01", "x", Decimal("1"))]


def test_a_failing_replacement_leaves_the_table_untouched(costs: Table) -> None:
    before = costs.rows()
    source = f"SELECT 'x' AS id, {_FIRST} AS day, CAST(id AS NUMERIC) AS cost FROM costs"

    with pytest.raises(BadRequest):
        costs.run(_REPLACE.format(source=source, condition="TRUE"))

    assert costs.rows() == before


def test_a_merge_updates_the_matched_and_inserts_the_rest(costs: Table) -> None:
    source = f"SELECT 'a' AS id, {_SECOND} AS day, NUMERIC '9' AS cost UNION ALL SELECT 'z', {_SECOND}, NUMERIC '8'"

    costs.run(_UPSERT.format(source=source))

    assert [(row[1], row[2]) for row in costs.rows()] == [
        ("a", Decimal("9")), ("b", Decimal("0.0000008")), ("z", Decimal("8"))
    ]  # fmt: skip


def test_a_merge_refuses_two_source_rows_for_one_target_row(costs: Table) -> None:
    before = costs.rows()
    source = f"SELECT 'a' AS id, {_FIRST} AS day, cost FROM UNNEST([NUMERIC '1', NUMERIC '2']) AS cost"

    with pytest.raises(
        BadRequest, match="UPDATE/MERGE must match at most one source row for each target row"
    ):
        costs.run(_UPSERT.format(source=source))

    assert costs.rows() == before


def test_a_merge_inserts_two_source_rows_that_match_nothing(costs: Table) -> None:
    source = f"SELECT 'new' AS id, {_FIRST} AS day, cost FROM UNNEST([NUMERIC '1', NUMERIC '2']) AS cost"

    costs.run(_UPSERT.format(source=source))

    assert [row[2] for row in costs.rows() if row[1] == "new"] == [Decimal("1"), Decimal("2")]


def test_a_merge_by_insert_row_takes_every_column(costs: Table) -> None:
    costs.run(
        f"MERGE costs t USING (SELECT 'r' AS id, {_SECOND} AS day, NUMERIC '7' AS cost) s ON t.id = s.id "
        "WHEN NOT MATCHED THEN INSERT ROW"
    )

    assert ("2025-11-02", "r", Decimal("7")) in costs.rows()


def test_rows_are_deleted_and_updated_where_a_condition_holds(costs: Table) -> None:
    costs.run(
        "DELETE FROM costs WHERE id IN UNNEST(@ids)", bigquery.ArrayQueryParameter("ids", "STRING", ["a"])
    )
    costs.run("UPDATE costs SET cost = cost + NUMERIC '0.1' WHERE id = 'b'")

    assert costs.rows() == [("2025-11-02", "b", Decimal("0.1000008"))]


def test_an_insert_fails_as_a_whole(costs: Table) -> None:
    before = costs.rows()

    with pytest.raises(BadRequest, match="Invalid NUMERIC value: many"):
        costs.run(
            f"INSERT INTO costs (id, day, cost) SELECT 'n', {_FIRST}, CAST(x AS NUMERIC)"
            " FROM UNNEST(['1', 'many']) AS x"
        )

    assert costs.rows() == before


def test_a_table_is_created_once_with_its_partitions_and_expiry(costs: Table) -> None:
    statement = """CREATE TABLE IF NOT EXISTS staging (id STRING, day DATE, cost NUMERIC, data JSON,
        service STRUCT<id STRING, description STRING>, labels ARRAY<STRUCT<key STRING, value STRING>>)
        PARTITION BY day CLUSTER BY id OPTIONS(expiration_timestamp=TIMESTAMP '2099-01-01 00:00:00 UTC')"""

    costs.run(statement)
    costs.run(statement)

    table = costs.client.get_table(f"{costs.dataset}.staging")
    assert [(field.name, field.field_type, field.mode) for field in table.schema] == [
        ("id", "STRING", "NULLABLE"),
        ("day", "DATE", "NULLABLE"),
        ("cost", "NUMERIC", "NULLABLE"),
        ("data", "JSON", "NULLABLE"),
        ("service", "RECORD", "NULLABLE"),
        ("labels", "RECORD", "REPEATED"),
    ]


def test_a_table_made_of_a_query_has_the_query_s_types(costs: Table) -> None:
    costs.run(
        "CREATE OR REPLACE TABLE daily AS SELECT day, SUM(cost) AS cost, COUNT(*) AS n, COUNTIF(cost > 0) AS paid,"
        " SUM(1) AS ones, AVG(cost) AS mean, SUM(cost) / COUNT(*) AS ratio FROM costs GROUP BY day"
    )

    table = costs.client.get_table(f"{costs.dataset}.daily")
    assert [(field.name, field.field_type) for field in table.schema] == [
        ("day", "DATE"), ("cost", "NUMERIC"), ("n", "INTEGER"), ("paid", "INTEGER"),
        ("ones", "INTEGER"), ("mean", "NUMERIC"), ("ratio", "NUMERIC"),
    ]  # fmt: skip
    assert costs.run("SELECT cost, n FROM daily ORDER BY day") == [
        (Decimal("1"), 1),
        (Decimal("0.0000008"), 1),
    ]


def test_dropping_and_creating_what_is_gone_or_there_is_no_error(costs: Table) -> None:
    costs.run("DROP TABLE IF EXISTS nothing")
    costs.run(f"CREATE SCHEMA IF NOT EXISTS {costs.dataset}")
    costs.run("DROP TABLE IF EXISTS costs")

    assert [table.table_id for table in costs.client.list_tables(costs.dataset)] == []


@pytest.mark.parametrize(
    "name", ["`{p}.{d}.costs`", "`{d}.costs`", "`{p}`.`{d}`.`costs`", "`{p}`.{d}.costs", "{d}.costs", "costs"]
)
def test_a_table_is_found_by_each_spelling_of_its_name(costs: Table, name: str) -> None:
    spelt = name.format(p=costs.client.project, d=costs.dataset)

    assert costs.run(f"SELECT COUNT(*) FROM {spelt}") == [(2,)]
    assert costs.run(f"SELECT c.id FROM {spelt} AS c WHERE c.id = 'a'") == [("a",)]


def test_a_script_runs_its_statements_in_order_with_the_job_s_parameters(costs: Table) -> None:
    name = f"`{costs.client.project}.{costs.dataset}.costs`"
    script = f"""
        INSERT INTO {name} (id, day, cost) VALUES (@id, @day, @cost);
        DELETE FROM {name} WHERE id IN UNNEST(@gone) AND '@id' = '@id';
    """

    costs.run(
        script,
        bigquery.ScalarQueryParameter("id", "STRING", "it's"),
        bigquery.ScalarQueryParameter("day", "DATE", "2025-11-03"),
        bigquery.ScalarQueryParameter("cost", "NUMERIC", Decimal("0.000000001")),
        bigquery.ArrayQueryParameter("gone", "STRING", ["a", "b"]),
    )

    assert costs.rows() == [("2025-11-03", "it's", Decimal("0.000000001"))]


def test_a_column_that_is_added_is_there_at_once(costs: Table) -> None:
    costs.run("ALTER TABLE costs ADD COLUMN IF NOT EXISTS note JSON")

    table = costs.client.get_table(f"{costs.dataset}.costs")
    assert [(field.name, field.field_type) for field in table.schema] == [
        ("id", "STRING"),
        ("day", "DATE"),
        ("cost", "NUMERIC"),
        ("note", "JSON"),
    ]


def test_a_required_column_refuses_null(costs: Table) -> None:
    costs.run("CREATE TABLE strict (id STRING NOT NULL)")

    with pytest.raises(BadRequest, match="Required field id cannot be null"):
        costs.run("INSERT INTO strict (id) VALUES (NULL)")


def test_the_columns_of_a_dataset_are_listed(costs: Table) -> None:
    sql = f"SELECT column_name, data_type FROM {costs.dataset}.INFORMATION_SCHEMA.COLUMNS ORDER BY ordinal_position"

    rows = costs.client.query(sql, job_retry=None).result(retry=None)

    assert [tuple(row) for row in rows] == [("id", "STRING"), ("day", "DATE"), ("cost", "NUMERIC")]


def test_a_view_keeps_decimal_arithmetic_exact(costs: Table) -> None:
    costs.run(
        "CREATE OR REPLACE VIEW shares AS SELECT id, cost / 3 AS third, ROUND(cost * 0.5, 3) AS half FROM costs"
    )

    assert costs.run(
        "SELECT third, half FROM shares WHERE id = @id", bigquery.ScalarQueryParameter("id", "STRING", "a")
    ) == [(Decimal("0.333333333"), Decimal("0.5"))]
