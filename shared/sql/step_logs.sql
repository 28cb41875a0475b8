-- One row per step that has begun: its part of the fold that shared/domain/run.py says.
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
    MAX(step_id) AS step_id,
    MAX(step_type) AS step_type,
    MAX(attempt) AS attempt,
    MAX(IF(event_type = 'StepStarted', attempt, NULL)) AS started_attempt,
    MAX(IF(event_type = 'StepRetried', attempt, NULL)) AS retried_attempt,
    ARRAY_AGG(
      IF(event_type = 'StepRetried', STRUCT(error_message, detail), NULL)
      IGNORE NULLS
      ORDER BY attempt DESC
      LIMIT 1
    )[SAFE_OFFSET(0)] AS last_retry,
    MIN(IF(event_type = 'RunQueued', occurred_at, NULL)) AS queued_at,
    MAX(IF(event_type = 'RunQueued', detail, NULL)) AS queued,
    MIN(IF(event_type = 'StepStarted', occurred_at, NULL)) AS started_at,
    MIN(occurred_at) AS created_at,
    MAX(occurred_at) AS updated_at,
    ARRAY_AGG(
      IF(
        event_type IN ('StepFailed', 'StepSkipped', 'StepSucceeded', 'RunCancelled', 'RunTimedOut')
          AND NOT (event_type = 'StepFailed' AND attempt < latest_attempt)
          AND NOT (event_type = 'StepSkipped' AND latest_attempt > 0),
        STRUCT(event_type, occurred_at, error_message, detail),
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
runs AS (
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    MIN(queued_at) AS queued_at,
    CAST(JSON_VALUE(MAX(queued), '$$.step_count') AS INT64) AS step_count,
    MAX(IF(step_number IS NULL, ending.occurred_at, NULL)) AS forced_at,
    COUNTIF(step_number IS NOT NULL AND ending.event_type IS NOT NULL) AS steps_ended,
    MAX(IF(step_number IS NOT NULL, ending.occurred_at, NULL)) AS last_step_ended_at,
    ARRAY_AGG(
      IF(
        step_number IS NULL,
        NULL,
        STRUCT(
          step_number, step_id, step_type, attempt, started_attempt, retried_attempt, last_retry,
          started_at, created_at, updated_at, ending
        )
      )
      IGNORE NULLS
    ) AS steps
  FROM steps
  GROUP BY run_date, tenant_id, pipeline_id, run_id
)
SELECT
  run_date,
  run_id,
  tenant_id,
  pipeline_id,
  step.step_number,
  step.step_id,
  step.step_type,
  CASE
    WHEN step.ending.event_type = 'StepSucceeded' THEN 'SUCCESS'
    WHEN step.ending.event_type = 'StepFailed' THEN 'FAILED'
    WHEN step.ending.event_type = 'StepSkipped' THEN 'SKIPPED'
    WHEN forced_at IS NOT NULL AND (steps_ended < step_count OR forced_at < last_step_ended_at) THEN 'CANCELLED'
    WHEN IFNULL(step.started_attempt, 0) > IFNULL(step.retried_attempt, 0) THEN 'RUNNING'
    ELSE 'RETRYING'
  END AS status,
  step.attempt,
  step.created_at,
  step.updated_at,
  step.started_at,
  step.ending.occurred_at AS completed_at,
  IF(
    step.ending.occurred_at < step.started_at,
    0,
    TIMESTAMP_DIFF(step.ending.occurred_at, step.started_at, MILLISECOND)
  ) AS duration_ms,
  IF(step.ending.event_type IS NULL, step.last_retry.error_message, step.ending.error_message) AS error_message,
  IF(
    step.ending.event_type IS NULL,
    CAST(JSON_VALUE(step.last_retry.detail, '$$.retry_at') AS TIMESTAMP),
    NULL
  ) AS retry_at,
  CAST(JSON_VALUE(step.ending.detail, '$$.metrics.rows_in') AS INT64) AS rows_in,
  CAST(JSON_VALUE(step.ending.detail, '$$.metrics.rows_out') AS INT64) AS rows_out,
  CAST(JSON_VALUE(step.ending.detail, '$$.metrics.rows_quarantined') AS INT64) AS rows_quarantined,
  CAST(JSON_VALUE(step.ending.detail, '$$.metrics.bytes_processed') AS INT64) AS bytes_processed,
  CAST(JSON_VALUE(step.ending.detail, '$$.metrics.bytes_billed') AS INT64) AS bytes_billed,
  CAST(JSON_VALUE(step.ending.detail, '$$.metrics.slot_ms') AS INT64) AS slot_ms,
  JSON_VALUE_ARRAY(step.ending.detail, '$$.metrics.job_ids') AS job_ids
FROM runs, UNNEST(steps) AS step
WHERE queued_at IS NOT NULL
