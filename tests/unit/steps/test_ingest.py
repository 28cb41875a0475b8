"""Which jobs an ingest step submits, and in which order."""

# ruff: noqa: E501 - statements are compared as they are

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from shared.domain.destination import IngestDestination
from shared.domain.errors import StatementError, StepError
from shared.domain.job import Job, JobOutcome, LoadJob, QueryJob
from shared.domain.plan import PlannedIngest
from shared.domain.source import BigQuerySource, FilesSource
from shared.domain.table import Column, Table
from shared.domain.window import Window
from shared.steps.attempt import Attempt, StepResult
from shared.steps.ingest import ingest
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse, succeeded
from tests.fakes.watch import watch_over
from tests.unit.steps.attempts import PRICES, RAW, RUN, attempt_at, jobs_of, sql_of

FILES = FilesSource(type="files", path="x.csv", format="csv")
READER = MemoryReader({"x.csv": [{"sku": "a", "price": "1.5"}, {"sku": "b", "price": None}]})
STAGING = f"staging_raw_data_{RUN.replace('-', '')}_1_2"


def step_of(source: FilesSource | BigQuerySource, table: Table, **destination: object) -> PlannedIngest:
    return PlannedIngest(
        number=1,
        id="ingest",
        needs=(),
        source_name="x",
        source=source,
        destination=IngestDestination(table=table.name, **destination),
        table=table,
    )


class BreakingReader(MemoryReader):
    """A source that breaks off after its first row."""

    def __init__(self) -> None:
        super().__init__({})

    def read(self, *_: object, **__: object) -> Iterator[dict[str, JsonValue]]:
        yield {"sku": "a"}
        raise StepError("x.csv can't be read: EOFError")


def carry(attempt: Attempt, warehouse: MemoryWarehouse, *, reader: MemoryReader = READER) -> StepResult:
    assert isinstance(attempt.step, PlannedIngest)
    watch = watch_over(attempt, warehouse)
    return ingest(attempt.step, attempt, warehouse=warehouse, reader=reader, watch=watch)


def test_appending_files_is_one_load_job() -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, RAW, mode="append")

    result = carry(attempt_at(step), warehouse)

    assert jobs_of(warehouse) == [("_1_1", "LoadJob")]
    assert (result.metrics.rows_in, result.metrics.rows_out) == (2, 2)
    (rows,) = warehouse.loaded.values()
    assert [row["data"] for row in rows] == [{"sku": "a", "price": "1.5"}, {"sku": "b", "price": None}]
    assert {row["run_id"] for row in rows} == {RUN}


def test_appending_to_a_typed_table_fills_its_columns() -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, PRICES, mode="append")

    carry(attempt_at(step), warehouse)

    assert list(warehouse.loaded.values()) == [[{"sku": "a", "price": "1.5"}, {"sku": "b", "price": None}]]


def test_fields_that_the_table_lacks_fail_the_step_unless_they_are_to_be_left_out() -> None:
    reader = MemoryReader({"x.csv": [{"sku": "a", "price": "1.5", "note": "x"}, {"price": None}]})
    kept = step_of(FILES, PRICES, mode="append", schema={"new_columns": "ignore"})
    warehouse = MemoryWarehouse()

    result = carry(attempt_at(kept), warehouse, reader=reader)

    assert list(warehouse.loaded.values()) == [[{"sku": "a", "price": "1.5"}, {"price": None}]]
    assert result.metrics.rows_in == 2
    for schema in ({}, {"new_columns": "add"}):
        strict = step_of(FILES, PRICES, mode="append", schema=schema)
        with pytest.raises(StepError, match="row 1 has fields that the table has no column for: note"):
            carry(attempt_at(strict), MemoryWarehouse(), reader=reader)


def test_a_row_that_is_kept_whole_keeps_all_its_fields() -> None:
    warehouse = MemoryWarehouse()
    recorded = step_of(FILES, RAW, mode="append", schema={"new_columns": "ignore"})

    carry(attempt_at(recorded), warehouse)

    (rows,) = warehouse.loaded.values()
    assert [row["data"] for row in rows] == [{"sku": "a", "price": "1.5"}, {"sku": "b", "price": None}]


def test_replacing_by_files_loads_into_staging_before_anything_is_deleted() -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, RAW, mode="replace")

    result = carry(attempt_at(step, number=2), warehouse)

    assert jobs_of(warehouse) == [
        ("_1_2_staging", "QueryJob"),
        ("_1_2_load", "LoadJob"),
        ("_1_2", "QueryJob"),
        ("_1_2_drop", "QueryJob"),
    ]
    create, replace, drop = sql_of(warehouse)
    assert create == (
        "-- A table for rows on their way, which BigQuery drops after a day.\n"
        f"CREATE TABLE IF NOT EXISTS `acme`.`{STAGING}` (\n"
        "  `data` JSON,\n  `source_file` STRING\n"
        ")\n"
        "OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))\n"
    )
    assert f"FROM `acme`.`{STAGING}`\n" in replace
    assert "WHEN NOT MATCHED BY SOURCE AND T.`pipeline_id` = @pipeline_id THEN DELETE" in replace
    assert drop.endswith(f"DROP TABLE IF EXISTS `acme`.`{STAGING}`\n")
    assert result.metrics.rows_out == 2
    assert len(result.metrics.job_ids) == 4


