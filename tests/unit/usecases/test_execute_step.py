"""One command, delivered in every way that a topic delivers."""

from datetime import timedelta

import pytest

from shared.domain.command import Stance
from shared.domain.errors import StepError, TransientError
from shared.domain.ids import JobId
from shared.domain.job import LoadJob
from shared.domain.pipeline import Address
from tests.fakes.acme import CHAIN, CREDITS, GRAPH
from tests.fakes.clock import NOON
from tests.fakes.delivery import deliver_all, execute, outline, reconcile, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.wire import CutError, Wire, watched
from tests.fakes.world import MemoryWorld, memory_world
from tests.unit.usecases.worlds import BusyWarehouse


def test_a_chain_runs_to_its_end() -> None:
    world = memory_world()

    run = start(world, CHAIN)
    outcomes = deliver_all(world)

    assert outcomes == [
        ("ingest_charges", Stance.DO),
        ("check", Stance.DO),
        ("daily", Stance.DO),
    ]
    assert run_of(world, run).status == "SUCCESS"


def test_a_graph_runs_each_step_once_however_many_commands_name_it() -> None:
    world = memory_world()

    run = start(world, GRAPH)
    outcomes = deliver_all(world)

    assert [step_id for step_id, stance in outcomes if stance is Stance.DO] == [
        "ingest_charges",
        "ingest_credits",
        "daily",
        "check",
    ]
    assert run_of(world, run).status == "SUCCESS"


@pytest.mark.parametrize("address", [CHAIN, GRAPH])
def test_a_step_makes_the_fewest_calls(address: Address) -> None:
    world = memory_world()
    start(world, address)

    while world.publisher.commands:
        wire, before = Wire(), set(world.warehouse.jobs)
        stance = execute(watched(world, wire), world.publisher.take())
        new_jobs = len(set(world.warehouse.jobs) - before)
        assert wire.count("log", "read") == 1
        assert wire.count("warehouse", "submit") == wire.count("warehouse", "wait") == new_jobs
        assert wire.count("log", "append") == (2 if stance is Stance.DO else 0)
        assert wire.count("publisher", "publish") <= 2
        assert {port for port, _ in wire.calls} <= {"log", "warehouse", "reader", "publisher"}


def test_a_step_publishes_each_next_step_once() -> None:
    world, wire = memory_world(), Wire()
    start(world, GRAPH)

    execute(watched(world, wire), world.publisher.take())

    assert [command.step_id for command in world.publisher.commands] == ["ingest_credits", "daily", "check"]
    assert wire.count("publisher", "publish") == 2


@pytest.mark.parametrize("address", [CHAIN, GRAPH])
@pytest.mark.parametrize("copies", [2, 3])
def test_duplicates_change_nothing(address: Address, copies: int) -> None:
    clean, world = memory_world(), memory_world()
    clean_run, run = start(clean, address), start(world, address)
    deliver_all(clean)

    deliver_all(world, copies=copies)

    assert outline(run_of(world, run)) == outline(run_of(clean, clean_run))
    assert len(world.warehouse.jobs) == len(clean.warehouse.jobs)


@pytest.mark.parametrize("lag_seconds", [0, 5, 45])
def test_the_last_command_first_and_a_lagging_log_change_nothing(lag_seconds: int) -> None:
    clean = memory_world()
    clean_run = start(clean, GRAPH)
    deliver_all(clean)
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(seconds=lag_seconds)))

    run = start(world, GRAPH)
    deliver_all(world, copies=2, choose=lambda waiting: len(waiting) - 1)

    assert outline(run_of(world, run)) == outline(run_of(clean, clean_run))
    assert len(world.warehouse.jobs) == len(clean.warehouse.jobs)


def test_a_chain_does_not_wait_for_a_log_that_shows_nothing() -> None:
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(hours=1)))

    start(world, CHAIN)
    outcomes = deliver_all(world)

    assert [stance for _, stance in outcomes] == [Stance.DO, Stance.DO, Stance.DO]


@pytest.mark.parametrize(
    ("lag_seconds", "stance", "waited_seconds"),
    [(1, Stance.DO, 2), (7, Stance.DO, 8), (20, Stance.DO, 20), (21, Stance.WAIT, 20)],
)
def test_a_join_waits_a_while_for_the_log_to_show_the_other_branch(
    lag_seconds: int, stance: Stance, waited_seconds: int
) -> None:
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(seconds=lag_seconds)))
    start(world, GRAPH)
    execute(world, world.publisher.take(0))
    execute(world, world.publisher.take(0))
    daily = next(command for command in world.publisher.commands if command.step_id == "daily")

    assert execute(world, daily) is stance
    assert world.clock.now() == NOON + timedelta(seconds=waited_seconds)


