"""Who a key belongs to, and whether it still opens anything."""

import hashlib
import hmac
import secrets
from datetime import datetime

from shared.domain.model import Model, UtcTime

_PREFIX = "cdp_"
_RANDOM_BYTES = 32


class ApiKey(Model):
    """An API key as `metadata.api_keys` holds it: never the key, only its hash."""

    api_key_hash: str
    tenant_id: str
    description: str | None
    last4: str | None
    is_active: bool
    created_at: UtcTime | None
    created_by: str | None
    expires_at: UtcTime | None

    def opens(self, api_key_hash: str, *, now: datetime) -> bool:
        """Whether a caller with a key of that hash is let in now. Compares in constant time."""
        same = hmac.compare_digest(self.api_key_hash, api_key_hash)
        in_time = self.expires_at is None or now < self.expires_at
        return same and self.is_active and in_time


def generate_key() -> str:
    """A new API key with 256 random bits. It is shown once and never kept."""
    return _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def hash_key(key: str) -> str:
    """SHA-256 of the key as 64 lower-case hex digits: what `metadata.api_keys` holds."""
    return hashlib.sha256(key.encode()).hexdigest()
