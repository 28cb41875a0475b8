"""Queries that would bill more than a limit leaves are never submitted."""

import pytest
from pydantic import JsonValue

from shared.domain.command import Stance
from shared.domain.errors import ForbiddenError, StepError, TransientError
from shared.domain.estimate import Estimate
from shared.domain.event import StepFailed
from shared.domain.ids import JobId
from shared.domain.job import Job, JobOutcome, QueryJob
from shared.domain.run import Run
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import deliver_all, execute, run_of, start
from tests.fakes.warehouse import MemoryWarehouse, estimated, succeeded
from tests.fakes.world import MemoryWorld, memory_world

LEAST = 10_485_760
PIPELINE = "acme/pipelines/demo/cost/chain.yml"
STAGED = "destination: {table: raw_data, mode: append, schema: {breaking_rows: quarantine}}"


def limited(
    *, run: int | None = None, daily: int | None = None, tenant: str = "", staged: bool = False
) -> MemoryConfigs:
    """The tenant's files, with limits of bytes for the chain's run, for its transform, and in `tenant.yml`."""
    text = FILES[PIPELINE]
    if run is not None:
        text = f"bytes_billed_per_run: {run}\n{text}"
    if daily is not None:
        text = text.replace("    sql: daily\n", f"    sql: daily\n    bytes_billed_per_step: {daily}\n")
    if staged:
        text = text.replace("destination: {table: raw_data, mode: append}", STAGED)
    tenant_yml = f"display_name: Acme\nlimits: {{{tenant}}}\n" if tenant else FILES["acme/tenant.yml"]
    return MemoryConfigs(FILES | {PIPELINE: text, "acme/tenant.yml": tenant_yml})


def dear(job: QueryJob) -> Estimate:
    """What a transform reads that reads a great deal."""
    return Estimate(bytes_processed=10**9, table_count=1) if "MERGE" in job.sql else estimated(job)


def billing(count: int) -> MemoryWarehouse:
    def outcome(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        return succeeded(job, rows).model_copy(update={"bytes_billed": count})

    return MemoryWarehouse(outcome)


def done(world: MemoryWorld) -> Run:
    run = start(world, CHAIN)
    deliver_all(world)
    return run_of(world, run)


def test_without_a_limit_nothing_is_asked() -> None:
    world = memory_world()

    assert done(world).status == "SUCCESS"
    assert world.warehouse.estimates == []
    assert {job.max_bytes_billed for job in world.warehouse.queries.values()} == {107_374_182_400}


@pytest.mark.parametrize(
    ("configs", "limit"),
    [
        (limited(run=LEAST * 2), "bytes_billed_per_run"),
        (limited(daily=LEAST), "bytes_billed_per_step"),
        (limited(tenant=f"bytes_billed_per_day: {LEAST * 2}"), "limits.bytes_billed_per_day"),
        (limited(run=10**12, tenant=f"bytes_billed_per_job: {LEAST}"), "limits.bytes_billed_per_job"),
    ],
)
def test_a_query_beyond_what_is_left_fails_its_step_at_no_cost(configs: MemoryConfigs, limit: str) -> None:
    world = memory_world(configs=configs)
    world.warehouse.estimate_of = dear

    run = done(world)

    message = run.step("daily").error_message or ""
    assert (run.status, run.step("check").status) == ("FAILED", "SUCCESS")
    assert "the query would bill 1,000,341,504 bytes and was not carried out: " in message
    assert f"that {limit} allows" in message
    assert not any("MERGE" in job.sql for job in world.warehouse.queries.values())
    failed = [event for event in world.log.events if isinstance(event, StepFailed)]
    assert [event.attempt for event in failed] == [1]


def test_a_job_is_held_to_what_is_left() -> None:
    world = memory_world(configs=limited(run=LEAST * 5, daily=LEAST * 9), warehouse=billing(LEAST))

    assert done(world).status == "SUCCESS"
    assert [job.max_bytes_billed for job in world.warehouse.queries.values()] == [LEAST * 4, LEAST * 3]


def test_what_one_step_billed_is_not_left_to_the_next() -> None:
    run = done(memory_world(configs=limited(run=LEAST * 2), warehouse=billing(LEAST)))

    assert (run.step("check").status, run.step("daily").status) == ("SUCCESS", "FAILED")
    assert "0 are left of the 20,971,520 that bytes_billed_per_run" in (run.error_message or "")


def test_what_other_runs_billed_on_the_day_is_not_left_either() -> None:
    configs = limited(tenant=f"bytes_billed_per_day: {LEAST * 5}")
    world = memory_world(configs=configs, warehouse=billing(LEAST))

    statuses = [done(world).status for _ in range(2)]

    # Loads bill as much as queries here: two runs are six jobs.
    assert statuses == ["SUCCESS", "FAILED"]


def test_rows_that_were_loaded_are_not_written_where_that_is_too_dear() -> None:
    world = memory_world(configs=limited(run=LEAST * 9, staged=True))
    world.warehouse.estimate_of = lambda job: (
        Estimate(bytes_processed=10**9, table_count=1) if "INSERT" in job.sql else estimated(job)
    )

    run = done(world)

    assert run.step("ingest_charges").status == "FAILED"
    assert not any("INSERT" in job.sql for job in world.warehouse.queries.values())
    assert next(iter(world.warehouse.voided)).endswith("_1_1")


def test_a_job_that_is_there_is_adopted_whatever_is_left_by_now() -> None:
    world = memory_world(configs=limited(run=LEAST * 9))
    run = start(world, CHAIN)
    execute(world, world.publisher.take())
    check = world.publisher.take()
    world.warehouse.running.add(JobId(f"cdp_{run.run_id}_2_1"))
    assert execute(world, check) is Stance.WAIT
    asked = len(world.warehouse.estimates)
    world.warehouse.running.clear()
    world.warehouse.estimate_of = lambda _: Estimate(bytes_processed=10**12)

    execute(world, check)

    assert run_of(world, run).step("check").status == "SUCCESS"
    assert len(world.warehouse.estimates) == asked


@pytest.mark.parametrize("error", [TransientError("busy"), ForbiddenError("no"), StepError("wrong")])
def test_where_bigquery_can_t_be_asked_the_job_is_held_to_what_is_left(error: Exception) -> None:
    def unknown(job: QueryJob) -> Estimate:
        raise error

    world = memory_world(configs=limited(run=LEAST * 3))
    world.warehouse.estimate_of = unknown

    assert done(world).status == "SUCCESS"
    assert max(job.max_bytes_billed for job in world.warehouse.queries.values()) == LEAST * 3


def test_a_tenant_may_do_without_the_question() -> None:
    world = memory_world(configs=limited(run=LEAST * 3, tenant="estimate: false"))

    assert done(world).status == "SUCCESS"
    assert world.warehouse.estimates == []
    assert max(job.max_bytes_billed for job in world.warehouse.queries.values()) == LEAST * 3


def test_what_bigquery_refuses_because_of_what_is_left_says_of_which_limit() -> None:
    def beyond(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if isinstance(job, QueryJob) and "MERGE" in job.sql:
            raise StepError("Query exceeded limit for bytes billed: 31456280. 41943040 or higher required.")
        return succeeded(job, rows)

    run = done(
        memory_world(
            configs=limited(run=LEAST * 3, tenant="estimate: false"), warehouse=MemoryWarehouse(beyond)
        )
    )

    assert run.error_message == (
        "daily: Query exceeded limit for bytes billed: 31456280. 41943040 or higher required. (31,456,280 are left of "
        "the 31,457,280 that bytes_billed_per_run allows; read less, such as fewer days, or raise it)"
    )
