-- What was read for a pipeline's steps since a day, in parts, and when its rows were seen to be in the table.
WITH ended AS (
  SELECT reading_id, MIN(occurred_at) AS ended_at
  FROM run_events
  WHERE run_date >= @first_date
    AND tenant_id = @tenant_id
    AND pipeline_id = @pipeline_id
    AND event_type = 'StepSucceeded'
    AND reading_id IS NOT NULL
  GROUP BY reading_id
)
SELECT read.reading_id, read.occurred_at AS read_at, ended.ended_at, TO_JSON_STRING(read.progress) AS progress
FROM run_events AS read
LEFT JOIN ended ON ended.reading_id = read.reading_id
WHERE read.run_date >= @first_date
  AND read.tenant_id = @tenant_id
  AND read.pipeline_id = @pipeline_id
  AND read.event_type = 'SourceRead'
