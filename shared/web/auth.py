"""The caller's key, and which tenant's paths it opens."""

from flask import Request

from shared.domain.errors import ForbiddenError
from shared.domain.tenant import Principal


def api_key(request: Request) -> str | None:
    """The header `X-API-Key`, if there is one."""
    return request.headers.get("X-API-Key")


def require_tenant(principal: Principal, tenant_id: str) -> None:
    """Raise ForbiddenError for another tenant, whether it exists or not."""
    if principal.tenant_id != tenant_id:
        raise ForbiddenError("Permission denied")
