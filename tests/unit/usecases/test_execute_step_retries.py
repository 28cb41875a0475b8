"""Steps that are tried again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.command import RunStep, Stance
from shared.domain.errors import (
    AttemptError,
    ForbiddenError,
    GivenUpError,
    LostTurnError,
    StepError,
    TransientError,
    TransientKind,
)
from shared.domain.event import StepFailed, StepRetried, StepStarted
from shared.domain.job import JobHandle
from shared.domain.retry import TRANSIENT_KINDS, Pauses
from shared.domain.run import LOG_LAG
from shared.usecases.execute_step import LONGEST_WAIT
from shared.usecases.step_times import StepTimes
from tests.fakes.acme import CHAIN
from tests.fakes.clock import NOON
from tests.fakes.delivery import cancel, deliver_all, execute, give_up, reconcile, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import BusyWarehouse, failing, parts_of, with_step, with_timeout

BUSY = AttemptError("The table is busy", kind="conflict")


def retries(world: MemoryWorld) -> list[StepRetried]:
    return [event for event in world.log.events if isinstance(event, StepRetried)]


def test_a_job_that_failed_for_now_is_recorded_and_acknowledged_and_asked_for_again() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing(BUSY, "_1_1")))
    run = start(world, CHAIN)

    stance = execute(world, world.publisher.take())

    (retried,) = retries(world)
    again = NOON + timedelta(seconds=10)
    assert stance is Stance.WAIT
    assert (retried.attempt, retried.error_message, retried.retry_at) == (1, "The table is busy", again)
    assert run_of(world, run).steps[0].status == "RETRYING"
    [command] = world.publisher.commands
    assert execute(world, command) is Stance.DO
    assert world.clock.now() == again


def test_a_pause_that_no_call_waits_for_is_left_to_the_reconciler_until_it_is_over() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing(BUSY, "_1_1", "_1_2")))
    run = start(world, CHAIN)
    command = world.publisher.take()
    times = StepTimes(pauses=Pauses(timedelta(seconds=11)))

    execute(world, command, times=times)
    second = execute(world, world.publisher.take(), times=times)

    assert (second, world.publisher.commands) == (Stance.WAIT, [])
    [_, retried] = retries(world)
    assert retried.retry_at == world.clock.now() + timedelta(seconds=22)
    world.clock.advance(timedelta(seconds=1))
    before = execute(world, command)
    world.clock.advance(timedelta(seconds=20))
    waited = execute(world, command)
    assert (before, waited) == (Stance.WAIT, Stance.DO)
    assert run_of(world, run).steps[0].attempt == 3


def test_a_turn_that_was_lost_to_others_who_wrote_the_table_uses_up_no_attempt() -> None:
    lost = LostTurnError("Transaction is aborted due to concurrent update against table acme.raw_data")
    warehouse = MemoryWarehouse(failing(lost, "_1_1", "_1_2"))
    world = memory_world(warehouse=warehouse, configs=with_step("retry: {attempts: 1, on: [quota]}"))
    run = start(world, CHAIN)

    deliver_all(world)

    assert (run_of(world, run).status, run_of(world, run).steps[0].attempt) == ("SUCCESS", 3)
    assert [event.lost_turn for event in retries(world)] == [True, True]
    pauses = [event.retry_at - event.occurred_at for event in retries(world) if event.retry_at]
    assert timedelta(seconds=10) <= pauses[0] < timedelta(seconds=20) <= pauses[1] < timedelta(seconds=40)


@pytest.mark.parametrize(("number", "name"), [(1, "ingest_charges"), (2, "check"), (3, "daily")])
def test_the_next_attempt_has_a_job_of_its_own(number: int, name: str) -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing(BUSY, f"_{number}_1")))
    run = start(world, CHAIN)

    outcomes = deliver_all(world)

    assert [stance for step_id, stance in outcomes if step_id == name] == [Stance.WAIT, Stance.DO]
    assert f"_{number}_2" in parts_of(run, list(world.warehouse.effects))
    assert run_of(world, run).status == "SUCCESS"
    assert run_of(world, run).step(name).attempt == 2


def test_a_step_whose_attempts_are_used_up_fails_with_the_last_error() -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing(BUSY, "_1_")))
    run = start(world, CHAIN)

    deliver_all(world)

    assert parts_of(run, list(world.warehouse.jobs)) == ["_1_1", "_1_2", "_1_3"]
    assert run_of(world, run).status == "FAILED"
    assert run_of(world, run).error_message == "ingest_charges: The table is busy"
    assert [retried.attempt for retried in retries(world)] == [1, 2]


@pytest.mark.parametrize("line", ["retry: {attempts: 1}", "retry: {on: [rate_limit, unavailable]}"])
def test_a_step_that_may_not_be_tried_again_fails_at_once(line: str) -> None:
    world = memory_world(warehouse=MemoryWarehouse(failing(BUSY, "_1_1")), configs=with_step(line))
    run = start(world, CHAIN)

    assert execute(world, world.publisher.take()) is Stance.DO
    assert run_of(world, run).steps[0].error_message == "The table is busy"
    assert [step.status for step in run_of(world, run).steps] == ["FAILED", "SKIPPED", "SKIPPED"]


@pytest.mark.parametrize("kind", TRANSIENT_KINDS)
def test_a_step_is_tried_again_after_the_failures_that_it_names(kind: TransientKind) -> None:
    error = AttemptError("not now", kind=kind)
    world = memory_world(
        warehouse=MemoryWarehouse(failing(error, "_1_1")), configs=with_step(f"retry: {{on: [{kind}]}}")
    )
    run = start(world, CHAIN)

    deliver_all(world)

    assert run_of(world, run).status == "SUCCESS"


def test_a_source_that_failed_for_now_is_read_again_for_the_next_attempt() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.reader.error = TransientError("the API answered 503")
    execute(world, command)
    world.reader.error = None

    execute(world, command)

    assert world.warehouse.voided == {f"cdp_{run.run_id}_1_1"}
    assert list(world.warehouse.loaded) == [f"cdp_{run.run_id}_1_2"]


@pytest.mark.parametrize(("asked_seconds", "kept_seconds"), [(40, 40), (3600, 3600), (10**6, 3600)])
def test_a_pause_that_a_source_asks_for_is_kept_up_to_an_hour(asked_seconds: int, kept_seconds: int) -> None:
    world = memory_world(configs=with_timeout("2h"))
    start(world, CHAIN)
    command = world.publisher.take()
    world.reader.error = TransientError("429", kind="rate_limit", retry_after_seconds=asked_seconds)
    execute(world, command)
    world.reader.error = None

    world.clock.advance(timedelta(seconds=kept_seconds) - LONGEST_WAIT - timedelta(seconds=1))
    before = execute(world, command)
    world.clock.advance(timedelta(seconds=1))

    assert (before, execute(world, command)) == (Stance.WAIT, Stance.DO)
    assert world.clock.now() == NOON + timedelta(seconds=kept_seconds)
    assert len(retries(world)) == 1


@pytest.mark.parametrize("port", ["warehouse", "publisher"])
def test_a_call_that_fails_for_now_uses_up_no_attempt(port: str) -> None:
    world = memory_world(configs=with_step("retry: {attempts: 1}"))
    run = start(world, CHAIN)
    command = world.publisher.take()
    getattr(world, port).is_reachable = False
    for _ in range(5):
        with pytest.raises(TransientError):
            execute(world, command)
    getattr(world, port).is_reachable = True

    execute(world, command)

    assert run_of(world, run).steps[0].status == "SUCCESS"
    assert run_of(world, run).steps[0].attempt == 1
    assert retries(world) == []


def test_a_failure_recorded_twice_uses_up_one_attempt() -> None:
    world = memory_world()
    world = memory_world(
        clock=world.clock,
        log=MemoryLog(world.clock, lag=timedelta(seconds=30)),
        warehouse=MemoryWarehouse(failing(BUSY, "_1_1", "_1_2")),
    )
    run = start(world, CHAIN)
    command = world.publisher.take()
    for _ in range(2):
        execute(world, command)
    world.clock.advance(timedelta(seconds=30))

    execute(world, command)

    assert [retried.attempt for retried in retries(world)] == [1, 1, 2]
    assert parts_of(run, list(world.warehouse.jobs)) == ["_1_1", "_1_2"]


def test_an_attempt_that_was_given_up_for_a_reason_out_of_sight_does_not_fail_the_step() -> None:
    world = memory_world()
    log = MemoryLog(world.clock, lag=timedelta(seconds=30))
    world = memory_world(clock=world.clock, log=log, configs=with_step("retry: {on: [rate_limit]}"))
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.reader.error = TransientError("429", kind="rate_limit")
    execute(world, command)
    world.reader.error = None

    execute(world, command)
    world.clock.advance(timedelta(seconds=30))
    deliver_all(world)
    execute(world, command)

    assert [retried.error_message for retried in retries(world)] == ["429", "The attempt was given up"]
    assert not any(isinstance(event, StepFailed) for event in world.log.events)
    assert list(world.warehouse.loaded) == [f"cdp_{run.run_id}_1_2"]


def test_the_last_attempt_that_was_given_up_without_a_record_fails_the_step() -> None:
    world = memory_world(configs=with_step("retry: {attempts: 1}"))
    run = start(world, CHAIN)
    world.warehouse.void(JobHandle(tenant_id="acme", job_id=f"cdp_{run.run_id}_1_1", location="US"))

    execute(world, world.publisher.take())

    assert run_of(world, run).error_message == "ingest_charges: The attempt was given up"
    assert world.warehouse.effects == {}


def test_a_job_that_somebody_stopped_is_tried_again_when_a_cancel_would_be_in_sight() -> None:
    world = memory_world(
        warehouse=MemoryWarehouse(failing(AttemptError("Job was stopped", kind="stopped"), "_1_1"))
    )
    start(world, CHAIN)
    command = world.publisher.take()
    execute(world, command)

    world.clock.advance(LOG_LAG - LONGEST_WAIT - timedelta(seconds=1))
    before = execute(world, command)
    world.clock.advance(timedelta(seconds=1))

    assert (before, execute(world, command)) == (Stance.WAIT, Stance.DO)
    assert world.clock.now() == NOON + LOG_LAG


def test_a_delivery_that_comes_back_late_does_not_try_a_step_again_that_has_failed() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)

    def fail_elsewhere() -> None:
        started = next(event for event in world.log.events if isinstance(event, StepStarted))
        fields = {name: getattr(started, name) for name in type(started).model_fields if name != "event_type"}
        world.log.append([StepFailed(**fields, error_message="No file matches")])
        raise GivenUpError

    warehouse.before_wait.append(fail_elsewhere)

    execute(world, world.publisher.take())

    assert retries(world) == []
    assert run_of(world, run).steps[0].error_message == "No file matches"


def test_a_step_does_not_fail_while_google_refuses_to_tell_of_its_job() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    command = world.publisher.take()

    def refuse() -> None:
        raise ForbiddenError("Google refused to wait for job")

    warehouse.before_wait.append(refuse)

    assert execute(world, command) is Stance.WAIT

    assert run_of(world, run).steps[0].status == "RUNNING"
    assert execute(world, command) is Stance.DO
    assert run_of(world, run).steps[0].status == "SUCCESS"
    assert len(world.warehouse.loaded) == 1


@pytest.mark.parametrize("error", [StepError("Not found: Table x"), ForbiddenError("Google refused")])
def test_a_job_that_was_refused_cannot_be_submitted_by_a_late_delivery(error: Exception) -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)

    def refuse() -> None:
        raise error

    warehouse.before_submit.append(refuse)

    execute(world, world.publisher.take())

    assert run_of(world, run).steps[0].error_message == str(error)
    assert parts_of(run, list(world.warehouse.voided)) == ["_1_1"]


class RefusedWarehouse(MemoryWarehouse):
    """Google refuses the tenant whatever is asked as its account, because that was disabled."""

    def __getattribute__(self, name: str) -> object:
        if name in {"require_table", "submit", "find", "wait", "cancel", "void"}:
            raise ForbiddenError("Google refused it")
        return super().__getattribute__(name)


@pytest.mark.parametrize("call", [execute, give_up])
def test_a_tenant_whom_google_refuses_everything_holds_up_nobody(
    call: Callable[[MemoryWorld, RunStep], Stance],
) -> None:
    world = memory_world(warehouse=RefusedWarehouse())
    run = start(world, CHAIN)

    stance = call(world, world.publisher.take())

    assert (stance, world.publisher.commands) == (Stance.WAIT, [])
    assert run_of(world, run).steps[0].status == "RUNNING"
    world.clock.advance(timedelta(minutes=2))
    assert reconcile(world).continued == 1


@pytest.mark.slow
def test_a_cancelled_run_whose_jobs_google_does_not_let_stop_is_tried_for_an_hour() -> None:
    world = memory_world(warehouse=RefusedWarehouse())
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    cancel(world, run)

    outcomes = deliver_all(world)

    assert outcomes == [("ingest_charges", Stance.WAIT)] * 181
    assert world.clock.now() == NOON + timedelta(hours=1)
