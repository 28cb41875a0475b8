"""Views over an append-only log of events: one row a run, one a check, and filters on top of them."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import bigquery

_TABLE = """
CREATE TABLE run_events (event_id STRING, run_id STRING, tenant_id STRING, pipeline_id STRING, run_date DATE,
  event_type STRING, step_number INT64, step_id STRING, step_type STRING, attempt INT64, occurred_at TIMESTAMP,
  error_message STRING, detail JSON, plan JSON) PARTITION BY run_date CLUSTER BY tenant_id, run_id
"""
_EVENTS = """
INSERT INTO run_events (event_id, run_id, tenant_id, pipeline_id, run_date, event_type, step_number, step_id, attempt,
  occurred_at, error_message, detail, plan) VALUES
 ('e1', 'r1', 'acme', 'p', DATE '2025-11-01', 'RunQueued', NULL, NULL, NULL, TIMESTAMP '2025-11-01 10:00:00Z', NULL,
  JSON '{"trigger": "api"}', JSON '{"steps": [{"id": "a", "needs": []}, {"id": "b", "needs": ["a"]}]}'),
 ('e2', 'r1', 'acme', 'p', DATE '2025-11-01', 'StepStarted', 1, 'a', 1, TIMESTAMP '2025-11-01 10:00:01Z',
  NULL, NULL, NULL),
 ('e3', 'r1', 'acme', 'p', DATE '2025-11-01', 'StepSucceeded', 1, 'a', 1, TIMESTAMP '2025-11-01 10:00:02.5Z', NULL,
  JSON '''{"rows": "12", "results": [{"rule": "x", "failures": 0, "passed": true},
  {"rule": "y", "failures": 2, "passed": false}]}''', NULL),
 ('e3', 'r1', 'acme', 'p', DATE '2025-11-01', 'StepSucceeded', 1, 'a', 1, TIMESTAMP '2025-11-01 10:00:09Z', NULL,
  JSON '{"rows": "12", "results": []}', NULL),
 ('f1', 'r2', 'other', 'q', DATE '2025-11-02', 'RunQueued', NULL, NULL, NULL, TIMESTAMP '2025-11-02 10:00:00Z', NULL,
  JSON '{"trigger": "cli"}', NULL),
 ('f2', 'r2', 'other', 'q', DATE '2025-11-02', 'StepFailed', 1, 'a', 2, TIMESTAMP '2025-11-02 10:00:00.250Z',
  'boom', NULL, NULL)
"""
_RUNS = """
CREATE OR REPLACE VIEW pipeline_runs AS
WITH events AS (
  SELECT * FROM `{p}.{d}.run_events`
  QUALIFY ROW_NUMBER() OVER (PARTITION BY run_date, tenant_id, pipeline_id, run_id, event_id ORDER BY occurred_at) = 1
), runs AS (
  SELECT run_date, tenant_id, pipeline_id, run_id,
    MIN(occurred_at) AS created_at, MAX(occurred_at) AS updated_at,
    MIN(IF(event_type = 'StepStarted', occurred_at, NULL)) AS started_at,
    COUNTIF(event_type = 'StepSucceeded') AS succeeded, COUNTIF(event_type = 'StepFailed') AS failed,
    MAX(IF(event_type IN ('StepSucceeded', 'StepFailed'), occurred_at, NULL)) AS completed_at,
    ANY_VALUE(event_type HAVING MIN occurred_at) AS first_fact,
    MAX(IF(event_type = 'RunQueued', JSON_VALUE(detail, '$.trigger'), NULL)) AS trigger_kind,
    ARRAY_AGG(error_message IGNORE NULLS ORDER BY occurred_at DESC LIMIT 1)[SAFE_OFFSET(0)] AS error_message,
    ARRAY_AGG(plan IGNORE NULLS ORDER BY occurred_at LIMIT 1)[SAFE_OFFSET(0)] AS plan,
    ARRAY_AGG(STRUCT(event_type, step_id AS step) ORDER BY occurred_at) AS facts,
    SUM(CAST(JSON_VALUE(detail, '$.rows') AS INT64)) AS rows_ingested,
    LOGICAL_AND(event_type != 'StepFailed') AS clean, LOGICAL_OR(event_type = 'StepFailed') AS broken
  FROM events GROUP BY run_date, tenant_id, pipeline_id, run_id
)
SELECT *, TIMESTAMP_DIFF(completed_at, started_at, MILLISECOND) AS duration_ms,
  CASE WHEN failed > 0 THEN 'FAILED' WHEN succeeded > 0 THEN 'SUCCESS' ELSE 'QUEUED' END AS status,
  FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E3SZ', updated_at) AS updated_text,
  SAFE_DIVIDE(failed, succeeded + failed) AS failure_rate,
  GREATEST(created_at, COALESCE(completed_at, created_at)) AS latest_at
FROM runs
"""
_CHECKS = """
CREATE OR REPLACE VIEW dq_results AS
SELECT e.run_id, e.tenant_id, e.run_date, place AS rule_number, JSON_VALUE(r, '$.rule') AS rule,
  INT64(r.failures) AS failures, BOOL(r.passed) AS passed, r AS result
FROM (SELECT * FROM run_events QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY occurred_at) = 1) AS e,
  UNNEST(JSON_QUERY_ARRAY(e.detail, '$.results')) AS r WITH OFFSET AS place
