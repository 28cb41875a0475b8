-- Net cost a day: by service, and over all services (an empty dimension).
WITH costs AS (
  SELECT usage_date, service, currency, net_cost
  FROM transformed_data
  WHERE pipeline_id = @pipeline_id
    AND usage_date BETWEEN @date_range_start AND @date_range_end
)
SELECT usage_date AS metric_date, 'net_cost' AS metric, service AS dimension, SUM(net_cost) AS value, currency AS unit
FROM costs
GROUP BY usage_date, service, currency
UNION ALL
SELECT usage_date AS metric_date, 'net_cost' AS metric, '' AS dimension, SUM(net_cost) AS value, currency AS unit
FROM costs
GROUP BY usage_date, currency
