-- A tenant's runs, newest first: those with the ids that find_runs.sql found; or one page of those with a status, which
-- only the fold of all runs since then can tell, each with the number of all that match.
WITH matching AS (
  SELECT
    run_id,
    pipeline_id,
    status,
    `trigger`,
    created_at,
    started_at,
    completed_at,
    duration_ms,
    error_message,
    rows_ingested,
    rows_transformed,
    quality_passed,
    warnings,
    bytes_billed,
    rerun_of,
    backfill_id,
    COUNT(*) OVER () AS total
  FROM pipeline_runs
  WHERE run_date >= @first_date
    AND run_date <= @last_date  -- where @last_date is given
    AND tenant_id = @tenant_id
    AND run_id IN UNNEST(@run_ids)  -- where @run_ids is given
    AND status = @status  -- where @status is given
    AND pipeline_id = @pipeline_id  -- where @pipeline_id is given
    AND backfill_id = @backfill_id  -- where @backfill_id is given
    AND created_at >= @since  -- where @since is given
    AND created_at < @until  -- where @until is given
)
SELECT *
FROM matching
WHERE TRUE
  AND (created_at < @after_created_at OR (created_at = @after_created_at AND run_id < @after_run_id))  -- where @after_run_id is given
ORDER BY created_at DESC, run_id DESC
LIMIT @row_limit
