"""Accepting a backfill."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.domain.backfill import BackfillMode, BackfillRequest
from shared.domain.errors import InvalidError, NotFoundError, NotYetError, TransientError
from shared.domain.event import Event, RunQueued
from shared.domain.pipeline import Address
from shared.domain.run import LOG_LAG
from shared.domain.sql_parameter import SqlParameter
from shared.usecases.rerun_run import rerun_run
from shared.usecases.start_backfill import preview_backfill
from tests.fakes.acme import CHAIN, FILES, GRAPH, ROWS_BY_PATH
from tests.fakes.backfills import FIRST, SECOND, THIRD, THREE_DAYS, Request, asked_for, backfill, runs_of
from tests.fakes.clock import BEFORE_MIDNIGHT, SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import cancel, deliver_all, run_of, start
from tests.fakes.log import MemoryLog
from tests.fakes.reader import MemoryReader
from tests.fakes.tables import MemoryTables
from tests.fakes.wire import Wire, watched
from tests.fakes.world import MemoryWorld, memory_world

PIPELINE = "acme/pipelines/demo/cost/chain.yml"


class ShortLog(MemoryLog):
    """A log that once keeps only the first so many events of those appended together."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__(clock)
        self.keeps: int | None = None

    def append(self, events: Sequence[Event]) -> None:
        kept, self.keeps = self.keeps, None
        super().append(events if kept is None else events[:kept])


def world_with_parameters(parameters: str) -> MemoryWorld:
    """A world whose chain declares these parameters besides `days`."""
    pipeline = FILES[PIPELINE].replace("steps:", f"  {parameters}\nsteps:")
    return memory_world(configs=MemoryConfigs({**FILES, PIPELINE: pipeline}))


def chunks_run(world: MemoryWorld, *, mode: BackfillMode) -> list[str]:
    """The days of which a backfill has made runs."""
    made = asked_for(world, mode=mode)
    return [chunk.date_range for chunk in made.chunks] if made else []


def test_every_chunk_is_a_run_and_all_are_recorded_at_once() -> None:
    world, wire = memory_world(), Wire()

    made = backfill(watched(world, wire))

    runs = runs_of(world, made)
    assert [run.plan.parameters[0].text for run in runs] == [FIRST, SECOND, THIRD]
    assert [(run.trigger, run.status, run.backfill and run.backfill.backfill_id) for run in runs] == [
        ("backfill", "QUEUED", made.backfill_id)
    ] * 3
    assert made.status == "QUEUED"
    assert wire.count("log", "append") == 1


def test_as_many_runs_as_may_be_under_way_are_started_and_the_others_follow_in_order() -> None:
    world = memory_world()

    made = backfill(world, concurrent_runs=1)
    begun = [command.run_id for command in world.publisher.commands]
    deliver_all(world)

    runs = runs_of(world, made)
    assert begun == [runs[0].run_id]
    assert [run.status for run in runs] == ["SUCCESS"] * 3
    assert list(dict.fromkeys(job_id[4:40] for job_id in world.warehouse.jobs)) == [
        run.run_id for run in runs
    ]


def test_runs_are_started_although_the_log_does_not_show_them_yet() -> None:
    clock = SetClock()
    world = memory_world(clock=clock, log=MemoryLog(clock, lag=timedelta(seconds=30)))

    backfill(world)

    assert len(world.publisher.commands) == 2


def test_other_runs_of_the_tenant_are_not_kept_waiting() -> None:
    files = {**FILES, "acme/tenant.yml": "display_name: Acme\nlimits: {concurrent_runs: 1}\n"}
    world = memory_world(configs=MemoryConfigs(files))
    backfill(world)
    world.clock.advance(timedelta(seconds=1))

    other = start(world, GRAPH)
    deliver_all(world)

    jobs = list(world.warehouse.jobs)
    assert run_of(world, other).status == "SUCCESS"
    assert next(n for n, job_id in enumerate(jobs) if other.run_id in job_id) <= 3


