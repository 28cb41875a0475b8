"""Cancelling a backfill, and reading one back."""

from datetime import timedelta

import pytest

from shared.domain.errors import ConflictError, NotFoundError
from shared.domain.event import RunCancelled
from shared.domain.ids import JobId
from shared.usecases.read_backfill import read_backfill
from tests.fakes.acme import CHAIN, FILES, GRAPH, ROWS_BY_PATH
from tests.fakes.backfills import backfill, cancel, runs_of
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel as cancel_run
from tests.fakes.delivery import deliver_all, execute, run_of, start
from tests.fakes.wire import CutError, Wire, watched
from tests.fakes.world import memory_world


def test_all_runs_that_have_not_ended_are_cancelled_at_once() -> None:
    world, wire = memory_world(), Wire()
    made = backfill(world, concurrent_runs=1)
    for _ in range(3):
        execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))

    cancelled = cancel(watched(world, wire), made.backfill_id)
    deliver_all(world)

    assert cancelled.status == "CANCELLED"
    assert [run.status for run in runs_of(world, made)] == ["SUCCESS", "CANCELLED", "CANCELLED"]
    assert wire.count("log", "append") == 1


def test_jobs_under_way_are_stopped_and_what_may_have_been_published_starts_none() -> None:
    world = memory_world()
    made = backfill(world)
    first, second, _ = (run.run_id for run in runs_of(world, made))
    world.warehouse.running.add(JobId(f"cdp_{first}_1_1"))
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))

    cancel(world, made.backfill_id)
    deliver_all(world)

    assert world.warehouse.running == set()
    assert f"cdp_{second}_1_1" in world.warehouse.voided
    assert world.warehouse.effects == {}


def test_of_the_many_that_wait_only_the_next_ones_are_stopped_one_by_one() -> None:
    world, wire = memory_world(), Wire()
    made = backfill(world, "2025-01-01/2025-02-28", concurrent_runs=3)
    world.clock.advance(timedelta(seconds=1))

    cancelled = cancel(watched(world, wire), made.backfill_id)

    assert {chunk.status for chunk in cancelled.chunks} == {"CANCELLED"}
    assert wire.count("publisher", "publish") == 6


def test_cancelling_again_records_nothing_and_stops_again_what_may_have_begun() -> None:
    world, wire = memory_world(), Wire()
    made = backfill(world, "2025-01-01/2025-02-28", concurrent_runs=1)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1))
    first = cancel(world, made.backfill_id)

    again = cancel(watched(world, wire), made.backfill_id)

    assert again == first
    assert sum(isinstance(event, RunCancelled) for event in world.log.events) == 59
    assert wire.count("publisher", "publish") == 3


def test_what_a_call_that_died_did_not_stop_is_stopped_by_the_next() -> None:
    world = memory_world()
    made = backfill(world, concurrent_runs=1)
    first, second, third = runs_of(world, made)
    for run in (first, second):
        world.clock.advance(timedelta(seconds=1))
        cancel_run(world, run)
    world.clock.advance(timedelta(seconds=1))
    with pytest.raises(CutError):
        cancel(watched(world, Wire(cut_after=2)), made.backfill_id)

    cancel(world, made.backfill_id)
    deliver_all(world)

    assert f"cdp_{third.run_id}_1_1" in world.warehouse.voided


def test_runs_of_the_tenant_that_waited_are_started() -> None:
    files = {**FILES, "acme/tenant.yml": "display_name: Acme\nlimits: {concurrent_runs: 1}\n"}
    world = memory_world(configs=MemoryConfigs(files))
    made = backfill(world)
    execute(world, world.publisher.take())
    other = start(world, GRAPH)
    world.clock.advance(timedelta(seconds=1))

    cancel(world, made.backfill_id)
    deliver_all(world)

    assert run_of(world, other).status == "SUCCESS"


def test_a_backfill_that_has_ended_is_not_cancelled() -> None:
    world = memory_world()
    made = backfill(world)
    deliver_all(world)

    with pytest.raises(ConflictError, match=r"^The backfill has ended: SUCCESS$") as caught:
        cancel(world, made.backfill_id)

    assert caught.value.code == "backfill_ended"


def test_another_tenants_backfill_looks_like_one_that_never_was() -> None:
    world = memory_world()
    made = backfill(world)

    for backfill_id in (made.backfill_id, start(world, CHAIN).run_id, "nonsense"):
        with pytest.raises(NotFoundError, match=r"^Backfill not found$"):
            read_backfill(backfill_id, tenant_id="umbrella", log=world.log)
        with pytest.raises(NotFoundError, match=r"^Backfill not found$"):
            cancel(world, backfill_id, tenant_id="umbrella")

    assert {run.status for run in runs_of(world, made)} == {"QUEUED"}


def test_a_backfill_is_read_with_its_sums() -> None:
    world = memory_world()
    made = backfill(world)
    deliver_all(world)

    found = read_backfill(made.backfill_id, tenant_id="acme", log=world.log)

    assert (found.status, found.completed_at is None) == ("SUCCESS", False)
    assert found.totals.rows_ingested == 3 * len(ROWS_BY_PATH["charges.csv"])
