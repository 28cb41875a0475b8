"""What the stand-in does not heed is refused: it would be taken here, and give something else on BigQuery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.bigquery.problem import ApiError
from tests.contract.statements.running import Running


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "CREATE TABLE d.t (a NUMERIC OPTIONS (rounding_mode = 'ROUND_HALF_EVEN'))",
            "does not have the rounding mode ROUND_HALF_EVEN",
        ),
        (
            (
                "CREATE TABLE d.t (a NUMERIC);"
                " ALTER TABLE d.t ALTER COLUMN a SET OPTIONS (rounding_mode = 'ROUND_HALF_EVEN')"
            ),
            "does not have the rounding mode ROUND_HALF_EVEN",
        ),
        (
            "CREATE TABLE d.t (a NUMERIC) OPTIONS (default_rounding_mode = 'ROUND_HALF_EVEN')",
            "does not have the rounding mode ROUND_HALF_EVEN",
        ),
        ("CREATE TABLE d.t (a INT64 OPTIONS (descrption = 'x'))", "Unknown option: descrption"),
        (
            "CREATE SCHEMA e OPTIONS (is_case_insensitive = TRUE)",
            "does not have datasets whose names have no case",
        ),
        ("CREATE TABLE d.t (a STRING) PARTITION BY a", "PARTITION BY expression must be"),
        (
            "CREATE TABLE d.t (a STRUCT<x INT64>) CLUSTER BY a",
            "CLUSTER BY a: a column of type STRUCT<x INT64>",
        ),
        (
            "CREATE TABLE d.t (a INT64, b INT64, c INT64, d INT64, e INT64) CLUSTER BY a, b, c, d, e",
            "at most 4",
        ),
    ],
)
def test_a_definition_is_refused(running: Running, sql: str, said: str) -> None:
    with pytest.raises(ApiError) as refused:
        running.rows(sql)

    assert said in refused.value.message


@pytest.mark.parametrize(
    "column",
    [
        {"name": "a", "type": "STRING", "collation": "und:ci"},
        {"name": "a", "type": "NUMERIC", "roundingMode": "ROUND_HALF_EVEN"},
    ],
)
def test_a_column_by_rest_is_refused(running: Running, column: dict[str, Any]) -> None:
    table = {"projectId": "p", "datasetId": "d", "tableId": "t"}

    answer = running.call(
        "POST", "datasets/d/tables", {"tableReference": table, "schema": {"fields": [column]}}
    )

    assert "stand-in" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("option", "value", "is_taken"),
    [
        ("nullMarkers", ["-"], True),
        ("dateFormat", "DD.MM.YYYY", False),
        ("timeZone", "Europe/Berlin", False),
        ("timeZone", "UTC", True),
        ("decimalTargetTypes", ["STRING"], False),
        ("jsonExtension", "GEOJSON", False),
        ("hivePartitioningOptions", {"mode": "AUTO"}, False),
        ("preserveAsciiControlCharacters", False, True),
    ],
)
def test_an_option_of_a_load_is_heeded_or_refused(
    running: Running, tmp_path: Path, option: str, value: Any, is_taken: bool
) -> None:
    running.rows("CREATE TABLE d.t (a INT64)")
    path = tmp_path / "a.ndjson"
    path.write_text('{"a": 1}\n')

    if is_taken:
        assert running.load(path, **{option: value})["outputRows"] == "1"
    else:
        with pytest.raises(ApiError, match=f"does not have load jobs with {option}"):
            running.load(path, **{option: value})
