"""The caller's key or token, where it comes from, and which tenant's paths a key opens."""

from ipaddress import ip_address, ip_network

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


def client_address(request: Request) -> str:
    """The address that called Google's front end; of IPv6 the network of 64 bits, which is one customer's.

    The front end adds it as the last of `X-Forwarded-For`; what stands before it the caller may have made up. Without
    that header, the address that called us.
    """
    last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        address = ip_address(last or request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ip_network((address.packed[:8] + bytes(8), 64)))


def require_tenant(principal: Principal, tenant_id: str) -> None:
    """Raise ForbiddenError for another tenant, whether it exists or not."""
    if principal.tenant_id != tenant_id:
        raise ForbiddenError("Permission denied")
