"""Who a key belongs to, and whether it still opens anything."""

import hashlib
import hmac
import secrets
from datetime import datetime

from shared.domain.ids import is_tenant_id
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


class ActiveKey(Model):
    """What letting somebody in takes of a key: all rows of its hash are active, and of one tenant.

    `expires_at` is the earliest of theirs.
    """

    api_key_hash: str
    tenant_id: str
    expires_at: UtcTime | None

    def opens(self, api_key_hash: str, *, now: datetime) -> bool:
        """Whether a caller with a key of that hash is let in now. Compares in constant time.

        A row inserted by hand may name what no tenant can be called.
        """
        same = hmac.compare_digest(self.api_key_hash, api_key_hash)
        in_time = self.expires_at is None or now < self.expires_at
        return same and in_time and is_tenant_id(self.tenant_id)


def generate_key() -> str:
    """A new API key of some 256 random bits. It is shown once and never kept.

    Its last four characters name it to people; on a command line a word that begins with - would be an option.
    """
    while True:
        key = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
        if key[-4] != "-":
            return key


def hash_key(key: str) -> str:
    """SHA-256 of the key as 64 lower-case hex digits: what `metadata.api_keys` holds."""
    return hashlib.sha256(key.encode()).hexdigest()
