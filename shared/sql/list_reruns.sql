-- The runs that do another one again, oldest first; none was accepted before that one.
SELECT run_id
FROM run_events
WHERE run_date >= @run_date
  AND tenant_id = @tenant_id
  AND event_type = 'RunQueued'
  AND JSON_VALUE(detail, '$$.rerun_of') = @run_id
GROUP BY run_id
ORDER BY MIN(occurred_at), run_id
