"""Steps and runs that take too long."""

from contextlib import suppress
from datetime import timedelta

import pytest

from shared.domain.command import RunStep, Stance
from shared.domain.errors import AttemptError, ForbiddenError, NotYetError, StepError, TransientError
from shared.domain.event import RunTimedOut, StepFailed
from shared.domain.ids import JobId
from shared.domain.job import JobHandle
from shared.domain.run import Run
from shared.steps.attempt import attempt_at
from tests.fakes.acme import CHAIN
from tests.fakes.clock import NOON
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, execute, run_of, start
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.wire import CutError, Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import (
    PIPELINE,
    BusyWarehouse,
    failing,
    parts_of,
    with_step,
    with_timeout,
)

A_MINUTE = timedelta(seconds=60)
TOO_LONG = "took longer than its timeout of 60 s"


class UnstoppableWarehouse(MemoryWarehouse):
    """A warehouse that takes jobs, but none back."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.error = error

    def void(self, handle: JobHandle) -> bool:
        if self.error is not None:
            raise self.error
        return super().void(handle)


def a_minute_to_ingest(mode: str) -> MemoryConfigs:
    """The tenant's files, where the chain's ingest step has a timeout and this mode."""
    files = with_step("timeout: 60s").folder.files
    text = files[PIPELINE].replace("mode: append", f"mode: {mode}")
    text = text.replace("    rules: quality", "    rules: quality\n    scope: pipeline")
    return MemoryConfigs({**files, PIPELINE: text, "acme/transforms/daily.sql": "SELECT 1 AS usage_date"})


def world_with_a_running_job(configs: MemoryConfigs) -> tuple[MemoryWorld, Run, RunStep]:
    """A world whose first job goes on for longer than the call that submitted it, and the command to go on with."""
    world = memory_world(configs=configs)
    run = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_1_1"))
    assert execute(world, world.publisher.take()) is Stance.WAIT
    return world, run, world.publisher.take()


def test_a_step_past_its_timeout_is_stopped_and_fails() -> None:
    world, run, command = world_with_a_running_job(with_step("timeout: 60s"))
    world.clock.advance(A_MINUTE)

    stance = execute(world, command)

    ended = run_of(world, run)
    assert stance is Stance.DO
    assert ended.error_message == f"ingest_charges: {TOO_LONG}"
    assert [step.status for step in ended.steps] == ["FAILED", "SKIPPED", "SKIPPED"]
    assert (world.warehouse.running, world.warehouse.effects) == (set(), {})
    assert world.publisher.commands == []


def test_a_step_before_its_timeout_goes_on() -> None:
    world, run, command = world_with_a_running_job(with_step("timeout: 60s"))
    world.clock.advance(A_MINUTE - timedelta(seconds=1))

    assert execute(world, command) is Stance.WAIT
    assert world.warehouse.running == {f"cdp_{run.run_id}_1_1"}


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_job_that_succeeds_at_the_last_moment_counts(mode: str) -> None:
    world, run, command = world_with_a_running_job(a_minute_to_ingest(mode))
    world.warehouse.running.clear()
    world.clock.advance(A_MINUTE)

    assert execute(world, command) is Stance.DO
    assert run_of(world, run).steps[0].status == "SUCCESS"
    assert [command.step_id for command in world.publisher.commands] == ["check"]


@pytest.mark.parametrize(("mode", "calls_before"), [("append", 3), ("replace", 6)])
def test_a_step_whose_worker_died_before_its_job_reads_no_source_once_it_is_overdue(
    mode: str, calls_before: int
) -> None:
    world = memory_world(configs=a_minute_to_ingest(mode))
    run = start(world, CHAIN)
    command = world.publisher.take()
    with pytest.raises(CutError, match=r"after reader\.read"):
        execute(watched(world, Wire(cut_after=calls_before)), command)
    world.reader.error = StepError("the source was read")
    world.clock.advance(A_MINUTE)

    execute(world, command)

    assert run_of(world, run).steps[0].error_message == TOO_LONG
    assert "_1_1" in parts_of(run, list(world.warehouse.voided))
    assert world.warehouse.loaded == {}


def test_a_steps_timeout_counts_from_its_first_start_over_all_attempts() -> None:
    busy = AttemptError("The table is busy", kind="conflict")
    world = memory_world(warehouse=MemoryWarehouse(failing(busy, "_1_1")), configs=with_step("timeout: 60s"))
    run = start(world, CHAIN)
    command = world.publisher.take()
    execute(world, command)
    world.clock.advance(A_MINUTE)

    execute(world, command)

    assert run_of(world, run).steps[0].error_message == TOO_LONG
    assert world.warehouse.effects == {}


def test_an_overdue_step_that_cannot_be_stopped_does_not_fail_yet() -> None:
    world, run, command = world_with_a_running_job(with_step("timeout: 60s"))
    world.clock.advance(A_MINUTE)
    world.warehouse.is_reachable = False

    with pytest.raises(TransientError):
        execute(world, command)

    assert not any(isinstance(event, StepFailed) for event in world.log.events)
    assert run_of(world, run).status == "RUNNING"


@pytest.mark.parametrize(
    ("configs", "seconds"),
    [
        (with_step("timeout: 60s"), 60),
        (with_timeout("5m"), 300),
        (with_timeout("6h"), 500),
        (with_step("timeout: 20m"), 500),
    ],
)
def test_a_job_is_waited_for_no_longer_than_the_call_the_step_and_the_run_may_take(
    configs: MemoryConfigs, seconds: int
) -> None:
    warehouse = BusyWarehouse()
    world = memory_world(configs=configs, warehouse=warehouse)
    start(world, CHAIN)

    execute(world, world.publisher.take())

    assert warehouse.untils == [NOON + timedelta(seconds=seconds)]


def test_a_run_past_its_timeout_ends_and_its_jobs_are_stopped() -> None:
    world, run, command = world_with_a_running_job(with_timeout("60s"))
    world.clock.advance(A_MINUTE)

    stance = execute(world, command)

    ended = run_of(world, run)
    assert stance is Stance.SKIP
    assert (ended.status, ended.error_message) == ("FAILED", TOO_LONG)
    assert [step.status for step in ended.steps] == ["CANCELLED", "CANCELLED", "CANCELLED"]
    assert (world.warehouse.running, world.warehouse.effects) == (set(), {})
    assert world.publisher.commands == []


def test_a_run_past_its_timeout_starts_no_later_step() -> None:
    world = memory_world(configs=with_timeout("60s"))
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    world.clock.advance(A_MINUTE)

    outcomes = deliver_all(world)

    assert outcomes == [("check", Stance.SKIP)]
    assert run_of(world, run).error_message == TOO_LONG
    assert parts_of(run, list(world.warehouse.jobs)) == ["_1_1"]
    assert parts_of(run, list(world.warehouse.voided)) == ["_2_1"]


def test_the_time_a_run_waited_in_the_queue_is_not_its_own() -> None:
    world = memory_world(configs=with_timeout("60s"))
    run = start(world, CHAIN)
    world.clock.advance(timedelta(days=1))

    deliver_all(world)

    assert run_of(world, run).status == "SUCCESS"


def test_a_run_whose_jobs_cannot_be_stopped_has_not_ended() -> None:
    world, _, command = world_with_a_running_job(with_timeout("60s"))
    world.clock.advance(A_MINUTE)
    world.warehouse.is_reachable = False

    with pytest.raises(TransientError):
        execute(world, command)

    assert not any(isinstance(event, RunTimedOut) for event in world.log.events)


def test_a_run_that_times_out_twice_does_so_once() -> None:
    world, run, command = world_with_a_running_job(with_timeout("60s"))
    world.clock.advance(A_MINUTE)
    execute(world, command)

    execute(world, command)

    assert len([event for event in world.log.events if isinstance(event, RunTimedOut)]) == 1
    assert run_of(world, run).completed_at == NOON + A_MINUTE


@pytest.mark.parametrize(
    "error", [TransientError("out of reach"), ForbiddenError("Google refused to take it")]
)
def test_a_run_whose_jobs_cannot_be_stopped_for_a_day_is_ended_nevertheless(error: Exception) -> None:
    world = memory_world(warehouse=UnstoppableWarehouse(error))
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    command = world.publisher.take()
    world.clock.advance(timedelta(hours=25) - timedelta(seconds=1))

    with suppress(TransientError):
        execute(world, command)
    before = run_of(world, run).status
    world.clock.advance(timedelta(seconds=1))
    with suppress(TransientError):
        execute(world, command)

    assert (before, run_of(world, run).status) == ("RUNNING", "FAILED")
    assert run_of(world, run).error_message == "took longer than its timeout of 3600 s"


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_run_whose_jobs_may_not_be_stopped_yet_is_acknowledged_until_they_may(is_cancelled: bool) -> None:
    warehouse = UnstoppableWarehouse(NotYetError("a grant is on its way", retry_after_seconds=20))
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.log.append([attempt_at(run, run.plan.steps[0], now=NOON, until=NOON).started()])
    if is_cancelled:
        cancel(world, run)
        command = world.publisher.take()
    else:
        world.clock.advance(timedelta(hours=1))
    began_at = world.clock.now()

    for _ in range(3):
        assert execute(world, command) in {Stance.WAIT, Stance.SKIP}
        command = world.publisher.take()
    waited = world.clock.now() - began_at
    warehouse.error = None
    execute(world, command)

    assert waited == 3 * timedelta(seconds=20)
    assert JobId(f"cdp_{run.run_id}_1_1") in warehouse.voided
    assert run_of(world, run).status == ("CANCELLED" if is_cancelled else "FAILED")
