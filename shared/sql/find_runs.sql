-- One page of a tenant's runs by their ids, newest first, each with the number of all that match: of acceptances alone,
-- so that nothing is folded of the runs of other pages.
WITH accepted AS (
  SELECT run_id, MIN(occurred_at) AS created_at
  FROM run_events
  WHERE run_date >= @first_date
    AND run_date <= @last_date  -- where @last_date is given
    AND tenant_id = @tenant_id
    AND event_type = 'RunQueued'
    AND pipeline_id = @pipeline_id  -- where @pipeline_id is given
    AND JSON_VALUE(detail, '$$.backfill.backfill_id') = @backfill_id  -- where @backfill_id is given
  GROUP BY run_id
),
matching AS (
  SELECT run_id, created_at, COUNT(*) OVER () AS total
  FROM accepted
  WHERE created_at >= @since
    AND created_at < @until  -- where @until is given
)
SELECT run_id, total
FROM matching
WHERE TRUE
  AND (created_at < @after_created_at OR (created_at = @after_created_at AND run_id < @after_run_id))  -- where @after_run_id is given
ORDER BY created_at DESC, run_id DESC
LIMIT @row_limit
