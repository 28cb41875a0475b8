"""Objects that BigQuery loads by itself: which jobs there are, and when the rows are read here after all."""

from dataclasses import replace
from typing import Literal

import pytest
from pydantic import JsonValue

from shared.domain.destination import IngestDestination
from shared.domain.errors import AttemptError, GivenUpError, NotDirectlyError, StepError
from shared.domain.job import Job, JobOutcome, ObjectsJob, QueryJob
from shared.domain.loadable import LoadableColumn, LoadableObjects, LoadableText
from shared.domain.plan import PlannedIngest
from shared.domain.retry import Retry
from shared.domain.source import FilesSource
from shared.domain.table import Table
from shared.steps.attempt import Attempt, StepResult
from shared.steps.ingest import ingest
from shared.steps.objects_parts import MOST_APART
from shared.steps.stop import stop
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import ROWS, MemoryWarehouse, OutcomeOf, succeeded
from tests.fakes.watch import watch_over
from tests.unit.steps.attempts import PRICES, RAW, attempt_at, jobs_of, sql_of

PATH = "gs://exports/2025/*.parquet"
COLUMNS = (LoadableColumn(name="price", type="NUMERIC", scale=2), LoadableColumn(name="sku", type="STRING"))
OBJECTS = LoadableObjects(
    uris=("gs://exports/2025/1.parquet",), version="v1", columns=COLUMNS, row_count=ROWS
)
DIRECTLY = [
    ("_1_1_objects", "QueryJob"),
    ("_1_1_load", "ObjectsJob"),
    ("_1_1", "QueryJob"),
    ("_1_1_drop", "QueryJob"),
]
HERE = ["_staging", "_load", "", "_drop"]


class Reader(MemoryReader):
    """Objects that may be loaded, and the rows that reading them gives."""

    def __init__(self, objects: LoadableObjects | None = OBJECTS) -> None:
        super().__init__({PATH: [{"sku": "a", "price": "1.50"}]})
        if objects is not None:
            self.objects_by_path[PATH] = objects

    def replace_objects(self) -> None:
        """Let the objects be others from now on."""
        self.objects_by_path[PATH] = OBJECTS.model_copy(update={"version": "v2"})


def step_into(
    table: Table,
    *,
    mode: str = "append",
    attempts: int = 3,
    format: Literal["parquet", "ndjson"] = "parquet",
) -> PlannedIngest:
    return PlannedIngest(
        number=1,
        id="ingest",
        needs=(),
        retry=Retry(attempts=attempts),
        source_name="x",
        source=FilesSource(type="files", path=PATH, format=format),
        destination=IngestDestination(table=table.name, mode=mode),
        table=table,
    )


def carry(attempt: Attempt, warehouse: MemoryWarehouse, reader: MemoryReader) -> StepResult:
    assert isinstance(attempt.step, PlannedIngest)
    watch = watch_over(attempt, warehouse)
    return ingest(attempt.step, attempt, warehouse=warehouse, reader=reader, watch=watch)


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_objects_are_loaded_and_then_written_by_one_statement(mode: str) -> None:
    warehouse = MemoryWarehouse()

    result = carry(attempt_at(step_into(PRICES, mode=mode)), warehouse, Reader())

    assert jobs_of(warehouse) == DIRECTLY
    _, load, write, _ = warehouse.jobs.values()
    assert isinstance(load, ObjectsJob)
    assert (load.uris, load.labels["objects"]) == (OBJECTS.uris, "v1")
    assert [(column.name, column.type) for column in load.table.columns] == [
        ("price", "NUMERIC"),
        ("sku", "STRING"),
    ]
    assert f"FROM `acme`.`{load.table.name}`" in sql_of(warehouse)[1]
    assert isinstance(write, QueryJob)
    assert write.labels["objects"] == "v1"
    assert len(result.metrics.job_ids) == 4


def test_rows_of_json_have_the_texts_that_reading_would_give() -> None:
    warehouse = MemoryWarehouse()
    columns = (
        *COLUMNS,
        LoadableColumn(name="n", type="INTEGER"),
        LoadableColumn(name="on", type="DATE"),
        LoadableColumn(name="at", type="TIMESTAMP"),
        LoadableColumn(name="ok", type="BOOLEAN"),
    )

    carry(attempt_at(step_into(RAW)), warehouse, Reader(OBJECTS.model_copy(update={"columns": columns})))

    write = sql_of(warehouse)[1]
    assert "REPEAT('0', 2 - IF(STRPOS(CAST(`price` AS STRING), '.') = 0, 0, " in write
    assert "IF(STRPOS(`sku`, '\ufffd') > 0, ERROR(" in write
    assert "IF(`n` BETWEEN -9007199254740992 AND 9007199254740992, TO_JSON(`n`), " in write
    assert "CAST(`on` AS STRING) AS `on`" in write
    assert "`ok` AS `ok`" in write


