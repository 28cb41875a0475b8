"""Accepting a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.errors import InvalidError, NotFoundError, NotYetError, TransientError
from shared.domain.event import RunCancelled
from shared.domain.ids import run_date
from shared.domain.pipeline import Address, Recipe
from shared.domain.run import LOG_LAG
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.backfills import backfill
from tests.fakes.clock import BEFORE_MIDNIGHT, NOON, SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.runs import acceptances
from tests.fakes.tables import MemoryTables
from tests.fakes.wire import Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import with_limit


def test_a_run_is_recorded_before_anything_is_published() -> None:
    world, wire = memory_world(), Wire()

    run = start(watched(world, wire), CHAIN)

    assert run.status == "QUEUED"
    assert wire.calls == [
        ("tables", "dataset_location"),
        ("configs", "load_recipe"),
        ("log", "append"),
        ("publisher", "publish"),
    ]
    assert [command.step_id for command in world.publisher.commands] == ["ingest_charges"]
    assert run_date(run.run_id) == world.clock.now().date()


def test_a_run_of_a_tenant_with_a_limit_looks_once_whether_it_has_to_wait() -> None:
    world, wire = memory_world(configs=with_limit(1)), Wire()

    start(watched(world, wire), CHAIN)

    assert wire.calls[-3:] == [("log", "append"), ("log", "list_open_runs"), ("publisher", "publish")]


def test_every_step_that_needs_nothing_is_published() -> None:
    world = memory_world()

    start(world, GRAPH)

    assert [command.step_id for command in world.publisher.commands] == ["ingest_charges", "ingest_credits"]


def test_a_command_carries_the_facts_so_far() -> None:
    world = memory_world()

    run = start(world, CHAIN)

    (command,) = world.publisher.commands
    assert command.facts == run.facts == tuple(world.log.events)


def test_a_tenant_without_a_dataset_is_not_found() -> None:
    world = memory_world(tables=MemoryTables())

    with pytest.raises(NotFoundError, match=r"^Tenant not found$"):
        start(world, CHAIN)

    assert world.log.events == []


def test_a_tenant_whose_folder_is_gone_is_not_found_whatever_the_key() -> None:
    world = memory_world(configs=MemoryConfigs(FILES))
    start(world, CHAIN, key="monday")
    published = list(world.publisher.commands)
    gone = replace(world, configs=MemoryConfigs({}))

    for key in ("monday", "tuesday", None):
        with pytest.raises(NotFoundError):
            start(gone, CHAIN, key=key)

    assert (len(world.log.events), world.publisher.commands) == (1, published)


def test_a_folder_with_mistakes_in_it_is_there() -> None:
    world = memory_world()
    first = start(world, CHAIN, key="monday")
    wrong = replace(world, configs=MemoryConfigs({**FILES, "acme/tenant.yml": "display_nam: Acme\n"}))

    assert start(wrong, CHAIN, key="monday").run_id == first.run_id


def test_a_tenant_whose_dataset_is_elsewhere_than_its_file_says_is_refused() -> None:
    world = memory_world()
    world.tables.locations["acme"] = "europe-west1"

    with pytest.raises(InvalidError, match="says location US, but dataset acme is in europe-west1") as caught:
        start(world, CHAIN)

    assert caught.value.code == "invalid_configuration"
    assert (world.log.events, world.publisher.commands) == ([], [])


def test_a_location_may_be_written_in_either_case() -> None:
    world = memory_world()
    world.tables.locations["acme"] = "us"

    assert start(world, CHAIN).plan.location == "US"


def test_a_pipeline_without_a_file_is_not_found() -> None:
    world = memory_world()

    with pytest.raises(NotFoundError, match=r"^Pipeline not found$"):
        start(world, Address(tenant_id="acme", provider="demo", domain="cost", pipeline="none"))

    assert world.log.events == []


def test_wrong_parameters_leave_no_trace() -> None:
    world = memory_world()

    with pytest.raises(InvalidError) as caught:
        start(world, CHAIN, {"days": "tomorrow", "speed": 9})

    assert [problem.pointer for problem in caught.value.problems] == ["/parameters/speed", "/parameters/days"]
    assert world.log.events == []
    assert world.publisher.commands == []


def test_a_wrong_configuration_leaves_no_trace() -> None:
    files = {**FILES, "acme/transforms/daily.sql": "SELECT * FROM metadata.api_keys"}
    world = memory_world(configs=MemoryConfigs(files))

    with pytest.raises(InvalidError, match=r"names 'metadata.api_keys'"):
        start(world, CHAIN)

    assert world.log.events == []


@pytest.mark.parametrize("hours_later", [0, 1, 12, 35])
def test_a_key_used_today_or_yesterday_names_the_same_run(hours_later: int) -> None:
    world = memory_world()
    first = start(world, CHAIN, key="monday")
    world.clock.advance(timedelta(hours=hours_later))

    again = start(world, CHAIN, key="monday")

    assert again == first
    assert len(world.log.events) == 1


def test_a_key_used_the_day_before_yesterday_names_another_run() -> None:
    world = memory_world()
    first = start(world, CHAIN, key="monday")
    world.clock.advance(timedelta(days=2))

    again = start(world, CHAIN, key="monday")

    assert again.run_id != first.run_id


def test_the_plan_of_a_key_stays_what_it_was_when_the_key_was_first_used() -> None:
    configs = MemoryConfigs(FILES)
    world = memory_world(configs=configs)
    first = start(world, CHAIN, key="monday")
    world.clock.advance(timedelta(hours=13))
    configs.folder.files["acme/transforms/daily.sql"] = "SELECT 1 AS usage_date"

    again = start(world, CHAIN, key="monday")

    assert again.plan == first.plan


def test_a_key_used_with_other_parameters_is_refused() -> None:
    world = memory_world()
    start(world, CHAIN, key="monday")

    with pytest.raises(InvalidError) as caught:
        start(world, CHAIN, {"days": "last_7_days"}, key="monday")

    assert caught.value.code == "idempotency_key_reused"
    assert len(world.log.events) == 1


def test_a_key_means_another_run_for_another_pipeline() -> None:
    world = memory_world()

    assert start(world, CHAIN, key="monday").run_id != start(world, GRAPH, key="monday").run_id


def test_a_repeated_request_publishes_again_as_long_as_nothing_has_been_seen_of_the_first_steps() -> None:
    world = memory_world()
    start(world, CHAIN, key="monday")
    world.publisher.take()

    start(world, CHAIN, key="monday")

    assert [command.step_id for command in world.publisher.commands] == ["ingest_charges"]


def test_a_repeated_request_publishes_nothing_once_the_run_is_under_way() -> None:
    world = memory_world()
    start(world, CHAIN, key="monday")
    deliver_all(world)

    again = start(world, CHAIN, key="monday")

    assert again.status == "SUCCESS"
    assert world.publisher.commands == []


def test_a_repeated_request_does_not_revive_a_cancelled_run() -> None:
    world = memory_world()
    run = start(world, CHAIN, key="monday")
    world.publisher.take()
    cancel(world, run)
    world.publisher.take()

    again = start(world, CHAIN, key="monday")

    assert again.status == "CANCELLED"
    assert world.publisher.commands == []


def test_two_requests_with_one_key_are_one_run_even_where_the_log_lags() -> None:
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(minutes=1)))
    first = start(world, CHAIN, key="monday")

    second = start(world, CHAIN, key="monday")
    deliver_all(world)

    assert second.run_id == first.run_id
    assert run_of(world, first).status == "SUCCESS"
    assert len(world.warehouse.jobs) == 3


def test_a_key_is_not_taken_for_unused_while_the_log_may_not_show_that_it_was_used_yesterday() -> None:
    clock = SetClock(BEFORE_MIDNIGHT)
    world = memory_world(clock=clock, log=MemoryLog(clock, lag=LOG_LAG))
    first = start(world, CHAIN, key="monday")
    clock.advance(timedelta(seconds=4))

    with pytest.raises(NotYetError, match="try again in a minute") as caught:
        start(world, CHAIN, key="monday")
    clock.advance(timedelta(seconds=caught.value.retry_after_seconds or 0))
    again = start(world, CHAIN, key="monday")

    assert caught.value.retry_after_seconds == 58
    assert again.run_id == first.run_id
    assert len(world.log.events) == 1


def test_right_after_midnight_a_key_that_is_known_is_answered_and_so_is_a_request_without_any() -> None:
    world = memory_world(clock=SetClock(BEFORE_MIDNIGHT))
    first = start(world, CHAIN, key="monday")
    world.clock.advance(timedelta(seconds=4))

    assert start(world, CHAIN, key="monday").run_id == first.run_id
    assert start(world, CHAIN).run_id != first.run_id


def test_a_request_that_could_not_publish_succeeds_when_it_is_repeated() -> None:
    world = memory_world()
    world.publisher.is_reachable = False
    with pytest.raises(TransientError):
        start(world, CHAIN, key="monday")
    world.publisher.is_reachable = True

    run = start(world, CHAIN, key="monday")
    deliver_all(world)

    assert run_of(world, run).status == "SUCCESS"
    assert not any(isinstance(event, RunCancelled) for event in world.log.events)


@pytest.mark.parametrize("ask", [lambda world: start(world, CHAIN), backfill])
def test_a_run_is_accepted_when_its_plan_is_made(ask: Callable[[MemoryWorld], object]) -> None:
    class SlowConfigs(MemoryConfigs):
        def load_recipe(self, address: Address) -> Recipe:
            world.clock.advance(timedelta(seconds=5))
            return super().load_recipe(address)

    world = memory_world(configs=SlowConfigs(FILES))

    ask(world)

    [queued, *_] = acceptances(world.log.events)
    assert queued.occurred_at == NOON + timedelta(seconds=5)
