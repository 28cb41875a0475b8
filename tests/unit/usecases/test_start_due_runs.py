"""Starting what is due."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.errors import NotYetError
from shared.domain.pipeline import Address, Recipe
from shared.domain.schedule import ScheduledPipeline, schedule_key
from shared.usecases.start_due_runs import START_BUDGET, Due, start_due_runs
from shared.usecases.start_run import start_run
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.clock import SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.runs import sole_acceptance
from tests.fakes.world import MemoryWorld, memory_world

SIX = datetime(2025, 11, 15, 6, tzinfo=UTC)


class Scheduled(MemoryConfigs):
    """The tenant's files with these schedules, each read of which takes its time."""

    def __init__(self, *schedules: ScheduledPipeline, clock: SetClock, takes: timedelta) -> None:
        super().__init__(FILES)
        self._schedules, self._clock, self._takes = schedules, clock, takes

    def load_schedules(self) -> tuple[ScheduledPipeline, ...]:
        return self._schedules

    def load_recipe(self, address: Address) -> Recipe:
        self._clock.advance(self._takes)
        return super().load_recipe(address)


def at_six(address: Address, *, cron: str = "0 6 * * *") -> ScheduledPipeline:
    return ScheduledPipeline(
        job=address.pipeline_id,
        tenant=address.tenant_id,
        provider=address.provider,
        domain=address.domain,
        pipeline=address.pipeline,
        cron=cron,
        timezone="Etc/UTC",
    )


def world_with(
    *schedules: ScheduledPipeline, takes: timedelta = timedelta(0), publisher: MemoryPublisher | None = None
) -> MemoryWorld:
    clock = SetClock(SIX)
    return memory_world(
        clock=clock,
        configs=Scheduled(*schedules, clock=clock, takes=takes),
        publisher=publisher or MemoryPublisher(),
    )


def tick(world: MemoryWorld, minute: datetime = SIX) -> Due:
    return start_due_runs(
        minute,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )


def test_what_is_due_is_started_and_nothing_else() -> None:
    world = world_with(at_six(CHAIN), at_six(GRAPH, cron="1 6 * * *"))

    assert tick(world) == Due(started=1)

    queued = sole_acceptance(world.log.events)
    assert (queued.pipeline_id, queued.trigger) == (CHAIN.pipeline_id, "schedule")
    assert queued.triggered_by == f"schedule {CHAIN.pipeline_id}"
    assert [command.run_id for command in world.publisher.commands] == [queued.run_id]


def test_a_minute_that_is_asked_for_twice_starts_nothing_twice() -> None:
    world = world_with(at_six(CHAIN))

    tick(world)
    world.clock.advance(timedelta(minutes=3))
    tick(world)

    assert len(world.log.events) == 1


def test_the_run_is_the_one_that_a_job_of_its_own_would_have_started() -> None:
    world = world_with(at_six(CHAIN))
    tick(world)
    key = schedule_key(CHAIN.pipeline_id, SIX, now=SIX)

    own = start_run(
        CHAIN,
        {},
        trigger="schedule",
        triggered_by="schedule",
        key=key.text,
        key_day=key.day,
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )

    assert [event.run_id for event in world.log.events] == [own.run.run_id]


def test_one_that_cannot_be_run_does_not_keep_the_others_from_starting() -> None:
    nowhere = CHAIN.model_copy(update={"pipeline": "nowhere"})
    stranger = CHAIN.model_copy(update={"tenant_id": "stranger"})
    world = world_with(at_six(nowhere), at_six(stranger), at_six(CHAIN))

    assert tick(world) == Due(started=1, refused=2)


def test_one_that_cannot_be_run_just_now_is_started_when_it_is_asked_for_again() -> None:
    publisher = MemoryPublisher()
    publisher.is_reachable = False
    world = world_with(at_six(CHAIN), publisher=publisher)

    before = tick(world)
    publisher.is_reachable = True
    after = tick(world)

    assert (before, after) == (Due(delayed=1), Due(started=1))
    assert len(world.log.events) == 1


def test_what_nobody_foresaw_ends_for_one_pipeline_only() -> None:
    class Broken(Scheduled):
        def load_recipe(self, address: Address) -> Recipe:
            if address == CHAIN:
                raise RuntimeError("a row of theirs")
            return super().load_recipe(address)

    clock = SetClock(SIX)
    configs = Broken(at_six(CHAIN), at_six(GRAPH), clock=clock, takes=timedelta(0))

    assert tick(memory_world(clock=clock, configs=configs)) == Due(started=1, delayed=1)


def test_a_call_whose_time_is_up_leaves_the_rest_to_the_next_one() -> None:
    world = world_with(at_six(CHAIN), at_six(GRAPH), takes=START_BUDGET)

    with pytest.raises(NotYetError, match="More pipelines are due"):
        tick(world)

    assert tick(world) == Due(started=2)
    assert len(world.log.events) == 2
