-- The API key with this hash; where it was inserted twice, a row that is not active comes first.
SELECT api_key_hash, tenant_id, description, last4, is_active, created_at, created_by, expires_at
FROM api_keys
WHERE api_key_hash = @api_key_hash
ORDER BY IFNULL(is_active, FALSE), IFNULL(expires_at, TIMESTAMP '9999-12-31 00:00:00+00')
LIMIT 1
