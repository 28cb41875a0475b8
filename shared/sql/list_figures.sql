-- What the rules of a pipeline's step recorded for later runs to compare, in runs since a day in which it succeeded.
SELECT
  fact.run_id,
  JSON_VALUE(result, '$$.rule_id') AS rule_id,
  JSON_VALUE(result, '$$.figure_of') AS figure_of,
  JSON_VALUE(result, '$$.figure_days') AS figure_days,
  JSON_VALUE(result, '$$.figure') AS figure,
  CAST(JSON_VALUE(result, '$$.rows_checked') AS INT64) AS rows_checked,
  fact.occurred_at
FROM run_events AS fact, UNNEST(JSON_QUERY_ARRAY(fact.detail, '$$.results')) AS result
WHERE fact.run_date >= @first_date
  AND fact.tenant_id = @tenant_id
  AND fact.pipeline_id = @pipeline_id
  AND fact.step_id = @step_id
  AND fact.event_type = 'StepSucceeded'
  AND JSON_VALUE(result, '$$.figure') IS NOT NULL