def test_a_join_that_waited_as_long_as_a_call_may_is_left_to_the_reconciler() -> None:
    world = memory_world()
    world = memory_world(clock=world.clock, log=MemoryLog(world.clock, lag=timedelta(seconds=59)))
    run = start(world, GRAPH)
    while world.publisher.commands:
        execute(world, world.publisher.take())
    world.clock.moment = NOON + timedelta(minutes=4)

    assert run_of(world, run).step("daily").status == "PENDING"
    assert reconcile(world).continued == 1
    deliver_all(world)
    assert run_of(world, run).status == "SUCCESS"


def test_a_command_that_came_too_early_is_dropped_once_the_log_can_lag_no_longer() -> None:
    world = memory_world()
    start(world, GRAPH)
    execute(world, world.publisher.take(0))
    daily = next(command for command in world.publisher.commands if command.step_id == "daily")
    world.clock.advance(timedelta(seconds=60))

    assert execute(world, daily) is Stance.SKIP
    assert world.publisher.commands[-1].step_id == "check"


@pytest.mark.slow
@pytest.mark.parametrize("address", [CHAIN, GRAPH])
def test_dying_between_any_two_calls_leaves_what_a_clean_run_leaves(address: Address) -> None:
    clean, seen = memory_world(), Wire()
    clean_run = start(clean, address)
    deliver_again_after_a_cut(clean, seen)

    # Just after a call is just before the next one: nothing outside changes in between.
    after = [Wire(cut_after=number) for number in range(len(seen.calls))]
    for wire in (Wire(cut_before=0), *after):
        world = memory_world()
        run = start(world, address)
        deliver_again_after_a_cut(world, wire)

        assert outline(run_of(world, run)) == outline(run_of(clean, clean_run)), wire
        assert parts(world, run.run_id) == parts(clean, clean_run.run_id), wire
        assert wire.was_cut, wire


def deliver_again_after_a_cut(world: MemoryWorld, wire: Wire) -> None:
    seen_by_the_executor = watched(world, wire)
    while world.log.list_open_runs():
        if not world.publisher.commands:
            world.clock.advance(timedelta(minutes=1))
            reconcile(world)
            continue
        command = world.publisher.take()
        try:
            execute(seen_by_the_executor, command)
        except (CutError, TransientError):
            world.clock.advance(timedelta(seconds=10))
            world.publisher.publish(command)


def parts(world: MemoryWorld, run_id: str) -> list[str]:
    return sorted(job_id.replace(run_id, "") for job_id in world.warehouse.jobs)


def test_an_executor_that_died_after_submitting_adopts_its_job() -> None:
    world, wire = memory_world(), Wire(cut_after=4)
    start(world, CHAIN)
    command = world.publisher.take()
    with pytest.raises(CutError, match=r"after warehouse\.submit"):
        execute(watched(world, wire), command)

    execute(world, command)

    assert len(world.warehouse.jobs) == 1
    assert [command.step_id for command in world.publisher.commands] == ["check"]


def test_a_delivery_after_the_end_publishes_what_an_earlier_one_could_not() -> None:
    world = memory_world()
    start(world, CHAIN)
    command = world.publisher.take()
    world.publisher.is_reachable = False
    with pytest.raises(TransientError):
        execute(world, command)
    world.publisher.is_reachable = True

    assert execute(world, command) is Stance.SKIP
    assert [command.step_id for command in world.publisher.commands] == ["check"]


def test_a_job_that_outlasts_the_call_is_waited_for_by_the_next_one() -> None:
    world = memory_world()
    run = start(world, CHAIN)
    job_id = JobId(f"cdp_{run.run_id}_1_1")
    world.warehouse.running.add(job_id)

    first = execute(world, world.publisher.take())
    (again,) = world.publisher.commands
    world.warehouse.running.clear()
    world.reader.error = StepError("the source was read again")
    second = execute(world, again)

    assert (first, second) == (Stance.WAIT, Stance.DO)
    assert [type(fact).__name__ for fact in again.facts] == ["RunQueued", "StepStarted"]
    assert list(world.warehouse.jobs) == [job_id]


def test_of_several_deliveries_that_wait_for_one_job_the_last_one_goes_on() -> None:
    warehouse = BusyWarehouse()
    world = memory_world(warehouse=warehouse)
    run = start(world, CHAIN)
    command = world.publisher.take()
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_1_1"))

    def come_again() -> None:
        world.clock.advance(timedelta(seconds=10))
        execute(world, command)

    warehouse.before_wait.append(come_again)
    execute(world, command)

    assert [published.step_id for published in world.publisher.commands] == ["ingest_charges"]


def test_rows_arrive_as_they_were_read_beside_what_the_platform_gives() -> None:
    world = memory_world()

    run = start(world, GRAPH)
    deliver_all(world)

    load = JobId(f"cdp_{run.run_id}_2_1")
    assert isinstance(world.warehouse.jobs[load], LoadJob)
    assert world.warehouse.loaded[load] == [
        {
            "tenant_id": "acme",
            "pipeline_id": "acme-demo-cost-graph",
            "run_id": run.run_id,
            "ingestion_date": "2025-11-15",
            "created_at": "2025-11-15T12:00:00+00:00",
            "source_file": "credits.csv",
            "data": CREDITS[0],
        }
    ]
