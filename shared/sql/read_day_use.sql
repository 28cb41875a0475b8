-- What a tenant used since a UTC day began: runs that were accepted, but for some, and bytes that ended steps billed.
-- It reads the partitions of that day and the one before, whose runs may end steps today.
WITH facts AS (
  SELECT
    run_id,
    step_number,
    attempt,
    LOGICAL_OR(event_type = 'RunQueued') AS was_accepted,
    MAX(CAST(JSON_VALUE(detail, '$$.metrics.bytes_billed') AS INT64)) AS bytes_billed
  FROM run_events
  WHERE run_date BETWEEN @first_date AND @last_date
    AND tenant_id = @tenant_id
    AND occurred_at >= @since
    AND event_type IN ('RunQueued', 'StepSucceeded', 'StepFailed')
  GROUP BY run_id, step_number, attempt
)
SELECT
  COUNTIF(was_accepted AND run_id NOT IN UNNEST(@besides)) AS runs,
  IFNULL(SUM(bytes_billed), 0) AS bytes_billed
FROM facts
