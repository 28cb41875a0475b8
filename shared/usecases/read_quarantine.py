"""What was set aside of a tenant's table, looked at as the tenant."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from shared.domain.errors import NotFoundError
from shared.domain.ids import JobId, TenantId
from shared.domain.job import QueryJob
from shared.domain.quarantine import quarantine_name
from shared.domain.sql_parameter import SqlParameter
from shared.ports import Clock, Configs, Warehouse
from shared.sql.statement import quoted, statement

Rows = tuple[Mapping[str, str | int | bool | None], ...]

_PATIENCE = timedelta(seconds=120)


def read_quarantine(
    tenant_id: TenantId,
    table: str,
    *,
    row_count: int | None = None,
    configs: Configs,
    warehouse: Warehouse,
    clock: Clock,
) -> Rows:
    """How many rows there are by run and reason; or so many of the rows themselves.

    Raises NotFoundError where nothing was ever set aside, StepError and TransientError for what BigQuery says.
    """
    name = quarantine_name(table)
    if warehouse.created_at(tenant_id, name) is None:
        raise NotFoundError(f"No row was ever set aside: {tenant_id} has no table {name}")
    target = quoted(tenant_id, name)
    if row_count is None:
        query = _query(statement("count_quarantined", target=target), tenant_id, configs)
    else:
        limit = SqlParameter(name="row_limit", type="INT64", value=str(row_count))
        query = _query(statement("list_quarantined", target=target), tenant_id, configs, limit)
    handle = warehouse.submit(query)
    return warehouse.wait(handle, until=clock.now() + _PATIENCE).rows


def _query(sql: str, tenant_id: TenantId, configs: Configs, *parameters: SqlParameter) -> QueryJob:
    tenant = configs.load_tenant(tenant_id)
    return QueryJob(
        tenant_id=tenant_id,
        job_id=JobId(f"cdp_quarantine_{uuid4().hex}"),
        location=tenant.location,
        sql=sql,
        parameters=parameters,
        max_bytes_billed=tenant.limits.bytes_billed_per_job,
        timeout_seconds=int(_PATIENCE.total_seconds()),
        labels={"tenant_id": tenant_id.lower()[:63]},
    )
