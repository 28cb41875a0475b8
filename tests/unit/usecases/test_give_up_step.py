"""Commands that were delivered as often as they may be."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.domain.command import RunStep, Stance
from shared.domain.errors import InvalidError, TransientError
from shared.domain.event import Event, RunQueued, StepFailed
from shared.domain.ids import JobId, RunId
from tests.fakes.acme import CHAIN, GRAPH
from tests.fakes.clock import SetClock
from tests.fakes.delivery import cancel, deliver_all, execute, give_up, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import BusyWarehouse, parts_of


class FlakyPublisher(MemoryPublisher):
    """A topic that is out of reach for the next calls."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0

    def publish(self, command: RunStep) -> None:
        if self.failures:
            self.failures -= 1
            raise TransientError("Could not publish a command: the topic is out of reach")
        super().publish(command)


class CatchingUpLog(MemoryLog):
    """A log that shows everything from the second read on."""

    has_been_read = False

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        if self.has_been_read:
            return [event for event in self.events if event.run_id in run_ids]
        self.has_been_read = True
        return super().read(tenant_id, run_ids, known=known)


class BreakingLog(MemoryLog):
    """A log whose next append breaks, once it is told so."""

    is_broken = False

    def append(self, events: Sequence[Event]) -> None:
        if self.is_broken:
            self.is_broken = False
            raise KeyError("a row's contents")
        super().append(events)


def fail() -> None:
    raise TransientError("BigQuery answers 503")


def failures(world: MemoryWorld) -> list[str]:
    return [event.error_message for event in world.log.events if isinstance(event, StepFailed)]


def test_what_succeeds_on_the_last_try_goes_on_as_always() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    assert give_up(world, world.publisher.take()) is Stance.DO
    deliver_all(world)

    assert run_of(world, run).status == "SUCCESS"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_still_cannot_be_carried_out_fails_with_the_last_error(number: int) -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    for _ in range(number - 1):
        execute(world, world.publisher.take())
    warehouse.before_submit.append(fail)

    assert give_up(world, world.publisher.take()) is Stance.DO

    ended = run_of(world, run)
    assert ended.status == "FAILED"
    assert ended.steps[number - 1].error_message == "BigQuery answers 503"
    assert {step.status for step in ended.steps[number:]} <= {"SKIPPED"}
    assert parts_of(run, list(world.warehouse.voided)) == [f"_{number}_1"]
    assert world.publisher.commands == []


def test_a_step_that_failed_so_leaves_the_other_branches() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, GRAPH)
    warehouse.before_submit.append(fail)

    give_up(world, world.publisher.take(1))
    deliver_all(world)

    assert [(step.id, step.status) for step in run_of(world, run).steps] == [
        ("ingest_charges", "SUCCESS"),
        ("ingest_credits", "FAILED"),
        ("daily", "SKIPPED"),
        ("check", "SUCCESS"),
    ]


def test_a_delivery_that_comes_after_that_cannot_have_an_effect() -> None:
    clock, warehouse = SetClock(), BusyWarehouse()
    world = memory_world(clock=clock, log=MemoryLog(clock, lag=timedelta(hours=1)), warehouse=warehouse)
    start(world, CHAIN)
    command = world.publisher.take()
    warehouse.before_submit.append(fail)
    give_up(world, command)

    execute(world, command)

    assert world.warehouse.effects == {}


def test_a_step_whose_job_is_there_does_not_fail_but_is_tried_again() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    warehouse.before_wait.append(fail)

    command = world.publisher.take()

    with pytest.raises(TransientError, match="BigQuery answers 503"):
        give_up(world, command)

    assert failures(world) == []
    assert give_up(world, command) is Stance.DO
    deliver_all(world)
    assert run_of(world, run).status == "SUCCESS"
    assert len(world.warehouse.loaded) == 1


def test_an_attempt_that_failed_for_now_is_followed_by_the_next() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.reader.error = TransientError("the API answered 503")

    stance = give_up(world, world.publisher.take())

    assert stance is Stance.WAIT
    assert failures(world) == []
    assert run_of(world, run).steps[0].status == "RETRYING"
    assert [command.step_id for command in world.publisher.commands] == ["ingest_charges"]


def test_a_pause_that_a_source_asked_for_does_not_fail_the_step() -> None:
    world = memory_world()
    start(world, CHAIN)
    command = world.publisher.take()
    world.reader.error = TransientError("429", retry_after_seconds=600)
    give_up(world, command)

    stance = give_up(world, command)

    assert (stance, failures(world), world.publisher.commands) == (Stance.WAIT, [], [])


def test_a_job_that_goes_on_is_waited_for_by_one_more_command() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_1_1"))

    assert give_up(world, world.publisher.take()) is Stance.WAIT
    assert len(world.publisher.commands) == 1


def test_a_join_whose_other_branch_is_out_of_sight_does_not_fail() -> None:
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(seconds=30)))
    start(world, GRAPH)
    execute(world, world.publisher.take(0))
    execute(world, world.publisher.take(0))
    daily = next(command for command in world.publisher.commands if command.step_id == "daily")

    assert give_up(world, daily) is Stance.WAIT
    assert failures(world) == []


def test_a_step_whose_needs_come_into_sight_meanwhile_is_done() -> None:
    world = memory_world()
    start(world, GRAPH)
    execute(world, world.publisher.take(0))
    execute(world, world.publisher.take(0))
    daily = next(command for command in world.publisher.commands if command.step_id == "daily")
    log = CatchingUpLog(world.clock, lag=timedelta(seconds=20))
    log.append(world.log.events)

    assert give_up(memory_world(clock=world.clock, log=log, publisher=world.publisher), daily) is Stance.DO
    assert not any(isinstance(event, StepFailed) for event in log.events)


def test_a_step_that_ended_is_followed_by_the_next_though_that_could_not_be_published_at_once() -> None:
    publisher = FlakyPublisher()
    world = memory_world(publisher=publisher)
    start(world, CHAIN)
    command = world.publisher.take()
    publisher.failures = 1

    assert give_up(world, command) is Stance.SKIP
    assert [command.step_id for command in world.publisher.commands] == ["check"]


@pytest.mark.parametrize("port", ["warehouse", "publisher"])
def test_what_cannot_even_be_given_up_is_delivered_again(port: str) -> None:
    world = memory_world()
    run = start(world, CHAIN)
    command = world.publisher.take()
    getattr(world, port).is_reachable = False

    with pytest.raises(TransientError):
        give_up(world, command)

    assert failures(world) == []
    getattr(world, port).is_reachable = True
    give_up(world, command)
    deliver_all(world)
    assert run_of(world, run).status == "SUCCESS"


def test_a_cancelled_run_stays_cancelled() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    cancel(world, run)

    assert give_up(world, world.publisher.take()) is Stance.SKIP
    assert run_of(world, run).status == "CANCELLED"
    assert failures(world) == []


def test_a_command_that_makes_no_sense_is_refused() -> None:
    world = memory_world()
    start(world, CHAIN)
    command = world.publisher.take().model_copy(update={"step_id": "none"})

    with pytest.raises(InvalidError):
        give_up(world, command)


def test_what_nobody_foresaw_ends_the_step_and_tells_no_contents() -> None:
    clock = SetClock()
    log = BreakingLog(clock)
    world = memory_world(clock=clock, log=log)
    run = start(world, CHAIN)
    log.is_broken = True

    assert give_up(world, world.publisher.take()) is Stance.DO

    assert run_of(world, run).error_message == "ingest_charges: unexpected KeyError"
    assert f"cdp_{run.run_id}_1_1" in world.warehouse.voided
