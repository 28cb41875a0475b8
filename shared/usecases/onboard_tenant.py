"""Give a tenant its dataset and its tables."""

from shared.domain.table import Table
from shared.ports import Configs, Tables


def onboard_tenant(tenant_id: str, *, configs: Configs, tables: Tables) -> tuple[Table, ...]:
    """The tables that the tenant now has. May be called again at any time: what is there stays.

    Raises NotFoundError without a `tenant.yml`, InvalidError for a wrong one, ConflictError where a table differs in a
    way that only a person may change.
    """
    tenant = configs.load_tenant(tenant_id)
    wanted = configs.load_tables(tenant_id)
    tables.create_dataset(tenant_id, location=tenant.location, description=f"Tenant {tenant.display_name}")
    for table in wanted:
        tables.create_table(tenant_id, table)
    return wanted
