-- Which of some probes can be read, from the partitions that can hold them.
SELECT DISTINCT run_id
FROM run_events
WHERE run_date BETWEEN @first_date AND @last_date
  AND tenant_id = @tenant_id
  AND run_id IN UNNEST(@run_ids)
