"""Who is calling."""

from shared.domain.api_key import hash_key
from shared.domain.errors import ForbiddenError, TooManyError, UnauthorizedError
from shared.domain.tenant import Principal
from shared.ports import Clock, Keys, Strangers, Tokens

_LONGEST_KEY = 200


def authenticate(
    key: str | None, *, address: str, keys: Keys, strangers: Strangers, clock: Clock
) -> Principal:
    """The caller that an API key belongs to.

    Raises UnauthorizedError for a key that is missing, unknown, revoked or expired, and doesn't say which; TooManyError
    for one from an `address` that sent too many wrong ones. A key that is known is let in from there, too: others may
    have sent those. TransientError for a key that can't be judged just now.
    """
    if not key:
        raise UnauthorizedError("Unauthorized")
    wait_seconds = strangers.wait_seconds(address)
    api_key_hash = hash_key(key[:_LONGEST_KEY])
    found = keys.find(api_key_hash, anew=wait_seconds is None) if len(key) <= _LONGEST_KEY else None
    if found is not None and found.opens(api_key_hash, now=clock.now()):
        return Principal(tenant_id=found.tenant_id, label=f"key {api_key_hash[:8]}")
    if wait_seconds is not None:
        raise TooManyError(
            "Too many wrong keys came from this address; a right one that was made just now has to wait, too",
            code="too_many_wrong_keys",
            retry_after_seconds=wait_seconds,
        )
    strangers.count(address)
    raise UnauthorizedError("Unauthorized")


def authenticate_scheduler(token: str, *, account: str | None, tokens: Tokens) -> None:
    """Return if the token is that of the account that Cloud Scheduler calls with; it may call for every tenant.

    Raises UnauthorizedError for a token that is not good, and where there is no such account; ForbiddenError for the
    good token of another.
    """
    if account is None:
        raise UnauthorizedError("Unauthorized")
    if tokens.verify(token) != account:
        raise ForbiddenError("Permission denied")