@pytest.mark.parametrize(
    ("objects", "table"),
    [
        (None, PRICES),
        (OBJECTS.model_copy(update={"columns": (*COLUMNS, LoadableColumn(name="n", type="FLOAT"))}), RAW),
        (OBJECTS.model_copy(update={"columns": (*COLUMNS, LoadableColumn(name="n", type="FLOAT"))}), PRICES),
        (OBJECTS.model_copy(update={"columns": (LoadableColumn(name="price", type="FLOAT"),)}), PRICES),
        (OBJECTS.model_copy(update={"columns": (LoadableColumn(name="SKU", type="STRING"),)}), PRICES),
    ],
    ids=["unlike", "double_in_json", "no_column", "other_type", "other_case"],
)
def test_what_would_not_come_out_alike_is_read_here(objects: LoadableObjects | None, table: Table) -> None:
    warehouse = MemoryWarehouse()

    carry(attempt_at(step_into(table)), warehouse, Reader(objects))

    assert [job_id for job_id, _ in jobs_of(warehouse)] == [f"_1_1{part}" for part in HERE]
    assert not any(isinstance(job, ObjectsJob) for job in warehouse.jobs.values())


@pytest.mark.parametrize(("number", "attempts"), [(2, 3), (1, 1)], ids=["second", "only"])
def test_an_attempt_that_another_can_not_follow_or_that_follows_one_reads(number: int, attempts: int) -> None:
    warehouse = MemoryWarehouse()

    carry(attempt_at(step_into(PRICES, attempts=attempts), number=number), warehouse, Reader())

    assert [job_id for job_id, _ in jobs_of(warehouse)] == [f"_1_{number}{part}" for part in HERE]


