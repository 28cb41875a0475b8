"""What a tenant's secret is called where all tenants' are."""

from shared.domain.ids import TenantId


def secret_id(tenant_id: TenantId, name: str) -> str:
    """The secret's name in Secret Manager, which takes letters, digits, `_` and `-`, up to 255."""
    return f"{tenant_id}_{name}"
