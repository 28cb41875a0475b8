"""Start the runs whose turn it is."""

from collections.abc import Sequence

from shared.domain.ids import RunId
from shared.domain.run import LOG_LAG, Run
from shared.domain.slots import freed_by, open_run
from shared.ports import EventLog, Publisher
from shared.usecases.read_runs import read_runs


def start_waiting_runs(ended: Sequence[Run], *, log: EventLog, publisher: Publisher) -> tuple[RunId, ...]:
    """Publish the first commands of the runs that may start now that these of their tenant have ended.

    The log may not show an end yet, nor the start of a run that was just started: starting one twice does no harm, and
    one that nobody starts is started by the reconciler. To be called by whoever ended the runs, not by whoever finds
    that they have ended: a duplicate that starts others would breed duplicates.
    """
    if not ended:
        return ()
    tenant_id = ended[0].tenant_id
    just_now = max(run.updated_at for run in ended) - LOG_LAG
    runs = log.list_open_runs(tenant_id, ended_since=just_now)
    freed = freed_by([open_run(run) for run in ended], runs)
    run_ids = tuple(run.run_id for run in freed)
    for run in read_runs(tenant_id, run_ids, log=log):
        for command in run.next_commands(after=None):
            publisher.publish(command)
    return run_ids
