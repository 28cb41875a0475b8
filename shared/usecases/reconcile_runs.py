"""Look after the runs that nobody else does: those whose message was lost, whose turn has come, whose time is up."""

from dataclasses import dataclass
from datetime import timedelta

from shared.domain.errors import ForbiddenError, TransientError
from shared.domain.reconciliation import Patience, commands_to_go_on, runs_to_reconcile
from shared.domain.run import LOG_LAG, Run
from shared.log import kind_and_place
from shared.log import log as log_line
from shared.ports import OPEN_RUN_DAYS, Clock, EventLog, Publisher
from shared.usecases.read_runs import read_runs, read_wait

PATIENCE = Patience()
"""Its `stale_after`: while a message is under way, Pub/Sub delivers it again after 600 s at most, and every delivery
leaves a record."""
LOOK_AFTER_BUDGET = timedelta(seconds=50)
"""How long one call goes on; the next one, a minute after it began, does the rest."""
DAYS_EACH_TIME = 2
"""How far back runs are looked for each time; at times they are as far back as any may be open."""
FAR_BACK_EACH_MINUTES = 10
"""A part of an hour. An older run, such as one of a long backfill, may pause or be lost for so much longer."""


@dataclass
class Reconciled:
    """How many runs were started, resumed after a step's pause, continued because something was lost, and handed over
    to be ended; and how many could not be looked after.
    """

    started: int = 0
    resumed: int = 0
    continued: int = 0
    overdue: int = 0
    failed: int = 0


def reconcile_runs(
    *,
    patience: Patience = PATIENCE,
    log: EventLog,
    publisher: Publisher,
    clock: Clock,
) -> Reconciled:
    """What was done. It keeps nothing: whatever it is told twice, or at the same time elsewhere, does no harm."""
    began = clock.now()
    done = Reconciled()
    days = OPEN_RUN_DAYS if began.minute % FAR_BACK_EACH_MINUTES == 0 else DAYS_EACH_TIME
    open_runs = log.list_open_runs(days=days)
    seldom = began - timedelta(days=DAYS_EACH_TIME)
    for each in runs_to_reconcile(open_runs, now=began, patience=patience, seldom=seldom):
        if clock.now() - began >= LOOK_AFTER_BUDGET:
            break
        try:
            for run in read_runs(each.tenant_id, [each.run_id], log=log):
                _look_after(run, done, patience, log=log, publisher=publisher, clock=clock)
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
    run: Run, done: Reconciled, patience: Patience, *, log: EventLog, publisher: Publisher, clock: Clock
) -> None:
    now = clock.now()
    if run.has_ended:
        return
    if run.is_overdue(now):
        # Whoever carries out any command of it finds that its time is up.
        publisher.publish(run.command(run.plan.steps[0]))
        done.overdue += 1
        return
    if run.status == "QUEUED":
        # Not all of the tenant's runs may have been listed: what is older holds its slots, too.
        if now - run.last_seen_at >= LOG_LAG and read_wait(run, log=log) is None:
            for command in run.next_commands(after=None):
                publisher.publish(command)
            done.started += 1
        return
    commands = commands_to_go_on(run, now=now, patience=patience)
    for command in commands:
        publisher.publish(command)
    if any(run.step(command.step_id).status != "RETRYING" for command in commands):
        done.continued += 1
    elif commands:
        done.resumed += 1
