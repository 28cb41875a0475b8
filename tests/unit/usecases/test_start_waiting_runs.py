"""Runs that wait for others of their tenant."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.errors import StepError
from shared.domain.event import BackfillPart, RunCancelled
from shared.domain.ids import run_id_for_key
from shared.domain.run import LOG_LAG, LONGEST_QUEUEING, Run
from shared.usecases.start_waiting_runs import start_waiting_runs
from tests.fakes.acme import CHAIN
from tests.fakes.clock import NOON
from tests.fakes.delivery import accept, cancel, deliver_all, execute, reconcile, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import accepted, with_limit

A_SECOND = timedelta(seconds=1)
BACKFILL = run_id_for_key(pipeline=CHAIN.pipeline_id, key="backfill", day=NOON.date())


def runs_one_after_the_other(world: MemoryWorld, count: int) -> list[Run]:
    """Runs that were accepted a second apart."""
    runs = []
    for _ in range(count):
        runs.append(start(world, CHAIN))
        world.clock.advance(A_SECOND)
    return runs


def waiting_for_delivery(world: MemoryWorld) -> list[str]:
    return [command.run_id for command in world.publisher.commands]


def end_with_success(world: MemoryWorld, run: Run) -> None:
    while run_of(world, run).status != "SUCCESS":
        execute(world, world.publisher.take(waiting_for_delivery(world).index(run.run_id)))


def end_with_failure(world: MemoryWorld, run: Run) -> None:
    world.reader.error = StepError("No file matches")
    execute(world, world.publisher.take(waiting_for_delivery(world).index(run.run_id)))
    world.reader.error = None


def end_with_cancel(world: MemoryWorld, run: Run) -> None:
    world.publisher.take(waiting_for_delivery(world).index(run.run_id))
    cancel(world, run)
    # What stops it, and starts nothing.
    execute(world, world.publisher.take(waiting_for_delivery(world).index(run.run_id)))


def cancelled(run: Run, world: MemoryWorld) -> RunCancelled:
    return RunCancelled(
        tenant_id=run.tenant_id,
        pipeline_id=run.pipeline_id,
        run_id=run.run_id,
        occurred_at=world.clock.now(),
        cancelled_by="key 12345678",
    )


def end_with_time_out(world: MemoryWorld, run: Run) -> None:
    world.clock.advance(LONGEST_QUEUEING - 3 * A_SECOND)
    execute(world, world.publisher.take(waiting_for_delivery(world).index(run.run_id)))


def test_a_run_beyond_the_limit_waits_and_says_for_what() -> None:
    world = memory_world(configs=with_limit(2))
    first, second = runs_one_after_the_other(world, 2)

    third = accept(world, CHAIN)

    assert third.run.status == "QUEUED"
    assert third.wait is not None
    assert third.wait.reason == "the tenant may have 2 runs under way at once; 2 go first"
    assert third.wait.run_ids == (first.run_id, second.run_id)
    assert waiting_for_delivery(world) == [first.run_id, second.run_id]


def test_a_run_within_the_limit_waits_for_nothing() -> None:
    world = memory_world(configs=with_limit(2))
    runs_one_after_the_other(world, 1)

    assert accept(world, CHAIN).wait is None


@pytest.mark.parametrize("end", [end_with_success, end_with_failure, end_with_cancel, end_with_time_out])
def test_a_waiting_run_starts_when_another_ends(end: Callable[[MemoryWorld, Run], None]) -> None:
    world = memory_world(configs=with_limit(2))
    first, second, third = runs_one_after_the_other(world, 3)

    end(world, first)

    assert run_of(world, first).has_ended
    assert waiting_for_delivery(world) == [second.run_id, third.run_id]


def test_a_run_that_goes_on_lets_nobody_start() -> None:
    world = memory_world(configs=with_limit(2))
    first, second, _ = runs_one_after_the_other(world, 3)

    execute(world, world.publisher.take())

    assert waiting_for_delivery(world) == [second.run_id, first.run_id]


def test_runs_start_in_the_order_in_which_they_were_accepted() -> None:
    world = memory_world(configs=with_limit(1))
    runs = runs_one_after_the_other(world, 4)

    deliver_all(world)

    ended = [event.run_id for event in world.log.events if event.event_type == "StepSucceeded"]
    assert [run_of(world, run).status for run in runs] == ["SUCCESS"] * 4
    assert ended == [run.run_id for run in runs for _ in range(3)]


def test_a_run_that_ended_makes_room_though_the_log_does_not_show_it_yet() -> None:
    world = memory_world()
    log = MemoryLog(world.clock, lag=timedelta(seconds=30))
    world = memory_world(clock=world.clock, log=log, configs=with_limit(1))
    (first,) = runs_one_after_the_other(world, 1)
    world.clock.advance(timedelta(seconds=30))
    (second,) = runs_one_after_the_other(world, 1)
    world.clock.advance(timedelta(seconds=30))

    end_with_success(world, first)

    assert waiting_for_delivery(world) == [second.run_id]


def test_a_delivery_after_the_end_leaves_the_waiting_run_to_the_reconciler() -> None:
    world = memory_world(configs=with_limit(1))
    first, second = runs_one_after_the_other(world, 2)
    command = world.publisher.take()
    world.reader.error = StepError("No file matches")
    execute(world, command)
    world.publisher.take()

    execute(world, command)
    before = waiting_for_delivery(world)
    world.clock.advance(LOG_LAG)
    reconcile(world)

    assert run_of(world, first).status == "FAILED"
    assert (before, waiting_for_delivery(world)) == ([], [second.run_id])


def test_asking_again_for_a_run_that_waits_does_not_start_it() -> None:
    world = memory_world(configs=with_limit(1))
    (first,) = runs_one_after_the_other(world, 1)
    asked = accept(world, CHAIN, key="monday")

    again = accept(world, CHAIN, key="monday")

    assert again == asked
    assert again.wait is not None
    assert waiting_for_delivery(world) == [first.run_id]


def test_asking_again_for_a_run_whose_turn_has_come_starts_it() -> None:
    world = memory_world(configs=with_limit(1))
    (first,) = runs_one_after_the_other(world, 1)
    run = start(world, CHAIN, key="monday")
    end_with_success(world, first)
    world.publisher.take()

    again = accept(world, CHAIN, key="monday")

    assert again.wait is None
    assert waiting_for_delivery(world) == [run.run_id]


def test_a_backfills_runs_let_all_others_pass() -> None:
    world = memory_world(configs=with_limit(1))
    (first,) = runs_one_after_the_other(world, 1)
    part = accepted(world, "part", backfill=BackfillPart(backfill_id=BACKFILL, concurrent_runs=1))
    world.clock.advance(A_SECOND)
    (last,) = runs_one_after_the_other(world, 1)

    end_with_success(world, first)
    others = waiting_for_delivery(world)
    end_with_success(world, last)

    assert others == [last.run_id]
    assert waiting_for_delivery(world) == [part.run_id]


def test_a_backfill_has_no_more_runs_under_way_than_it_asked_for() -> None:
    world = memory_world()
    backfill = BackfillPart(backfill_id=BACKFILL, concurrent_runs=2)
    parts = []
    for number in range(4):
        parts.append(accepted(world, f"part {number}", backfill=backfill))
        world.clock.advance(A_SECOND)
    for part in parts[:2]:
        for command in part.next_commands(after=None):
            world.publisher.publish(command)

    end_with_success(world, parts[0])

    assert waiting_for_delivery(world) == [parts[1].run_id, parts[2].run_id]


def test_as_many_runs_are_started_as_have_ended() -> None:
    world = memory_world(configs=with_limit(2))
    runs = runs_one_after_the_other(world, 5)

    started = start_waiting_runs(runs[:2], log=world.log, publisher=world.publisher)

    assert started == (runs[2].run_id, runs[3].run_id)
    assert waiting_for_delivery(world) == [run.run_id for run in runs[:4]]


def test_runs_that_end_at_the_same_time_leave_none_waiting() -> None:
    world = memory_world(configs=with_limit(2))
    first, second, third, fourth = runs_one_after_the_other(world, 4)
    for run in (first, second):
        world.publisher.take()
        world.log.append([cancelled(run, world)])

    for run in (first, second):
        start_waiting_runs([run_of(world, run)], log=world.log, publisher=world.publisher)

    assert set(waiting_for_delivery(world)) == {third.run_id, fourth.run_id}


@pytest.mark.slow
@pytest.mark.parametrize("copies", [1, 2])
def test_duplicates_do_not_breed_duplicates(copies: int) -> None:
    world = memory_world(configs=with_limit(3))
    runs = runs_one_after_the_other(world, 5)

    deliver_all(world, copies=copies)

    assert {run_of(world, run).status for run in runs} == {"SUCCESS"}


def test_a_run_that_was_cancelled_while_it_waited_is_passed_over() -> None:
    world = memory_world(configs=with_limit(1))
    first, second, third = runs_one_after_the_other(world, 3)
    cancel(world, second)
    execute(world, world.publisher.take(waiting_for_delivery(world).index(second.run_id)))

    end_with_success(world, first)

    assert waiting_for_delivery(world) == [third.run_id]
