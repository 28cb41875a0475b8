-- Net cost a day, by service and project. Each charge and each credit is rounded to NUMERIC's 9 decimals, once.
WITH charges AS (
  SELECT
    DATE(TIMESTAMP(JSON_VALUE(data, '$.usage_start_time'))) AS usage_date,
    JSON_VALUE(data, '$.service.description') AS service,
    IFNULL(JSON_VALUE(data, '$.project.id'), '') AS project,
    JSON_VALUE(data, '$.currency') AS currency,
    CAST(JSON_VALUE(data, '$.cost') AS NUMERIC) AS cost,
    (
      SELECT IFNULL(SUM(CAST(JSON_VALUE(credit, '$.amount') AS NUMERIC)), 0)
      FROM UNNEST(JSON_QUERY_ARRAY(data, '$.credits')) AS credit
    ) AS credits
  FROM raw_data
  WHERE pipeline_id = @pipeline_id
    -- Nothing is ingested before it was used: this keeps the scan to the partitions that can hold these days.
    AND ingestion_date >= @date_range_start
    AND DATE(TIMESTAMP(JSON_VALUE(data, '$.usage_start_time'))) BETWEEN @date_range_start AND @date_range_end
)
SELECT
  usage_date,
  'gcp' AS provider,
  service,
  project,
  currency,
  SUM(cost) AS billed_cost,
  SUM(credits) AS credits,
  SUM(cost) + SUM(credits) AS net_cost,
  COUNT(*) AS charge_count
FROM charges
WHERE NOT @exclude_non_billable OR cost != 0 OR credits != 0
GROUP BY usage_date, service, project, currency