def test_missing_leaves_out_what_succeeded_and_what_is_under_way() -> None:
    world = memory_world()
    start(world, CHAIN, {"days": FIRST})
    deliver_all(world)
    start(world, CHAIN, {"days": SECOND})

    assert chunks_run(world, mode="missing") == [THIRD]


def test_missing_asked_for_twice_does_nothing_the_second_time() -> None:
    world = memory_world()
    chunks_run(world, mode="missing")
    recorded = list(world.log.events)

    assert asked_for(world, mode="missing") is None
    deliver_all(world)
    assert asked_for(world, mode="missing") is None
    assert [event for event in world.log.events if isinstance(event, RunQueued)] == recorded


def test_failed_takes_the_chunks_whose_latest_run_failed_or_was_cancelled() -> None:
    world = memory_world(reader=MemoryReader({}))
    for days in (FIRST, SECOND):
        start(world, CHAIN, {"days": days})
        deliver_all(world)
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    world.clock.advance(timedelta(seconds=1))
    start(world, CHAIN, {"days": FIRST})
    deliver_all(world)
    stopped = start(world, CHAIN, {"days": THIRD})
    world.clock.advance(timedelta(seconds=1))
    cancel(world, stopped)
    deliver_all(world)

    assert chunks_run(world, mode="failed") == [SECOND, THIRD]


