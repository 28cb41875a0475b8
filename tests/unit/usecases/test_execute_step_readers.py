"""Steps that read a source for long: who reads, how it is ended, and what a second delivery does meanwhile."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from pydantic import JsonValue

from shared.domain.command import RunStep, Stance
from shared.domain.errors import InvalidError, NotYetError, TransientError
from shared.domain.event import ReadingContinued, RunTimedOut, StepFailed, StepRetried, StepStarted
from shared.domain.run import Run
from tests.fakes.acme import CHAIN, CHARGES
from tests.fakes.clock import NOON, SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, execute, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.reader import MemoryReader
from tests.fakes.runs import sole_acceptance
from tests.fakes.wire import CutError, Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.test_execute_step_timeouts import a_minute_to_ingest
from tests.unit.usecases.worlds import BusyWarehouse, parts_of, with_step, with_timeout

A_SECOND = timedelta(seconds=1)
MOST_ROWS = 10_000


class SlowReader(MemoryReader):
    """An API with a row a second and no end, unless `rows` says how many; `acts` happen once so many were asked for."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__({})
        self.rows = MOST_ROWS
        self.asked = 0
        self.acts: dict[int, Callable[[], object]] = {}
        self._clock = clock

    def read(
        self, *_: object, look: Callable[[], None] = lambda: None, **__: object
    ) -> Iterator[dict[str, JsonValue]]:
        given = 0
        while given < self.rows:
            self._clock.advance(A_SECOND)
            self.asked += 1
            self.acts.pop(self.asked, lambda: None)()
            look()
            given += 1
            yield CHARGES[0]


class SlowWorld:
    """A world with such a reader, a run in it, and the command of its first step."""

    def __init__(self, configs: MemoryConfigs | None = None, *, lag: int = 0) -> None:
        clock = SetClock()
        self.reader = SlowReader(clock)
        self.log = MemoryLog(clock, lag=timedelta(seconds=lag))
        self.warehouse = BusyWarehouse()
        self.world: MemoryWorld = memory_world(
            clock=clock,
            reader=self.reader,
            log=self.log,
            warehouse=self.warehouse,
            configs=configs or with_timeout("3h"),
        )
        self.run: Run = start(self.world, CHAIN)
        self.command: RunStep = self.world.publisher.take()

    @property
    def ended(self) -> Run:
        return run_of(self.world, self.run)

    @property
    def signs(self) -> list[float]:
        """How many seconds after noon a reader showed itself."""
        found = [
            event for event in self.log.events if isinstance(event, ReadingContinued) and not event.is_over
        ]
        return [(event.occurred_at - NOON).total_seconds() for event in found]

    def cancelled(self) -> None:
        cancel(self.world, self.run)

    def cancelled_and_stopped(self) -> None:
        self.cancelled()
        execute(self.world, self.world.publisher.take())


def test_a_short_read_costs_no_call_but_those_that_it_needs() -> None:
    world = memory_world()
    start(world, CHAIN)
    wire = Wire()

    execute(watched(world, wire), world.publisher.take())

    assert wire.calls == [
        ("log", "read"),
        ("log", "append"),
        ("warehouse", "require_table"),
        ("reader", "read"),
        ("warehouse", "submit"),
        ("warehouse", "wait"),
        ("log", "append"),
        ("publisher", "publish"),
    ]


def test_a_long_read_shows_itself_every_twenty_seconds() -> None:
    slow = SlowWorld()
    slow.reader.rows = 70

    assert execute(slow.world, slow.command) is Stance.DO

    assert slow.signs == [20, 40, 60]
    assert slow.ended.steps[0].metrics.rows_out == 70


def test_a_cancelled_run_is_read_for_no_more_than_five_seconds_once_its_jobs_are_stopped() -> None:
    slow = SlowWorld()
    slow.reader.acts[31] = slow.cancelled_and_stopped

    execute(slow.world, slow.command)

    assert slow.reader.asked == 35
    assert slow.ended.status == "CANCELLED"
    assert slow.warehouse.jobs == {}
    assert parts_of(slow.run, list(slow.warehouse.voided)) == ["_1_1"]


def test_a_cancelled_run_whose_stop_is_delayed_is_read_until_the_log_is_looked_at() -> None:
    slow = SlowWorld()
    slow.reader.acts[31] = slow.cancelled

    execute(slow.world, slow.command)

    assert slow.reader.asked == 40
    assert slow.ended.status == "CANCELLED"
    assert parts_of(slow.run, list(slow.warehouse.voided)) == ["_1_1"]