def refusing(kind: type[Job], error: Exception) -> OutcomeOf:
    def outcome(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if isinstance(job, kind) and "objects" in job.labels:
            raise error
        return succeeded(job, rows)

    return outcome


def test_a_load_that_fails_for_good_leaves_it_to_the_next_attempt_whatever_it_may_be_retried_for() -> None:
    error = NotDirectlyError("Cannot read and write in different locations")
    warehouse, step = MemoryWarehouse(refusing(ObjectsJob, error)), step_into(PRICES)

    with pytest.raises(NotDirectlyError, match="different locations") as caught:
        carry(attempt_at(step), warehouse, Reader())
    carry(attempt_at(step, number=2), warehouse, Reader())

    assert Retry(attempts=2, on=("quota",)).allows(caught.value, attempt=1)
    assert (caught.value.kind, isinstance(caught.value, AttemptError)) == ("unavailable", True)
    assert [job_id for job_id in warehouse.effects if job_id.endswith("_1_1")] == []
    assert list(warehouse.loaded.values()) == [[{"sku": "a", "price": "1.50"}]]


def test_objects_that_are_others_after_the_load_are_not_written() -> None:
    reader = Reader()

    def replacing(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if isinstance(job, ObjectsJob):
            reader.replace_objects()
        return succeeded(job, rows)

    warehouse = MemoryWarehouse(replacing)
    attempt = attempt_at(step_into(PRICES))

    with pytest.raises(NotDirectlyError, match="they were replaced"):
        carry(attempt, warehouse, reader)

    assert jobs_of(warehouse) == DIRECTLY[:2]
    assert attempt.handle().job_id in warehouse.voided


def test_what_holds_other_rows_than_it_says_is_not_written() -> None:
    warehouse = MemoryWarehouse()
    reader = Reader(OBJECTS.model_copy(update={"row_count": ROWS + 1}))

    with pytest.raises(NotDirectlyError, match="say that they hold 11 rows, and 10 were loaded"):
        carry(attempt_at(step_into(PRICES)), warehouse, reader)

    assert jobs_of(warehouse) == DIRECTLY[:2]


def test_a_later_delivery_finishes_what_a_killed_one_has_loaded() -> None:
    first = MemoryWarehouse()
    attempt = attempt_at(step_into(PRICES))
    carry(attempt, first, Reader())
    jobs = list(first.jobs.values())

    for done in range(len(jobs) + 1):
        warehouse = MemoryWarehouse()
        for job in jobs[:done]:
            warehouse.submit(job)
        repeated = attempt_at(step_into(PRICES)).__class__(**{**vars(attempt), "is_repeated": True})

        carry(repeated, warehouse, Reader())

        assert jobs_of(warehouse) == DIRECTLY


TWO = OBJECTS.model_copy(
    update={"uris": ("gs://exports/2025/1.parquet", "gs://exports/2025/2.parquet"), "row_count": 2 * ROWS}
)
EACH_BY_ITSELF = [
    ("_1_1_objects", "QueryJob"),
    ("_1_1_objects_v1_1", "QueryJob"),
    ("_1_1_load_v1_1", "ObjectsJob"),
    ("_1_1_load", "ObjectsJob"),
    ("_1_1", "QueryJob"),
    ("_1_1_drop", "QueryJob"),
    ("_1_1_drop_v1_1", "QueryJob"),
]


def test_where_rows_say_their_object_each_has_a_job_and_the_attempts_own_comes_last() -> None:
    warehouse = MemoryWarehouse()

    result = carry(attempt_at(step_into(RAW)), warehouse, Reader(TWO))

    assert jobs_of(warehouse) == EACH_BY_ITSELF
    loads = [job for job in warehouse.jobs.values() if isinstance(job, ObjectsJob)]
    assert [(job.uris, job.labels.get("objects")) for job in loads] == (
        [(TWO.uris[1:], None), (TWO.uris[:1], "v1")]
    )
    assert len({job.table.name for job in loads}) == 2
    write = sql_of(warehouse)[2]
    assert "UNION ALL" in write
    for job in loads:
        assert f"FROM `acme`.`{job.table.name}`" in write
        assert f"'{job.uris[0]}' AS `source_file`" in write
    assert (result.metrics.rows_in, result.metrics.rows_out) == (2 * ROWS, 2 * ROWS)


def test_lines_are_loaded_each_object_by_itself_and_counted_by_what_was_loaded() -> None:
    plain = LoadableText(byte_count=70, is_packed=False, end_bytes=2)
    packed = LoadableText(byte_count=5, is_packed=True, end_bytes=1)
    lines = LoadableObjects(uris=TWO.uris, version="v1", texts=(plain, packed))
    told, untold = MemoryWarehouse(), MemoryWarehouse()
    no_files = Table(
        name="raw_data", columns=tuple(each for each in RAW.columns if each.name != "source_file")
    )

    result = carry(attempt_at(step_into(RAW, format="ndjson")), told, Reader(lines))
    carry(attempt_at(step_into(no_files, format="ndjson")), untold, Reader(lines))

    assert jobs_of(told) == jobs_of(untold) == EACH_BY_ITSELF
    loads = [job for job in told.jobs.values() if isinstance(job, ObjectsJob)]
    assert {(job.are_lines, next(column.name for column in job.table.columns)) for job in loads} == {
        (True, "line")
    }
    write = sql_of(told)[2]
    assert "byte_count + 2 * line_count - 70 BETWEEN 0 AND 2" in write
    assert "MOD(byte_count + 1 * line_count - 5, 4294967296) BETWEEN 0 AND 1" in write
    assert ("AS `source_file`\nFROM" in write, "AS `source_file`\nFROM" in sql_of(untold)[2]) == (True, False)
    assert (result.metrics.rows_in, result.metrics.rows_out) == (2 * ROWS, 2 * ROWS)


def test_lines_for_columns_are_read_as_other_files_are() -> None:
    warehouse = MemoryWarehouse()

    carry(attempt_at(step_into(PRICES, format="ndjson")), warehouse, Reader())

    assert jobs_of(warehouse) == [("_1_1", "LoadJob")]


def test_a_later_delivery_finishes_what_a_killed_one_has_loaded_of_several() -> None:
    first, attempt = MemoryWarehouse(), attempt_at(step_into(RAW))
    carry(attempt, first, Reader(TWO))
    jobs = list(first.jobs.values())

    for done in range(len(jobs) + 1):
        warehouse = MemoryWarehouse()
        for job in jobs[:done]:
            warehouse.submit(job)

        result = carry(replace(attempt, is_repeated=True), warehouse, Reader(TWO))

        assert jobs_of(warehouse) == EACH_BY_ITSELF
        assert result.metrics.rows_out == 2 * ROWS


def test_what_another_version_has_left_behind_is_not_written() -> None:
    warehouse, attempt = MemoryWarehouse(), attempt_at(step_into(RAW))
    first = MemoryWarehouse()
    carry(attempt, first, Reader(TWO))
    for job in list(first.jobs.values())[:3]:
        warehouse.submit(job)

    carry(attempt, warehouse, Reader(TWO.model_copy(update={"version": "v2"})))

    write = warehouse.jobs[attempt.job_id()]
    assert isinstance(write, QueryJob)
    assert ("_objects_v2_1`" in write.sql, "_objects_v1_1`" in write.sql) == (True, False)


def test_an_object_that_can_not_be_loaded_by_itself_has_all_read_in_the_same_attempt() -> None:
    def refusing_the_second(job: Job, rows: list[dict[str, JsonValue]]) -> JobOutcome:
        if isinstance(job, ObjectsJob):
            raise AttemptError("Quota exceeded", kind="quota")
        return succeeded(job, rows)

    warehouse = MemoryWarehouse(refusing_the_second)

    result = carry(attempt_at(step_into(RAW)), warehouse, Reader(TWO))

    assert [job_id for job_id, _ in jobs_of(warehouse)][-4:] == [f"_1_1{part}" for part in HERE]
    assert result.metrics.rows_out == 1


def test_more_objects_than_have_jobs_of_their_own_are_read_where_rows_say_theirs() -> None:
    uris = tuple(f"gs://exports/{number}.parquet" for number in range(MOST_APART + 1))
    many = OBJECTS.model_copy(update={"uris": uris})
    told, untold = MemoryWarehouse(), MemoryWarehouse()

    carry(attempt_at(step_into(RAW)), told, Reader(many))
    carry(attempt_at(step_into(PRICES)), untold, Reader(many))

    assert [job_id for job_id, _ in jobs_of(told)] == [f"_1_1{part}" for part in HERE]
    assert jobs_of(untold) == DIRECTLY


def test_what_was_loaded_is_not_written_by_one_who_finds_other_objects() -> None:
    """But what somebody has written already counts, whoever finds other objects later."""
    first = MemoryWarehouse()
    attempt = attempt_at(step_into(PRICES))
    carry(attempt, first, Reader())
    jobs = list(first.jobs.values())

    for unlike in (None, OBJECTS.model_copy(update={"version": "v2"})):
        warehouse = MemoryWarehouse()
        for job in jobs[:2]:
            warehouse.submit(job)
        with pytest.raises(NotDirectlyError):
            carry(attempt, warehouse, Reader(unlike))
        assert warehouse.loaded == {}
        assert attempt.handle().job_id not in warehouse.jobs

        written = MemoryWarehouse()
        for job in jobs:
            written.submit(job)
        carry(attempt, written, Reader(unlike))
        assert [job_id for job_id, _ in jobs_of(written)][:4] == [job_id for job_id, _ in DIRECTLY]
        assert written.loaded == {}


def test_what_was_read_by_another_delivery_is_what_is_written() -> None:
    warehouse = MemoryWarehouse()
    attempt = attempt_at(step_into(PRICES))
    carry(attempt, warehouse, Reader(None))
    read = dict(warehouse.jobs)

    carry(attempt, warehouse, Reader())

    assert set(warehouse.jobs) - set(read) == {f"{attempt.job_id()}_objects"}
    assert warehouse.jobs[attempt.job_id()] == read[attempt.job_id()]


def test_a_stopped_attempt_writes_nothing_that_was_loaded() -> None:
    warehouse = MemoryWarehouse()
    attempt = attempt_at(step_into(PRICES))
    stop(attempt, warehouse=warehouse)

    with pytest.raises(GivenUpError):
        carry(attempt, warehouse, Reader())

    assert [job for job in warehouse.effects.values() if isinstance(job, ObjectsJob)] == []


def test_objects_that_can_not_be_looked_at_end_the_attempt_as_a_reading_does() -> None:
    reader, warehouse = Reader(), MemoryWarehouse()
    reader.error = StepError("No file matches")
    del reader.objects_by_path[PATH]

    with pytest.raises(StepError, match="No file matches"):
        carry(attempt_at(step_into(PRICES)), warehouse, reader)
