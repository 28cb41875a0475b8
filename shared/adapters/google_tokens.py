"""Google-signed ID tokens, verified by google-auth with the certificates that Google publishes.

What has to be verified: "Verify the Google ID token on your server side" (developers.google.com/identity/gsi/web/
guides/verify-google-id-token). A service account's token holds `email` and `email_verified` besides.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from google.auth import exceptions, jwt
from pydantic import TypeAdapter, ValidationError

from shared.adapters.google_errors import translated
from shared.domain.errors import TransientError, UnauthorizedError
from shared.ports import Clock

if TYPE_CHECKING:
    from google.auth import transport

_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_LONGEST_TOKEN = 8192
_CLOCK_SKEW_SECONDS = 10
_CALL_SECONDS = 10
_OK = 200
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])")
_CERTIFICATES = TypeAdapter(dict[str, str])


class GoogleTokens:
    """Tokens that name our audience. Without an audience none is accepted, for it could be meant for anybody."""

    def __init__(self, certificates: "GoogleCertificates", *, audience: str | None) -> None:
        self._certificates = certificates
        self._audience = audience

    def verify(self, token: str) -> str:
        """The e-mail address of the account."""
        if self._audience is None or len(token) > _LONGEST_TOKEN:
            raise UnauthorizedError("Unauthorized")
        certificates = self._certificates.read()
        try:
            claims: Mapping[str, object] = jwt.decode(  # type: ignore[no-untyped-call]
                token,
                certs=certificates,
                audience=self._audience,
                clock_skew_in_seconds=_CLOCK_SKEW_SECONDS,
            )
        # Anybody can send anything as a token, a thousand opening brackets too.
        except (ValueError, RecursionError, exceptions.GoogleAuthError) as error:
            raise UnauthorizedError("Unauthorized") from error
        email = claims.get("email")
        if claims.get("iss") not in _ISSUERS or claims.get("email_verified") is not True or not email:
            raise UnauthorizedError("Unauthorized")
        return str(email)


class GoogleCertificates:
    """The certificates by key id, asked for again when they are no longer fresh (RFC 9111, section 4.2).

    Google publishes a key before it signs with it, so a key that is not among them is nobody's.
    """

    def __init__(self, request: "transport.Request", *, url: str, clock: Clock) -> None:
        self._request = request
        self._url = url
        self._clock = clock
        self._kept: dict[str, str] = {}
        self._fresh_until: datetime | None = None

    def read(self) -> dict[str, str]:
        """The certificates. Raises TransientError if they can't be had: no token is wrong for that."""
        now = self._clock.now()
        if self._fresh_until is None or now >= self._fresh_until:
            response = self._ask()
            self._kept = _parse(response)
            self._fresh_until = now + _freshness(response)
        return self._kept

    def _ask(self) -> "transport.Response":
        with translated("read the certificates of ID tokens"):
            response: transport.Response = self._request(self._url, method="GET", timeout=_CALL_SECONDS)
        if response.status != _OK:
            raise TransientError(f"Could not read the certificates of ID tokens: status {response.status}")
        return response


def _parse(response: "transport.Response") -> dict[str, str]:
    try:
        return _CERTIFICATES.validate_json(response.data)
    except ValidationError as error:
        raise TransientError("Could not read the certificates of ID tokens: they are not JSON") from error


def _freshness(response: "transport.Response") -> timedelta:
    headers = {name.lower(): value for name, value in response.headers.items()}
    said = _MAX_AGE.search(headers.get("cache-control", "").lower())
    age = headers.get("age", "0")
    return timedelta(seconds=int(said[1]) - int(age) if said and age.isdecimal() else 0)
