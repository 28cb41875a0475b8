-- How many rows are set aside, by run and reason: those of the newest runs first.
SELECT
  run_id,
  pipeline_id,
  step_id,
  reason,
  COUNT(*) AS row_count,
  MIN(place) AS first_place
FROM ${target}
GROUP BY run_id, pipeline_id, step_id, reason
ORDER BY run_id DESC, step_id, row_count DESC, reason
LIMIT 1000
