-- Billed cost a day, by provider, service and account. Each charge is rounded to NUMERIC's 9 decimals, once.
-- In FOCUS a credit is a charge of its own with a negative BilledCost, so there is nothing to add apart.
WITH charges AS (
  SELECT
    DATE(TIMESTAMP(JSON_VALUE(data, '$.ChargePeriodStart'))) AS usage_date,
    LOWER(IFNULL(JSON_VALUE(data, '$.ProviderName'), 'unknown')) AS provider,
    JSON_VALUE(data, '$.ServiceName') AS service,
    IFNULL(JSON_VALUE(data, '$.SubAccountId'), '') AS project,
    JSON_VALUE(data, '$.BillingCurrency') AS currency,
    CAST(JSON_VALUE(data, '$.BilledCost') AS NUMERIC) AS cost
  FROM raw_data
  WHERE pipeline_id = @pipeline_id
)
SELECT
  usage_date,
  provider,
  service,
  project,
  currency,
  SUM(cost) AS billed_cost,
  NUMERIC '0' AS credits,
  SUM(cost) AS net_cost,
  COUNT(*) AS charge_count
FROM charges
GROUP BY usage_date, provider, service, project, currency
