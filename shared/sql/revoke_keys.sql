-- Make a tenant's active keys inactive, by the beginning of their hash.
UPDATE api_keys
SET is_active = FALSE
WHERE tenant_id = @tenant_id
  AND is_active
  AND STARTS_WITH(api_key_hash, @api_key_hash_prefix)
