-- A tenant's API keys, newest first.
SELECT api_key_hash, tenant_id, description, last4, is_active, created_at, created_by, expires_at
FROM api_keys
WHERE tenant_id = @tenant_id
ORDER BY created_at DESC, api_key_hash
