"""Rows on their way to a load job."""

import gzip
import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from shared.domain.errors import StepError, TransientError
from shared.steps.spool import RowShape, write_spool


def lines_of(file: Path) -> list[str]:
    return gzip.decompress(file.read_bytes()).decode().splitlines()


def test_whole_rows_stand_beside_what_the_platform_gives(tmp_path: Path) -> None:
    file = tmp_path / "rows"
    rows: list[dict[str, JsonValue]] = [{"a": "é", "b": None}, {"a": {"c": [1, "2"]}}]

    count = write_spool(iter(rows), file, shape=RowShape(given={"run_id": "r"}, columns=None))

    assert count == 2
    assert lines_of(file) == [
        '{"run_id":"r","data":{"a":"é","b":null}}',
        '{"run_id":"r","data":{"a":{"c":[1,"2"]}}}',
    ]


def test_rows_of_a_typed_table_are_its_columns(tmp_path: Path) -> None:
    shape = RowShape(given={}, columns=frozenset({"sku", "price"}))

    write_spool([{"sku": "a", "price": "0.000000001"}, {"sku": "b"}], tmp_path / "rows", shape=shape)

    assert [json.loads(line) for line in lines_of(tmp_path / "rows")] == [
        {"sku": "a", "price": "0.000000001"},
        {"sku": "b"},
    ]


def test_a_field_without_a_column_is_not_lost_in_silence(tmp_path: Path) -> None:
    shape = RowShape(given={}, columns=frozenset({"sku", "price"}))

    with pytest.raises(StepError) as caught:
        write_spool(
            [{"sku": "a"}, {"sku": "b", "cost": "secret", "tenant_id": "umbrella"}],
            tmp_path / "rows",
            shape=shape,
        )

    assert str(caught.value) == (
        "row 2 has fields that the table has no column for: cost, tenant_id; its columns are price, sku"
    )


def test_no_rows_are_an_empty_file(tmp_path: Path) -> None:
    assert write_spool([], tmp_path / "rows", shape=RowShape(given={}, columns=None)) == 0
    assert lines_of(tmp_path / "rows") == []


def test_half_a_character_is_refused_with_its_row(tmp_path: Path) -> None:
    rows = [{"a": "whole"}, {"a": json.loads('"\\ud800"')}]

    with pytest.raises(StepError, match=r"^row 2 holds text that is not Unicode$"):
        write_spool(iter(rows), tmp_path / "rows", shape=RowShape(given={}, columns=None))


def test_what_is_nested_deep_arrives_as_it_is(tmp_path: Path) -> None:
    deep: JsonValue = "bottom"
    for _ in range(400):
        deep = [deep]

    write_spool([{"a": deep}], tmp_path / "rows", shape=RowShape(given={}, columns=None))

    assert [json.loads(line) for line in lines_of(tmp_path / "rows")] == [{"data": {"a": deep}}]


def test_more_rows_than_are_written_at_once_all_arrive(tmp_path: Path) -> None:
    rows: list[dict[str, JsonValue]] = [{"a": f"{number:040}"} for number in range(5000)]

    assert write_spool(rows, tmp_path / "rows", shape=RowShape(given={}, columns=None)) == 5000

    assert [json.loads(line)["data"] for line in lines_of(tmp_path / "rows")] == rows


def test_where_there_is_no_room_another_attempt_may_find_some() -> None:
    file = Path("/dev/full")
    assert file.exists(), "this test needs Linux's /dev/full"

    with pytest.raises(TransientError, match=r"^This machine has no room for the source's rows$"):
        write_spool(iter([{"a": 1}]), file, shape=RowShape(given={}, columns=None))
