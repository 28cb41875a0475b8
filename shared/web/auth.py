"""The caller's key or token, and which tenant's paths a key opens."""

from flask import Request

from shared.domain.errors import ForbiddenError
from shared.domain.tenant import Principal


def api_key(request: Request) -> str | None:
    """The header `X-API-Key`, if there is one."""
    return request.headers.get("X-API-Key")


def bearer_token(request: Request) -> str | None:
    """The token of `Authorization: Bearer` (RFC 6750), if there is one and no key, which would count."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and api_key(request) is None else None


def require_tenant(principal: Principal, tenant_id: str) -> None:
    """Raise ForbiddenError for another tenant, whether it exists or not."""
    if principal.tenant_id != tenant_id:
        raise ForbiddenError("Permission denied")
