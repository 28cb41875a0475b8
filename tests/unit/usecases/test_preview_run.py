"""What a run would do, said without starting one."""

import re
from datetime import timedelta
from typing import Any, Unpack

import pytest
from pydantic import JsonValue

from shared.config.standard_tables import TENANT_TABLES, standard_table
from shared.domain.errors import ForbiddenError, InvalidError, NotFoundError, StatementError
from shared.domain.estimate import Estimate
from shared.domain.job import QueryJob
from shared.domain.pipeline import Address
from shared.domain.run_preview import RunPreview
from shared.domain.table import FoundTable, Purpose, Table
from shared.usecases.preview_run import preview_run
from shared.usecases.start_run import start_run
from tests.fakes.acme import CHAIN, FILES, GRAPH
from tests.fakes.configs import MemoryConfigs
from tests.fakes.delivery import deliver_all
from tests.fakes.tables import MemoryTables
from tests.fakes.world import MemoryWorld, Ports, memory_world

KINDS = FILES | {
    "acme/sources/export.yml": "type: bigquery\nquery: SELECT service, 1 AS cost FROM transformed_data\n",
    "acme/pipelines/demo/cost/chain.yml": """\
steps:
  - id: load
    type: ingest
    source: charges
    destination: {table: raw_data, mode: append, schema: {breaking_rows: quarantine}}
  - id: copy
    type: ingest
    source: export
    destination: {table: raw_data, mode: append}
  - id: check
    type: dq
    table: raw_data
    rules: quality
  - id: daily
    type: transform
    sql: daily
    destination: {table: transformed_data, mode: merge, keys: [service]}
""",
}


RAW = standard_table("raw_data")


def onboarded(**ports: Unpack[Ports]) -> MemoryWorld:
    """A world with the tenant's tables."""
    world = memory_world(**ports)
    for name in TENANT_TABLES:
        world.tables.create_table("acme", standard_table(name))
    return world


def preview(
    world: MemoryWorld, address: Address = CHAIN, parameters: dict[str, JsonValue] | None = None
) -> RunPreview:
    return preview_run(
        address,
        parameters or {},
        log=world.log,
        warehouse=world.warehouse,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )


def start(world: MemoryWorld, address: Address = CHAIN, **parameters: JsonValue) -> str:
    accepted = start_run(
        address,
        parameters,
        trigger="cli",
        triggered_by="ada",
        log=world.log,
        publisher=world.publisher,
        tables=world.tables,
        configs=world.configs,
        clock=world.clock,
    )
    return accepted.run.run_id


def with_limits(limits: str) -> MemoryConfigs:
    return MemoryConfigs(FILES | {"acme/tenant.yml": f"display_name: Acme\nlimits: {{{limits}}}\n"})


def without_ids(sql: str) -> str:
    return re.sub(r"staging_raw_data_[0-9a-f]{32}", "staging_raw_data", sql)


def test_each_query_is_the_one_that_the_run_then_submits() -> None:
    world = onboarded(configs=MemoryConfigs(KINDS))

    foreseen = preview(world)
    start(world)
    deliver_all(world)

    said = [without_ids(step.query.sql) for step in foreseen.steps if step.query]
    done = [without_ids(job.sql) for job in world.warehouse.queries.values()]
    assert len(said) == 4
    assert [sql for sql in done if sql in said] == said
    submitted = {without_ids(job.sql): job for job in world.warehouse.queries.values()}
    for step in foreseen.steps:
        assert step.query is not None
        job = submitted[without_ids(step.query.sql)]
        assert [(each.name, each.type) for each in job.parameters] == [
            (each.name, each.type) for each in step.query.parameters
        ]


def test_nothing_is_started_and_nothing_is_recorded() -> None:
    world = memory_world(configs=MemoryConfigs(KINDS))

    preview(world)

    assert (world.log.events, world.publisher.commands, world.warehouse.jobs) == ([], [], {})
    assert (world.warehouse.required, world.tables.tables["acme"]) == ([], {})


def test_a_step_is_told_with_its_source_its_tables_and_what_it_reads() -> None:
    found = preview(onboarded(configs=MemoryConfigs(KINDS)))

    load, copy, check, daily = found.steps
    assert [step.source.place for step in (load, copy) if step.source] == ["charges.csv", "its query"]
    assert [(table.name, table.purpose) for table in copy.tables] == [
        ("raw_data", "written"),
        ("transformed_data", "read"),
    ]
    assert (check.rules, check.scope, check.needs) == (("has_rows", "has_cost"), "run", ("copy",))
    assert (daily.mode, daily.keys) == ("merge", ("service",))
    assert load.query
    assert load.query.unknown_because == "it reads the staging table that the step itself fills"
    assert daily.query
    assert (daily.query.bytes_processed, daily.query.bytes_billed) == (100, 10_485_760)
    assert (found.bytes_billed, found.unknown_count, found.problems) == (3 * 10_485_760, 1, ())


def test_a_table_that_the_run_itself_makes_is_no_failure() -> None:
    world = onboarded()
    del world.tables.tables["acme"]["raw_data"]

    ingest, check, daily = preview(world).steps

    assert ingest.tables[0].found is None
    assert [step.query.unknown_because for step in (check, daily) if step.query] == [
        "raw_data is not there before the run"
    ] * 2
    assert world.warehouse.estimates == []


