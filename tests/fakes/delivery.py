"""Carrying commands from the topic to the executor, as often and in whatever order a test likes."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from pydantic import JsonValue

from shared.domain.command import RunStep, Stance
from shared.domain.errors import TransientError
from shared.domain.pipeline import Address
from shared.domain.reconciliation import Patience
from shared.domain.run import Run
from shared.ports import World
from shared.usecases.cancel_run import cancel_run
from shared.usecases.execute_step import execute_step
from shared.usecases.give_up_step import give_up_step
from shared.usecases.reconcile_runs import PATIENCE, Reconciled, reconcile_runs
from shared.usecases.rerun_run import Configuration, RerunFrom, rerun_run
from shared.usecases.start_run import Accepted, start_run
from shared.usecases.step_times import STEP_TIMES, StepTimes
from tests.fakes.runs import folded
from tests.fakes.world import MemoryWorld

_MOST_DELIVERIES = 500


def accept(
    world: World,
    address: Address,
    parameters: dict[str, JsonValue] | None = None,
    *,
    key: str | None = None,
) -> Accepted:
    """A run, as the API would accept it."""
    return start_run(
        address,
        parameters or {},
        trigger="api",
        triggered_by="key 12345678",
        key=key,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )


def start(
    world: World,
    address: Address,
    parameters: dict[str, JsonValue] | None = None,
    *,
    key: str | None = None,
) -> Run:
    """The run that was accepted."""
    return accept(world, address, parameters, key=key).run


def rerun(
    world: MemoryWorld,
    run: Run,
    *,
    start: RerunFrom = "failed",
    configuration: Configuration = "recorded",
    key: str | None = None,
    tenant_id: str = "acme",
) -> Run:
    """The run that was accepted to do an ended one again, or its rest, a second later."""
    world.clock.advance(timedelta(seconds=1))
    return rerun_run(
        run.run_id,
        start=start,
        configuration=configuration,
        tenant_id=tenant_id,
        trigger="api",
        triggered_by="key 12345678",
        key=key,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    ).run


def finished(world: MemoryWorld, run: Run) -> Run:
    """The run after all its commands were delivered."""
    deliver_all(world)
    return run_of(world, run)


def execute(
    world: World,
    command: RunStep,
    *,
    times: StepTimes = STEP_TIMES,
) -> Stance:
    """One delivery of one command."""
    return execute_step(
        command,
        times=times,
        log=world.log,
        publisher=world.publisher,
        warehouse=world.warehouse,
        reader=world.reader,
        clock=world.clock,
    ).stance


def give_up(world: World, command: RunStep) -> Stance:
    """The last delivery of a command, by the dead-letter subscription."""
    return give_up_step(
        command,
        log=world.log,
        publisher=world.publisher,
        warehouse=world.warehouse,
        reader=world.reader,
        clock=world.clock,
    ).stance


def cancel(world: World, run: Run, *, tenant_id: str = "acme") -> Run:
    """The run after somebody has cancelled it."""
    return cancel_run(
        run.run_id,
        tenant_id=tenant_id,
        cancelled_by="key 12345678",
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )


def reconcile(world: World, *, patience: Patience = PATIENCE) -> Reconciled:
    """One call of the reconciler."""
    return reconcile_runs(
        patience=patience,
        log=world.log,
        publisher=world.publisher,
        clock=world.clock,
    )


def deliver_all(
    world: MemoryWorld, *, copies: int = 1, choose: Callable[[Sequence[RunStep]], int] = lambda _: 0
) -> list[tuple[str, Stance]]:
    """Deliver until nothing is left; what came of each. `choose` picks the next, `copies` is how often it comes.

    A command that is not acknowledged comes again ten seconds later. What pauses is resumed when nothing else is left.
    """
    outcomes: list[tuple[str, Stance]] = []
    for _ in range(_MOST_DELIVERIES):
        waiting = world.publisher.commands or resumed(world)
        if not waiting:
            return outcomes
        command = world.publisher.take(choose(waiting))
        for _ in range(copies):
            try:
                outcomes.append((command.step_id, execute(world, command)))
            except TransientError:
                outcomes.append((command.step_id, Stance.WAIT))
                world.publisher.publish(command)
                world.clock.advance(timedelta(seconds=10))
    raise AssertionError(f"still not done after {_MOST_DELIVERIES} deliveries")


def resumed(world: MemoryWorld) -> list[RunStep]:
    """The commands that the reconciler publishes, ten seconds later, or once the next pause of a step is over."""
    pauses = [run.resume_at for run in world.log.list_open_runs() if run.resume_at]
    if pauses:
        world.clock.sleep(max(min(pauses) - world.clock.now(), timedelta(seconds=10)))
        reconcile(world)
    return world.publisher.commands


def run_of(world: MemoryWorld, run: Run) -> Run:
    """The run as everything that was appended about it says."""
    return folded(event for event in world.log.events if event.run_id == run.run_id)


def outline(run: Run) -> dict[str, object]:
    """The run without its times and its id, to compare with another's."""
    return {
        "status": run.status,
        "error": run.error_message,
        "totals": run.totals,
        "steps": [(step.id, step.status, step.attempt, step.error_message) for step in run.steps],
    }
