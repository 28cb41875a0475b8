"""SQL that BigQuery takes and that looks as if it would not."""

import pytest

from tests.unit.cli.mistake_cases import TENANT, said_of

SQL = "acme/transforms/daily.sql"
SELECTED = "SELECT ingestion_date AS day, NUMERIC '1' AS amount"


@pytest.mark.parametrize(
    "sql",
    [
        f"WITH raw_data AS (SELECT * FROM raw_data) {SELECTED} FROM raw_data WHERE pipeline_id = @pipeline_id",
        f"WITH by_hand AS (SELECT * FROM by_hand) {SELECTED} FROM by_hand",
        f"{SELECTED} FROM made_by_hand WHERE no_such_column",
        f"{SELECTED} FROM acme.raw_data",
        f"{SELECTED} FROM `acme.raw_data` AS r WHERE r.run_id != @TENANT_ID",
        "SELECT ingestion_date AS Day, 1 AS Amount FROM raw_data",
        "SELECT * FROM (SELECT ingestion_date AS day, NUMERIC '1' AS amount, run_id FROM raw_data)",
        f"{SELECTED} FROM raw_data UNION ALL SELECT CURRENT_DATE(), 1",
        f"({SELECTED} FROM raw_data) UNION ALL (SELECT CURRENT_DATE(), 1)",
        f"{SELECTED}, pipeline_id FROM raw_data",
        f"{SELECTED} FROM raw_data WHERE SEARCH(data, 'a') OR ingestion_date = '2025-11-01'",
        f"{SELECTED} FROM raw_data, UNNEST(JSON_QUERY_ARRAY(data, '$.day')) AS data",
        f"{SELECTED} FROM raw_data QUALIFY ROW_NUMBER() OVER (PARTITION BY run_id ORDER BY created_at) = 1;",
        "SELECT ingestion_date AS day, CAST(CAST(run_id AS INTEGER) AS DECIMAL) AS amount FROM raw_data",
        "SELECT ingestion_date AS day, SUM(CAST('1' AS bigint)) AS amount FROM raw_data GROUP BY day",
        "SELECT PARSE_DATE('%Y', '2025') AS day, SUM(LAX_INT64(data.day)) AS amount FROM raw_data GROUP BY ALL",
    ],
)
def test_it_is_right(sql: str) -> None:
    assert "error" not in said_of({**TENANT, SQL: sql})


def test_a_column_that_another_pipeline_adds_is_there() -> None:
    files = {
        **TENANT,
        "acme/schemas/charged.yml": (
            "name: charged\ncolumns: [{name: pipeline_id, type: STRING}, {name: team, type: STRING}]\n"
        ),
        "acme/sources/added.yml": (
            "type: files\npath: b.csv\nformat: csv\ncolumns: {day: {type: DATE}, amount: {type: NUMERIC}}\n"
        ),
        "acme/pipelines/cloud/cost/adds.yml": (
            "steps:\n  - id: load\n    type: ingest\n    source: added\n"
            "    destination: {table: charged, mode: append, schema: {new_columns: add}}\n"
        ),
        SQL: "SELECT day, amount FROM charged WHERE pipeline_id = @pipeline_id",
    }

    assert "error" not in said_of(files)
