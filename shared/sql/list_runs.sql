-- One page of a tenant's runs, newest first, each row with the number of all that match.
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
  WHERE tenant_id = @tenant_id
    AND (@status IS NULL OR status = @status)
    AND (@pipeline_id IS NULL OR pipeline_id = @pipeline_id)
    AND (@backfill_id IS NULL OR backfill_id = @backfill_id)
    AND (@since IS NULL OR (created_at >= @since AND run_date >= DATE_SUB(DATE(@since), INTERVAL 1 DAY)))
    AND (@until IS NULL OR (created_at < @until AND run_date <= DATE(@until)))
)
SELECT *
FROM matching
WHERE @after_created_at IS NULL
  OR created_at < @after_created_at
  OR (created_at = @after_created_at AND run_id < @after_run_id)
ORDER BY created_at DESC, run_id DESC
LIMIT @row_limit
