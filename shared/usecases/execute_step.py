"""One command, carried out at most once however often it is delivered."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.command import RunStep, Stance
from shared.domain.errors import (
    InvalidError,
    NotYetError,
    StillRunningError,
)
from shared.domain.event import RunQueued, StepStarted
from shared.domain.fold import extended, fold
from shared.domain.plan import PlannedStep
from shared.domain.planning import require_step
from shared.domain.run import Run
from shared.ports import Clock, EventLog, Publisher, Reader, Warehouse
from shared.steps.attempt import Attempt, attempt_at
from shared.steps.stop import stop
from shared.steps.watch import WatchTimes, is_read
from shared.usecases.start_waiting_runs import start_waiting_runs
from shared.usecases.tell_run_end import tell_run_end
from shared.usecases.time_out_run import time_out_run
from shared.usecases.try_step import try_step

CALL_BUDGET = timedelta(seconds=500)
"""How long one call waits for jobs. A push is answered within 600 s or delivered again (Pub/Sub's longest deadline)."""
READING = WatchTimes()


@dataclass(frozen=True)
class Handled:
    """What was made of a command, and the run as it is after it."""

    stance: Stance
    run: Run


def execute_step(
    command: RunStep,
    *,
    budget: timedelta = CALL_BUDGET,
    reading: WatchTimes = READING,
    log: EventLog,
    publisher: Publisher,
    warehouse: Warehouse,
    reader: Reader,
    clock: Clock,
) -> Handled:
    """Do what the command says unless the facts have moved on, then publish whatever is ready.

    Publishing comes last, also when there was nothing to do: an earlier delivery may have died before it. A job that
    outlasts the budget goes on, and the command is published again. Raises TransientError when it should be delivered
    again, such as while another delivery reads the source, InvalidError when it makes no sense.
    """
    run, step = load_commanded(command, log=log)
    now = clock.now()
    if is_overdue := run.is_overdue(now):
        run = time_out_run(run, log=log, warehouse=warehouse, clock=clock)
    stance = run.stance(step, now=now)
    if stance is Stance.WAIT:
        raise NotYetError(f"Step '{step.id}' can't start yet")
    if stance is Stance.DO:
        attempt = attempt_at(run, step, now=now, until=now + budget)
        run, attempt = _begun(run, attempt, reading, log=log, warehouse=warehouse)
        try:
            run = try_step(
                run, attempt, times=reading, log=log, warehouse=warehouse, reader=reader, clock=clock
            )
        except StillRunningError:
            if not _is_followed(attempt, log=log):
                publisher.publish(run.command(step))
            return Handled(Stance.WAIT, run)
    elif run.was_stopped and step in run.live_steps:
        # Whoever ended the run leaves this to its commands, and may not have seen that the step had started.
        stop(attempt_at(run, step, now=now, until=now), warehouse=warehouse)
    go_on(run, after=step, has_done=is_overdue or stance is Stance.DO, log=log, publisher=publisher)
    return Handled(stance, run)


def load_commanded(command: RunStep, *, log: EventLog) -> tuple[Run, PlannedStep]:
    """The run and the step that a command is about. Raises InvalidError for a command that makes no sense."""
    if not command.is_of_one_run:
        raise InvalidError("The command's facts are not those of its run", code="invalid_command")
    seen = log.read(command.tenant_id, [command.run_id])
    told = command.facts
    if any(isinstance(event, RunQueued) for event in seen):
        # Asked for in two ways at once, a run is accepted twice. What the log shows of it counts.
        told = tuple(fact for fact in told if not isinstance(fact, RunQueued))
    run = fold([*seen, *told])
    if run is None:
        raise InvalidError("The command says nothing of how its run was accepted", code="invalid_command")
    return run, require_step(run.plan.step(command.step_id), command.step_id)


def go_on(run: Run, *, after: PlannedStep, has_done: bool, log: EventLog, publisher: Publisher) -> None:
    """Publish what is ready now that the step has ended, and what waited for the run's end if it was done just now."""
    for command in run.next_commands(after=after.id):
        publisher.publish(command)
    if has_done and run.has_ended:
        tell_run_end(run)
    if has_done and run.has_ended and run.is_limited:
        start_waiting_runs([run], log=log, publisher=publisher)


def _begun(
    run: Run, attempt: Attempt, reading: WatchTimes, *, log: EventLog, warehouse: Warehouse
) -> tuple[Run, Attempt]:
    _require_no_reader(run, attempt, alive_since=attempt.now - reading.lost_after, warehouse=warehouse)
    started = [attempt.started()]
    log.append(started)
    run = extended(run, started)
    # A deadline that has passed is no reason to hurry: then the jobs are being stopped.
    deadlines = [deadline for deadline in (run.deadline, run.step_deadline(attempt.step)) if deadline]
    until = min([attempt.until, *(deadline for deadline in deadlines if deadline > attempt.now)])
    return run, replace(attempt, until=until)


def _require_no_reader(run: Run, attempt: Attempt, *, alive_since: datetime, warehouse: Warehouse) -> None:
    """Raise NotYetError while another delivery reads the attempt's source, unless the step's time is up."""
    is_overdue = run.is_step_overdue(attempt.step, attempt.now)
    if is_overdue or not attempt.reads or not is_read(run, attempt, alive_since=alive_since):
        return
    if warehouse.find(attempt.first_load) is None:
        raise NotYetError(f"Another delivery reads the source of step '{attempt.step.id}'")


def _is_followed(attempt: Attempt, *, log: EventLog) -> bool:
    """Whether a later delivery waits for the same job: then it will see to what follows, and this one need not."""
    return any(
        isinstance(event, StepStarted)
        and event.step_id == attempt.step.id
        and event.occurred_at > attempt.now
        for event in log.read(attempt.plan.tenant_id, [attempt.run_id])
    )
