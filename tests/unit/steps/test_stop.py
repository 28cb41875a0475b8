"""Stopping attempts."""

from datetime import timedelta

from shared.domain.errors import AttemptError
from shared.domain.fold import extended
from shared.domain.ids import JobId
from shared.domain.retry import Pauses
from shared.domain.run import Run
from shared.steps.attempt import attempt_at
from shared.steps.stop import stop_live_steps
from tests.fakes.acme import CHAIN, GRAPH
from tests.fakes.clock import NOON
from tests.fakes.delivery import execute, run_of, start
from tests.fakes.world import MemoryWorld, memory_world


def stop_all(world: MemoryWorld, run: Run) -> None:
    stop_live_steps(run_of(world, run), now=NOON, warehouse=world.warehouse)


def test_what_was_not_submitted_yet_cannot_be_submitted_any_more() -> None:
    world = memory_world()
    run = start(world, GRAPH)

    stop_all(world, run)

    assert world.warehouse.voided == {f"cdp_{run.run_id}_1_1", f"cdp_{run.run_id}_2_1"}


def test_what_runs_is_stopped_and_what_is_done_stays() -> None:
    world = memory_world()
    run = start(world, GRAPH)
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_2_1"))
    execute(world, world.publisher.take(0))
    execute(world, world.publisher.take(0))

    stop_all(world, run)

    assert list(world.warehouse.effects) == [f"cdp_{run.run_id}_1_1"]
    assert world.warehouse.running == set()


def test_steps_whose_needs_have_not_succeeded_are_left_alone() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    stop_all(world, run)

    assert world.warehouse.voided == {f"cdp_{run.run_id}_1_1"}


def test_stopping_again_changes_nothing() -> None:
    world = memory_world()
    run = start(world, GRAPH)
    execute(world, world.publisher.take(0))
    stop_all(world, run)
    before = (dict(world.warehouse.effects), set(world.warehouse.voided))
    world.clock.advance(timedelta(minutes=1))

    stop_all(world, run)

    assert (dict(world.warehouse.effects), world.warehouse.voided) == before


def test_the_attempt_that_is_stopped_is_the_current_one() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    first = attempt_at(run, run.plan.steps[0], now=NOON, until=NOON)
    retried = extended(run, [first.retried(AttemptError("no answer"), now=NOON, pauses=Pauses())])

    stop_live_steps(retried, now=NOON, warehouse=world.warehouse)

    assert world.warehouse.voided == {f"cdp_{run.run_id}_1_2"}