def test_a_read_ends_once_the_log_shows_that_the_run_was_accepted_before_with_another_plan() -> None:
    slow = SlowWorld()
    queued = sole_acceptance(slow.command.facts)
    renamed = queued.plan.steps[0].model_copy(update={"id": "ingest_others"})
    other = queued.model_copy(
        update={
            "occurred_at": NOON - A_SECOND,
            "request_hash": "other",
            "plan": queued.plan.model_copy(update={"steps": (renamed,)}),
        }
    )
    slow.reader.acts[31] = lambda: slow.log.append([other])

    assert execute(slow.world, slow.command) is Stance.WAIT
    with pytest.raises(InvalidError, match="ingest_charges"):
        execute(slow.world, slow.command)

    assert slow.reader.asked == 40
    assert [command.step_id for command in slow.world.publisher.commands] == ["ingest_charges"]
    assert (slow.warehouse.jobs, slow.warehouse.voided) == ({}, set())
    assert not [event for event in slow.log.events if isinstance(event, StepFailed | StepRetried)]


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_read_past_its_steps_timeout_ends_and_the_step_fails(mode: str) -> None:
    slow = SlowWorld(a_minute_to_ingest(mode))

    assert execute(slow.world, slow.command) is Stance.DO

    assert slow.reader.asked == 60
    assert slow.ended.error_message == "ingest_charges: took longer than its timeout of 60 s"
    assert slow.warehouse.loaded == {}
    assert slow.world.publisher.commands == []


def test_a_read_past_its_runs_timeout_ends_and_so_does_the_run() -> None:
    slow = SlowWorld(with_timeout("5m"))

    execute(slow.world, slow.command)

    assert slow.reader.asked == 300
    assert (slow.ended.status, slow.ended.error_message) == (
        "FAILED",
        "took longer than its timeout of 300 s",
    )
    assert [step.status for step in slow.ended.steps] == ["CANCELLED"] * 3
    assert len([event for event in slow.log.events if isinstance(event, RunTimedOut)]) == 1


def test_a_read_that_no_call_can_end_fails_for_good_and_says_what_to_do() -> None:
    slow = SlowWorld()

    execute(slow.world, slow.command)

    assert slow.reader.asked == 3500
    assert slow.ended.error_message == (
        "ingest_charges: reading the source took longer than the 3,500 s that one call may take, and no later "
        "call goes on where it ended; have the source asked for less than it gives of one day of 'days', or put "
        "the data into a BigQuery table: a source of type bigquery has no such limit"
    )


def test_a_second_delivery_waits_while_the_first_one_reads() -> None:
    slow = SlowWorld()
    slow.reader.rows = 300

    stances = list[Stance]()
    slow.reader.acts = dict.fromkeys((2, 100, 299), lambda: stances.append(execute(slow.world, slow.command)))

    execute(slow.world, slow.command)

    assert stances == [Stance.WAIT] * 3
    assert slow.reader.asked == 300
    assert len([event for event in slow.log.events if isinstance(event, StepStarted)]) == 1
    assert slow.ended.steps[0].status == "SUCCESS"


def test_a_reader_that_died_is_taken_over_once_it_was_silent_for_two_minutes() -> None:
    slow = SlowWorld()
    slow.reader.acts[50] = die

    with pytest.raises(CutError):
        execute(slow.world, slow.command)
    slow.reader.rows = 3
    slow.world.clock.advance(timedelta(seconds=110))
    before = execute(slow.world, slow.command)
    slow.world.clock.advance(A_SECOND)

    assert (before, slow.world.publisher.commands) == (Stance.WAIT, [])
    assert execute(slow.world, slow.command) is Stance.DO
    assert slow.signs == [20, 40]
    assert slow.ended.steps[0].metrics.rows_out == 3


def test_a_delivery_that_could_not_go_on_says_so_and_the_next_one_reads_at_once() -> None:
    slow = SlowWorld()
    slow.reader.rows = 30
    slow.warehouse.before_submit.append(fail)

    with pytest.raises(TransientError, match="BigQuery answers 503"):
        execute(slow.world, slow.command)

    assert execute(slow.world, slow.command) is Stance.DO
    assert slow.reader.asked == 60
    assert len(slow.warehouse.loaded) == 1


def test_a_source_that_may_not_be_read_yet_uses_up_no_attempt() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    command = world.publisher.take()

    world.reader.error = NotYetError("a grant is on its way", retry_after_seconds=20)
    for _ in range(5):
        assert execute(world, command) is Stance.WAIT
        command = world.publisher.take()
    world.reader.error = None

    assert execute(world, command) is Stance.DO
    assert world.clock.now() == NOON + timedelta(seconds=5 * 20)
    step = run_of(world, run).steps[0]
    assert (step.status, step.attempt) == ("SUCCESS", 1)


