"""Which service account does a tenant's work, and is let near nothing but what is the tenant's."""

import hashlib

from shared.domain.ids import TenantId

_LONGEST_NAME = 17
_HASH_DIGITS = 8


def tenant_account_id(tenant_id: TenantId) -> str:
    """The account's name before the `@`, e.g. `t-acme-corp-001-` and eight digits of a hash.

    IAM takes 6 to 30 lower-case letters, digits and hyphens (cloud.google.com/iam/docs/service-accounts-create), which
    no tenant's id fits into whole; the hash tells tenants apart whose names are alike. Terraform finds the name in
    tenants.json.
    """
    name = tenant_id.lower().replace("_", "-")[:_LONGEST_NAME].strip("-")
    return f"t-{name}-{hashlib.sha256(tenant_id.encode()).hexdigest()[:_HASH_DIGITS]}"


def tenant_account(tenant_id: TenantId, *, project: str) -> str:
    """The account's e-mail address, which is its name everywhere in Google Cloud."""
    return f"{tenant_account_id(tenant_id)}@{project}.iam.gserviceaccount.com"
