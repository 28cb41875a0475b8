"""Tenants by name, with a word about the one that was probably meant."""

from collections.abc import Sequence

from shared.domain.errors import InvalidError, NotFoundError
from shared.domain.ids import is_tenant_id
from shared.domain.message import listed, nearest
from shared.ports import Configs, Tables


def require_tenant_id(tenant_id: str) -> None:
    """Raise InvalidError for a name that no tenant may have."""
    if not is_tenant_id(tenant_id):
        raise InvalidError(
            f"'{tenant_id}' can't be a tenant's id: 3 to 50 letters, digits and underscores, "
            "and not 'metadata' or 'templates'"
        )


def require_onboarded(tenant_id: str, *, tables: Tables, configs: Configs) -> None:
    """Raise NotFoundError for a tenant without a dataset: it has not been added yet."""
    require_tenant_id(tenant_id)
    if tables.dataset_location(tenant_id) is not None:
        return
    known = configs.tenant_ids()
    if tenant_id in known:
        raise NotFoundError(
            f"Tenant {tenant_id} has no dataset yet. Create it with: convergence tenant add {tenant_id}"
        )
    raise unknown_tenant(tenant_id, known)


def unknown_tenant(tenant_id: str, known: Sequence[str]) -> NotFoundError:
    """The error for a tenant that has neither folder nor dataset."""
    meant = nearest(tenant_id, known)
    if meant is not None:
        return NotFoundError(f"There is no tenant '{tenant_id}'. Did you mean '{meant}'?")
    return NotFoundError(f"There is no tenant '{tenant_id}'. There is {listed(known) or 'none yet'}")
