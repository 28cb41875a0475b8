"""Access tokens that say whose they are. Without Google's libraries, because the stand-in for BigQuery reads them."""

import base64
import json
import secrets

_MARK = "local"
_JWT_PARTS = 3


def access_token_of(email: str) -> str:
    """A token of the account with this address. Nobody checks it, so it needs no signature."""
    who = base64.urlsafe_b64encode(email.encode("utf-8")).decode("ascii")
    return f"{_MARK}.{who}.{secrets.token_urlsafe(24)}"


def email_in(authorization: str) -> str | None:
    """Whose token an Authorization header holds; None where it is none of ours."""
    token = authorization.removeprefix("Bearer ")
    mark, _, rest = token.partition(".")
    if mark != _MARK:
        return _issuer_in(token)
    try:
        return base64.urlsafe_b64decode(rest.partition(".")[0]).decode("utf-8") or None
    except ValueError:
        return None


def _issuer_in(token: str) -> str | None:
    """Who signed a token (RFC 7519) for itself; the signature isn't looked at."""
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return str(issuer) if issuer else None
