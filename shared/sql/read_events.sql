-- Every event of some runs of a tenant, from the partitions that can hold them, but for what readings took.
SELECT
  event_type,
  tenant_id,
  pipeline_id,
  run_id,
  step_number,
  step_id,
  step_type,
  attempt,
  occurred_at,
  error_message,
  TO_JSON_STRING(plan) AS plan, -- where @plan is given
  TO_JSON_STRING(detail) AS detail
FROM run_events
WHERE run_date BETWEEN @first_date AND @last_date
  AND tenant_id = @tenant_id
  AND run_id IN UNNEST(@run_ids)
  AND event_type != 'SourceRead'