def refused(job: QueryJob) -> Estimate:
    if "MERGE" in job.sql:
        line = next(
            n
            for n, text in enumerate((job.own_sql or job.sql).splitlines(), 1)
            if text.startswith("SELECT CURRENT_DATE")
        )
        raise StatementError(f"Unrecognized name: note at [{line}:6]")
    return Estimate(bytes_processed=None)


def test_a_column_that_the_run_itself_adds_is_no_failure_either() -> None:
    world = onboarded()
    world.tables.tables["acme"]["raw_data"] = RAW.model_copy(update={"columns": RAW.columns[:-1]})
    world.warehouse.estimate_of = refused

    _, check, daily = preview(world).steps

    assert daily.query
    assert (daily.query.unknown_because or "").startswith("raw_data gets its new columns during the run")
    assert check.query
    assert check.query.unknown_because == "BigQuery doesn't say it of several statements at once"


def test_sql_that_bigquery_would_refuse_is_told_at_its_place_in_the_file() -> None:
    world = onboarded()
    world.warehouse.estimate_of = refused

    found = preview(world)

    assert found.problems == ("transforms/daily.sql:1:6: Unrecognized name: note",)


class Strange(MemoryTables):
    """Tables that nobody may look at."""

    def find_table(self, dataset: str, table: Table, *, purpose: Purpose) -> FoundTable | None:
        raise ForbiddenError("Google refused to look")


def forbidden(job: QueryJob) -> Estimate:
    raise ForbiddenError("Google refused to estimate it")


def test_who_may_not_act_as_the_tenant_is_told_all_that_the_files_say() -> None:
    world = memory_world(tables=Strange("acme"))
    world.warehouse.estimate_of = forbidden

    _, check, daily = preview(world).steps

    assert not daily.tables[0].is_known
    assert [step.query.unknown_because for step in (check, daily) if step.query] == [
        "Google refused to estimate it"
    ] * 2


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ("runs_per_day: 2", [("runs_per_day", 1, 2, False)]),
        ("runs_per_day: 1", [("runs_per_day", 1, 1, True)]),
        ("bytes_billed_per_day: 30000000", [("bytes_billed_per_day", 2000, 30_000_000, False)]),
        ("bytes_billed_per_day: 20971520", [("bytes_billed_per_day", 2000, 20_971_520, True)]),
        ("concurrent_runs: 1", [("concurrent_runs", 0, 1, False)]),
    ],
)
def test_what_limits_say_is_told_and_not_raised(limits: str, expected: list[Any]) -> None:
    world = onboarded(configs=with_limits(limits))
    start(world)
    deliver_all(world)

    found = preview(world)

    told = [(each.limit, each.used, each.allowed, each.problem is not None) for each in found.limits[1:]]
    assert told == expected
    assert len(found.problems) == sum(each[-1] for each in expected)


def test_a_run_that_would_have_to_wait_says_for_what() -> None:
    world = onboarded(configs=with_limits("concurrent_runs: 1"))
    start(world)
    world.clock.advance(timedelta(seconds=1))

    (limit,) = preview(world).limits[1:]

    assert limit.wait == "the tenant may have 1 run under way at once; 1 goes first"
    assert preview(world).problems == ()


def test_a_job_beyond_the_limit_for_jobs_is_a_problem() -> None:
    world = onboarded(configs=with_limits("bytes_billed_per_job: 10485760"))
    world.warehouse.estimate_of = lambda _: Estimate(bytes_processed=20_000_000, table_count=1)

    assert preview(world).problems == ("BigQuery would refuse the job of step 'check', at no cost",)


def test_a_run_or_a_step_beyond_its_own_limit_is_a_problem() -> None:
    chain = FILES["acme/pipelines/demo/cost/chain.yml"]
    limited = f"bytes_billed_per_run: 10485760\n{chain}".replace(
        "    sql: daily\n", "    sql: daily\n    bytes_billed_per_step: 10485760\n"
    )
    world = onboarded(configs=MemoryConfigs(FILES | {"acme/pipelines/demo/cost/chain.yml": limited}))

    told = [(each.limit, each.asked, each.problem) for each in preview(world).limits[1:]]

    assert told == [
        ("daily: bytes_billed_per_step", 10_485_760, None),
        ("bytes_billed_per_run", 20_971_520, "the run would fail at the first step that goes beyond it"),
    ]


def test_what_differs_from_the_last_run_is_told_in_lines() -> None:
    world = onboarded()
    run_id = start(world)
    same = preview(world)
    changed = FILES["acme/transforms/daily.sql"].replace("'b'", "'bee'")
    now = onboarded(
        configs=MemoryConfigs(FILES | {"acme/transforms/daily.sql": changed}),
        log=world.log,
        clock=world.clock,
    )

    (change,) = preview(now).changes

    assert (same.compared_with, same.changes) == (run_id, ())
    assert change.place == "steps.daily.sql"
    assert [line[:40] for line in change.lines if line[0] in "-+"] == [
        "-SELECT CURRENT_DATE() AS usage_date, 'a",
        "+SELECT CURRENT_DATE() AS usage_date, 'a",
    ]


def test_another_pipeline_s_runs_are_none_of_this_one_s() -> None:
    world = onboarded()
    start(world, GRAPH)

    assert preview(world).compared_with is None


def test_what_can_t_be_accepted_is_refused_as_a_run_is() -> None:
    world = onboarded()

    with pytest.raises(InvalidError, match="The parameters are wrong"):
        preview(world, parameters={"dys": "today"})
    with pytest.raises(NotFoundError):
        preview(world, CHAIN.model_copy(update={"pipeline": "nothing"}))
