"""A tenant's runs, read back."""

from shared.domain.errors import NotFoundError
from shared.domain.fold import fold
from shared.domain.ids import RunId, is_run_id
from shared.domain.run import Run
from shared.ports import EventLog


def read_run(run_id: str, *, tenant_id: str, log: EventLog) -> Run:
    """The tenant's run. Raises NotFoundError where there is none, or where it is another tenant's."""
    run = fold(log.read(tenant_id, [RunId(run_id)])) if is_run_id(run_id) else None
    if run is None:
        raise NotFoundError("Run not found")
    return run
