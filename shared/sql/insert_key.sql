-- Keep an API key. DML, not streaming: a streamed row could not be revoked for half an hour.
INSERT INTO api_keys (api_key_hash, tenant_id, created_at, created_by, is_active, description, expires_at, last4)
VALUES (@api_key_hash, @tenant_id, @created_at, @created_by, TRUE, @description, @expires_at, @last4)
