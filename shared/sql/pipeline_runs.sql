-- One row per run: the fold of its events, as shared/domain/run.py says it.
-- A group whose step_number is NULL holds the facts about the run itself.
WITH facts AS (
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    event_type,
    step_number,
    attempt,
    MIN(occurred_at) AS occurred_at,
    MAX(occurred_at) AS last_seen_at,
    MAX(step_id) AS step_id,
    MAX(step_type) AS step_type,
    ANY_VALUE(error_message HAVING MIN occurred_at) AS error_message,
    ANY_VALUE(TO_JSON_STRING(detail) HAVING MIN occurred_at) AS detail,
    MAX(CASE event_type WHEN 'StepStarted' THEN attempt WHEN 'StepRetried' THEN attempt + 1 ELSE 0 END)
      OVER (PARTITION BY run_date, tenant_id, pipeline_id, run_id, step_number) AS latest_attempt
  FROM ${run_events}
  GROUP BY run_date, tenant_id, pipeline_id, run_id, event_type, step_number, attempt
),
steps AS (
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    step_number,
    MAX(step_type) AS step_type,
    MAX(step_id) AS step_id,
    MIN(IF(event_type = 'RunQueued', occurred_at, NULL)) AS queued_at,
    MAX(IF(event_type = 'RunQueued', detail, NULL)) AS queued,
    MIN(IF(event_type = 'StepStarted', occurred_at, NULL)) AS started_at,
    MAX(IF(event_type IN ('ReadingContinued', 'SourceRead'), NULL, occurred_at)) AS updated_at,
    MAX(last_seen_at) AS last_seen_at,
    MAX(IF(event_type = 'StepStarted', attempt, 0)) AS started_attempt,
    MAX(IF(event_type = 'StepRetried', attempt, 0)) AS retried_attempt,
    MAX(
      IF(event_type = 'StepRetried' AND attempt + 1 = latest_attempt, JSON_VALUE(detail, '$$.retry_at'), NULL)
    ) AS retry_at,
    ARRAY_AGG(
      IF(
        event_type IN ('StepFailed', 'StepSkipped', 'StepSucceeded', 'RunCancelled', 'RunTimedOut')
          AND NOT (event_type = 'StepFailed' AND attempt < latest_attempt)
          AND NOT (event_type = 'StepSkipped' AND latest_attempt > 0),
        STRUCT(event_type, occurred_at, CONCAT(IFNULL(CONCAT(step_id, ': '), ''), error_message) AS error_message, detail),
        NULL
      )
      IGNORE NULLS
      ORDER BY
        CASE event_type WHEN 'StepFailed' THEN 1 WHEN 'StepSkipped' THEN 2 ELSE 0 END,
        occurred_at,
        event_type,
        attempt
      LIMIT 1
    )[SAFE_OFFSET(0)] AS ending
  FROM facts
  GROUP BY run_date, tenant_id, pipeline_id, run_id, step_number
),
checked AS (
  SELECT
    *,
    (
      SELECT STRING_AGG(CONCAT(step_id, '.', JSON_VALUE(result, '$$.rule_id')), ', ' ORDER BY place)
      FROM UNNEST(JSON_QUERY_ARRAY(ending.detail, '$$.results')) AS result WITH OFFSET AS place
      WHERE JSON_VALUE(result, '$$.severity') = 'warn' AND JSON_VALUE(result, '$$.passed') = 'false'
    ) AS warnings
  FROM steps
),
runs AS (
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    MAX(queued) AS queued,
    MIN(queued_at) AS created_at,
    MIN(started_at) AS started_at,
    MAX(updated_at) AS updated_at,
    MAX(last_seen_at) AS last_seen_at,
    COUNTIF(step_number IS NOT NULL) AS steps_begun,
    COUNTIF(step_number IS NOT NULL AND ending.event_type IS NOT NULL) AS steps_ended,
    COUNTIF(ending.event_type = 'StepSucceeded') AS steps_succeeded,
    MAX(IF(step_number IS NOT NULL, ending.occurred_at, NULL)) AS last_step_ended_at,
    MIN(
      IF(
        ending.event_type IS NULL AND started_attempt <= retried_attempt,
        CAST(retry_at AS TIMESTAMP),
        NULL
      )
    ) AS resume_at,
    MAX(IF(step_number IS NULL, ending.event_type, NULL)) AS forced_type,
    MAX(IF(step_number IS NULL, ending.occurred_at, NULL)) AS forced_at,
    MAX(IF(step_number IS NULL, ending.error_message, NULL)) AS forced_error,
    ARRAY_AGG(
      IF(ending.event_type = 'StepFailed', ending.error_message, NULL)
      IGNORE NULLS
      ORDER BY ending.occurred_at, step_number
      LIMIT 1
    )[SAFE_OFFSET(0)] AS first_error,
    SUM(IF(step_type = 'ingest', CAST(JSON_VALUE(ending.detail, '$$.metrics.rows_out') AS INT64), NULL))
      AS rows_ingested,
    SUM(IF(step_type = 'transform', CAST(JSON_VALUE(ending.detail, '$$.metrics.rows_out') AS INT64), NULL))
      AS rows_transformed,
    LOGICAL_AND(CAST(JSON_VALUE(ending.detail, '$$.metrics.quality_passed') AS BOOL)) AS quality_passed,
    STRING_AGG(warnings, ', ' ORDER BY step_number) AS warnings,
    IFNULL(SUM(CAST(JSON_VALUE(ending.detail, '$$.metrics.bytes_processed') AS INT64)), 0) AS bytes_processed,
    IFNULL(SUM(CAST(JSON_VALUE(ending.detail, '$$.metrics.bytes_billed') AS INT64)), 0) AS bytes_billed,
    IFNULL(SUM(CAST(JSON_VALUE(ending.detail, '$$.metrics.slot_ms') AS INT64)), 0) AS slot_ms
  FROM checked
  GROUP BY run_date, tenant_id, pipeline_id, run_id
),
counted AS (
  SELECT
    *,
    CAST(JSON_VALUE(queued, '$$.step_count') AS INT64) AS step_count,
    IF(steps_ended = CAST(JSON_VALUE(queued, '$$.step_count') AS INT64), last_step_ended_at, NULL) AS natural_end
  FROM runs
  WHERE created_at IS NOT NULL
),
ended AS (
  SELECT
    *,
    IFNULL(forced_at < natural_end, forced_at IS NOT NULL) AS was_forced,
    IF(IFNULL(forced_at < natural_end, forced_at IS NOT NULL), forced_at, natural_end) AS completed_at
  FROM counted
)
SELECT
  run_date,
  run_id,
  tenant_id,
  pipeline_id,
  CASE
    WHEN was_forced THEN IF(forced_type = 'RunCancelled', 'CANCELLED', 'FAILED')
    WHEN natural_end IS NOT NULL THEN IF(steps_succeeded = step_count, 'SUCCESS', 'FAILED')
    WHEN steps_begun > 0 THEN 'RUNNING'
    ELSE 'QUEUED'
  END AS status,
  JSON_VALUE(queued, '$$.trigger') AS `trigger`,
  JSON_VALUE(queued, '$$.triggered_by') AS triggered_by,
  JSON_VALUE(queued, '$$.rerun_of') AS rerun_of,
  JSON_VALUE(queued, '$$.rows_of') AS rows_of,
  JSON_VALUE(queued, '$$.backfill.backfill_id') AS backfill_id,
  CAST(JSON_VALUE(queued, '$$.backfill.concurrent_runs') AS INT64) AS backfill_concurrent_runs,
  CAST(JSON_VALUE(queued, '$$.concurrent_runs') AS INT64) AS concurrent_runs,
  CAST(JSON_VALUE(queued, '$$.timeout_seconds') AS INT64) AS timeout_seconds,
  created_at,
  updated_at,
  last_seen_at,
  started_at,
  IF(completed_at IS NULL, resume_at, NULL) AS resume_at,
  completed_at,
  IF(completed_at < started_at, 0, TIMESTAMP_DIFF(completed_at, started_at, MILLISECOND)) AS duration_ms,
  CASE
    WHEN was_forced THEN forced_error
    WHEN natural_end IS NOT NULL THEN first_error
  END AS error_message,
  step_count,
  steps_succeeded,
  rows_ingested,
  rows_transformed,
  quality_passed,
  warnings,
  bytes_processed,
  bytes_billed,
  slot_ms,
  JSON_QUERY(queued, '$$.parameters') AS parameters
FROM ended
