"""Start the runs whose turn it is."""

from shared.domain.ids import RunId
from shared.domain.slots import whose_turn
from shared.ports import EventLog, Publisher
from shared.usecases.read_runs import read_runs

_MOST_AT_ONCE = 20


def start_waiting_runs(
    tenant_id: str, *, besides: RunId, log: EventLog, publisher: Publisher
) -> tuple[RunId, ...]:
    """Publish the first commands of the tenant's waiting runs that may start now that `besides` has ended.

    The log may not show that end yet, nor the start of a run that was just started: starting one twice does no harm.
    """
    open_runs = [each for each in log.list_open_runs(tenant_id) if each.run_id != besides]
    run_ids = [each.run_id for each in whose_turn(open_runs)][:_MOST_AT_ONCE]
    for run in read_runs(tenant_id, run_ids, log=log):
        for command in run.next_commands(after=None):
            publisher.publish(command)
    return tuple(run_ids)
