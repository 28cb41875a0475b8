"""Tokens for a signed assertion: the JWT bearer grant of RFC 7523, with the answers Google gives.

The assertion has to be signed by the account, meant for this endpoint and in date. An access token only
says whose it is, and opens all of the stand-ins; what matters is that the real client library goes through its real
exchange. In a universe other than Google's that library asks for no token: it signs one itself ("Self-signed JWTs",
google.aip.dev/auth/4111). Id tokens are verified by `triggers`, with the certificates of `GET /certs`.
"""

import time
from collections.abc import Mapping

from google.auth import crypt, exceptions, jwt

from local.identity.access_tokens import access_token_of
from local.identity.account import Account

_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME_SECONDS = 3600
# The client library names this audience whatever token_uri says.
_GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a token
_ISSUER = "https://accounts.google.com"


class GrantError(Exception):
    """The request earns no token; `code` is an error code of RFC 6749 section 5.2."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def grant_token(form: Mapping[str, str], account: Account) -> dict[str, str | int]:
    """The body of the answer: an access token, or an id token when the assertion has a `target_audience`."""
    if form.get("grant_type") != _GRANT_TYPE:
        raise GrantError("unsupported_grant_type", f"grant_type has to be {_GRANT_TYPE}")
    claims = _require_claims(form.get("assertion", ""), account)
    audience = claims.get("target_audience")
    if audience is not None:
        return {"id_token": _sign_id_token(str(audience), account)}
    return {
        "access_token": access_token_of(account.email),
        "expires_in": LIFETIME_SECONDS,
        "token_type": "Bearer",
    }


def _require_claims(assertion: str, account: Account) -> Mapping[str, object]:
    try:
        claims: Mapping[str, object] = jwt.decode(  # type: ignore[no-untyped-call]
            assertion, certs=account.public_key, audience=[account.token_uri, _GOOGLE_TOKEN_URI]
        )
    except (ValueError, exceptions.GoogleAuthError) as error:
        raise GrantError("invalid_grant", "Invalid JWT: signature, audience or time is wrong.") from error
    if claims.get("iss") != account.email:
        raise GrantError("invalid_grant", "Invalid JWT: the issuer is not the service account.")
    return claims


def _sign_id_token(audience: str, account: Account) -> str:
    now = int(time.time())
    claims = {
        "iss": _ISSUER,
        "aud": audience,
        "azp": account.email,
        "sub": account.email,
        "email": account.email,
        "email_verified": True,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    }
    signer = crypt.RSASigner.from_string(account.private_key, account.key_id)  # type: ignore[no-untyped-call]
    token: bytes = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
    return token.decode("ascii")
