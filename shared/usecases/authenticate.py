"""Who is calling."""

from shared.domain.api_key import hash_key
from shared.domain.errors import ForbiddenError, UnauthorizedError
from shared.domain.ids import is_tenant_id
from shared.domain.tenant import Principal
from shared.ports import Clock, Keys, Tokens

_LONGEST_KEY = 200


def authenticate(key: str | None, *, keys: Keys, clock: Clock) -> Principal:
    """The caller that an API key belongs to.

    Raises UnauthorizedError for a key that is missing, unknown, revoked or expired, and doesn't say which.
    """
    if not key or len(key) > _LONGEST_KEY:
        raise UnauthorizedError("Unauthorized")
    api_key_hash = hash_key(key)
    found = keys.find(api_key_hash)
    # A row inserted by hand may name what no tenant can be called.
    if found is None or not found.opens(api_key_hash, now=clock.now()) or not is_tenant_id(found.tenant_id):
        raise UnauthorizedError("Unauthorized")
    return Principal(tenant_id=found.tenant_id, label=f"key {api_key_hash[:8]}")


def authenticate_scheduler(token: str, *, account: str | None, tokens: Tokens) -> None:
    """Return if the token is that of the account that Cloud Scheduler calls with; it may call for every tenant.

    Raises UnauthorizedError for a token that is not good, and where there is no such account; ForbiddenError for the
    good token of another.
    """
    if account is None:
        raise UnauthorizedError("Unauthorized")
    if tokens.verify(token) != account:
        raise ForbiddenError("Permission denied")
