-- One row per rule and run: what came of the rules of each dq step that ended.
WITH facts AS (
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    event_type,
    step_number,
    attempt,
    MIN(occurred_at) AS occurred_at,
    MAX(step_id) AS step_id,
    MAX(step_type) AS step_type,
    ANY_VALUE(error_message HAVING MIN occurred_at) AS error_message,
    ANY_VALUE(TO_JSON_STRING(detail) HAVING MIN occurred_at) AS detail,
    MAX(CASE event_type WHEN 'StepStarted' THEN attempt WHEN 'StepRetried' THEN attempt + 1 ELSE 0 END)
      OVER (PARTITION BY run_date, tenant_id, pipeline_id, run_id, step_number) AS latest_attempt
  FROM ${run_events}
  GROUP BY run_date, tenant_id, pipeline_id, run_id, event_type, step_number, attempt
),
endings AS (
  SELECT
    run_date,
    tenant_id,
    pipeline_id,
    run_id,
    step_number,
    MAX(step_id) AS step_id,
    ARRAY_AGG(
      STRUCT(occurred_at, detail)
      ORDER BY
        CASE event_type WHEN 'StepFailed' THEN 1 WHEN 'StepSkipped' THEN 2 ELSE 0 END,
        occurred_at,
        event_type,
        attempt
      LIMIT 1
    )[SAFE_OFFSET(0)] AS ending
  FROM facts
  WHERE step_type = 'dq'
    AND event_type IN ('StepFailed', 'StepSkipped', 'StepSucceeded')
    AND NOT (event_type = 'StepFailed' AND attempt < latest_attempt)
  GROUP BY run_date, tenant_id, pipeline_id, run_id, step_number
)
SELECT
  run_date,
  run_id,
  tenant_id,
  pipeline_id,
  step_number,
  step_id,
  JSON_VALUE(result, '$$.rule_id') AS rule_id,
  JSON_VALUE(result, '$$.rule_type') AS rule_type,
  JSON_VALUE(result, '$$.severity') AS severity,
  -- What was recorded before the word was says nothing else.
  IFNULL(CAST(JSON_VALUE(result, '$$.evaluated') AS BOOL), TRUE) AS evaluated,
  CAST(JSON_VALUE(result, '$$.passed') AS BOOL) AS passed,
  CAST(JSON_VALUE(result, '$$.rows_checked') AS INT64) AS rows_checked,
  CAST(JSON_VALUE(result, '$$.rows_failed') AS INT64) AS rows_failed,
  JSON_VALUE(result, '$$.message') AS message,
  JSON_VALUE(result, '$$.figure') AS figure,
  ending.occurred_at AS created_at
FROM endings, UNNEST(JSON_QUERY_ARRAY(ending.detail, '$$.results')) AS result
