"""A tenant's runs, read back."""

from collections.abc import Sequence

from shared.domain.errors import RunNotFoundError
from shared.domain.fold import fold
from shared.domain.ids import RunId, is_run_id
from shared.domain.run import Run
from shared.domain.slots import Wait, open_run, wait_of
from shared.ports import EventLog


def read_run(run_id: str, *, tenant_id: str, log: EventLog) -> Run:
    """The tenant's run. Raises RunNotFoundError where there is none, or where it is another tenant's."""
    run = fold(log.read(tenant_id, [RunId(run_id)])) if is_run_id(run_id) else None
    if run is None:
        raise RunNotFoundError("Run not found")
    return run


def read_runs(tenant_id: str, run_ids: Sequence[RunId], *, log: EventLog) -> list[Run]:
    """Those of the runs that can be seen, in the order asked for."""
    events = log.read(tenant_id, run_ids) if run_ids else []
    runs = (fold(event for event in events if event.run_id == run_id) for run_id in run_ids)
    return [run for run in runs if run is not None]


def read_wait(run: Run, *, log: EventLog) -> Wait | None:
    """What a run that is QUEUED waits for; None where nothing keeps it from starting."""
    if run.status != "QUEUED" or not run.is_limited:
        return None
    return wait_of(open_run(run), log.list_open_runs(run.tenant_id))
