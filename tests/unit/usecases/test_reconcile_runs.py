"""Looking after the runs that nobody else does."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from shared.domain.errors import ForbiddenError, TransientError
from shared.domain.event import Event, RunQueued
from shared.domain.ids import JobId, RunId
from shared.domain.run import LONGEST_QUEUEING, Run
from shared.ports import OPEN_RUN_DAYS
from shared.usecases.reconcile_runs import Reconciled
from tests.fakes.acme import CHAIN, GRAPH
from tests.fakes.clock import SetClock
from tests.fakes.delivery import cancel, deliver_all, execute, reconcile, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.wire import CutError, Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import accepted, parts_of, with_limit

A_MINUTE = timedelta(minutes=1)
A_QUARTER = timedelta(minutes=15)
NOTHING = Reconciled()


UNREADABLE = TransientError("Could not read run_events")


class TroubledLog(MemoryLog):
    """A log in which one tenant's runs can't be read, and each read takes its time."""

    def __init__(
        self,
        clock: SetClock,
        *,
        troubled: str = "",
        error: Exception = UNREADABLE,
        takes: timedelta = timedelta(0),
    ) -> None:
        super().__init__(clock)
        self._set_clock, self._troubled, self._error, self._takes = clock, troubled, error, takes

    def read(
        self, tenant_id: str, run_ids: Sequence[RunId], *, known: RunQueued | None = None
    ) -> list[Event]:
        self._set_clock.advance(self._takes)
        if tenant_id == self._troubled:
            raise self._error
        return super().read(tenant_id, run_ids, known=known)


def lose_messages(world: MemoryWorld) -> None:
    while world.publisher.commands:
        world.publisher.take()


def published(world: MemoryWorld) -> list[tuple[str, str]]:
    return [(command.run_id, command.step_id) for command in world.publisher.commands]


def test_a_run_whose_first_message_was_lost_is_started() -> None:
    world = memory_world()
    run = start(world, GRAPH)
    lose_messages(world)
    world.clock.advance(A_MINUTE)

    done = reconcile(world)

    assert done == Reconciled(started=1)
    assert published(world) == [(run.run_id, "ingest_charges"), (run.run_id, "ingest_credits")]
    deliver_all(world)
    assert run_of(world, run).status == "SUCCESS"


def test_a_run_whose_later_message_was_lost_is_continued() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    lose_messages(world)
    world.clock.advance(timedelta(minutes=2))

    done = reconcile(world)

    assert done == Reconciled(continued=1)
    assert published(world) == [(run.run_id, "check")]
    deliver_all(world)
    assert run_of(world, run).status == "SUCCESS"
    assert parts_of(run, list(world.warehouse.effects)) == ["_1_1", "_2_1", "_3_1"]


def test_a_run_whose_worker_died_goes_on_with_the_job_that_is_there() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    with pytest.raises(CutError, match=r"after warehouse\.submit"):
        execute(watched(world, Wire(cut_after=4)), world.publisher.take())
    world.clock.advance(timedelta(seconds=119))
    before = reconcile(world)
    world.clock.advance(timedelta(seconds=1))
    after = reconcile(world)
    deliver_all(world)

    assert (before, after) == (NOTHING, Reconciled(continued=1))

    assert run_of(world, run).status == "SUCCESS"
    assert len(world.warehouse.loaded) == 1


@pytest.mark.parametrize("seconds", [0, 59])
def test_a_run_that_was_just_accepted_is_left_alone(seconds: int) -> None:
    world = memory_world()
    start(world, CHAIN)
    lose_messages(world)
    world.clock.advance(timedelta(seconds=seconds))

    assert reconcile(world) == NOTHING
    assert published(world) == []


def test_a_run_with_signs_of_life_is_left_alone() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_2_1"))
    for _ in range(4):
        execute(world, world.publisher.take())
        world.clock.advance(timedelta(minutes=10))
    lose_messages(world)

    before = reconcile(world)
    world.clock.advance(timedelta(minutes=7))
    after = reconcile(world)

    assert (before, after) == (NOTHING, Reconciled(continued=1))


def test_a_step_that_pauses_as_its_source_asked_is_left_alone_until_then_and_resumed() -> None:
    world = memory_world()
    start(world, CHAIN)
    world.reader.error = TransientError("429", kind="rate_limit", retry_after_seconds=1800)
    execute(world, world.publisher.take())
    world.clock.advance(timedelta(seconds=1799))

    before = reconcile(world)
    world.clock.advance(timedelta(seconds=1))
    after = reconcile(world)

    assert (before, after) == (NOTHING, Reconciled(resumed=1))
    assert len(published(world)) == 1


def test_a_run_that_was_accepted_days_ago_is_looked_at_every_ten_minutes() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    lose_messages(world)
    world.clock.advance(timedelta(days=3, minutes=9))

    before = reconcile(world)
    world.clock.advance(A_MINUTE)
    after = reconcile(world)

    assert (before, after) == (NOTHING, Reconciled(started=1))
    assert published(world) == [(run.run_id, "ingest_charges")]


def test_the_pause_of_a_run_that_was_accepted_days_ago_ends_within_ten_minutes() -> None:
    world = memory_world()
    start(world, CHAIN)
    world.clock.advance(timedelta(days=3, minutes=1))
    world.reader.error = TransientError("429", kind="rate_limit", retry_after_seconds=60)
    execute(world, world.publisher.take())

    calls = []
    for _ in range(9):
        world.clock.advance(A_MINUTE)
        calls.append(reconcile(world).resumed)

    assert calls == [0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_a_run_does_not_pass_one_that_was_accepted_days_before_it() -> None:
    world = memory_world(configs=with_limit(1))
    start(world, CHAIN)
    world.clock.advance(timedelta(days=3))
    start(world, CHAIN)
    lose_messages(world)
    world.clock.advance(timedelta(minutes=2))

    assert reconcile(world) == NOTHING


def test_what_a_run_needs_is_published_a_few_times_and_then_not_for_a_quarter() -> None:
    world = memory_world()
    start(world, CHAIN)
    lose_messages(world)

    started = list[int]()
    for _ in range(36):
        world.clock.advance(A_MINUTE)
        started.append(reconcile(world).started)

    assert started == [*[1, 1, 1, *[0] * 13] * 2, 1, 1, 1, 0]


def test_a_run_past_its_timeout_is_ended_and_its_jobs_are_stopped() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_1_1"))
    execute(world, world.publisher.take())
    lose_messages(world)
    world.clock.advance(timedelta(hours=1))

    done = reconcile(world)
    deliver_all(world)

    assert done == Reconciled(overdue=1)
    assert run_of(world, run).error_message == "took longer than its timeout of 3600 s"
    assert (world.warehouse.running, world.warehouse.effects) == (set(), {})
    assert reconcile(world) == NOTHING


def test_a_run_that_waited_as_long_as_any_may_is_ended_and_can_start_no_more() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.clock.advance(LONGEST_QUEUEING)

    done = reconcile(world)
    deliver_all(world)
    execute(world, command)

    assert done == Reconciled(overdue=1)
    assert run_of(world, run).error_message == f"did not start within {LONGEST_QUEUEING.days} days"
    assert world.warehouse.jobs == {}
    assert world.warehouse.voided == {f"cdp_{run.run_id}_1_1"}


def test_open_runs_are_looked_for_until_the_last_that_waits_has_taken_the_longest_timeout() -> None:
    assert timedelta(days=OPEN_RUN_DAYS) > LONGEST_QUEUEING + timedelta(hours=24)


def test_a_waiting_run_is_started_when_its_turn_has_come_and_not_before() -> None:
    world = memory_world(configs=with_limit(1))
    first = start(world, CHAIN)
    world.clock.advance(timedelta(seconds=1))
    second = start(world, CHAIN)
    execute(world, world.publisher.take())
    world.clock.advance(A_MINUTE)

    before = reconcile(world)
    while run_of(world, first).status != "SUCCESS":
        execute(world, world.publisher.take())
    lose_messages(world)
    after = reconcile(world)

    assert (before, after) == (NOTHING, Reconciled(started=1))
    assert published(world) == [(second.run_id, "ingest_charges")]


@pytest.mark.parametrize("end", [lambda world, _: deliver_all(world), cancel])
def test_a_run_that_has_ended_is_left_alone(end: Callable[[MemoryWorld, Run], object]) -> None:
    world = memory_world()
    end(world, start(world, CHAIN))
    lose_messages(world)
    world.clock.advance(LONGEST_QUEUEING + timedelta(days=1))

    assert reconcile(world) == NOTHING


def test_two_calls_at_once_do_no_harm() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    lose_messages(world)
    world.clock.advance(A_MINUTE)

    reconcile(world)
    reconcile(world)
    deliver_all(world, copies=2)

    assert run_of(world, run).status == "SUCCESS"
    assert len(world.warehouse.jobs) == 3


TROUBLE = [
    UNREADABLE,
    ForbiddenError("Google refused to read run_events"),
    ValueError("an event that another release wrote"),
]


@pytest.mark.parametrize("error", TROUBLE)
def test_one_tenants_trouble_does_not_keep_another_waiting(error: Exception) -> None:
    clock = SetClock()
    world = memory_world(clock=clock, log=TroubledLog(clock, troubled="acme", error=error))
    accepted(world, "monday")
    other = accepted(world, "monday", tenant_id="umbrella")
    world.clock.advance(A_MINUTE)

    done = reconcile(world)

    assert done == Reconciled(started=1, failed=1)
    assert published(world) == [(other.run_id, "ingest_charges")]


def test_what_nobody_foresaw_is_logged_by_its_kind_and_place_only(capsys: pytest.CaptureFixture[str]) -> None:
    clock = SetClock()
    world = memory_world(clock=clock, log=TroubledLog(clock, troubled="acme", error=ValueError("hunter2")))
    run = accepted(world, "monday")
    world.clock.advance(A_MINUTE)

    reconcile(world)

    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["action"], line["severity"], line["run_id"]) == ("run_not_reconciled", "ERROR", run.run_id)
    assert line["reason"].startswith("ValueError at tests.unit.usecases.test_reconcile_runs:")


def test_a_run_past_its_timeout_does_not_keep_another_waiting() -> None:
    world = memory_world()
    stuck = start(world, CHAIN)
    execute(world, world.publisher.take())
    lose_messages(world)
    world.clock.advance(timedelta(minutes=59))
    other = start(world, CHAIN)
    lose_messages(world)
    world.clock.advance(A_MINUTE)
    world.warehouse.is_reachable = False

    done = reconcile(world)

    assert done == Reconciled(started=1, overdue=1)
    assert run_of(world, stuck).status == "RUNNING"
    assert (other.run_id, "ingest_charges") in published(world)


def test_however_many_runs_a_tenant_has_another_is_looked_after_at_once() -> None:
    clock = SetClock()
    world = memory_world(clock=clock, log=TroubledLog(clock, takes=timedelta(seconds=10)))
    for number in range(9):
        accepted(world, f"run {number}")
    other = accepted(world, "monday", tenant_id="umbrella")
    world.clock.advance(A_MINUTE)

    done = reconcile(world)

    assert done == Reconciled(started=5), "a call goes on for less than the minute until the next"
    assert other.run_id in [run_id for run_id, _ in published(world)][:2]
