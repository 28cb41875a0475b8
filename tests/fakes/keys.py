"""API keys in memory."""

from datetime import UTC, datetime

from shared.domain.api_key import ActiveKey, ApiKey

_NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryKeys:
    """The rows of `metadata.api_keys`, in the order in which they were inserted."""

    def __init__(self, *keys: ApiKey) -> None:
        self.rows = list(keys)

    def find(self, api_key_hash: str, *, anew: bool = True) -> ActiveKey | None:
        found = [key for key in self.rows if key.api_key_hash == api_key_hash]
        tenant_ids = {key.tenant_id for key in found}
        if len(tenant_ids) != 1 or not all(key.is_active for key in found):
            return None
        ends = min(key.expires_at or _NEVER for key in found)
        return ActiveKey(
            api_key_hash=api_key_hash,
            tenant_id=tenant_ids.pop(),
            expires_at=None if ends == _NEVER else ends,
        )

    def insert(self, key: ApiKey) -> None:
        self.rows.append(key)

    def list_keys(self, tenant_id: str) -> list[ApiKey]:
        return [key for key in reversed(self.rows) if key.tenant_id == tenant_id]

    def revoke(self, tenant_id: str, api_key_hash_prefix: str) -> int:
        count = 0
        for index, key in enumerate(self.rows):
            is_meant = key.tenant_id == tenant_id and key.api_key_hash.startswith(api_key_hash_prefix)
            if is_meant and key.is_active:
                self.rows[index] = key.model_copy(update={"is_active": False})
                count += 1
        return count
