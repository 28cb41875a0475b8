"""What Azure Blob Storage is shown: a shared access signature in each address, the tenant's or one made of a key."""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from requests import PreparedRequest
from requests.auth import AuthBase

from shared.domain.errors import StepError

API_VERSION = "2021-12-02"
_TOKEN = re.compile(r"[A-Za-z0-9%&=.:+/~_-]+")
_COUNTS_FOR = timedelta(hours=1)
_CLOCKS_APART = timedelta(minutes=15)


class SharedAccess(AuthBase):
    """Adds a token to each address."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """The request with the token."""
        url = r.url or ""
        r.url = f"{url}{'&' if '?' in url else '?'}{self._token()}"
        return r


def shared_access(token: str) -> SharedAccess:
    """Of a token as the portal shows it. Raises StepError, which doesn't show it, for a text that is none."""
    plain = token.removeprefix("?")
    if not _TOKEN.fullmatch(plain) or "sig=" not in plain:
        raise StepError(
            "The secret of 'sas_token' is no shared access signature: it has 'sig=' in it, and no spaces"
        )
    return SharedAccess(lambda: plain)


def access_by_key(
    key: str,
    *,
    account: str,
    container: str,
    now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
) -> SharedAccess:
    """Of tokens for reading and listing one container ("Create a service SAS", …/rest/api/storageservices)."""
    try:
        raw = b64decode(key, validate=True)
    except (Error, ValueError):
        raise StepError("The secret of 'account_key' is no key: it is not base64") from None

    def token() -> str:
        said = {
            "sp": "rl",
            "st": f"{now() - _CLOCKS_APART:%Y-%m-%dT%H:%M:%SZ}",
            "se": f"{now() + _COUNTS_FOR:%Y-%m-%dT%H:%M:%SZ}",
        }
        signed = "\n".join(
            # Without a policy, addresses and a protocol before the version; a snapshot, a scope and five headers after.
            (*said.values(), f"/blob/{account}/{container}", "", "", "", API_VERSION, "c", *[""] * 7)
        )
        signature = b64encode(hmac.new(raw, signed.encode(), sha256).digest()).decode()
        return urlencode({**said, "sv": API_VERSION, "sr": "c", "sig": signature})

    return SharedAccess(token)