def test_of_two_that_began_unseen_by_each_other_the_later_one_stops() -> None:
    slow = SlowWorld(lag=10)

    def deliver_again() -> None:
        assert execute(slow.world, slow.command) is Stance.WAIT
        stopped_at.append(slow.reader.asked)

    slow.reader.acts[5] = deliver_again
    slow.reader.rows, stopped_at = 60, list[int]()

    assert execute(slow.world, slow.command) is Stance.DO

    assert stopped_at == [5 + 20]
    assert [command.step_id for command in slow.world.publisher.commands] == ["ingest_charges", "check"]
    assert slow.ended.steps[0].status == "SUCCESS"
    assert len(slow.warehouse.loaded) == 1


def test_a_delivery_that_finds_the_rows_loaded_by_another_reads_no_further() -> None:
    slow = SlowWorld()

    def load_beside() -> None:
        beside = memory_world(
            clock=slow.world.clock, log=MemoryLog(slow.world.clock), warehouse=slow.warehouse
        )
        execute(beside, slow.command)

    slow.reader.acts[12] = load_beside

    assert execute(slow.world, slow.command) is Stance.DO
    assert slow.reader.asked == 15
    assert slow.ended.steps[0].metrics.rows_out == len(CHARGES)


def test_a_reader_that_sees_nothing_for_a_while_reads_on() -> None:
    slow = SlowWorld()
    slow.reader.rows = 200
    slow.reader.acts = {21: lambda: out_of_reach(slow), 130: lambda: within_reach(slow)}

    assert execute(slow.world, slow.command) is Stance.DO
    assert slow.ended.steps[0].metrics.rows_out == 200


def test_a_reader_that_sees_nothing_for_two_minutes_stops_without_using_up_its_attempt() -> None:
    slow = SlowWorld()
    slow.reader.acts[21] = lambda: out_of_reach(slow)

    with pytest.raises(NotYetError, match="Could not see whether the source is still to be read"):
        execute(slow.world, slow.command)

    assert slow.reader.asked == 145
    assert not any(isinstance(event, StepFailed | StepRetried) for event in slow.log.events)


def test_an_attempt_that_another_one_followed_is_read_no_further() -> None:
    slow = SlowWorld(with_step("retry: {attempts: 2}"))

    def fail_beside() -> None:
        beside = memory_world(clock=slow.world.clock, log=slow.log, warehouse=slow.warehouse)
        beside.reader.error = TransientError("503")
        slow.world.clock.advance(timedelta(seconds=150))
        assert execute(beside, slow.command) is Stance.WAIT

    slow.reader.acts[12] = fail_beside

    assert execute(slow.world, slow.command) is Stance.WAIT

    assert slow.reader.asked == 12
    assert slow.warehouse.jobs == {}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_nobody_foresaw_fails_the_step_at_once(number: int) -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    for _ in range(number - 1):
        execute(world, world.publisher.take())
    warehouse.before_submit.append(break_down)

    assert execute(world, world.publisher.take()) is Stance.DO

    failed = run_of(world, run).steps[number - 1]
    assert failed.status == "FAILED"
    assert str(failed.error_message).endswith(f" tells more under error_id cdp_{run.run_id}_{number}_1")
    assert parts_of(run, list(warehouse.voided)) == [f"_{number}_1"]
    assert deliver_all(world) == []


def test_what_nobody_foresaw_while_rows_are_read_names_the_row() -> None:
    slow = SlowWorld()
    slow.reader.acts[8] = break_down

    execute(slow.world, slow.command)

    assert str(slow.ended.steps[0].error_message).startswith(
        "something broke that nobody foresaw (after 7 rows); the executor's log tells more"
    )
    assert "hunter2" not in repr(slow.log.events)


def test_what_nobody_foresaw_fails_no_step_whose_job_runs() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    command = world.publisher.take()
    warehouse.before_wait.append(break_down)

    with pytest.raises(KeyError):
        execute(world, command)
    assert not any(isinstance(event, StepFailed) for event in world.log.events)

    assert execute(world, command) is Stance.DO
    assert run_of(world, run).steps[0].status == "SUCCESS"
    assert len(warehouse.loaded) == 1


def die() -> None:
    raise CutError("killed")


def fail() -> None:
    raise TransientError("BigQuery answers 503")


def break_down() -> None:
    raise KeyError("password=hunter2")


def out_of_reach(slow: SlowWorld) -> None:
    slow.warehouse.is_reachable = False


def within_reach(slow: SlowWorld) -> None:
    slow.warehouse.is_reachable = True