def test_a_rerun_that_succeeded_counts_as_a_run_of_its_chunk() -> None:
    world = memory_world(reader=MemoryReader({}))
    failed = start(world, CHAIN, {"days": FIRST})
    deliver_all(world)
    world.reader.rows_by_path.update(ROWS_BY_PATH)
    world.clock.advance(timedelta(seconds=1))
    rerun_run(
        failed.run_id,
        start="failed",
        tenant_id="acme",
        trigger="api",
        triggered_by="key 12345678",
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    deliver_all(world)

    assert chunks_run(world, mode="failed") == []
    assert chunks_run(world, mode="missing") == [SECOND, THIRD]


def test_all_takes_every_chunk() -> None:
    world = memory_world()
    chunks_run(world, mode="all")
    deliver_all(world)
    world.clock.advance(timedelta(seconds=1))

    assert chunks_run(world, mode="all") == [FIRST, SECOND, THIRD]


def test_a_run_with_other_parameters_is_not_one_of_the_chunk() -> None:
    world = world_with_parameters("size: {type: integer, default: 1}")
    start(world, CHAIN, {"days": FIRST, "size": 2})
    start(world, CHAIN, {"days": SECOND})
    deliver_all(world)

    made = backfill(world, parameters={"size": "1"})

    assert [chunk.date_range for chunk in made.chunks] == [FIRST, THIRD]


def test_sql_sees_the_days_of_the_chunk() -> None:
    world = memory_world()

    backfill(world, "2025-11-01/2025-11-10", chunk="7d")
    deliver_all(world)

    seen = [set(job.parameters) for job_id, job in world.warehouse.queries.items() if "_3_1" in job_id]
    for bounds, parameters in zip([("01", "07"), ("08", "10")], seen, strict=True):
        assert {
            SqlParameter(name=f"days_{end}", type="DATE", value=f"2025-11-{day}")
            for end, day in zip(("start", "end"), bounds, strict=True)
        } <= parameters


def test_a_preview_says_what_would_be_done_and_why_and_leaves_no_trace() -> None:
    world = memory_world()
    done = start(world, CHAIN, {"days": SECOND})
    deliver_all(world)
    recorded = list(world.log.events)

    chunks = preview_backfill(
        CHAIN,
        BackfillRequest(date_range=THREE_DAYS),
        log=world.log,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )

    assert [(chunk.date_range.text, chunk.action, chunk.reason, chunk.run_id) for chunk in chunks] == [
        (FIRST, "run", "it has no run yet", None),
        (SECOND, "skip", f"run {done.run_id} is SUCCESS", done.run_id),
        (THIRD, "run", "it has no run yet", None),
    ]
    assert world.log.events == recorded
    assert world.publisher.commands == []


def test_an_idempotency_key_gives_the_same_backfill_again_also_the_next_day() -> None:
    world = memory_world()

    first = backfill(world, key="march", mode="all", concurrent_runs=3)
    deliver_all(world)
    world.clock.advance(timedelta(days=1))
    again = backfill(world, key="march", mode="all", concurrent_runs=3)

    assert [chunk.run_id for chunk in again.chunks] == [chunk.run_id for chunk in first.chunks]
    assert (first.status, again.status) == ("QUEUED", "SUCCESS")
    assert sum(isinstance(event, RunQueued) for event in world.log.events) == 3


def test_a_key_is_not_taken_for_unused_while_the_log_may_not_show_that_it_was_used_yesterday() -> None:
    clock = SetClock(BEFORE_MIDNIGHT)
    world = memory_world(clock=clock, log=MemoryLog(clock, lag=LOG_LAG))
    first = backfill(world, key="march")
    clock.advance(timedelta(seconds=4))

    with pytest.raises(NotYetError) as caught:
        backfill(world, key="march")
    clock.advance(timedelta(seconds=caught.value.retry_after_seconds or 0))
    again = backfill(world, key="march")

    assert first.backfill_id == again.backfill_id
    assert sum(isinstance(event, RunQueued) for event in world.log.events) == 3


def test_a_key_with_a_day_of_its_own_has_no_need_to_wait_for_the_log() -> None:
    clock = SetClock(BEFORE_MIDNIGHT)
    world = memory_world(clock=clock, log=MemoryLog(clock, lag=LOG_LAG))
    day = clock.now().date()
    first = backfill(world, key="march", key_day=day)
    clock.advance(timedelta(seconds=4))

    again = backfill(world, key="march", key_day=day)

    assert first.backfill_id == again.backfill_id


def test_a_backfill_whose_topic_was_out_of_reach_is_started_by_the_same_request() -> None:
    world = memory_world()
    world.publisher.is_reachable = False
    with pytest.raises(TransientError):
        backfill(world, key="march")

    world.publisher.is_reachable = True
    backfill(world, key="march")
    deliver_all(world)

    assert backfill(world, key="march").status == "SUCCESS"
    assert len(world.warehouse.loaded) == 3


def test_an_idempotency_key_of_another_request_is_refused() -> None:
    world = memory_world()
    backfill(world, key="march")

    with pytest.raises(InvalidError) as caught:
        backfill(world, key="march", mode="all")

    assert caught.value.code == "idempotency_key_reused"


def test_a_backfill_of_which_only_a_part_was_recorded_is_completed_by_the_same_request() -> None:
    clock = SetClock()
    log = ShortLog(clock)
    world = memory_world(clock=clock, log=log)
    log.keeps = 2
    first = backfill(world, key="march")
    deliver_all(world)
    clock.advance(timedelta(hours=1))

    again = backfill(world, key="march")
    deliver_all(world)

    assert [chunk.run_id for chunk in again.chunks] == [chunk.run_id for chunk in first.chunks]
    assert [run.status for run in runs_of(world, again)] == ["SUCCESS"] * 3
    assert len(world.warehouse.loaded) == 3


def test_a_whole_backfill_is_not_added_to_by_the_same_request() -> None:
    world = memory_world()
    under_way = start(world, CHAIN, {"days": FIRST})
    backfill(world, key="march")
    world.clock.advance(timedelta(seconds=1))
    cancel(world, under_way)

    again = backfill(world, key="march")

    assert [chunk.date_range for chunk in again.chunks] == [SECOND, THIRD]


@pytest.mark.parametrize(
    ("date_range", "request_", "pointer", "detail"),
    [
        ("2025-11", {}, "/date_range", "two dates such as"),
        ("2025-11-02/2025-11-01", {}, "/date_range", "before it starts"),
        (THREE_DAYS, {"chunk": "1w"}, "/chunk", "such as 1d, 7d or 1mo"),
        ("2020-01-01/2025-01-01", {}, "/chunk", "5d would do"),
        (THREE_DAYS, {"parameter": "speed"}, "/parameter", "must be a date range of this pipeline: days"),
        (THREE_DAYS, {"parameters": {"days": "yesterday"}}, "/parameters/days", "leave it out"),
        (THREE_DAYS, {"parameters": {"dayz": "yesterday"}}, "/parameters/dayz", "Did you mean 'days'?"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_nothing_is_recorded(
    date_range: str, request_: Request, pointer: str, detail: str
) -> None:
    world = memory_world()

    with pytest.raises(InvalidError) as caught:
        backfill(world, date_range, **request_)

    assert [problem.pointer for problem in caught.value.problems] == [pointer]
    assert detail in caught.value.problems[0].detail
    assert world.log.events == []


def test_a_pipeline_without_a_date_range_is_not_backfilled() -> None:
    with pytest.raises(InvalidError) as caught:
        backfill(memory_world(), address=GRAPH)

    assert (
        caught.value.problems[0].detail == "this pipeline has no parameter of type date_range to go through"
    )


def test_of_several_date_ranges_the_request_names_one() -> None:
    world = world_with_parameters("billed: {type: date_range, default: last_month}")

    with pytest.raises(InvalidError, match="not possible") as caught:
        backfill(world)
    made = backfill(world, parameter="billed", parameters={"days": "2025-10-01/2025-10-31"})

    assert caught.value.problems[0].detail == "must name the date range to go through: days or billed"
    assert [chunk.date_range for chunk in made.chunks] == [FIRST, SECOND, THIRD]


def test_plans_that_are_larger_than_one_request_are_refused_and_nothing_is_recorded() -> None:
    sql = FILES["acme/transforms/daily.sql"].replace("WHERE", f"WHERE '{'x' * 30_000}' != '' AND")
    world = memory_world(configs=MemoryConfigs({**FILES, "acme/transforms/daily.sql": sql}))

    with pytest.raises(InvalidError, match="use larger chunks") as caught:
        backfill(world, "2024-01-01/2024-12-31")

    assert caught.value.code == "invalid_backfill"
    assert world.log.events == []


def test_a_tenant_without_a_dataset_is_not_found() -> None:
    with pytest.raises(NotFoundError, match=r"^Tenant not found$"):
        backfill(memory_world(tables=MemoryTables()))


def test_a_tenant_whose_dataset_is_elsewhere_than_its_file_says_is_refused() -> None:
    world = memory_world()
    world.tables.locations["acme"] = "EU"

    with pytest.raises(InvalidError, match="says location US, but dataset acme is in EU"):
        backfill(world)

    assert world.log.events == []


def test_a_pipeline_that_is_not_there_is_not_found() -> None:
    nowhere = Address(tenant_id="acme", provider="demo", domain="cost", pipeline="none")

    with pytest.raises(NotFoundError, match=r"^Pipeline not found$"):
        backfill(memory_world(), address=nowhere)


@pytest.mark.parametrize(("days_ahead", "count"), [(2, 0), (3, 1)])
def test_a_run_from_before_its_days_had_begun_is_none_of_theirs(days_ahead: int, count: int) -> None:
    world = memory_world()
    first = world.clock.now().date() + timedelta(days=days_ahead)
    days = f"{first}/{first}"
    start(world, CHAIN, {"days": days})
    deliver_all(world)
    world.clock.advance(timedelta(days=days_ahead + 1))

    made = asked_for(world, mode="missing", date_range=days)

    assert len(made.chunks if made else ()) == count
