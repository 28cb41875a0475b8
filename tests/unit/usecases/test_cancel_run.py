"""Cancelling a run."""

from datetime import timedelta

import pytest

from shared.domain.errors import ConflictError, NotFoundError
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import cancel, deliver_all, execute, run_of, start
from tests.fakes.wire import Wire, watched
from tests.fakes.world import memory_world


def test_a_queued_run_is_cancelled_with_the_fewest_calls() -> None:
    world, wire = memory_world(), Wire()
    run = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=1))

    cancelled = cancel(watched(world, wire), run)

    assert cancelled.status == "CANCELLED"
    assert cancelled == run_of(world, run)
    assert wire.calls == [("log", "read"), ("log", "append"), ("warehouse", "void")]


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
    assert world.publisher.commands == []


def test_another_tenants_run_is_not_found() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    with pytest.raises(NotFoundError, match=r"^Run not found$"):
        cancel(world, run, tenant_id="umbrella")

    assert run_of(world, run).status == "QUEUED"