def test_staging_holds_only_what_the_source_gives() -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, RAW, mode="replace")

    carry(attempt_at(step), warehouse)

    (load,) = [job for job in warehouse.jobs.values() if isinstance(job, LoadJob)]
    assert [column.name for column in load.table.columns] == ["data", "source_file"]
    assert [(list(row), row["source_file"]) for row in warehouse.loaded[load.job_id]] == (
        [(["source_file", "data"], "x.csv")] * 2
    )


@pytest.mark.parametrize("schema", [{}, {"new_columns": "ignore"}])
def test_a_field_that_the_platform_fills_in_is_refused_where_the_table_has_it(schema: dict[str, str]) -> None:
    told = PRICES.with_columns([Column(name="source_file", type="STRING")])
    rows: list[dict[str, JsonValue]] = [{"sku": "a"}, {"sku": "b", "source_file": "mine"}]

    with pytest.raises(StepError) as caught:
        carry(
            attempt_at(step_of(FILES, told, mode="append", schema=schema)),
            MemoryWarehouse(),
            reader=MemoryReader({"x.csv": rows}),
        )

    assert str(caught.value) == (
        "row 2 has a field 'source_file', which the platform fills in itself: give the field another name"
    )


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_source_that_breaks_off_leaves_the_table_alone(mode: str) -> None:
    warehouse, step = MemoryWarehouse(), step_of(FILES, RAW, mode=mode)

    with pytest.raises(StepError):
        carry(attempt_at(step), warehouse, reader=BreakingReader())

    assert jobs_of(warehouse) == ([("_1_1_staging", "QueryJob")] if mode == "replace" else [])


def test_rows_of_bigquery_never_leave_it() -> None:
    window = Window(column="usage.start", parameter="days", read_as="timestamp")
    source = BigQuerySource(
        type="bigquery", table="my-project.billing.export", columns=("a", "b"), window=window
    )
    warehouse, step = MemoryWarehouse(), step_of(source, RAW, mode="append")

    carry(attempt_at(step), warehouse, reader=MemoryReader({}))

    assert jobs_of(warehouse) == [("_1_1", "QueryJob")]
    (sql,) = sql_of(warehouse)
    assert (
        sql
        == """\
-- Add a query's rows to a table.
INSERT INTO `acme`.`raw_data` (`tenant_id`, `pipeline_id`, `run_id`, `ingestion_date`, `created_at`, `data`, `source_file`)
SELECT @tenant_id AS `tenant_id`, @pipeline_id AS `pipeline_id`, @run_id AS `run_id`, CURRENT_DATE() AS `ingestion_date`, CURRENT_TIMESTAMP() AS `created_at`, S.`data` AS `data`, CAST(NULL AS STRING) AS `source_file`
FROM (
-- Each row as one JSON value; numbers that JSON can't hold exactly become strings.
SELECT TO_JSON(S, stringify_wide_numbers => TRUE) AS data
FROM (
-- The rows of a source table, those of a window of days.
SELECT `a`, `b`
FROM `my-project`.`billing`.`export` AS source
WHERE (CAST(source.`usage`.`start` AS TIMESTAMP) >= TIMESTAMP(@days_start) AND CAST(source.`usage`.`start` AS TIMESTAMP) < TIMESTAMP(DATE_ADD(@days_end, INTERVAL 1 DAY)))

) AS S

) AS S
"""
    )


def test_a_query_may_be_the_source_of_a_typed_table() -> None:
    source = BigQuerySource(type="bigquery", query="SELECT sku, price FROM a.b; -- all")
    warehouse, step = MemoryWarehouse(), step_of(source, PRICES, mode="replace")

    carry(attempt_at(step), warehouse, reader=MemoryReader({}))

    (sql,) = sql_of(warehouse)
    assert "FROM (\nSELECT sku, price FROM a.b\n) AS S" in sql


def test_a_job_says_whose_it_is_and_what_it_may_cost() -> None:
    source = BigQuerySource(type="bigquery", query="SELECT 1 AS sku")
    warehouse, step = MemoryWarehouse(), step_of(source, PRICES, mode="append")

    carry(attempt_at(step, number=3), warehouse, reader=MemoryReader({}))

    (job,) = warehouse.queries.values()
    assert (job.job_id, job.location, job.tenant_id) == (f"cdp_{RUN}_1_3", "EU", "acme")
    assert (job.max_bytes_billed, job.timeout_seconds) == (10**9, 600)
    assert job.labels == {"tenant_id": "acme", "run_id": RUN, "step": "ingest"}
    assert [(parameter.name, parameter.type, parameter.value) for parameter in job.parameters] == [
        ("run_id", "STRING", RUN),
        ("tenant_id", "STRING", "acme"),
        ("pipeline_id", "STRING", "acme-demo-cost-daily"),
        ("run_date", "DATE", "2025-11-15"),
        ("days_start", "DATE", "2025-11-08"),
        ("days_end", "DATE", "2025-11-14"),
    ]


def test_what_fails_in_a_statement_of_ours_has_no_place_in_it() -> None:
    def outcome_of(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if isinstance(job, QueryJob) and "write_lock" in job.sql:
            raise StatementError("A row to merge has NULL in sku, one of its keys at [14:1]")
        return succeeded(job, rows)

    with pytest.raises(StatementError) as failure:
        carry(attempt_at(step_of(FILES, PRICES, mode="merge", keys=("sku",))), MemoryWarehouse(outcome_of))

    assert str(failure.value) == "A row to merge has NULL in sku, one of its keys"
