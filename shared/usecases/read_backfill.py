"""A tenant's backfill, read back."""

from datetime import UTC, datetime, time

from shared.domain.backfill import Backfill, fold_backfill
from shared.domain.errors import NotFoundError
from shared.domain.ids import RunId, is_run_id, run_date
from shared.domain.run import Run
from shared.domain.run_list import RunQuery
from shared.ports import EventLog
from shared.usecases.read_runs import read_runs

_MOST_RUNS = 5_000
"""More than a backfill's chunks and whatever was made of them again."""


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
    # The day in the id keeps the reading to the partitions from then on.
    since = datetime.combine(run_date(RunId(backfill_id)), time.min, tzinfo=UTC)
    query = RunQuery(tenant_id=tenant_id, backfill_id=backfill_id, since=since, limit=_MOST_RUNS)
    return read_runs(tenant_id, [each.run_id for each in log.list_runs(query).runs], log=log)