"""


def _at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


_TENANT = bigquery.ScalarQueryParameter("tenant", "STRING", "acme")
_DAY = bigquery.ScalarQueryParameter("day", "DATE", "2025-11-01")
_RUN = bigquery.ScalarQueryParameter("run", "STRING", "r1")

ANSWERS: list[tuple[str, list[Any], list[tuple[Any, ...]]]] = [
    (
        (
            "SELECT run_id, status, duration_ms, rows_ingested, error_message, first_fact, trigger_kind, clean, broken,"
            " updated_text, failure_rate FROM pipeline_runs ORDER BY created_at"
        ),
        [],
        [
            (
                "r1",
                "SUCCESS",
                1500,
                12,
                None,
                "RunQueued",
                "api",
                True,
                False,
                "2025-11-01T10:00:02.500Z",
                0.0,
            ),
            (
                "r2",
                "FAILED",
                None,
                None,
                "boom",
                "RunQueued",
                "cli",
                False,
                True,
                "2025-11-02T10:00:00.250Z",
                1.0,
            ),
        ],
    ),
    (
        (
            "SELECT run_id, created_at, latest_at FROM pipeline_runs"
            " WHERE tenant_id = @tenant AND run_date = @day AND run_id = @run"
        ),
        [_TENANT, _DAY, _RUN],
        [("r1", _at("2025-11-01T10:00:00"), _at("2025-11-01T10:00:02.500000"))],
    ),
    ("SELECT run_id FROM pipeline_runs WHERE tenant_id = @tenant AND run_id = 'r2'", [_TENANT], []),
    (
        "SELECT facts FROM pipeline_runs WHERE run_id = 'r2'",
        [],
        [([{"event_type": "RunQueued", "step": None}, {"event_type": "StepFailed", "step": "a"}],)],
    ),
    (
        (
            "SELECT (SELECT COUNT(*) FROM UNNEST(t.facts) AS f WHERE f.step = 'a')"
            " FROM pipeline_runs AS t ORDER BY t.run_id"
        ),
        [],
        [(2,), (1,)],
    ),
    (
        (
            "SELECT JSON_VALUE(s, '$.id'), ARRAY_LENGTH(JSON_VALUE_ARRAY(s, '$.needs')), place"
            " FROM pipeline_runs, UNNEST(JSON_QUERY_ARRAY(plan, '$.steps')) AS s WITH OFFSET AS place ORDER BY place"
        ),
        [],
        [("a", 0, 0), ("b", 1, 1)],
    ),
    (
        (
            "SELECT status, COUNT(*) AS n, COUNT(*) OVER () AS total FROM pipeline_runs"
            " WHERE run_date >= DATE_SUB(@day, INTERVAL 7 DAY) GROUP BY status ORDER BY status LIMIT 1"
        ),
        [_DAY],
        [("FAILED", 1, 2)],
    ),
    (
        (
            "SELECT rule_number, rule, failures, passed FROM dq_results"
            " WHERE tenant_id = @tenant AND run_date = @day ORDER BY 1"
        ),
        [_TENANT, _DAY],
        [(0, "x", 0, True), (1, "y", 2, False)],
    ),
    (
        (
            "SELECT r.run_id, IFNULL(c.failed, 0) FROM pipeline_runs AS r LEFT JOIN"
            " (SELECT run_id, COUNTIF(NOT passed) AS failed FROM dq_results GROUP BY run_id) AS c"
            " USING (run_id) ORDER BY 1"
        ),
        [],
        [("r1", 1), ("r2", 0)],
    ),
    (
        (
            "SELECT run_id, MAX(attempt) OVER (PARTITION BY run_id) AS attempts,"
            " LAG(event_type) OVER (PARTITION BY run_id"
            " ORDER BY occurred_at) AS before FROM run_events WHERE tenant_id = 'other' ORDER BY occurred_at"
        ),
        [],
        [("r2", 2, None), ("r2", 2, "RunQueued")],
    ),
    (
        (
            "SELECT detail.results[1].rule, detail['results'][0]['failures'] FROM run_events"
            " WHERE event_id = 'e3' ORDER BY occurred_at LIMIT 1"
        ),
        [],
        [("y", 0)],
    ),
]


@pytest.fixture(scope="module")
def history(bigquery_client: bigquery.Client) -> bigquery.QueryJobConfig:
    """A job configuration whose default dataset holds the events and the views."""
    dataset = f"dialect_{uuid4().hex[:8]}"
    bigquery_client.create_dataset(dataset)
    config = bigquery.QueryJobConfig(default_dataset=f"{bigquery_client.project}.{dataset}")
    for statement in (_TABLE, _EVENTS, _RUNS.format(p=bigquery_client.project, d=dataset), _CHECKS):
        bigquery_client.query(statement, job_config=config, job_retry=None).result(retry=None)
    return config


@pytest.mark.parametrize(("sql", "parameters", "expected"), ANSWERS)
def test_a_query_on_the_log_s_views_has_bigquery_s_rows(
    bigquery_client: bigquery.Client,
    history: bigquery.QueryJobConfig,
    sql: str,
    parameters: list[Any],
    expected: list[tuple[Any, ...]],
) -> None:
    config = bigquery.QueryJobConfig(default_dataset=history.default_dataset, query_parameters=parameters)

    rows = bigquery_client.query(sql, job_config=config, job_retry=None).result(retry=None)

    assert [tuple(row) for row in rows] == expected


def test_a_view_is_described_with_bigquery_s_types(
    bigquery_client: bigquery.Client, history: bigquery.QueryJobConfig
) -> None:
    view = bigquery_client.get_table(history.default_dataset.table("pipeline_runs"))

    types = {field.name: (field.field_type, field.mode) for field in view.schema}
    assert view.table_type == "VIEW"
    assert types["duration_ms"] == types["rows_ingested"] == types["failed"] == ("INTEGER", "NULLABLE")
    assert types["created_at"] == ("TIMESTAMP", "NULLABLE")
    assert types["plan"] == ("JSON", "NULLABLE")
    assert types["facts"] == ("RECORD", "REPEATED")
    assert types["failure_rate"] == ("FLOAT", "NULLABLE")
