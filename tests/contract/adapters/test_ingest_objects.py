"""Parquet in buckets on its way into tables: the same whether BigQuery loads it by itself or it is read here."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from shared.config.standard_tables import standard_table
from shared.domain.errors import NotDirectlyError, StepError
from shared.domain.job import LoadJob, ObjectsJob
from shared.domain.table import Column, Table
from tests.contract.adapters.objects_place import Place
from tests.contract.adapters.steps import make_written

RAW = standard_table("raw_data")
SOURCE = Column(name="source_file", type="STRING")
TYPED = Table(
    name="typed",
    columns=(
        Column(name="pipeline_id", type="STRING"),
        Column(name="text", type="STRING"),
        Column(name="whole", type="INTEGER"),
        Column(name="cost", type="NUMERIC"),
        Column(name="whole_cost", type="NUMERIC"),
        Column(name="cents", type="NUMERIC"),
        Column(name="share", type="FLOAT"),
        Column(name="is_on", type="BOOLEAN"),
        Column(name="day", type="DATE"),
        Column(name="at", type="TIMESTAMP"),
        Column(name="missing", type="DATETIME"),
    ),
)
MOMENTS = pa.timestamp("us", "Europe/Berlin")
COLUMNS: dict[str, Any] = {
    "text": ["", 'b,"c"\n\t\0', "é🙂", None],
    "whole": [0, 2**53 + 1, -(2**63), None],
    "cost": pa.array([Decimal("1.50"), Decimal("-0.07"), Decimal("1e27"), None], pa.decimal128(38, 9)),
    "whole_cost": pa.array([Decimal(0), Decimal(-7), Decimal(10) ** 20, None], pa.decimal128(29, 0)),
    "cents": pa.array([Decimal("0.07"), Decimal("-7.10"), Decimal(1200), None], pa.decimal128(10, 2)),
    "is_on": [True, False, True, None],
    "day": [date(1, 1, 1), date(9999, 12, 31), date(2025, 11, 15), None],
    "at": pa.array(
        [
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(2025, 11, 15, 10, 30, 0, 500000, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
            None,
        ],
        MOMENTS,
    ),
}
DOUBLES = {"share": [0.1, -0.0, 1.7976931348623157e308, None]}


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize(
    ("table", "columns"), [(RAW, COLUMNS), (TYPED, {**COLUMNS, **DOUBLES})], ids=["raw", "typed"]
)
def test_rows_values_and_nulls_are_the_same_either_way(
    place: Place, table: Table, columns: dict[str, Any], mode: str
) -> None:
    make_written(place.tables, place.tenant, table)
    place.put("1.parquet", columns, compression="zstd")
    place.put("2.parquet", {name: values[:1] for name, values in columns.items()}, compression="gzip")
    place.put("3.parquet", columns)

    direct = place.carry(table, mode=mode)
    loaded = place.rows(table)
    place.client.query_and_wait(f"DELETE FROM `{place.tenant}.{table.name}` WHERE TRUE")
    read = place.carry(table, mode=mode, number=2)

    assert (place.loaded_by(direct), place.loaded_by(read)) == ({"uris"}, {"upload"})
    assert loaded == place.rows(table)
    assert len(loaded) == direct.metrics.rows_out == read.metrics.rows_out == 9


def test_a_range_of_days_is_loaded_as_it_is_read_each_object_once(place: Place) -> None:
    make_written(place.tables, place.tenant, RAW)
    for name in ("1", "2", "3", "4", "5", "6", "7", "12", "8"):
        place.put(f"d{name}.parquet", {"text": [name]})
    path = "d*{date_range:%-d}*.parquet"

    direct = place.carry(RAW, mode="append", path=path)
    loaded = place.rows(RAW)
    place.client.query_and_wait(f"DELETE FROM `{place.tenant}.{RAW.name}` WHERE TRUE")
    read = place.carry(RAW, mode="append", number=2, path=path)

    assert (place.loaded_by(direct), place.loaded_by(read)) == ({"uris"}, {"upload"})
    assert loaded == place.rows(RAW)
    assert [json.loads(line)["data"]["text"] for line in loaded] == sorted(
        ["1", "2", "3", "4", "5", "6", "7", "12"]
    )


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("table", [RAW, TYPED.with_columns([SOURCE])], ids=["raw", "typed"])
def test_each_row_says_its_object_either_way(place: Place, table: Table, mode: str) -> None:
    make_written(place.tables, place.tenant, table)
    for name, texts in {"1": ["a", "b"], "2": ["c"], "empty": [], "ü 3": ["d"]}.items():
        place.put(f"{name}.parquet", {"text": pa.array(texts, pa.string())})
    text = "JSON_VALUE(data, '$.text')" if table is RAW else "text"
    sql = f"SELECT {text} AS text, source_file FROM `{place.tenant}.{table.name}`"

    def carried(number: int) -> tuple[set[str], int | None, list[tuple[str, str]]]:
        result = place.carry(table, mode=mode, number=number)
        found = sorted((row["text"], row["source_file"]) for row in place.client.query_and_wait(sql))
        place.client.query_and_wait(f"DELETE FROM `{place.tenant}.{table.name}` WHERE TRUE")
        return place.loaded_by(result), result.metrics.rows_out, found

    names = {"a": "1", "b": "1", "c": "2", "d": "ü 3"}
    expected = [(text, f"gs://{place.bucket.name}/{name}.parquet") for text, name in names.items()]

    assert carried(1) == ({"uris"}, 4, expected)
    assert carried(2) == ({"upload"}, 4, expected)


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        ({"data": ["{}"], "share": [0.5]}, RAW),
        ({"a b": ["x"]}, RAW),
        ({"_a": ["x"]}, RAW),
        ({"at": pa.array([1], pa.timestamp("us"))}, RAW),
        ({"at": pa.array([1_000], pa.timestamp("ns", "UTC"))}, RAW),
        ({"many": [[1, 2]]}, RAW),
        ({"bytes": [b"x"]}, RAW),
        ({"kind": pa.array(["x"]).dictionary_encode()}, RAW),
        ({"cost": pa.array([Decimal("1.5")], pa.decimal128(38, 10))}, RAW),
        ({"whole": ["1"]}, TYPED),
        ({"cost": [1]}, TYPED),
    ],
)
def test_what_bigquery_may_read_otherwise_is_read_here(
    place: Place, columns: dict[str, Any], table: Table
) -> None:
    make_written(place.tables, place.tenant, table)
    place.put("1.parquet", columns)

    result = place.carry(table, mode="append")

    assert place.loaded_by(result) == {"upload"}
    assert len(place.rows(table)) == 1


@pytest.mark.parametrize("table", [RAW, TYPED], ids=["raw", "typed"])
def test_objects_without_rows_are_a_success_and_replace_what_was_there(place: Place, table: Table) -> None:
    make_written(place.tables, place.tenant, table)
    place.put("1.parquet", {"text": ["x"]})
    place.carry(table, mode="append")
    place.put("1.parquet", {"text": pa.array([], pa.string())})

    appended = place.carry(table, mode="append")
    kept = place.rows(table)
    replaced = place.carry(table, mode="replace")

    assert (place.loaded_by(appended), place.loaded_by(replaced)) == ({"uris"}, {"uris"})
    assert (appended.metrics.rows_out, replaced.metrics.rows_out) == (0, 0)
    assert (len(kept), place.rows(table)) == (1, [])


def test_objects_whose_columns_differ_are_read_here(place: Place) -> None:
    make_written(place.tables, place.tenant, RAW)
    place.put("1.parquet", {"a": ["x"]})
    place.put("2.parquet", {"b": ["x"]})

    result = place.carry(RAW, mode="append")

    assert place.loaded_by(result) == {"upload"}
    assert [json.loads(line)["data"] for line in place.rows(RAW)] == [{"a": "x"}, {"b": "x"}]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (RAW, {"text": ["a\ufffdb"]}),
        (TYPED, {"share": [float("nan")]}),
        (TYPED, {"share": [float("inf")]}),
    ],
)
def test_a_value_that_may_be_another_is_left_to_a_reading(
    place: Place, table: Table, columns: dict[str, Any]
) -> None:
    make_written(place.tables, place.tenant, table)
    place.put("1.parquet", columns)

    with pytest.raises(NotDirectlyError):
        place.carry(table, mode="append")

    assert place.rows(table) == []
    assert place.loaded_by(place.carry(table, mode="append", number=2)) == {"upload"}
    assert len(place.rows(table)) == 1


def test_a_bucket_elsewhere_is_read(place: Place) -> None:
    make_written(place.tables, place.tenant, RAW)
    place.move_bucket("EU")
    place.put("1.parquet", {"a": ["x"]})

    with pytest.raises(NotDirectlyError, match="different locations: source: EU, destination: US"):
        place.carry(RAW, mode="append")
    place.carry(RAW, mode="append", number=2)

    assert len(place.rows(RAW)) == 1


def test_a_broken_object_is_left_to_a_reading(place: Place) -> None:
    make_written(place.tables, place.tenant, RAW)
    place.put("whole.parquet", {"a": ["x"]})
    whole = place.bucket.blob("whole.parquet").download_as_bytes()
    place.bucket.blob("broken.parquet").upload_from_string(whole[:4] + b"\0" * 40 + whole[44:])

    with pytest.raises(NotDirectlyError):
        place.carry(RAW, mode="append", path="broken.parquet")
    with pytest.raises(StepError, match=r"broken\.parquet"):
        place.carry(RAW, mode="append", path="broken.parquet", number=2)

    assert place.rows(RAW) == []


@pytest.mark.parametrize("change", ["replace", "add", "delete"])
def test_objects_that_change_while_they_are_loaded_fail_the_attempt(place: Place, change: str) -> None:
    make_written(place.tables, place.tenant, RAW)
    place.put("1.parquet", {"a": ["x"]})
    place.put("2.parquet", {"a": ["y"]})
    submit = place.jobs.submit

    def submitted(job: Any) -> Any:
        handle = submit(job)
        if isinstance(job, ObjectsJob) and "objects" in job.labels:
            match change:
                case "replace":
                    place.put("1.parquet", {"a": ["z"]})
                case "add":
                    place.put("3.parquet", {"a": ["z"]})
                case _:
                    place.bucket.delete_blob("1.parquet")
        assert not isinstance(job, LoadJob)
        return handle

    place.jobs.submit = submitted  # type: ignore[method-assign]
    with pytest.raises(NotDirectlyError, match="they were replaced, or others came"):
        place.carry(RAW, mode="append")
    place.jobs.submit = submit  # type: ignore[method-assign]

    assert place.rows(RAW) == []


def test_what_is_not_there_is_said_as_by_a_reading(place: Place) -> None:
    with pytest.raises(StepError, match=r"^No file matches 'gs://.*/none\.parquet'$"):
        place.carry(RAW, mode="append", path="none.parquet")
