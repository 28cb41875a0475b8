-- The runs of the last days that have not ended, oldest first: a tenant's, or everybody's where no tenant is named.
-- Those that ended since a given time are among them where one is given.
WITH steps AS (
  -- Of each step, and of what was recorded of the run itself, only what tells whether it has ended.
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    step_number,
    MAX(occurred_at) AS updated_at,
    ANY_VALUE(
      IF(event_type = 'RunQueued', JSON_VALUE(detail, '$$.step_count'), NULL)
      HAVING MIN IF(event_type = 'RunQueued', occurred_at, NULL)
    ) AS step_count,
    LOGICAL_OR(event_type IN ('RunCancelled', 'RunTimedOut')) AS was_forced,
    MAX(IF(event_type = 'StepFailed', attempt, NULL)) AS failed_attempt,
    LOGICAL_OR(event_type = 'StepSucceeded') AS has_succeeded,
    LOGICAL_OR(event_type = 'StepSkipped') AS was_skipped,
    MAX(CASE event_type WHEN 'StepStarted' THEN attempt WHEN 'StepRetried' THEN attempt + 1 ELSE 0 END)
      AS latest_attempt
  FROM run_events
  WHERE run_date >= DATE_SUB(CURRENT_DATE(), INTERVAL @open_run_days + 1 DAY)
    AND tenant_id = @tenant_id -- where @tenant_id is given
  GROUP BY run_date, tenant_id, pipeline_id, run_id, step_number
),
wanted AS (
  -- All runs that may be listed, so that the others need not be folded.
  SELECT run_id
  FROM steps
  GROUP BY run_date, tenant_id, pipeline_id, run_id
  HAVING FALSE
    OR NOT IFNULL(
      LOGICAL_OR(was_forced)
        OR MAX(CAST(step_count AS INT64)) = NULLIF(
          COUNTIF(
            step_number IS NOT NULL
              AND (has_succeeded OR failed_attempt >= latest_attempt OR (was_skipped AND latest_attempt = 0))
          ),
          0
        ),
      FALSE
    )
    OR MAX(updated_at) >= @ended_since -- where @ended_since is given
),
wanted_events AS (
  SELECT *
  FROM run_events
  WHERE run_date >= DATE_SUB(CURRENT_DATE(), INTERVAL @open_run_days + 1 DAY)
    AND tenant_id = @tenant_id -- where @tenant_id is given
    AND run_id IN (SELECT run_id FROM wanted)
)
SELECT
  tenant_id,
  run_id,
  IF(status IN ('QUEUED', 'RUNNING'), status, 'ENDED') AS status,
  created_at,
  started_at,
  updated_at,
  last_seen_at,
  IFNULL(timeout_seconds, 86400) AS timeout_seconds,
  concurrent_runs,
  resume_at,
  backfill_id,
  backfill_concurrent_runs
FROM (
${pipeline_runs}
)
WHERE created_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @open_run_days DAY)
  AND (
    status IN ('QUEUED', 'RUNNING')
    OR completed_at >= @ended_since -- where @ended_since is given
  )
ORDER BY created_at, run_id
