"""Cancelling a run."""

from datetime import timedelta

import pytest

from shared.domain.command import Stance
from shared.domain.errors import ConflictError, NotFoundError, TransientError
from shared.domain.event import RunCancelled
from shared.domain.ids import JobId
from shared.domain.run import LONGEST_QUEUEING, Run
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import cancel, deliver_all, execute, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.wire import Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import BusyWarehouse


def cancel_and_stop(world: MemoryWorld, run: Run, *, at: int = 0) -> None:
    """Cancel the run and deliver the command that has it stopped, the one at that place."""
    cancel(world, run)
    execute(world, world.publisher.take(at))


def test_a_queued_run_is_cancelled_with_the_fewest_calls() -> None:
    world, wire = memory_world(), Wire()
    run = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=1))

    cancelled = cancel(watched(world, wire), run)

    assert cancelled.status == "CANCELLED"
    assert cancelled == run_of(world, run)
    assert wire.calls == [("log", "read"), ("log", "append"), ("publisher", "publish")]


def test_cancelling_a_cancelled_run_changes_nothing() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=1))
    first = cancel(world, run)
    world.clock.advance(timedelta(seconds=1))

    assert cancel(world, run) == first
    assert len(world.log.events) == 2


def test_a_run_that_has_ended_cannot_be_cancelled() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    deliver_all(world)

    with pytest.raises(ConflictError, match=r"^The run has ended: SUCCESS$") as caught:
        cancel(world, run)

    assert (caught.value.code, caught.value.run_id) == ("run_ended", run.run_id)


def test_a_step_that_has_started_may_still_succeed_and_the_run_stays_cancelled() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.clock.advance(timedelta(seconds=1))
    cancel(world, run)
    world.clock.advance(timedelta(seconds=1))

    execute(world, command)

    assert run_of(world, run).status == "CANCELLED"
    assert deliver_all(world) == [("ingest_charges", Stance.SKIP)]


def test_another_tenants_run_is_not_found() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    with pytest.raises(NotFoundError, match=r"^Run not found$"):
        cancel(world, run, tenant_id="umbrella")

    assert run_of(world, run).status == "QUEUED"


def test_a_running_job_is_stopped_and_its_step_ends_without_a_record() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_1_1"))
    warehouse.before_wait.append(lambda: cancel_and_stop(world, run))

    stance = execute(world, world.publisher.take())

    assert stance is Stance.DO
    assert [type(event).__name__ for event in world.log.events] == [
        "RunQueued",
        "StepStarted",
        "RunCancelled",
    ]
    assert (world.warehouse.running, world.warehouse.effects) == (set(), {})
    assert run_of(world, run).status == "CANCELLED"
    assert world.publisher.commands == []


def test_a_job_that_was_not_submitted_yet_never_will_be() -> None:
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(seconds=30)))
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.clock.advance(timedelta(seconds=30))
    cancel_and_stop(world, run)

    assert execute(world, command) is Stance.WAIT
    world.clock.advance(timedelta(seconds=30))

    assert execute(world, command) is Stance.SKIP
    assert world.warehouse.effects == {}
    assert run_of(world, run).status == "CANCELLED"


def test_cancelling_again_stops_what_could_not_be_stopped_at_first() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_1_1"))
    execute(world, world.publisher.take())
    world.publisher.take()
    world.publisher.is_reachable = False
    with pytest.raises(TransientError):
        cancel(world, run)
    world.publisher.is_reachable = True

    again = cancel(world, run)
    deliver_all(world)

    assert again.status == "CANCELLED"
    assert world.warehouse.running == set()
    assert len([event for event in world.log.events if isinstance(event, RunCancelled)]) == 1


def test_a_job_that_is_done_keeps_its_effect_and_its_step_its_success() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    warehouse.before_wait.append(lambda: cancel(world, run))
    world.clock.advance(timedelta(seconds=1))

    outcomes = deliver_all(world)

    assert outcomes == [
        ("ingest_charges", Stance.DO),
        ("ingest_charges", Stance.SKIP),
        ("check", Stance.SKIP),
    ]
    assert [step.status for step in run_of(world, run).steps] == ["SUCCESS", "CANCELLED", "CANCELLED"]
    assert run_of(world, run).status == "CANCELLED"


def test_a_run_that_timed_out_cannot_be_cancelled() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.clock.advance(LONGEST_QUEUEING)
    execute(world, world.publisher.take())

    with pytest.raises(ConflictError, match=r"^The run has ended: FAILED$"):
        cancel(world, run)


def test_a_step_that_had_started_out_of_the_cancellers_sight_is_stopped_by_its_own_command() -> None:
    world = memory_world()
    log = MemoryLog(world.clock, lag=timedelta(seconds=30))
    world = memory_world(clock=world.clock, log=log)
    run = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=30))
    execute(world, world.publisher.take())
    check = world.publisher.take()
    job_id = JobId(f"cdp_{run.run_id}_2_1")
    world.warehouse.running.add(job_id)
    execute(world, check)
    cancel_and_stop(world, run, at=1)
    assert job_id in world.warehouse.running
    world.clock.advance(timedelta(seconds=30))

    stance = execute(world, world.publisher.take())

    assert stance is Stance.SKIP
    assert job_id not in world.warehouse.running
    assert job_id not in world.warehouse.effects
