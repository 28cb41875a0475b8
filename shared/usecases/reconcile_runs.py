"""Look after the runs that nobody else does: those whose message was lost, whose turn has come, whose time is up."""

from dataclasses import dataclass
from datetime import timedelta

from shared.domain.errors import ForbiddenError, TransientError
from shared.domain.reconciliation import runs_to_reconcile
from shared.domain.run import Run
from shared.log import kind_and_place
from shared.log import log as log_line
from shared.ports import Clock, EventLog, Publisher
from shared.usecases.read_runs import read_runs

STALE_AFTER = timedelta(seconds=900)
"""How long nothing was recorded of a run that is taken for lost. While a message is under way, Pub/Sub delivers it
again after 600 s at most, and every delivery leaves a record."""
LOOK_AFTER_BUDGET = timedelta(seconds=240)
"""How long one call goes on; the next one does the rest."""


@dataclass
class Reconciled:
    """How many runs were started, continued and handed over to be ended, and how many could not be looked after."""

    started: int = 0
    continued: int = 0
    overdue: int = 0
    failed: int = 0


def reconcile_runs(
    *,
    stale_after: timedelta = STALE_AFTER,
    log: EventLog,
    publisher: Publisher,
    clock: Clock,
) -> Reconciled:
    """What was done. It keeps nothing: whatever it is told twice, or at the same time elsewhere, does no harm."""
    began = clock.now()
    done = Reconciled()
    for each in runs_to_reconcile(log.list_open_runs(), now=began, stale_after=stale_after):
        if clock.now() - began >= LOOK_AFTER_BUDGET:
            break
        try:
            for run in read_runs(each.tenant_id, [each.run_id], log=log):
                _look_after(run, done, stale_after=stale_after, publisher=publisher, clock=clock)
        except (TransientError, ForbiddenError) as error:
            done.failed += 1
            log_line("run_not_reconciled", severity="WARNING", run_id=each.run_id, reason=str(error))
        except Exception as error:  # noqa: BLE001 - where what nobody foresaw ends for one run
            # A boundary as the web's is: what is wrong with one run, such as an event that another release wrote, is
            # wrong at every call, and would keep all tenants' other runs waiting for ever.
            done.failed += 1
            log_line("run_not_reconciled", severity="ERROR", run_id=each.run_id, reason=kind_and_place(error))
    return done


def _look_after(
    run: Run, done: Reconciled, *, stale_after: timedelta, publisher: Publisher, clock: Clock
) -> None:
    if run.has_ended:
        return
    if run.is_overdue(clock.now()):
        # Whoever carries out any command of it finds that its time is up.
        publisher.publish(run.command(run.plan.steps[0]))
        done.overdue += 1
        return
    commands = run.commands_to_go_on(due_by=clock.now() - stale_after)
    for command in commands:
        publisher.publish(command)
    if commands and run.status == "QUEUED":
        done.started += 1
    elif commands:
        done.continued += 1
