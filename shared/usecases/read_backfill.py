"""A tenant's backfill, read back."""

from shared.domain.backfill import Backfill, fold_backfill
from shared.domain.errors import NotFoundError
from shared.domain.ids import RunId, is_run_id
from shared.domain.run import Run
from shared.ports import EventLog
from shared.usecases.read_runs import read_runs


def read_backfill(backfill_id: str, *, tenant_id: str, log: EventLog) -> Backfill:
    """The tenant's backfill. Raises NotFoundError where there is none, or where it is another tenant's."""
    found = fold_backfill(read_backfill_runs(backfill_id, tenant_id=tenant_id, log=log))
    if found is None:
        raise NotFoundError("Backfill not found")
    return found


def read_backfill_runs(backfill_id: str, *, tenant_id: str, log: EventLog) -> list[Run]:
    """Every run of the tenant's backfill, those included that did one of them again; newest first."""
    if not is_run_id(backfill_id):
        return []
    return read_runs(tenant_id, log.list_backfill_runs(tenant_id, RunId(backfill_id)), log=log)
