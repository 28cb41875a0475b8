-- The runs of a backfill and those that did one of them again, newest first, by their acceptances alone: nothing is
-- folded to learn their ids. None was accepted before the backfill.
SELECT run_id
FROM run_events
WHERE run_date >= @run_date
  AND tenant_id = @tenant_id
  AND event_type = 'RunQueued'
  AND JSON_VALUE(detail, '$$.backfill.backfill_id') = @backfill_id
GROUP BY run_id
ORDER BY MIN(occurred_at) DESC, run_id DESC
