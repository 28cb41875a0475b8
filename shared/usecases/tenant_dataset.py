"""A tenant's dataset and folder, looked at before anything is recorded."""

from contextlib import suppress

from shared.domain.errors import InvalidError, NotFoundError
from shared.domain.pipeline import Address, Recipe
from shared.ports import Configs, Tables


def require_dataset(tenant_id: str, *, tables: Tables) -> str:
    """Where the tenant's dataset is. Raises NotFoundError for a tenant without one."""
    location = tables.dataset_location(tenant_id)
    if location is None:
        raise NotFoundError("Tenant not found")
    return location


def require_folder(tenant_id: str, *, configs: Configs) -> None:
    """Raise NotFoundError for a tenant whose folder is gone; one with mistakes in it is there."""
    with suppress(InvalidError):
        configs.load_tenant(tenant_id)


def load_recipe(address: Address, *, dataset_location: str, configs: Configs) -> Recipe:
    """What the pipeline's files say.

    Raises InvalidError for files with mistakes in them, and where `tenant.yml` names another location than the
    dataset's, as BigQuery would refuse all of the run's jobs.
    """
    recipe = configs.load_recipe(address)
    configured = recipe.tenant.location
    if configured.lower() != dataset_location.lower():
        raise InvalidError(
            f"tenant.yml says location {configured}, but dataset {recipe.address.tenant_id} is in {dataset_location}. "
            f"A dataset can't be moved: write location: {dataset_location}",
            code="invalid_configuration",
        )
    return recipe
