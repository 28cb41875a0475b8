-- The runs of the last days that have not ended, oldest first: a tenant's, or everybody's where no tenant is named.
-- Those that ended since a given time are among them where one is given.
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
FROM pipeline_runs
WHERE run_date >= DATE_SUB(CURRENT_DATE(), INTERVAL @open_run_days + 1 DAY)
  AND created_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @open_run_days DAY)
  AND tenant_id = @tenant_id -- where @tenant_id is given
  AND (
    status IN ('QUEUED', 'RUNNING')
    OR completed_at >= @ended_since -- where @ended_since is given
  )
ORDER BY created_at, run_id
