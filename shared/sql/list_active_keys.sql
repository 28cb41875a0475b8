-- The API keys that may open something: hashes whose rows are all active and of one tenant, the earliest end counts.
-- It names no time, so that BigQuery may answer it from its cache, unbilled, as long as the table stays as it is.
SELECT
  api_keys.api_key_hash AS api_key_hash,
  MIN(api_keys.tenant_id) AS tenant_id,
  MIN(api_keys.expires_at) AS expires_at
FROM api_keys
WHERE api_keys.api_key_hash IS NOT NULL
GROUP BY api_keys.api_key_hash
HAVING LOGICAL_AND(IFNULL(api_keys.is_active, FALSE)) AND COUNT(DISTINCT api_keys.tenant_id) = 1
